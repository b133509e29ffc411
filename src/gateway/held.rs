//! Judging held filings again: by the same path, as of their arrival, with the trust state and revocation lists of now.
//! Each decision is a signed statement that names the verdict before it.
use chrono::{DateTime, Utc};

use super::Gateway;
use super::judging::Judging;
use super::lists;
use crate::evidence::receipt::VerdictSummary;
use crate::evidence::statement::{self, StatementFacts};
use crate::intake::{Recordable, signer};
use crate::pki::crl::SIGNER_NOT_VALID_AT_THE_TIME;
use crate::signature::report::Report;
use crate::store::held::{HeldDecision, HeldFiling};
use crate::submission::rejection::Rejection;
use crate::submission::status::{RevocationState, SubmissionStatus};
use crate::verdict::{Check, SubIndication};

/// What judging a held filing again gave.
#[derive(Debug)]
pub enum HeldVerdict {
    /// Decided.
    Decided {
        /// The decision, to be noted.
        decision: HeldDecision,
        /// The signed statement of the new verdict.
        statement_jws: Option<String>,
    },
    /// It cannot be decided, and has waited for as long as it may: the signed statement that it is refused for that.
    TooLong {
        /// Compact JWS.
        statement_jws: String,
    },
    /// It cannot be decided yet.
    StillHeld,
    /// Nor can any other that needs the same revocation lists and arrived later.
    NoList,
}

/// How long a held filing has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// No longer than it may.
    InTime,
    /// Longer than `[revocation] hold_for_at_most`.
    TooLong,
}

impl Gateway {
    /// Judges a held filing again; everything about it by one trust state and one snapshot of revocation lists. Blocks: it
    /// verifies a signature and may look the signing request up.
    pub fn judge_held(&self, filing: &HeldFiling, now: DateTime<Utc>, wait: Wait) -> HeldVerdict {
        let judging = self.judging_held(filing);
        if let Err(error) = lists::wait(self.keep_trust_state(&judging)) {
            tracing::warn!(target: "madoguchi::held", %error, "the trust state could not be kept");
            return HeldVerdict::StillHeld;
        }
        match (self.decide_held(filing, &judging, now), wait) {
            (HeldVerdict::StillHeld | HeldVerdict::NoList, Wait::TooLong) => self.give_up(filing, &judging, now),
            (verdict, _) => verdict,
        }
    }

    /// With what responders say of it, where the policy wants that and lists do not decide.
    fn judging_held(&self, filing: &HeldFiling) -> Judging {
        let judging = Judging::of(self);
        if !judging.may_ask_ocsp() {
            return judging;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return judging };
        runtime.block_on(self.ask_second_source(&judging, &filing.received, None)).unwrap_or(judging)
    }

    fn decide_held(&self, filing: &HeldFiling, judging: &Judging, now: DateTime<Utc>) -> HeldVerdict {
        match judging.accept(filing.received.clone(), None) {
            Ok(held @ Recordable::Held(_)) => {
                // Its chain is verified; where its list is to be found may be what is missing.
                self.sources.follow_verified_signer(held.signer());
                // Where responders are asked too, each filing may be decided without a list.
                if lacks_a_list(held.report()) && !judging.asks_ocsp() {
                    HeldVerdict::NoList
                } else {
                    HeldVerdict::StillHeld
                }
            }
            Ok(submission) => self.pass(filing, submission, now),
            Err(rejection) if rejection.sub_indication.is_some_and(is_final) => {
                self.refuse(filing, *rejection, judging, now)
            }
            Err(rejection) => {
                // Undecided still, whatever the setting says of new filings; or the gateway's own doing, for the filing
                // passed when it arrived: another catalog, other limits, another policy or trust state.
                tracing::debug!(target: "madoguchi::held", code = rejection.code.as_str(),
                    sub_indication = rejection.sub_indication.map_or("none", SubIndication::as_str),
                    arrival_number = %filing.submission.arrival_number, "a held filing stays held");
                HeldVerdict::StillHeld
            }
        }
    }

    /// Without a signed statement it waits on: a decision that nobody can show is none.
    fn give_up(&self, filing: &HeldFiling, judging: &Judging, now: DateTime<Utc>) -> HeldVerdict {
        let report = judging.report(&filing.received, None);
        let statement = self.state(filing, &report, SubmissionStatus::Refused, RevocationState::None, now);
        statement.map_or(HeldVerdict::StillHeld, |statement_jws| HeldVerdict::TooLong { statement_jws })
    }

    fn pass(&self, filing: &HeldFiling, submission: Recordable, now: DateTime<Utc>) -> HeldVerdict {
        let (status, revocation) = (submission.status(), submission.revocation());
        let statement_jws = self.state(filing, submission.report(), status, revocation, now);
        match (submission, statement_jws) {
            (Recordable::Verified(proof), Some(statement)) => HeldVerdict::Decided {
                decision: HeldDecision::Received(Box::new(proof)),
                statement_jws: Some(statement),
            },
            _ => HeldVerdict::StillHeld,
        }
    }

    fn refuse(&self, filing: &HeldFiling, rejection: Rejection, judging: &Judging, now: DateTime<Utc>) -> HeldVerdict {
        let after =
            if signer::depends_on_age(&rejection) { self.made_at(filing.received.application_sha256) } else { None };
        let report = judging.report(&filing.received, after);
        if !report.sub_indication.is_some_and(is_final) {
            return HeldVerdict::StillHeld;
        }
        let Ok(text) = serde_json::to_string(&report) else { return HeldVerdict::StillHeld };
        // Without a statement that the resident can show there is no decision: it is made when the keys work again.
        let Some(statement) = self.state(filing, &report, SubmissionStatus::Refused, RevocationState::None, now) else {
            return HeldVerdict::StillHeld;
        };
        let decision = HeldDecision::Refused {
            indication: report.indication,
            sub_indication: report.sub_indication,
            report: text,
            reason: rejection.detail,
        };
        HeldVerdict::Decided { decision, statement_jws: Some(statement) }
    }

    /// When this gateway made the document, where it did: the signature is later than that.
    pub(super) fn made_at(&self, application_sha256: [u8; 32]) -> Option<DateTime<Utc>> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let found = runtime.block_on(self.store.signing_request_find(application_sha256));
        found.ok().flatten().map(|request| request.issued_at)
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

/// Whether lists are missing or stale, or not to be relied on, which is so for every later filing that needs the same: it is
/// not this certificate alone that is on hold, or that expired too long ago.
fn lacks_a_list(report: &Report) -> bool {
    let Some(signature) = report.signatures.first() else { return false };
    let is_of_lists = |check: &Check| match check.name {
        "revocation_lists_are_fresh" | "revocation_lists_cover_every_reason" => true,
        "revocation_list_signers_are_trusted" => !check.detail.contains(SIGNER_NOT_VALID_AT_THE_TIME),
        _ => false,
    };
    let failed = signature.checks.iter().any(|check| check.is_failed() && is_of_lists(check));
    failed || signature.revocation.iter().any(|status| status.status == "unknown" && status.crl.is_none())
}

/// Whether a verdict over a filing that passed but for revocation speaks of the filing itself. Every other one can come
/// of a policy or trust state that changed since, and change again.
fn is_final(sub_indication: SubIndication) -> bool {
    use SubIndication::{FormatFailure, HashFailure, Revoked, RevokedCaNoPoe, RevokedNoPoe, SigCryptoFailure};
    matches!(sub_indication, Revoked | RevokedNoPoe | RevokedCaNoPoe | HashFailure | SigCryptoFailure | FormatFailure)
}
