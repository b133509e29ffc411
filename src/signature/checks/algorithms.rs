//! Claims about the algorithms (EN 319 102-1 5.2.8, TS 119 312).
use super::Subject;
use super::identity::stated_v2_digest;
use crate::crypto::{Weakness, digest_name};
use crate::pki::certificate::Certificate;
use crate::signature::algorithms::{weak_algorithm, weak_digest, weak_key};
use crate::verdict::{Check, SubIndication};

const CLAUSE: &str = "EN 319 102-1 5.2.8";

/// The digest over the content is on the list.
pub(in crate::signature) fn digest_algorithm_is_reliable(subject: &Subject<'_>) -> Check {
    const NAME: &str = "digest_algorithm_is_reliable";
    let weakness = match subject.digest {
        Some(digest) => weak_digest(&subject.rules.algorithms, digest),
        None if digest_name(&subject.info.digest_oid) == "MD5" => Some(crate::crypto::MD5_WEAKNESS),
        None => Some(Weakness { reason: "the digest algorithm is not on the list", end: None }),
    };
    judged(NAME, subject, weakness)
}

/// The signature algorithm is on the list.
pub(in crate::signature) fn signature_algorithm_is_reliable(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signature_algorithm_is_reliable";
    let weakness = match &subject.algorithm {
        Some(algorithm) => weak_algorithm(&subject.rules.algorithms, algorithm),
        None => Some(Weakness { reason: "the signature algorithm is not on the list", end: None }),
    };
    judged(NAME, subject, weakness)
}

/// The signer's key is of a kind and size on the list.
pub(in crate::signature) fn signer_key_is_reliable(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signer_key_is_reliable";
    let Some(certificate) = subject.certificate else { return Check::not_applicable(NAME, CLAUSE) };
    judged(NAME, subject, weak_key_of(subject, certificate))
}

/// The digest by which signing-certificate-v2 names the certificate is on the list: whoever can make another
/// certificate with that digest could put it in the signer's place.
pub(in crate::signature) fn signing_certificate_digest_is_reliable(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signing_certificate_digest_is_reliable";
    match stated_v2_digest(subject) {
        Some(digest) => judged(NAME, subject, weak_digest(&subject.rules.algorithms, digest)),
        None => Check::not_applicable(NAME, CLAUSE),
    }
}

fn weak_key_of(subject: &Subject<'_>, certificate: &Certificate) -> Option<Weakness> {
    match certificate.public_key() {
        Ok(key) => weak_key(&subject.rules.algorithms, key),
        Err(_) => Some(Weakness { reason: "the signer's key cannot be read", end: None }),
    }
}

/// The SignerInfo's digest algorithm is the one within its signature algorithm.
pub(in crate::signature) fn digest_algorithms_agree(subject: &Subject<'_>) -> Check {
    const NAME: &str = "digest_algorithms_agree";
    const CLAUSE: &str = "RFC 5652 5.3";
    match (subject.digest, subject.algorithm.and_then(|algorithm| algorithm.digest())) {
        (Some(outer), Some(inner)) if outer != inner => Check::failed(
            NAME,
            CLAUSE,
            SubIndication::FormatFailure,
            "the signature algorithm uses another digest than the one named for the content",
        ),
        (Some(_), Some(_)) => Check::passed(NAME, CLAUSE),
        _ => Check::not_applicable(NAME, CLAUSE),
    }
}

fn judged(name: &'static str, subject: &Subject<'_>, weakness: Option<Weakness>) -> Check {
    let Some(weakness) = weakness else { return Check::passed(name, CLAUSE) };
    let made_after_its_end = subject.request.signed_after.is_some_and(|time| weakness.had_ended_by(time));
    let sub_indication = if made_after_its_end {
        SubIndication::CryptoConstraintsFailure
    } else {
        SubIndication::CryptoConstraintsFailureNoPoe
    };
    Check::failed(name, CLAUSE, sub_indication, weakness.reason)
}
