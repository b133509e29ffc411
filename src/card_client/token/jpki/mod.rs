//! The JPKI application of a My Number card, spoken to directly (ISO/IEC 7816-4): what PC/SC carries. Nothing here knows
//! readers: a [`Channel`] does. Every byte that comes back is hostile until it was looked at.
pub mod apdu;
mod card;

pub use card::JpkiCard;

use zeroize::Zeroizing;

use super::{Purpose, TokenError};
use crate::card_client::pin::Pin;

/// Carries one command to the card and its answer back.
pub trait Channel: Send {
    /// Sends a command APDU and gives the response APDU, its status word included.
    ///
    /// # Errors
    /// When the card or its reader is gone.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TokenError>;
}

/// The PIN as the card takes it: for signatures 6 to 16 of A-Z and 0-9 (small letters are made capital, full-width
/// characters half-width), for signing in 4 digits. What cannot be a PIN costs no try.
///
/// # Errors
/// [`TokenError::PinForm`].
pub fn normalise_pin(purpose: Purpose, pin: &Pin) -> Result<Zeroizing<String>, TokenError> {
    let mut out = Zeroizing::new(String::with_capacity(64));
    for character in pin.expose().chars() {
        out.push(half_width(character).to_ascii_uppercase());
    }
    let fits = match purpose {
        Purpose::Signature => {
            (6..=16).contains(&out.len()) && out.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
        Purpose::Authentication => out.len() == 4 && out.bytes().all(|byte| byte.is_ascii_digit()),
    };
    match fits {
        true => Ok(out),
        false => Err(TokenError::PinForm { four_digits: purpose == Purpose::Authentication }),
    }
}

/// Ａ to A: a Japanese keyboard left in full-width mode must not cost a try.
fn half_width(character: char) -> char {
    match u32::from(character) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(purpose: Purpose, text: &str) -> Option<String> {
        let pin = Pin::new(Zeroizing::new(text.to_owned())).ok()?;
        normalise_pin(purpose, &pin).ok().map(|pin| pin.to_string())
    }

    #[test]
    fn pins_are_taken_in_the_card_s_spelling() {
        assert_eq!(normalised(Purpose::Signature, "abc123").as_deref(), Some("ABC123"));
        assert_eq!(normalised(Purpose::Signature, "ＡＢc１２３").as_deref(), Some("ABC123"));
        assert_eq!(normalised(Purpose::Authentication, "１２34").as_deref(), Some("1234"));
        for wrong in ["abc12", "ABC123ABC123ABC12", "ABC-123", "アイウエオカ", "abc 123"] {
            assert_eq!(normalised(Purpose::Signature, wrong), None, "{wrong}");
        }
        for wrong in ["123", "12345", "12a4"] {
            assert_eq!(normalised(Purpose::Authentication, wrong), None, "{wrong}");
        }
    }
}
