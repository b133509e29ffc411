//! Verdicts over recorded filings, read back. A filing's first report is the largest column that it has and is read
//! seldom, so that with SQLite it lies in a segment, beside the documents, and its row says where.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::documents::DocumentStore;
use super::documents::segment::Stretch;
use super::error::StoreError;
use super::schema::verdicts;
use super::{from_database, stored_digest};

/// One verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    /// Its number; a later one names it.
    pub number: i64,
    /// `first`, `held_decision`, `confirmed` or `contested`.
    pub kind: String,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// `TOTAL_PASSED` and so on.
    pub indication: String,
    /// Where it did not pass.
    pub sub_indication: Option<String>,
    /// The whole report, JSON text.
    pub report: String,
    /// The verdict before it.
    pub previous: Option<i64>,
    /// A later verdict's signed statement.
    pub statement_jws: Option<String>,
}

/// A row of `verdicts`, in the order of the table's columns.
#[derive(Queryable)]
struct VerdictRow {
    id: i64,
    _submission_id: i64,
    kind: String,
    decided_at: NaiveDateTime,
    indication: String,
    sub_indication: Option<String>,
    report: String,
    previous_id: Option<i64>,
    statement_jws: Option<String>,
    report_segment: Option<i64>,
    report_offset: Option<i64>,
    report_size: Option<i64>,
    report_sha256: Option<Vec<u8>>,
}

/// Every verdict over a filing, oldest first.
///
/// # Errors
/// [`StoreError::Damaged`] where a report is not the one that was recorded.
pub(super) fn stored_verdicts(
    connection: &mut AnyConnection,
    places: &DocumentStore,
    submission_id: i64,
) -> Result<Vec<StoredVerdict>, StoreError> {
    let rows: Vec<VerdictRow> = on_backend!(&mut *connection, c => verdicts::table.filter(verdicts::submission_id.eq(submission_id)).order(verdicts::id).load(c))?;
    rows.into_iter().map(|row| verdict(row, places)).collect()
}

fn verdict(row: VerdictRow, places: &DocumentStore) -> Result<StoredVerdict, StoreError> {
    let report = match (row.report_segment, row.report_offset, row.report_size, &row.report_sha256) {
        (Some(segment), Some(offset), Some(size), Some(sha256)) => {
            let bytes = places.read_stretch(stored_digest(sha256)?, Stretch { segment, offset, size })?;
            String::from_utf8(bytes).map_err(|_| StoreError::Fault("a stored report is not text".to_owned()))?
        }
        _ => row.report,
    };
    Ok(StoredVerdict {
        number: row.id,
        kind: row.kind,
        decided_at: from_database(row.decided_at),
        indication: row.indication,
        sub_indication: row.sub_indication,
        report,
        previous: row.previous_id,
        statement_jws: row.statement_jws,
    })
}
