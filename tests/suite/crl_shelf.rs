//! Lists on the shelf: their bytes in files and not in memory, their indexes there for the next start; whatever is wrong
//! with either is noticed.
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Duration;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{
    Change, CrlShard, CrlStore, Difference, IntakePolicy, ListShelf, LostEntries, check_revocation,
};
use madoguchi::pki::path::{PathRequest, PolicyInputs, Purpose, validate};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::verdict::{SubIndication, conclude};

use crate::support::der_pki::*;

/// Enough entries for a list to go to the shelf.
const ENTRIES: u32 = 2_500;

/// A CA, and a folder in which a gateway has its shelf.
struct Place {
    ca: Entity,
    trust: TrustStore,
    folder: tempfile::TempDir,
}

fn place() -> Place {
    let (ca, certificate) = root("CN=Shelved");
    Place { ca, trust: TrustStore::new(vec![certificate], Vec::new()), folder: tempfile::tempdir().unwrap() }
}

fn serial(number: u32) -> [u8; 20] {
    let mut serial = [0x11; 20];
    serial[16..].copy_from_slice(&number.to_be_bytes());
    serial
}

/// List `number` with serials from `first` on.
fn list(number: u64, first: u32) -> CrlSpec {
    let mut spec = CrlSpec::new(number);
    spec.entries = (first..first + ENTRIES)
        .flat_map(|number| entry(&serial(number), at() - Duration::days(1), &[reason(3)]))
        .collect();
    spec
}

impl Place {
    fn store(&self) -> CrlStore {
        CrlStore::default().on_shelf(ListShelf::open(self.folder.path(), &[7; 64]).unwrap())
    }

    /// What an earlier run left of `spec`: its digest.
    fn left_by_an_earlier_run(&self, spec: &CrlSpec) -> [u8; 32] {
        let store = self.store();
        let identity = store.offer(spec.der(&self.ca), &self.trust, at()).unwrap();
        assert_eq!(store.tidy_shelf(), 0);
        let mut digest = [0; 32];
        hex::decode_to_slice(&identity.sha256, &mut digest).unwrap();
        digest
    }

    fn file(&self, sha256: &[u8; 32], kind: &str) -> PathBuf {
        self.folder.path().join("0").join(format!("{}.{kind}", hex::encode(sha256)))
    }

    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path().join("0")).unwrap();
        let mut names: Vec<String> = names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != ".lock");
        names.sort();
        names
    }

    /// Whether the index that an earlier run left is used.
    fn is_used(&self, sha256: [u8; 32]) -> bool {
        let store = self.store();
        let used = store.restore(sha256, &self.trust, at()).is_some_and(|taken| taken.is_ok());
        assert_eq!(store.current().len(), usize::from(used));
        used
    }
}

fn only(store: &CrlStore) -> Arc<CrlShard> {
    store.current().shards().next().unwrap().clone()
}

fn flip(file: &Path, bit: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[bit / 8] ^= 1 << (bit % 8);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_restart_goes_on_with_the_index_and_reads_no_list() {
    let place = place();
    let digest = place.left_by_an_earlier_run(&list(5, 0));
    let store = place.store();
    let identity = store.restore(digest, &place.trust, at()).unwrap().unwrap();
    assert_eq!((identity.number.as_deref(), identity.sha256.as_str()), (Some("5"), &*hex::encode(digest)));
    let shard = only(&store);
    assert_eq!(shard.entries(), ENTRIES as usize);
    assert!(shard.memory() < 24 * ENTRIES as usize, "{} octets of memory", shard.memory());
    for number in 0..ENTRIES {
        let entry = shard.find(&serial(number)).unwrap().unwrap();
        assert_eq!((&*entry.serial, entry.reason), (&serial(number)[..], Some(3)));
        assert!(shard.find(&serial(number + ENTRIES)).unwrap().is_none());
    }
    // What is judged against the list that is held is judged as before the restart.
    assert_eq!(store.offer(list(4, 0).der(&place.ca), &place.trust, at()).unwrap_err().code, "number_falls");
    assert_eq!(store.offer(list(6, 10).der(&place.ca), &place.trust, at()).unwrap_err().code, "entries_lost");
    store.offer(list(6, 0).der(&place.ca), &place.trust, at()).unwrap();
}

#[test]
fn an_indirect_list_keeps_its_issuers_over_a_restart() {
    let place = place();
    let mut spec = CrlSpec::new(1).with(issuing_distribution_point(&[], &[tlv(0x84, &[0xff])]));
    for (number, issuer) in ["CN=One", "CN=Two"].into_iter().enumerate() {
        let first = [certificate_issuer(issuer)];
        for serial_number in 0..ENTRIES {
            let named: &[Vec<u8>] = if serial_number == 0 { &first } else { &[] };
            spec = spec.entry(entry(&serial(serial_number), at() - Duration::hours(number as i64), named));
        }
    }
    let digest = place.left_by_an_earlier_run(&spec);
    let store = place.store();
    store.restore(digest, &place.trust, at()).unwrap().unwrap();
    let normal = |text: &str| madoguchi::pki::name::normal_form(&name(text));
    for (issuer, hours) in [("CN=One", 0), ("CN=Two", 1)] {
        let entry = only(&store).find_under(&serial(1_000), &normal(issuer)).unwrap().unwrap();
        assert_eq!((entry.revocation_date, &*entry.issuer), (at() - Duration::hours(hours), &*normal(issuer)));
    }
    assert!(only(&store).find_under(&serial(1_000), &normal("CN=Three")).unwrap().is_none());
}

#[test]
fn a_flipped_bit_anywhere_in_an_index_is_noticed() {
    let place = place();
    let digest = place.left_by_an_earlier_run(&list(5, 0));
    let file = place.file(&digest, "idx");
    let bits = 8 * fs::metadata(&file).unwrap().len() as usize;
    assert!(place.is_used(digest));
    // Every bit of the header and of the seal, and one in some of everything between.
    for bit in (0..8 * 128).chain((8 * 128..bits - 256).step_by(997)).chain(bits - 256..bits) {
        flip(&file, bit);
        assert!(!place.is_used(digest), "bit {bit} of {bits}");
        flip(&file, bit);
    }
    assert!(place.is_used(digest));
    let whole = fs::read(&file).unwrap();
    for length in [0, 7, 100, 131, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        assert!(!place.is_used(digest), "{length} octets");
    }
    fs::write(&file, [&*whole, b"x"].concat()).unwrap();
    assert!(!place.is_used(digest));
}

#[test]
fn a_flipped_bit_anywhere_in_a_list_is_noticed() {
    let place = place();
    let digest = place.left_by_an_earlier_run(&list(5, 0));
    let store = place.store();
    store.restore(digest, &place.trust, at()).unwrap().unwrap();
    let (shard, file) = (only(&store), place.file(&digest, "der"));
    let der = shard.der().unwrap().into_owned();
    let wanted = entry(&serial(100), at() - Duration::days(1), &[reason(3)]);
    let start = der.windows(wanted.len()).position(|window| window == wanted).unwrap();
    for bit in 8 * start..8 * (start + wanted.len()) {
        flip(&file, bit);
        let found = shard.find(&serial(100));
        assert!(found.is_err(), "bit {} of the entry: {found:?}", bit - 8 * start);
        assert!(shard.find(&serial(101)).unwrap().is_some(), "another entry is what it was");
        flip(&file, bit);
    }
    for bit in (0..8 * der.len()).step_by(60_013) {
        flip(&file, bit);
        assert!(shard.der().is_err(), "bit {bit}");
        flip(&file, bit);
    }
    assert_eq!(shard.der().unwrap(), der);
    fs::write(&file, &der[..der.len() - 1]).unwrap();
    drop((shard, store));
    assert!(!place.is_used(digest), "a list that is shorter than it was");
}

#[test]
fn a_certificate_on_a_damaged_list_is_not_decided_and_the_list_can_be_mended() {
    let place = place();
    let leaf = CertSpec::new(1).with(key_usage(&[0, 1]));
    let leaf = CertSpec { serial: serial(7).to_vec(), ..leaf }.certificate(&place.ca, &Entity::new("CN=leaf"));
    let other = CertSpec { serial: serial(ENTRIES).to_vec(), ..CertSpec::leaf(1) };
    let other = other.certificate(&place.ca, &Entity::new("CN=other"));
    let judge = |store: &CrlStore, target: &Arc<Certificate>| {
        let policies = PolicyInputs::any();
        let request = PathRequest { at: at(), extra: &[], purpose: Purpose::Any, policies: &policies };
        let chain = validate(&place.trust, target, &request).chain.unwrap();
        let outcome = check_revocation(&store.current(), &chain, at(), None);
        assert_eq!(outcome.proof.is_some(), conclude(&outcome.checks).1.is_none());
        let failed = outcome.checks.iter().filter(|check| check.is_failed()).map(|check| check.name.to_owned());
        (conclude(&outcome.checks).1, failed.collect::<Vec<String>>())
    };
    let digest = place.left_by_an_earlier_run(&list(5, 0));
    let store = place.store();
    store.restore(digest, &place.trust, at()).unwrap().unwrap();
    assert_eq!(judge(&store, &leaf).0, Some(SubIndication::RevokedNoPoe));
    assert!(store.damaged().is_empty());
    let file = place.file(&digest, "der");
    let der = fs::read(&file).unwrap();
    for damaged in [vec![0; der.len()], Vec::new()] {
        fs::write(&file, damaged).unwrap();
        let undecided = (Some(SubIndication::TryLater), vec!["revocation_lists_can_be_read".to_owned()]);
        assert_eq!(judge(&store, &leaf), undecided);
        assert_eq!(judge(&store, &other).0, None, "one that the index does not have is on no list");
        assert_eq!(store.damaged().iter().map(|fault| fault.sha256.clone()).collect::<Vec<_>>(), [hex::encode(digest)]);
    }
    assert!(store.mend(&hex::encode(digest), b"others".to_vec()).is_err());
    store.mend(&hex::encode(digest), der.clone()).unwrap();
    assert_eq!(judge(&store, &leaf).0, Some(SubIndication::RevokedNoPoe));
    assert!(store.damaged().is_empty());
    assert_eq!((fs::read(&file).unwrap(), store.tidy_shelf()), (der, 0));
    drop(store);
    assert!(place.is_used(digest));
}

#[test]
fn an_index_of_another_list_is_not_used() {
    let place = place();
    let (one, other) = (list(5, 0), list(6, 0));
    let digest = place.left_by_an_earlier_run(&one);
    let kept = fs::read(place.file(&digest, "idx")).unwrap();
    let newer = place.left_by_an_earlier_run(&other);
    assert_eq!(place.files().len(), 2, "the files of the list before are gone");
    assert!(place.is_used(newer));
    fs::write(place.file(&newer, "idx"), &kept).unwrap();
    assert!(!place.is_used(newer), "an index of another list under this one's name");
    fs::write(place.file(&digest, "idx"), &kept).unwrap();
    assert!(!place.is_used(digest), "an index whose list is not there");
    assert!(!place.is_used([9; 32]));
}

#[test]
fn an_index_of_another_gateway_is_not_used() {
    let place = place();
    let digest = place.left_by_an_earlier_run(&list(5, 0));
    for secret in [[8; 64], {
        let mut same_key = [7; 64];
        same_key[40] = 1;
        same_key
    }] {
        let store = CrlStore::default().on_shelf(ListShelf::open(place.folder.path(), &secret).unwrap());
        assert!(store.restore(digest, &place.trust, at()).is_none());
    }
    assert!(place.is_used(digest));
}

#[test]
fn an_index_is_not_used_when_its_signer_is_trusted_no_more() {
    let place = place();
    let digest = place.left_by_an_earlier_run(&list(5, 0));
    let (_, of_another_key) = root("CN=Shelved");
    for trust in [TrustStore::new(Vec::new(), Vec::new()), TrustStore::new(vec![of_another_key], Vec::new())] {
        assert!(place.store().restore(digest, &trust, at()).is_none());
    }
    let after_its_end = at() + Duration::days(366);
    assert!(place.store().restore(digest, &place.trust, after_its_end).is_none());
    assert!(place.is_used(digest));
}

#[test]
fn what_a_crash_leaves_is_harmless_and_goes_away() {
    let place = place();
    let spec = list(5, 0);
    let digest = place.left_by_an_earlier_run(&spec);
    // Before the index was written; in the middle of writing; after the index and without the list.
    fs::remove_file(place.file(&digest, "idx")).unwrap();
    assert!(!place.is_used(digest));
    fs::write(place.file(&digest, "idx.part"), b"half").unwrap();
    fs::write(place.file(&[3; 32], "der.part"), b"half").unwrap();
    fs::write(place.file(&[4; 32], "der"), b"of nobody").unwrap();
    fs::write(place.file(&[5; 32], "idx"), b"of nobody").unwrap();
    let store = place.store();
    assert!(store.restore(digest, &place.trust, at()).is_none());
    let identity = store.offer(spec.der(&place.ca), &place.trust, at()).unwrap();
    assert_eq!(store.tidy_shelf(), 0);
    let name = &identity.sha256;
    assert_eq!(place.files(), [format!("{name}.der"), format!("{name}.idx")]);
    drop(store);
    let mut digest = [0; 32];
    hex::decode_to_slice(name, &mut digest).unwrap();
    assert!(place.is_used(digest));
    fs::remove_file(place.file(&digest, "der")).unwrap();
    assert!(!place.is_used(digest));
}

#[test]
fn whoever_began_with_a_list_reads_it_after_it_was_replaced() {
    let place = place();
    let store = place.store();
    store.offer(list(5, 0).der(&place.ca), &place.trust, at()).unwrap();
    store.tidy_shelf();
    let begun = store.current();
    store.offer(list(6, 0).der(&place.ca), &place.trust, at()).unwrap();
    store.tidy_shelf();
    assert_eq!(place.files().len(), 4);
    assert!(begun.shards().next().unwrap().find(&serial(9)).unwrap().is_some());
    drop(begun);
    store.tidy_shelf();
    assert_eq!(place.files().len(), 2);
}

#[test]
fn two_processes_in_one_folder_leave_each_other_their_lists() {
    let place = place();
    let (one, other) = (place.store(), place.store());
    one.offer(list(5, 0).der(&place.ca), &place.trust, at()).unwrap();
    other.offer(list(6, 0).der(&place.ca), &place.trust, at()).unwrap();
    for store in [&one, &other] {
        store.tidy_shelf();
        assert!(only(store).find(&serial(1)).unwrap().is_some());
    }
    assert!(place.folder.path().join("1").exists());
    let further: Vec<_> = (0..6).map(|_| place.store()).collect();
    assert!(ListShelf::open(place.folder.path(), &[7; 64]).is_err(), "eight have theirs there");
    drop((one, other, further));
    place.store();
    let left = fs::read_dir(place.folder.path().join("1")).unwrap().count();
    assert_eq!(left, 1, "what a process left that is gone takes no room");
}

#[test]
fn small_lists_stay_in_memory_and_a_full_disk_stops_none() {
    let place = place();
    let store = place.store();
    store.offer(CrlSpec::new(1).entry(entry(&[1], at(), &[])).der(&place.ca), &place.trust, at()).unwrap();
    assert_eq!((store.tidy_shelf(), place.files().len()), (0, 0));
    fs::remove_dir_all(place.folder.path().join("0")).unwrap();
    let spec = CrlSpec::new(2).entry(entry(&[1], at(), &[])).entry(list(2, 0).entries);
    store.offer(spec.der(&place.ca), &place.trust, at()).unwrap();
    assert!(only(&store).find(&serial(5)).unwrap().is_some());
    assert_eq!(store.tidy_shelf(), 0);
}

#[test]
fn differences_are_found_without_reading_and_entries_are_read_where_they_lie() {
    let place = place();
    let accept = IntakePolicy { lost_entries: LostEntries::Accept };
    let (store, old_spec) = (place.store().under(accept), list(5, 0));
    store.offer(old_spec.der(&place.ca), &place.trust, at()).unwrap();
    let old = only(&store);
    let mut new_spec = list(6, 0).entry(entry(&serial(9_000), at() - Duration::days(1), &[]));
    let was = entry(&serial(3), at() - Duration::days(1), &[reason(3)]);
    let start = new_spec.entries.windows(was.len()).position(|window| window == was).unwrap();
    let is = entry(&serial(3), at() - Duration::days(1), &[reason(4)]);
    new_spec.entries.splice(start..start + was.len(), is);
    store.offer(new_spec.der(&place.ca), &place.trust, at()).unwrap();
    let new = only(&store);
    let found: Vec<Difference> = new.differences(&old).unwrap().collect();
    assert_eq!(found.len(), 2);
    let mut changes: Vec<Change> = new.changes(&old).unwrap().map(Result::unwrap).collect();
    changes.sort_by_key(|change| matches!(change, Change::Changed { .. }));
    let [Change::Added(added), Change::Changed { was, is }] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((&*added.serial, added.reason), (&serial(9_000)[..], None));
    assert_eq!((&*was.serial, was.reason, is.reason), (&serial(3)[..], Some(3), Some(4)));
    let back: Vec<Change> = old.changes(&new).unwrap().map(Result::unwrap).collect();
    assert!(back.contains(&Change::Removed(added.clone())) && back.len() == 2);
    // Marks of another store were made under another key.
    let other = CrlStore::default();
    other.offer(old_spec.der(&place.ca), &place.trust, at()).unwrap();
    assert!(new.differences(&only(&other)).is_err());
}
