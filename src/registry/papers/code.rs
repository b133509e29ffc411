//! The verification code that stands on a document: whoever has the paper can ask whether it was issued.
use std::fmt;
use std::str::FromStr;

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

use crate::ids::IdError;

/// Digits and letters that are not taken for one another; 31, a prime, so that the check finds what people mistype.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKLMNPQRSTVWXYZ";
/// Characters of a code: 15 at random (74 bits) and one that checks them.
const LENGTH: usize = 16;
/// The longest text that is looked at.
const LONGEST: usize = 64;

/// A verification code, `ABCD-EFGH-JKLM-NPQR`. Who has it has the paper: it is not logged, and the record keeps its digest alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerificationCode([u8; LENGTH]);

impl VerificationCode {
    /// A new one from the system's random source.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random(rng: &SystemRandom) -> Result<Self, ring::error::Unspecified> {
        let mut values = Vec::with_capacity(LENGTH);
        while values.len() < LENGTH - 1 {
            let mut raw = [0_u8; 32];
            rng.fill(&mut raw)?;
            // Eight times 31: bytes above are thrown away, so that each character is equally likely.
            values.extend(raw.into_iter().filter(|byte| *byte < 248).map(|byte| byte % 31));
        }
        values.truncate(LENGTH - 1);
        // The weighted sum of all sixteen is to be 0; the last one's weight is 16.
        let rest = weighted(&values);
        let last = (0..31_u8).find(|last| (rest + 16 * u32::from(*last)).is_multiple_of(31)).unwrap_or_default();
        values.push(last);
        let mut code = [0_u8; LENGTH];
        for (place, value) in code.iter_mut().zip(values) {
            *place = ALPHABET.get(usize::from(value)).copied().unwrap_or_default();
        }
        Ok(Self(code))
    }

    /// The sixteen characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// In groups of four, as it is printed.
    pub fn grouped(&self) -> String {
        let groups: Vec<&str> = (0..LENGTH).step_by(4).filter_map(|at| self.as_str().get(at..at + 4)).collect();
        groups.join("-")
    }

    /// Under which the record knows it.
    pub fn sha256(&self) -> [u8; 32] {
        let mut out = [0_u8; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, &self.0).as_ref());
        out
    }
}

/// Every character by its place, from 1: a wrong one, or two that changed places, change the sum (31 is a prime).
fn weighted(values: &[u8]) -> u32 {
    (1..).zip(values).map(|(weight, value): (u32, &u8)| weight * u32::from(*value)).sum()
}

impl FromStr for VerificationCode {
    type Err = IdError;

    /// Takes it with hyphens or spaces between the characters or without, in small or in full-width letters too.
    fn from_str(text: &str) -> Result<Self, IdError> {
        const WHAT: &str = "a verification code";
        if text.len() > LONGEST {
            return Err(IdError::Form(WHAT));
        }
        let narrow = |letter: char| match u32::from(letter) {
            wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(letter),
            _ => letter,
        };
        let letters = text.chars().map(narrow).filter(|letter| !letter.is_whitespace() && *letter != '-');
        let letters: Vec<char> = letters.map(|letter| letter.to_ascii_uppercase()).collect();
        let value = |letter: &char| ALPHABET.iter().position(|known| char::from(*known) == *letter);
        let values: Option<Vec<u8>> =
            letters.iter().map(|letter| value(letter).and_then(|value| u8::try_from(value).ok())).collect();
        let values = values.filter(|values| values.len() == LENGTH).ok_or(IdError::Form(WHAT))?;
        if !weighted(&values).is_multiple_of(31) {
            return Err(IdError::CheckDigit(WHAT));
        }
        let mut code = [0_u8; LENGTH];
        for (place, letter) in code.iter_mut().zip(letters) {
            *place = u8::try_from(letter).map_err(|_| IdError::Form(WHAT))?;
        }
        Ok(Self(code))
    }
}

impl fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerificationCode(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = VerificationCode::random(&SystemRandom::new()).unwrap();
        assert_eq!(code.grouped().len(), 19);
        let wide: String = code.as_str().chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        for text in [code.grouped(), code.grouped().to_lowercase(), code.grouped().replace('-', " "), wide] {
            assert_eq!(text.parse(), Ok(code), "{text}");
        }
        assert!(!format!("{code:?}").contains(code.as_str()));
    }

    #[test]
    fn every_single_wrong_character_and_every_swap_is_found() {
        let code = VerificationCode::random(&SystemRandom::new()).unwrap();
        for place in 0..LENGTH {
            for letter in ALPHABET {
                let mut wrong = code.0;
                wrong[place] = *letter;
                let text = String::from_utf8(wrong.to_vec()).unwrap();
                let is_same = wrong == code.0;
                assert_eq!(text.parse::<VerificationCode>().is_ok(), is_same, "{text}");
            }
            for other in 0..LENGTH {
                let mut swapped = code.0;
                swapped.swap(place, other);
                let text = String::from_utf8(swapped.to_vec()).unwrap();
                assert_eq!(text.parse::<VerificationCode>().is_ok(), swapped == code.0, "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_is_refused(text in "\\PC{0,80}") {
            if let Ok(code) = text.parse::<VerificationCode>() {
                prop_assert_eq!(code.grouped().parse(), Ok(code));
            }
        }
    }
}
