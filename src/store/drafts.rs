//! Drafts: applications that are being filled in. Each is bound to the browser that began it, to the holder of the card that
//! was signed in then, and to browsers that opened it by its private link. What is done with their files, lives and saves
//! stands in files of their own.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::draft_files::attachments_of;
use super::draft_schema::{draft_attachments, draft_browsers, drafts};
use super::error::StoreError;
use super::{Store, from_database, parse_stored, to_database};
use crate::ids::ArrivalNumber;

/// Which draft, and for whom; nothing is found for anybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftKey {
    /// The draft's address.
    pub id: String,
    /// SHA-256 of the browser's cookie.
    pub owner_sha256: [u8; 32],
    /// SHA-256 of the authentication certificate of whoever is signed in.
    pub holder_sha256: Option<[u8; 32]>,
}

/// A document made out of a draft, ready to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedApplication {
    /// Identifier of the signing request.
    pub request_id: String,
    /// The document's exact bytes.
    pub application: Vec<u8>,
    /// The signing request, a compact JWS.
    pub request_jws: String,
    /// Until when it may be filed.
    pub not_after: DateTime<Utc>,
}

/// What became of a draft that was filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledDraft {
    /// The filing's number.
    pub arrival_number: ArrivalNumber,
    /// The receipt, exact JSON text.
    pub receipt_json: String,
    /// The receipt as a compact JWS.
    pub receipt_jws: String,
}

/// A file that was uploaded to a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftAttachment {
    /// Its place.
    pub ordinal: i32,
    /// The file's name: a label, never a path.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
}

/// A draft.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Which, and whose.
    pub key: DraftKey,
    /// Code of the procedure.
    pub procedure: String,
    /// What was typed, as JSON.
    pub input: String,
    /// The document, once it is made.
    pub prepared: Option<PreparedApplication>,
    /// The receipt, once it is filed.
    pub filed: Option<FiledDraft>,
    /// The files, without their content.
    pub attachments: Vec<DraftAttachment>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// Until when it can be gone on with.
    pub expires_at: DateTime<Utc>,
    /// Counts the saves.
    pub version: i64,
    /// When it was saved last.
    pub saved_at: Option<DateTime<Utc>>,
    /// What was typed in another window at the same time, as JSON.
    pub other_input: Option<String>,
    /// Whether it is kept for somebody who signs in.
    pub has_holder: bool,
    /// Whether it has a private link.
    pub has_link: bool,
}

#[derive(Queryable)]
struct Row {
    id: String,
    _owner_sha256: Vec<u8>,
    procedure: String,
    input: String,
    request_id: Option<String>,
    application: Option<Vec<u8>>,
    request_jws: Option<String>,
    not_after: Option<chrono::NaiveDateTime>,
    arrival_number: Option<String>,
    receipt_json: Option<String>,
    receipt_jws: Option<String>,
    created_at: chrono::NaiveDateTime,
    expires_at: chrono::NaiveDateTime,
    holder_sha256: Option<Vec<u8>>,
    version: i64,
    saved_at: Option<chrono::NaiveDateTime>,
    _removed_at: Option<chrono::NaiveDateTime>,
    link_sha256: Option<Vec<u8>>,
    _page_saves: String,
    other_input: Option<String>,
}

impl Row {
    fn into_draft(self, key: DraftKey, attachments: Vec<DraftAttachment>) -> Result<Draft, StoreError> {
        let prepared = match (self.request_id, self.application, self.request_jws, self.not_after) {
            (Some(request_id), Some(application), Some(request_jws), Some(not_after)) => {
                Some(PreparedApplication { request_id, application, request_jws, not_after: from_database(not_after) })
            }
            _ => None,
        };
        let filed = match (self.arrival_number, self.receipt_json, self.receipt_jws) {
            (Some(number), Some(receipt_json), Some(receipt_jws)) => {
                Some(FiledDraft { arrival_number: parse_stored(&number)?, receipt_json, receipt_jws })
            }
            _ => None,
        };
        Ok(Draft {
            key,
            procedure: self.procedure,
            input: self.input,
            prepared,
            filed,
            attachments,
            created_at: from_database(self.created_at),
            expires_at: from_database(self.expires_at),
            version: self.version,
            saved_at: self.saved_at.map(from_database),
            other_input: self.other_input,
            has_holder: self.holder_sha256.is_some(),
            has_link: self.link_sha256.is_some(),
        })
    }
}

/// The draft of a key, as a statement: every verb goes through it, so that none reaches anybody else's draft.
macro_rules! of_key_also_removed {
    ($key:expr) => {{
        let owner: Vec<u8> = $key.owner_sha256.to_vec();
        let holder: Option<Vec<u8>> = $key.holder_sha256.map(|sha256: [u8; 32]| sha256.to_vec());
        let opened = draft_browsers::table
            .filter(draft_browsers::draft_id.eq(drafts::id))
            .filter(draft_browsers::owner_sha256.eq(owner.clone()));
        drafts::table
            .filter(drafts::id.eq($key.id.clone()))
            .filter(drafts::owner_sha256.eq(owner).or(drafts::holder_sha256.eq(holder)).or(diesel::dsl::exists(opened)))
    }};
}
pub(super) use of_key_also_removed;

/// The same without one that was discarded.
macro_rules! of_key {
    ($key:expr) => {
        $crate::store::drafts::of_key_also_removed!($key).filter(drafts::removed_at.is_null())
    };
}
pub(super) use of_key;

/// The most drafts of somebody that are looked at, filed ones among them.
const MOST_OF_ONE: i64 = 500;

/// The addresses of everything that a browser or the holder of a card may open. Three questions, because each has an index.
pub(super) fn ids_of(
    conn: &mut AnyConnection,
    owner_sha256: [u8; 32],
    holder_sha256: Option<[u8; 32]>,
) -> Result<Vec<String>, StoreError> {
    let of_browser = drafts::table.filter(drafts::owner_sha256.eq(owner_sha256.to_vec()));
    let newest = of_browser.order(drafts::created_at.desc()).limit(MOST_OF_ONE);
    let mut ids: Vec<String> = on_backend!(&mut *conn, c => newest.select(drafts::id).load(c))?;
    if let Some(holder) = holder_sha256 {
        let of_holder = drafts::table.filter(drafts::holder_sha256.eq(Some(holder.to_vec())));
        let newest = of_holder.order(drafts::created_at.desc()).limit(MOST_OF_ONE);
        ids.extend(on_backend!(&mut *conn, c => newest.select(drafts::id).load::<String>(c))?);
    }
    let opened = draft_browsers::table.filter(draft_browsers::owner_sha256.eq(owner_sha256.to_vec()));
    ids.extend(
        on_backend!(&mut *conn, c => opened.select(draft_browsers::draft_id).limit(MOST_OF_ONE).load::<String>(c))?,
    );
    Ok(ids)
}

/// The addresses of what a key opens and is not filed: for statements that change, which cannot look elsewhere themselves.
pub(super) fn open_id(conn: &mut AnyConnection, key: &DraftKey) -> Result<Option<String>, StoreError> {
    let open = of_key!(key).filter(drafts::arrival_number.is_null());
    Ok(open.select(drafts::id).first(conn).optional()?)
}

impl Store {
    /// Begins a draft, and deletes those whose time is over.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_begin(
        &self,
        key: DraftKey,
        procedure: String,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            let row = (
                drafts::id.eq(key.id),
                drafts::owner_sha256.eq(key.owner_sha256.to_vec()),
                drafts::holder_sha256.eq(key.holder_sha256.map(|sha256| sha256.to_vec())),
                drafts::procedure.eq(procedure),
                drafts::input.eq("{}"),
                drafts::created_at.eq(to_database(now)),
                drafts::expires_at.eq(to_database(expires_at)),
            );
            diesel::insert_into(drafts::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The draft of that key, unless its time is over.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn draft_find(&self, key: DraftKey, now: DateTime<Utc>) -> Result<Option<Draft>, StoreError> {
        self.look_up_together(move |conn| {
            let live = of_key!(key).filter(drafts::expires_at.gt(to_database(now)));
            let Some(row) = on_backend!(&mut *conn, c => live.first::<Row>(c).optional())? else { return Ok(None) };
            let attachments = attachments_of(conn, &row.id)?;
            row.into_draft(key, attachments).map(Some)
        })
        .await
    }

    /// Keeps the document that was made.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_prepare(&self, key: DraftKey, made: PreparedApplication) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(id) = open_id(conn, &key)? else { return Ok(()) };
            let columns = (
                drafts::request_id.eq(Some(made.request_id)),
                drafts::application.eq(Some(made.application)),
                drafts::request_jws.eq(Some(made.request_jws)),
                drafts::not_after.eq(Some(to_database(made.not_after))),
            );
            diesel::update(drafts::table.find(id)).set(columns).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Keeps the receipt and forgets everything that was typed and uploaded.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_filed(&self, key: DraftKey, filed: FiledDraft) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(id) = open_id(conn, &key)? else { return Ok(()) };
            let columns = (
                drafts::input.eq("{}"),
                drafts::other_input.eq(None::<String>),
                drafts::application.eq(None::<Vec<u8>>),
                drafts::request_jws.eq(None::<String>),
                drafts::arrival_number.eq(Some(filed.arrival_number.to_string())),
                drafts::receipt_json.eq(Some(filed.receipt_json)),
                drafts::receipt_jws.eq(Some(filed.receipt_jws)),
            );
            diesel::update(drafts::table.find(&id)).set(columns).execute(conn)?;
            super::draft_uploads::delete_of(conn, std::slice::from_ref(&id))?;
            super::draft_addresses::forget_of(conn, std::slice::from_ref(&id))?;
            diesel::delete(draft_attachments::table.filter(draft_attachments::draft_id.eq(id))).execute(conn)?;
            Ok(())
        })
        .await
    }
}
