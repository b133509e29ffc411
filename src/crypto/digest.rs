//! Digest algorithms.
use ring::digest;

/// A digest algorithm that the engine can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];
const MD5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05];
const SHA224: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04];

impl DigestAlgorithm {
    /// By the contents octets of its OBJECT IDENTIFIER.
    pub fn from_oid(oid: &[u8]) -> Option<Self> {
        [Self::Sha256, Self::Sha384, Self::Sha512, Self::Sha1].into_iter().find(|known| known.oid() == oid)
    }

    /// The contents octets of its OBJECT IDENTIFIER.
    pub fn oid(self) -> &'static [u8] {
        match self {
            Self::Sha1 => SHA1,
            Self::Sha256 => SHA256,
            Self::Sha384 => SHA384,
            Self::Sha512 => SHA512,
        }
    }

    /// For reports: `SHA256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
        }
    }

    /// Octets of its value.
    pub fn size(self) -> usize {
        self.ring().output_len()
    }

    /// The digest of `message`.
    pub fn digest(self, message: &[u8]) -> digest::Digest {
        digest::digest(self.ring(), message)
    }

    /// For hashing in pieces with `ring::digest::Context`.
    pub fn ring(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    pub(super) fn openssl(self) -> openssl::hash::MessageDigest {
        match self {
            Self::Sha1 => openssl::hash::MessageDigest::sha1(),
            Self::Sha256 => openssl::hash::MessageDigest::sha256(),
            Self::Sha384 => openssl::hash::MessageDigest::sha384(),
            Self::Sha512 => openssl::hash::MessageDigest::sha512(),
        }
    }
}

/// The name in a report of the digest algorithm with these OID contents, known or not.
pub fn digest_name(oid: &[u8]) -> &'static str {
    match DigestAlgorithm::from_oid(oid) {
        Some(known) => known.name(),
        None if oid == MD5 => "MD5",
        None if oid == SHA224 => "SHA224",
        None => "unknown",
    }
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// SHA-256 of `bytes` in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(&sha256(bytes))
}

/// `bytes` in lower-case hex. (`hex::encode` builds its text character by character, several times slower than into a
/// slice, and a report holds a dozen of these.)
pub fn to_hex(bytes: &[u8]) -> String {
    let mut text = vec![0; bytes.len() * 2];
    let written = hex::encode_to_slice(bytes, &mut text).ok().and_then(|()| String::from_utf8(text).ok());
    // It fails for a slice of another length only.
    written.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_has_its_own_oid_name_and_size() {
        for (algorithm, size) in [
            (DigestAlgorithm::Sha1, 20),
            (DigestAlgorithm::Sha256, 32),
            (DigestAlgorithm::Sha384, 48),
            (DigestAlgorithm::Sha512, 64),
        ] {
            assert_eq!(DigestAlgorithm::from_oid(algorithm.oid()), Some(algorithm));
            assert_eq!((algorithm.size(), algorithm.digest(b"").as_ref().len()), (size, size));
            let by_openssl = openssl::hash::hash(algorithm.openssl(), b"abc").unwrap();
            assert_eq!(algorithm.digest(b"abc").as_ref(), &*by_openssl);
        }
        assert_eq!((digest_name(MD5), digest_name(b"\x2a")), ("MD5", "unknown"));
        assert_eq!(to_hex(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
