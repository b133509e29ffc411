//! What may follow what, and the record that follows.
use chrono::{TimeZone, Utc};

use super::*;
use crate::registry::code::{CheckDigitRule, ResidentRecordCode};
use crate::registry::event::DeletionReason;
use crate::registry::record::{ForeignResident, HouseholdId, PersonName, Sex};

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn code(text: &str) -> ResidentRecordCode {
    ResidentRecordCode::parse(text, CheckDigitRule::Unchecked).unwrap()
}

fn entry(foreign: bool) -> Box<Entry> {
    let foreign = foreign.then(|| ForeignResident {
        nationality: "GBR".to_owned(),
        status_of_residence: "永住者".to_owned(),
        period_until: None,
        residence_card_number: "AB12345678CD".to_owned(),
    });
    Box::new(Entry {
        code: code("12345678903"),
        name: PersonName::new("山田　花子"),
        date_of_birth: "1985-04-12".parse().unwrap(),
        sex: Sex::Female,
        address: "東京都千代田区千代田１丁目１番１号".to_owned(),
        postcode: None,
        household: HouseholdId::made_at(chrono::DateTime::UNIX_EPOCH),
        relation: "世帯主".to_owned(),
        resident_since: day(1, 1),
        from: None,
        foreign,
    })
}

/// Events on the given days, noted in the evening of the last day of the year.
fn events(changes: Vec<(NaiveDate, Change)>) -> Vec<Event> {
    let noted_at = Utc.with_ymd_and_hms(2026, 12, 31, 9, 0, 0).unwrap();
    changes
        .into_iter()
        .zip(1..)
        .map(|((on, change), number)| Event { number, on, noted_at, noted_by: "test".to_owned(), change })
        .collect()
}

fn derived(mut changes: Vec<(NaiveDate, Change)>, foreign: bool) -> Result<ResidentRecord, EventFault> {
    changes.insert(0, (day(1, 1), Change::Registered { entry: entry(foreign) }));
    derive(RecordId::made_at(chrono::DateTime::UNIX_EPOCH), "131016".parse().unwrap(), &events(changes))
}

fn moved(address: &str) -> Change {
    let (household, relation) = (HouseholdId::made_at(chrono::DateTime::UNIX_EPOCH), "世帯主".to_owned());
    Change::MovedWithin { address: address.to_owned(), postcode: None, household, relation }
}

fn leaving() -> Change {
    Change::MoveOut { to: Some("141003".parse().unwrap()), address: None, intended: day(6, 1) }
}

#[test]
fn a_person_who_moves_twice_in_a_day_lives_at_the_second_address() {
    let record = derived(vec![(day(2, 1), moved("一")), (day(2, 1), moved("二"))], false).unwrap();
    assert_eq!(record.address.text, "二");
    let before: Vec<_> = record.addresses.iter().map(|address| address.text.as_str()).collect();
    assert_eq!(before, ["東京都千代田区千代田１丁目１番１号", "一"]);
    assert_eq!(record.revision, 3);
}

#[test]
fn events_out_of_order_are_refused() {
    assert_eq!(derived(vec![(day(3, 1), moved("一")), (day(2, 28), moved("二"))], false), Err(EventFault::OutOfOrder));
    let mut gap = events(vec![(day(1, 1), Change::Registered { entry: entry(false) }), (day(2, 1), Change::Death)]);
    gap[1].number = 3;
    assert_eq!(
        derive(RecordId::made_at(chrono::DateTime::UNIX_EPOCH), "131016".parse().unwrap(), &gap),
        Err(EventFault::Numbering)
    );
}

#[test]
fn what_has_not_happened_is_refused_by_the_day_in_japan() {
    let mut of_tomorrow = events(vec![(day(1, 2), Change::Registered { entry: entry(false) })]);
    of_tomorrow[0].noted_at = Utc.with_ymd_and_hms(2026, 1, 1, 14, 59, 59).unwrap();
    let id = RecordId::made_at(chrono::DateTime::UNIX_EPOCH);
    assert_eq!(derive(id, "131016".parse().unwrap(), &of_tomorrow), Err(EventFault::InTheFuture));
    of_tomorrow[0].noted_at = Utc.with_ymd_and_hms(2026, 1, 1, 15, 0, 0).unwrap();
    assert!(derive(id, "131016".parse().unwrap(), &of_tomorrow).is_ok());
}

#[test]
fn after_the_end_of_a_record_nothing_follows() {
    let deleted = Change::Deleted { reason: DeletionReason::NotResident };
    for (end, fault) in [
        (Change::Death, EventFault::AfterDeath),
        (Change::MovedOut { to: None }, EventFault::AfterMoveOut),
        (deleted, EventFault::AfterDeletion),
    ] {
        assert!(derived(vec![(day(2, 1), end.clone())], false).is_ok());
        assert_eq!(derived(vec![(day(2, 1), end), (day(2, 2), moved("一"))], false), Err(fault));
    }
}

#[test]
fn a_move_out_is_notified_once_and_can_be_withdrawn() {
    assert_eq!(derived(vec![(day(5, 1), leaving()), (day(5, 2), leaving())], false), Err(EventFault::LeavingAlready));
    assert_eq!(derived(vec![(day(5, 1), Change::MoveOutWithdrawn)], false), Err(EventFault::NotLeaving));
    let record = derived(vec![(day(5, 1), leaving())], false).unwrap();
    assert!(record.is_current() && record.leaving.is_some());
    let record = derived(vec![(day(5, 1), leaving()), (day(5, 2), Change::MoveOutWithdrawn)], false).unwrap();
    assert!(record.is_current() && record.leaving.is_none());
}

#[test]
fn a_history_begins_once_and_with_an_entry() {
    assert_eq!(
        derive(RecordId::made_at(chrono::DateTime::UNIX_EPOCH), "131016".parse().unwrap(), &[]),
        Err(EventFault::NoBeginning)
    );
    let death = events(vec![(day(1, 1), Change::Death)]);
    assert_eq!(
        derive(RecordId::made_at(chrono::DateTime::UNIX_EPOCH), "131016".parse().unwrap(), &death),
        Err(EventFault::NoBeginning)
    );
    assert_eq!(derived(vec![(day(2, 1), Change::Birth { entry: entry(false) })], false), Err(EventFault::BegunAlready));
    let mut early = entry(false);
    early.date_of_birth = "2026-02-01".parse().unwrap();
    let born_later = events(vec![(day(1, 1), Change::Birth { entry: early })]);
    assert_eq!(
        derive(RecordId::made_at(chrono::DateTime::UNIX_EPOCH), "131016".parse().unwrap(), &born_later),
        Err(EventFault::BeforeBirth)
    );
}

#[test]
fn status_belongs_to_foreign_residents_and_a_new_code_is_new() {
    let foreign = entry(true).foreign.unwrap();
    let changed = Change::StatusChanged { foreign: ForeignResident { period_until: Some(day(11, 24)), ..foreign } };
    assert_eq!(derived(vec![(day(2, 1), changed.clone())], false), Err(EventFault::NotForeign));
    let record = derived(vec![(day(2, 1), changed)], true).unwrap();
    let status = record.foreign.unwrap();
    assert!(!status.has_ended_on(day(11, 24)) && status.has_ended_on(day(11, 25)));
    let same = Change::CodeChanged { code: code("12345678903") };
    assert_eq!(derived(vec![(day(2, 1), same)], false), Err(EventFault::SameCode));
    let other = Change::CodeChanged { code: code("00000000000") };
    assert_eq!(derived(vec![(day(2, 1), other)], false).unwrap().code, code("00000000000"));
}

#[test]
fn an_event_is_read_back_as_it_was_written_and_the_digest_names_the_history() {
    let changes = vec![(day(1, 1), Change::Registered { entry: entry(true) }), (day(2, 1), leaving())];
    let events = events(changes);
    let (id, place) = (RecordId::made_at(chrono::DateTime::UNIX_EPOCH), "131016".parse().unwrap());
    let read: Vec<Event> = serde_json::from_str(&serde_json::to_string(&events).unwrap()).unwrap();
    assert_eq!(read, events);
    let record = derive(id, place, &events).unwrap();
    assert_eq!(derive(id, place, &read).unwrap(), record);
    let mut other = events.clone();
    other[0].noted_by = "somebody else".to_owned();
    assert_ne!(derive(id, place, &other).unwrap().digest, record.digest);
    let written = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<ResidentRecord>(&written).unwrap(), record);
}

#[test]
fn nothing_of_a_person_is_in_debug_output() {
    let record = derived(vec![(day(2, 1), leaving())], true).unwrap();
    let shown = format!("{record:?} {:?} {:?}", entry(true), leaving());
    for secret in ["山田", "1985", "千代田", "AB1234", "345678", "GBR"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
