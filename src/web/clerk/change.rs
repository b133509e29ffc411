//! From what was typed to a change of the record.
use chrono::{DateTime, Utc};

use super::typed::Typed;
use crate::procedures::municipalities;
use crate::registry::code::{CheckDigitRule, ResidentRecordCode};
use crate::registry::entry::{Entry, FormerAddress, PartFault, foreign_faults, name_faults};
use crate::registry::event::{Change, DeletionReason};
use crate::registry::record::{ForeignResident, HouseholdId, PersonName};

/// A household that was named, or a new one.
fn household(typed: &mut Typed, now: DateTime<Utc>) -> Option<HouseholdId> {
    match typed.optional("household") {
        None => Some(HouseholdId::made_at(now)),
        Some(_) => typed.read("household", "form", |text| text.parse().ok()),
    }
}

fn names(typed: &Typed) -> PersonName {
    PersonName {
        written: typed.text("written").replace(' ', "\u{3000}").replace("\u{3000}\u{3000}", "\u{3000}"),
        kana: typed.optional("kana"),
        alphabet: typed.optional("alphabet"),
        alias: typed.optional("alias"),
    }
}

/// A name in alphabet keeps its plain spaces, as on the residence card.
fn person_name(typed: &Typed) -> PersonName {
    let mut name = names(typed);
    if typed.text("written").is_ascii() {
        name.written = typed.text("written").to_owned();
    }
    name
}

fn foreign(typed: &mut Typed) -> ForeignResident {
    ForeignResident {
        nationality: typed.text("nationality").to_ascii_uppercase(),
        status_of_residence: typed.text("status_of_residence").to_owned(),
        period_until: typed.optional_day("period_until"),
        residence_card_number: typed.text("residence_card_number").to_ascii_uppercase(),
    }
}

fn postcode(typed: &Typed) -> Option<String> {
    typed.optional("postcode").map(|text| text.replace('-', ""))
}

/// Faults of the record's parts, at the fields that they were typed into.
pub fn mark(typed: &mut Typed, faults: &[PartFault]) {
    for fault in faults {
        let field = match fault.part {
            "name" => "written",
            "from" => "from_address",
            "resident_since" => "date_of_birth",
            part => part,
        };
        typed.fault(field, fault.code);
    }
}

/// What enters a person, and the code that they bring.
pub fn beginning(
    typed: &mut Typed,
    rule: CheckDigitRule,
    now: DateTime<Utc>,
) -> Option<(Entry, Option<ResidentRecordCode>)> {
    let on = typed.day("on");
    let born = typed.read("date_of_birth", "date", |text| text.parse().ok());
    let sex = typed.read("sex", "required", |text| text.parse().ok());
    let household = household(typed, now);
    let code = match typed.optional("code").map(|text| ResidentRecordCode::parse(&text, rule)).transpose() {
        Ok(code) => code,
        Err(fault) => {
            typed.fault("code", fault.code());
            None
        }
    };
    let is_foreign = ["nationality", "status_of_residence", "residence_card_number", "period_until"]
        .iter()
        .any(|name| !typed.text(name).is_empty());
    let foreign = is_foreign.then(|| foreign(typed));
    let from = typed
        .optional("from_address")
        .map(|text| FormerAddress { municipality: municipalities::resolve(typed.text("from_municipality")), text });
    // What stands in for a code that is not known yet is replaced before anything is kept.
    let stand_in = || ResidentRecordCode::parse("00000000000", CheckDigitRule::Unchecked).ok();
    let entry = Entry {
        code: code.clone().or_else(stand_in)?,
        name: person_name(typed),
        date_of_birth: born?,
        sex: sex?,
        address: typed.text("address").to_owned(),
        postcode: postcode(typed),
        household: household?,
        relation: typed.text("relation").to_owned(),
        resident_since: on?,
        from,
        foreign,
    };
    mark(typed, &crate::registry::entry::entry_faults(&entry));
    (!typed.is_wrong()).then_some((entry, code))
}

/// What happens to a record.
pub fn event(typed: &mut Typed, kind: &str, now: DateTime<Utc>) -> Option<Change> {
    let change = match kind {
        "moved_within" => Change::MovedWithin {
            address: typed.text("address").to_owned(),
            postcode: postcode(typed),
            household: household(typed, now)?,
            relation: typed.text("relation").to_owned(),
        },
        "household_changed" => {
            Change::HouseholdChanged { household: household(typed, now)?, relation: typed.text("relation").to_owned() }
        }
        "name_changed" => {
            let name = person_name(typed);
            mark(typed, &name_faults(&name));
            Change::NameChanged { name }
        }
        "status_changed" => {
            let foreign = foreign(typed);
            mark(typed, &foreign_faults(&foreign));
            Change::StatusChanged { foreign }
        }
        "move_out" => {
            let to = match typed.optional("to") {
                None => None,
                Some(_) => Some(typed.read("to", "municipality", municipalities::resolve)?),
            };
            Change::MoveOut { to, address: typed.optional("to_address"), intended: typed.day("intended")? }
        }
        "move_out_withdrawn" => Change::MoveOutWithdrawn,
        "death" => Change::Death,
        "deleted" => {
            let of = |text: &str| DeletionReason::ALL.into_iter().find(|reason| reason.as_str() == text);
            Change::Deleted { reason: typed.read("reason", "required", of)? }
        }
        _ => return None,
    };
    (!typed.is_wrong()).then_some(change)
}
