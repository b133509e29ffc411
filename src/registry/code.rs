//! The Resident Record Code (住民票コード): 11 digits that a municipality enters in a record (article 7 item 13 and article 30-3
//! of the Act). Who may ask for it is restricted (articles 30-37 and 30-38), so it is never shown whole by accident: neither
//! `Debug` nor `Display` nor serde give its digits out.
use std::fmt;

use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroize;

/// Whether the last digit of a code has to fit the ten before it. The formula of the ministry's notice was not found: the rule
/// is modulus 11 with the weights that My Number has, and can be switched off (`registry.check_digit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckDigitRule {
    /// The last digit is the check digit of the others.
    Modulus11,
    /// All eleven digits are free.
    Unchecked,
}

/// Why a text is no Resident Record Code. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// It has not exactly 11 digits.
    #[error("a Resident Record Code has 11 digits")]
    Length,
    /// There is something else than digits in it.
    #[error("a Resident Record Code is digits only")]
    Digits,
    /// The last digit does not fit.
    #[error("the check digit of the Resident Record Code does not fit: a digit is mistyped")]
    CheckDigit,
}

impl CodeFault {
    /// A stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "code-length",
            Self::Digits => "code-digits",
            Self::CheckDigit => "code-check-digit",
        }
    }
}

/// A Resident Record Code.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Zeroize)]
#[zeroize(drop)]
pub struct ResidentRecordCode([u8; 11]);

impl ResidentRecordCode {
    /// A new code: ten random digits and, under the rule, a check digit (article 30-2: codes say nothing of their holder).
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random(rng: &SystemRandom, rule: CheckDigitRule) -> Result<Self, ring::error::Unspecified> {
        let mut digits = [b'0'; 11];
        for digit in &mut digits {
            *digit = b'0' + random_digit(rng)?;
        }
        if rule == CheckDigitRule::Modulus11 {
            digits[10] = b'0' + check_digit(&digits);
        }
        Ok(Self(digits))
    }

    /// Reads what was typed: full-width digits count as digits; spaces and hyphens between them are passed over.
    ///
    /// # Errors
    /// A [`CodeFault`].
    pub fn parse(text: &str, rule: CheckDigitRule) -> Result<Self, CodeFault> {
        let mut digits = [0_u8; 11];
        let mut length = 0;
        for character in text.chars() {
            let digit = match character {
                '0'..='9' => character as u32 - '0' as u32,
                '０'..='９' => character as u32 - '０' as u32,
                ' ' | '\u{3000}' | '-' | '－' => continue,
                _ => return Err(CodeFault::Digits),
            };
            *digits.get_mut(length).ok_or(CodeFault::Length)? = b'0' + u8::try_from(digit).unwrap_or_default();
            length += 1;
        }
        if length != digits.len() {
            return Err(CodeFault::Length);
        }
        if rule == CheckDigitRule::Modulus11 && digits[10] != b'0' + check_digit(&digits) {
            return Err(CodeFault::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// The digits, for the letter to their holder, the sealed row and a message that the Act allows; nothing else.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How screens show it: the last three digits only.
    pub fn masked(&self) -> String {
        format!("********{}", self.expose().get(8..).unwrap_or_default())
    }
}

impl fmt::Debug for ResidentRecordCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentRecordCode(not shown)")
    }
}

/// For fields of what is sealed before it is stored, or sent under the Act: `#[serde(with = "exposed")]`.
pub mod exposed {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{CheckDigitRule, ResidentRecordCode};

    /// Writes the digits.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(code: &ResidentRecordCode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(code.expose())
    }

    /// Reads digits that were judged when they came in.
    ///
    /// # Errors
    /// When they are not 11 digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ResidentRecordCode, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        ResidentRecordCode::parse(&text, CheckDigitRule::Unchecked).map_err(serde::de::Error::custom)
    }
}

/// Each digit is equally likely: bytes of 250 and above are thrown away.
fn random_digit(rng: &SystemRandom) -> Result<u8, ring::error::Unspecified> {
    loop {
        let mut raw = [0_u8; 1];
        rng.fill(&mut raw)?;
        if raw[0] < 250 {
            return Ok(raw[0] % 10);
        }
    }
}

/// Modulus 11 over the first ten digits: weights 2 to 7 from the right, then again from 2; 0 where the remainder is 0 or 1.
fn check_digit(digits: &[u8; 11]) -> u8 {
    let weights = (2_u32..=7).cycle();
    let sum: u32 =
        digits.iter().take(10).rev().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        remainder => u8::try_from(11 - remainder).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::CheckDigitRule::{Modulus11, Unchecked};
    use super::*;

    #[test]
    fn codes_of_10_or_12_digits_and_a_wrong_check_digit_are_refused() {
        let code = ResidentRecordCode::random(&SystemRandom::new(), Modulus11).unwrap();
        let digits = code.expose().to_owned();
        assert_eq!(ResidentRecordCode::parse(&digits, Modulus11), Ok(code));
        assert_eq!(ResidentRecordCode::parse(&digits[..10], Modulus11), Err(CodeFault::Length));
        assert_eq!(ResidentRecordCode::parse(&format!("{digits}0"), Modulus11), Err(CodeFault::Length));
        assert_eq!(ResidentRecordCode::parse("1234567890a", Modulus11), Err(CodeFault::Digits));
        let last = u32::from(digits.as_bytes()[10] - b'0');
        let wrong = format!("{}{}", &digits[..10], (last + 1) % 10);
        assert_eq!(ResidentRecordCode::parse(&wrong, Modulus11), Err(CodeFault::CheckDigit));
        assert!(ResidentRecordCode::parse(&wrong, Unchecked).is_ok());
    }

    #[test]
    fn the_check_digit_is_worked_out_by_hand_here() {
        // 1234567890: from the right 0*2+9*3+8*4+7*5+6*6+5*7+4*2+3*3+2*4+1*5 = 195 = 17*11 + 8, and 11 - 8 = 3.
        assert!(ResidentRecordCode::parse("12345678903", Modulus11).is_ok());
        assert!(ResidentRecordCode::parse("１２３４－５６７８　９０３", Modulus11).is_ok());
    }

    #[test]
    fn a_code_is_not_shown_by_accident() {
        let code = ResidentRecordCode::parse("12345678903", Modulus11).unwrap();
        assert!(!format!("{code:?}").contains("345"));
        assert_eq!(code.masked(), "********903");
        assert!(!CodeFault::CheckDigit.to_string().contains("123"));
    }

    #[test]
    fn random_codes_differ_and_keep_the_rule() {
        let rng = SystemRandom::new();
        let made: std::collections::HashSet<_> =
            (0..1000).map(|_| ResidentRecordCode::random(&rng, Modulus11).unwrap()).collect();
        assert!(made.len() > 990);
        assert!(made.iter().all(|code| ResidentRecordCode::parse(code.expose(), Modulus11).is_ok()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Ok(code) = ResidentRecordCode::parse(&text, Modulus11) {
                proptest::prop_assert_eq!(ResidentRecordCode::parse(code.expose(), Modulus11), Ok(code.clone()));
            }
        }
    }
}
