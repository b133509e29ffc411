//! An agency's filings: pages for its desk, and everything in order for its export.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::MultiBackend;
use super::error::StoreError;
use super::schema::submissions;
use super::submissions::{StoredSubmission, SubmissionRow};
use super::{Store, to_database};
use crate::ids::AgencyCode;
use crate::ids::ProcedureCode;
use crate::submission::status::{RevocationState, SubmissionStatus};

/// Which of an agency's filings. Held and refused ones are never the agency's to see.
#[derive(Debug, Clone, Default)]
pub struct SubmissionFilter {
    /// Of this status.
    pub status: Option<SubmissionStatus>,
    /// Of this procedure.
    pub procedure: Option<ProcedureCode>,
    /// Whose certificate is contested.
    pub contested: bool,
    /// Received at this time or later.
    pub received_from: Option<DateTime<Utc>>,
    /// Received before this time.
    pub received_before: Option<DateTime<Utc>>,
    /// The arrival number, the title or the applicant's name has this in it.
    pub text: Option<String>,
}

/// One page, newest first.
#[derive(Debug, Clone)]
pub struct SubmissionPage {
    /// The filings.
    pub items: Vec<StoredSubmission>,
    /// Give it as `before` for the next page; none on the last.
    pub next: Option<i64>,
}

const NOT_FOR_AGENCIES: [&str; 2] = ["held", "refused"];

type Query<'a> = submissions::BoxedQuery<'a, MultiBackend>;

fn query(agency: AgencyCode, filter: SubmissionFilter) -> Query<'static> {
    let mut query = submissions::table.filter(submissions::recipient.eq(agency.as_str().to_owned())).into_boxed();
    query = match filter.status {
        Some(status) => query.filter(submissions::status.eq(status.as_str())),
        None => query,
    };
    query =
        query.filter(submissions::status.ne(NOT_FOR_AGENCIES[0])).filter(submissions::status.ne(NOT_FOR_AGENCIES[1]));
    if let Some(procedure) = filter.procedure {
        query = query.filter(submissions::procedure.eq(procedure.as_str().to_owned()));
    }
    if filter.contested {
        query = query.filter(submissions::revocation.eq(RevocationState::Contested.as_str()));
    }
    if let Some(from) = filter.received_from {
        query = query.filter(submissions::received_at.ge(to_database(from)));
    }
    if let Some(before) = filter.received_before {
        query = query.filter(submissions::received_at.lt(to_database(before)));
    }
    if let Some(text) = filter.text.filter(|text| !text.is_empty()) {
        let pattern = like_pattern(&text);
        let digits = like_pattern(&text.replace(['-', ' '], ""));
        query = query.filter(
            submissions::title
                .like(pattern.clone())
                .escape('\\')
                .or(submissions::applicant_name.like(pattern).escape('\\'))
                .or(submissions::arrival_number.like(digits).escape('\\')),
        );
    }
    query
}

/// The text anywhere, with LIKE's own signs taken literally.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

impl Store {
    /// A page of the agency's filings, newest first: those before the cursor `before` (none: from the newest).
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn agency_submissions(
        &self,
        agency: AgencyCode,
        filter: SubmissionFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<SubmissionPage, StoreError> {
        self.read(move |conn| {
            let mut query = query(agency, filter);
            if let Some(before) = before {
                query = query.filter(submissions::id.lt(before));
            }
            // One more than asked tells whether there is a next page.
            let rows: Vec<SubmissionRow> =
                query.order(submissions::id.desc()).limit(i64::from(limit) + 1).load(conn)?;
            let mut items = rows.into_iter().map(StoredSubmission::try_from).collect::<Result<Vec<_>, _>>()?;
            let more = items.len() > limit as usize;
            items.truncate(limit as usize);
            let next = items.last().filter(|_| more).map(StoredSubmission::cursor);
            Ok(SubmissionPage { items, next })
        })
        .await
    }

    /// The agency's filings after the cursor `after` (0: from the first), oldest first, for an export that asks again
    /// until nothing comes, and holds no more than `limit` at a time.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn agency_submissions_export(
        &self,
        agency: AgencyCode,
        filter: SubmissionFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredSubmission>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<SubmissionRow> = query(agency, filter)
                .filter(submissions::id.gt(after))
                .order(submissions::id.asc())
                .limit(i64::from(limit))
                .load(conn)?;
            rows.into_iter().map(StoredSubmission::try_from).collect()
        })
        .await
    }

    /// How many filings of the agency stand in each status, for the head of its desk.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn agency_counts(&self, agency: AgencyCode) -> Result<Vec<(SubmissionStatus, i64)>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, i64)> = submissions::table
                .filter(submissions::recipient.eq(agency.as_str()))
                .group_by(submissions::status)
                .select((submissions::status, diesel::dsl::count_star()))
                .load(conn)?;
            rows.into_iter()
                .filter(|(status, _)| !NOT_FOR_AGENCIES.contains(&status.as_str()))
                .map(|(status, count)| Ok((super::submissions::stored_status(&status)?, count)))
                .collect()
        })
        .await
    }
}
