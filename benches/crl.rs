//! A revocation list at scale: 5,000,000 entries with serials of 20 octets taken in (parsed, signature verified, index
//! made), the memory that takes and keeps, and look-ups, next to OpenSSL, x509-parser and rustls-webpki, which verify no
//! signature here. Every measurement is a process of its own.
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

use madoguchi::pki::crl::{CrlStore, ParsedCrl};
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
    if let [mode, list] = arguments.as_slice()
        && mode == "ours"
    {
        return take_in(Path::new(list));
    }
    let entries = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(5_000_000);
    let fixtures = Fixtures::load_or_make();
    let list = write_list(&fixtures, entries);
    let size = std::fs::metadata(&list).expect("it was written").len() as f64;
    println!("a CRL with {entries} entries, {:.0} MB", size / 1e6);
    println!("  {:<36} {:>10} {:>12} {:>14} {:>10}", "", "intake", "look-up", "resident", "at most");
    let program = std::env::current_exe().expect("this program");
    report("madoguchi, signature verified", entries, &measure(Command::new(program).arg("ours").arg(&list)));
    // Lists of the others are read through for every look-up where they keep no index.
    let references = build_references();
    for (library, lookups) in [("openssl", 200_000), ("rustls-webpki", 200_000), ("x509-parser", 20)] {
        let mut command = Command::new(&references);
        report(library, entries, &measure(command.arg(library).arg(&list).arg(lookups.to_string())));
    }
    std::fs::remove_file(list).expect("it was written");
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

/// The measuring process of our own: takes the list in as the gateway does and looks serials up.
fn take_in(list: &Path) {
    const LOOKUPS: usize = 1_000_000;
    let folder = list.parent().expect("a folder");
    let certificate = |name: &str| {
        let der = std::fs::read(folder.join(name)).expect("the bench wrote it");
        Arc::new(Certificate::from_der(der).expect("a certificate"))
    };
    let trust = TrustStore::new(vec![certificate("anchor.der")], vec![certificate("intermediate.der")]);
    let store = CrlStore::default();
    let watch = Stopwatch::start();
    store.offer(std::fs::read(list).expect("the bench wrote it"), &trust, now()).expect("a good list");
    let intake = watch.elapsed();
    let (resident, peak) = (status("VmRSS"), status("VmHWM"));
    let der = std::fs::read(list).expect("the bench wrote it");
    let serials = serials(&der, LOOKUPS);
    let snapshot = store.current();
    let shard = snapshot.shards().next().expect("the list");
    let watch = Stopwatch::start();
    let found =
        serials.iter().filter(|serial| black_box(shard.find(serial)).expect("the bytes are there").is_some()).count();
    let lookup = watch.elapsed().as_nanos() / serials.len() as u128;
    assert_eq!(found, serials.len().div_ceil(2), "every other one is in the list");
    println!("{} {lookup} {resident} {peak}", intake.as_nanos());
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
