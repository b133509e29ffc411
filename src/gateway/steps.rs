//! The second step of a verdict: a filing is judged again, as of its receipt, by the same engine and with the revocation
//! lists of now. A list issued late enough confirms it, or shows that the certificate had ended before; each is a signed
//! statement that names the one before it.
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::Gateway;
use super::judging::Judging;
use super::lists;
use crate::evidence::receipt::VerdictSummary;
use crate::evidence::statement::{self, StatementFacts};
use crate::intake::signer;
use crate::pki::crl::{CrlIdentity, RevocationStatus};
use crate::settings::Grace;
use crate::signature::report::Report;
use crate::store::awaiting::{Step, StepFiling};
use crate::store::follow_up::{NO_LIST, list_row};
use crate::submission::received::ReceivedSubmission;
use crate::submission::status::RevocationState;
use crate::verdict::{Indication, SubIndication};

/// What judging a filing again gave.
#[derive(Debug)]
pub enum Judged {
    /// A second step, to be noted.
    Step(Box<Step>),
    /// The certificate was good at receipt as far as is known now; that is not news, or no list says so that was issued late
    /// enough.
    Good,
    /// It is good as far as is known now, and lists of this row, which it rests on too, have yet to be issued late enough.
    Awaits {
        /// The row of the lists' numbers.
        list_row: [u8; 32],
        /// One issued later than this is late enough.
        needs_after: DateTime<Utc>,
    },
    /// It cannot be decided now: lists missing, a hold, or another trust state than at receipt.
    Open,
}

/// One look at what is in use: a trust state and a snapshot of lists, for judging any number of filings.
pub struct StepJudging<'a> {
    gateway: &'a Gateway,
    judging: Judging,
    grace: &'a Grace,
    /// The row of each list in use, by its digest.
    rows: HashMap<String, [u8; 32]>,
    /// When the newest list of each row was issued.
    newest: HashMap<[u8; 32], DateTime<Utc>>,
}

impl Gateway {
    /// Judges by what is in use at this moment.
    pub fn step_judging<'a>(&'a self, grace: &'a Grace) -> StepJudging<'a> {
        let judging = Judging::of(self);
        let (mut rows, mut newest) = (HashMap::new(), HashMap::<_, DateTime<Utc>>::new());
        for shard in judging.crls().shards() {
            let (identity, keys) = (shard.identity(), shard.row());
            let row = list_row(&keys.issuer_key, &keys.scope_key);
            rows.insert(identity.sha256.clone(), row);
            // The newest of all stands for those of which it is not known which list decides.
            for row in [row, NO_LIST] {
                let latest = newest.entry(row).or_insert(identity.this_update);
                *latest = identity.this_update.max(*latest);
            }
        }
        StepJudging { gateway: self, judging, grace, rows, newest }
    }
}

impl StepJudging<'_> {
    /// When the newest list of each row that is in use was issued.
    pub fn newest(&self) -> &HashMap<[u8; 32], DateTime<Utc>> {
        &self.newest
    }

    /// Judges one filing. Blocks: it verifies a signature and may look the signing request up.
    pub fn judge(&self, filing: &StepFiling, now: DateTime<Utc>) -> Judged {
        let received = received(filing);
        let report = self.report(&received);
        match (report.sub_indication, filing.submission.revocation) {
            (None, RevocationState::Provisional) if report.indication == Indication::TotalPassed => {
                match self.lateness(&report, received.received_at) {
                    Lateness::Enough => self.step(filing, &report, RevocationState::Confirmed, now),
                    Lateness::NotOf { list_row, needs_after } => Judged::Awaits { list_row, needs_after },
                    Lateness::Unknown => Judged::Good,
                }
            }
            (None, _) if report.indication == Indication::TotalPassed => Judged::Good,
            (Some(sub), RevocationState::Provisional | RevocationState::Confirmed) if has_ended(sub) => {
                self.step(filing, &report, RevocationState::Contested, now)
            }
            _ => Judged::Open,
        }
    }

    /// The verdict as at receipt: where it depends on the signature's age and this gateway made the document, the signature
    /// is later than that.
    fn report(&self, received: &ReceivedSubmission) -> Report {
        let report = self.judging.report(received, None);
        if !signer::report_depends_on_age(&report) {
            return report;
        }
        match self.gateway.made_at(received.application_sha256) {
            Some(after) => self.judging.report(received, Some(after)),
            None => report,
        }
    }

    /// Whether the lists by which the signer's own certificate is good were issued later than the receipt by the CA's
    /// grace period: of lists of one row (a complete one and its delta) the newest. Lists of CA certificates come out
    /// seldom; they only have to be good now.
    fn lateness(&self, report: &Report, received_at: DateTime<Utc>) -> Lateness {
        let Some(leaf) = report.signatures.first().and_then(|signature| signature.revocation.first()) else {
            return Lateness::Unknown;
        };
        // Of each row whether one of its lists is late enough, and what is.
        let mut rows: BTreeMap<[u8; 32], (bool, DateTime<Utc>)> = BTreeMap::new();
        for list in lists_of(leaf) {
            let Some(row) = self.rows.get(&list.sha256) else { return Lateness::Unknown };
            let Some(after) = received_at.checked_add_signed(self.grace.for_issuer(&list.issuer)) else {
                return Lateness::Unknown;
            };
            rows.entry(*row).or_insert((false, after)).0 |= list.this_update > after;
        }
        match rows.iter().find(|(_, (late, _))| !late) {
            Some((row, (_, after))) => Lateness::NotOf { list_row: *row, needs_after: *after },
            None if rows.is_empty() => Lateness::Unknown,
            None => Lateness::Enough,
        }
    }

    fn step(&self, filing: &StepFiling, report: &Report, to: RevocationState, now: DateTime<Utc>) -> Judged {
        let submission = &filing.submission;
        if let Err(error) = lists::wait(self.gateway.keep_trust_state(&self.judging)) {
            tracing::warn!(target: "madoguchi::steps", %error, "the trust state could not be kept");
            return Judged::Open;
        }
        let previous = filing.last_statement.as_ref().unwrap_or(&submission.receipt_jws);
        let facts = StatementFacts {
            arrival_number: submission.arrival_number,
            application_sha256: &hex::encode(submission.application_sha256),
            previous_sha256: statement::link_to(previous),
            made_at: now,
            status: submission.status,
            verdict: VerdictSummary::of(report, to),
        };
        // Without a statement that the resident can show there is no step: it is made when the keys work again.
        match (statement::issue(&self.gateway.keys, &facts), serde_json::to_string(report)) {
            (Ok(statement), Ok(text)) => Judged::Step(Box::new(Step {
                submission: submission.clone(),
                to,
                indication: report.indication,
                sub_indication: report.sub_indication,
                report: text,
                statement_jws: statement.jws,
            })),
            _ => {
                tracing::error!(target: "madoguchi::steps", "a statement could not be signed");
                Judged::Open
            }
        }
    }
}

/// Whether the lists of a certificate were issued late enough after a receipt.
enum Lateness {
    Enough,
    /// Those of this row were not: one issued later than this is.
    NotOf {
        list_row: [u8; 32],
        needs_after: DateTime<Utc>,
    },
    /// It does not rest on lists that are in use.
    Unknown,
}

fn lists_of(status: &RevocationStatus) -> impl Iterator<Item = &CrlIdentity> {
    status.crl.iter().chain(&status.further_crls).map(|list| &**list)
}

/// The certificate, or a CA's on its path, had ended at the time of judging, which is the receipt.
fn has_ended(sub: SubIndication) -> bool {
    matches!(sub, SubIndication::Revoked | SubIndication::RevokedNoPoe | SubIndication::RevokedCaNoPoe)
}

/// The filing as it was received, but for attachments, which no verdict over a signature rests on.
fn received(filing: &StepFiling) -> ReceivedSubmission {
    ReceivedSubmission {
        application: filing.application.clone(),
        application_sha256: filing.submission.application_sha256,
        signature: filing.signature.clone(),
        signature_sha256: filing.submission.signature_sha256,
        attachments: Vec::new(),
        received_at: filing.submission.received_at,
    }
}
