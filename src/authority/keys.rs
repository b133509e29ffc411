//! Key pairs: their kinds, and making many of them at once.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use serde::Deserialize;

use super::AuthorityError;
use crate::crypto::DigestAlgorithm;

/// A kind of key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum KeyKind {
    /// RSA of 1024 bits: too short on purpose, to try refusals with.
    #[serde(rename = "rsa-1024")]
    Rsa1024,
    /// RSA of 2048 bits, e = 65537.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// RSA of 3072 bits.
    #[serde(rename = "rsa-3072")]
    Rsa3072,
    /// RSA of 4096 bits.
    #[serde(rename = "rsa-4096")]
    Rsa4096,
    /// NIST P-256.
    #[serde(rename = "p-256")]
    P256,
    /// NIST P-384.
    #[serde(rename = "p-384")]
    P384,
    /// NIST P-521.
    #[serde(rename = "p-521")]
    P521,
}

impl KeyKind {
    /// A new key pair of this kind.
    ///
    /// # Errors
    /// When OpenSSL has no randomness or no memory.
    pub fn generate(self) -> Result<PKey<Private>, AuthorityError> {
        let key = match self {
            Self::Rsa1024 => PKey::from_rsa(Rsa::generate(1024)?)?,
            Self::Rsa2048 => PKey::from_rsa(Rsa::generate(2048)?)?,
            Self::Rsa3072 => PKey::from_rsa(Rsa::generate(3072)?)?,
            Self::Rsa4096 => PKey::from_rsa(Rsa::generate(4096)?)?,
            Self::P256 => elliptic(Nid::X9_62_PRIME256V1)?,
            Self::P384 => elliptic(Nid::SECP384R1)?,
            Self::P521 => elliptic(Nid::SECP521R1)?,
        };
        Ok(key)
    }
}

fn elliptic(curve: Nid) -> Result<PKey<Private>, AuthorityError> {
    let group = EcGroup::from_curve_name(curve)?;
    Ok(PKey::from_ec_key(EcKey::generate(&group)?)?)
}

/// A digest by its name in declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DigestName {
    /// SHA-1, to try refusals with.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestName {
    /// What suits a signing key: SHA-384 for P-384, SHA-512 for P-521, else SHA-256.
    pub fn usual_for(key: &PKey<Private>) -> Self {
        match (key.id(), key.bits()) {
            (Id::EC, bits) if bits > 384 => Self::Sha512,
            (Id::EC, bits) if bits > 256 => Self::Sha384,
            _ => Self::Sha256,
        }
    }

    /// For OpenSSL.
    pub fn message_digest(self) -> MessageDigest {
        match self {
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }

    /// For our own signing.
    pub fn algorithm(self) -> DigestAlgorithm {
        match self {
            Self::Sha1 => DigestAlgorithm::Sha1,
            Self::Sha256 => DigestAlgorithm::Sha256,
            Self::Sha384 => DigestAlgorithm::Sha384,
            Self::Sha512 => DigestAlgorithm::Sha512,
        }
    }
}

/// The subject key identifier: the left 160 bits of the SHA-256 of the SubjectPublicKeyInfo (RFC 7093 section 2,
/// method 4).
///
/// # Errors
/// When the key does not encode.
pub fn key_identifier(key: &PKey<Private>) -> Result<[u8; 20], AuthorityError> {
    let spki = key.public_key_to_der()?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &spki);
    let mut out = [0u8; 20];
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    Ok(out)
}

/// Makes a key pair for each of `kinds`, on every core, in the order given; `progress` hears after each how many there
/// are. (One RSA-2048 key takes about 0.1 s.)
///
/// # Errors
/// The first that failed.
pub fn generate_all(kinds: &[KeyKind], mut progress: impl FnMut(usize)) -> Result<Vec<PKey<Private>>, AuthorityError> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(kinds.len().max(1));
    let (sender, receiver) = mpsc::channel();
    let mut made: Vec<Option<PKey<Private>>> = kinds.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (next, sender) = (&next, sender.clone());
            scope.spawn(move || {
                while let Some((index, kind)) = take(next, kinds) {
                    if sender.send((index, kind.generate())).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (done, (index, key)) in receiver.iter().enumerate() {
            if let Some(place) = made.get_mut(index) {
                *place = Some(key?);
            }
            progress(done + 1);
        }
        Ok::<(), AuthorityError>(())
    })?;
    made.into_iter().map(|key| key.ok_or_else(|| AuthorityError::Fault("a key was not made".to_owned()))).collect()
}

fn take(next: &AtomicUsize, kinds: &[KeyKind]) -> Option<(usize, KeyKind)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    kinds.get(index).map(|kind| (index, *kind))
}
