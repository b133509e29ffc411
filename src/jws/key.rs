//! A private ES256 key.
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use zeroize::Zeroizing;

use super::{Jwk, JwsError};

/// An ES256 key that signs tokens. Its `kid` is the RFC 7638 thumbprint of its public half.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    jwk: Jwk,
    rng: SystemRandom,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.jwk.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key pair, as the DER of a PKCS#8 `OneAsymmetricKey` (RFC 5958).
    ///
    /// # Errors
    /// [`JwsError::Random`] when the system has no randomness to give.
    pub fn generate_pkcs8() -> Result<Zeroizing<Vec<u8>>, JwsError> {
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(|_| JwsError::Random)
    }

    /// Reads a P-256 key from PKCS#8 DER.
    ///
    /// # Errors
    /// [`JwsError::Key`] when it is not one.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, JwsError> {
        let rng = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &rng)
            .map_err(|_| JwsError::Key("not a P-256 private key in PKCS#8"))?;
        let jwk = Jwk::from_uncompressed_point(pair.public_key().as_ref())?;
        Ok(Self { pair, jwk, rng })
    }

    /// The key's identifier: the RFC 7638 SHA-256 thumbprint, base64url.
    pub fn kid(&self) -> &str {
        &self.jwk.kid
    }

    /// The public half.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The compact JWS over `payload`, with the header `{"alg":"ES256","kid":...,"typ":...}`.
    ///
    /// # Errors
    /// [`JwsError::Random`] when the system has no randomness to give.
    pub fn sign(&self, typ: &str, payload: &[u8]) -> Result<String, JwsError> {
        // `typ` is one of this module's constants and `kid` is base64url: neither needs escaping.
        let header = format!(r#"{{"alg":"ES256","kid":"{}","typ":"{typ}"}}"#, self.jwk.kid);
        let mut token = String::with_capacity((header.len() + payload.len() + 64) * 4 / 3 + 8);
        URL_SAFE_NO_PAD.encode_string(header, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.pair.sign(&self.rng, token.as_bytes()).map_err(|_| JwsError::Random)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        Ok(token)
    }
}
