//! The content that a detached signature covers, as the caller has it at hand.
use std::io::Read;

use ring::digest::{Context, Digest};

use super::cms::Octets;
use crate::crypto::DigestAlgorithm;

/// What was signed, by the caller's word.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// Its bytes, and their SHA-256 as it was computed while they came in.
    Hashed {
        /// The bytes.
        bytes: &'a [u8],
        /// SHA-256 of them.
        sha256: [u8; 32],
    },
    /// Its digests alone, of content too large to be held.
    Digests(&'a ContentDigests),
}

impl<'a> From<&'a [u8]> for Content<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Content<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Content<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> Content<'a> {
    /// The bytes, where they are at hand.
    pub fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) | Self::Hashed { bytes, .. } => Some(bytes),
            Self::Digests(_) => None,
        }
    }

    /// Whether its digest by `algorithm` is `expected`.
    pub(super) fn has_digest(&self, algorithm: DigestAlgorithm, expected: &[u8]) -> bool {
        match self {
            Self::Hashed { sha256, .. } if algorithm == DigestAlgorithm::Sha256 => sha256 == expected,
            Self::Bytes(bytes) | Self::Hashed { bytes, .. } => algorithm.digest(bytes).as_ref() == expected,
            Self::Digests(digests) => digests.of(algorithm).as_ref() == expected,
        }
    }
}

/// The digests of a content by every algorithm that we know, made in one pass.
#[derive(Debug)]
pub struct ContentDigests([Digest; ALGORITHMS.len()]);

const ALGORITHMS: [DigestAlgorithm; 4] =
    [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

impl ContentDigests {
    /// Reads `content` to its end, or fails with [`std::io::ErrorKind::FileTooLarge`] where it is longer than `limit`.
    ///
    /// # Errors
    /// What reading gives.
    pub fn read(mut content: impl Read, limit: u64) -> std::io::Result<Self> {
        let mut contexts = ALGORITHMS.map(|algorithm| Context::new(algorithm.ring()));
        let mut buffer = vec![0; 256 * 1024];
        let mut total = 0_u64;
        loop {
            let count = content.read(&mut buffer)?;
            if count == 0 {
                return Ok(Self(contexts.map(Context::finish)));
            }
            total += count as u64;
            if total > limit {
                return Err(std::io::ErrorKind::FileTooLarge.into());
            }
            let read = buffer.get(..count).unwrap_or_default();
            contexts.iter_mut().for_each(|context| context.update(read));
        }
    }

    fn of(&self, algorithm: DigestAlgorithm) -> &Digest {
        let [sha1, sha256, sha384, sha512] = &self.0;
        match algorithm {
            DigestAlgorithm::Sha1 => sha1,
            DigestAlgorithm::Sha256 => sha256,
            DigestAlgorithm::Sha384 => sha384,
            DigestAlgorithm::Sha512 => sha512,
        }
    }
}

/// The digest of attached content, walked piece by piece.
pub(super) fn digest_of(content: &Octets<'_>, algorithm: DigestAlgorithm) -> Digest {
    let mut context = Context::new(algorithm.ring());
    content.walk(|piece| context.update(piece));
    context.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_at_hand_the_digest_is_the_same() {
        let bytes = vec![7; 300_000];
        let digests = ContentDigests::read(bytes.as_slice(), 300_000).unwrap();
        for algorithm in ALGORITHMS {
            let expected = algorithm.digest(&bytes);
            let sha256 = crate::crypto::sha256(&bytes);
            for content in
                [Content::Bytes(&bytes), Content::Hashed { bytes: &bytes, sha256 }, Content::Digests(&digests)]
            {
                assert!(content.has_digest(algorithm, expected.as_ref()));
                assert!(!content.has_digest(algorithm, &expected.as_ref()[1..]));
            }
        }
        let over = ContentDigests::read(bytes.as_slice(), 299_999).unwrap_err();
        assert_eq!(over.kind(), std::io::ErrorKind::FileTooLarge);
    }
}
