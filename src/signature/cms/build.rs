//! Building CAdES-B-B.
use chrono::{DateTime, Utc};

/// What signs: given the bytes of the signed attributes' DER SET, returns the signature value.
pub trait SignerKey {
    /// The signer's certificate, DER.
    fn certificate(&self) -> &[u8];
    /// Digest to use.
    fn digest(&self) -> crate::crypto::DigestAlgorithm;
    /// DER of the signatureAlgorithm AlgorithmIdentifier.
    fn signature_algorithm(&self) -> Vec<u8>;
    /// Signs `message` (digests it inside).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String>;
}

/// A detached CAdES-B-B signature over `content`, DER of the ContentInfo.
pub fn sign_detached(
    _content: &[u8],
    _key: &dyn SignerKey,
    _extra_certificates: &[Vec<u8>],
    _signing_time: DateTime<Utc>,
) -> Result<Vec<u8>, String> {
    unimplemented!()
}
