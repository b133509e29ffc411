//! What waits to be sent holds personal data: it lies in the record sealed (AES-256-GCM), so that a copy of the database
//! alone gives none of it away.
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};

/// Octets of the key.
pub const KEY_BYTES: usize = 32;

/// Seals and opens.
pub struct Sealer {
    key: LessSafeKey,
    rng: SystemRandom,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(not shown)")
    }
}

/// What was sealed cannot be opened: another key, another place, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was sealed cannot be opened with this key")]
pub struct SealError;

impl Sealer {
    /// With a key of 32 octets.
    ///
    /// # Errors
    /// Never in practice: the length is the key's.
    pub fn new(key: &[u8; KEY_BYTES]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError)?;
        Ok(Self { key: LessSafeKey::new(key), rng: SystemRandom::new() })
    }

    /// Seals `plain` for the place `name` (a message's identifier): nonce, ciphertext and tag. With random nonces of 96 bits
    /// one key is good for 2^32 of them (NIST SP 800-38D 8.3).
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn seal(&self, name: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE_LEN];
        self.rng.fill(&mut nonce).map_err(|_| SealError)?;
        let mut text = plain.to_vec();
        let place = Aad::from(name.as_bytes());
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place, &mut text)
            .map_err(|_| SealError)?;
        Ok([nonce.as_slice(), &text].concat())
    }

    /// Opens what was sealed for the place `name`.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut text = text.to_vec();
        let plain = self.key.open_in_place(nonce, Aad::from(name.as_bytes()), &mut text).map_err(|_| SealError)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_and_unchanged_only() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let sealed = sealer.seal("a", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(sealer.open("a", &sealed).unwrap(), b"secret");
        assert_eq!(sealer.open("b", &sealed), Err(SealError));
        assert_eq!(Sealer::new(&[8; 32]).unwrap().open("a", &sealed), Err(SealError));
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(sealer.open("a", &changed), Err(SealError), "{position}");
        }
        assert_eq!(sealer.open("a", &sealed[..5]), Err(SealError));
        assert_ne!(sealer.seal("a", b"secret").unwrap(), sealed, "no nonce comes twice");
    }
}
