//! Who signed a filing, among records: decided by `registry::matching`, which never guesses.
use serde::Deserialize;

use crate::registry::key::search_key;
use crate::registry::matching::{Claimed, Decision, Recorded, decide};
use crate::registry::moving::MoveNotice;
use crate::registry::record::ResidentRecord;

/// The applicant of a filing: what the certificate of its signature says of its holder, which intake compared.
#[derive(Deserialize)]
pub(super) struct Applicant {
    pub(super) name: String,
    pub(super) date_of_birth: Option<String>,
    pub(super) sex: Option<String>,
    pub(super) address: Option<String>,
}

impl Applicant {
    fn claimed(&self) -> Claimed<'_> {
        Claimed {
            name: Some(&self.name),
            date_of_birth: self.date_of_birth.as_deref(),
            sex: self.sex.as_deref(),
            address: self.address.as_deref(),
            ..Claimed::default()
        }
    }
}

/// The one record that all four attributes name, or why there is none.
pub(super) fn same_person(applicant: &Applicant, records: Vec<ResidentRecord>) -> Result<ResidentRecord, &'static str> {
    let born: Vec<String> = records.iter().map(|record| record.date_of_birth.to_string()).collect();
    let compared: Vec<Recorded<'_>> = records.iter().zip(&born).map(|(record, born)| recorded(record, born)).collect();
    match decide(&applicant.claimed(), &compared) {
        Decision::Same(index, _) => records.into_iter().nth(index).ok_or("no_record"),
        Decision::Undecided(_) => Err("undecided"),
        Decision::None => Err("no_record"),
    }
}

fn recorded<'a>(record: &'a ResidentRecord, born: &'a str) -> Recorded<'a> {
    Recorded {
        written: &record.name.written,
        kana: record.name.kana.as_deref(),
        alphabet: record.name.alphabet.as_deref(),
        alias: record.name.alias.as_deref(),
        date_of_birth: Some(born),
        sex: Some(record.sex.as_str()),
        address: Some(&record.address.text),
        ..Recorded::default()
    }
}

/// Whether `applicant` is the person of a notice: the card still says the address of the old municipality at the visit.
pub(super) fn is_of_notice(applicant: &Applicant, notice: &MoveNotice) -> bool {
    let born = notice.date_of_birth.to_string();
    let told = Recorded {
        written: &notice.name.written,
        kana: notice.name.kana.as_deref(),
        alphabet: notice.name.alphabet.as_deref(),
        alias: notice.name.alias.as_deref(),
        date_of_birth: Some(&born),
        sex: Some(notice.sex.as_str()),
        address: Some(&notice.from_address),
        ..Recorded::default()
    };
    matches!(decide(&applicant.claimed(), &[told]), Decision::Same(..))
}

/// The one member of a household of that name and date of birth.
pub(super) fn member_of<'a>(household: &'a [ResidentRecord], name: &str, born: &str) -> Option<&'a ResidentRecord> {
    let is_meant = |record: &&ResidentRecord| {
        record.date_of_birth.to_string() == born && search_key(&record.name.written) == search_key(name)
    };
    let mut meant = household.iter().filter(is_meant);
    meant.next().filter(|_| meant.next().is_none())
}
