//! What belongs to a recorded filing beside its own row: its statuses, and its documents but for their bytes. Written
//! once; nothing in them ever changes.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::row::DocumentRole;
use super::schema::{status_history, submission_documents};
use super::submissions::stored_status;
use super::{from_database, stored_digest};
use crate::submission::status::SubmissionStatus;

/// One change of status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStatus {
    /// Before; none for the first.
    pub from: Option<SubmissionStatus>,
    /// After.
    pub to: SubmissionStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom: `gateway`, `resident`, or an agency's account.
    pub by: String,
    /// The reason that the resident sees.
    pub reason: Option<String>,
}

/// One document of a filing, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// `application`, `signature` or `attachment`.
    pub role: DocumentRole,
    /// Its place among those of its role, from 0.
    pub ordinal: i32,
    /// File name: a label, never a path.
    pub name: String,
    /// Media type as signed.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Digest.
    pub sha256: [u8; 32],
}

type HistoryRow = (Option<String>, String, NaiveDateTime, String, Option<String>);

/// Every status of a filing, oldest first.
pub(super) fn history(connection: &mut AnyConnection, id: i64) -> Result<Vec<StoredStatus>, StoreError> {
    let rows: Vec<HistoryRow> = on_backend!(&mut *connection, c => status_history::table
        .filter(status_history::submission_id.eq(id))
        .order(status_history::id)
        .select((
            status_history::from_status,
            status_history::to_status,
            status_history::changed_at,
            status_history::changed_by,
            status_history::reason,
        )).load(c))?;
    let read = |(from, to, at, by, reason): HistoryRow| {
        let from = from.as_deref().map(stored_status).transpose()?;
        Ok(StoredStatus { from, to: stored_status(&to)?, at: from_database(at), by, reason })
    };
    rows.into_iter().map(read).collect()
}

type DocumentRowRead = (i64, String, i32, String, String, i64, Vec<u8>);

/// A filing's documents: application, signature, attachments in order (the roles' names sort so but for the last two).
pub(super) fn stored_documents(connection: &mut AnyConnection, id: i64) -> Result<Vec<StoredDocument>, StoreError> {
    let rows: Vec<DocumentRowRead> = on_backend!(&mut *connection, c => submission_documents::table
        .filter(submission_documents::submission_id.eq(id))
        .order((submission_documents::role, submission_documents::ordinal)).load(c))?;
    let read = |(_, role, ordinal, name, media_type, size, sha256): DocumentRowRead| {
        let role = DocumentRole::from_text(&role)
            .ok_or_else(|| StoreError::Fault("a stored document's role is not known".to_owned()))?;
        Ok(StoredDocument { role, ordinal, name, media_type, size, sha256: stored_digest(&sha256)? })
    };
    let mut documents: Vec<StoredDocument> = rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
    documents.sort_by_key(|document| (document.role == DocumentRole::Attachment, document.role.as_str()));
    Ok(documents)
}
