//! What the registry answered about signers, beside their filings: written in the transaction that records the filing.
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::accesses::{self, NewAccess};
use super::answers_schema::registry_filing_answers as table;
use super::questions::{self, NewQuestion};
use crate::ids::ArrivalNumber;
use crate::registry::answer::{Found, RegistryAnswer};
use crate::registry::record::RecordId;
use crate::store::connection::AnyConnection;
use crate::store::schema::submissions;
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// An answer to be kept with a filing.
#[derive(Debug, Clone)]
pub struct NewFilingAnswer {
    /// What was answered.
    pub answer: RegistryAnswer,
    /// Keyed hash of what was claimed.
    pub claim_hmac: Vec<u8>,
    /// The same as a signed statement.
    pub statement_jws: String,
    /// The look at the registry, as the resident sees it: when, by whom, for what and on which clause.
    pub access: NewAccess,
}

/// What is recorded with a filing: the answer, and the question to a clerk where it is open.
#[derive(Debug, Clone)]
pub struct FilingNote {
    /// The answer.
    pub answer: NewFilingAnswer,
    /// The question.
    pub question: Option<NewQuestion>,
}

/// An answer as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingAnswer {
    /// What was answered.
    pub found: Found,
    /// Why: `address:notation`.
    pub reasons: Vec<String>,
    /// Whose register the record is in.
    pub municipality: Option<String>,
    /// The digest of the record's history at that moment.
    pub record_digest: Option<String>,
    /// Whether a clerk decided it.
    pub by_clerk: bool,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// For what.
    pub purpose: String,
    /// On which clause.
    pub basis: String,
    /// The signed statement.
    pub statement_jws: String,
}

#[derive(Queryable)]
struct Row {
    answer: String,
    reasons: String,
    municipality: Option<String>,
    record_digest: Option<String>,
    by_clerk: bool,
    asked_at: NaiveDateTime,
    purpose: String,
    basis: String,
    statement_jws: String,
}

impl Row {
    fn answer(self) -> Result<FilingAnswer, StoreError> {
        let unknown = || StoreError::Fault("a stored answer of the registry is not known".to_owned());
        Ok(FilingAnswer {
            found: Found::from_text(&self.answer).ok_or_else(unknown)?,
            reasons: self.reasons.split_whitespace().map(str::to_owned).collect(),
            municipality: self.municipality,
            record_digest: self.record_digest,
            by_clerk: self.by_clerk,
            asked_at: from_database(self.asked_at),
            purpose: self.purpose,
            basis: self.basis,
            statement_jws: self.statement_jws,
        })
    }
}

/// Writes what the registry answered about a filing that was just inserted.
pub(in crate::store) fn append(
    connection: &mut AnyConnection,
    submission_id: i64,
    note: &FilingNote,
) -> Result<(), StoreError> {
    add(connection, submission_id, &note.answer)?;
    match &note.question {
        Some(question) => questions::open(connection, question),
        None => Ok(()),
    }
}

/// Writes one answer with the line of its look.
pub(super) fn add(connection: &mut AnyConnection, submission_id: i64, new: &NewFilingAnswer) -> Result<(), StoreError> {
    let (answer, access) = (&new.answer, &new.access);
    diesel::insert_into(table::table)
        .values((
            table::submission_id.eq(submission_id),
            table::answer.eq(answer.found.as_str()),
            table::reasons.eq(answer.reasons.join(" ")),
            table::municipality.eq(answer.municipality.map(|code| code.to_string())),
            table::record_id.eq(answer.record.map(|record| record.to_string())),
            table::record_digest.eq(answer.digest.as_deref()),
            table::by_clerk.eq(answer.by_clerk),
            table::asked_at.eq(to_database(access.at)),
            table::purpose.eq(access.permit.purpose().code),
            table::basis.eq(access.permit.basis().code),
            table::claim_hmac.eq(&new.claim_hmac),
            table::statement_jws.eq(&new.statement_jws),
        ))
        .execute(connection)?;
    accesses::append(connection, access)
}

/// A filing whose last answer is open.
#[derive(Debug, Clone)]
pub struct OpenFiling {
    /// Its row.
    pub submission_id: i64,
    /// Hex digest of its application document.
    pub application_sha256: String,
    /// Who takes it.
    pub recipient: String,
    /// For what the registry was asked.
    pub purpose: String,
    /// On which clause.
    pub basis: String,
}

impl Store {
    /// What the registry answered about a filing's signer, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_filing_answers(&self, number: ArrivalNumber) -> Result<Vec<FilingAnswer>, StoreError> {
        self.look_up(move |connection| {
            let of_filing = submissions::table
                .filter(submissions::arrival_number.eq(number.to_string()))
                .select(submissions::id)
                .first::<i64>(connection)
                .optional()?;
            let Some(submission) = of_filing else { return Ok(Vec::new()) };
            let rows: Vec<Row> = table::table
                .filter(table::submission_id.eq(submission))
                .order(table::id)
                .select((
                    table::answer,
                    table::reasons,
                    table::municipality,
                    table::record_digest,
                    table::by_clerk,
                    table::asked_at,
                    table::purpose,
                    table::basis,
                    table::statement_jws,
                ))
                .limit(100)
                .load(connection)?;
            rows.into_iter().map(Row::answer).collect()
        })
        .await
    }

    /// The records that signers of these filings were found to have.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_records_of_filings(
        &self,
        numbers: Vec<ArrivalNumber>,
    ) -> Result<BTreeSet<RecordId>, StoreError> {
        self.look_up(move |connection| {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let records: Vec<Option<String>> = table::table
                .inner_join(submissions::table.on(submissions::id.eq(table::submission_id)))
                .filter(submissions::arrival_number.eq_any(numbers))
                .filter(table::record_id.is_not_null())
                .select(table::record_id)
                .load(connection)?;
            records.iter().flatten().map(|record| parse_stored(record)).collect()
        })
        .await
    }

    /// Filings whose answer is open for this claim.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_open_filings(&self, claim_hmac: Vec<u8>) -> Result<Vec<OpenFiling>, StoreError> {
        self.look_up(move |connection| {
            type Found = (i64, String, String);
            let open: Vec<Found> = table::table
                .filter(table::claim_hmac.eq(claim_hmac))
                .filter(table::answer.eq(crate::registry::answer::Found::Undecided.as_str()))
                .order(table::id)
                .select((table::submission_id, table::purpose, table::basis))
                .limit(1000)
                .load(connection)?;
            let mut filings = Vec::with_capacity(open.len());
            for (submission_id, purpose, basis) in open {
                let last: String = table::table
                    .filter(table::submission_id.eq(submission_id))
                    .order(table::id.desc())
                    .select(table::answer)
                    .first(connection)?;
                if last != crate::registry::answer::Found::Undecided.as_str() {
                    continue;
                }
                let (digest, recipient): (Vec<u8>, String) = submissions::table
                    .find(submission_id)
                    .select((submissions::application_sha256, submissions::recipient))
                    .first(connection)?;
                let application_sha256 = hex::encode(digest);
                filings.push(OpenFiling { submission_id, application_sha256, recipient, purpose, basis });
            }
            Ok(filings)
        })
        .await
    }
}
