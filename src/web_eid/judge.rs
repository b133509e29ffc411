//! Judging a token: every check is made, whatever the ones before it found.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::checks::{self, PathPolicy, Subject};
use super::token::UnverifiedToken;
use crate::pki::certificate::{Certificate, Oid};
use crate::pki::crl::{self, NotRevoked, RevocationData, RevocationOutcome};
use crate::pki::path::{PathOutcome, PathRequest, PathWork, PolicyInputs, Purpose, target_validity};
use crate::pki::trust_store::TrustStore;
use crate::verdict::{self, Check, Indication, SubIndication};

/// What a certificate must be to sign in.
#[derive(Debug, Clone, Default)]
pub struct SignInRules {
    /// The origin that browsers see, as `window.location.origin` writes it.
    pub origin: String,
    /// Certificate policies of which the path must be valid for one; empty: any or none.
    pub policies: Vec<Oid>,
    /// organizationalUnitName of CAs whose certificates must not sign in.
    pub refused_issuer_units: Vec<String>,
}

/// What a token is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The anchors and intermediates.
    pub trust: &'a TrustStore,
    /// Revocation lists, and OCSP responses at hand.
    pub revocation: RevocationData<'a>,
    /// The nonce that this browser was given, as it was given: base64 text.
    pub nonce: &'a str,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Proof that the holder of this certificate signed this gateway's challenge, and that the certificate is good.
#[derive(Debug)]
pub struct VerifiedHolder {
    certificate: Arc<Certificate>,
}

impl VerifiedHolder {
    /// The authentication certificate. It carries no name.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }
}

/// What a token proves.
#[derive(Debug)]
pub enum HolderProof {
    /// Every check passed.
    Verified(VerifiedHolder),
    /// Nothing is wrong but that revocation cannot be decided now. Nobody is signed in by it.
    Undecided,
    /// It proves nothing.
    None,
}

/// What became of a token.
#[derive(Debug)]
pub struct Judgement {
    /// Every check made.
    pub checks: Vec<Check>,
    /// The verdict over them.
    pub indication: Indication,
    /// Why it is not TOTAL_PASSED.
    pub sub_indication: Option<SubIndication>,
    /// The proof.
    pub proof: HolderProof,
    /// Where nothing but revocation is undecided, the certificates that lists say too little of, each with its issuer.
    pub undecided: Vec<(Arc<Certificate>, Arc<Certificate>)>,
}

/// Judges a token; never fails: whatever is wrong is in the checks.
pub fn judge(token: &UnverifiedToken, rules: &SignInRules, circumstances: &Circumstances<'_>) -> Judgement {
    let subject = Subject { token, rules, circumstances };
    let mut checks = vec![
        checks::token_algorithm_is_supported(&subject),
        checks::token_algorithm_fits_the_key(&subject),
        checks::token_algorithm_is_reliable(&subject),
        checks::token_signature_verifies(&subject),
        checks::key_usage_is_for_authentication(&subject),
        checks::certificate_is_not_for_signing(&subject),
        checks::issuing_ca_is_for_authentication(&subject),
        target_validity(token.certificate(), circumstances.at),
    ];
    let (not_revoked, unknown) = check_chain(&subject, &mut checks);
    let (indication, sub_indication) = verdict::conclude(&checks);
    let proof = prove(token, &checks, not_revoked);
    let undecided = if matches!(proof, HolderProof::Undecided) { unknown } else { Vec::new() };
    Judgement { checks, indication, sub_indication, proof, undecided }
}

/// What the checks prove. It reads every check and the proof of revocation, so that neither can stand alone.
fn prove(token: &UnverifiedToken, checks: &[Check], not_revoked: Option<NotRevoked>) -> HolderProof {
    let mut failed = checks.iter().filter(|check| check.is_failed()).peekable();
    match (failed.peek().is_some(), not_revoked) {
        (false, Some(_)) => HolderProof::Verified(VerifiedHolder { certificate: Arc::clone(token.certificate()) }),
        (true, None) if failed.all(|check| check.sub_indication == Some(SubIndication::TryLater)) => {
            HolderProof::Undecided
        }
        _ => HolderProof::None,
    }
}

type Pairs = Vec<(Arc<Certificate>, Arc<Certificate>)>;

fn check_chain(subject: &Subject<'_>, checks: &mut Vec<Check>) -> (Option<NotRevoked>, Pairs) {
    let circumstances = subject.circumstances;
    let (path_policy, path, revocation) = find_path(subject);
    checks.push(checks::certificate_policy_is_for_authentication(subject, path_policy));
    let PathOutcome { candidate, complete, checks: path_checks, .. } = path;
    checks.extend(path_checks);
    // Of a path that breaks a rule it is still told what is revoked; it proves nothing.
    let broken = || crl::revocation_of_broken_path(circumstances.revocation, &candidate, circumstances.at, None);
    let Some(RevocationOutcome { proof, statuses, checks: revocation_checks }) =
        revocation.or_else(|| complete.then(broken))
    else {
        checks.push(Check::not_applicable("revocation_is_known", "RFC 5280 6.3"));
        return (None, Vec::new());
    };
    checks.extend(revocation_checks);
    let pairs = candidate.iter().cloned().zip(candidate.iter().skip(1).cloned());
    let unknown = pairs.zip(&statuses).filter(|(_, status)| status.status == "unknown").map(|(pair, _)| pair);
    (proof, unknown.collect())
}

/// The path under the policies that may sign in; where it holds only without them it is valid all the same, and what is
/// wrong is a check of its own.
fn find_path(subject: &Subject<'_>) -> (PathPolicy, PathOutcome, Option<RevocationOutcome>) {
    let Circumstances { trust, revocation, at, .. } = *subject.circumstances;
    let mut work = PathWork::default();
    let mut under = |policies: &PolicyInputs| {
        let extra = subject.token.intermediates();
        let request = PathRequest { at, extra, purpose: Purpose::Authenticate, policies };
        crl::validate_with_revocation((trust, revocation), subject.token.certificate(), &request, None, &mut work)
    };
    let listed = &subject.rules.policies;
    let wanted = PolicyInputs {
        initial_policies: listed.clone(),
        require_explicit_policy: !listed.is_empty(),
        ..PolicyInputs::any()
    };
    let (path, outcome) = under(&wanted);
    if path.chain.is_some() {
        return (PathPolicy::Listed, path, outcome);
    }
    if listed.is_empty() {
        return (PathPolicy::NoPath, path, outcome);
    }
    let (path, outcome) = under(&PolicyInputs::any());
    let path_policy = if path.chain.is_some() { PathPolicy::NotListed } else { PathPolicy::NoPath };
    (path_policy, path, outcome)
}
