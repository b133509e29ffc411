//! Deciding held filings: judged again by the same path, as of their arrival, with the trust state and revocation lists
//! of now. Each decision is a signed statement that names the verdict before it.
use chrono::{DateTime, Duration, Utc};

use super::Gateway;
use crate::evidence::receipt::VerdictSummary;
use crate::evidence::statement::{self, IssuedStatement, StatementFacts};
use crate::ids::ArrivalNumber;
use crate::intake::{Recordable, signer};
use crate::signature::report::Report;
use crate::signature::verifier::VerificationRequest;
use crate::store::StoreError;
use crate::store::held::{HeldDecision, HeldFiling};
use crate::submission::status::{RevocationState, SubmissionStatus};

/// How many filings a round takes in hand.
const ROUND: u32 = 200;
/// How long a round may keep them; a worker that dies gives them back by that.
const LEASE: Duration = Duration::seconds(120);

/// What a round of deciding did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldRound {
    /// Filings that were decided.
    pub decided: usize,
    /// Filings that still wait.
    pub waiting: usize,
}

impl Gateway {
    /// Takes some held filings in hand and decides those that can be decided. `worker` names the caller in the leases.
    ///
    /// # Errors
    /// When the record cannot be read or written; what was decided stays decided.
    pub async fn decide_held_round(&self, worker: &str) -> Result<HeldRound, StoreError> {
        let now = self.clock.now();
        let mut round = HeldRound::default();
        for number in self.store.held_lease(worker.to_owned(), now, now + LEASE, ROUND).await? {
            match self.decide_held(number).await {
                Ok(Some(_)) => round.decided += 1,
                Ok(None) => {
                    round.waiting += 1;
                    self.store.held_release(number, worker.to_owned()).await?;
                }
                Err(error) => {
                    self.store.held_release(number, worker.to_owned()).await?;
                    return Err(error);
                }
            }
        }
        Ok(round)
    }

    /// Decides one held filing, where it can be decided now, and gives its new status.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn decide_held(&self, number: ArrivalNumber) -> Result<Option<SubmissionStatus>, StoreError> {
        let Some(filing) = self.store.held_load(number).await? else { return Ok(None) };
        let now = self.clock.now();
        let Some((decision, report, status)) = self.judge_again(&filing, now).await? else { return Ok(None) };
        let revocation = match status {
            SubmissionStatus::Received => RevocationState::Provisional,
            _ => RevocationState::None,
        };
        let statement = self.state(&filing, &report, status, revocation, now)?;
        match self.store.held_decide(number, decision, Some(statement.jws), now).await {
            Ok(status) => {
                if let (SubmissionStatus::Received, Some(original)) = (status, filing.submission.corrects) {
                    self.mark_corrected(original, now).await?;
                }
                Ok(Some(status))
            }
            // Another gateway was quicker.
            Err(StoreError::StatusConflict { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn judge_again(
        &self,
        filing: &HeldFiling,
        now: DateTime<Utc>,
    ) -> Result<Option<(HeldDecision, Report, SubmissionStatus)>, StoreError> {
        let rejection = match self.accept(filing.received.clone(), None) {
            Ok(Recordable::Held(_)) if now - filing.held_since <= self.rules.hold_for_at_most => return Ok(None),
            Ok(Recordable::Held(_)) => None,
            Ok(submission @ Recordable::Verified(_)) => {
                let report = submission.report().clone();
                let Recordable::Verified(proof) = submission else { return Ok(None) };
                let decision = HeldDecision::Received(Box::new(proof));
                return Ok(Some((decision, report, SubmissionStatus::Received)));
            }
            Err(rejection) if rejection.indication.is_none() => {
                // The document passed when it arrived; that it does not now is the gateway's doing (another catalog,
                // other limits), and no reason to refuse it.
                tracing::warn!(target: "madoguchi::held", code = rejection.code.as_str(), arrival_number = %filing.submission.arrival_number,
                    "a held document does not pass any more; it is left as it is");
                return Ok(None);
            }
            Err(rejection) => Some(rejection),
        };
        let after = match &rejection {
            Some(rejection) if signer::depends_on_age(rejection) => {
                let request = self.store.signing_request_find(filing.received.application_sha256).await?;
                request.map(|request| request.issued_at)
            }
            _ => None,
        };
        let report = self.verify_again(filing, after);
        let reason = rejection.map_or_else(
            || {
                "Whether the certificate was revoked could not be decided within the time allowed: file it again."
                    .to_owned()
            },
            |rejection| rejection.detail,
        );
        let text = serde_json::to_string(&report)
            .map_err(|_| StoreError::Fault("the report cannot be written as JSON".to_owned()))?;
        let decision = HeldDecision::Refused {
            indication: report.indication,
            sub_indication: report.sub_indication,
            report: text,
            reason,
        };
        Ok(Some((decision, report, SubmissionStatus::Refused)))
    }

    /// The report of a filing that is refused.
    fn verify_again(&self, filing: &HeldFiling, signed_after: Option<DateTime<Utc>>) -> Report {
        let request = VerificationRequest {
            signature: &filing.received.signature,
            content: Some(&filing.received.application),
            extra_certificates: &[],
            at: filing.received.received_at,
            signed_after,
        };
        self.verifier().verify(&self.crls.current(), &request).report
    }

    fn state(
        &self,
        filing: &HeldFiling,
        report: &Report,
        status: SubmissionStatus,
        revocation: RevocationState,
        made_at: DateTime<Utc>,
    ) -> Result<IssuedStatement, StoreError> {
        let previous = filing.last_verdict.statement_jws.as_ref().unwrap_or(&filing.submission.receipt_jws);
        let facts = StatementFacts {
            arrival_number: filing.submission.arrival_number,
            application_sha256: &hex::encode(filing.submission.application_sha256),
            previous_sha256: statement::link_to(previous),
            made_at,
            status,
            verdict: VerdictSummary::of(report, revocation),
        };
        statement::issue(&self.keys, &facts).map_err(|error| StoreError::Fault(error.to_string()))
    }
}
