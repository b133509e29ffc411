//! Public keys and signature values: every algorithm on the list verifies what OpenSSL signs, and nothing else.
use madoguchi::crypto::{
    CryptoError, Curve, DigestAlgorithm, PublicKey, Scheme, SignatureAlgorithm, is_reliable, weakness,
};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa, RsaPrivateKeyBuilder};
use openssl::sign::{RsaPssSaltlen, Signer};

use crate::support::mini_pki::{ec, oid, rsa, sign, tlv};

const MESSAGE: &[u8] = b"what is signed";
const DIGESTS: [(DigestAlgorithm, u8, u8); 3] =
    [(DigestAlgorithm::Sha256, 0x0b, 2), (DigestAlgorithm::Sha384, 0x0c, 3), (DigestAlgorithm::Sha512, 0x0d, 4)];

fn md(digest: DigestAlgorithm) -> MessageDigest {
    match digest {
        DigestAlgorithm::Sha1 => MessageDigest::sha1(),
        DigestAlgorithm::Sha256 => MessageDigest::sha256(),
        DigestAlgorithm::Sha384 => MessageDigest::sha384(),
        DigestAlgorithm::Sha512 => MessageDigest::sha512(),
    }
}

fn public(key: &PKey<Private>) -> PublicKey {
    PublicKey::from_spki_der(&key.public_key_to_der().unwrap()).unwrap()
}

fn pkcs1(last: u8) -> SignatureAlgorithm {
    let kind = tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last]]);
    SignatureAlgorithm::from_der(&tlv(0x30, &[&kind, &[5, 0]])).unwrap()
}

fn ecdsa(last: u8) -> SignatureAlgorithm {
    let kind = tlv(6, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, last]]);
    SignatureAlgorithm::from_der(&tlv(0x30, &[&kind])).unwrap()
}

fn pss(digest: DigestAlgorithm, salt: u8) -> SignatureAlgorithm {
    let hash = tlv(0x30, &[&tlv(6, &[digest.oid()]), &[5, 0]]);
    let mgf = tlv(0x30, &[&oid("1.2.840.113549.1.1.8"), &hash]);
    let salt = tlv(2, &[if salt >= 0x80 { &[0][..] } else { &[] }, &[salt]]);
    let parameters = tlv(0x30, &[&tlv(0xa0, &[&hash]), &tlv(0xa1, &[&mgf]), &tlv(0xa2, &[&salt])]);
    let identifier = tlv(0x30, &[&oid("1.2.840.113549.1.1.10"), &parameters]);
    SignatureAlgorithm::from_der(&identifier).unwrap()
}

fn sign_pss(key: &PKey<Private>, digest: DigestAlgorithm, salt: i32) -> Vec<u8> {
    let mut signer = Signer::new(md(digest), key).unwrap();
    signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
    signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt)).unwrap();
    signer.sign_oneshot_to_vec(MESSAGE).unwrap()
}

/// The value verifies over the message, and over nothing else; a changed or shortened value does not.
fn hold(key: &PublicKey, algorithm: &SignatureAlgorithm, value: &[u8], what: &str) {
    assert_eq!(key.verify(algorithm, MESSAGE, value), Ok(()), "{what}");
    assert_eq!(key.verify(algorithm, b"another", value), Err(CryptoError::Signature), "{what}");
    let mut changed = value.to_vec();
    changed[value.len() / 2] ^= 1;
    assert!(key.verify(algorithm, MESSAGE, &changed).is_err(), "{what}");
    assert_eq!(key.verify(algorithm, MESSAGE, &value[1..]), Err(CryptoError::Signature), "{what}");
    assert_eq!(key.verify(algorithm, MESSAGE, &[]), Err(CryptoError::Signature), "{what}");
}

#[test]
fn rsa_verifies_by_every_listed_scheme() {
    for bits in [2048, 3072] {
        let key = rsa(bits);
        let public = public(&key);
        assert_eq!((public.bits(), public.algorithm_name()), (bits, "RSA"));
        for (digest, last, _) in DIGESTS {
            hold(&public, &pkcs1(last), &sign(&key, md(digest), MESSAGE), "PKCS#1");
            assert!(is_reliable(&pkcs1(last), &public));
            for salt in [0, 20, digest.size() as u8, 190] {
                hold(&public, &pss(digest, salt), &sign_pss(&key, digest, i32::from(salt)), "PSS");
            }
            let other_salt = sign_pss(&key, digest, 21);
            assert_eq!(public.verify(&pss(digest, 20), MESSAGE, &other_salt), Err(CryptoError::Signature));
        }
        let sha1 = sign(&key, MessageDigest::sha1(), MESSAGE);
        hold(&public, &pkcs1(0x05), &sha1, "SHA-1 is computed");
        assert!(!is_reliable(&pkcs1(0x05), &public), "and not relied on");
    }
}

#[test]
fn ecdsa_verifies_on_every_listed_curve() {
    for (nid, curve, bits) in [
        (Nid::X9_62_PRIME256V1, Curve::P256, 256),
        (Nid::SECP384R1, Curve::P384, 384),
        (Nid::SECP521R1, Curve::P521, 521),
    ] {
        let key = ec(nid);
        let public = public(&key);
        assert_eq!((public.curve(), public.bits()), (Some(curve), bits));
        for (digest, _, last) in DIGESTS {
            hold(&public, &ecdsa(last), &sign(&key, md(digest), MESSAGE), "ECDSA");
            assert!(is_reliable(&ecdsa(last), &public));
            assert_eq!(public.verify(&pkcs1(0x0b), MESSAGE, &[0; 256]), Err(CryptoError::Key), "another type of key");
        }
    }
}

#[test]
fn small_and_odd_rsa_keys_are_named_and_not_relied_on() {
    for bits in [512, 1024, 2040] {
        let key = rsa(bits);
        let public = public(&key);
        let found = weakness(&pkcs1(0x0b), &public).unwrap();
        assert!(found.end.is_some() && found.reason.contains("2,048"), "{bits}");
        hold(&public, &pkcs1(0x0b), &sign(&key, MessageDigest::sha256(), MESSAGE), "a small key still verifies");
    }
    let n = BigNum::from_slice(&[&[1][..], &[0; 255], &[1]].concat()).unwrap();
    let odd_size = Rsa::from_public_components(n, BigNum::from_u32(65_537).unwrap()).unwrap();
    let odd_size = PKey::from_rsa(odd_size).unwrap().public_key_to_der().unwrap();
    let odd_size = PublicKey::from_spki_der(&odd_size).unwrap();
    assert_eq!(odd_size.bits(), 2049);
    assert!(weakness(&pkcs1(0x0b), &odd_size).unwrap().reason.contains("unusual"));
    // The modulus of a good key with exponents that are none.
    let good = Rsa::generate(2048).unwrap();
    for exponent in [&[1][..], &[2], &[1, 0, 0], &[1, 0, 0, 0, 0, 1]] {
        let e = BigNum::from_slice(exponent).unwrap();
        let n = good.n().to_owned().unwrap();
        let key = RsaPrivateKeyBuilder::new(n, e, good.d().to_owned().unwrap()).unwrap().build();
        let public = PublicKey::from_spki_der(&PKey::from_rsa(key).unwrap().public_key_to_der().unwrap()).unwrap();
        assert_eq!(public.verify(&pkcs1(0x0b), MESSAGE, &[1; 256]), Err(CryptoError::Key), "{exponent:?}");
        assert!(!is_reliable(&pkcs1(0x0b), &public), "{exponent:?}");
    }
}

#[test]
fn keys_of_other_algorithms_parse_and_verify_nothing() {
    let ed25519 = PKey::generate_ed25519().unwrap();
    let k1 = ec(Nid::SECP256K1);
    for key in [ed25519, k1] {
        let public = public(&key);
        assert_eq!(public.verify(&ecdsa(2), MESSAGE, &[0; 64]), Err(CryptoError::UnknownAlgorithm));
        assert!(!is_reliable(&ecdsa(2), &public));
    }
    let ed = SignatureAlgorithm::from_der(&[0x30, 5, 6, 3, 0x2b, 0x65, 0x70]).unwrap();
    assert_eq!((ed.name(), ed.scheme()), ("Ed25519", Scheme::Other("Ed25519")));
}

#[test]
fn a_point_off_its_curve_verifies_nothing() {
    for (nid, last) in [(Nid::X9_62_PRIME256V1, 2), (Nid::SECP521R1, 4)] {
        let mut spki = ec(nid).public_key_to_der().unwrap();
        *spki.last_mut().unwrap() ^= 1;
        let public = PublicKey::from_spki_der(&spki).unwrap();
        assert!(public.verify(&ecdsa(last), MESSAGE, &[0x30, 6, 2, 1, 1, 2, 1, 1]).is_err());
    }
}

#[test]
fn what_is_not_a_key_is_an_error_and_never_a_panic() {
    let spki = rsa(2048).public_key_to_der().unwrap();
    for length in 0..spki.len() {
        assert!(PublicKey::from_spki_der(&spki[..length]).is_err(), "{length} octets");
    }
    for position in 0..spki.len() {
        let mut changed = spki.clone();
        changed[position] ^= 0x81;
        if let Ok(public) = PublicKey::from_spki_der(&changed) {
            assert!(public.verify(&pkcs1(0x0b), MESSAGE, &[0x5a; 256]).is_err());
        }
    }
}
