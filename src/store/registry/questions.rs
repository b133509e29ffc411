//! Questions that no rule decides: what was claimed on one side, the records that may be meant on the other, and what a
//! clerk decided.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::accesses::{self, NewAccess};
use super::answers_schema::registry_questions as table;
use super::filings::{self, NewFilingAnswer};
use super::records;
use super::vault::Vault;
use crate::ids::AgencyCode;
use crate::registry::answer::{Candidate, ClaimedAttributes, ClerkDecision};
use crate::registry::record::{BirthDate, RecordId, ResidentRecord, Sex};
use crate::store::connection::{AnyConnection, on_backend};
use crate::store::{Store, StoreError, from_database, parse_stored, stored_digest, to_database};

/// What a clerk sees of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionBody {
    /// What was claimed.
    pub claimed: ClaimedAttributes,
    /// The records that may be meant.
    pub candidates: Vec<Candidate>,
}

/// A question to be kept.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    /// Its identifier.
    pub id: Uuid,
    /// Whose clerks decide it.
    pub municipality: AgencyCode,
    /// Keyed hash of what was claimed.
    pub claim_hmac: Vec<u8>,
    /// Who asked.
    pub asked_by: String,
    /// For what.
    pub purpose: &'static str,
    /// On which clause.
    pub basis: &'static str,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// What a clerk sees, sealed for [`place`].
    pub body: Vec<u8>,
}

/// Where a question's body is sealed for.
pub fn place(id: Uuid) -> String {
    format!("question {id}")
}

/// A question that waits, in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingQuestion {
    /// Its identifier.
    pub id: Uuid,
    /// Who asked.
    pub asked_by: String,
    /// For what.
    pub purpose: String,
    /// On which clause.
    pub basis: String,
    /// When.
    pub opened_at: DateTime<Utc>,
}

/// A question with both of its sides.
#[derive(Debug, Clone)]
pub struct Question {
    /// The question.
    pub about: WaitingQuestion,
    /// Keyed hash of what was claimed.
    pub claim_hmac: Vec<u8>,
    /// Whether it is decided already.
    pub is_decided: bool,
    /// What was claimed, and the records that may be meant.
    pub body: QuestionBody,
    /// These records as they stand now.
    pub records: Vec<ResidentRecord>,
}

/// Keeps a question; one that waits already is kept once.
pub(super) fn open(connection: &mut AnyConnection, new: &NewQuestion) -> Result<(), StoreError> {
    let values = (
        table::id.eq(new.id.to_string()),
        table::municipality.eq(new.municipality.as_str().to_owned()),
        table::claim_hmac.eq(&new.claim_hmac),
        table::asked_by.eq(&new.asked_by),
        table::purpose.eq(new.purpose),
        table::basis.eq(new.basis),
        table::opened_at.eq(to_database(new.opened_at)),
        table::body.eq(&new.body),
    );
    on_backend!(connection, c => diesel::insert_into(table::table).values(values).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

type WaitingRow = (String, String, String, String, NaiveDateTime);

/// Its columns in a list, the claim, the body, when it was decided.
type QuestionRow = (WaitingRow, Vec<u8>, Vec<u8>, Option<NaiveDateTime>);

fn waiting((id, asked_by, purpose, basis, opened_at): WaitingRow) -> Result<WaitingQuestion, StoreError> {
    Ok(WaitingQuestion { id: parse_stored(&id)?, asked_by, purpose, basis, opened_at: from_database(opened_at) })
}

/// What was decided of this claim last.
fn decision(connection: &mut AnyConnection, claim_hmac: &[u8]) -> Result<Option<ClerkDecision>, StoreError> {
    let row: Option<(Option<String>, Option<Vec<u8>>)> = table::table
        .filter(table::claim_hmac.eq(claim_hmac))
        .filter(table::decided_at.is_not_null())
        .order(table::decided_at.desc())
        .select((table::decided_record, table::decided_digest))
        .first(connection)
        .optional()?;
    let Some((record, digest)) = row else { return Ok(None) };
    let record = match (record, digest) {
        (Some(record), Some(digest)) => Some((parse_stored(&record)?, stored_digest(&digest)?)),
        _ => None,
    };
    Ok(Some(ClerkDecision { record }))
}

/// Records that may be those of a claim, and what was decided of it.
pub type Excerpt = (Vec<ResidentRecord>, Option<ClerkDecision>);

impl Store {
    /// Reads, at one moment, the records that a claim may mean and what a clerk decided of it. `born`: none where it is not
    /// known; then only the record that a clerk named is read.
    ///
    /// # Errors
    /// When the database does not answer or a row is damaged.
    pub async fn registry_excerpt(
        &self,
        vault: &Vault,
        claim_hmac: Vec<u8>,
        born: Option<BirthDate>,
        sex: Sex,
        limit: i64,
    ) -> Result<Excerpt, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| {
            let mut found = match born {
                Some(born) => records::candidates(connection, &vault, None, born, sex, limit)?,
                None => Vec::new(),
            };
            let decided = decision(connection, &claim_hmac)?;
            if let Some((record, _)) = decided.and_then(|decided| decided.record)
                && found.iter().all(|one| one.id != record)
            {
                found.extend(records::find(connection, &vault, record)?);
            }
            Ok((found, decided))
        })
        .await
    }

    /// Writes the line of a look, and the question to a clerk where it is open.
    ///
    /// # Errors
    /// When they could not be written: nothing may be answered then.
    pub async fn registry_asked(&self, access: NewAccess, question: Option<NewQuestion>) -> Result<(), StoreError> {
        self.write(move |connection| {
            accesses::append(connection, &access)?;
            question.iter().try_for_each(|question| open(connection, question))
        })
        .await
    }

    /// Questions that wait for a municipality's clerks, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_questions(
        &self,
        municipality: AgencyCode,
        limit: i64,
    ) -> Result<Vec<WaitingQuestion>, StoreError> {
        self.look_up(move |connection| {
            let rows: Vec<WaitingRow> = table::table
                .filter(table::municipality.eq(municipality.as_str().to_owned()))
                .filter(table::decided_at.is_null())
                .order((table::opened_at, table::id))
                .select((table::id, table::asked_by, table::purpose, table::basis, table::opened_at))
                .limit(limit)
                .load(connection)?;
            rows.into_iter().map(waiting).collect()
        })
        .await
    }

    /// A question of a municipality with both of its sides.
    ///
    /// # Errors
    /// When the database does not answer or a row is damaged.
    pub async fn registry_question(
        &self,
        vault: &Vault,
        municipality: AgencyCode,
        id: Uuid,
    ) -> Result<Option<Question>, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| {
            let of_id =
                table::table.find(id.to_string()).filter(table::municipality.eq(municipality.as_str().to_owned()));
            let row: Option<QuestionRow> = of_id
                .select((
                    (table::id, table::asked_by, table::purpose, table::basis, table::opened_at),
                    table::claim_hmac,
                    table::body,
                    table::decided_at,
                ))
                .first(connection)
                .optional()?;
            let Some((about, claim_hmac, sealed, decided_at)) = row else { return Ok(None) };
            let body: QuestionBody = vault.open(&place(id), &sealed)?;
            let mut found = Vec::new();
            for candidate in &body.candidates {
                found.extend(records::find(connection, &vault, candidate.record)?);
            }
            let is_decided = decided_at.is_some();
            Ok(Some(Question { about: waiting(about)?, claim_hmac, is_decided, body, records: found }))
        })
        .await
    }

    /// Decides a question, and adds what follows to the filings that waited for it. `Ok(false)`: somebody was quicker.
    ///
    /// # Errors
    /// When it could not be written; nothing of it is left then.
    pub async fn registry_question_decide(
        &self,
        id: Uuid,
        decision: ClerkDecision,
        (by, at): (String, DateTime<Utc>),
        looked: Vec<NewAccess>,
        answers: Vec<(i64, NewFilingAnswer)>,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let (record, digest): (Option<RecordId>, Option<Vec<u8>>) =
                decision.record.map(|(record, digest)| (record, digest.to_vec())).unzip();
            let waits = table::table.find(id.to_string()).filter(table::decided_at.is_null());
            let changed = diesel::update(waits)
                .set((
                    table::decided_at.eq(to_database(at)),
                    table::decided_by.eq(&by),
                    table::decided_record.eq(record.map(|record| record.to_string())),
                    table::decided_digest.eq(digest),
                ))
                .execute(connection)?;
            if changed == 0 {
                return Ok(false);
            }
            looked.iter().try_for_each(|line| accesses::append(connection, line))?;
            answers.iter().try_for_each(|(filing, answer)| filings::add(connection, *filing, answer))?;
            Ok(true)
        })
        .await
    }
}
