//! Signing in: the authentication token of Web eID, format `web-eid:1.0`. What is signed is the hash of the origin followed by the
//! hash of the nonce's own characters, so that a token for one site is good at no other.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use der::asn1::UintRef;
use der::{Decode, Reader, SliceReader};
use serde_json::{Value, json};

use super::token::{KeyAlgorithm, TokenSession};
use super::{ClientError, signer};
use crate::crypto::DigestAlgorithm;

/// The format's name and version.
pub const FORMAT: &str = "web-eid:1.0";

/// Whether this may be a nonce: 256 bits or more in base64, and no longer than that ecosystem allows.
pub fn is_nonce(nonce: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    (44..=128).contains(&nonce.len()) && nonce.bytes().all(fits)
}

/// The token for `origin`, as JSON.
///
/// # Errors
/// When the session is not one for signing in, or the card fails.
pub fn token(
    session: &mut dyn TokenSession,
    origin: &str,
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<Value, ClientError> {
    let algorithm = session.algorithm();
    let digest = algorithm.digest();
    let mut message = digest.digest(origin.as_bytes()).as_ref().to_vec();
    message.extend_from_slice(digest.digest(nonce.as_bytes()).as_ref());
    let signed = signer::prove(session, &message, now)?;
    let signature = match algorithm {
        KeyAlgorithm::Rsa(_) => signed,
        KeyAlgorithm::Ecdsa(digest) => fixed(&signed, coordinate(digest)).ok_or_else(|| {
            ClientError::refused("card-malformed", "the card's answer cannot be used", "not an ECDSA value")
        })?,
    };
    Ok(json!({
        "format": FORMAT,
        "unverifiedCertificate": STANDARD.encode(session.certificate()),
        "algorithm": algorithm.jose_name(),
        "signature": STANDARD.encode(signature),
        "appVersion": concat!("https://madoguchi.example/madoguchi-card/releases/", env!("CARGO_PKG_VERSION")),
    }))
}

/// How long a coordinate of the curve is that goes with a digest (RFC 7518 3.4).
fn coordinate(digest: DigestAlgorithm) -> usize {
    match digest {
        DigestAlgorithm::Sha384 => 48,
        DigestAlgorithm::Sha512 => 66,
        _ => 32,
    }
}

/// An ECDSA-Sig-Value (RFC 3279) as r and s of fixed length, which is what JSON Web Algorithms want.
fn fixed(signature: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(signature).ok()?;
    let (r, s) =
        reader.sequence(|inner| Ok::<_, der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?))).ok()?;
    reader.finish(()).ok()?;
    let mut out = Vec::with_capacity(length * 2);
    for value in [r, s] {
        let bytes = value.as_bytes();
        out.extend(std::iter::repeat_n(0, length.checked_sub(bytes.len())?));
        out.extend_from_slice(bytes);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ecdsa_value_gets_its_fixed_length() {
        let value = [0x30, 0x08, 0x02, 0x01, 0x05, 0x02, 0x03, 0x00, 0x80, 0x01];
        assert_eq!(fixed(&value, 4).unwrap(), [0, 0, 0, 5, 0, 0, 0x80, 1]);
        assert_eq!(fixed(&value, 1), None);
        assert_eq!(fixed(&[0x30, 0x00], 32), None);
        assert_eq!(fixed(&[&value[..], &[0]].concat(), 4), None);
    }

    #[test]
    fn a_nonce_has_256_bits() {
        assert!(is_nonce(&STANDARD.encode([1u8; 32])));
        for wrong in ["", "short", &"a".repeat(129), &format!("{}\n", "a".repeat(44))] {
            assert!(!is_nonce(wrong), "{wrong}");
        }
    }
}
