//! A resident's record: what article 7 of the Act lists, and article 30-45 for foreign residents. It is derived from its events
//! ([`super::history::derive`]) and never written by hand. `Debug` shows nothing of the person.
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::code::{ResidentRecordCode, exposed};
pub use super::values::{BirthDate, HouseholdId, RecordId, Sex};
use crate::ids::AgencyCode;

/// A person's names. Article 7 item 1, article 30-45, and the alias (通称) of the Enforcement Order article 30-16.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// As it is written in the record: family name, U+3000, given name; or in alphabet as on the residence card.
    pub written: String,
    /// How it is read, in katakana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// In alphabet, where `written` is in kanji.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alphabet: Option<String>,
    /// The name that a foreign resident is known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
}

impl PersonName {
    /// A name of which only the written form is known.
    pub fn new(written: impl Into<String>) -> Self {
        Self { written: written.into(), kana: None, alphabet: None, alias: None }
    }
}

/// An address with the day since when it is the resident's (article 7 items 7 and 8).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// From the prefecture on.
    pub text: String,
    /// `1000001`: seven digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// The day on which the resident began to live there.
    pub since: NaiveDate,
}

/// What article 30-45 adds for foreign residents.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignResident {
    /// Nationality or region: three letters of ISO 3166-1, `XXX` for stateless persons.
    pub nationality: String,
    /// Status of residence, in the words of the residence card.
    pub status_of_residence: String,
    /// The last day of the period of residence; none where it has no end (permanent residents).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_until: Option<NaiveDate>,
    /// The number of the residence card or special permanent resident certificate: `AB12345678CD`.
    pub residence_card_number: String,
}

impl ForeignResident {
    /// Whether the period of residence has ended on `day`: its last day still counts.
    pub fn has_ended_on(&self, day: NaiveDate) -> bool {
        self.period_until.is_some_and(|until| until < day)
    }
}

/// A move-out that was notified and has not ended the record yet (article 24).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// The municipality that the resident said they move to; none where they leave Japan or do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<AgencyCode>,
    /// The address there, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The day on which they intend to move.
    pub intended: NaiveDate,
}

/// How a record stands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// The person lives in the municipality.
    Current,
    /// They live elsewhere: told by the new municipality (article 9), or the day of a move abroad has come.
    MovedOut {
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<AgencyCode>,
        /// Since which day.
        on: NaiveDate,
    },
    /// The person died.
    Dead {
        /// On which day.
        on: NaiveDate,
    },
    /// The record was deleted for another reason (article 8).
    Deleted {
        /// Which.
        reason: super::event::DeletionReason,
        /// On which day.
        on: NaiveDate,
    },
}

impl Standing {
    /// `current`, `moved_out`, `dead` or `deleted`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::MovedOut { .. } => "moved_out",
            Self::Dead { .. } => "dead",
            Self::Deleted { .. } => "deleted",
        }
    }
}

/// A resident's record as it stands after its last event.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentRecord {
    /// Its identifier.
    pub id: RecordId,
    /// Whose register it is in.
    pub municipality: AgencyCode,
    /// The Resident Record Code.
    #[serde(with = "exposed")]
    pub code: ResidentRecordCode,
    /// Names.
    pub name: PersonName,
    /// Date of birth (article 7 item 2).
    pub date_of_birth: BirthDate,
    /// Sex (item 3).
    pub sex: Sex,
    /// Where the person lives, or lived last here.
    pub address: Address,
    /// Where they lived before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Their household (item 4).
    pub household: HouseholdId,
    /// What they are to its head: `世帯主`, `妻`, `子` ... (item 4).
    pub relation: String,
    /// The day on which they became a resident of the municipality (items 6 and 8).
    pub resident_since: NaiveDate,
    /// Of a foreign resident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignResident>,
    /// A move-out that was notified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<Leaving>,
    /// How it stands.
    pub standing: Standing,
    /// The number of its last event.
    pub revision: u64,
    /// The day on which that happened: nothing that happened earlier can follow.
    pub last_on: NaiveDate,
    /// SHA-256 over its history: each event with the digest before it. It names this very state and tells nothing of it.
    #[serde(with = "hex_digest")]
    pub digest: [u8; 32],
}

impl ResidentRecord {
    /// Whether the person lives in the municipality.
    pub fn is_current(&self) -> bool {
        self.standing == Standing::Current
    }

    /// The digest in lower-case hexadecimal.
    pub fn digest_hex(&self) -> String {
        hex(&self.digest)
    }
}

/// Structures that hold a person's data show nothing of it.
macro_rules! debug_hides {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(not shown)"))
            }
        }
    )*};
}
debug_hides!(PersonName, Address, ForeignResident, Leaving);

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ResidentRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResidentRecord")
            .field("id", &self.id)
            .field("standing", &self.standing)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest as 64 lower-case hexadecimal digits.
mod hex_digest {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::hex(digest))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let wrong = || serde::de::Error::custom("a digest has 64 hexadecimal digits");
        let text = String::deserialize(deserializer)?;
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut digest = [0_u8; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            let pair = text.get(index * 2..index * 2 + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(digest)
    }
}
