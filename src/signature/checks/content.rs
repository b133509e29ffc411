//! Claims about the content and the signature value.
use super::Subject;
use super::attributes::message_digest;
use crate::crypto::CryptoError;
use crate::verdict::{Check, SubIndication};

/// Attached, or given by the caller.
pub(in crate::signature) fn content_is_at_hand(subject: &Subject<'_>) -> Check {
    const NAME: &str = "content_is_at_hand";
    const CLAUSE: &str = "EN 319 102-1 5.2.7";
    if subject.message.content.is_some() || subject.request.content.is_some() {
        return Check::passed(NAME, CLAUSE);
    }
    Check::failed(
        NAME,
        CLAUSE,
        SubIndication::SignedDataNotFound,
        "the signature is detached and the document that it signs was not given",
    )
}

/// Where the message carries its content and the caller gives one too, they are the same.
pub(in crate::signature) fn attached_content_is_the_given_one(subject: &Subject<'_>) -> Check {
    const NAME: &str = "attached_content_is_the_given_one";
    const CLAUSE: &str = "RFC 5652 5.2";
    let (Some(attached), Some(given)) = (&subject.message.content, &subject.request.content) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    let same = match (attached.as_slice(), given.bytes()) {
        (Some(attached), Some(given)) => attached == given,
        _ => {
            let algorithm = subject.digest.unwrap_or(crate::crypto::DigestAlgorithm::Sha256);
            subject.digests.given(algorithm) == subject.digests.attached(algorithm)
        }
    };
    if same {
        return Check::passed(NAME, CLAUSE);
    }
    Check::failed(NAME, CLAUSE, SubIndication::HashFailure, "the signature carries another document than the one given")
}

/// message-digest is the digest of the content.
pub(in crate::signature) fn message_digest_matches_content(subject: &Subject<'_>) -> Check {
    const NAME: &str = "message_digest_matches_content";
    const CLAUSE: &str = "RFC 5652 5.4, 11.2";
    let (Some(expected), Some(algorithm)) = (message_digest(subject), subject.digest) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    let Some(found) = subject.digests.given(algorithm).or_else(|| subject.digests.attached(algorithm)) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    if found == expected {
        return Check::passed(NAME, CLAUSE);
    }
    Check::failed(NAME, CLAUSE, SubIndication::HashFailure, "the document is not the one that was signed")
}

/// The value verifies with the signer's key over the signed attributes as received (or, without any, over the content).
pub(in crate::signature) fn signature_value_verifies(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signature_value_verifies";
    const CLAUSE: &str = "RFC 5652 5.6";
    let (Some(certificate), Some(algorithm)) = (subject.certificate, &subject.algorithm) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    let failed = |detail: &'static str| Check::failed(NAME, CLAUSE, SubIndication::SigCryptoFailure, detail);
    let outcome = match (&subject.info.signed_attributes, content_bytes(subject)) {
        (Some(attributes), _) => certificate
            .public_key()
            .and_then(|key| key.verify(algorithm, &attributes.signed_bytes(), &subject.info.signature)),
        (None, Some(content)) => {
            certificate.public_key().and_then(|key| key.verify(algorithm, content, &subject.info.signature))
        }
        (None, None) => return Check::not_applicable(NAME, CLAUSE),
    };
    match outcome {
        Ok(()) => Check::passed(NAME, CLAUSE),
        // What is not verified at all is named by the checks of the algorithms.
        Err(CryptoError::UnknownAlgorithm) => Check::not_applicable(NAME, CLAUSE),
        Err(CryptoError::Encoding | CryptoError::Key) => {
            failed("the signer's key does not fit the signature algorithm")
        }
        Err(CryptoError::Signature) => failed("the signature value does not fit the signer's key and what was signed"),
    }
}

fn content_bytes<'a>(subject: &Subject<'a>) -> Option<&'a [u8]> {
    match &subject.request.content {
        Some(given) => given.bytes(),
        None => subject.message.content.as_ref()?.as_slice(),
    }
}
