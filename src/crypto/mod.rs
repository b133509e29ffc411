//! Public-key primitives: `ring` where it can, `openssl` where `ring` can't (PSS with other salt lengths,
//! ECDSA with SHA-512, P-521).
use chrono::{DateTime, Utc};

/// A digest algorithm that the engine can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-1: recognised, computed, never accepted by a policy of ours.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A parsed signature AlgorithmIdentifier (RFC 5280 4.1.1.2, RFC 4055, RFC 5758).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureAlgorithm {}

impl SignatureAlgorithm {
    /// Reads the DER of an AlgorithmIdentifier.
    pub fn from_der(_algorithm_identifier: &[u8]) -> Result<Self, CryptoError> {
        unimplemented!()
    }
    /// For reports: `SHA256withRSA`.
    pub fn name(&self) -> &'static str {
        unimplemented!()
    }
    /// The digest within.
    pub fn digest(&self) -> DigestAlgorithm {
        unimplemented!()
    }
}

/// A public key, parsed once from a SubjectPublicKeyInfo.
#[derive(Debug)]
pub struct PublicKey {}

impl PublicKey {
    /// Parses the DER of a SubjectPublicKeyInfo.
    pub fn from_spki_der(_spki: &[u8]) -> Result<Self, CryptoError> {
        unimplemented!()
    }
    /// Key size in bits.
    pub fn bits(&self) -> u32 {
        unimplemented!()
    }
    /// Verifies `signature` over `message` (digested here).
    pub fn verify(
        &self,
        _algorithm: &SignatureAlgorithm,
        _message: &[u8],
        _signature: &[u8],
    ) -> Result<(), CryptoError> {
        unimplemented!()
    }
}

/// Why a primitive did not do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The algorithm is not one we know.
    #[error("the algorithm is not known")]
    UnknownAlgorithm,
    /// The key cannot be read or is of another type than the algorithm.
    #[error("the public key cannot be read or does not fit the algorithm")]
    Key,
    /// The signature value does not verify.
    #[error("the signature value does not verify")]
    Signature,
}

/// The allow-list's question: may `algorithm` with a key of `bits` bits be relied on at `at`?
pub fn is_reliable(_algorithm: &SignatureAlgorithm, _bits: u32, _at: DateTime<Utc>) -> bool {
    unimplemented!()
}
