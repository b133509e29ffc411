//! The quarantine of revocation lists, on SQLite and PostgreSQL: what contradicts what is known waits with its difference,
//! and only two operators let it in.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::Clock;
use madoguchi::gateway::Gateway;
use madoguchi::gateway::quarantine;
use madoguchi::pki::crl::CrlRefusal;
use madoguchi::store::StoreError;
use madoguchi::store::accounts::{Account, Role};
use madoguchi::store::crl_quarantine::{Act, OperatorAct, QuarantineState, QuarantinedDetail};
use madoguchi::store::password::NewPassword;

use crate::support::archive::{Place, Running, issued};
use crate::support::der_pki::*;
use crate::support::visitor::{PASSWORD, wait};

/// A list and the two operators of a gateway that has one entry of every sort in use.
pub struct House<'a> {
    place: &'a Place,
    pub running: Running,
    pub operators: Vec<Account>,
}

/// An entry `days` before now.
pub fn revoked(serial: u8, days: i64, extensions: &[Vec<u8>]) -> Vec<u8> {
    entry(&[serial], at() - Duration::days(days), extensions)
}

/// The list in use: 1 revoked, 2 with a reason, 3 on hold, 4 so old that it may go.
pub fn in_use() -> CrlSpec {
    [revoked(1, 9, &[]), revoked(2, 8, &[reason(1)]), revoked(3, 7, &[reason(6)]), revoked(4, 7 * 366, &[])]
        .into_iter()
        .fold(issued(10, 9), CrlSpec::entry)
}

impl<'a> House<'a> {
    pub fn open(place: &'a Place) -> Self {
        place.put("one", "a.crl", &in_use());
        let running = place.start("one");
        assert_eq!(running.numbers(), ["10"]);
        let operators = ["suzuki", "tanaka", "yamada"].map(|login| operator(&running.gateway, login));
        Self { place, running, operators: operators.into() }
    }

    /// Puts a list into the folder; the folder is looked at.
    pub fn offer(&mut self, file: &str, list: &CrlSpec) -> [u8; 32] {
        let digest = self.place.put("one", file, list);
        self.running.look();
        bytes(&digest)
    }

    fn find(&self, sha256: [u8; 32]) -> Option<QuarantinedDetail> {
        wait(self.running.gateway.store.crl_quarantine_find(sha256)).unwrap()
    }

    fn state(&self, sha256: [u8; 32]) -> QuarantineState {
        self.find(sha256).unwrap().list.state
    }

    fn act(&self, operator: usize, sha256: [u8; 32], act: Act) -> Result<QuarantineState, StoreError> {
        self.place.clock.advance(Duration::seconds(1));
        act_on(&self.running.gateway, &self.operators[operator], sha256, act)
    }

    fn round(&self) -> quarantine::QuarantineRound {
        quarantine::round(&self.running.gateway).unwrap()
    }

    /// What speaks against a list that is offered; none where it is in use.
    pub fn objection(&mut self, list: &CrlSpec) -> Option<CrlRefusal> {
        self.objection_to(list.der(&self.place.ca))
    }

    /// The same of a file of the folder.
    fn objection_again(&mut self, file: &str) -> Option<CrlRefusal> {
        self.objection_to(std::fs::read(self.place.crls("one").join(file)).unwrap())
    }

    fn objection_to(&mut self, der: Vec<u8>) -> Option<CrlRefusal> {
        let trust = self.running.gateway.verifier().trust().clone();
        self.running.gateway.crls.offer(der, &trust, self.place.clock.now()).err()
    }
}

pub fn bytes(digest: &str) -> [u8; 32] {
    let mut sha256 = [0; 32];
    hex::decode_to_slice(digest, &mut sha256).unwrap();
    sha256
}

pub fn operator(gateway: &Gateway, login: &str) -> Account {
    let password = NewPassword::chosen(PASSWORD, login).unwrap();
    wait(gateway.store.account_add(login, Role::Operator, password, false, at())).unwrap()
}

pub fn act_on(gateway: &Gateway, by: &Account, sha256: [u8; 32], act: Act) -> Result<QuarantineState, StoreError> {
    let seen = wait(gateway.store.crl_quarantine_find(sha256)).unwrap().and_then(|found| found.list.compared_with);
    let reason = "the CA said so on the telephone".to_owned();
    let at = gateway.clock.now();
    wait(gateway.store.crl_quarantine_act(OperatorAct { sha256, act, by: by.clone(), reason, seen, at }))
}

/// The next list with these entries.
pub fn next(number: u64, entries: &[Vec<u8>]) -> CrlSpec {
    entries.iter().fold(issued(number, 3), |list, entry| list.entry(entry.clone()))
}

/// The entries of [`in_use`] that must stay.
pub fn kept() -> [Vec<u8>; 3] {
    [revoked(1, 9, &[]), revoked(2, 8, &[reason(1)]), revoked(3, 7, &[reason(6)])]
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&crate::support::archive::Place::sqlite()); })* }
        mod postgresql { $(#[test] fn $name() { super::$name(&crate::support::archive::Place::postgresql()); })* }
    };
}

on_both!(
    a_lost_entry_is_quarantined_with_its_difference,
    one_operator_is_not_enough_and_two_are,
    the_same_operator_twice_is_one,
    an_account_that_is_locked_does_not_count,
    a_release_is_taken_back,
    a_fall_of_the_number_is_let_in_by_two_and_begins_the_row_anew,
    a_list_is_discarded_by_one_and_looked_at_again,
    a_kill_between_release_and_intake_loses_nothing,
    a_newer_list_overtakes_what_waits,
    what_was_let_in_against_one_list_is_not_let_in_against_another,
);

fn a_lost_entry_is_quarantined_with_its_difference(place: &Place) {
    let mut house = House::open(place);
    let list = next(11, &[revoked(2, 8, &[reason(4)]), revoked(9, 1, &[])]);
    let sha256 = house.offer("b.crl", &list);
    assert_eq!((house.running.numbers(), house.running.told()), (vec!["10".to_owned()], vec!["entries_lost"]));
    let found = house.find(sha256).unwrap();
    assert_eq!(
        (found.list.codes.join(","), found.list.state),
        ("entries_lost,entries_changed".to_owned(), QuarantineState::Waiting)
    );
    assert_eq!((found.list.source.as_str(), found.list.number.as_deref()), ("b.crl", Some("11")));
    assert_eq!(found.list.compared_with.map(hex::encode), Some(house.running.lists()[0].0.clone()));
    let diff = &found.diff;
    assert_eq!((diff.lost, diff.changed, diff.added, diff.ended), (1, 1, 1, 2));
    assert_eq!((diff.lost_entries[0].serial.as_str(), diff.added_serials.clone()), ("01", vec!["09".to_owned()]));
    let change = &diff.changed_entries[0];
    assert!(change.was.ends_with("keyCompromise") && change.is.ends_with("superseded"), "{change:?}");
    assert_eq!(
        wait(house.running.gateway.store.crl_quarantine_read(sha256)).unwrap(),
        std::fs::read(place.crls("one").join("b.crl")).unwrap()
    );
    // The same list again, by another way, makes no second row; nor does a restart.
    assert!(house.objection_again("b.crl").unwrap().quarantined);
    drop(house.running);
    let running = place.start("one");
    let listed = wait(running.gateway.store.crl_quarantine_list(10)).unwrap();
    assert_eq!((listed.len(), listed[0].source.as_str()), (1, "b.crl"));
    assert_eq!(wait(running.gateway.store.crl_quarantine_waiting()).unwrap(), 1);
}

fn one_operator_is_not_enough_and_two_are(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &kept()[1..]));
    assert_eq!(house.act(0, sha256, Act::Release).unwrap(), QuarantineState::Waiting);
    assert_eq!((house.round().let_in, house.running.numbers()), (0, vec!["10".to_owned()]));
    assert_eq!(house.act(1, sha256, Act::Release).unwrap(), QuarantineState::Released);
    let first = &house.find(sha256).unwrap().releases[0];
    assert_eq!((first.login.as_str(), first.reason.as_str()), ("suzuki", "the CA said so on the telephone"));
    house.running.look();
    assert_eq!((house.running.numbers(), house.state(sha256)), (vec!["11".to_owned()], QuarantineState::LetIn));
    assert!(house.running.lists()[0].1.is_some(), "it is archived");
    assert!(matches!(house.act(0, sha256, Act::TakeBack), Err(StoreError::QuarantineConflict { .. })));
    let lines = wait(house.running.gateway.store.audit_list(None, 50)).unwrap();
    let actions: Vec<&str> = lines.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["quarantine_crl", "release_crl", "release_crl", "let_in_crl"]);
    drop(house);
    assert_eq!(place.start("one").numbers(), ["11"]);
}

fn the_same_operator_twice_is_one(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &[]));
    for _ in 0..3 {
        assert_eq!(house.act(0, sha256, Act::Release).unwrap(), QuarantineState::Waiting);
    }
    assert_eq!((house.find(sha256).unwrap().releases.len(), house.round().let_in), (1, 0));
}

fn an_account_that_is_locked_does_not_count(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &[]));
    house.act(0, sha256, Act::Release).unwrap();
    house.act(1, sha256, Act::Release).unwrap();
    wait(house.running.gateway.store.account_set_locked("suzuki", true)).unwrap();
    assert_eq!((house.round().let_in, house.state(sha256)), (0, QuarantineState::Waiting));
    let counts: Vec<bool> = house.find(sha256).unwrap().releases.iter().map(|release| release.counts).collect();
    assert_eq!(counts, [false, true]);
    house.act(2, sha256, Act::Release).unwrap();
    assert_eq!(house.round().let_in, 1);
}

fn a_release_is_taken_back(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &[]));
    house.act(0, sha256, Act::Release).unwrap();
    house.act(1, sha256, Act::Release).unwrap();
    house.act(0, sha256, Act::TakeBack).unwrap();
    assert!(matches!(house.act(2, sha256, Act::TakeBack), Err(StoreError::QuarantineConflict { .. })));
    assert_eq!((house.round().let_in, house.find(sha256).unwrap().releases.len()), (0, 1));
}

fn a_fall_of_the_number_is_let_in_by_two_and_begins_the_row_anew(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(1, &kept()));
    let found = house.find(sha256).unwrap();
    let number = found.diff.number.unwrap();
    assert_eq!(
        (found.list.codes.join(","), number.from, number.to),
        ("number_falls".to_owned(), "10".into(), "1".into())
    );
    // Another gateway holds the old list too.
    let mut other = place.start("two");
    house.act(0, sha256, Act::Release).unwrap();
    house.act(1, sha256, Act::Release).unwrap();
    assert_eq!((house.round().let_in, house.running.numbers()), (1, vec!["1".to_owned()]));
    wait(other.background.round());
    assert_eq!(other.numbers(), ["1"], "it comes from the archive");
    // The row goes on from there, and a restart does too; the old file in the folder comes in no more.
    let next_one = kept().into_iter().fold(issued(2, 2), CrlSpec::entry);
    house.offer("c.crl", &next_one);
    assert_eq!(house.running.numbers(), ["2"]);
    drop(house);
    assert_eq!(place.start("one").numbers(), ["2"]);
}

fn a_list_is_discarded_by_one_and_looked_at_again(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &[]));
    house.act(0, sha256, Act::Release).unwrap();
    assert_eq!(house.act(1, sha256, Act::Discard).unwrap(), QuarantineState::Discarded);
    assert!(house.act(2, sha256, Act::Release).is_err());
    assert!(house.objection_again("b.crl").unwrap().detail.contains("refused this list for good"));
    let found = house.find(sha256).unwrap();
    assert_eq!((found.list.state_by.as_str(), found.releases.len()), ("operator tanaka", 0));
    assert_eq!(house.act(2, sha256, Act::Reopen).unwrap(), QuarantineState::Waiting);
    house.act(0, sha256, Act::Release).unwrap();
    assert_eq!(house.round().let_in, 0, "what was released before does not count");
}

fn a_kill_between_release_and_intake_loses_nothing(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &[]));
    house.act(0, sha256, Act::Release).unwrap();
    house.act(1, sha256, Act::Release).unwrap();
    drop(house);
    place.empty("one");
    let running = place.start("one");
    assert_eq!(running.numbers(), ["11"], "taken in with the first look, without the folder");
}

fn a_newer_list_overtakes_what_waits(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("b.crl", &next(11, &[]));
    house.act(0, sha256, Act::Release).unwrap();
    let good = kept().into_iter().fold(issued(12, 2), CrlSpec::entry);
    house.offer("c.crl", &good);
    assert_eq!((house.running.numbers(), house.state(sha256)), (vec!["12".to_owned()], QuarantineState::Overtaken));
    assert!(house.act(1, sha256, Act::Release).is_err());
}

fn what_was_let_in_against_one_list_is_not_let_in_against_another(place: &Place) {
    let mut house = House::open(place);
    let sha256 = house.offer("c.crl", &next(13, &kept()[1..]));
    house.act(0, sha256, Act::Release).unwrap();
    house.act(1, sha256, Act::Release).unwrap();
    // Before the round, a list comes in between that has one entry more: the operators saw nothing of it.
    let between = kept().into_iter().chain([revoked(8, 1, &[])]).fold(issued(12, 4), CrlSpec::entry);
    let der = between.der(&place.ca);
    let trust = house.running.gateway.verifier().trust().clone();
    house.running.gateway.crls.offer(der, &trust, place.clock.now()).unwrap();
    assert_eq!((house.round().let_in, house.running.numbers()), (0, vec!["12".to_owned()]));
    let found = house.find(sha256).unwrap();
    assert_eq!((found.diff.lost, found.releases.len(), found.list.state), (2, 0, QuarantineState::Waiting));
    house.act(0, sha256, Act::Release).unwrap();
    house.act(2, sha256, Act::Release).unwrap();
    assert_eq!((house.round().let_in, house.running.numbers()), (1, vec!["13".to_owned()]));
}

#[test]
fn two_gateways_on_postgresql_let_a_list_in_once() {
    let place = Place::postgresql();
    let mut house = House::open(&place);
    let other = place.start("two");
    let sha256 = house.offer("b.crl", &next(1, &kept()));
    house.act(0, sha256, Act::Release).unwrap();
    act_on(&other.gateway, &house.operators[1], sha256, Act::Release).unwrap();
    let gateways: [Arc<Gateway>; 2] = [house.running.gateway.clone(), other.gateway.clone()];
    let rounds = gateways.map(|gateway| std::thread::spawn(move || quarantine::round(&gateway).unwrap()));
    let let_in: usize = rounds.into_iter().map(|round| round.join().unwrap().let_in).sum();
    assert!(let_in >= 1);
    let mut both = [house.running, other];
    for running in &mut both {
        wait(running.background.round());
        assert_eq!(running.numbers(), ["1"]);
    }
    let lines = wait(both[0].gateway.store.audit_list(None, 50)).unwrap();
    assert_eq!(lines.iter().filter(|line| line.action == "let_in_crl").count(), 1);
    // One numbering was begun, not two: the next number is compared with 1.
    place.put("two", "c.crl", &kept().into_iter().fold(issued(2, 2), CrlSpec::entry));
    both[1].look();
    assert_eq!(both[1].numbers(), ["2"]);
}

#[test]
fn a_quarantine_that_does_not_answer_is_tried_again() {
    let place = Place::sqlite();
    let mut house = House::open(&place);
    let crls = place.folder.path().join("documents/crls");
    let aside = place.folder.path().join("aside");
    std::fs::rename(&crls, &aside).unwrap();
    std::fs::write(&crls, "in the way").unwrap();
    let sha256 = house.offer("b.crl", &next(11, &[]));
    assert!(house.find(sha256).is_none());
    assert!(house.running.gateway.crls.refusals()[0].detail.contains("will be tried again"));
    std::fs::remove_file(&crls).unwrap();
    std::fs::rename(&aside, &crls).unwrap();
    house.running.look();
    assert_eq!(house.find(sha256).unwrap().list.state, QuarantineState::Waiting);
}
