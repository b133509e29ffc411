//! Which library verifies what.
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};
use ring::signature as ring_signature;
use ring_signature::{RsaParameters, UnparsedPublicKey, VerificationAlgorithm};

use super::DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
use super::algorithm::Scheme;
use super::key::{Kind, RsaKey};
use super::{CryptoError, Curve, DigestAlgorithm, PublicKey, SignatureAlgorithm};

/// See [`PublicKey::verify`].
pub(super) fn verify(
    key: &PublicKey,
    algorithm: &SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    match (&key.kind, algorithm.scheme()) {
        (_, Scheme::Other(_)) | (Kind::Other(_), _) => Err(CryptoError::UnknownAlgorithm),
        (Kind::Rsa(rsa), scheme @ (Scheme::RsaPkcs1(_) | Scheme::RsaPss { .. })) => {
            verify_rsa(rsa, key.bits(), scheme, message, signature)
        }
        (Kind::Ec { curve, point, openssl }, Scheme::Ecdsa(digest)) => {
            match ring_ecdsa(*curve, digest).filter(|_| point.first() == Some(&0x04)) {
                Some(ring) => {
                    UnparsedPublicKey::new(ring, point).verify(message, signature).map_err(|_| CryptoError::Signature)
                }
                None => {
                    let key = openssl.get_or_make(|| openssl_ec(*curve, point).ok())?;
                    by_openssl(Verifier::new(digest.openssl(), key), message, signature)
                }
            }
        }
        _ => Err(CryptoError::Key),
    }
}

fn verify_rsa(rsa: &RsaKey, bits: u32, scheme: Scheme, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    if !rsa.usable || !pss_key_allows(rsa.only_with, scheme) {
        return Err(CryptoError::Key);
    }
    // RFC 8017 8.1.2 and 8.2.2, step 1; OpenSSL would take a shorter value.
    if signature.len() != (bits as usize).div_ceil(8) {
        return Err(CryptoError::Signature);
    }
    if let Some(parameters) = ring_rsa(scheme, bits) {
        return rsa.components.verify(parameters, message, signature).map_err(|_| CryptoError::Signature);
    }
    let key = rsa.openssl.get_or_make(|| openssl_rsa(rsa).ok())?;
    let verifier = match scheme {
        Scheme::RsaPss { digest, mgf_digest, salt } => Verifier::new(digest.openssl(), key).and_then(|mut verifier| {
            verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(i32::from(salt)))?;
            verifier.set_rsa_mgf1_md(mgf_digest.openssl())?;
            Ok(verifier)
        }),
        Scheme::RsaPkcs1(digest) => Verifier::new(digest.openssl(), key),
        Scheme::Ecdsa(_) | Scheme::Other(_) => return Err(CryptoError::Key),
    };
    by_openssl(verifier, message, signature)
}

/// RFC 4055 3.3: an id-RSASSA-PSS key is for PSS alone and, where it has parameters, for these digests and a salt at
/// least as long.
fn pss_key_allows(only_with: Option<Scheme>, scheme: Scheme) -> bool {
    match (only_with, scheme) {
        (None, _) => true,
        (
            Some(Scheme::RsaPss { digest, mgf_digest, salt: least }),
            Scheme::RsaPss { digest: used, mgf_digest: used_mgf, salt },
        ) => digest == used && mgf_digest == used_mgf && salt >= least,
        (Some(_), _) => false,
    }
}

fn by_openssl(
    verifier: Result<Verifier<'_>, openssl::error::ErrorStack>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    match verifier.map_err(|_| CryptoError::Key)?.verify_oneshot(signature, message) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(CryptoError::Signature),
    }
}

/// What `ring` has for it: no modulus that is not a whole number of octets, PSS only with the digest's length as salt.
fn ring_rsa(scheme: Scheme, bits: u32) -> Option<&'static RsaParameters> {
    if bits < 2048 || !bits.is_multiple_of(8) {
        return None;
    }
    match scheme {
        Scheme::RsaPkcs1(Sha1) => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPkcs1(Sha256) => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA256),
        Scheme::RsaPkcs1(Sha384) => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA384),
        Scheme::RsaPkcs1(Sha512) => Some(&ring_signature::RSA_PKCS1_2048_8192_SHA512),
        Scheme::RsaPss { digest: Sha256, mgf_digest: Sha256, salt: 32 } => {
            Some(&ring_signature::RSA_PSS_2048_8192_SHA256)
        }
        Scheme::RsaPss { digest: Sha384, mgf_digest: Sha384, salt: 48 } => {
            Some(&ring_signature::RSA_PSS_2048_8192_SHA384)
        }
        Scheme::RsaPss { digest: Sha512, mgf_digest: Sha512, salt: 64 } => {
            Some(&ring_signature::RSA_PSS_2048_8192_SHA512)
        }
        Scheme::RsaPss { .. } | Scheme::Ecdsa(_) | Scheme::Other(_) => None,
    }
}

fn ring_ecdsa(curve: Curve, digest: DigestAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (curve, digest) {
        (Curve::P256, Sha256) => Some(&ring_signature::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Sha384) => Some(&ring_signature::ECDSA_P256_SHA384_ASN1),
        (Curve::P384, Sha256) => Some(&ring_signature::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Sha384) => Some(&ring_signature::ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}

fn openssl_rsa(rsa: &RsaKey) -> Result<PKey<Public>, openssl::error::ErrorStack> {
    let (n, e) = (BigNum::from_slice(&rsa.components.n)?, BigNum::from_slice(&rsa.components.e)?);
    PKey::from_rsa(Rsa::from_public_components(n, e)?)
}

fn openssl_ec(curve: Curve, point: &[u8]) -> Result<PKey<Public>, openssl::error::ErrorStack> {
    let group = EcGroup::from_curve_name(match curve {
        Curve::P256 => Nid::X9_62_PRIME256V1,
        Curve::P384 => Nid::SECP384R1,
        Curve::P521 => Nid::SECP521R1,
    })?;
    let mut context = openssl::bn::BigNumContext::new()?;
    let point = EcPoint::from_bytes(&group, point, &mut context)?;
    let key = EcKey::from_public_key(&group, &point)?;
    key.check_key()?;
    PKey::from_ec_key(key)
}
