//! The files of drafts: uploaded before anything is signed, so that their digests are signed too.
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::draft_schema::{draft_attachments, draft_browsers, drafts};
use super::drafts::{DraftAttachment, DraftKey, of_key, open_id};
use super::error::StoreError;
use super::{Store, stored_digest};

/// What became of a file that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// It is there.
    Added,
    /// The draft has as many files as it may.
    TooMany,
    /// A file of that name is there.
    SameName,
    /// The draft is not there, or is filed.
    Gone,
}

impl Store {
    /// Adds a file, unless `most` are there already.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_attach(
        &self,
        key: DraftKey,
        file: DraftAttachment,
        content: Vec<u8>,
        most: usize,
    ) -> Result<Attached, StoreError> {
        self.write(move |conn| attach(conn, &key, file, content, most)).await
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_detach(&self, key: DraftKey, ordinal: i32) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(id) = open_id(conn, &key)? else { return Ok(()) };
            forget_document(conn, &id)?;
            let files = draft_attachments::table.filter(draft_attachments::draft_id.eq(id));
            diesel::delete(files.filter(draft_attachments::ordinal.eq(ordinal))).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The contents of a draft's files, in their order.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn draft_contents(&self, key: DraftKey) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(move |conn| {
            let Some(id) = of_key!(key).select(drafts::id).first::<String>(conn).optional()? else {
                return Ok(Vec::new());
            };
            Ok(draft_attachments::table
                .filter(draft_attachments::draft_id.eq(id))
                .order(draft_attachments::ordinal)
                .select(draft_attachments::content)
                .load(conn)?)
        })
        .await
    }
}

/// Adds a file, in the caller's transaction.
pub(super) fn attach(
    conn: &mut AnyConnection,
    key: &DraftKey,
    file: DraftAttachment,
    content: Vec<u8>,
    most: usize,
) -> Result<Attached, StoreError> {
    let Some(id) = open_id(conn, key)? else { return Ok(Attached::Gone) };
    let there = attachments_of(conn, &id)?;
    if there.len() >= most {
        return Ok(Attached::TooMany);
    }
    if there.iter().any(|one| one.name == file.name) {
        return Ok(Attached::SameName);
    }
    forget_document(conn, &id)?;
    let row = (
        draft_attachments::draft_id.eq(id),
        draft_attachments::ordinal.eq(there.last().map_or(0, |last| last.ordinal.saturating_add(1))),
        draft_attachments::name.eq(file.name),
        draft_attachments::media_type.eq(file.media_type),
        draft_attachments::size.eq(i64::try_from(file.size).unwrap_or(i64::MAX)),
        draft_attachments::sha256.eq(file.sha256.to_vec()),
        draft_attachments::content.eq(content),
    );
    diesel::insert_into(draft_attachments::table).values(row).execute(conn)?;
    Ok(Attached::Added)
}

/// A document that was made before lists other files.
fn forget_document(conn: &mut AnyConnection, id: &str) -> Result<(), StoreError> {
    diesel::update(drafts::table.find(id.to_owned())).set(drafts::application.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(())
}

/// The files of a draft, without their contents.
pub(super) fn attachments_of(conn: &mut AnyConnection, draft_id: &str) -> Result<Vec<DraftAttachment>, StoreError> {
    let rows: Vec<(i32, String, String, i64, Vec<u8>)> = on_backend!(&mut *conn, c => draft_attachments::table
        .filter(draft_attachments::draft_id.eq(draft_id.to_owned()))
        .order(draft_attachments::ordinal)
        .select((
            draft_attachments::ordinal,
            draft_attachments::name,
            draft_attachments::media_type,
            draft_attachments::size,
            draft_attachments::sha256,
        )).load(c))?;
    rows.into_iter()
        .map(|(ordinal, name, media_type, size, sha256)| {
            let size = u64::try_from(size).unwrap_or_default();
            Ok(DraftAttachment { ordinal, name, media_type, size, sha256: stored_digest(&sha256)? })
        })
        .collect()
}
