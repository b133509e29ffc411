//! The rules of a path, one function a rule.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::builder::Found;
use super::state::Place;
use super::{Purpose, meaning};
use crate::crypto::{self, SignatureAlgorithm};
use crate::pki::certificate::Certificate;
use crate::verdict::{Check, SubIndication};

/// A rule that a path keeps; its name is the claim that the check makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// There is a path at all.
    PathFound,
    /// The search was not cut short.
    WithinBudget,
    /// Every signature of the path verifies.
    Signatures,
    /// Every CA is valid at the time.
    Validity,
    /// Every issuer is a CA.
    CaFlag,
    /// No CA is beyond a path length constraint.
    PathLength,
    /// Every CA may sign certificates.
    CaKeyUsage,
    /// No critical extension is unknown.
    CriticalExtensions,
    /// Names keep within the constraints.
    NameConstraints,
    /// Policies.
    Policies,
    /// Policy mappings.
    PolicyMappings,
    /// Algorithms and key sizes.
    Algorithms,
}

/// Each rule with the name of its check and its clause, in the order of the report.
const RULES: &[(Rule, &str, &str)] = &[
    (Rule::PathFound, "path_to_trust_anchor_is_found", "RFC 5280 6.1"),
    (Rule::WithinBudget, "path_search_stays_within_its_budget", "RFC 4158 2.4"),
    (Rule::Signatures, "certificate_signatures_verify", "RFC 5280 6.1.3 (a)(1)"),
    (Rule::Validity, "ca_certificates_are_valid_at_the_time", "RFC 5280 6.1.3 (a)(2)"),
    (Rule::CaFlag, "issuers_are_certification_authorities", "RFC 5280 6.1.4 (k)"),
    (Rule::PathLength, "path_length_constraints_hold", "RFC 5280 6.1.4 (l), (m)"),
    (Rule::CaKeyUsage, "issuers_may_sign_certificates", "RFC 5280 6.1.4 (n)"),
    (Rule::CriticalExtensions, "critical_extensions_are_known", "RFC 5280 6.1.4 (o), 6.1.5 (f)"),
    (Rule::NameConstraints, "name_constraints_hold", "RFC 5280 6.1.3 (b), (c)"),
    (Rule::Policies, "certificate_policies_are_acceptable", "RFC 5280 6.1.3 (f), 6.1.5 (g)"),
    (Rule::PolicyMappings, "policy_mappings_are_allowed", "RFC 5280 6.1.4 (a)"),
    (Rule::Algorithms, "chain_algorithms_are_reliable", "ETSI TS 119 312"),
];

/// What was found against the rules.
#[derive(Debug, Clone, Default)]
pub struct Findings(Vec<(Rule, String)>);

impl Findings {
    /// Notes one.
    pub fn add(&mut self, rule: Rule, what: String) {
        self.0.push((rule, what));
    }
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// How many were found.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// One check a rule: failed with all its findings, or passed; not applicable where no path was there to judge.
pub fn report(found: &Found) -> Vec<Check> {
    let mut checks = Vec::with_capacity(RULES.len() + 2);
    for (rule, name, clause) in RULES {
        let mut details =
            found.findings.0.iter().filter(|(of, _)| of == rule).map(|(_, what)| what.as_str()).peekable();
        checks.push(match (details.peek().is_some(), rule) {
            (true, _) => Check::failed(name, clause, meaning(*rule), details.collect::<Vec<_>>().join("; ")),
            (false, Rule::PathFound | Rule::WithinBudget) => Check::passed(name, clause),
            (false, _) if !found.complete => Check::not_applicable(name, clause),
            (false, _) => Check::passed(name, clause),
        });
    }
    checks
}

/// 6.1.3 (a)(2), for a CA.
pub fn validity(certificate: &Certificate, place: Place, at: DateTime<Utc>, findings: &mut Findings) {
    if at < certificate.not_before() {
        findings.add(Rule::Validity, format!("{place} is not valid before {}", certificate.not_before().to_rfc3339()));
    }
    if at > certificate.not_after() {
        findings.add(Rule::Validity, format!("{place} expired at {}", certificate.not_after().to_rfc3339()));
    }
}

/// 6.1.4 (o) and 6.1.5 (f).
pub fn critical_extensions(certificate: &Certificate, place: Place, findings: &mut Findings) {
    for oid in &certificate.extensions().unknown_critical {
        findings.add(Rule::CriticalExtensions, format!("{place} has the critical extension {oid}, which is not known"));
    }
}

/// 6.1.4 (k). A version 1 certificate has no way to say that it is a CA.
pub fn is_ca(certificate: &Certificate, place: Place, findings: &mut Findings) {
    if !certificate.is_ca() {
        findings.add(Rule::CaFlag, format!("{place} is not marked as a CA"));
    }
}

/// 6.1.4 (n).
pub fn may_sign_certificates(certificate: &Certificate, place: Place, findings: &mut Findings) {
    if certificate.key_usage().is_some_and(|usage| !usage.key_cert_sign()) {
        findings.add(Rule::CaKeyUsage, format!("{place} has a key usage without keyCertSign"));
    }
}

/// An anchor is trusted as it is, but not against what it says of itself.
pub fn anchor_may_issue(anchor: &Certificate, place: Place, findings: &mut Findings) {
    if anchor.extensions().basic_constraints.is_some_and(|basic| !basic.ca) {
        findings.add(Rule::CaFlag, format!("{place}, the anchor, says that it is not a CA"));
    }
    may_sign_certificates(anchor, place, findings);
}

/// The algorithm and key with which `issuer` signed `certificate`.
pub fn algorithms(certificate: &Certificate, issuer: &Certificate, place: Place, findings: &mut Findings) {
    let algorithm = SignatureAlgorithm::from_der(certificate.signature_algorithm_der());
    if let (Ok(algorithm), Ok(key)) = (algorithm, issuer.public_key())
        && let Some(weakness) = crypto::weakness(&algorithm, key)
    {
        findings.add(Rule::Algorithms, format!("{place}: {}", weakness.reason));
    }
}

/// Whether `issuer`'s key verifies `certificate`'s signature.
pub fn signature_verifies(certificate: &Certificate, issuer: &Arc<Certificate>) -> bool {
    let (Ok(algorithm), Ok(key)) =
        (SignatureAlgorithm::from_der(certificate.signature_algorithm_der()), issuer.public_key())
    else {
        return false;
    };
    key.verify(&algorithm, certificate.tbs_der(), certificate.signature()).is_ok()
}

/// The target's own validity at `at` (6.1.3 (a)(2)). It is no part of [`super::validate`], because what an expired
/// certificate means for a signature depends on its revocation and on when the signature was made; the sub-indication
/// here is the one for revocation unknown.
pub fn target_validity(target: &Certificate, at: DateTime<Utc>) -> Check {
    const NAME: &str = "certificate_is_valid_at_the_time";
    const CLAUSE: &str = "RFC 5280 6.1.3 (a)(2)";
    if at < target.not_before() {
        let detail = format!("not valid before {}", target.not_before().to_rfc3339());
        Check::failed(NAME, CLAUSE, SubIndication::NotYetValid, detail)
    } else if at > target.not_after() {
        let detail = format!("expired at {}", target.not_after().to_rfc3339());
        Check::failed(NAME, CLAUSE, SubIndication::OutOfBoundsNoPoe, detail)
    } else {
        Check::passed(NAME, CLAUSE)
    }
}

/// Whether the target's key usage fits the purpose.
pub fn purpose_check(target: &Certificate, purpose: Purpose) -> Check {
    const NAME: &str = "key_usage_fits_the_purpose";
    const CLAUSE: &str = "RFC 5280 4.2.1.3";
    let wanted = match (purpose, target.key_usage()) {
        (Purpose::Any, _) => return Check::not_applicable(NAME, CLAUSE),
        (Purpose::Sign, Some(usage)) if !usage.non_repudiation() => "nonRepudiation",
        (Purpose::Authenticate, Some(usage)) if !usage.digital_signature() => "digitalSignature",
        _ => return Check::passed(NAME, CLAUSE),
    };
    let detail = format!("the certificate's key usage lacks {wanted}");
    Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail)
}
