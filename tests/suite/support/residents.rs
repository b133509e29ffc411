//! Residents of the holders of test cards, entered into a gateway's registry.
#![allow(dead_code)]
use chrono::{Days, NaiveDate};
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::gateway::Gateway;
use madoguchi::ids::AgencyCode;
use madoguchi::registry::entry::Entry;
use madoguchi::registry::event::Change;
use madoguchi::registry::record::{ForeignResident, HouseholdId, PersonName, RecordId, ResidentRecord, Sex};
use madoguchi::store::registry::{NewEvent, NewRecord};

use super::visitor::wait;

/// Settings of a gateway that keeps the registries of two municipalities.
pub const TWO: &str = "[[registry.municipality]]\ncode = \"131016\"\n[[registry.municipality]]\ncode = \"141003\"\n";

/// A day that has come everywhere.
pub fn yesterday() -> NaiveDate {
    SystemClock.now().date_naive().checked_sub_days(Days::new(1)).unwrap()
}

/// Somebody's first entry.
pub fn entry(gateway: &Gateway, name: &str, born: &str, sex: Sex, address: &str) -> Entry {
    Entry {
        code: gateway.registry().unwrap().vault().random_code().unwrap(),
        name: PersonName::new(name),
        date_of_birth: born.parse().unwrap(),
        sex,
        address: address.to_owned(),
        postcode: None,
        household: HouseholdId::made_at(SystemClock.now()),
        relation: "世帯主".to_owned(),
        resident_since: NaiveDate::from_ymd_opt(2020, 4, 1).unwrap(),
        from: None,
        foreign: None,
    }
}

/// The holder of `sign-yamada`, in another notation of her address.
pub fn yamada(gateway: &Gateway) -> Entry {
    entry(gateway, "山田　花子", "1985-04-12", Sex::Female, "東京都千代田区千代田1-1-1")
}

/// The holder of `sign-smith`, whose period of residence ends tomorrow.
pub fn smith(gateway: &Gateway) -> Entry {
    let mut entry = entry(gateway, "SMITH JOHN WILLIAM", "1978-11-03", Sex::Male, "神奈川県横浜市中区本町6-50-10");
    entry.name.kana = Some("スミス　ジョン　ウィリアム".to_owned());
    entry.foreign = Some(ForeignResident {
        nationality: "GBR".to_owned(),
        status_of_residence: "技術・人文知識・国際業務".to_owned(),
        period_until: SystemClock.now().date_naive().checked_add_days(Days::new(1)),
        residence_card_number: "AB12345678CD".to_owned(),
    });
    entry
}

/// Enters somebody.
pub fn enter(gateway: &Gateway, municipality: &str, entry: Entry) -> ResidentRecord {
    let municipality: AgencyCode = municipality.parse().unwrap();
    let order = NewRecord {
        id: RecordId::made_at(SystemClock.now()),
        municipality,
        on: NaiveDate::from_ymd_opt(2020, 4, 1).unwrap(),
        noted_at: SystemClock.now(),
        noted_by: "clerk test".to_owned(),
        change: Change::Registered { entry: Box::new(entry) },
        code_is_new: true,
    };
    wait(gateway.store.registry_enter(gateway.registry().unwrap().vault(), order)).unwrap().unwrap()
}

/// Notes an event of yesterday.
pub fn note(gateway: &Gateway, record: &ResidentRecord, change: Change) -> ResidentRecord {
    let order = NewEvent {
        record: record.id,
        seen: None,
        on: yesterday(),
        noted_at: SystemClock.now(),
        noted_by: "clerk test".to_owned(),
        change,
    };
    wait(gateway.store.registry_note(gateway.registry().unwrap().vault(), order)).unwrap().unwrap()
}
