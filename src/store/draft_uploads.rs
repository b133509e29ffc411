//! Uploads to drafts that come in parts, so that one that breaks off goes on where it stopped.
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::draft_files::{Attached, attach};
use super::draft_schema::{draft_browsers, draft_upload_parts, draft_uploads, drafts};
use super::drafts::{DraftAttachment, DraftKey, of_key, open_id};
use super::error::StoreError;
use super::{Store, to_database};

/// An upload that does not go on for so long is forgotten.
const STALE_HOURS: i64 = 24;
/// The most uploads of a draft that are under way.
const MOST: i64 = 50;

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftUpload {
    /// Its address.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// Its length in bytes, as it was told.
    pub size: u64,
    /// How much of it is here.
    pub received: u64,
}

/// What came of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartTaken {
    /// It is kept; so much is here now.
    Now(u64),
    /// It does not begin where the upload stands, or goes past its end; so much is here.
    Elsewhere(u64),
    /// There is no such upload.
    Gone,
}

type Row = (String, String, i64, i64);

fn upload((id, name, size, received): Row) -> DraftUpload {
    let [size, received] = [size, received].map(|number| u64::try_from(number).unwrap_or_default());
    DraftUpload { id, name, size, received }
}

const COLUMNS: (draft_uploads::id, draft_uploads::name, draft_uploads::size, draft_uploads::received) =
    (draft_uploads::id, draft_uploads::name, draft_uploads::size, draft_uploads::received);

impl Store {
    /// Begins an upload under `new`'s address; where one of that name and size is under way, gives that one to go on with.
    /// None where the draft is not there, or has as many uploads as it may.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn upload_begin(
        &self,
        key: DraftKey,
        new: DraftUpload,
        now: DateTime<Utc>,
    ) -> Result<Option<DraftUpload>, StoreError> {
        self.write(move |conn| {
            let Some(draft) = open_id(conn, &key)? else { return Ok(None) };
            let of_draft = draft_uploads::table.filter(draft_uploads::draft_id.eq(draft.clone()));
            let size = i64::try_from(new.size).unwrap_or(i64::MAX);
            let same = of_draft.clone().filter(draft_uploads::name.eq(&new.name)).filter(draft_uploads::size.eq(size));
            if let Some(row) = same.select(COLUMNS).first::<Row>(conn).optional()? {
                return Ok(Some(upload(row)));
            }
            if of_draft.count().get_result::<i64>(conn)? >= MOST {
                return Ok(None);
            }
            let row = (
                draft_uploads::id.eq(&new.id),
                draft_uploads::draft_id.eq(draft),
                draft_uploads::name.eq(&new.name),
                draft_uploads::size.eq(size),
                draft_uploads::received.eq(0),
                draft_uploads::begun_at.eq(to_database(now)),
            );
            diesel::insert_into(draft_uploads::table).values(row).execute(conn)?;
            Ok(Some(new))
        })
        .await
    }

    /// An upload of a draft.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn upload_find(&self, key: DraftKey, id: String) -> Result<Option<DraftUpload>, StoreError> {
        self.read(move |conn| find(conn, &key, &id)).await
    }

    /// Takes a part that begins at `place`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn upload_take(
        &self,
        key: DraftKey,
        id: String,
        place: u64,
        content: Vec<u8>,
    ) -> Result<PartTaken, StoreError> {
        self.write(move |conn| {
            let Some(found) = find(conn, &key, &id)? else { return Ok(PartTaken::Gone) };
            let now = place.saturating_add(content.len() as u64);
            if place != found.received || now > found.size {
                return Ok(PartTaken::Elsewhere(found.received));
            }
            if content.is_empty() {
                return Ok(PartTaken::Now(now));
            }
            let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
            let stood = draft_uploads::table.find(&id).filter(draft_uploads::received.eq(number(place)));
            // Of two that send the same part at once, one is late.
            if diesel::update(stood).set(draft_uploads::received.eq(number(now))).execute(conn)? == 0 {
                return Ok(PartTaken::Elsewhere(found.received));
            }
            let row = (
                draft_upload_parts::upload_id.eq(&id),
                draft_upload_parts::place.eq(number(place)),
                draft_upload_parts::content.eq(content),
            );
            diesel::insert_into(draft_upload_parts::table).values(row).execute(conn)?;
            Ok(PartTaken::Now(now))
        })
        .await
    }

    /// Everything that is here of an upload.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn upload_content(&self, key: DraftKey, id: String) -> Result<Vec<u8>, StoreError> {
        self.read(move |conn| {
            if find(conn, &key, &id)?.is_none() {
                return Ok(Vec::new());
            }
            let parts: Vec<Vec<u8>> = draft_upload_parts::table
                .filter(draft_upload_parts::upload_id.eq(id))
                .order(draft_upload_parts::place)
                .select(draft_upload_parts::content)
                .load(conn)?;
            Ok(parts.concat())
        })
        .await
    }

    /// Makes a file of the draft out of an upload that is whole, and ends the upload.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn upload_finish(
        &self,
        key: DraftKey,
        id: String,
        file: DraftAttachment,
        content: Vec<u8>,
        most: usize,
    ) -> Result<Attached, StoreError> {
        self.write(move |conn| {
            if find(conn, &key, &id)?.is_none() {
                return Ok(Attached::Gone);
            }
            let attached = attach(conn, &key, file, content, most)?;
            end(conn, &[id])?;
            Ok(attached)
        })
        .await
    }

    /// Ends an upload and forgets what is here of it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn upload_end(&self, key: DraftKey, id: String) -> Result<(), StoreError> {
        self.write(move |conn| match find(conn, &key, &id)? {
            Some(_) => end(conn, &[id]),
            None => Ok(()),
        })
        .await
    }
}

fn find(conn: &mut AnyConnection, key: &DraftKey, id: &str) -> Result<Option<DraftUpload>, StoreError> {
    let Some(draft) =
        of_key!(key).filter(drafts::arrival_number.is_null()).select(drafts::id).first::<String>(conn).optional()?
    else {
        return Ok(None);
    };
    let one = draft_uploads::table.find(id.to_owned()).filter(draft_uploads::draft_id.eq(draft));
    Ok(one.select(COLUMNS).first::<Row>(conn).optional()?.map(upload))
}

fn end(conn: &mut AnyConnection, ids: &[String]) -> Result<(), StoreError> {
    diesel::delete(draft_upload_parts::table.filter(draft_upload_parts::upload_id.eq_any(ids.to_vec())))
        .execute(conn)?;
    diesel::delete(draft_uploads::table.filter(draft_uploads::id.eq_any(ids.to_vec()))).execute(conn)?;
    Ok(())
}

/// Ends the uploads of drafts.
pub(super) fn delete_of(conn: &mut AnyConnection, drafts: &[String]) -> Result<(), StoreError> {
    let of_drafts = draft_uploads::table.filter(draft_uploads::draft_id.eq_any(drafts.to_vec()));
    let ids: Vec<String> = of_drafts.select(draft_uploads::id).load(conn)?;
    end(conn, &ids)
}

/// Ends uploads that were begun long ago.
pub(super) fn delete_stale(conn: &mut AnyConnection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let before = to_database(now - Duration::hours(STALE_HOURS));
    let stale = draft_uploads::table.filter(draft_uploads::begun_at.le(before));
    let ids: Vec<String> = stale.select(draft_uploads::id).limit(MOST).load(conn)?;
    end(conn, &ids)
}
