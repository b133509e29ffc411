//! Lists at scale: a million entries and more, with the memory and the work that the index is allowed. Times are printed,
//! and asserted nowhere: benches/crl.rs measures them.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::Stopwatch;
use madoguchi::pki::crl::{CrlShard, CrlStore, Difference, ListShelf};
use madoguchi::pki::trust_store::TrustStore;

use crate::support::der_pki::*;

const ENTRIES: u32 = 1_100_000;

/// Of 20 octets; the number is spread over all of them, so that a list is not sorted by anything.
fn serial(number: u32) -> [u8; 20] {
    let mut serial = [0x11u8; 20];
    serial[1..5].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    serial[16..].copy_from_slice(&number.to_be_bytes());
    serial
}

fn list(number: u64, serials: impl ExactSizeIterator<Item = u32>) -> CrlSpec {
    let mut spec = CrlSpec::new(number);
    let pattern = entry(&serial(0), at() - Duration::days(1), &[]);
    let place = pattern.windows(20).position(|window| window == serial(0)).unwrap();
    spec.entries = Vec::with_capacity(pattern.len() * serials.len());
    for number in serials {
        let start = spec.entries.len();
        spec.entries.extend_from_slice(&pattern);
        spec.entries[start + place..start + place + 20].copy_from_slice(&serial(number));
    }
    spec
}

fn only(store: &CrlStore) -> Arc<CrlShard> {
    store.current().shards().next().unwrap().clone()
}

/// Hits, misses and the work that they take.
fn look_up(shard: &CrlShard) {
    let bound = 2 + ENTRIES.next_power_of_two().ilog2() as usize;
    let (watch, mut probes, mut most) = (Stopwatch::start(), 0, 0);
    let asked = (0..ENTRIES).step_by(11);
    for number in asked.clone() {
        assert_eq!(*shard.find(&serial(number)).unwrap().unwrap().serial, serial(number));
        assert!(shard.find(&serial(number + ENTRIES)).unwrap().is_none());
        let took = shard.index().probes(&serial(number));
        (probes, most) = (probes + took, most.max(took));
    }
    let count = asked.len();
    assert!(most <= bound, "{most} probes where {bound} are the most");
    assert!(probes <= count * 7, "{probes} probes for {count} look-ups");
    println!("{} look-ups took {:?}; at most {most} probes", 2 * count, watch.elapsed());
}

#[test]
fn a_million_entries_are_taken_in_found_and_there_again_after_a_restart() {
    let (ca, certificate) = root("CN=Large");
    let trust = TrustStore::new(vec![certificate], Vec::new());
    let folder = tempfile::tempdir().unwrap();
    let store = || CrlStore::default().on_shelf(ListShelf::open(folder.path(), &[7; 64]).unwrap());
    let first = store();
    let der = list(1, 0..ENTRIES).der(&ca);
    let watch = Stopwatch::start();
    let identity = first.offer(der, &trust, at()).unwrap();
    println!("{ENTRIES} entries taken in within {:?}", watch.elapsed());
    let shard = only(&first);
    assert_eq!(shard.entries(), ENTRIES as usize);
    let (memory, index) = (shard.memory() as f64, shard.index().memory() as f64);
    println!(
        "{:.2} octets of index an entry, {:.2} with all else",
        index / f64::from(ENTRIES),
        memory / f64::from(ENTRIES)
    );
    assert!(memory <= 24.0 * f64::from(ENTRIES), "{memory} octets of memory");
    look_up(&shard);
    assert_eq!(first.tidy_shelf(), 0);
    drop((shard, first));
    let second = store();
    let mut digest = [0; 32];
    hex::decode_to_slice(&identity.sha256, &mut digest).unwrap();
    let watch = Stopwatch::start();
    assert_eq!(second.restore(digest, &trust, at()).unwrap().unwrap().sha256, identity.sha256);
    println!("a restart took {:?}", watch.elapsed());
    look_up(&only(&second));
    // The next list is compared with the restored one: a hundred entries more, all others as they were.
    let old = only(&second);
    second.offer(list(2, 0..ENTRIES + 100).der(&ca), &trust, at()).unwrap();
    let watch = Stopwatch::start();
    let new = only(&second);
    let differences: Vec<Difference> = new.differences(&old).unwrap().collect();
    println!("they were compared within {:?}", watch.elapsed());
    assert_eq!(differences.len(), 100);
    for difference in differences {
        let Difference::Added(place) = difference else { panic!("{difference:?}") };
        let number = u32::from_be_bytes(new.entry_at(place).unwrap().serial[16..].try_into().unwrap());
        assert!((ENTRIES..ENTRIES + 100).contains(&number));
    }
}
