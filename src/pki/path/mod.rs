//! Certification path building and validation (RFC 5280 section 6).
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::certificate::{Certificate, Oid};
use super::trust_store::TrustStore;
use crate::verdict::{Check, SubIndication};

mod budget;
mod builder;
pub(super) mod cache;
mod checks;
mod names;
mod policy;
mod state;

pub use budget::PathWork;
pub use checks::{purpose_check, target_validity};

/// What the path is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing documents: nonRepudiation, or no key usage extension.
    Sign,
    /// Authentication: digitalSignature, or no key usage extension.
    Authenticate,
    /// Anything: the key usage is not looked at.
    Any,
}

/// The policy inputs of RFC 5280 6.1.1 (c), (e), (f), (g).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PolicyInputs {
    /// user-initial-policy-set; empty means any-policy.
    pub initial_policies: Vec<Oid>,
    /// initial-explicit-policy.
    pub require_explicit_policy: bool,
    /// initial-policy-mapping-inhibit.
    pub inhibit_policy_mapping: bool,
    /// initial-any-policy-inhibit.
    pub inhibit_any_policy: bool,
}

impl PolicyInputs {
    /// Any policy will do.
    pub fn any() -> Self {
        Self::default()
    }
}

/// The inputs of RFC 5280 6.1.1.
#[derive(Debug)]
pub struct PathRequest<'a> {
    /// The time at which the path is judged.
    pub at: DateTime<Utc>,
    /// Untrusted certificates that may help.
    pub extra: &'a [Arc<Certificate>],
    /// What the path is wanted for. Only the target's key usage depends on it.
    pub purpose: Purpose,
    /// Which policies will do.
    pub policies: &'a PolicyInputs,
}

/// Proof that a path from the target to an anchor satisfies RFC 5280 section 6, but for revocation and the target's
/// own validity period ([`target_validity`]), which a signature's verdict judges apart.
#[derive(Debug)]
pub struct VerifiedChain {
    certificates: Vec<Arc<Certificate>>,
}

impl VerifiedChain {
    /// Target first, anchor last.
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }
}

/// What path validation found.
#[derive(Debug)]
pub struct PathOutcome {
    /// The proof, where it holds.
    pub chain: Option<VerifiedChain>,
    /// The path found, or the best candidate; target first.
    pub candidate: Vec<Arc<Certificate>>,
    /// Whether `candidate` reaches an anchor by signatures that verify.
    pub complete: bool,
    /// The user-constrained policy set (RFC 9618 5.2) of the path: `2.5.29.32.0` stands for any policy.
    pub valid_policies: Vec<Oid>,
    /// Every check made.
    pub checks: Vec<Check>,
}

/// Builds and validates a path for `target`.
///
/// Issuers are found by name, put in order by key identifier, and decided by signature. Paths through the trust store
/// alone are tried first, so that what a message brings along cannot change a verdict that holds without it.
pub fn validate(trust: &TrustStore, target: &Arc<Certificate>, request: &PathRequest<'_>) -> PathOutcome {
    validate_within(trust, target, request, &mut PathWork::default())
}

/// As [`validate`], within what `work` has left: the targets of one message share one budget.
pub fn validate_within(
    trust: &TrustStore,
    target: &Arc<Certificate>,
    request: &PathRequest<'_>,
    work: &mut PathWork,
) -> PathOutcome {
    report(builder::Search::new(trust, request, work).run(target), target, request)
}

/// As [`validate_within`], but a path that holds and is not `usable` (its certificates, target first) is passed over
/// for the next: a CA may have been revoked that another path goes around.
pub fn validate_usable(
    trust: &TrustStore,
    target: &Arc<Certificate>,
    request: &PathRequest<'_>,
    work: &mut PathWork,
    usable: &dyn Fn(&[Arc<Certificate>]) -> bool,
) -> PathOutcome {
    report(builder::Search::new(trust, request, work).for_usable(usable).run(target), target, request)
}

fn report(found: builder::Found, target: &Certificate, request: &PathRequest<'_>) -> PathOutcome {
    let mut checks = checks::report(&found);
    checks.push(purpose_check(target, request.purpose));
    let builder::Found { path, complete, findings, valid_policies, .. } = found;
    let chain = (complete && findings.is_empty()).then(|| VerifiedChain { certificates: path.clone() });
    PathOutcome { chain, candidate: path, complete, valid_policies, checks }
}

/// What a finding against a rule means for the verdict.
fn meaning(rule: checks::Rule) -> SubIndication {
    match rule {
        checks::Rule::PathFound | checks::Rule::WithinBudget => SubIndication::NoCertificateChainFound,
        checks::Rule::Algorithms => SubIndication::CryptoConstraintsFailureNoPoe,
        _ => SubIndication::CertificateChainGeneralFailure,
    }
}
