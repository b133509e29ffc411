//! The claims that a token makes, one check a claim.
use super::judge::{Circumstances, SignInRules};
use super::token::UnverifiedToken;
use crate::crypto;
use crate::pki::certificate::Oid;
use crate::pki::name;
use crate::verdict::{Check, SubIndication};

/// What every check of one token looks at.
pub(super) struct Subject<'a> {
    pub(super) token: &'a UnverifiedToken,
    pub(super) rules: &'a SignInRules,
    pub(super) circumstances: &'a Circumstances<'a>,
}

/// The algorithm is one of the nine.
pub(super) fn token_algorithm_is_supported(subject: &Subject<'_>) -> Check {
    const NAME: &str = "token_algorithm_is_supported";
    const CLAUSE: &str = "RFC 7518 3.1";
    match subject.token.algorithm() {
        Some(_) => Check::passed(NAME, CLAUSE),
        None => {
            let detail = "the token's algorithm is none of ES, PS or RS with 256, 384 or 512";
            Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, detail)
        }
    }
}

/// The certificate's key is of the type, and on the curve, that the algorithm is for.
pub(super) fn token_algorithm_fits_the_key(subject: &Subject<'_>) -> Check {
    const NAME: &str = "token_algorithm_fits_the_key";
    const CLAUSE: &str = "RFC 7518 3.3, 3.4, 3.5";
    let Some(algorithm) = subject.token.algorithm() else { return Check::not_applicable(NAME, CLAUSE) };
    match subject.token.certificate().public_key() {
        Ok(key) if algorithm.fits(key) => Check::passed(NAME, CLAUSE),
        Ok(_) => {
            let detail = "the token's algorithm is not one for the certificate's key";
            Check::failed(NAME, CLAUSE, SubIndication::SigCryptoFailure, detail)
        }
        Err(_) => {
            let detail = "the certificate's key cannot be read";
            Check::failed(NAME, CLAUSE, SubIndication::SigCryptoFailure, detail)
        }
    }
}

/// Algorithm and key are long enough to be relied on.
pub(super) fn token_algorithm_is_reliable(subject: &Subject<'_>) -> Check {
    const NAME: &str = "token_algorithm_is_reliable";
    const CLAUSE: &str = "ETSI TS 119 312";
    let (Some(algorithm), Ok(key)) = (subject.token.algorithm(), subject.token.certificate().public_key()) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    match crypto::weakness(&algorithm.signature_algorithm(), key) {
        None => Check::passed(NAME, CLAUSE),
        Some(weakness) => Check::failed(NAME, CLAUSE, SubIndication::CryptoConstraintsFailureNoPoe, weakness.reason),
    }
}

/// The signature is of the certificate's key over this gateway's origin and this browser's nonce.
pub(super) fn token_signature_verifies(subject: &Subject<'_>) -> Check {
    const NAME: &str = "token_signature_verifies";
    const CLAUSE: &str = "Web eID authentication token: validation";
    let (Some(algorithm), Ok(key)) = (subject.token.algorithm(), subject.token.certificate().public_key()) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    let signed = (subject.rules.origin.as_str(), subject.circumstances.nonce);
    match algorithm.verify(key, signed, subject.token.signature()) {
        Ok(()) => Check::passed(NAME, CLAUSE),
        Err(_) => {
            let detail = "it is not one over this gateway's origin and the challenge that this browser was given last";
            Check::failed(NAME, CLAUSE, SubIndication::SigCryptoFailure, detail)
        }
    }
}

/// The key usage is there and says digitalSignature.
pub(super) fn key_usage_is_for_authentication(subject: &Subject<'_>) -> Check {
    const NAME: &str = "key_usage_is_for_authentication";
    const CLAUSE: &str = "RFC 5280 4.2.1.3";
    let detail = match subject.token.certificate().key_usage() {
        Some(usage) if usage.digital_signature() => return Check::passed(NAME, CLAUSE),
        Some(_) => "the certificate's key usage lacks digitalSignature",
        None => "the certificate has no key usage",
    };
    Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail)
}

/// The certificate is not one that signs documents: with nonRepudiation a signature means more than "it is me".
pub(super) fn certificate_is_not_for_signing(subject: &Subject<'_>) -> Check {
    const NAME: &str = "certificate_is_not_for_signing";
    const CLAUSE: &str = "RFC 5280 4.2.1.3";
    if subject.token.certificate().key_usage().is_some_and(|usage| usage.non_repudiation()) {
        let detail = "the certificate is one for signing documents: use the one for user authentication";
        return Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail);
    }
    Check::passed(NAME, CLAUSE)
}

/// The issuing CA is not one that issues signature certificates.
pub(super) fn issuing_ca_is_for_authentication(subject: &Subject<'_>) -> Check {
    const NAME: &str = "issuing_ca_is_for_authentication";
    const CLAUSE: &str = "settings: sign_in.refused_issuer_units";
    let refused = &subject.rules.refused_issuer_units;
    if refused.is_empty() {
        return Check::not_applicable(NAME, CLAUSE);
    }
    let issuer = subject.token.certificate().issuer_der();
    if refused.iter().any(|unit| name::has_organizational_unit(issuer, unit)) {
        let detail = "the certificate was issued by an authority for signature certificates";
        return Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail);
    }
    Check::passed(NAME, CLAUSE)
}

/// What the path tells of the certificate policies that may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathPolicy {
    /// It is valid for one of them.
    Listed,
    /// It is valid, but for none of them.
    NotListed,
    /// It is not valid, whatever the policies.
    NoPath,
}

/// The path is valid for a certificate policy that may sign in. Where there is no path, the certificate's own policies
/// are looked at.
pub(super) fn certificate_policy_is_for_authentication(subject: &Subject<'_>, path: PathPolicy) -> Check {
    const NAME: &str = "certificate_policy_is_for_authentication";
    const CLAUSE: &str = "RFC 5280 4.2.1.4, 6.1.1 (c)";
    let listed: &[Oid] = &subject.rules.policies;
    if listed.is_empty() {
        return Check::not_applicable(NAME, CLAUSE);
    }
    let states = subject.token.certificate().policies().iter().any(|policy| listed.contains(policy));
    match path {
        PathPolicy::Listed => Check::passed(NAME, CLAUSE),
        PathPolicy::NoPath if states => Check::passed(NAME, CLAUSE),
        PathPolicy::NotListed | PathPolicy::NoPath => {
            let detail = "the certificate was not issued under a policy for user authentication";
            Check::failed(NAME, CLAUSE, SubIndication::ChainConstraintsFailure, detail)
        }
    }
}
