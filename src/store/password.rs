//! Passwords: argon2id with a random salt, and a wrong name costs as much time as a wrong password.
use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::StoreError;

/// The fewest characters of a password (NIST SP 800-63B-4 3.1.1.2 asks for 15 where it stands alone; the gateway
/// locks out guessers, so 12 do).
pub const SHORTEST: usize = 12;
/// The most bytes: a longer one would only make the gateway work.
pub const LONGEST: usize = 256;

/// A password that may be set: long enough, and not the sign-in name over again.
pub struct NewPassword(Zeroizing<String>);

/// Why a password may not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than [`SHORTEST`] characters.
    #[error("a password has at least {SHORTEST} characters")]
    Short,
    /// More than [`LONGEST`] bytes.
    #[error("a password has at most {LONGEST} bytes")]
    Long,
    /// One character over and over, or the sign-in name within it.
    #[error("this password is too easy to guess: it repeats one character, or holds the sign-in name")]
    Guessable,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

impl NewPassword {
    /// Checks a password that somebody chose.
    ///
    /// # Errors
    /// [`WeakPassword`].
    pub fn chosen(text: &str, login: &str) -> Result<Self, WeakPassword> {
        if text.len() > LONGEST {
            return Err(WeakPassword::Long);
        }
        if text.chars().count() < SHORTEST {
            return Err(WeakPassword::Short);
        }
        let mut kinds: Vec<char> = text.chars().collect();
        kinds.sort_unstable();
        kinds.dedup();
        let holds_login = login.len() >= 4 && text.to_lowercase().contains(&login.to_lowercase());
        if kinds.len() < 4 || holds_login {
            return Err(WeakPassword::Guessable);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// A random one: 20 letters and digits that are not mistaken for one another, in groups (about 99 bits).
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generated() -> Result<Self, StoreError> {
        const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
        let mut text = Zeroizing::new(String::new());
        while text.len() < 23 {
            if text.len() % 6 == 5 {
                text.push('-');
                continue;
            }
            let mut byte = [0_u8];
            SystemRandom::new().fill(&mut byte).map_err(|_| StoreError::Fault("no randomness".to_owned()))?;
            // 31 letters: the hyphen at the end of the table stands for "draw again", so that each is equally likely.
            let letter = LETTERS.get(usize::from(byte[0] % 32)).copied().unwrap_or(b'-');
            if letter != b'-' {
                text.push(char::from(letter));
            }
        }
        Ok(Self(text))
    }

    /// The password, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its hash in PHC form. Takes about 20 ms and 19 MiB: not on a thread that serves requests.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn hash(&self) -> Result<String, StoreError> {
        let mut raw = [0_u8; 16];
        SystemRandom::new().fill(&mut raw).map_err(|_| StoreError::Fault("no randomness".to_owned()))?;
        let salt = SaltString::encode_b64(&raw).map_err(fault)?;
        Ok(hasher()?.hash_password(self.0.as_bytes(), &salt).map_err(fault)?.to_string())
    }

    /// [`NewPassword::hash`] on a thread that may be kept busy.
    ///
    /// # Errors
    /// As [`NewPassword::hash`].
    pub async fn hash_aside(self) -> Result<String, StoreError> {
        tokio::task::spawn_blocking(move || self.hash()).await.map_err(fault)?
    }
}

fn fault(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("password hashing: {error}"))
}

/// argon2id with 19 MiB, two passes, one lane (RFC 9106; the first of OWASP's equivalent choices).
fn hasher() -> Result<Argon2<'static>, StoreError> {
    let params = Params::new(19_456, 2, 1, None).map_err(fault)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether `password` is the one of `hash`; with no hash (an unknown name) it takes as long and says no.
///
/// # Errors
/// When the hash in the record cannot be read.
pub fn verify(password: &str, hash: Option<&str>) -> Result<bool, StoreError> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    if password.len() > LONGEST {
        return Ok(false);
    }
    let nobody = match NOBODY.get() {
        Some(hash) => hash,
        None => {
            let made = NewPassword::generated()?.hash()?;
            NOBODY.get_or_init(|| made)
        }
    };
    let parsed = PasswordHash::new(hash.unwrap_or(nobody)).map_err(fault)?;
    Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some())
}

/// [`verify`] on a thread that may be kept busy; two at a time, so that a flood of sign-ins leaves cores and memory for
/// filings.
///
/// # Errors
/// As [`verify`].
pub async fn verify_aside(password: Zeroizing<String>, hash: Option<String>) -> Result<bool, StoreError> {
    static TWO: Semaphore = Semaphore::const_new(2);
    let _place = TWO.acquire().await.map_err(fault)?;
    tokio::task::spawn_blocking(move || verify(&password, hash.as_deref())).await.map_err(fault)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let hash = NewPassword::chosen("correct horse battery", "tanaka").unwrap().hash().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery", Some(&hash)).unwrap());
        assert!(!verify("correct horse batterz", Some(&hash)).unwrap());
        assert!(!verify("correct horse battery", None).unwrap());
    }

    #[test]
    fn weak_ones_are_not_taken() {
        let refused = |text: &str| NewPassword::chosen(text, "chiyoda").unwrap_err();
        assert_eq!(refused("short"), WeakPassword::Short);
        assert_eq!(refused("aaaaaaaaaaaaaaaa"), WeakPassword::Guessable);
        assert_eq!(refused("my-Chiyoda-2026"), WeakPassword::Guessable);
        assert_eq!(refused(&"long".repeat(100)), WeakPassword::Long);
        assert!(NewPassword::chosen("ながいながいあいことば、です。", "chiyoda").is_ok());
    }

    #[test]
    fn generated_ones_differ_and_may_be_set() {
        let (one, other) = (NewPassword::generated().unwrap(), NewPassword::generated().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), 23);
        assert!(NewPassword::chosen(one.reveal(), "x").is_ok());
    }
}
