//! What holds the key: a PKCS#12 file for demos; cards come to stand beside it.
pub mod pkcs12;

use super::ClientError;
use super::pin::Pin;
use crate::signature::cms::build::SignerKey;

/// Something that holds one certificate and its key behind a PIN.
pub trait Token: Send {
    /// What a person knows it by.
    fn label(&self) -> &str;

    /// How many wrong PINs are left until it is locked.
    fn tries_left(&self) -> u32;

    /// Opens it.
    ///
    /// # Errors
    /// When the PIN is wrong, the token is locked, or cannot be used.
    fn unlock(&mut self, pin: &Pin) -> Result<Box<dyn SignerKey>, TokenError>;
}

/// Why a token did not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The PIN is wrong.
    #[error("the PIN is wrong; {left} tries are left")]
    WrongPin {
        /// Tries left.
        left: u32,
    },
    /// Too many wrong PINs.
    #[error("the PIN is locked after too many wrong ones")]
    Locked,
    /// It cannot be used.
    #[error("the card cannot be used: {0}")]
    Unusable(String),
}

impl From<TokenError> for ClientError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::WrongPin { .. } => Self::refused("pin-wrong", "the PIN is wrong", error.to_string()),
            TokenError::Locked => Self::refused(
                "pin-locked",
                "the PIN is locked",
                "too many wrong PINs were given; a real card is unlocked at the counter of the municipality",
            ),
            TokenError::Unusable(_) => Self::refused("card-unusable", "the card cannot be used", error.to_string()),
        }
    }
}
