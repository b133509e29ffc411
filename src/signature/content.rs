//! The content that a detached signature covers, as the caller has it at hand.
use std::cell::OnceCell;
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

    /// Its digest by `algorithm`.
    fn digest(&self, algorithm: DigestAlgorithm) -> Box<[u8]> {
        match self {
            Self::Hashed { sha256, .. } if algorithm == DigestAlgorithm::Sha256 => sha256.as_slice().into(),
            Self::Bytes(bytes) | Self::Hashed { bytes, .. } => algorithm.digest(bytes).as_ref().into(),
            Self::Digests(digests) => digests.of(algorithm).as_ref().into(),
        }
    }
}

/// The digests of what one message's signers sign, each made when it is first asked for, however many signers ask.
#[derive(Debug)]
pub(super) struct MessageDigests<'a> {
    given: Option<Content<'a>>,
    attached: Option<&'a Octets<'a>>,
    given_digests: Kept,
    attached_digests: Kept,
}

/// One place an algorithm, in the order of [`ALGORITHMS`].
type Kept = [OnceCell<Box<[u8]>>; ALGORITHMS.len()];

impl<'a> MessageDigests<'a> {
    /// Of the content that the caller gives and of the one that the message carries.
    pub(super) fn of(given: Option<Content<'a>>, attached: Option<&'a Octets<'a>>) -> Self {
        Self { given, attached, given_digests: Kept::default(), attached_digests: Kept::default() }
    }

    /// The digest of the given content, where there is one.
    pub(super) fn given(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        let given = self.given?;
        Some(kept(&self.given_digests, algorithm).get_or_init(|| given.digest(algorithm)))
    }

    /// The digest of the attached content, where there is one.
    pub(super) fn attached(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        let attached = self.attached?;
        let made = || digest_of(attached, algorithm).as_ref().into();
        Some(kept(&self.attached_digests, algorithm).get_or_init(made))
    }
}

fn kept([sha1, sha256, sha384, sha512]: &Kept, algorithm: DigestAlgorithm) -> &OnceCell<Box<[u8]>> {
    match algorithm {
        DigestAlgorithm::Sha1 => sha1,
        DigestAlgorithm::Sha256 => sha256,
        DigestAlgorithm::Sha384 => sha384,
        DigestAlgorithm::Sha512 => sha512,
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
fn digest_of(content: &Octets<'_>, algorithm: DigestAlgorithm) -> Digest {
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
                let digests = MessageDigests::of(Some(content), None);
                assert_eq!(digests.given(algorithm), Some(expected.as_ref()));
                // Asked again, it is the one that was made.
                assert!(std::ptr::eq(digests.given(algorithm).unwrap(), digests.given(algorithm).unwrap()));
                assert_eq!(digests.attached(algorithm), None);
            }
        }
        let over = ContentDigests::read(bytes.as_slice(), 299_999).unwrap_err();
        assert_eq!(over.kind(), std::io::ErrorKind::FileTooLarge);
    }
}
