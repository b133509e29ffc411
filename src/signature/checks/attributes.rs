//! Claims about the signed attributes' form.
use chrono::{DateTime, Utc};

use super::Subject;
use crate::asn1::{self, Reader, context_constructed};
use crate::signature::cms::Found;
use crate::signature::cms::attributes::{ALGORITHM_PROTECTION, CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME};
use crate::signature::policy::SigningTimeRule;
use crate::verdict::{Check, SubIndication};

/// The same value can verify with and without signed attributes; only with them is it clear what was signed.
pub(in crate::signature) fn signed_attributes_are_there(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signed_attributes_are_there";
    const CLAUSE: &str = "EN 319 122-1 6.3";
    match subject.info.signed_attributes {
        Some(_) => Check::passed(NAME, CLAUSE),
        None => {
            Check::failed(NAME, CLAUSE, SubIndication::SigConstraintsFailure, "the signature has no signed attributes")
        }
    }
}

/// A slip that the signature covers changes nothing of what was signed.
pub(in crate::signature) fn signed_attributes_are_der(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signed_attributes_are_der";
    const CLAUSE: &str = "RFC 5652 5.3";
    match subject.info.signed_attributes.as_ref().map(|attributes| attributes.slip()) {
        None => Check::not_applicable(NAME, CLAUSE),
        Some(None) => Check::passed(NAME, CLAUSE),
        Some(Some(slip)) => Check::warning(NAME, CLAUSE, slip),
    }
}

/// Two values would leave open which one counts.
pub(in crate::signature) fn each_attribute_is_there_once(subject: &Subject<'_>) -> Check {
    const NAME: &str = "each_attribute_is_there_once";
    const CLAUSE: &str = "RFC 5652 5.3, 11";
    match &subject.info.signed_attributes {
        None => Check::not_applicable(NAME, CLAUSE),
        Some(attributes) if attributes.each_is_there_once() => Check::passed(NAME, CLAUSE),
        Some(_) => Check::failed(
            NAME,
            CLAUSE,
            SubIndication::FormatFailure,
            "a signed attribute is there twice, or has no value or several",
        ),
    }
}

/// content-type names the type of the content.
pub(in crate::signature) fn content_type_is_the_contents(subject: &Subject<'_>) -> Check {
    const NAME: &str = "content_type_is_the_contents";
    const CLAUSE: &str = "RFC 5652 11.1";
    let failed = |detail: &'static str| Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, detail);
    let Some(attributes) = &subject.info.signed_attributes else { return Check::not_applicable(NAME, CLAUSE) };
    match attributes.find(CONTENT_TYPE) {
        Found::Absent => failed("the content-type attribute is missing"),
        Found::NotOnce => failed("the content-type attribute is not there exactly once with one value"),
        Found::Once(der) => match Reader::new(der).oid() {
            Ok(oid) if oid == subject.message.content_type => Check::passed(NAME, CLAUSE),
            Ok(_) => failed("the content-type attribute names another type than the content has"),
            Err(_) => failed("the content-type attribute is malformed"),
        },
    }
}

/// message-digest is there and is an OCTET STRING.
pub(in crate::signature) fn message_digest_is_there(subject: &Subject<'_>) -> Check {
    const NAME: &str = "message_digest_is_there";
    const CLAUSE: &str = "RFC 5652 11.2";
    let failed = |detail: &'static str| Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, detail);
    let Some(attributes) = &subject.info.signed_attributes else { return Check::not_applicable(NAME, CLAUSE) };
    match attributes.find(MESSAGE_DIGEST) {
        Found::Absent => failed("the message-digest attribute is missing"),
        Found::NotOnce => failed("the message-digest attribute is not there exactly once with one value"),
        Found::Once(_) if message_digest(subject).is_none() => failed("the message-digest attribute is malformed"),
        Found::Once(_) => Check::passed(NAME, CLAUSE),
    }
}

/// The value of message-digest, where it is there once and well formed.
pub(in crate::signature) fn message_digest<'s>(subject: &'s Subject<'_>) -> Option<&'s [u8]> {
    match subject.info.signed_attributes.as_ref()?.find(MESSAGE_DIGEST) {
        Found::Once(der) => Reader::new(der).octet_string().ok(),
        Found::Absent | Found::NotOnce => None,
    }
}

/// A signature without signing-time is taken with a warning, unless the policy asks for it.
pub(in crate::signature) fn signing_time_is_stated(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signing_time_is_stated";
    const CLAUSE: &str = "RFC 5652 11.3";
    let Some(attributes) = &subject.info.signed_attributes else { return Check::not_applicable(NAME, CLAUSE) };
    match (attributes.find(SIGNING_TIME), claimed_signing_time(subject)) {
        (Found::Once(_), Some(claimed)) if claimed > subject.request.at => {
            Check::warning(NAME, CLAUSE, "the claimed signing time lies after the time of judging")
        }
        (Found::Once(_), Some(_)) => Check::passed(NAME, CLAUSE),
        (Found::Absent, _) => match subject.rules.attributes.signing_time {
            SigningTimeRule::Optional => Check::warning(NAME, CLAUSE, "the signature does not state when it was made"),
            SigningTimeRule::Required => Check::failed(
                NAME,
                CLAUSE,
                SubIndication::SigConstraintsFailure,
                "the signature does not state when it was made, which the policy asks for",
            ),
        },
        (Found::NotOnce | Found::Once(_), _) => {
            Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, "the signing-time attribute is malformed")
        }
    }
}

/// What the signer claims as the signing time; proves nothing.
pub(in crate::signature) fn claimed_signing_time(subject: &Subject<'_>) -> Option<DateTime<Utc>> {
    match subject.info.signed_attributes.as_ref()?.find(SIGNING_TIME) {
        Found::Once(der) => Reader::new(der).time().ok(),
        Found::Absent | Found::NotOnce => None,
    }
}

/// CMSAlgorithmProtection, where it is there, names the algorithms that the SignerInfo names outside the signed part.
pub(in crate::signature) fn algorithm_protection_agrees(subject: &Subject<'_>) -> Check {
    const NAME: &str = "algorithm_protection_agrees";
    const CLAUSE: &str = "RFC 6211 3";
    let failed = |detail: &'static str| Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, detail);
    let found = subject.info.signed_attributes.as_ref().map(|attributes| attributes.find(ALGORITHM_PROTECTION));
    match found {
        None | Some(Found::Absent) => Check::not_applicable(NAME, CLAUSE),
        Some(Found::NotOnce) => failed("the algorithm protection attribute is not there exactly once with one value"),
        Some(Found::Once(der)) => {
            match protects(der, &subject.info.digest_algorithm, &subject.info.signature_algorithm) {
                Some(true) => Check::passed(NAME, CLAUSE),
                Some(false) => {
                    failed("the signed attributes name other algorithms than the signature does outside them")
                }
                None => failed("the algorithm protection attribute is malformed"),
            }
        }
    }
}

/// Whether CMSAlgorithmProtection (RFC 6211 section 2) names these two; none where it is malformed.
fn protects(der: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool> {
    let mut fields = asn1::single_sequence(der).ok()?;
    let protected_digest = fields.expect(asn1::SEQUENCE).ok()?.value;
    let protected_signature = fields.expect(context_constructed(1)).ok()?.value;
    fields.finish().ok()?;
    let same =
        |protected: &[u8], named: &[u8]| Some(algorithm(protected)? == algorithm(asn1::single(named).ok()?.value)?);
    Some(same(protected_digest, digest)? && same(protected_signature, signature)?)
}

/// An AlgorithmIdentifier's OID and parameters, with NULL parameters and none being the same.
fn algorithm(contents: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut fields = Reader::new(contents);
    let oid = fields.oid().ok()?;
    let parameters = fields.rest();
    Some((oid, if parameters == [asn1::NULL, 0] { &[] } else { parameters }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protection_agrees_only_where_both_algorithms_do() {
        let (digest, signature) = ([0x30, 3, 6, 1, 0x2a], [0x30, 5, 6, 1, 0x2b, 5, 0]);
        let other = [0x30, 3, 6, 1, 0x2c];
        let attribute = [0x30, 12, 0x30, 5, 6, 1, 0x2a, 5, 0, 0xa1, 3, 6, 1, 0x2b];
        assert_eq!(protects(&attribute, &digest, &signature), Some(true));
        assert_eq!(protects(&attribute, &other, &signature), Some(false));
        assert_eq!(protects(&attribute, &digest, &other), Some(false));
        assert_eq!(protects(&attribute[..9], &digest, &signature), None);
        assert_eq!(protects(&[0x30, 5, 0x30, 3, 6, 1, 0x2a], &digest, &signature), None, "no signature algorithm");
    }
}
