//! Lists that come in while signatures are verified: one thread verifies at half of its full rate, asked at random times
//! that do not wait for it (open loop), and in the same process a CRL of 5,000,000 entries is taken in every ten seconds, as
//! a gateway's background work does it. The time from when a verification was asked for to its answer, in rounds of ten
//! seconds, by turns without and with a list, so that what drifts meets both.
//!
//! A machine that is shared stops its guests for some milliseconds now and then, and one such stop decides the p99 of all
//! rounds together; so the rounds' own p99 are compared by their median, and how long the thread waited for a core of this
//! machine is told beside it (schedstat), for that is what the intake of a list could cost it.
//!
//! `cargo bench --bench swap [-- ENTRIES [ROUNDS]]` (default 5,000,000 entries, 9 rounds of either kind)

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

/// How long one round of either kind takes; a list comes in once in it.
const ROUND: Duration = Duration::from_secs(10);
/// When in its round a list comes in.
const AFTER: Duration = Duration::from_secs(1);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let (entries, rounds) = (numbers.next().unwrap_or(5_000_000), numbers.next().unwrap_or(9));
    let fixtures = Fixtures::load_or_make();
    let filings = filings::make(&fixtures, "https://madoguchi.example", SIGNERS);
    let folder = common::cache().join("swap");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let mut lists = write_lists(&fixtures, &folder, entries, 1 + rounds).into_iter();
    let bench = Bench::new(&fixtures, &folder, filings);
    bench.take_in(&lists.next().expect("the first"));
    let full = bench.full_rate();
    let half = full / 2.0;
    println!("verification on one thread, {full:.0}/s at full rate; asked for {half:.0}/s; CRL of {entries} entries");
    let (mut without, mut with, mut intakes) = (Vec::new(), Vec::new(), Vec::new());
    for list in lists {
        without.push(bench.at_rate(half));
        let (round, took) = bench.at_rate_with_list(half, &list);
        with.push(round);
        intakes.push(took);
    }
    report(&[("without lists", &without), ("with a list every ten seconds", &with)], &intakes);
    std::fs::remove_dir_all(folder).expect("it was written");
}

fn report(kinds: &[(&str, &[Round]); 2], intakes: &[Duration]) {
    let micros = |time: Duration| time.as_nanos() as f64 / 1e3;
    println!(
        "  {:<32} {:>8} {:>7} {:>7} {:>11} {:>8} {:>8} {:>15}",
        "microseconds", "count", "p50", "p95", "median p99", "all p99", "most", "waited a round"
    );
    let medians = kinds.map(|(name, rounds)| {
        let mut all: Vec<Duration> = rounds.iter().flat_map(|round| round.latencies.iter().copied()).collect();
        all.sort_unstable();
        let median = median(rounds.iter().map(|round| quantile(&round.latencies, 0.99)));
        let [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1.0].map(|q| micros(quantile(&all, q)));
        let (count, waited) = (all.len(), micros(self::median(rounds.iter().map(|round| round.waited))));
        println!(
            "  {name:<32} {count:>8} {p50:>7.0} {p95:>7.0} {:>11.0} {p99:>8.0} {most:>8.0} {waited:>15.0}",
            micros(median)
        );
        median
    });
    let rise = medians[1].as_secs_f64() / medians[0].as_secs_f64() - 1.0;
    println!("  the median round's p99 rises by {:.1} %    (target under 20 %)", rise * 100.0);
    for (name, rounds) in kinds {
        let p99: Vec<String> =
            rounds.iter().map(|round| format!("{:.0}", micros(quantile(&round.latencies, 0.99)))).collect();
        println!("  p99 of each round, {name}: {}", p99.join(", "));
    }
    let took: Vec<String> = intakes.iter().map(|took| format!("{:.2} s", took.as_secs_f64())).collect();
    println!("  each list in use, its index on disk after: {}", took.join(", "));
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    quantile(&times, 0.5)
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

    /// A round at `rate`; its latencies are each from the moment at which the verification was asked for.
    fn at_rate(&self, rate: f64) -> Round {
        let mut latencies = Vec::with_capacity((rate * ROUND.as_secs_f64()) as usize * 2);
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let waited = waited_for_a_core();
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
        let waited = waited_for_a_core() - waited;
        latencies.sort_unstable();
        Round { latencies, waited }
    }

    fn at_rate_with_list(&self, rate: f64, list: &Path) -> (Round, Duration) {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let intake = scope.spawn(|| {
                std::thread::sleep(AFTER);
                let took = self.take_in(list);
                assert!(!ended.load(Ordering::Relaxed), "lists come in more slowly than they should");
                took
            });
            let round = self.at_rate(rate);
            ended.store(true, Ordering::Relaxed);
            (round, intake.join().expect("the list comes in"))
        })
    }
}

/// What a round gave.
struct Round {
    /// Sorted.
    latencies: Vec<Duration>,
    /// How long the verifying thread could have run, and another had its core.
    waited: Duration,
}

/// How long this thread has waited for a core in its life (the second figure of its schedstat).
fn waited_for_a_core() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let waited = text.split_whitespace().nth(1).and_then(|nanoseconds| nanoseconds.parse().ok());
    Duration::from_nanos(waited.expect("a number"))
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
