//! How an agency wants a filing to be corrected: the whole application again, or the marked fields alone.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::correction_requests;
use super::connection::{AnyConnection, on_backend};
use super::schema::status_history;
use super::statuses::{self, StatusChange};
use super::submissions::{self as filings, StoredSubmission};
use super::{Store, StoreError, from_database};
use crate::ids::ArrivalNumber;
use crate::submission::status::SubmissionStatus;

/// The name under which all attachments together are marked.
pub const ATTACHMENTS: &str = "attachments";

/// What is to be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorrectionWanted {
    /// The whole application is to be submitted again.
    Again,
    /// The marked fields, names of answers or [`ATTACHMENTS`]; everything else stays as it was.
    Partial(Vec<String>),
}

/// An agency's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRequest {
    /// What is to be corrected.
    pub wanted: CorrectionWanted,
    /// What the agency wrote.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Moves the filing to `correction_requested`, with what is wanted.
    ///
    /// # Errors
    /// As [`Store::submission_change_status`].
    pub async fn correction_request(&self, change: StatusChange, wanted: CorrectionWanted) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, change.arrival_number)?.ok_or(StoreError::NotFound)?;
            let hidden = matches!(filing.status, SubmissionStatus::Held | SubmissionStatus::Refused);
            if change.agency.is_some_and(|agency| agency != filing.recipient || hidden) {
                return Err(StoreError::NotFound);
            }
            let change = StatusChange { to: SubmissionStatus::CorrectionRequested, ..change };
            statuses::make(conn, &filing, &change)?;
            let request: Option<i64> = status_history::table
                .filter(status_history::submission_id.eq(filing.id))
                .select(diesel::dsl::max(status_history::id))
                .first(conn)?;
            let (kind, fields) = match &wanted {
                CorrectionWanted::Again => ("again", Vec::new()),
                CorrectionWanted::Partial(fields) => ("partial", fields.clone()),
            };
            let fields = serde_json::to_string(&fields).unwrap_or_default();
            let row = (
                correction_requests::request_id.eq(request.unwrap_or_default()),
                correction_requests::kind.eq(kind),
                correction_requests::fields.eq(fields),
            );
            on_backend!(&mut *conn, c => diesel::insert_into(correction_requests::table).values(row).execute(c))?;
            Ok(())
        })
        .await
    }

    /// What the agency waits for, where it waits for a correction. A request that says nothing more wants the whole again.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn correction_wanted(&self, number: ArrivalNumber) -> Result<Option<CorrectionRequest>, StoreError> {
        self.look_up_together(move |conn| match filings::find(conn, number)? {
            Some(filing) => wanted_of(conn, &filing),
            None => Ok(None),
        })
        .await
    }
}

/// What the agency waits for, where it waits for a correction of this filing.
pub(super) fn wanted_of(
    conn: &mut AnyConnection,
    filing: &StoredSubmission,
) -> Result<Option<CorrectionRequest>, StoreError> {
    type Row = (i64, Option<String>, NaiveDateTime);
    if filing.status != SubmissionStatus::CorrectionRequested {
        return Ok(None);
    }
    let asked: Option<Row> = on_backend!(&mut *conn, c => status_history::table
        .filter(status_history::submission_id.eq(filing.id))
        .filter(status_history::to_status.eq(SubmissionStatus::CorrectionRequested.as_str()))
        .order(status_history::id.desc())
        .select((status_history::id, status_history::reason, status_history::changed_at)).first(c).optional())?;
    let Some((id, text, at)) = asked else { return Ok(None) };
    let more: Option<(String, String)> = on_backend!(&mut *conn, c => correction_requests::table
        .find(id)
        .select((correction_requests::kind, correction_requests::fields)).first(c).optional())?;
    let wanted = match more {
        Some((kind, fields)) if kind == "partial" => {
            let fields = serde_json::from_str(&fields)
                .map_err(|_| StoreError::Fault("stored marked fields cannot be read".to_owned()))?;
            CorrectionWanted::Partial(fields)
        }
        _ => CorrectionWanted::Again,
    };
    Ok(Some(CorrectionRequest { wanted, text: text.unwrap_or_default(), at: from_database(at) }))
}
