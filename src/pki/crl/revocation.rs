//! Looking a chain up in a snapshot (RFC 5280 6.3.3, EN 319 102-1 5.2.6 and 5.2.5).
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::entry::{CERTIFICATE_HOLD, reason_name};
use super::second_source::{RevocationData, SecondSaid, SecondSource, stood_in_for};
use super::shard::CrlIdentity;
use super::standing::{Deltas, Look, Said, Standing};
use crate::pki::certificate::Certificate;
use crate::pki::ocsp::OcspIdentity;
use crate::pki::path::VerifiedChain;
use crate::verdict::{Check, SubIndication};

/// Proof that no certificate of the chain was revoked at the time of judging, by CRLs whose scope covers them, or by OCSP
/// answers where a policy wants them.
#[derive(Debug)]
pub struct NotRevoked {
    crls: Vec<Arc<CrlIdentity>>,
}

impl NotRevoked {
    /// The lists it rests on, in the order of the certificates, the anchor left out; several for a certificate where
    /// they share the reasons out among them, or a delta completes one; then those by which the signers of other
    /// lists are good.
    pub fn crls(&self) -> &[Arc<CrlIdentity>] {
        &self.crls
    }
}

/// The revocation status of one certificate of the chain.
#[derive(Debug, Clone, Serialize)]
pub struct RevocationStatus {
    /// Hex SHA-256 of the certificate.
    pub certificate: Arc<str>,
    /// `good`, `revoked`, `on_hold` or `unknown`.
    pub status: &'static str,
    /// The list that says so.
    pub crl: Option<Arc<CrlIdentity>>,
    /// The lists that say so together with it: deltas, the lists of other reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_crls: Vec<Arc<CrlIdentity>>,
    /// The OCSP response that says so, where it is not a list that does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocsp: Option<Arc<OcspIdentity>>,
    /// When it was revoked or put on hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// The CRLReason: `affiliationChanged`, `keyCompromise`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// What the revocation check found.
#[derive(Debug)]
pub struct RevocationOutcome {
    /// The proof, where it holds.
    pub proof: Option<NotRevoked>,
    /// One status a certificate, the anchor left out.
    pub statuses: Vec<RevocationStatus>,
    /// Every check made.
    pub checks: Vec<Check>,
}

/// Looks every certificate of `chain` up in `data` as of `at`, the time at which the signature is known to exist.
///
/// A list issued after `at` is as good as one of that time, and better: it knows what was reported later. A revocation
/// dated after `at` does not count. `signed_after`: a time after which the signature is known to have been made.
pub fn check_revocation<'a>(
    data: impl Into<RevocationData<'a>>,
    chain: &VerifiedChain,
    at: DateTime<Utc>,
    signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    look_up(data.into(), chain.certificates(), at, signed_after)
}

/// What `data` says of the certificates of a path that reaches an anchor and breaks a rule on the way: findings
/// and statuses as of [`check_revocation`], so that a revocation is told beside what is wrong with the path, and
/// never a proof. `path` is target first, anchor last.
pub fn revocation_of_broken_path<'a>(
    data: impl Into<RevocationData<'a>>,
    path: &[Arc<Certificate>],
    at: DateTime<Utc>,
    signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    RevocationOutcome { proof: None, ..look_up(data.into(), path, at, signed_after) }
}

fn look_up(
    data: RevocationData<'_>,
    certificates: &[Arc<Certificate>],
    at: DateTime<Utc>,
    signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    let mut look = Look::new(data.crls, at);
    let mut second = SecondSource::new(data.ocsp, at);
    let (mut findings, mut stood_in) = (Findings::default(), Findings::default());
    let mut statuses = Vec::with_capacity(certificates.len());
    let mut crls = Vec::with_capacity(certificates.len());
    let mut all_good = true;
    for (index, certificate) in certificates.iter().enumerate().take(certificates.len().saturating_sub(1)) {
        let standing = look.standing(certificates, index);
        if let Some(said) = second.ask(&standing.said, certificates, index, &mut look) {
            all_good &= matches!(said, SecondSaid::Good(_));
            stood_in.note(&standing, index, at, signed_after);
            findings.note_second(&said, index, signed_after);
            statuses.push(status_by_ocsp(certificate, &said));
            continue;
        }
        match &standing.said {
            Said::Good => crls.extend(standing.lists.iter().map(|shard| shard.identity().clone())),
            _ => all_good = false,
        }
        findings.note(&standing, index, at, signed_after);
        statuses.push(status_of(certificate, &standing));
    }
    for list in look.of_signers().iter().map(|shard| shard.identity()) {
        if !crls.contains(list) {
            crls.push(list.clone());
        }
    }
    let proof = all_good.then_some(NotRevoked { crls });
    let has_cas = certificates.len() > 2;
    let mut checks = findings.into_checks(has_cas);
    stood_in_for(stood_in.into_checks(has_cas), &mut checks);
    checks.extend(second.into_checks());
    RevocationOutcome { proof, statuses, checks }
}

fn status_of(certificate: &Certificate, standing: &Standing<'_>) -> RevocationStatus {
    let (status, entry) = match &standing.said {
        Said::Good => ("good", None),
        Said::Revoked(entry) => ("revoked", Some(entry)),
        Said::OnHold(entry) => ("on_hold", Some(entry)),
        _ => ("unknown", None),
    };
    let mut lists = standing.lists.iter().map(|shard| shard.identity().clone());
    RevocationStatus {
        certificate: certificate.sha256_hex(),
        status,
        crl: lists.next(),
        further_crls: lists.collect(),
        ocsp: None,
        revoked_at: entry.map(|entry| entry.revocation_date),
        reason: entry.map(|entry| reason_name(entry.reason.unwrap_or(0))),
    }
}

fn status_by_ocsp(certificate: &Certificate, said: &SecondSaid) -> RevocationStatus {
    let (status, ended) = match said {
        SecondSaid::Good(_) => ("good", None),
        SecondSaid::Ended(at, CERTIFICATE_HOLD, _) => ("on_hold", Some((*at, CERTIFICATE_HOLD))),
        SecondSaid::Ended(at, reason, _) => ("revoked", Some((*at, *reason))),
    };
    RevocationStatus {
        certificate: certificate.sha256_hex(),
        status,
        crl: None,
        further_crls: Vec::new(),
        ocsp: Some(said.identity().clone()),
        revoked_at: ended.map(|(at, _)| at),
        reason: ended.map(|(_, reason)| reason_name(reason)),
    }
}

/// What was found against each claim.
#[derive(Default)]
struct Findings {
    uncovered: Vec<String>,
    partial: Vec<String>,
    doubtful: Vec<String>,
    stale: Vec<String>,
    unreadable: Vec<String>,
    on_hold: Vec<String>,
    ca_revoked: Vec<String>,
    revoked: Option<(SubIndication, String)>,
    deltas: Deltas,
    without_deltas: Vec<String>,
}

impl Findings {
    fn note(&mut self, standing: &Standing<'_>, index: usize, at: DateTime<Utc>, signed_after: Option<DateTime<Utc>>) {
        let place = format_args!("certificate {}", index + 1);
        self.deltas = self.deltas.max(standing.deltas);
        if standing.deltas == Deltas::Missing {
            self.without_deltas.push(format!("what changed since the complete list for {place} is not known"));
        }
        match &standing.said {
            Said::Good => {}
            Said::Missing => {
                self.uncovered.push(format!("no accepted list of its issuer covers {place} of the chain"));
            }
            Said::DeltaAlone => {
                let what = "no complete list of its issuer that is at hand covers";
                self.uncovered.push(format!("{what} {place} of the chain; a delta says nothing without it"));
            }
            Said::Dropped => {
                let what = "expired so long before the list was issued that its entry may have been dropped";
                self.uncovered.push(format!("{place} {what}"));
            }
            Said::Partial(reasons) => {
                self.partial.push(format!("the lists for {place} speak of these only: {}", reasons.to_text()));
            }
            Said::SignerDoubtful(why) => self.doubtful.push(format!("the list for {place}: {why}")),
            Said::Stale => {
                let next = standing.lists.iter().next().map(|shard| shard.next_update.to_rfc3339()).unwrap_or_default();
                self.stale
                    .push(format!("the list for {place} was to be replaced by {next}, before {}", at.to_rfc3339()));
            }
            Said::Unreadable => {
                self.unreadable.push(format!("the list for {place} is damaged where its entry may stand"));
            }
            Said::OnHold(entry) => self.held(index, entry.revocation_date),
            Said::Revoked(entry) => {
                self.ended(index, entry.revocation_date, entry.reason.unwrap_or(0), signed_after);
            }
        }
    }

    fn note_second(&mut self, said: &SecondSaid, index: usize, signed_after: Option<DateTime<Utc>>) {
        match said {
            SecondSaid::Good(_) => {}
            SecondSaid::Ended(at, CERTIFICATE_HOLD, _) => self.held(index, *at),
            SecondSaid::Ended(at, reason, _) => self.ended(index, *at, *reason, signed_after),
        }
    }

    fn held(&mut self, index: usize, since: DateTime<Utc>) {
        self.on_hold.push(format!("certificate {} is on hold since {}", index + 1, since.to_rfc3339()));
    }

    fn ended(&mut self, index: usize, at: DateTime<Utc>, reason: u8, signed_after: Option<DateTime<Utc>>) {
        let what = format!("certificate {} was revoked at {} ({})", index + 1, at.to_rfc3339(), reason_name(reason));
        match index {
            0 if signed_after.is_some_and(|time| time >= at) => self.revoked = Some((SubIndication::Revoked, what)),
            0 => self.revoked = Some((SubIndication::RevokedNoPoe, what)),
            _ => self.ca_revoked.push(what),
        }
    }

    fn into_checks(self, has_cas: bool) -> Vec<Check> {
        const CLAUSE: &str = "RFC 5280 6.3.3";
        let list = |name, clause, found: Vec<String>, meaning| {
            if found.is_empty() {
                Check::passed(name, clause)
            } else {
                Check::failed(name, clause, meaning, found.join("; "))
            }
        };
        let revoked = match self.revoked {
            Some((meaning, what)) => Check::failed("certificate_is_not_revoked", CLAUSE, meaning, what),
            None => Check::passed("certificate_is_not_revoked", CLAUSE),
        };
        let cas = if has_cas {
            list("ca_certificates_are_not_revoked", CLAUSE, self.ca_revoked, SubIndication::RevokedCaNoPoe)
        } else {
            Check::not_applicable("ca_certificates_are_not_revoked", CLAUSE)
        };
        let later = SubIndication::TryLater;
        let mut checks = vec![
            list("revocation_lists_cover_every_certificate", "RFC 5280 6.3.3 (b)", self.uncovered, later),
            list("revocation_lists_cover_every_reason", "RFC 5280 6.3.3 (d), (e)", self.partial, later),
            list("revocation_list_signers_are_trusted", "RFC 5280 6.3.3 (f)", self.doubtful, later),
            list("revocation_lists_are_fresh", "RFC 5280 6.3.3 (a)", self.stale, later),
            revoked,
            cas,
            list("certificate_is_not_on_hold", "RFC 5280 5.3.1", self.on_hold, later),
        ];
        if !self.unreadable.is_empty() {
            let (name, detail) = ("revocation_lists_can_be_read", self.unreadable.join("; "));
            checks.push(Check::failed(name, CLAUSE, later, detail));
        }
        const DELTAS: (&str, &str) = ("freshest_lists_are_at_hand", "RFC 5280 5.2.6, 6.3.3 (a)");
        match self.deltas {
            Deltas::NotNamed => {}
            Deltas::AtHand => checks.push(Check::passed(DELTAS.0, DELTAS.1)),
            Deltas::Missing => checks.push(Check::warning(DELTAS.0, DELTAS.1, self.without_deltas.join("; "))),
        }
        checks
    }
}
