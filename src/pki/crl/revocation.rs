//! Looking a chain up in a snapshot (RFC 5280 6.3.3, EN 319 102-1 5.2.6 and 5.2.5).
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::parse::{CERTIFICATE_HOLD, Entry, REMOVE_FROM_CRL, reason_name};
use super::shard::{CrlIdentity, CrlShard};
use super::snapshot::CrlSnapshot;
use crate::pki::certificate::Certificate;
use crate::pki::path::VerifiedChain;
use crate::verdict::{Check, SubIndication};

/// Proof that no certificate of the chain was revoked at the time of judging, by CRLs whose scope covers them.
#[derive(Debug)]
pub struct NotRevoked {
    crls: Vec<Arc<CrlIdentity>>,
}

impl NotRevoked {
    /// The lists it rests on, one a certificate, the anchor left out.
    pub fn crls(&self) -> &[Arc<CrlIdentity>] {
        &self.crls
    }
}

/// The revocation status of one certificate of the chain.
#[derive(Debug, Clone, Serialize)]
pub struct RevocationStatus {
    /// Hex SHA-256 of the certificate.
    pub certificate: String,
    /// `good`, `revoked`, `on_hold` or `unknown`.
    pub status: &'static str,
    /// The list that says so.
    pub crl: Option<Arc<CrlIdentity>>,
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

/// What a snapshot says of one certificate.
enum Standing<'a> {
    Good(&'a Arc<CrlShard>),
    Revoked(&'a Arc<CrlShard>, Entry<'a>),
    OnHold(&'a Arc<CrlShard>, Entry<'a>),
    /// Only stale lists cover it; the newest.
    Stale(&'a Arc<CrlShard>),
    /// The list was issued too long after the certificate expired: its entry may have been dropped.
    Dropped(&'a Arc<CrlShard>),
    Missing,
}

/// Looks every certificate of `chain` up in `snapshot` as of `at`, the time at which the signature is known to exist.
///
/// A list issued after `at` is as good as one of that time, and better: it knows what was reported later. A revocation
/// dated after `at` does not count. `signed_after`: a time after which the signature is known to have been made.
pub fn check_revocation(
    snapshot: &CrlSnapshot,
    chain: &VerifiedChain,
    at: DateTime<Utc>,
    signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    look_up(snapshot, chain.certificates(), at, signed_after)
}

/// What a snapshot says of the certificates of a path that reaches an anchor and breaks a rule on the way: findings
/// and statuses as of [`check_revocation`], so that a revocation is told beside what is wrong with the path, and
/// never a proof. `path` is target first, anchor last.
pub fn revocation_of_broken_path(
    snapshot: &CrlSnapshot,
    path: &[Arc<Certificate>],
    at: DateTime<Utc>,
    signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    RevocationOutcome { proof: None, ..look_up(snapshot, path, at, signed_after) }
}

fn look_up(
    snapshot: &CrlSnapshot,
    certificates: &[Arc<Certificate>],
    at: DateTime<Utc>,
    signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    let mut findings = Findings::default();
    let mut statuses = Vec::with_capacity(certificates.len());
    let mut crls = Vec::with_capacity(certificates.len());
    for (index, pair) in certificates.windows(2).enumerate() {
        let [certificate, issuer] = pair else { continue };
        let standing = standing(snapshot, certificate, issuer, at);
        if let Standing::Good(shard) = &standing {
            crls.push(shard.identity().clone());
        }
        findings.note(&standing, index, at, signed_after);
        statuses.push(status_of(certificate, &standing));
    }
    let proof = (crls.len() == statuses.len()).then_some(NotRevoked { crls });
    RevocationOutcome { proof, statuses, checks: findings.into_checks(certificates.len() > 2) }
}

/// Every list that covers the certificate is asked: lists of different scopes stand side by side, and one may know what
/// another does not. A revocation counts, then a hold, then a list that is without the entry, then what is less.
fn standing<'a>(
    snapshot: &'a CrlSnapshot,
    certificate: &'a Certificate,
    issuer: &Certificate,
    at: DateTime<Utc>,
) -> Standing<'a> {
    let key = issuer.spki_sha256();
    let mut best = Standing::Missing;
    let mut asked: Vec<&'a Arc<CrlShard>> = Vec::new();
    for shard in snapshot.covering(certificate, &key) {
        if asked.iter().any(|one| Arc::ptr_eq(one, shard)) {
            continue;
        }
        let said = if shard.is_fresh(at) { said_by(shard, certificate, at) } else { Standing::Stale(shard) };
        // A hold may have ended: the newest list of one scope, which comes first, says so. A revocation never ends.
        let ended =
            matches!(said, Standing::OnHold(..)) && asked.iter().any(|newer| newer.scope.replaces(&shard.scope));
        if !ended && said.weight() > best.weight() {
            best = said;
        }
        if shard.is_fresh(at) {
            asked.push(shard);
        }
    }
    best
}

/// What one fresh list says.
fn said_by<'a>(shard: &'a Arc<CrlShard>, certificate: &Certificate, at: DateTime<Utc>) -> Standing<'a> {
    match shard.find(certificate.serial()) {
        Some(entry) if entry.revocation_date <= at && entry.reason == Some(CERTIFICATE_HOLD) => {
            Standing::OnHold(shard, entry)
        }
        Some(entry) if entry.revocation_date <= at && entry.reason != Some(REMOVE_FROM_CRL) => {
            Standing::Revoked(shard, entry)
        }
        Some(_) => Standing::Good(shard),
        None if at <= certificate.not_after() && may_have_dropped(shard, certificate) => Standing::Dropped(shard),
        None => Standing::Good(shard),
    }
}

impl Standing<'_> {
    /// Which of two counts: the heavier; of equals the first.
    fn weight(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Stale(_) => 1,
            Self::Dropped(_) => 2,
            Self::Good(_) => 3,
            Self::OnHold(..) => 4,
            Self::Revoked(..) => 5,
        }
    }
}

/// RFC 5280 3.3: an entry stays until it was on one regular list issued beyond the certificate's validity. A list that
/// is issued more than its own period after that may have dropped it, so it says nothing of a signature from before. (Of a
/// certificate that has expired at the time of judging, the list is taken at its word: expired it is in any case.)
fn may_have_dropped(shard: &CrlShard, certificate: &Certificate) -> bool {
    let issued = shard.identity().this_update;
    let period = shard.next_update - issued;
    certificate.not_after().checked_add_signed(period).is_some_and(|last| issued > last)
}

fn status_of(certificate: &Certificate, standing: &Standing<'_>) -> RevocationStatus {
    let (status, shard, entry) = match standing {
        Standing::Good(shard) => ("good", Some(shard), None),
        Standing::Revoked(shard, entry) => ("revoked", Some(shard), Some(entry)),
        Standing::OnHold(shard, entry) => ("on_hold", Some(shard), Some(entry)),
        Standing::Stale(shard) | Standing::Dropped(shard) => ("unknown", Some(shard), None),
        Standing::Missing => ("unknown", None, None),
    };
    RevocationStatus {
        certificate: certificate.sha256_hex(),
        status,
        crl: shard.map(|shard| shard.identity().clone()),
        revoked_at: entry.map(|entry| entry.revocation_date),
        reason: entry.map(|entry| reason_name(entry.reason.unwrap_or(0))),
    }
}

/// What was found against each claim.
#[derive(Default)]
struct Findings {
    uncovered: Vec<String>,
    stale: Vec<String>,
    on_hold: Vec<String>,
    ca_revoked: Vec<String>,
    revoked: Option<(SubIndication, String)>,
}

impl Findings {
    fn note(&mut self, standing: &Standing<'_>, index: usize, at: DateTime<Utc>, signed_after: Option<DateTime<Utc>>) {
        let place = format_args!("certificate {}", index + 1);
        match standing {
            Standing::Good(_) => {}
            Standing::Missing => {
                self.uncovered.push(format!("no accepted list of its issuer covers {place} of the chain"));
            }
            Standing::Dropped(_) => {
                let what = "expired so long before the list was issued that its entry may have been dropped";
                self.uncovered.push(format!("{place} {what}"));
            }
            Standing::Stale(shard) => {
                let next = shard.next_update.to_rfc3339();
                self.stale
                    .push(format!("the list for {place} was to be replaced by {next}, before {}", at.to_rfc3339()));
            }
            Standing::OnHold(_, entry) => {
                self.on_hold.push(format!("{place} is on hold since {}", entry.revocation_date.to_rfc3339()));
            }
            Standing::Revoked(_, entry) => {
                let reason = reason_name(entry.reason.unwrap_or(0));
                let what = format!("{place} was revoked at {} ({reason})", entry.revocation_date.to_rfc3339());
                match index {
                    0 if signed_after.is_some_and(|time| time >= entry.revocation_date) => {
                        self.revoked = Some((SubIndication::Revoked, what));
                    }
                    0 => self.revoked = Some((SubIndication::RevokedNoPoe, what)),
                    _ => self.ca_revoked.push(what),
                }
            }
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
        vec![
            list("revocation_lists_cover_every_certificate", "RFC 5280 6.3.3 (b)", self.uncovered, later),
            list("revocation_lists_are_fresh", "RFC 5280 6.3.3 (a)", self.stale, later),
            revoked,
            cas,
            list("certificate_is_not_on_hold", "RFC 5280 5.3.1", self.on_hold, later),
        ]
    }
}
