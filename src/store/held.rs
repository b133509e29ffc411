//! Held filings: those whose revocation could not be decided. A worker takes some in hand (a lease, by a conditional
//! UPDATE, so that gateways do not collide), judges them again, and notes the decision. A lease that ran out is another's.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{held, submissions, verdicts};
use super::statuses::{self, StatusChange};
use super::submissions::{self as filings, StoredSubmission};
use super::verdicts::{StoredVerdict, stored_verdicts};
use super::{Store, feed, from_database, parse_stored, to_database};
use crate::ids::ArrivalNumber;
use crate::intake::{Recordable, VerifiedSubmission};
use crate::submission::received::ReceivedSubmission;
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::verdict::{Indication, SubIndication};

/// A filing in a worker's hand.
#[derive(Debug)]
pub struct HeldFiling {
    /// The filing as recorded.
    pub submission: StoredSubmission,
    /// Since when it waits.
    pub held_since: DateTime<Utc>,
    /// Its documents, to be judged again.
    pub received: ReceivedSubmission,
    /// The verdict that a new one has to name.
    pub last_verdict: StoredVerdict,
}

/// A held filing's decision.
#[derive(Debug)]
pub enum HeldDecision {
    /// It passed: the proof.
    Received(Box<VerifiedSubmission>),
    /// It did not.
    Refused {
        /// The indication.
        indication: Indication,
        /// And sub-indication.
        sub_indication: Option<SubIndication>,
        /// The report, JSON text.
        report: String,
        /// The reason that the resident sees.
        reason: String,
    },
}

impl Store {
    /// The numbers of the filings that wait, in the order in which they arrived.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn held_list(&self, limit: u32) -> Result<Vec<(ArrivalNumber, DateTime<Utc>)>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(String, chrono::NaiveDateTime)> = held::table
                .inner_join(submissions::table)
                .order((held::held_since, held::submission_id))
                .limit(i64::from(limit))
                .select((submissions::arrival_number, held::held_since))
                .load(conn)?;
            rows.into_iter().map(|(number, since)| Ok((parse_stored(&number)?, from_database(since)))).collect()
        })
        .await
    }

    /// The scopes in which filings wait: which revocation list they need. That of the filing that waits longest comes first.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn held_scopes(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(|conn| {
            let oldest = diesel::dsl::min(held::held_since);
            let mut scopes: Vec<(Vec<u8>, Option<chrono::NaiveDateTime>)> =
                held::table.group_by(held::scope).select((held::scope, oldest)).load(conn)?;
            scopes.sort_by_key(|(_, since)| *since);
            Ok(scopes.into_iter().map(|(scope, _)| scope).collect())
        })
        .await
    }

    /// Takes up to `limit` filings of a scope in hand until `until`, in the order in which they arrived, those left out
    /// that somebody has in hand now.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn held_lease(
        &self,
        scope: Vec<u8>,
        worker: String,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ArrivalNumber>, StoreError> {
        let (now, until) = (to_database(now), to_database(until));
        self.write(move |conn| {
            let free = held::leased_until.is_null().or(held::leased_until.lt(now));
            let candidates: Vec<(i64, String)> = held::table
                .inner_join(submissions::table)
                .filter(held::scope.eq(scope))
                .filter(free)
                .order((held::held_since, held::submission_id))
                .limit(i64::from(limit))
                .select((held::submission_id, submissions::arrival_number))
                .load(conn)?;
            let mut taken = Vec::with_capacity(candidates.len());
            for (id, arrival_number) in candidates {
                let mine = diesel::update(held::table.filter(held::submission_id.eq(id)).filter(free))
                    .set((held::leased_until.eq(until), held::leased_by.eq(&worker)))
                    .execute(conn)?;
                if mine == 1 {
                    taken.push(parse_stored(&arrival_number)?);
                }
            }
            Ok(taken)
        })
        .await
    }

    /// Gives a filing back that could not be decided yet.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn held_release(&self, arrival_number: ArrivalNumber, worker: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(submission) = filings::find(conn, arrival_number)? else { return Ok(()) };
            let mine = held::table.filter(held::submission_id.eq(submission.id)).filter(held::leased_by.eq(&worker));
            diesel::update(mine)
                .set((held::leased_until.eq(None::<chrono::NaiveDateTime>), held::leased_by.eq(None::<String>)))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Everything that judging a held filing again takes; none when it is not held any more.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a document is not what was recorded.
    pub async fn held_load(&self, arrival_number: ArrivalNumber) -> Result<Option<HeldFiling>, StoreError> {
        let places = self.0.documents.clone();
        let head = self
            .read(move |conn| {
                let Some(submission) = filings::find(conn, arrival_number)? else { return Ok(None) };
                let since: Option<chrono::NaiveDateTime> =
                    held::table.find(submission.id).select(held::held_since).first(conn).optional()?;
                let Some(since) = since else { return Ok(None) };
                let last = stored_verdicts(conn, &places, submission.id)?.pop().ok_or(StoreError::NotFound)?;
                Ok(Some((submission, from_database(since), last)))
            })
            .await?;
        let Some((submission, held_since, last_verdict)) = head else { return Ok(None) };
        let received = self.submission_received(arrival_number).await?;
        Ok(Some(HeldFiling { submission, held_since, received, last_verdict }))
    }

    /// Notes the decision over a held filing: verdict, status, history, and the agency's feed, in one transaction.
    /// `statement_jws` is the signed statement of the new verdict, which names the one before it.
    ///
    /// # Errors
    /// [`StoreError::StatusConflict`] when it was decided by another already; [`StoreError::Fault`] when the proof is
    /// not of this filing.
    pub async fn held_decide(
        &self,
        arrival_number: ArrivalNumber,
        decision: HeldDecision,
        statement_jws: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<SubmissionStatus, StoreError> {
        let decided = Decided::new(decision)?;
        self.write(move |conn| decided.note(conn, arrival_number, statement_jws, at)).await
    }
}

/// A decision as columns.
struct Decided {
    application_sha256: Option<[u8; 32]>,
    status: SubmissionStatus,
    revocation: RevocationState,
    indication: &'static str,
    sub_indication: Option<&'static str>,
    report: String,
    reason: Option<String>,
}

impl Decided {
    fn new(decision: HeldDecision) -> Result<Self, StoreError> {
        match decision {
            HeldDecision::Received(proof) => {
                let proof = Recordable::Verified(*proof);
                let report = serde_json::to_string(proof.report())
                    .map_err(|_| StoreError::Fault("the report cannot be written as JSON".to_owned()))?;
                Ok(Self {
                    application_sha256: Some(proof.received().application_sha256),
                    status: proof.status(),
                    revocation: proof.revocation(),
                    indication: proof.report().indication.as_str(),
                    sub_indication: proof.report().sub_indication.map(SubIndication::as_str),
                    report,
                    reason: None,
                })
            }
            HeldDecision::Refused { indication, sub_indication, report, reason } => Ok(Self {
                application_sha256: None,
                status: SubmissionStatus::Refused,
                revocation: RevocationState::None,
                indication: indication.as_str(),
                sub_indication: sub_indication.map(SubIndication::as_str),
                report,
                reason: Some(reason),
            }),
        }
    }

    fn note(
        self,
        connection: &mut AnyConnection,
        arrival_number: ArrivalNumber,
        statement_jws: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<SubmissionStatus, StoreError> {
        let submission = filings::find(connection, arrival_number)?.ok_or(StoreError::NotFound)?;
        if self.application_sha256.is_some_and(|proven| proven != submission.application_sha256) {
            return Err(StoreError::Fault("the proof is of another filing".to_owned()));
        }
        if submission.status != SubmissionStatus::Held {
            return Err(StoreError::StatusConflict { found: submission.status });
        }
        let (status, revocation) = (self.status, self.revocation);
        let change = StatusChange {
            arrival_number,
            agency: None,
            to: status,
            at,
            by: "gateway".to_owned(),
            reason: self.reason.clone(),
        };
        statuses::make(connection, &submission, &change)?;
        diesel::update(submissions::table.find(submission.id))
            .set(submissions::revocation.eq(revocation.as_str()))
            .execute(connection)?;
        self.insert_verdict(connection, submission.id, statement_jws, at)?;
        if status == SubmissionStatus::Received {
            let (recipient, created_at) = (submission.recipient.to_string(), to_database(at));
            let entry =
                feed::Entry { submission_id: submission.id, recipient: &recipient, kind: feed::FILED, created_at };
            feed::append(connection, &[entry])?;
            if let Some(original) = submission.corrects {
                mark_corrected(connection, original, at)?;
            }
        }
        Ok(status)
    }

    fn insert_verdict(
        self,
        connection: &mut AnyConnection,
        submission_id: i64,
        statement_jws: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let previous: Option<i64> = verdicts::table
            .filter(verdicts::submission_id.eq(submission_id))
            .select(diesel::dsl::max(verdicts::id))
            .first(connection)?;
        let row = (
            verdicts::submission_id.eq(submission_id),
            verdicts::kind.eq("held_decision"),
            verdicts::decided_at.eq(to_database(at)),
            verdicts::indication.eq(self.indication),
            verdicts::sub_indication.eq(self.sub_indication),
            verdicts::report.eq(self.report),
            verdicts::previous_id.eq(previous),
            verdicts::statement_jws.eq(statement_jws),
        );
        on_backend!(connection, c => diesel::insert_into(verdicts::table).values(row).execute(c))?;
        Ok(())
    }
}

/// A correction that was held is received now: what it corrects is corrected, where it can still be.
fn mark_corrected(
    connection: &mut AnyConnection,
    original: ArrivalNumber,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(original) = filings::find(connection, original)? else { return Ok(()) };
    if !original.status.takes_correction() {
        return Ok(());
    }
    let change = StatusChange {
        arrival_number: original.arrival_number,
        agency: None,
        to: SubmissionStatus::Corrected,
        at,
        by: "resident".to_owned(),
        reason: None,
    };
    statuses::make(connection, &original, &change)?;
    let (recipient, created_at) = (original.recipient.to_string(), to_database(at));
    let entry = feed::Entry { submission_id: original.id, recipient: &recipient, kind: feed::CORRECTED, created_at };
    feed::append(connection, &[entry])
}
