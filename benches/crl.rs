//! A revocation list at scale: 5,000,000 entries with serials of 20 octets taken in (parsed, signature verified, index
//! made, laid on the shelf), the memory that takes and keeps, and look-ups, next to OpenSSL, x509-parser and rustls-webpki,
//! which verify no signature here; then a restart with the index that was left, and 2,000 shards with as many entries
//! together. Every measurement is a process of its own.
//!
//! `cargo bench --bench crl [-- ENTRIES]` (default 5,000,000)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use common::{Fixtures, now};
use madoguchi::clock::Stopwatch;
use madoguchi::pki::certificate::Certificate;

use madoguchi::pki::crl::{CrlStore, ListShelf, ParsedCrl};
use madoguchi::pki::trust_store::TrustStore;

/// What a process measured: nanoseconds to take the list in, nanoseconds a look-up, kilobytes resident, at most.
struct Measured {
    intake: f64,
    lookup: f64,
    resident: f64,
    peak: Option<f64>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ours", list] => return take_in(Path::new(list)),
        ["restart", list] => return restart(Path::new(list)),
        ["shards", folder] => return take_in_shards(Path::new(folder)),
        _ => {}
    }
    let entries = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(5_000_000);
    let fixtures = Fixtures::load_or_make();
    let list = write_list(&fixtures, entries);
    let size = std::fs::metadata(&list).expect("it was written").len() as f64;
    println!("a CRL with {entries} entries, {:.0} MB", size / 1e6);
    println!("  {:<36} {:>10} {:>12} {:>14} {:>10}", "", "intake", "look-up", "resident", "at most");
    let program = std::env::current_exe().expect("this program");
    // The first to touch memory waits until the machine, and its host, hand it out; so several, and the one in the middle.
    let mut ours: Vec<Measured> = (0..RUNS).map(|_| measure(Command::new(&program).arg("ours").arg(&list))).collect();
    let each: Vec<String> =
        ours.iter().map(|run| format!("{:.2} s and {:.0} ns", run.intake / 1e9, run.lookup)).collect();
    ours.sort_by(|one, other| one.lookup.total_cmp(&other.lookup));
    let lookup = ours[RUNS / 2].lookup;
    ours.sort_by(|one, other| one.intake.total_cmp(&other.intake));
    ours[RUNS / 2].lookup = lookup;
    report("madoguchi, signature verified", entries, &ours[RUNS / 2]);
    println!("    the middle ones of {RUNS} processes: {}", each.join(", "));
    let restarted = measure(Command::new(&program).arg("restart").arg(&list));
    report("madoguchi, restarted", entries, &restarted);
    let shards = write_shards(&fixtures, entries);
    report("madoguchi, 2,000 shards, verified", entries, &measure(Command::new(&program).arg("shards").arg(&shards)));
    std::fs::remove_dir_all(shards).expect("it was written");
    // Lists of the others are read through for every look-up where they keep no index.
    let references = build_references();
    for (library, lookups) in [("openssl", 200_000), ("rustls-webpki", 200_000), ("x509-parser", 20)] {
        let mut command = Command::new(&references);
        report(library, entries, &measure(command.arg(library).arg(&list).arg(lookups.to_string())));
    }
    std::fs::remove_file(&list).expect("it was written");
    std::fs::remove_dir_all(shelf_of(&list)).expect("it was written");
}

fn report(name: &str, entries: usize, measured: &Measured) {
    let peak = measured.peak.map_or(String::new(), |peak| format!("{:.0} MB", peak / 1e3));
    println!(
        "  {name:<36} {:>7.2} s {:>9.0} ns {:>9.0} MB {:>12}   {:.1} bytes an entry",
        measured.intake / 1e9,
        measured.lookup,
        measured.resident / 1e3,
        peak,
        measured.resident * 1e3 / entries as f64,
    );
}

/// Runs a measuring process and reads its one line.
fn measure(command: &mut Command) -> Measured {
    let output = command.stderr(Stdio::inherit()).output().expect("it starts");
    assert!(output.status.success(), "it measures");
    let text = String::from_utf8(output.stdout).expect("text");
    let figures: Vec<f64> = text.split_whitespace().map(|figure| figure.parse().expect("a number")).collect();
    let [intake, lookup, resident, rest @ ..] = figures.as_slice() else { panic!("three figures, not {text:?}") };
    Measured { intake: *intake, lookup: *lookup, resident: *resident, peak: rest.first().copied() }
}

/// How many processes take the list in, one after the other.
const RUNS: usize = 5;
/// How many serials are looked up.
const LOOKUPS: usize = 1_000_000;

fn trust(folder: &Path) -> TrustStore {
    let certificate = |name: &str| {
        let der = std::fs::read(folder.join(name)).expect("the bench wrote it");
        Arc::new(Certificate::from_der(der).expect("a certificate"))
    };
    TrustStore::new(vec![certificate("anchor.der")], vec![certificate("intermediate.der")])
}

fn shelf_of(list: &Path) -> PathBuf {
    list.with_extension("shelf")
}

fn store_of(list: &Path) -> CrlStore {
    CrlStore::default().on_shelf(ListShelf::open(&shelf_of(list), &[7; 64]).expect("the folder can be written"))
}

/// The measuring process of our own: takes the list in as a gateway does and looks serials up.
fn take_in(list: &Path) {
    let trust = trust(list.parent().expect("a folder"));
    let _ = std::fs::remove_dir_all(shelf_of(list));
    let store = store_of(list);
    let watch = Stopwatch::start();
    let identity = store.offer(std::fs::read(list).expect("the bench wrote it"), &trust, now()).expect("a good list");
    let intake = watch.elapsed();
    let peak = status("VmHWM");
    let watch = Stopwatch::start();
    assert_eq!(store.tidy_shelf(), 0);
    let kept = watch.elapsed();
    std::fs::write(list.with_extension("sha256"), &identity.sha256).expect("the folder can be written");
    let resident = settled();
    let lookup = look_up(&store, list);
    let shard = store.current().shards().next().expect("the list").clone();
    eprintln!(
        "  index and bytes resident: {:.2} bytes an entry; index file on disk {:.2} s after that",
        shard.memory() as f64 / shard.entries() as f64,
        kept.as_secs_f64()
    );
    println!("{} {lookup} {resident} {peak}", intake.as_nanos());
}

/// The next start: the list comes back from the index that the run before left.
fn restart(list: &Path) {
    let trust = trust(list.parent().expect("a folder"));
    let mut sha256 = [0; 32];
    let text = std::fs::read_to_string(list.with_extension("sha256")).expect("the run before wrote it");
    hex::decode_to_slice(text, &mut sha256).expect("a digest");
    let store = store_of(list);
    let watch = Stopwatch::start();
    store.restore(sha256, &trust, now()).expect("there is an index").expect("a good list");
    let restart = watch.elapsed();
    let (resident, peak) = (settled(), status("VmHWM"));
    println!("{} {} {resident} {peak}", restart.as_nanos(), look_up(&store, list));
}

/// Nanoseconds a look-up: half of them of serials that the list has.
fn look_up(store: &CrlStore, list: &Path) -> u128 {
    let der = std::fs::read(list).expect("the bench wrote it");
    // One after another in memory, in the order in which they are asked: a gateway has just read the certificate.
    let length = serials(&der, 2)[0].len();
    let asked = serials(&der, LOOKUPS).concat();
    drop(der);
    let serials = asked.chunks_exact(length);
    let snapshot = store.current();
    let shard = snapshot.shards().next().expect("the list");
    let watch = Stopwatch::start();
    let hits = serials.clone().filter(|serial| black_box(shard.find(serial)).expect("readable").is_some()).count();
    let lookup = watch.elapsed().as_nanos() / serials.len() as u128;
    assert_eq!(hits, serials.len().div_ceil(2), "every other one is in the list");
    let most = serials.map(|serial| shard.index().probes(serial)).max().expect("a look-up");
    let bound = 2 + shard.entries().next_power_of_two().ilog2() as usize;
    assert!(most <= bound, "{most} probes");
    eprintln!("  at most {most} probes a look-up, {bound} by proof");
    lookup
}

/// Kilobytes resident when the allocator has given back what is free.
fn settled() -> u64 {
    // It gives back what was free for a second, when it is asked for something, as it is all the time in a gateway.
    for _ in 0..15 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(black_box(vec![0u8; 1 << 20]));
    }
    status("VmRSS")
}

/// 2,000 lists, each of a distribution point of its own.
fn take_in_shards(folder: &Path) {
    let trust = trust(folder.parent().expect("a folder"));
    let shelf = folder.join("shelf");
    let store = CrlStore::default().on_shelf(ListShelf::open(&shelf, &[7; 64]).expect("the folder can be written"));
    let watch = Stopwatch::start();
    for number in 0..SHARDS {
        let der = std::fs::read(folder.join(format!("{number}.crl"))).expect("the bench wrote it");
        store.offer(der, &trust, now()).expect("a good list");
    }
    let intake = watch.elapsed();
    let peak = status("VmHWM");
    assert_eq!((store.tidy_shelf(), store.current().len()), (0, SHARDS));
    let resident = settled();
    let snapshot = store.current();
    let mut asked = Vec::new();
    for shard in snapshot.shards() {
        let der = shard.der().expect("it can be read back");
        asked.extend(serials(&der, 100).into_iter().map(|serial| (shard.clone(), serial)));
    }
    let watch = Stopwatch::start();
    let hits = asked.iter().filter(|(shard, serial)| black_box(shard.find(serial)).expect("readable").is_some());
    let (hits, lookup) = (hits.count(), watch.elapsed().as_nanos() / asked.len() as u128);
    assert!(hits >= asked.len() / 2);
    let memory: usize = snapshot.shards().map(|shard| shard.memory()).sum();
    let entries: usize = snapshot.shards().map(|shard| shard.entries()).sum();
    eprintln!("  indexes and bytes of the shards resident: {:.2} bytes an entry", memory as f64 / entries as f64);
    println!("{} {lookup} {resident} {peak}", intake.as_nanos());
}

/// How many shards there are.
const SHARDS: usize = 2_000;

fn write_shards(fixtures: &Fixtures, entries: usize) -> PathBuf {
    let folder = common::cache().join("crl").join("shards");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    for number in 0..SHARDS {
        let list = fixtures.issuing_crl_shard(number, entries / SHARDS);
        std::fs::write(folder.join(format!("{number}.crl")), list).expect("the folder can be written");
    }
    folder
}

/// Every other one a serial of the list, the rest serials of the same length that it has not.
fn serials(der: &[u8], count: usize) -> Vec<Vec<u8>> {
    let crl = ParsedCrl::from_der(der).expect("a list");
    let step = (2 * crl.entries().count() / count).max(1);
    let own = crl.entries().step_by(step).map(|entry| entry.expect("an entry").serial.to_vec());
    let both = own.flat_map(|serial| {
        let mut other = serial.clone();
        if let Some(last) = other.last_mut() {
            *last ^= 0x55;
        }
        [serial, other]
    });
    let mut all: Vec<Vec<u8>> = both.take(count).collect();
    // Not in the list's order: neighbours in the list are no neighbours in time.
    let length: usize = all.len();
    for index in 0..length {
        all.swap(index, (usize::wrapping_mul(index, 2_654_435_761) >> 3) % length);
    }
    let in_list = all.len().div_ceil(2);
    assert!(in_list > 0);
    all
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(name)).expect("the figure");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).expect("a number")
}

fn write_list(fixtures: &Fixtures, entries: usize) -> PathBuf {
    let folder = common::cache().join("crl");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    std::fs::write(folder.join("anchor.der"), fixtures.anchor()).expect("the folder can be written");
    std::fs::write(folder.join("intermediate.der"), fixtures.intermediate()).expect("the folder can be written");
    let list = folder.join(format!("{entries}.crl"));
    std::fs::write(&list, fixtures.issuing_crl(entries)).expect("the folder can be written");
    list
}

fn build_references() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/references/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").to_owned();
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--release", "--locked", "--quiet", "--bin", "crl-reference", "--manifest-path"])
        .arg(&manifest);
    assert!(build.arg("--target-dir").arg(&target).status().expect("cargo starts").success(), "the references build");
    target.join("release/crl-reference")
}
