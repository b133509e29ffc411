//! The archive of revocation lists, on SQLite and PostgreSQL: what was accepted stays, comes back after a restart, and
//! holds the CRL numbers for every gateway.
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration as Span;

use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::crl::{CrlArchive, CrlStore, KeepOrder, ListRank, ListRecord, ListRow, NotKept};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::store::StoreError;

use crate::support::archive::{Place, issued};
use crate::support::der_pki::*;
use crate::support::http::sha256_hex;
use crate::support::visitor::wait;

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $name() { super::$name(&super::Place::sqlite()); })* }
        mod postgresql { $(#[test] fn $name() { super::$name(&super::Place::postgresql()); })* }
    };
}

on_both!(
    an_accepted_list_is_archived_and_read_back,
    a_damaged_archive_is_told,
    an_older_list_is_refused_after_a_restart,
    a_restart_with_an_emptied_folder_goes_on_with_the_archive,
    a_list_that_lost_entries_is_refused_after_a_restart_too,
    a_base_and_its_delta_come_back_together_and_count_in_one_row,
    two_gateways_share_the_numbers,
    of_two_lists_with_one_number_only_one_comes_in_whoever_offers_them,
);

fn an_accepted_list_is_archived_and_read_back(place: &Place) {
    let old = place.put("one", "a.crl", &issued(1, 9).entry(entry(&[1], at() - Duration::days(3), &[])));
    let mut running = place.start("one");
    assert_eq!(running.lists(), [(old.clone(), Some(at()))]);
    place.clock.advance(Duration::hours(1));
    let new = place.put("one", "b.crl", &issued(2, 3).entry(entry(&[1], at() - Duration::days(3), &[])));
    running.look();
    assert_eq!(running.lists(), [(new.clone(), Some(at() + Duration::hours(1)))]);
    wait(running.gateway.store.documents_sweep(Span::ZERO)).unwrap();
    for (digest, file) in [(&old, "a.crl"), (&new, "b.crl")] {
        assert_eq!(running.read(digest).unwrap(), fs::read(place.crls("one").join(file)).unwrap());
    }
    assert!(matches!(running.read(&sha256_hex(b"never taken in")), Err(StoreError::NotFound)));
    // Since when it is archived does not move, and a list that was replaced rightly is nothing to tell.
    drop(running);
    place.clock.advance(Duration::hours(1));
    let again = place.start("one");
    assert_eq!((again.lists(), again.told().len()), (vec![(new, Some(at() + Duration::hours(1)))], 0));
}

fn a_damaged_archive_is_told(place: &Place) {
    let digest = place.put("one", "a.crl", &issued(1, 3));
    let running = place.start("one");
    place.damage(&digest);
    assert!(matches!(running.read(&digest), Err(StoreError::Damaged(_))));
    drop(running);
    // The folder still has it, and the operators are told of the archive.
    let running = place.start("one");
    assert_eq!((running.told(), running.numbers()), (vec!["archive_damaged"], vec!["1".to_owned()]));
    drop(running);
    place.empty("one");
    let running = place.start("one");
    assert_eq!((running.told(), running.numbers().len()), (vec!["archive_damaged"], 0));
}

fn an_older_list_is_refused_after_a_restart(place: &Place) {
    // 256 is more than 255, whatever their octets say.
    place.put("one", "a.crl", &issued(255, 9));
    let mut running = place.start("one");
    let newest = place.put("one", "a.crl", &issued(256, 3));
    running.look();
    assert_eq!(running.numbers(), ["256"]);
    drop(running);
    place.put("one", "a.crl", &issued(255, 9));
    let mut running = place.start("one");
    assert_eq!(running.told(), ["number_falls", "not_in_folder"]);
    assert_eq!(running.lists(), [(newest, Some(at()))]);
    // Neither does a new list with a number that was had, nor an upload.
    place.put("one", "b.crl", &issued(256, 1));
    running.look();
    assert_eq!(running.told().last(), Some(&"number_reused"));
    drop(running);
    // The newest is stale now, so that it is not taken from the archive: its number counts all the same.
    place.clock.advance(Duration::days(2));
    place.empty("one");
    let stale = CrlSpec::new(254).issued(at() + Duration::days(1), at() + Duration::days(9));
    place.put("one", "c.crl", &stale);
    let running = place.start("one");
    assert_eq!((running.told(), running.numbers().len()), (vec!["number_falls"], 0));
}

fn a_restart_with_an_emptied_folder_goes_on_with_the_archive(place: &Place) {
    let first = place.put("one", "a.crl", &issued(1, 9));
    let users = issued(7, 5).with(issuing_distribution_point(&[uri("ldap://users")], &[]));
    let second = place.put("one", "b.crl", &users);
    drop(place.start("one"));
    place.empty("one");
    let mut running = place.start("one");
    let mut lists: Vec<String> = running.lists().into_iter().map(|(digest, _)| digest).collect();
    lists.sort();
    let mut wanted = vec![first, second];
    wanted.sort();
    assert_eq!(lists, wanted);
    assert_eq!(running.told(), ["not_in_folder", "not_in_folder"]);
    // It is told once, and a newer list comes in as ever.
    place.put("one", "c.crl", &issued(2, 1));
    running.look();
    assert_eq!((running.told().len(), running.numbers().contains(&"2".to_owned())), (2, true));
}

fn a_list_that_lost_entries_is_refused_after_a_restart_too(place: &Place) {
    let revoked = entry(&[1], at() - Duration::days(3), &[]);
    place.put("one", "a.crl", &issued(1, 9).entry(revoked));
    drop(place.start("one"));
    place.empty("one");
    place.put("one", "b.crl", &issued(2, 3));
    let running = place.start("one");
    assert_eq!((running.told(), running.numbers()), (vec!["entries_lost", "not_in_folder"], vec!["1".to_owned()]));
}

fn a_base_and_its_delta_come_back_together_and_count_in_one_row(place: &Place) {
    place.put("one", "base.crl", &issued(200, 9));
    place.put("one", "delta.crl", &issued(300, 5).with(extension("2.5.29.27", true, &integer(200))));
    let mut two = place.start("two");
    drop(place.start("one"));
    place.empty("one");
    let mut numbers = place.start("one").numbers();
    numbers.sort();
    assert_eq!(numbers, ["200", "300"]);
    // Issued after the delta, with a lower number: the gateway that holds neither asks the archive.
    place.put("two", "a.crl", &issued(299, 3));
    two.look();
    assert_eq!(two.told(), ["number_falls"]);
    place.put("two", "a.crl", &issued(300, 3));
    two.look();
    assert_eq!(two.numbers(), ["300"]);
}

fn two_gateways_share_the_numbers(place: &Place) {
    let (mut one, mut two) = (place.start("one"), place.start("two"));
    place.put("one", "a.crl", &issued(5, 5));
    one.look();
    place.put("two", "a.crl", &issued(4, 6));
    two.look();
    assert_eq!((two.told(), two.numbers().len()), (vec!["number_falls"], 0));
    place.put("two", "a.crl", &issued(6, 4));
    two.look();
    assert_eq!((one.numbers(), two.numbers()), (vec!["5".to_owned()], vec!["6".to_owned()]));
    // The other's list comes from the archive, without the folder.
    wait(one.background.round());
    assert_eq!((one.numbers(), one.told().len()), (vec!["6".to_owned()], 0));
    // An upload is judged before it is kept.
    let trust = one.gateway.verifier().trust().clone();
    let other = CrlSpec::new(6).issued(at() - Duration::hours(3), at() + Duration::days(2)).der(&place.ca);
    let refused = madoguchi::pki::crl::sources::upload(&one.gateway.crls, &place.crls("one"), &other, &trust, at());
    assert_eq!(refused.unwrap_err().code, "number_reused");
    assert_eq!(fs::read_dir(place.crls("one")).unwrap().count(), 1);
    drop(one);
    assert_eq!(place.start("one").numbers(), ["6"]);
}

fn of_two_lists_with_one_number_only_one_comes_in_whoever_offers_them(place: &Place) {
    let gateways = [place.start("one"), place.start("two")];
    for number in 1..=12 {
        // A step each, so that every row of numbers is used once.
        let point = issuing_distribution_point(&[uri(&format!("ldap://{number}"))], &[]);
        let offers = gateways.iter().zip([3, 4]).map(|(running, hours)| {
            let der = issued(number, hours).with(point.clone()).der(&place.ca);
            let gateway = running.gateway.clone();
            std::thread::spawn(move || gateway.crls.offer(&der, gateway.verifier().trust(), at()).map_err(|it| it.code))
        });
        let offers: Vec<_> = offers.collect::<Vec<_>>().into_iter().map(|offer| offer.join().unwrap()).collect();
        assert_eq!(offers.iter().filter(|offer| offer.is_ok()).count(), 1, "{offers:?}");
        assert!(offers.contains(&Err("number_reused")), "{offers:?}");
    }
    assert!(gateways.iter().all(|running| running.told().is_empty()), "the archive took every list that came in");
}

#[test]
fn a_disk_that_takes_no_list_keeps_none_from_use() {
    let place = Place::sqlite();
    let mut running = place.start("one");
    let crls = place.folder.path().join("documents/crls");
    fs::remove_dir_all(&crls).unwrap();
    fs::write(&crls, "in the way").unwrap();
    let digest = place.put("one", "a.crl", &issued(1, 3));
    running.look();
    assert_eq!((running.lists(), running.told()), (vec![(digest.clone(), None)], vec!["not_archived"]));
    assert!(matches!(running.read(&digest), Err(StoreError::NotFound)), "nothing speaks of what is not on disk");
    fs::remove_file(&crls).unwrap();
    fs::create_dir(&crls).unwrap();
    place.clock.advance(Duration::minutes(1));
    running.look();
    assert_eq!(running.lists(), [(digest.clone(), Some(at() + Duration::minutes(1)))]);
    assert_eq!((running.gateway.crls.not_archived(), running.told().len()), (0, 1));
    assert!(running.read(&digest).is_ok());
}

/// An archive that works or does not.
#[derive(Debug, Default)]
struct Shelf {
    works: Mutex<bool>,
    kept: Mutex<Vec<(String, KeepOrder)>>,
}

impl CrlArchive for Shelf {
    fn newest(&self, _row: &ListRow) -> Result<Vec<ListRank>, String> {
        Err("the archive is away".to_owned())
    }

    fn keep(&self, list: &ListRecord, order: KeepOrder, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, NotKept> {
        if !*self.works.lock().unwrap() {
            return Err(NotKept::Failed("the disk is full".to_owned()));
        }
        self.kept.lock().unwrap().push((list.identity.sha256.clone(), order));
        Ok(Some(at))
    }
}

#[test]
fn a_list_that_cannot_be_archived_is_used_and_told_and_archived_later() {
    let (ca, certificate) = root("CN=Root");
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let shelf = Arc::new(Shelf::default());
    let store = CrlStore::with_archive(shelf.clone());
    let first = store.offer(issued(1, 9).der(&ca), &trust, at()).unwrap();
    let second = store.offer(issued(2, 3).der(&ca), &trust, at()).unwrap();
    assert_eq!((store.list()[0].identity.clone(), store.list()[0].archived_since), (second.clone(), None));
    let told = store.refusals();
    assert_eq!(told.iter().map(|told| told.code).collect::<Vec<_>>(), ["not_archived", "not_archived"]);
    assert!(told[0].detail.contains("the disk is full") && told[0].sha256 == second.sha256);
    assert_eq!((store.archive_waiting(at()), store.not_archived()), (0, 2));
    *shelf.works.lock().unwrap() = true;
    // The first was in use for a time, and is kept although a newer one is.
    assert_eq!((store.archive_waiting(at()), store.not_archived()), (2, 0));
    let kept = shelf.kept.lock().unwrap().clone();
    assert_eq!(kept, [(first.sha256.clone(), KeepOrder::Any), (second.sha256.clone(), KeepOrder::Any)]);
    assert_eq!(store.list()[0].archived_since, Some(at()));
}
