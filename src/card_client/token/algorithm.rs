//! How a card's key signs, by its certificate; and the proof that it did.
use super::{Purpose, TokenError};
use crate::crypto::{Curve, DigestAlgorithm, SignatureAlgorithm};
use crate::pki::certificate::Certificate;
use crate::pki::jpki::{AUTHENTICATION_POLICIES, SIGNING_POLICIES};
use crate::signature::cms::software_key::{ecdsa_identifier, rsa_identifier};

/// The largest certificate that is taken from a card, in bytes.
pub const MAX_CERTIFICATE: usize = 16 << 10;

/// A signature algorithm of a card's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    Rsa(DigestAlgorithm),
    /// ECDSA.
    Ecdsa(DigestAlgorithm),
}

impl KeyAlgorithm {
    /// The usual one of a certificate's key (DER): SHA-256 with RSA and P-256, SHA-384 with P-384, SHA-512 with P-521.
    ///
    /// # Errors
    /// When the certificate cannot be read, or its key is of another kind.
    pub fn of_certificate(der: &[u8]) -> Result<Self, TokenError> {
        let certificate = read(der)?;
        let key =
            certificate.public_key().map_err(|_| TokenError::Malformed("its certificate's key cannot be read"))?;
        match (key.is_rsa(), key.curve()) {
            (true, _) => Ok(Self::Rsa(DigestAlgorithm::Sha256)),
            (false, Some(Curve::P256)) => Ok(Self::Ecdsa(DigestAlgorithm::Sha256)),
            (false, Some(Curve::P384)) => Ok(Self::Ecdsa(DigestAlgorithm::Sha384)),
            (false, Some(Curve::P521)) => Ok(Self::Ecdsa(DigestAlgorithm::Sha512)),
            (false, None) => Err(TokenError::Unusable("its key is neither RSA nor on a curve of NIST".to_owned())),
        }
    }

    /// The digest.
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Rsa(digest) | Self::Ecdsa(digest) => digest,
        }
    }

    /// DER of its AlgorithmIdentifier.
    pub fn identifier(self) -> Vec<u8> {
        match self {
            Self::Rsa(digest) => rsa_identifier(digest),
            Self::Ecdsa(digest) => ecdsa_identifier(digest),
        }
    }

    /// Its name in JSON Web Algorithms (RFC 7518): `RS256`, `ES384`.
    pub fn jose_name(self) -> &'static str {
        match self {
            Self::Rsa(DigestAlgorithm::Sha512) => "RS512",
            Self::Rsa(DigestAlgorithm::Sha384) => "RS384",
            Self::Rsa(_) => "RS256",
            Self::Ecdsa(DigestAlgorithm::Sha512) => "ES512",
            Self::Ecdsa(DigestAlgorithm::Sha384) => "ES384",
            Self::Ecdsa(_) => "ES256",
        }
    }

    /// Checks a signature of the card's with its own certificate: what a broken or hostile card or module answers ends
    /// here, not at the gateway.
    ///
    /// # Errors
    /// [`TokenError::Malformed`].
    pub fn prove(self, certificate: &[u8], message: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        let wrong = |_| TokenError::Malformed("its signature does not verify with its certificate");
        let algorithm = SignatureAlgorithm::from_der(&self.identifier()).map_err(wrong)?;
        read(certificate)?.public_key().and_then(|key| key.verify(&algorithm, message, signature)).map_err(wrong)
    }
}

/// Whether a certificate (DER) is one that a card uses for `purpose`: not a CA's; for signing with nonRepudiation or without
/// any key usage, for signing in with digitalSignature and without nonRepudiation; and in no case one whose policy is the other
/// purpose's.
pub fn serves(der: &[u8], purpose: Purpose) -> bool {
    let Ok(certificate) = read(der) else { return false };
    let usage = certificate.key_usage();
    let marked =
        |policies: &[&str]| certificate.policies().iter().any(|policy| policies.contains(&policy.to_string().as_str()));
    !certificate.is_ca()
        && match purpose {
            Purpose::Signature => usage.is_none_or(|usage| usage.non_repudiation()) && !marked(AUTHENTICATION_POLICIES),
            Purpose::Authentication => {
                usage.is_some_and(|usage| usage.digital_signature() && !usage.non_repudiation())
                    && !marked(SIGNING_POLICIES)
            }
        }
}

/// That a certificate (DER) [`serves`] a purpose.
///
/// # Errors
/// [`TokenError::WrongPurpose`]; [`TokenError::Malformed`] when it is no certificate.
pub fn check_purpose(der: &[u8], purpose: Purpose) -> Result<(), TokenError> {
    read(der)?;
    if serves(der, purpose) { Ok(()) } else { Err(TokenError::WrongPurpose { purpose }) }
}

/// Reads a certificate that a card gave.
///
/// # Errors
/// [`TokenError::Malformed`] when it is none, or longer than [`MAX_CERTIFICATE`].
pub fn read(der: &[u8]) -> Result<Certificate, TokenError> {
    if der.len() > MAX_CERTIFICATE {
        return Err(TokenError::Malformed("its certificate is longer than 16 KiB"));
    }
    Certificate::from_der(der).map_err(|_| TokenError::Malformed("its certificate cannot be read"))
}
