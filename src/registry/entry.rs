//! The first content of a record, and the forms that its parts have to have: one named check a part.
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::code::{ResidentRecordCode, exposed};
use super::record::{BirthDate, ForeignResident, HouseholdId, PersonName, Sex};
use crate::ids::AgencyCode;

/// Longest name, in characters.
pub const NAME_CHARACTERS: usize = 100;

/// Longest address, in characters: what a certificate holds of it.
pub const ADDRESS_CHARACTERS: usize = 200;

/// Where a person lived before.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerAddress {
    /// The municipality; none where it was abroad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<AgencyCode>,
    /// The address.
    pub text: String,
}

/// The first content of a record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The Resident Record Code: the one that the person has, or a new one.
    #[serde(with = "exposed")]
    pub code: ResidentRecordCode,
    /// Names.
    pub name: PersonName,
    /// Date of birth.
    pub date_of_birth: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// Address, from the prefecture on; they live there since the event's day.
    pub address: String,
    /// Seven digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Household.
    pub household: HouseholdId,
    /// What the person is to its head.
    pub relation: String,
    /// The day on which they became a resident of the municipality.
    pub resident_since: NaiveDate,
    /// Where they lived before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<FormerAddress>,
    /// Of a foreign resident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignResident>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(not shown)")
    }
}

impl std::fmt::Debug for FormerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FormerAddress(not shown)")
    }
}

/// A part of a record that has not the form it needs: which, and a stable word. Never its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartFault {
    /// The part: `name`, `kana`, `address` ...
    pub part: &'static str,
    /// `required`, `too-long`, `form`, `characters`, `order`.
    pub code: &'static str,
}

/// Every fault of an entry.
pub fn entry_faults(entry: &Entry) -> Vec<PartFault> {
    let mut faults = name_faults(&entry.name);
    faults.extend(address_fault(&entry.address));
    faults.extend(postcode_fault(entry.postcode.as_deref()));
    faults.extend(relation_fault(&entry.relation));
    if let Some(from) = &entry.from {
        faults.extend(text_fault("from", &from.text, ADDRESS_CHARACTERS));
    }
    if let Some(foreign) = &entry.foreign {
        faults.extend(foreign_faults(foreign));
    }
    if entry.resident_since < entry.date_of_birth.earliest() {
        faults.push(PartFault { part: "resident_since", code: "order" });
    }
    faults
}

/// Every fault of names.
pub fn name_faults(name: &PersonName) -> Vec<PartFault> {
    let mut faults: Vec<PartFault> = text_fault("name", &name.written, NAME_CHARACTERS).into_iter().collect();
    faults.extend(name.kana.as_deref().and_then(kana_fault));
    faults.extend(name.alphabet.as_deref().and_then(alphabet_fault));
    faults.extend(name.alias.as_deref().and_then(|alias| text_fault("alias", alias, NAME_CHARACTERS)));
    faults
}

/// The fault of an address.
pub fn address_fault(address: &str) -> Option<PartFault> {
    text_fault("address", address, ADDRESS_CHARACTERS)
}

/// The fault of a relation to the head of the household.
pub fn relation_fault(relation: &str) -> Option<PartFault> {
    text_fault("relation", relation, 20)
}

/// A postcode has seven digits.
pub fn postcode_fault(postcode: Option<&str>) -> Option<PartFault> {
    let wrong = postcode.is_some_and(|text| text.len() != 7 || !text.bytes().all(|byte| byte.is_ascii_digit()));
    wrong.then_some(PartFault { part: "postcode", code: "form" })
}

/// Every fault of what a foreign resident's record has more.
pub fn foreign_faults(foreign: &ForeignResident) -> Vec<PartFault> {
    let mut faults = Vec::new();
    let nationality = foreign.nationality.as_bytes();
    if nationality.len() != 3 || !nationality.iter().all(u8::is_ascii_uppercase) {
        faults.push(PartFault { part: "nationality", code: "form" });
    }
    faults.extend(text_fault("status_of_residence", &foreign.status_of_residence, 50));
    if !is_residence_card_number(&foreign.residence_card_number) {
        faults.push(PartFault { part: "residence_card_number", code: "form" });
    }
    faults
}

/// Two letters, eight digits, two letters.
fn is_residence_card_number(text: &str) -> bool {
    let letters = |bytes: Option<&[u8]>| bytes.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_uppercase));
    let bytes = text.as_bytes();
    let digits = bytes.get(2..10).is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit));
    bytes.len() == 12 && letters(bytes.get(..2)) && digits && letters(bytes.get(10..))
}

fn kana_fault(kana: &str) -> Option<PartFault> {
    let fits = |character: char| matches!(character, 'ァ'..='ヺ' | 'ー' | '・' | '\u{3000}' | ' ');
    text_fault("kana", kana, NAME_CHARACTERS)
        .or_else(|| (!kana.chars().all(fits)).then_some(PartFault { part: "kana", code: "characters" }))
}

fn alphabet_fault(alphabet: &str) -> Option<PartFault> {
    let fits = |character: char| character.is_ascii_alphabetic() || " -'.,".contains(character);
    text_fault("alphabet", alphabet, NAME_CHARACTERS)
        .or_else(|| (!alphabet.chars().all(fits)).then_some(PartFault { part: "alphabet", code: "characters" }))
}

fn text_fault(part: &'static str, text: &str, most: usize) -> Option<PartFault> {
    let code = if text.trim().is_empty() {
        "required"
    } else if text.chars().count() > most {
        "too-long"
    } else if text.chars().any(char::is_control) {
        "characters"
    } else {
        return None;
    };
    Some(PartFault { part, code })
}
