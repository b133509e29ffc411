//! Drafts that correct a filing, and filings that correct one another.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::draft_corrections;
use super::connection::{AnyConnection, on_backend};
use super::schema::{corrections, status_history, submissions};
use super::submissions::{self as filings, StoredSubmission};
use super::{Store, StoreError, from_database, parse_stored, stored_digest};
use crate::ids::ArrivalNumber;
use crate::submission::status::SubmissionStatus;

/// A chain of corrections is followed no further than this.
const LONGEST_CHAIN: usize = 50;

/// A filing that corrects another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedBy {
    /// Its number.
    pub arrival_number: ArrivalNumber,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// Where it stands.
    pub status: SubmissionStatus,
}

impl Store {
    /// Notes that a draft corrects a filing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing.
    pub async fn draft_correct(&self, draft_id: String, number: ArrivalNumber) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            let row = (draft_corrections::draft_id.eq(draft_id), draft_corrections::submission_id.eq(filing.id));
            diesel::insert_into(draft_corrections::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// What a draft corrects: the filing's number and the digest of its application.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn draft_corrects(&self, draft_id: String) -> Result<Option<(ArrivalNumber, [u8; 32])>, StoreError> {
        self.look_up(move |conn| {
            let found: Option<(String, Vec<u8>)> = on_backend!(&mut *conn, c => draft_corrections::table
                .inner_join(submissions::table)
                .filter(draft_corrections::draft_id.eq(draft_id))
                .select((submissions::arrival_number, submissions::application_sha256)).first(c).optional())?;
            found.map(|(number, sha256)| Ok((parse_stored(&number)?, stored_digest(&sha256)?))).transpose()
        })
        .await
    }

    /// The filings that correct a filing, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn corrected_by(&self, number: ArrivalNumber) -> Result<Vec<CorrectedBy>, StoreError> {
        self.look_up_together(move |conn| match filings::find(conn, number)? {
            Some(filing) => corrections_of(conn, &filing),
            None => Ok(Vec::new()),
        })
        .await
    }
}

/// Whether one filing corrects the other, at once or by way of others: they are one person's, and one matter.
pub(super) fn is_of_chain(
    connection: &mut AnyConnection,
    one: &filings::StoredSubmission,
    other: &filings::StoredSubmission,
) -> Result<bool, StoreError> {
    let (earlier, later) = if one.cursor() < other.cursor() { (one, other) } else { (other, one) };
    let mut next = later.corrects;
    for _ in 0..LONGEST_CHAIN {
        match next {
            None => return Ok(false),
            Some(number) if number == earlier.arrival_number => return Ok(true),
            Some(number) => next = filings::find(connection, number)?.and_then(|found| found.corrects),
        }
    }
    Ok(false)
}

/// The filings that correct a filing, the oldest first.
pub(super) fn corrections_of(
    conn: &mut AnyConnection,
    filing: &StoredSubmission,
) -> Result<Vec<CorrectedBy>, StoreError> {
    type Row = (String, NaiveDateTime, String);
    let requests = status_history::table.filter(status_history::submission_id.eq(filing.id)).select(status_history::id);
    let made = corrections::table.filter(corrections::request_id.eq_any(requests)).select(corrections::application_id);
    let rows: Vec<Row> = on_backend!(&mut *conn, c => submissions::table
        .filter(submissions::application_id.eq_any(made))
        .order(submissions::id)
        .select((submissions::arrival_number, submissions::received_at, submissions::status))
        .load(c))?;
    let one = |(number, received_at, status): Row| {
        Ok(CorrectedBy {
            arrival_number: parse_stored(&number)?,
            received_at: from_database(received_at),
            status: filings::stored_status(&status)?,
        })
    };
    rows.into_iter().map(one).collect()
}
