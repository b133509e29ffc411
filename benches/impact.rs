//! The impact of a revocation list: 1,000 new entries against the index of signers of 10,000,000 filings, on SQLite; the
//! whole run as the gateway makes it, from reading the list and the one before it out of the archive to the noted rows. The
//! filled record is kept under cargo's target folder; the runs are a process of their own, whose memory is told.
//!
//! `cargo bench --bench impact [-- FILINGS]` (default 10,000,000)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use chrono::Duration;
use common::now;
use diesel::prelude::*;
use madoguchi::authority::Authority;
use madoguchi::authority::crl::{CrlEntry, CrlHead, Reason, build};
use madoguchi::clock::Stopwatch;
use madoguchi::crypto::sha256;
use madoguchi::gateway::impact;
use madoguchi::gateway::lists::{RecordArchive, wait};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlStore;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::store::signers::SignerRow;
use madoguchi::store::{Store, StoreOptions};

/// How many entries are new in each list, how many lists, and how many entries the first has, none of a filing.
const NEW: u64 = 1_000;
const LISTS: u64 = 5;
const OTHERS: u64 = 100_000;

const PKI: &str = r#"
family = "impact"
description = "one CA"

[[ca]]
id = "impact-root"
subject = ["C=JP", "O=Madoguchi Bench", "CN=Madoguchi Impact Root"]
key = "rsa-2048"
not_before = "2020-01-01T00:00:00Z"
not_after = "+7300d"

[[crl]]
id = "impact-root"
issuer = "impact-root"
valid = "7d"
"#;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let filings: u64 = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(10_000_000);
    let folder = common::cache().join(format!("impact-{filings}"));
    match arguments.first().map(String::as_str) {
        Some("fill") => return fill(&folder, filings),
        Some("run") => return run(&folder, filings),
        _ => {}
    }
    let program = std::env::current_exe().expect("this program");
    let again = |mode: &str| {
        let status = Command::new(&program).arg(mode).arg(filings.to_string()).status().expect("it starts");
        assert!(status.success(), "{mode}");
    };
    if !folder.join("filled").exists() {
        again("fill");
    }
    again("run");
}

fn open(folder: &Path) -> Store {
    let url = format!("sqlite:{}", folder.join("record.db").display());
    let options = StoreOptions::new(url.parse().expect("an address"), folder.join("documents"));
    Store::open(&options).expect("the record opens")
}

fn authority(folder: &Path) -> Authority {
    let dir = folder.join("pki");
    Authority::open(&dir).unwrap_or_else(|_| {
        let sources = [("impact.toml".to_owned(), PKI.to_owned())];
        Authority::init(&dir, &sources, now(), |_, _| ()).expect("the declaration is well formed")
    })
}

fn anchor(authority: &Authority) -> Arc<Certificate> {
    let pem = std::fs::read(authority.folder().anchor("impact-root")).expect("the anchor was made");
    Certificate::from_pem_or_der(&pem).expect("a certificate").pop().expect("one")
}

/// Twenty octets, spread evenly as random serials are.
fn serial(kind: u8, number: u64) -> Vec<u8> {
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    [&[kind], &spread[..], &number.to_be_bytes()[..], &[0, 1, 2][..]].concat()
}

/// The filings that come onto the lists: these are recorded too.
fn touched(filings: u64) -> impl Iterator<Item = u64> {
    let step = filings / (NEW * LISTS);
    (0..NEW * LISTS).map(move |index| index * step)
}

fn fill(folder: &Path, filings: u64) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("the target folder can be written");
    eprintln!("filling the index of {filings} signers in {} (once)", folder.display());
    let (store, watch) = (open(folder), Stopwatch::start());
    let issuer = sha256(anchor(&authority(folder)).subject_normal());
    let mut sorted: Vec<(u64, u64)> =
        (0..filings).map(|number| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number)).collect();
    sorted.sort_unstable();
    for some in sorted.chunks(200_000) {
        let row = |(_, number): &(u64, u64)| {
            let submission_id = i64::try_from(*number).expect("a count") + 1;
            SignerRow { issuer, serial: serial(0x40, *number), submission_id }
        };
        wait(store.signers_insert(some.iter().map(row).collect())).expect("it is written");
    }
    let ids: Vec<u64> = touched(filings).collect();
    wait(store.write(move |connection| {
        for id in ids {
            let statement = format!(
                "INSERT INTO submissions (id, application_id, arrival_number, application_sha256, signature_sha256, \
                 signer_sha256, procedure, form_version, recipient, status, status_at, revocation, received_at, \
                 receipt_json, receipt_jws, access_token_sha256, applicant_name, title) VALUES ({}, '{id}', '{id}', x'00', \
                 x'00', x'00', 'p', 1, '131016', 'received', '2026-01-01 00:00:00', 'confirmed', '2026-01-01 00:00:00', \
                 '{}', '{}', x'00', 'n', 't')",
                id + 1,
                "r".repeat(1_000),
                "r".repeat(1_500)
            );
            diesel::sql_query(statement).execute(connection)?;
        }
        Ok(())
    }))
    .expect("they are written");
    drop(store);
    std::fs::write(folder.join("filled"), "").expect("the folder can be written");
    eprintln!("  filled in {:.0} s", watch.elapsed().as_secs_f64());
}

fn run(folder: &Path, filings: u64) {
    let (store, authority) = (open(folder), authority(folder));
    let trust = TrustStore::new(vec![anchor(&authority)], Vec::new());
    let crls = CrlStore::with_archive(Arc::new(RecordArchive::new(store.clone())));
    let chosen: Vec<u64> = touched(filings).collect();
    println!("{filings} filings, the record {:.0} MB", size_of(folder) as f64 / 1e6);
    println!("  {:<34} {:>10} {:>10} {:>10} {:>10}", "", "entries", "filings", "run", "noted");
    for list in 0..=LISTS {
        let revoked = usize::try_from(list * NEW).expect("a count");
        let der = list_of(&authority, list, &chosen[..revoked]);
        crls.offer(der, &trust, now()).expect("a good list");
        let due = wait(store.impacts_due(100)).expect("the record answers").pop().expect("the list");
        let watch = Stopwatch::start();
        let ran = impact::run(&store, &trust, due).expect("it runs");
        let took = watch.elapsed();
        let (entries, found) = (ran.entries, ran.filings.len());
        assert!(list == 0 || found == NEW as usize, "{found} of the new entries are of filings");
        assert!(wait(store.impact_note(ran, now())).expect("it is noted"), "once");
        let noted = watch.elapsed();
        let what = if list == 0 { format!("a list of {OTHERS}, all new") } else { format!("the next, {NEW} new") };
        println!(
            "  {what:<34} {entries:>10} {found:>10} {:>7.0} ms {:>7.0} ms",
            took.as_secs_f64() * 1e3,
            noted.as_secs_f64() * 1e3
        );
    }
    println!("  memory {:.0} MB, at most {:.0} MB", status("VmRSS") / 1e3, status("VmHWM") / 1e3);
}

/// A list of certificates of nobody here, and those of `filings`.
fn list_of(authority: &Authority, number: u64, filings: &[u64]) -> Vec<u8> {
    let issuer = authority.issuer("impact-root").expect("the CA is there");
    let now = now();
    let head = CrlHead {
        number: u64::try_from(now.timestamp_millis()).expect("after 1970"),
        this_update: now - Duration::seconds(i64::try_from(600 - number).expect("a count")),
        next_update: now + Duration::days(7),
        issuing_distribution_point: None,
    };
    let others = (0..OTHERS).map(|number| serial(0x10, number));
    let of_filings = filings.iter().map(|number| serial(0x40, *number));
    let revoked_at = "2025-06-01T00:00:00Z".parse().expect("a time");
    let entry = |serial| CrlEntry { serial, revoked_at, reason: Reason::AffiliationChanged };
    build(&issuer, &head, others.chain(of_filings).map(entry)).expect("the CA signs")
}

fn size_of(folder: &Path) -> u64 {
    let files: [PathBuf; 2] = ["record.db", "record.db-wal"].map(|name| folder.join(name));
    files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|data| data.len()).sum()
}

fn status(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(name)).expect("the figure");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).expect("a number")
}
