//! A signer whose private key is in memory: PKCS#12 cards and test signers.
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer};
use openssl::x509::X509;

use super::build::SignerKey;
use crate::crypto::DigestAlgorithm;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 for RSA keys, ECDSA for elliptic ones.
    Usual,
    /// RSASSA-PSS with MGF1 of the same digest and a salt of so many octets.
    Pss {
        /// Octets of salt.
        salt_length: u8,
    },
}

/// A private key in memory with its certificate. OpenSSL frees and overwrites the key when this is dropped.
pub struct SoftwareKey {
    certificate: Vec<u8>,
    key: PKey<Private>,
    digest: DigestAlgorithm,
    scheme: Scheme,
}

impl std::fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftwareKey").field("digest", &self.digest).finish_non_exhaustive()
    }
}

impl SoftwareKey {
    /// A key that signs as its kind usually does: SHA-256 with RSA and P-256, SHA-384 with P-384, SHA-512 with P-521.
    ///
    /// # Errors
    /// A sentence, when the certificate (DER) cannot be read or is not this key's.
    pub fn new(certificate: Vec<u8>, key: PKey<Private>) -> Result<Self, String> {
        let parsed = X509::from_der(&certificate).map_err(|_| "the certificate cannot be read".to_owned())?;
        let public = parsed.public_key().map_err(|_| "the certificate's key cannot be read".to_owned())?;
        if !key.public_eq(&public) {
            return Err("the private key does not belong to the certificate".to_owned());
        }
        let digest = match (key.id(), key.bits()) {
            (Id::RSA, _) => DigestAlgorithm::Sha256,
            (Id::EC, bits) if bits > 384 => DigestAlgorithm::Sha512,
            (Id::EC, bits) if bits > 256 => DigestAlgorithm::Sha384,
            (Id::EC, _) => DigestAlgorithm::Sha256,
            _ => return Err("the key is neither RSA nor on an elliptic curve".to_owned()),
        };
        Ok(Self { certificate, key, digest, scheme: Scheme::Usual })
    }

    /// The same key with another digest.
    #[must_use]
    pub fn with_digest(mut self, digest: DigestAlgorithm) -> Self {
        self.digest = digest;
        self
    }

    /// The same key with another signature scheme.
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    fn message_digest(&self) -> MessageDigest {
        match self.digest {
            DigestAlgorithm::Sha1 => MessageDigest::sha1(),
            DigestAlgorithm::Sha256 => MessageDigest::sha256(),
            DigestAlgorithm::Sha384 => MessageDigest::sha384(),
            DigestAlgorithm::Sha512 => MessageDigest::sha512(),
        }
    }

    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, openssl::error::ErrorStack> {
        let mut signer = Signer::new(self.message_digest(), &self.key)?;
        if let Scheme::Pss { salt_length } = self.scheme {
            signer.set_rsa_padding(Padding::PKCS1_PSS)?;
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(i32::from(salt_length)))?;
            signer.set_rsa_mgf1_md(self.message_digest())?;
        }
        signer.sign_oneshot_to_vec(message)
    }
}

impl SignerKey for SoftwareKey {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn digest(&self) -> DigestAlgorithm {
        self.digest
    }

    fn signature_algorithm(&self) -> Vec<u8> {
        match (self.scheme, self.key.id()) {
            (Scheme::Pss { salt_length }, _) => pss_identifier(self.digest, salt_length),
            (Scheme::Usual, Id::EC) => ecdsa_identifier(self.digest),
            (Scheme::Usual, _) => rsa_identifier(self.digest),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        self.try_sign(message).map_err(|error| format!("the key could not sign: {error}"))
    }
}

/// ecdsa-with-SHA1/256/384/512, parameters absent (RFC 5758 section 3.2).
pub(crate) fn ecdsa_identifier(digest: DigestAlgorithm) -> Vec<u8> {
    match digest {
        DigestAlgorithm::Sha1 => vec![0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01],
        DigestAlgorithm::Sha256 => ecdsa_sha2(2),
        DigestAlgorithm::Sha384 => ecdsa_sha2(3),
        DigestAlgorithm::Sha512 => ecdsa_sha2(4),
    }
}

fn ecdsa_sha2(arc: u8) -> Vec<u8> {
    vec![0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, arc]
}

/// sha1/256/384/512WithRSAEncryption, parameters NULL (RFC 4055 section 5).
pub(crate) fn rsa_identifier(digest: DigestAlgorithm) -> Vec<u8> {
    let arc = match digest {
        DigestAlgorithm::Sha1 => 5,
        DigestAlgorithm::Sha256 => 11,
        DigestAlgorithm::Sha384 => 12,
        DigestAlgorithm::Sha512 => 13,
    };
    vec![0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, arc, 0x05, 0x00]
}

/// id-RSASSA-PSS with its parameters (RFC 4055 section 3.1).
fn pss_identifier(digest: DigestAlgorithm, salt_length: u8) -> Vec<u8> {
    let hash = match digest {
        DigestAlgorithm::Sha1 => vec![0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00],
        DigestAlgorithm::Sha256 => sha2_identifier(1),
        DigestAlgorithm::Sha384 => sha2_identifier(2),
        DigestAlgorithm::Sha512 => sha2_identifier(3),
    };
    let mgf1 = [&[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08], hash.as_slice()].concat();
    let salt = if salt_length < 0x80 { vec![0x02, 0x01, salt_length] } else { vec![0x02, 0x02, 0x00, salt_length] };
    let parameters = [short(0xa0, &hash), short(0xa1, &short(0x30, &mgf1)), short(0xa2, &salt)].concat();
    let oid = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    short(0x30, &[oid.as_slice(), &short(0x30, &parameters)].concat())
}

fn sha2_identifier(arc: u8) -> Vec<u8> {
    vec![0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc, 0x05, 0x00]
}

/// A DER object of under 128 octets.
fn short(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag, u8::try_from(content.len()).unwrap_or(u8::MAX)];
    out.extend_from_slice(content);
    out
}
