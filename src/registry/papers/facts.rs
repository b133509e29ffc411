//! What stands on a document can be compared with what was issued, and the record keeps none of it: a keyed digest of each
//! fact, under a key that is printed on the paper alone (its verification code).
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::code::VerificationCode;

/// The longest text that is compared, in characters.
const LONGEST: usize = 400;

/// What a reader of the paper may compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// A name on it.
    Name,
    /// A date of birth on it: year, month and day.
    DateOfBirth,
    /// An address on it.
    Address,
}

impl FactKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Name, Self::DateOfBirth, Self::Address];

    /// Its name in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::DateOfBirth => "date_of_birth",
            Self::Address => "address",
        }
    }
}

/// The digests of a document's facts; of a household each person's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(Vec<(FactKind, String)>);

impl Facts {
    /// The digests of `facts` under the code that is printed beside them.
    pub fn of(code: &VerificationCode, facts: &[(FactKind, &str)]) -> Self {
        Self(facts.iter().map(|(kind, value)| (*kind, digest(code, *kind, value))).collect())
    }

    /// Whether the document says so. None where it says nothing of that kind.
    pub fn agrees(&self, code: &VerificationCode, kind: FactKind, value: &str) -> Option<bool> {
        let mut of_kind = self.0.iter().filter(|(known, _)| *known == kind).peekable();
        of_kind.peek()?;
        let wanted = digest(code, kind, value);
        Some(of_kind.any(|(_, known)| *known == wanted))
    }
}

fn digest(code: &VerificationCode, kind: FactKind, value: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, code.as_str().as_bytes());
    let plain = match kind {
        FactKind::DateOfBirth => date(value),
        FactKind::Name | FactKind::Address => plain(value),
    };
    hex::encode(hmac::sign(&key, format!("{}\n{plain}", kind.as_str()).as_bytes()).as_ref())
}

/// Width, case, spaces and the kinds of hyphen are not compared: who types from paper cannot see them.
fn plain(text: &str) -> String {
    let narrow = |letter: char| match u32::from(letter) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(letter),
        0x2010..=0x2015 | 0x2212 | 0x2500 => '-',
        _ => letter,
    };
    let letters = text.chars().take(LONGEST).filter(|letter| !letter.is_whitespace()).map(narrow);
    letters.flat_map(char::to_lowercase).collect()
}

/// The numbers of a date in their order, without leading zeros: `1985-04-12` and `1985年4月12日` are the same.
fn date(text: &str) -> String {
    let text = plain(text);
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<&str> = numbers.take(3).map(|part| part.trim_start_matches('0')).collect();
    numbers.join("-")
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_fact_agrees_however_it_is_typed_and_an_altered_one_does_not() {
        let code = VerificationCode::random(&SystemRandom::new()).unwrap();
        let printed = [
            (FactKind::Name, "山田　花子"),
            (FactKind::Name, "Smith John"),
            (FactKind::DateOfBirth, "1985-04-12"),
            (FactKind::Address, "東京都千代田区霞が関２－１－２"),
        ];
        let facts = Facts::of(&code, &printed);
        let agrees = |kind, value| facts.agrees(&code, kind, value);
        for (kind, value) in [
            (FactKind::Name, "山田花子"),
            (FactKind::Name, "ＳＭＩＴＨ　ＪＯＨＮ"),
            (FactKind::DateOfBirth, "1985年4月12日（昭和60年）"),
            (FactKind::Address, "東京都千代田区霞が関2−1‐2"),
        ] {
            assert_eq!(agrees(kind, value), Some(true), "{value}");
        }
        for (kind, value) in [
            (FactKind::Name, "山田　花"),
            (FactKind::DateOfBirth, "1985-04-13"),
            (FactKind::Address, "山田花子"),
            (FactKind::Address, ""),
        ] {
            assert_eq!(agrees(kind, value), Some(false), "{value}");
        }
        assert_eq!(Facts::default().agrees(&code, FactKind::Name, "山田花子"), None);
        let another = VerificationCode::random(&SystemRandom::new()).unwrap();
        assert_eq!(facts.agrees(&another, FactKind::Name, "山田花子"), Some(false), "the key is the code");
        let kept = serde_json::to_string(&facts).unwrap();
        assert!(!kept.contains("山田") && !kept.contains("1985"), "{kept}");
        assert_eq!(serde_json::from_str::<Facts>(&kept).unwrap(), facts);
    }
}
