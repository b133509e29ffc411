//! Changing a filing's status: by legal moves only, as a conditional UPDATE with its history row in one transaction.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::notices::{self, NoticeKind};
use super::schema::{held, status_history, submissions};
use super::submissions::StoredSubmission;
use super::{Store, corrections, feed, submissions as filings, to_database};
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::submission::status::SubmissionStatus;

/// A move to be made.
#[derive(Debug, Clone)]
pub struct StatusChange {
    /// Which filing.
    pub arrival_number: ArrivalNumber,
    /// Only if it is this agency's; none where the caller is not an agency.
    pub agency: Option<AgencyCode>,
    /// Where it is to go.
    pub to: SubmissionStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom: `gateway`, `resident`, or an agency's account name. No personal data.
    pub by: String,
    /// The reason that the resident sees.
    pub reason: Option<String>,
}

impl Store {
    /// Makes the move and gives the status before it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] (also where it is another agency's, or held and an agency asks);
    /// [`StoreError::StatusConflict`] when it does not stand where the move is legal.
    pub async fn submission_change_status(&self, change: StatusChange) -> Result<SubmissionStatus, StoreError> {
        self.write(move |conn| {
            let submission = filings::find(conn, change.arrival_number)?.ok_or(StoreError::NotFound)?;
            let hidden = matches!(submission.status, SubmissionStatus::Held | SubmissionStatus::Refused);
            if change.agency.is_some_and(|agency| agency != submission.recipient || hidden) {
                return Err(StoreError::NotFound);
            }
            make(conn, &submission, &change)?;
            let kind = match change.to {
                SubmissionStatus::Withdrawn if submission.status != SubmissionStatus::Held => feed::WITHDRAWN,
                SubmissionStatus::Corrected => feed::CORRECTED,
                _ => return Ok(submission.status),
            };
            let recipient = submission.recipient.to_string();
            let created_at = to_database(change.at);
            feed::append(
                conn,
                &[feed::Entry { submission_id: submission.id, recipient: &recipient, kind, created_at }],
            )?;
            Ok(submission.status)
        })
        .await
    }
}

/// The move itself, within the caller's transaction: only where the filing still stands as it was read.
pub(super) fn make(
    connection: &mut AnyConnection,
    submission: &StoredSubmission,
    change: &StatusChange,
) -> Result<(), StoreError> {
    if !submission.status.may_become(change.to) {
        return Err(StoreError::StatusConflict { found: submission.status });
    }
    let at = to_database(change.at);
    let still_there = submissions::table
        .filter(submissions::id.eq(submission.id))
        .filter(submissions::status.eq(submission.status.as_str()));
    let moved = diesel::update(still_there)
        .set((submissions::status.eq(change.to.as_str()), submissions::status_at.eq(at)))
        .execute(connection)?;
    if moved == 0 {
        let now = filings::find(connection, submission.arrival_number)?.ok_or(StoreError::NotFound)?;
        return Err(StoreError::StatusConflict { found: now.status });
    }
    if submission.status == SubmissionStatus::Held {
        diesel::delete(held::table.find(submission.id)).execute(connection)?;
        if matches!(change.to, SubmissionStatus::Refused | SubmissionStatus::Withdrawn) {
            corrections::release(connection, &submission.application_id.to_string())?;
        }
    }
    let row = (
        status_history::submission_id.eq(submission.id),
        status_history::from_status.eq(submission.status.as_str()),
        status_history::to_status.eq(change.to.as_str()),
        status_history::changed_at.eq(at),
        status_history::changed_by.eq(&change.by),
        status_history::reason.eq(&change.reason),
    );
    on_backend!(&mut *connection, c => diesel::insert_into(status_history::table).values(row).execute(c))?;
    // What the person did themselves is no news to them.
    if change.by == "resident" {
        Ok(())
    } else {
        notices::add(connection, submission.id, NoticeKind::Status(change.to), at)
    }
}
