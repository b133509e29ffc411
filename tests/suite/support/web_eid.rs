//! A card client of the Web eID kind, in a few lines of OpenSSL: makes authentication tokens, right and wrong ones.
#![allow(dead_code)]
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Private};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer};
use serde_json::{Value, json};

use super::pki::TestPki;

/// What signs in.
pub struct AuthenticationCard {
    pub certificate: Vec<u8>,
    pub key: PKey<Private>,
    pub algorithm: &'static str,
}

impl AuthenticationCard {
    /// A card of a test PKI.
    pub fn of(pki: &TestPki, id: &str) -> Self {
        Self { certificate: pki.certificate(id), key: pki.key(id), algorithm: "RS256" }
    }

    /// The authentication certificate of 山田　花子 of the shared test PKI, as the demo has it.
    pub fn yamada() -> Self {
        Self::of(TestPki::shared(), "auth-yamada")
    }

    /// A token `web-eid:1.0` over this origin and nonce.
    pub fn token(&self, origin: &str, nonce: &str) -> Value {
        json!({
            "format": "web-eid:1.0", "algorithm": self.algorithm, "appVersion": "https://madoguchi.example/test/1.0.0",
            "signature": STANDARD.encode(self.sign(origin, nonce)), "unverifiedCertificate": STANDARD.encode(&self.certificate),
        })
    }

    /// The signature as a token carries it.
    pub fn sign(&self, origin: &str, nonce: &str) -> Vec<u8> {
        let digest = match &self.algorithm[2..] {
            "256" => MessageDigest::sha256(),
            "384" => MessageDigest::sha384(),
            _ => MessageDigest::sha512(),
        };
        let of = |text: &str| hash(digest, text.as_bytes()).unwrap();
        let message = [of(origin).as_ref(), of(nonce).as_ref()].concat();
        let mut signer = Signer::new(digest, &self.key).unwrap();
        if self.algorithm.starts_with("PS") {
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
            signer.set_rsa_mgf1_md(digest).unwrap();
        }
        let value = signer.sign_oneshot_to_vec(&message).unwrap();
        if !self.algorithm.starts_with("ES") {
            return value;
        }
        let octets = i32::try_from(self.key.bits().div_ceil(8)).unwrap();
        let parts = EcdsaSig::from_der(&value).unwrap();
        let part = |number: &openssl::bn::BigNumRef| number.to_vec_padded(octets).unwrap();
        [part(parts.r()), part(parts.s())].concat()
    }
}
