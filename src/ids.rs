//! Identifiers: what a filing, a procedure and an agency are called.

use std::fmt;
use std::str::FromStr;

use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The text is not an identifier of that kind. It never repeats the text: that may be a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Wrong length or a character that cannot stand there.
    #[error("{0} has the wrong form")]
    Form(&'static str),
    /// The check digit does not fit the digits before it.
    #[error("the check digit of {0} does not fit: one digit is mistyped")]
    CheckDigit(&'static str),
}

/// A filing's arrival number (到達番号): 15 random digits and a Damm check digit, written `1234567890123456`
/// and read aloud as 4-4-4-4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArrivalNumber([u8; 16]);

impl ArrivalNumber {
    /// A new random number from the system's random source.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random(rng: &SystemRandom) -> Result<Self, ring::error::Unspecified> {
        let mut digits = [0_u8; 16];
        let mut filled = 0;
        while filled < 15 {
            let mut raw = [0_u8; 32];
            rng.fill(&mut raw)?;
            // Bytes of 250 and above are thrown away, so that each digit is equally likely.
            for byte in raw.into_iter().filter(|byte| *byte < 250) {
                if filled < 15 {
                    digits[filled] = b'0' + byte % 10;
                    filled += 1;
                }
            }
        }
        digits[15] = b'0' + damm(&digits[..15]);
        Ok(Self(digits))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number in groups of four, for people: `1234-5678-9012-3456`.
    pub fn grouped(&self) -> String {
        let digits = self.as_str();
        format!("{}-{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..12], &digits[12..])
    }
}

impl FromStr for ArrivalNumber {
    type Err = IdError;

    /// Takes 16 digits, with hyphens or spaces between them or without.
    fn from_str(text: &str) -> Result<Self, IdError> {
        const WHAT: &str = "an arrival number";
        if text.len() > 32 {
            return Err(IdError::Form(WHAT));
        }
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')).collect();
        let digits: [u8; 16] = digits.try_into().map_err(|_| IdError::Form(WHAT))?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IdError::Form(WHAT));
        }
        if damm(&digits) != 0 {
            return Err(IdError::CheckDigit(WHAT));
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for ArrivalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ArrivalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArrivalNumber({})", self.as_str())
    }
}

/// H. M. Damm's check over a totally anti-symmetric quasigroup of order 10 (dissertation, Marburg 2004): finds
/// every single wrong digit and every swap of neighbours. Gives 0 for digits that end in their check digit.
fn damm(ascii_digits: &[u8]) -> u8 {
    const TABLE: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    ascii_digits.iter().fold(0, |interim, digit| TABLE[usize::from(interim)][usize::from(digit - b'0') % 10])
}

/// The identifier that the maker of an application gives it (UUIDv7); what makes filing it exactly-once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ApplicationId(Uuid);

impl ApplicationId {
    /// Wraps a UUID of version 7.
    ///
    /// # Errors
    /// When it is of another version.
    pub fn new(uuid: Uuid) -> Result<Self, IdError> {
        if uuid.get_version_num() == 7 { Ok(Self(uuid)) } else { Err(IdError::Form("application_id (a UUIDv7)")) }
    }

    /// The UUID.
    pub fn uuid(&self) -> Uuid {
        self.0
    }
}

impl FromStr for ApplicationId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        // Only the hyphenated lower-case form: another spelling of the same UUID would be another filing's key.
        let uuid = Uuid::try_parse(text).map_err(|_| IdError::Form("application_id (a UUIDv7)"))?;
        if uuid.hyphenated().to_string() != text {
            return Err(IdError::Form("application_id (a UUIDv7)"));
        }
        Self::new(uuid)
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A procedure's code: 1 to 64 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ProcedureCode(String);

impl ProcedureCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProcedureCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
            return Err(IdError::Form("a procedure code"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ProcedureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The agency that an application is meant for: a municipality code (全国地方公共団体コード) of 6 digits, of which
/// the first two are the prefecture (01 to 47) and the last is a check digit (JIS X 0401/0402).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgencyCode([u8; 6]);

impl AgencyCode {
    /// The six digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AgencyCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        const WHAT: &str = "a municipality code";
        let digits: [u8; 6] = text.as_bytes().try_into().map_err(|_| IdError::Form(WHAT))?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IdError::Form(WHAT));
        }
        let value = |index: usize| u32::from(digits[index] - b'0');
        let prefecture = value(0) * 10 + value(1);
        if !(1..=47).contains(&prefecture) {
            return Err(IdError::Form(WHAT));
        }
        let weighted: u32 = (0..5).map(|index| value(index) * (6 - index as u32)).sum();
        if (11 - weighted % 11) % 10 != value(5) {
            return Err(IdError::CheckDigit(WHAT));
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! serde_by_text {
    ($($name:ty),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serde_by_text!(ArrivalNumber, ApplicationId, ProcedureCode, AgencyCode);

impl Serialize for ArrivalNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for AgencyCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damm_finds_every_single_wrong_digit() {
        let number = ArrivalNumber::random(&SystemRandom::new()).unwrap();
        assert_eq!(number.grouped().parse(), Ok(number));
        for position in 0..16 {
            for digit in b'0'..=b'9' {
                let mut wrong = number.0;
                if wrong[position] != digit {
                    wrong[position] = digit;
                    let text = String::from_utf8(wrong.to_vec()).unwrap();
                    assert_eq!(text.parse::<ArrivalNumber>(), Err(IdError::CheckDigit("an arrival number")));
                }
            }
        }
    }

    #[test]
    fn damm_gives_the_published_check_digit() {
        assert_eq!(damm(b"572"), 4);
    }

    #[test]
    fn municipality_codes_carry_their_check_digit() {
        for good in ["131016", "011002", "271004", "472018"] {
            assert!(good.parse::<AgencyCode>().is_ok(), "{good}");
        }
        for bad in ["131017", "481017", "13101", "13101a", "1310166", "000000"] {
            assert!(bad.parse::<AgencyCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_application_id_has_one_spelling() {
        let id = ApplicationId::new(Uuid::now_v7()).unwrap();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<ApplicationId>().is_err());
        assert!(Uuid::new_v4().to_string().parse::<ApplicationId>().is_err());
    }
}
