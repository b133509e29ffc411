//! Sealing what the registry keeps: AES-256-GCM with a random nonce, bound to the row it stands in, and the keyed hash by which
//! a Resident Record Code is found and is unique.
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::registry::code::{CheckDigitRule, ResidentRecordCode};
use crate::store::StoreError;

/// Length of the key file `keys/registry.key`, in bytes: 32 for sealing, 32 for hashes.
pub const VAULT_KEY_BYTES: usize = 64;

/// The form of what is sealed, its first byte.
const FORM: u8 = 1;

/// The registry's keys and its rule for codes. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    seal: LessSafeKey,
    hash: hmac::Key,
    rng: SystemRandom,
    rule: CheckDigitRule,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(not shown)")
    }
}

impl Vault {
    /// With the bytes of the key file.
    ///
    /// # Errors
    /// [`StoreError::Fault`] when they make no key.
    pub fn new(key: &[u8; VAULT_KEY_BYTES], rule: CheckDigitRule) -> Result<Self, StoreError> {
        let (seal, hash) = key.split_at(32);
        let seal = UnboundKey::new(&AES_256_GCM, seal).map_err(|_| fault("the registry's key makes no key"))?;
        let (seal, hash) = (LessSafeKey::new(seal), hmac::Key::new(hmac::HMAC_SHA256, hash));
        Ok(Self(Arc::new(Inner { seal, hash, rng: SystemRandom::new(), rule })))
    }

    /// The rule for check digits.
    pub fn rule(&self) -> CheckDigitRule {
        self.0.rule
    }

    /// A random code; whether it is free is for the record to say.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn random_code(&self) -> Result<ResidentRecordCode, StoreError> {
        ResidentRecordCode::random(&self.0.rng, self.0.rule).map_err(|_| fault("the system has no randomness"))
    }

    /// The keyed hash by which a code is found.
    pub fn code_hmac(&self, code: &ResidentRecordCode) -> Vec<u8> {
        hmac::sign(&self.0.hash, code.expose().as_bytes()).as_ref().to_vec()
    }

    /// The keyed hash by which the same claim about a person is known again.
    pub fn claim_hmac(&self, claim: &str) -> Vec<u8> {
        hmac::sign(&self.0.hash, format!("claim:{claim}").as_bytes()).as_ref().to_vec()
    }

    /// Seals a value for one place: only there it opens again.
    ///
    /// # Errors
    /// When it cannot be written down, or the system has no randomness.
    pub fn seal<T: Serialize>(&self, place: &str, value: &T) -> Result<Vec<u8>, StoreError> {
        let plain = serde_json::to_vec(value).map_err(|_| fault("a value cannot be written down"))?;
        let plain = Zeroizing::new(plain);
        let mut nonce = [0_u8; NONCE_LEN];
        self.0.rng.fill(&mut nonce).map_err(|_| fault("the system has no randomness"))?;
        let mut body = plain.to_vec();
        self.0
            .seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body)
            .map_err(|_| fault("a value cannot be sealed"))?;
        Ok([&[FORM], nonce.as_slice(), &body].concat())
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it was changed, moved from another place, or sealed under another key.
    pub fn open<T: DeserializeOwned>(&self, place: &str, sealed: &[u8]) -> Result<T, StoreError> {
        let damaged = || StoreError::Damaged("a sealed row of the registry does not open".to_owned());
        let (form, rest) = sealed.split_first().ok_or_else(damaged)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        if *form != FORM {
            return Err(damaged());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = self.0.seal.open_in_place(nonce, Aad::from(place), &mut body).map_err(|_| damaged())?;
        serde_json::from_slice(plain).map_err(|_| damaged())
    }
}

fn fault(what: &str) -> StoreError {
    StoreError::Fault(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        Vault::new(&[byte; VAULT_KEY_BYTES], CheckDigitRule::Modulus11).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only_and_shows_nothing() {
        let vault = vault(7);
        let sealed = vault.seal("record 1", &"12345678903").unwrap();
        assert_eq!(vault.open::<String>("record 1", &sealed).unwrap(), "12345678903");
        assert!(!sealed.windows(5).any(|window| window == b"34567"));
        assert!(vault.open::<String>("record 2", &sealed).is_err());
        assert!(super::tests::vault(8).open::<String>("record 1", &sealed).is_err());
        assert_ne!(vault.seal("record 1", &"12345678903").unwrap(), sealed, "each sealing has its own nonce");
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(vault.open::<String>("record 1", &changed).is_err(), "{position}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open::<String>("record 1", &sealed[..length]).is_err());
        }
    }

    #[test]
    fn codes_are_found_by_a_hash_that_needs_the_key() {
        let code = vault(7).random_code().unwrap();
        assert_eq!(vault(7).code_hmac(&code), vault(7).code_hmac(&code));
        assert_ne!(vault(7).code_hmac(&code), vault(8).code_hmac(&code));
    }
}
