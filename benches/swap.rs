//! Lists that come in while signatures are verified: one thread verifies at half of its full rate, asked at random times
//! that do not wait for it (open loop), and in the same process a CRL of 5,000,000 entries is taken in every ten seconds, as
//! a gateway's background work does it. The time from when a verification was asked for to its answer, without and with that;
//! the two take turns, so that what drifts meets both.
//!
//! `cargo bench --bench swap [-- ENTRIES [ROUNDS]]` (default 5,000,000 entries, 2 rounds of 20 seconds each)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::filings::{self, Filing};
use common::{Fixtures, SIGNERS, now};
use madoguchi::clock::Stopwatch;
use madoguchi::delivery::patience::patiently;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::{CrlStore, ListShelf, Pace};
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::content::Content;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{Proof, VerificationRequest, Verifier};

/// How long one round of either kind takes.
const ROUND: Duration = Duration::from_secs(20);
/// A list comes in so often.
const EVERY: Duration = Duration::from_secs(10);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let (entries, rounds) = (numbers.next().unwrap_or(5_000_000), numbers.next().unwrap_or(2));
    let fixtures = Fixtures::load_or_make();
    let filings = filings::make(&fixtures, "https://madoguchi.example", SIGNERS);
    let folder = common::cache().join("swap");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let a_round = (ROUND.as_secs() / EVERY.as_secs()) as usize;
    let mut lists = write_lists(&fixtures, &folder, entries, 1 + rounds * a_round).into_iter();
    let bench = Bench::new(&fixtures, &folder, filings);
    bench.take_in(&lists.next().expect("the first"));
    let full = bench.full_rate();
    let half = full / 2.0;
    println!("verification on one thread, {full:.0}/s at full rate; asked for {half:.0}/s; CRL of {entries} entries");
    let (mut without, mut with, mut intakes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        without.extend(bench.at_rate(half));
        let come_in: Vec<PathBuf> = lists.by_ref().take(a_round).collect();
        let (latencies, took) = bench.at_rate_with_lists(half, &come_in);
        with.extend(latencies);
        intakes.extend(took);
    }
    report(&mut without, &mut with, &intakes);
    std::fs::remove_dir_all(folder).expect("it was written");
}

fn report(without: &mut [Duration], with: &mut [Duration], intakes: &[Duration]) {
    println!("  {:<44} {:>9} {:>9} {:>9} {:>9} {:>9}", "microseconds", "count", "p50", "p95", "p99", "most");
    for (name, latencies) in [("without lists", &mut *without), ("with a list every ten seconds", &mut *with)] {
        latencies.sort_unstable();
        let figure = |q: f64| quantile(latencies, q).as_nanos() as f64 / 1e3;
        let (p50, p95, p99, most) = (figure(0.5), figure(0.95), figure(0.99), figure(1.0));
        println!("  {name:<44} {:>9} {p50:>9.0} {p95:>9.0} {p99:>9.0} {most:>9.0}", latencies.len());
    }
    let rise = quantile(with, 0.99).as_secs_f64() / quantile(without, 0.99).as_secs_f64() - 1.0;
    println!("  p99 rises by {:.1} %    (target under 20 %)", rise * 100.0);
    let took: Vec<String> = intakes.iter().map(|took| format!("{:.2} s", took.as_secs_f64())).collect();
    println!("  each list in use, its index on disk after: {}", took.join(", "));
}

fn quantile(sorted: &[Duration], q: f64) -> Duration {
    let index = ((sorted.len() - 1) as f64 * q).round() as usize;
    sorted[index]
}

/// Lists with rising numbers, each with one entry more.
fn write_lists(fixtures: &Fixtures, folder: &Path, entries: usize, count: usize) -> Vec<PathBuf> {
    let write = |number: usize| {
        let list = folder.join(format!("{number}.crl"));
        std::fs::write(&list, fixtures.issuing_crl(entries + number)).expect("the folder can be written");
        // So that nothing of this is written while anything is measured.
        std::fs::File::open(&list).and_then(|file| file.sync_all()).expect("the disk takes it");
        list
    };
    (0..count).map(write).collect()
}

struct Bench {
    verifier: Verifier,
    trust: Arc<TrustStore>,
    crls: CrlStore,
    filings: Vec<Filing>,
}

impl Bench {
    fn new(fixtures: &Fixtures, folder: &Path, filings: Vec<Filing>) -> Self {
        let certificate = |der: Vec<u8>| Arc::new(Certificate::from_der(der).expect("a certificate"));
        let anchors = vec![certificate(fixtures.anchor())];
        let trust = Arc::new(TrustStore::new(anchors, vec![certificate(fixtures.intermediate())]));
        let shelf = ListShelf::open(&folder.join("shelf"), &[7; 64]).expect("the folder can be written");
        let crls = CrlStore::default().on_shelf(shelf).at_pace(Pace::Patient);
        crls.offer(fixtures.root_crl(), &trust, now()).expect("a good list");
        let verifier = Verifier::new(Arc::new(SignaturePolicy::generic()), trust.clone());
        Self { verifier, trust, crls, filings }
    }

    fn verify(&self, filing: &Filing) {
        let request = VerificationRequest {
            signature: &filing.signature,
            content: Some(Content::Bytes(&filing.application)),
            extra_certificates: &[],
            at: now(),
            signed_after: None,
        };
        let verification = self.verifier.verify(&self.crls.current(), &request);
        assert!(matches!(verification.proof, Proof::Verified(_)), "{:?}", verification.report);
    }

    fn full_rate(&self) -> f64 {
        let (watch, mut count) = (Stopwatch::start(), 0);
        for filing in self.filings.iter().cycle() {
            if count % 100 == 0 && watch.elapsed() > Duration::from_secs(5) {
                break;
            }
            self.verify(filing);
            count += 1;
        }
        f64::from(count) / watch.elapsed().as_secs_f64()
    }

    /// Reads a list and takes it in, as the background work of a gateway does.
    fn take_in(&self, list: &Path) -> Duration {
        patiently(|| {
            let watch = Stopwatch::start();
            let der = std::fs::read(list).expect("the bench wrote it");
            self.crls.offer(der, &self.trust, now()).expect("a good list");
            let took = watch.elapsed();
            assert_eq!(self.crls.tidy_shelf(), 0);
            took
        })
    }

    /// Latencies of a round at `rate`, each from the moment at which the verification was asked for.
    fn at_rate(&self, rate: f64) -> Vec<Duration> {
        let mut latencies = Vec::with_capacity((rate * ROUND.as_secs_f64()) as usize * 2);
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let (watch, mut due) = (Stopwatch::start(), Duration::ZERO);
        for filing in self.filings.iter().cycle() {
            due += chance.gap(rate);
            if due > ROUND {
                break;
            }
            // Sleeping would measure how late the system wakes.
            while watch.elapsed() < due {
                std::hint::spin_loop();
            }
            self.verify(filing);
            latencies.push(watch.elapsed() - due);
        }
        latencies
    }

    fn at_rate_with_lists(&self, rate: f64, lists: &[PathBuf]) -> (Vec<Duration>, Vec<Duration>) {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let intake = scope.spawn(|| {
                let (watch, mut took) = (Stopwatch::start(), Vec::new());
                for (number, list) in lists.iter().enumerate() {
                    while watch.elapsed() < EVERY * number as u32 + Duration::from_secs(1) {
                        assert!(!ended.load(Ordering::Relaxed), "lists come in more slowly than they should");
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    took.push(self.take_in(list));
                }
                took
            });
            let latencies = self.at_rate(rate);
            ended.store(true, Ordering::Relaxed);
            (latencies, intake.join().expect("lists come in"))
        })
    }
}

/// Random times, the same in every round (xorshift).
struct Chance(u64);

impl Chance {
    /// The time to the next of events that come `rate` times a second, independently of each other.
    fn gap(&mut self, rate: f64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let even = ((self.0 >> 11) as f64 + 1.0) / (1u64 << 53) as f64;
        Duration::from_secs_f64(-even.ln() / rate)
    }
}
