//! Lists that are not as they should be in their entries and sizes, a test a row of what is expected to come in.
use std::fs;

use chrono::Duration;
use madoguchi::pki::crl::sources::WatchedFolder;
use madoguchi::pki::crl::{CrlStore, MAX_CRL, ParsedCrl, lints};
use madoguchi::pki::trust_store::TrustStore;

use crate::support::der_pki::*;

/// A CA, and what becomes of its list of these serials: the store, or why it was refused.
fn taken_in(serials: &[&[u8]]) -> Result<CrlStore, &'static str> {
    let (ca, certificate) = root("CN=Unusual");
    let mut spec = CrlSpec::new(1);
    for serial in serials {
        spec = spec.entry(entry(serial, at() - Duration::days(1), &[reason(1)]));
    }
    let store = CrlStore::default();
    let trust = TrustStore::new(vec![certificate], Vec::new());
    store.offer(spec.der(&ca), &trust, at()).map_err(|refusal| refusal.code)?;
    Ok(store)
}

fn finds(store: &CrlStore, serial: &[u8]) -> bool {
    store.current().shards().next().unwrap().find(serial).unwrap().is_some_and(|entry| *entry.serial == *serial)
}

#[test]
fn an_unsorted_list_is_searched_as_well_as_a_sorted_one() {
    let unsorted: [&[u8]; 6] = [&[9], &[1, 0], &[3], &[0x7f, 0xff], &[2], &[5, 5, 5]];
    let store = taken_in(&unsorted).unwrap();
    assert!(unsorted.iter().all(|serial| finds(&store, serial)));
    assert!(![&[4u8][..], &[1], &[5, 5], &[0x7f, 0xfe]].iter().any(|serial| finds(&store, serial)));
}

#[test]
fn a_list_with_duplicate_serials_is_refused() {
    assert_eq!(taken_in(&[&[7], &[8], &[7]]).unwrap_err(), "duplicate_serial");
    assert!(taken_in(&[&[7], &[8], &[7, 7]]).is_ok());
}

#[test]
fn serials_of_21_octets_are_read_and_found() {
    let (long, other) = ([0x11; 21], [[0x11; 20].as_slice(), &[0x12]].concat());
    let store = taken_in(&[&long, &[0x11; 20]]).unwrap();
    assert!(finds(&store, &long) && finds(&store, &[0x11; 20]));
    assert!(!finds(&store, &other) && !finds(&store, &[0x11; 22]));
}

#[test]
fn negative_serials_are_read_found_and_linted() {
    let store = taken_in(&[&[0xff], &[0x80, 0x01], &[1]]).unwrap();
    assert!(finds(&store, &[0xff]) && finds(&store, &[0x80, 0x01]));
    assert!(!finds(&store, &[0]) && !finds(&store, &[0xfe]));
    let shard = store.current().shards().next().unwrap().clone();
    let der = shard.der().unwrap();
    assert!(lints(&ParsedCrl::from_der(&der).unwrap()).iter().any(|lint| lint.name == "serials_are_positive"));
}

#[test]
fn a_list_that_announces_4_gb_is_refused_without_memory_for_it() {
    let (ca, certificate) = root("CN=Huge");
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let der = CrlSpec::new(1).der(&ca);
    // The outer length, that of the entries, that of one entry: each says 4 GB, and little follows.
    let outer = [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &der[4..]].concat();
    let announced = [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[2, 1, 7]].concat();
    let in_entries = CrlSpec::new(1).entry(announced).der(&ca);
    let beyond = [&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &der[4..]].concat();
    for list in [outer, in_entries, beyond] {
        assert_eq!(CrlStore::default().offer(&*list, &trust, at()).unwrap_err().code, "not_a_crl");
    }
}

#[test]
fn a_file_over_the_size_limit_is_refused_without_being_read() {
    let folder = tempfile::tempdir().unwrap();
    // Of holes: it takes no room on the disk.
    fs::File::create(folder.path().join("huge.crl")).unwrap().set_len(4 << 30).unwrap();
    fs::File::create(folder.path().join("limit.crl")).unwrap().set_len(MAX_CRL as u64 + 1).unwrap();
    let trust = TrustStore::new(Vec::new(), Vec::new());
    let report = WatchedFolder::new(folder.path()).scan(&CrlStore::default(), &trust, at());
    let codes: Vec<_> = report.refused.iter().map(|(file, refusal)| (file.as_str(), refusal.code)).collect();
    assert_eq!(codes, [("huge.crl", "too_large"), ("limit.crl", "too_large")]);
}
