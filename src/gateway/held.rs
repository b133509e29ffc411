//! Judging held filings again: by the same path, as of their arrival, with the trust state and revocation lists of now.
//! Each decision is a signed statement that names the verdict before it.
use chrono::{DateTime, Utc};

use super::Gateway;
use crate::evidence::receipt::VerdictSummary;
use crate::evidence::statement::{self, StatementFacts};
use crate::intake::{Recordable, signer};
use crate::signature::report::Report;
use crate::signature::verifier::VerificationRequest;
use crate::store::held::{HeldDecision, HeldFiling};
use crate::submission::rejection::Rejection;
use crate::submission::status::{RevocationState, SubmissionStatus};

/// What judging a held filing again gave.
#[derive(Debug)]
pub enum HeldVerdict {
    /// Decided.
    Decided {
        /// The decision, to be noted.
        decision: HeldDecision,
        /// The signed statement of the new verdict; none where it could not be signed.
        statement_jws: Option<String>,
    },
    /// It cannot be decided yet.
    StillHeld,
}

impl Gateway {
    /// Judges a held filing again. Blocks: it verifies a signature and may look the signing request up.
    pub fn judge_held(&self, filing: &HeldFiling, now: DateTime<Utc>) -> HeldVerdict {
        match self.accept(filing.received.clone(), None) {
            Ok(Recordable::Held(_)) => HeldVerdict::StillHeld,
            Ok(submission) => self.pass(filing, submission, now),
            Err(rejection) if rejection.indication.is_none() => {
                // The document passed when it arrived; that it does not now is the gateway's doing (another catalog,
                // other limits), and no reason to refuse it.
                tracing::warn!(target: "madoguchi::held", code = rejection.code.as_str(),
                    arrival_number = %filing.submission.arrival_number,
                    "a held document does not pass any more; it is left as it is");
                HeldVerdict::StillHeld
            }
            Err(rejection) => self.refuse(filing, *rejection, now),
        }
    }

    /// The signed statement that a filing is refused because it was held too long.
    pub fn overdue_statement(&self, filing: &HeldFiling, now: DateTime<Utc>) -> Option<String> {
        let report = self.verify_again(filing, None);
        self.state(filing, &report, SubmissionStatus::Refused, RevocationState::None, now)
    }

    fn pass(&self, filing: &HeldFiling, submission: Recordable, now: DateTime<Utc>) -> HeldVerdict {
        let (status, revocation) = (submission.status(), submission.revocation());
        let statement_jws = self.state(filing, submission.report(), status, revocation, now);
        match submission {
            Recordable::Verified(proof) => {
                HeldVerdict::Decided { decision: HeldDecision::Received(Box::new(proof)), statement_jws }
            }
            Recordable::Held(_) => HeldVerdict::StillHeld,
        }
    }

    fn refuse(&self, filing: &HeldFiling, rejection: Rejection, now: DateTime<Utc>) -> HeldVerdict {
        let after = if signer::depends_on_age(&rejection) { self.made_at(filing) } else { None };
        let report = self.verify_again(filing, after);
        let Ok(text) = serde_json::to_string(&report) else { return HeldVerdict::StillHeld };
        let statement_jws = self.state(filing, &report, SubmissionStatus::Refused, RevocationState::None, now);
        let decision = HeldDecision::Refused {
            indication: report.indication,
            sub_indication: report.sub_indication,
            report: text,
            reason: rejection.detail,
        };
        HeldVerdict::Decided { decision, statement_jws }
    }

    /// When this gateway made the document, where it did: the signature is later than that.
    fn made_at(&self, filing: &HeldFiling) -> Option<DateTime<Utc>> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let found = runtime.block_on(self.store.signing_request_find(filing.received.application_sha256));
        found.ok().flatten().map(|request| request.issued_at)
    }

    fn verify_again(&self, filing: &HeldFiling, signed_after: Option<DateTime<Utc>>) -> Report {
        let request = VerificationRequest {
            signature: &filing.received.signature,
            content: Some(filing.received.application.as_ref().into()),
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
    ) -> Option<String> {
        let previous = filing.last_verdict.statement_jws.as_ref().unwrap_or(&filing.submission.receipt_jws);
        let facts = StatementFacts {
            arrival_number: filing.submission.arrival_number,
            application_sha256: &hex::encode(filing.submission.application_sha256),
            previous_sha256: statement::link_to(previous),
            made_at,
            status,
            verdict: VerdictSummary::of(report, revocation),
        };
        match statement::issue(&self.keys, &facts) {
            Ok(statement) => Some(statement.jws),
            Err(error) => {
                tracing::error!(target: "madoguchi::held", fault = %error, "a statement could not be signed");
                None
            }
        }
    }
}
