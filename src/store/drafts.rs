//! Drafts: applications that are being filled in, each bound to one browser and deleted when its time is over.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::error::StoreError;
use super::schema::{draft_attachments, drafts};
use super::{Store, from_database, parse_stored, stored_digest, to_database};
use crate::ids::ArrivalNumber;

/// Which draft, and for which browser; nothing is found for another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftKey {
    /// The draft's address.
    pub id: String,
    /// SHA-256 of the browser's cookie.
    pub owner_sha256: [u8; 32],
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
    /// When it is deleted.
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable)]
struct Row {
    id: String,
    owner_sha256: Vec<u8>,
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
}

impl Row {
    fn into_draft(self, attachments: Vec<DraftAttachment>) -> Result<Draft, StoreError> {
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
            key: DraftKey { id: self.id, owner_sha256: stored_digest(&self.owner_sha256)? },
            procedure: self.procedure,
            input: self.input,
            prepared,
            filed,
            attachments,
            created_at: from_database(self.created_at),
            expires_at: from_database(self.expires_at),
        })
    }
}

/// The draft of a key, as a statement: every verb goes through it, so that none reaches another browser's draft.
macro_rules! of_key {
    ($key:expr) => {
        drafts::table.filter(drafts::id.eq($key.id.clone())).filter(drafts::owner_sha256.eq($key.owner_sha256.to_vec()))
    };
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
        self.drafts_expire(now).await?;
        self.write(move |conn| {
            let row = (
                drafts::id.eq(key.id),
                drafts::owner_sha256.eq(key.owner_sha256.to_vec()),
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
        self.read(move |conn| {
            let live = of_key!(key).filter(drafts::expires_at.gt(to_database(now)));
            let Some(row) = live.first::<Row>(conn).optional()? else { return Ok(None) };
            let attachments = attachments_of(conn, &row.id)?;
            row.into_draft(attachments).map(Some)
        })
        .await
    }

    /// The drafts of a browser that are not filed, newest first: address, procedure, end.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn drafts_of(
        &self,
        owner_sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Vec<(String, String, DateTime<Utc>)>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, String, chrono::NaiveDateTime)> = drafts::table
                .filter(drafts::owner_sha256.eq(owner_sha256.to_vec()))
                .filter(drafts::arrival_number.is_null())
                .filter(drafts::expires_at.gt(to_database(now)))
                .order(drafts::created_at.desc())
                .limit(10)
                .select((drafts::id, drafts::procedure, drafts::expires_at))
                .load(conn)?;
            Ok(rows.into_iter().map(|(id, procedure, end)| (id, procedure, from_database(end))).collect())
        })
        .await
    }

    /// Keeps what was typed; a document made before is forgotten, for it says something else. A filed draft stays.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_save(&self, key: DraftKey, input: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            let open = of_key!(key).filter(drafts::arrival_number.is_null());
            diesel::update(open)
                .set((drafts::input.eq(input), drafts::application.eq(None::<Vec<u8>>)))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Keeps the document that was made.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_prepare(&self, key: DraftKey, made: PreparedApplication) -> Result<(), StoreError> {
        self.write(move |conn| {
            let columns = (
                drafts::request_id.eq(Some(made.request_id)),
                drafts::application.eq(Some(made.application)),
                drafts::request_jws.eq(Some(made.request_jws)),
                drafts::not_after.eq(Some(to_database(made.not_after))),
            );
            diesel::update(of_key!(key).filter(drafts::arrival_number.is_null())).set(columns).execute(conn)?;
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
            let columns = (
                drafts::input.eq("{}"),
                drafts::application.eq(None::<Vec<u8>>),
                drafts::request_jws.eq(None::<String>),
                drafts::arrival_number.eq(Some(filed.arrival_number.to_string())),
                drafts::receipt_json.eq(Some(filed.receipt_json)),
                drafts::receipt_jws.eq(Some(filed.receipt_jws)),
            );
            if diesel::update(of_key!(key)).set(columns).execute(conn)? > 0 {
                diesel::delete(draft_attachments::table.filter(draft_attachments::draft_id.eq(key.id)))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    /// Adds a file, unless `most` are there already or the draft is not there; tells whether it was added.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_attach(
        &self,
        key: DraftKey,
        file: DraftAttachment,
        content: Vec<u8>,
        most: usize,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let open = of_key!(key).filter(drafts::arrival_number.is_null());
            if diesel::update(open).set(drafts::application.eq(None::<Vec<u8>>)).execute(conn)? == 0 {
                return Ok(false);
            }
            let there = attachments_of(conn, &key.id)?;
            if there.len() >= most {
                return Ok(false);
            }
            let row = (
                draft_attachments::draft_id.eq(key.id),
                draft_attachments::ordinal.eq(there.last().map_or(0, |last| last.ordinal.saturating_add(1))),
                draft_attachments::name.eq(file.name),
                draft_attachments::media_type.eq(file.media_type),
                draft_attachments::size.eq(i64::try_from(file.size).unwrap_or(i64::MAX)),
                draft_attachments::sha256.eq(file.sha256.to_vec()),
                draft_attachments::content.eq(content),
            );
            diesel::insert_into(draft_attachments::table).values(row).execute(conn)?;
            Ok(true)
        })
        .await
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_detach(&self, key: DraftKey, ordinal: i32) -> Result<(), StoreError> {
        self.write(move |conn| {
            let open = of_key!(key).filter(drafts::arrival_number.is_null());
            if diesel::update(open).set(drafts::application.eq(None::<Vec<u8>>)).execute(conn)? > 0 {
                let files = draft_attachments::table.filter(draft_attachments::draft_id.eq(key.id));
                diesel::delete(files.filter(draft_attachments::ordinal.eq(ordinal))).execute(conn)?;
            }
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

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_discard(&self, key: DraftKey) -> Result<(), StoreError> {
        self.write(move |conn| {
            if of_key!(key).select(drafts::id).first::<String>(conn).optional()?.is_some() {
                delete(conn, std::slice::from_ref(&key.id))?;
            }
            Ok(())
        })
        .await
    }

    /// Deletes the drafts whose time is over, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn drafts_expire(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let over = drafts::table.filter(drafts::expires_at.le(to_database(now)));
            let ids: Vec<String> = over.select(drafts::id).limit(500).load(conn)?;
            delete(conn, &ids)?;
            Ok(ids.len())
        })
        .await
    }
}

fn delete(conn: &mut super::connection::AnyConnection, ids: &[String]) -> Result<(), StoreError> {
    diesel::delete(draft_attachments::table.filter(draft_attachments::draft_id.eq_any(ids.to_vec()))).execute(conn)?;
    diesel::delete(drafts::table.filter(drafts::id.eq_any(ids.to_vec()))).execute(conn)?;
    Ok(())
}

fn attachments_of(
    conn: &mut super::connection::AnyConnection,
    draft_id: &str,
) -> Result<Vec<DraftAttachment>, StoreError> {
    let rows: Vec<(i32, String, String, i64, Vec<u8>)> = draft_attachments::table
        .filter(draft_attachments::draft_id.eq(draft_id.to_owned()))
        .order(draft_attachments::ordinal)
        .select((
            draft_attachments::ordinal,
            draft_attachments::name,
            draft_attachments::media_type,
            draft_attachments::size,
            draft_attachments::sha256,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(ordinal, name, media_type, size, sha256)| {
            let size = u64::try_from(size).unwrap_or_default();
            Ok(DraftAttachment { ordinal, name, media_type, size, sha256: stored_digest(&sha256)? })
        })
        .collect()
}
