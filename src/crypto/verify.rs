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
    if let (Scheme::RsaPkcs1(digest), Some(key)) = (scheme, rsa.prepared.get()) {
        return verify_prepared(key, digest, message, signature);
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

/// RFC 8017 8.2.2 with a key that is set up already: the encoded message is made anew and compared whole, so that nothing
/// of what the signature holds is parsed.
fn verify_prepared(
    key: &Rsa<Public>,
    digest: DigestAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let size = key.size() as usize;
    let mut found = [0; MAX_MODULUS];
    let found = found.get_mut(..size).ok_or(CryptoError::Key)?;
    // Raises to the public exponent and nothing else; refuses a value that is not below the modulus.
    match key.public_decrypt(signature, found, Padding::NONE) {
        Ok(length) if length == size => {}
        _ => return Err(CryptoError::Signature),
    }
    let mut expected = [0xff; MAX_MODULUS];
    let expected = expected.get_mut(..size).ok_or(CryptoError::Key)?;
    encode_pkcs1(digest, message, expected)?;
    if found == expected { Ok(()) } else { Err(CryptoError::Signature) }
}

/// Octets of the longest modulus that is computed with.
const MAX_MODULUS: usize = 1024;

/// EMSA-PKCS1-v1_5 (RFC 8017 9.2) into `to`, which is as long as the modulus and all `0xff`.
fn encode_pkcs1(digest: DigestAlgorithm, message: &[u8], to: &mut [u8]) -> Result<(), CryptoError> {
    let value = digest.digest(message);
    let (oid, value) = (digest.oid(), value.as_ref());
    // DigestInfo: SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING }; every length is below 128.
    let identifier = oid.len() + 4;
    let header = [0x30, (identifier + value.len() + 4) as u8, 0x30, identifier as u8, 0x06, oid.len() as u8];
    let parts: [&[u8]; 4] = [&header, oid, &[0x05, 0x00, 0x04, value.len() as u8], value];
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // 00 01, at least eight FF, 00.
    let start = to.len().checked_sub(length).filter(|start| *start >= 11).ok_or(CryptoError::Key)?;
    let (padding, mut rest) = to.split_at_mut(start);
    if let [first, second, .., last] = padding {
        (*first, *second, *last) = (0, 1, 0);
    }
    for part in parts {
        let (place, after) = rest.split_at_mut(part.len());
        place.copy_from_slice(part);
        rest = after;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::hash::MessageDigest;
    use openssl::pkey::Private;
    use openssl::sign::Signer;

    fn identifier(digest: DigestAlgorithm) -> SignatureAlgorithm {
        let last = match digest {
            Sha1 => 0x05,
            Sha256 => 0x0b,
            Sha384 => 0x0c,
            Sha512 => 0x0d,
        };
        let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last];
        SignatureAlgorithm::from_der(&[&[0x30, 13, 0x06, 9], oid.as_slice(), &[5, 0]].concat()).unwrap()
    }

    /// The same key twice: set up once, and as any other is.
    fn both(key: &PKey<Private>) -> [PublicKey; 2] {
        let spki = key.public_key_to_der().unwrap();
        let [prepared, plain] = [0, 1].map(|_| PublicKey::from_spki_der(&spki).unwrap());
        prepared.prepare();
        let Kind::Rsa(rsa) = &prepared.kind else { panic!("an RSA key") };
        assert!(rsa.prepared.get().is_some());
        [prepared, plain]
    }

    #[test]
    fn a_prepared_key_takes_what_any_other_takes_and_nothing_else() {
        let message = b"what a CA signed";
        for bits in [2048, 3072] {
            let key = PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
            let keys = both(&key);
            for (digest, with) in [
                (Sha1, MessageDigest::sha1()),
                (Sha256, MessageDigest::sha256()),
                (Sha384, MessageDigest::sha384()),
                (Sha512, MessageDigest::sha512()),
            ] {
                let good = Signer::new(with, &key).unwrap().sign_oneshot_to_vec(message).unwrap();
                let mut changed = good.clone();
                changed[7] ^= 1;
                let (short, zero, high) = (&good[1..], vec![0; good.len()], vec![0xff; good.len()]);
                for key in &keys {
                    let verify = |message: &[u8], value: &[u8]| verify(key, &identifier(digest), message, value);
                    assert_eq!(verify(message, &good), Ok(()));
                    assert_eq!(verify(b"something else", &good), Err(CryptoError::Signature));
                    for value in [changed.as_slice(), short, &zero, &high, &[]] {
                        assert_eq!(verify(message, value), Err(CryptoError::Signature));
                    }
                    let other = if digest == Sha256 { Sha512 } else { Sha256 };
                    let by_other = super::verify(key, &identifier(other), message, &good);
                    assert_eq!(by_other, Err(CryptoError::Signature));
                }
            }
        }
    }

    /// Values whose padding is too short, is not all FF, or hides something behind the digest (RFC 8017 8.2.2 note).
    #[test]
    fn a_prepared_key_compares_the_whole_encoded_message() {
        let rsa = Rsa::generate(2048).unwrap();
        let [prepared, plain] = both(&PKey::from_rsa(rsa.clone()).unwrap());
        let message = b"what a CA signed";
        let mut encoded = [0xff; 256];
        encode_pkcs1(Sha256, message, &mut encoded).unwrap();
        let sign = |encoded: &[u8]| {
            let mut value = vec![0; 256];
            rsa.private_encrypt(encoded, &mut value, Padding::NONE).unwrap();
            value
        };
        let mut with_rubbish = encoded;
        with_rubbish[11..].rotate_left(20);
        let mut hole = encoded;
        hole[100] = 0xfe;
        let mut type_2 = encoded;
        type_2[1] = 2;
        for key in [&prepared, &plain] {
            assert_eq!(verify(key, &identifier(Sha256), message, &sign(&encoded)), Ok(()));
            for forged in [&with_rubbish, &hole, &type_2] {
                let refused = verify(key, &identifier(Sha256), message, &sign(forged));
                assert_eq!(refused, Err(CryptoError::Signature));
            }
        }
    }
}
