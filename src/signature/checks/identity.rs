//! Claims about which certificate signed.
use std::cell::OnceCell;
use std::sync::Arc;

use super::Subject;
use crate::asn1::DerError;
use crate::crypto::DigestAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::name;
use crate::signature::cms::attributes::{SIGNING_CERTIFICATE_V1, SIGNING_CERTIFICATE_V2};
use crate::signature::cms::{Found, SignerIdentifier, SignerInfo};
use crate::signature::ess::CertificateId;
use crate::signature::policy::SigningCertificateRule;
use crate::verdict::{Check, SubIndication};

/// The certificate that the SignerInfo names: never "the first one". Among several of one issuer and serial, or of one
/// key identifier, it is the one that signing-certificate-v2 names.
pub(in crate::signature) fn find_signer<'c>(
    info: &SignerInfo<'_>,
    at_hand: impl Iterator<Item = &'c Arc<Certificate>>,
) -> Option<&'c Arc<Certificate>> {
    let named = info.signed_attributes.as_ref().and_then(|attributes| match attributes.find(SIGNING_CERTIFICATE_V2) {
        Found::Once(der) => CertificateId::read_v2(der).ok(),
        Found::Absent | Found::NotOnce => None,
    });
    let mut first = None;
    let normal_issuer = OnceCell::new();
    for certificate in at_hand.filter(|certificate| is_identified_by(certificate, &info.identifier, &normal_issuer)) {
        if named.is_some_and(|named| named.names(certificate)) {
            return Some(certificate);
        }
        first.get_or_insert(certificate);
    }
    first
}

/// `normal_issuer` keeps the normal form of the identifier's issuer, which is made at need and once.
fn is_identified_by(
    certificate: &Certificate,
    identifier: &SignerIdentifier<'_>,
    normal_issuer: &OnceCell<Vec<u8>>,
) -> bool {
    match identifier {
        SignerIdentifier::IssuerAndSerial(issuer, serial) => {
            certificate.serial() == *serial
                && (certificate.issuer_der() == &**issuer
                    || certificate.issuer_normal()
                        == normal_issuer.get_or_init(|| name::normal_form(issuer)).as_slice())
        }
        SignerIdentifier::KeyIdentifier(identifier) => certificate.subject_key_id() == Some(identifier),
    }
}

/// The certificate that the SignerInfo names is in the message or was given.
pub(in crate::signature) fn signer_certificate_is_there(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signer_certificate_is_there";
    const CLAUSE: &str = "RFC 5652 5.3";
    match subject.certificate {
        Some(_) => Check::passed(NAME, CLAUSE),
        None => Check::failed(
            NAME,
            CLAUSE,
            SubIndication::NoSigningCertificateFound,
            "the signer's certificate is not in the signature and was not given",
        ),
    }
}

/// What the signed attributes say of the signer's certificate.
enum Stated<'s> {
    V2(Result<CertificateId<'s>, DerError>),
    V1(Result<CertificateId<'s>, DerError>),
    Nothing,
    NotOnce,
}

fn stated<'s>(subject: &'s Subject<'_>) -> Option<Stated<'s>> {
    let attributes = subject.info.signed_attributes.as_ref()?;
    let v1_taken = subject.rules.attributes.signing_certificate == SigningCertificateRule::V2OrV1;
    Some(match (attributes.find(SIGNING_CERTIFICATE_V2), attributes.find(SIGNING_CERTIFICATE_V1)) {
        (Found::Once(der), _) => Stated::V2(CertificateId::read_v2(der)),
        (Found::NotOnce, _) => Stated::NotOnce,
        (Found::Absent, Found::Once(der)) if v1_taken => Stated::V1(CertificateId::read_v1(der)),
        (Found::Absent, Found::NotOnce) if v1_taken => Stated::NotOnce,
        (Found::Absent, _) => Stated::Nothing,
    })
}

/// The digest algorithm by which signing-certificate-v2 names the signer's certificate.
pub(super) fn stated_v2_digest(subject: &Subject<'_>) -> Option<DigestAlgorithm> {
    match stated(subject) {
        Some(Stated::V2(Ok(id))) => id.digest,
        _ => None,
    }
}

/// The signed attributes say which certificate is the signer's.
pub(in crate::signature) fn signing_certificate_is_stated(subject: &Subject<'_>) -> Check {
    const NAME: &str = "signing_certificate_is_stated";
    const CLAUSE: &str = "EN 319 122-1 5.2.2";
    let failed = |sub_indication, detail: &'static str| Check::failed(NAME, CLAUSE, sub_indication, detail);
    match stated(subject) {
        None => Check::not_applicable(NAME, CLAUSE),
        Some(Stated::V2(Ok(_))) => Check::passed(NAME, CLAUSE),
        Some(Stated::V1(Ok(_))) => {
            Check::warning(NAME, CLAUSE, "the certificate is named by the older attribute, whose digest is SHA-1")
        }
        Some(Stated::Nothing) => {
            failed(SubIndication::SigConstraintsFailure, "the signing-certificate-v2 attribute is missing")
        }
        Some(Stated::NotOnce) => failed(
            SubIndication::FormatFailure,
            "the signing-certificate attribute is not there exactly once with one value",
        ),
        Some(Stated::V2(Err(_)) | Stated::V1(Err(_))) => {
            failed(SubIndication::FormatFailure, "the signing-certificate attribute is malformed")
        }
    }
}

/// And it is the one whose key verifies the signature.
pub(in crate::signature) fn stated_certificate_is_the_signers(subject: &Subject<'_>) -> Check {
    const NAME: &str = "stated_certificate_is_the_signers";
    const CLAUSE: &str = "RFC 5035 5";
    let (Some(certificate), Some(Stated::V2(Ok(id)) | Stated::V1(Ok(id)))) = (subject.certificate, stated(subject))
    else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    if id.names(certificate) {
        return Check::passed(NAME, CLAUSE);
    }
    let detail = match id.digest {
        Some(_) => "the signed attributes name another certificate than the signer's",
        None => "the signed attributes name the certificate by a digest that is not known",
    };
    Check::failed(NAME, CLAUSE, SubIndication::NoSigningCertificateFound, detail)
}
