//! The allow-list: RSA of 2,048 to 4,096 bits and ECDSA on P-256, P-384 and P-521, with SHA-256, SHA-384 or SHA-512.
//! (A signature policy may allow less, never more.)
use chrono::{DateTime, Utc};

use super::algorithm::Scheme;
use super::{DigestAlgorithm, PublicKey, SignatureAlgorithm};

/// Why an algorithm with a key cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weakness {
    /// A sentence without personal data.
    pub reason: &'static str,
    /// When it stopped being reliable; none where it never was on the list.
    pub end: Option<DateTime<Utc>>,
}

impl Weakness {
    /// Whether something that is known to have been made after `time` was made after the end.
    pub fn had_ended_by(&self, time: DateTime<Utc>) -> bool {
        self.end.is_none_or(|end| time >= end)
    }
}

/// 2014-01-01: SHA-1 and 80-bit keys were disallowed for making signatures after 2013 (NIST SP 800-131A, tables 2 and 9).
const END_OF_SHA1: i64 = 1_388_534_400;
/// 2004-08-17: the day on which MD5 collisions were published.
const END_OF_MD5: i64 = 1_092_700_800;

const WEAK_SHA1: &str = "SHA-1 is not reliable any more";
const SMALL_RSA: &str = "the RSA key is shorter than 2,048 bits";

/// Why `algorithm` with `key` cannot be relied on; none where it can.
pub fn weakness(algorithm: &SignatureAlgorithm, key: &PublicKey) -> Option<Weakness> {
    weak_algorithm(algorithm).or_else(|| weak_key(key))
}

/// The allow-list's question: may `algorithm` with `key` be relied on?
pub fn is_reliable(algorithm: &SignatureAlgorithm, key: &PublicKey) -> bool {
    weakness(algorithm, key).is_none()
}

impl DigestAlgorithm {
    /// Why this digest cannot be relied on; none where it can.
    pub fn weakness(self) -> Option<Weakness> {
        match self {
            Self::Sha1 => Some(weak(WEAK_SHA1, END_OF_SHA1)),
            Self::Sha256 | Self::Sha384 | Self::Sha512 => None,
        }
    }
}

/// Why `algorithm` cannot be relied on with any key; none where it can.
pub fn weak_algorithm(algorithm: &SignatureAlgorithm) -> Option<Weakness> {
    match algorithm.scheme() {
        Scheme::RsaPss { digest, mgf_digest, .. } => digest.weakness().or_else(|| mgf_digest.weakness()),
        Scheme::RsaPkcs1(digest) | Scheme::Ecdsa(digest) => digest.weakness(),
        Scheme::Other("MD5withRSA") => Some(MD5_WEAKNESS),
        Scheme::Other(_) => Some(Weakness { reason: "the signature algorithm is not on the list", end: None }),
    }
}

/// Why `key` cannot be relied on with any algorithm; none where it can.
pub fn weak_key(key: &PublicKey) -> Option<Weakness> {
    match (key.is_rsa(), key.curve(), key.bits()) {
        (true, _, ..2048) => Some(weak(SMALL_RSA, END_OF_SHA1)),
        (true, _, bits @ 2048..=4096) if bits.is_multiple_of(8) && key.is_usable() => None,
        (true, ..) => Some(Weakness { reason: "the RSA key has an unusual size or exponent", end: None }),
        (_, Some(_), _) => None,
        _ => Some(Weakness { reason: "the key's algorithm is not on the list", end: None }),
    }
}

/// MD5, which is only ever named.
pub const MD5_WEAKNESS: Weakness = weak("MD5 is not reliable any more", END_OF_MD5);

const fn weak(reason: &'static str, end: i64) -> Weakness {
    Weakness { reason, end: DateTime::from_timestamp(end, 0) }
}
