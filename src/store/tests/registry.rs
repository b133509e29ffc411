//! The resident registry: histories, codes, search, and the notes of who looked.
use chrono::NaiveDate;

use super::*;
use crate::registry::code::{CheckDigitRule, ResidentRecordCode};
use crate::registry::entry::Entry;
use crate::registry::event::Change;
use crate::registry::history::EventFault;
use crate::registry::purpose::{Asker, permit};
use crate::registry::record::{BirthDate, HouseholdId, PersonName, RecordId, ResidentRecord, Sex};
use crate::store::StoreError;
use crate::store::registry::accesses::NewAccess;
use crate::store::registry::records::RecordSearch;
use crate::store::registry::{NewEvent, NewRecord, RegistryRefusal, Vault};

on_both!(
    a_record_follows_from_its_events,
    a_code_belongs_to_one_person,
    a_changed_code_is_never_given_again,
    people_are_found_by_what_is_typed,
    candidates_share_birth_and_sex,
    who_looked_is_kept_for_its_time,
    another_key_opens_nothing,
    events_stay,
);

fn vault() -> Vault {
    Vault::new(&[3; 64], CheckDigitRule::Modulus11).unwrap()
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

fn entry(code: ResidentRecordCode, name: PersonName, birth: &str, sex: Sex) -> Box<Entry> {
    Box::new(Entry {
        code,
        name,
        date_of_birth: birth.parse().unwrap(),
        sex,
        address: "東京都千代田区千代田１丁目１番１号".to_owned(),
        postcode: Some("1000001".to_owned()),
        household: HouseholdId::made_at(at(0)),
        relation: "世帯主".to_owned(),
        resident_since: day(1),
        from: None,
        foreign: None,
    })
}

fn hanako() -> PersonName {
    PersonName { kana: Some("ヤマダ　ハナコ".to_owned()), ..PersonName::new("山田　花子") }
}

fn order(entry: Box<Entry>, code_is_new: bool) -> NewRecord {
    NewRecord {
        id: RecordId::made_at(at(0)),
        municipality: chiyoda(),
        on: day(1),
        noted_at: at(0),
        noted_by: "clerk 131016 test".to_owned(),
        change: Change::MoveIn { entry },
        code_is_new,
    }
}

fn event(record: &ResidentRecord, on: NaiveDate, change: Change) -> NewEvent {
    NewEvent {
        record: record.id,
        seen: Some(record.revision),
        on,
        noted_at: at(60),
        noted_by: "clerk 131016 test".to_owned(),
        change,
    }
}

async fn entered(store: &Store, entry: Box<Entry>) -> ResidentRecord {
    store.registry_enter(&vault(), order(entry, false)).await.unwrap().unwrap()
}

async fn free(store: &Store) -> ResidentRecordCode {
    store.registry_free_code(&vault()).await.unwrap()
}

async fn person(store: &Store, name: PersonName, birth: &str, sex: Sex) -> ResidentRecord {
    entered(store, entry(free(store).await, name, birth, sex)).await
}

fn a_record_follows_from_its_events(place: &Place) {
    run(async {
        let (store, vault) = (place.open(), vault());
        let record = person(&store, hanako(), "1985-04-12", Sex::Female).await;
        let change = Change::NameChanged { name: PersonName::new("鈴木　花子") };
        let first = event(&record, day(2), change.clone());
        let after = store.registry_note(&vault, first.clone()).await.unwrap().unwrap();
        assert_eq!((after.name.written.as_str(), after.revision), ("鈴木　花子", 2));
        assert_eq!(store.registry_record(&vault, record.id).await.unwrap(), Some(after.clone()));
        // What was seen before is looked at again first; what happened before is not noted afterwards.
        assert_eq!(store.registry_note(&vault, first).await.unwrap(), Err(RegistryRefusal::Changed));
        let early = store.registry_note(&vault, event(&after, day(1), change)).await.unwrap();
        assert_eq!(early, Err(RegistryRefusal::Event(EventFault::OutOfOrder)));
        let unnamed = Change::NameChanged { name: PersonName::new(" ") };
        let unnamed = store.registry_note(&vault, event(&after, day(3), unnamed)).await.unwrap();
        assert!(matches!(unnamed, Err(RegistryRefusal::Parts(faults)) if faults[0].part == "name"));
        let dead = store.registry_note(&vault, event(&after, day(3), Change::Death)).await.unwrap().unwrap();
        let again = store.registry_note(&vault, event(&dead, day(4), Change::Death)).await.unwrap();
        assert_eq!(again, Err(RegistryRefusal::Event(EventFault::AfterDeath)));
        let history = store.registry_history(&vault, record.id).await.unwrap();
        let kinds: Vec<_> = history.iter().map(|event| event.change.kind()).collect();
        assert_eq!(kinds, ["move_in", "name_changed", "death"]);
        let derived = crate::registry::history::derive(record.id, chiyoda(), &history).unwrap();
        assert_eq!(Some(derived), store.registry_record(&vault, record.id).await.unwrap());
    });
}

fn a_code_belongs_to_one_person(place: &Place) {
    run(async {
        let (store, vault) = (place.open(), vault());
        let record = person(&store, hanako(), "1985-04-12", Sex::Female).await;
        let again = entry(record.code.clone(), hanako(), "1985-04-12", Sex::Female);
        let twice = store.registry_enter(&vault, order(again.clone(), false)).await.unwrap();
        assert_eq!(twice.unwrap_err(), RegistryRefusal::CodeInUse);
        let left = event(&record, day(2), Change::MovedOut { to: None });
        store.registry_note(&vault, left).await.unwrap().unwrap();
        let other = entry(record.code.clone(), hanako(), "1985-04-13", Sex::Female);
        let other = store.registry_enter(&vault, order(other, false)).await.unwrap();
        assert_eq!(other.unwrap_err(), RegistryRefusal::CodeOfAnother);
        let as_new = store.registry_enter(&vault, order(again.clone(), true)).await.unwrap();
        assert_eq!(as_new.unwrap_err(), RegistryRefusal::CodeOfAnother);
        let back = store.registry_enter(&vault, order(again, false)).await.unwrap().unwrap();
        let found = store.registry_by_code(&vault, record.code.clone()).await.unwrap();
        let ids: Vec<_> = found.iter().map(|found| found.id).collect();
        assert_eq!(ids, [back.id, record.id]);
    });
}

fn a_changed_code_is_never_given_again(place: &Place) {
    run(async {
        let (store, vault) = (place.open(), vault());
        let first = entry(free(&store).await, hanako(), "1985-04-12", Sex::Female);
        let record = store.registry_enter(&vault, order(first, true)).await.unwrap().unwrap();
        let change = Change::CodeChanged { code: free(&store).await };
        let changed = store.registry_note(&vault, event(&record, day(2), change)).await.unwrap().unwrap();
        assert_ne!(changed.code, record.code);
        assert!(store.registry_by_code(&vault, record.code.clone()).await.unwrap().is_empty());
        let old = entry(record.code.clone(), PersonName::new("鈴木　次郎"), "1990-08-25", Sex::Male);
        let old = store.registry_enter(&vault, order(old, false)).await.unwrap();
        assert_eq!(old.unwrap_err(), RegistryRefusal::CodeOfAnother);
        let letters = store.registry_notices_waiting(chiyoda(), 10).await.unwrap();
        let reasons: Vec<_> = letters.iter().map(|letter| letter.reason.as_str()).collect();
        assert_eq!(reasons, ["new", "changed"]);
        assert!(store.registry_notice_printed(&letters[0].id, "clerk", at(90)).await.unwrap());
        assert!(!store.registry_notice_printed(&letters[0].id, "clerk", at(91)).await.unwrap(), "printed once");
        assert_eq!(store.registry_notices_waiting(chiyoda(), 10).await.unwrap().len(), 1);
        let printed = store.registry_notice(&letters[0].id).await.unwrap().unwrap();
        assert_eq!(printed.printed, Some((at(90), "clerk".to_owned())));
    });
}

fn people_are_found_by_what_is_typed(place: &Place) {
    run(async {
        let (store, vault) = (place.open(), vault());
        let hanako = person(&store, hanako(), "1985-04-12", Sex::Female).await;
        let john = PersonName { alias: Some("山田　ジョン".to_owned()), ..PersonName::new("SMITH JOHN WILLIAM") };
        let john = person(&store, john, "1978-11-03", Sex::Male).await;
        let found = async |name: &str, birth: Option<&str>| {
            let birth = birth.map(|birth| birth.parse::<BirthDate>().unwrap());
            let wanted = RecordSearch { name: Some(name.to_owned()), date_of_birth: birth, all: false };
            let found = store.registry_search(&vault, chiyoda(), wanted, 10).await.unwrap();
            found.into_iter().map(|record| record.id).collect::<Vec<_>>()
        };
        assert_eq!(found("山田花", None).await, [hanako.id]);
        assert_eq!(found("やまだ", None).await, [hanako.id]);
        assert_eq!(found("ｓｍｉｔｈ j", None).await, [john.id]);
        assert_eq!(found("山田", None).await.len(), 2, "a name and an alias");
        assert_eq!(found("山田", Some("1978-11-03")).await, [john.id]);
        assert!(found("田", None).await.is_empty(), "names are found by their beginning");
        let elsewhere = RecordSearch { name: Some("山田".to_owned()), ..RecordSearch::default() };
        let osaka = "271004".parse().unwrap();
        assert!(store.registry_search(&vault, osaka, elsewhere, 10).await.unwrap().is_empty());
        store.registry_note(&vault, event(&john, day(2), Change::Death)).await.unwrap().unwrap();
        assert!(found("SMITH", None).await.is_empty());
        let all = RecordSearch { name: Some("SMITH".to_owned()), date_of_birth: None, all: true };
        assert_eq!(store.registry_search(&vault, chiyoda(), all, 10).await.unwrap().len(), 1);
        assert_eq!(store.registry_count(chiyoda()).await.unwrap(), 1);
        assert_eq!(store.registry_household(&vault, hanako.household).await.unwrap()[0].id, hanako.id);
    });
}

fn candidates_share_birth_and_sex(place: &Place) {
    run(async {
        let (store, vault) = (place.open(), vault());
        let in_part = person(&store, PersonName::new("渡辺　一郎"), "1950-02", Sex::Male).await;
        let whole = person(&store, PersonName::new("渡邊　一郎"), "1950-02-03", Sex::Male).await;
        person(&store, PersonName::new("渡辺　花"), "1950-02-03", Sex::Female).await;
        let found = async |birth: &str, sex| {
            let born = birth.parse().unwrap();
            let found = store.registry_candidates(&vault, Some(chiyoda()), born, sex, 10).await.unwrap();
            found.into_iter().map(|record| record.id).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(found("1950-02-03", Sex::Male).await, [in_part.id, whole.id].into());
        assert_eq!(found("1950-02", Sex::Male).await, [in_part.id].into());
        assert_eq!(found("1950-02-03", Sex::Unknown).await.len(), 3);
        assert!(found("1950-02-04", Sex::Female).await.is_empty());
    });
}

fn who_looked_is_kept_for_its_time(place: &Place) {
    run(async {
        let store = place.open();
        let record = person(&store, hanako(), "1985-04-12", Sex::Female).await;
        let permit = permit(Asker::Clerk, "move-within", "bbra-23", false).unwrap();
        let line = |seconds, action| NewAccess {
            at: at(seconds),
            record: Some(record.id),
            municipality: chiyoda(),
            viewer: "clerk 131016 tanaka".to_owned(),
            action,
            permit,
            outcome: "shown",
        };
        store.registry_access_note(vec![line(0, "search"), line(1, "view")]).await.unwrap();
        let seen = store.registry_accesses_of(record.id, None, 10).await.unwrap();
        assert_eq!(seen.iter().map(|line| line.action.as_str()).collect::<Vec<_>>(), ["view", "search"]);
        assert_eq!((seen[0].purpose.as_str(), seen[0].basis.as_str()), ("move-within", "bbra-23"));
        assert_eq!(store.registry_accesses_of(record.id, Some(seen[0].id), 10).await.unwrap(), seen[1..]);
        assert_eq!(store.registry_accesses_list(chiyoda(), None, 10).await.unwrap(), seen);
        assert_eq!(store.registry_accesses_count("clerk 131016 tanaka", at(1)).await.unwrap(), 1);
        let years = chrono::Duration::days(366);
        assert_eq!(store.registry_accesses_expire(at(0) + years * 6, None).await.unwrap(), 0);
        assert_eq!(store.registry_accesses_expire(at(1) + years * 6, Some(years * 6)).await.unwrap(), 1);
        assert_eq!(store.registry_accesses_expire(at(2) + years * 8, None).await.unwrap(), 1);
    });
}

fn another_key_opens_nothing(place: &Place) {
    run(async {
        let store = place.open();
        let other = Vault::new(&[4; 64], CheckDigitRule::Modulus11).unwrap();
        assert!(store.registry_opens(&other).await.is_ok(), "an empty registry opens with any key");
        let record = person(&store, hanako(), "1985-04-12", Sex::Female).await;
        assert!(store.registry_opens(&vault()).await.is_ok());
        assert!(matches!(store.registry_opens(&other).await, Err(StoreError::Damaged(_))));
        assert!(matches!(store.registry_record(&other, record.id).await, Err(StoreError::Damaged(_))));
        assert!(store.registry_by_code(&other, record.code).await.unwrap().is_empty());
    });
}

fn events_stay(place: &Place) {
    use diesel::prelude::*;

    use crate::store::registry::schema::registry_events;
    run(async {
        let store = place.open();
        let record = person(&store, hanako(), "1985-04-12", Sex::Female).await;
        let changed = store.write(|connection| {
            let all = diesel::update(registry_events::table).set(registry_events::noted_by.eq("nobody"));
            Ok(all.execute(connection)?)
        });
        assert!(changed.await.is_err());
        let deleted = store.write(|connection| Ok(diesel::delete(registry_events::table).execute(connection)?));
        assert!(deleted.await.is_err());
        assert_eq!(store.registry_history(&vault(), record.id).await.unwrap().len(), 1);
    });
}
