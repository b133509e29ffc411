//! Numbers for operators: how many filings stand in each status, and how long the oldest held one waits. No filing is
//! named by them.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::{held, submissions, verdicts};
use super::steps_schema::awaiting;
use super::submissions::stored_status;
use super::{Store, StoreError, from_database};
use crate::submission::status::SubmissionStatus;

/// The numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilingNumbers {
    /// How many filings stand in each status that any stands in.
    pub by_status: Vec<(SubmissionStatus, i64)>,
    /// How many wait because revocation is not decided.
    pub held: i64,
    /// Since when the oldest of those waits.
    pub oldest_held: Option<DateTime<Utc>>,
    /// How many await a revocation list issued after their receipt.
    pub awaiting: i64,
    /// How many are contested.
    pub contested: i64,
}

impl Store {
    /// The numbers as they are now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn filing_numbers(&self) -> Result<FilingNumbers, StoreError> {
        self.read(|connection| {
            let rows: Vec<(String, i64)> = submissions::table
                .group_by(submissions::status)
                .select((submissions::status, diesel::dsl::count_star()))
                .load(connection)?;
            let by_status = rows.into_iter().map(|(status, count)| Ok((stored_status(&status)?, count)));
            let oldest: Option<NaiveDateTime> =
                held::table.order(held::held_since).select(held::held_since).first(connection).optional()?;
            Ok(FilingNumbers {
                by_status: by_status.collect::<Result<_, StoreError>>()?,
                held: held::table.count().get_result(connection)?,
                oldest_held: oldest.map(from_database),
                awaiting: awaiting::table.count().get_result(connection)?,
                contested: verdicts::table.filter(verdicts::kind.eq("contested")).count().get_result(connection)?,
            })
        })
        .await
    }
}
