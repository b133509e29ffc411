//! A gateway whose lists lie on its shelf: it starts again with their indexes, and mends a list that was damaged.
use std::fs;
use std::path::PathBuf;

use chrono::Duration;

use crate::support::archive::{Place, Running, issued};
use crate::support::der_pki::{CrlSpec, at, entry};

/// Large enough for the shelf.
fn large(number: u64) -> CrlSpec {
    let mut spec = issued(number, 3);
    spec.entries = (0..2_500u32).flat_map(|number| entry(&serial(number), at() - Duration::days(1), &[])).collect();
    spec
}

fn serial(number: u32) -> [u8; 20] {
    let mut serial = [0x11; 20];
    serial[16..].copy_from_slice(&number.to_be_bytes());
    serial
}

fn file(place: &Place, digest: &str, kind: &str) -> PathBuf {
    place.crls("one").parent().unwrap().join("crl-index/0").join(format!("{digest}.{kind}"))
}

/// Whether the one list in use has the serial; none where that is not known.
fn lists(running: &Running, number: u32) -> Option<bool> {
    let snapshot = running.gateway.crls.current();
    snapshot.shards().next().unwrap().find(&serial(number)).ok().map(|found| found.is_some())
}

#[test]
fn a_gateway_starts_again_with_the_index_and_reads_neither_archive_nor_folder() {
    let place = Place::sqlite();
    let digest = place.put("one", "a.crl", &large(1));
    let running = place.start("one");
    assert_eq!((lists(&running, 7), lists(&running, 2_500)), (Some(true), Some(false)));
    assert!(file(&place, &digest, "der").exists() && file(&place, &digest, "idx").exists());
    drop(running);
    // What it would be taken from otherwise is not what it was; that it is not read is why nobody is told.
    place.damage(&digest);
    let running = place.start("one");
    assert_eq!((running.numbers(), running.told()), (vec!["1".to_owned()], Vec::new()));
    assert_eq!((lists(&running, 7), lists(&running, 2_500)), (Some(true), Some(false)));
    drop(running);
    fs::write(file(&place, &digest, "idx"), b"no index").unwrap();
    let running = place.start("one");
    assert_eq!((running.numbers(), running.told()), (vec!["1".to_owned()], vec!["archive_damaged"]));
}

#[test]
fn a_list_that_was_damaged_is_told_and_mended_from_the_archive() {
    let place = Place::sqlite();
    let digest = place.put("one", "a.crl", &large(1));
    let mut running = place.start("one");
    let der = fs::read(file(&place, &digest, "der")).unwrap();
    fs::write(file(&place, &digest, "der"), vec![0; der.len()]).unwrap();
    assert_eq!((lists(&running, 7), lists(&running, 2_500)), (None, Some(false)));
    running.look();
    assert_eq!((lists(&running, 7), running.told()), (Some(true), vec!["list_damaged"]));
    assert_eq!(fs::read(file(&place, &digest, "der")).unwrap(), der);
    running.look();
    assert_eq!(running.told().len(), 1);
}
