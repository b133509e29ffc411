//! Finding the certificate and its key among a token's objects.
use cryptoki::error::Error;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::card_client::token::jpki::apdu::digest_info_sha256;
use crate::card_client::token::{KeyAlgorithm, Purpose, algorithm};
use crate::crypto::DigestAlgorithm;

/// The most certificates that are looked at.
const MOST_CERTIFICATES: usize = 64;

/// A key with its certificate.
pub struct Key {
    /// The private key.
    pub handle: ObjectHandle,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// Whether the PIN goes with each signature (CKA_ALWAYS_AUTHENTICATE).
    pub pin_each_time: bool,
}

/// A certificate with what names its key.
pub struct Certificate {
    /// DER.
    pub der: Vec<u8>,
    /// CKA_ID.
    pub id: Vec<u8>,
}

/// The certificates that serve `purpose`, as far as they are readable now.
///
/// # Errors
/// What the module says.
pub fn certificates(session: &Session, purpose: Purpose) -> Result<Vec<Certificate>, Error> {
    let template = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::CertificateType(CertificateType::X_509)];
    let mut found = Vec::new();
    for handle in session.find_objects(&template)?.into_iter().take(MOST_CERTIFICATES) {
        let mut certificate = Certificate { der: Vec::new(), id: Vec::new() };
        for attribute in session.get_attributes(handle, &[AttributeType::Value, AttributeType::Id])? {
            match attribute {
                Attribute::Value(bytes) => certificate.der = bytes,
                Attribute::Id(bytes) => certificate.id = bytes,
                _ => {}
            }
        }
        if algorithm::serves(&certificate.der, purpose) {
            found.push(certificate);
        }
    }
    Ok(found)
}

/// The first certificate that serves `purpose` and whose private key is there too (by CKA_ID).
///
/// # Errors
/// What the module says.
pub fn find_key(session: &Session, purpose: Purpose) -> Result<Option<Key>, Error> {
    for certificate in certificates(session, purpose)? {
        let template = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(certificate.id)];
        if let Some(key) = session.find_objects(&template)?.into_iter().next() {
            // A module that does not know the attribute does not ask for it either.
            let told = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate]).unwrap_or_default();
            let pin_each_time = told.contains(&Attribute::AlwaysAuthenticate(true));
            return Ok(Some(Key { handle: key, certificate: certificate.der, pin_each_time }));
        }
    }
    Ok(None)
}

/// How a token is asked to sign.
pub struct Method {
    /// The mechanism.
    pub mechanism: Mechanism<'static>,
    /// What it is given: the message, or what this client made of it.
    pub input: Vec<u8>,
    /// Whether it can be given in parts, as a key that wants the PIN each time needs it.
    pub in_parts: bool,
}

/// The best way among the mechanisms that a token has; none when it has none of them.
pub fn method(algorithm: KeyAlgorithm, has: &[MechanismType], message: &[u8]) -> Option<Method> {
    let digest = algorithm.digest().digest(message);
    let hashing = match algorithm {
        KeyAlgorithm::Rsa(DigestAlgorithm::Sha256) => Some((MechanismType::SHA256_RSA_PKCS, Mechanism::Sha256RsaPkcs)),
        KeyAlgorithm::Ecdsa(DigestAlgorithm::Sha256) => Some((MechanismType::ECDSA_SHA256, Mechanism::EcdsaSha256)),
        KeyAlgorithm::Ecdsa(DigestAlgorithm::Sha384) => Some((MechanismType::ECDSA_SHA384, Mechanism::EcdsaSha384)),
        KeyAlgorithm::Ecdsa(DigestAlgorithm::Sha512) => Some((MechanismType::ECDSA_SHA512, Mechanism::EcdsaSha512)),
        _ => None,
    };
    if let Some((_, mechanism)) = hashing.filter(|(kind, _)| has.contains(kind)) {
        return Some(Method { mechanism, input: message.to_vec(), in_parts: true });
    }
    let (kind, mechanism, input) = match algorithm {
        KeyAlgorithm::Rsa(_) => (MechanismType::RSA_PKCS, Mechanism::RsaPkcs, digest_info_sha256(digest.as_ref())),
        KeyAlgorithm::Ecdsa(_) => (MechanismType::ECDSA, Mechanism::Ecdsa, digest.as_ref().to_vec()),
    };
    has.contains(&kind).then_some(Method { mechanism, input, in_parts: false })
}

/// ECDSA-Sig-Value (RFC 3279 2.2.3) of the two numbers side by side that PKCS#11 gives.
pub fn ecdsa_der(raw: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = raw.split_at_checked(raw.len() / 2).filter(|(r, s)| r.len() == s.len() && !r.is_empty())?;
    let number = |bytes: &[u8]| openssl::bn::BigNum::from_slice(bytes).ok();
    openssl::ecdsa::EcdsaSig::from_private_components(number(r)?, number(s)?).ok()?.to_der().ok()
}
