//! The nine algorithms of a token, by the names of RFC 7518 sections 3.3 to 3.5.
use crate::asn1::write;
use crate::crypto::{CryptoError, Curve, DigestAlgorithm, PublicKey, Scheme, SignatureAlgorithm};

/// How the token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenAlgorithm {
    name: &'static str,
    family: Family,
    digest: DigestAlgorithm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Ecdsa(Curve),
    RsaPss,
    RsaPkcs1,
}

use DigestAlgorithm::{Sha256, Sha384, Sha512};

const ALL: &[TokenAlgorithm] = &[
    TokenAlgorithm { name: "ES256", family: Family::Ecdsa(Curve::P256), digest: Sha256 },
    TokenAlgorithm { name: "ES384", family: Family::Ecdsa(Curve::P384), digest: Sha384 },
    TokenAlgorithm { name: "ES512", family: Family::Ecdsa(Curve::P521), digest: Sha512 },
    TokenAlgorithm { name: "PS256", family: Family::RsaPss, digest: Sha256 },
    TokenAlgorithm { name: "PS384", family: Family::RsaPss, digest: Sha384 },
    TokenAlgorithm { name: "PS512", family: Family::RsaPss, digest: Sha512 },
    TokenAlgorithm { name: "RS256", family: Family::RsaPkcs1, digest: Sha256 },
    TokenAlgorithm { name: "RS384", family: Family::RsaPkcs1, digest: Sha384 },
    TokenAlgorithm { name: "RS512", family: Family::RsaPkcs1, digest: Sha512 },
];

impl TokenAlgorithm {
    /// The algorithm of that name; none of another.
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|algorithm| algorithm.name == name)
    }

    /// `ES256`, `PS384`, `RS512` ...
    pub fn name(self) -> &'static str {
        self.name
    }

    /// What the algorithm asks of a key: its type, and of an elliptic one its curve (RFC 7518 3.4).
    pub(super) fn fits(self, key: &PublicKey) -> bool {
        match self.family {
            Family::Ecdsa(curve) => key.curve() == Some(curve),
            Family::RsaPss | Family::RsaPkcs1 => key.is_rsa(),
        }
    }

    /// The same as certificates name it. PSS has a salt as long as the digest, and MGF1 with it (RFC 7518 3.5).
    pub(super) fn signature_algorithm(self) -> SignatureAlgorithm {
        SignatureAlgorithm::of(match self.family {
            Family::Ecdsa(_) => Scheme::Ecdsa(self.digest),
            Family::RsaPss => Scheme::RsaPss {
                digest: self.digest,
                mgf_digest: self.digest,
                salt: u16::try_from(self.digest.size()).unwrap_or_default(),
            },
            Family::RsaPkcs1 => Scheme::RsaPkcs1(self.digest),
        })
    }

    /// What is signed: the digest of the origin, then that of the nonce's text.
    fn message(self, origin: &str, nonce: &str) -> Vec<u8> {
        let digest = |text: &str| self.digest.digest(text.as_bytes());
        [digest(origin).as_ref(), digest(nonce).as_ref()].concat()
    }

    /// Verifies `signature` over `origin` and `nonce`.
    pub(super) fn verify(
        self,
        key: &PublicKey,
        (origin, nonce): (&str, &str),
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        if !self.fits(key) {
            return Err(CryptoError::Key);
        }
        let message = self.message(origin, nonce);
        match self.family {
            Family::Ecdsa(curve) => {
                let value = der_of(signature, curve).ok_or(CryptoError::Signature)?;
                key.verify(&self.signature_algorithm(), &message, &value)
            }
            Family::RsaPss | Family::RsaPkcs1 => key.verify(&self.signature_algorithm(), &message, signature),
        }
    }
}

/// R and S side by side, each as long as the curve's field (RFC 7518 3.4), as the SEQUENCE of two INTEGERs that
/// everything else takes.
fn der_of(signature: &[u8], curve: Curve) -> Option<Vec<u8>> {
    let octets = match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
        Curve::P521 => 66,
    };
    if signature.len() != 2 * octets {
        return None;
    }
    let (r, s) = signature.split_at(octets);
    Some(write::sequence(&[&positive(r), &positive(s)]))
}

fn positive(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let short = octets.get(zeros..).unwrap_or_default();
    let mut content = Vec::with_capacity(short.len() + 1);
    if short.first().is_none_or(|first| first & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(short);
    write::integer(&content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_its_own_and_others_are_none() {
        for algorithm in ALL {
            assert_eq!(TokenAlgorithm::named(algorithm.name()), Some(*algorithm));
            assert!(algorithm.signature_algorithm().digest().is_some());
        }
        for wrong in ["", "none", "HS256", "es256", "ES256K", "RS1", "EdDSA", "RS256 "] {
            assert_eq!(TokenAlgorithm::named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn integers_are_written_in_their_shortest_form() {
        assert_eq!(positive(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(positive(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(positive(&[0, 0]), [2, 1, 0]);
        assert_eq!(der_of(&[1; 64], Curve::P256).unwrap().len(), 2 + 2 * 34);
        for wrong in [0, 63, 65, 96] {
            assert_eq!(der_of(&vec![1; wrong], Curve::P256), None);
        }
    }
}
