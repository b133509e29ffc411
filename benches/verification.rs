//! Verification on one thread: detached CAdES-BES over 10 KiB by a thousand signers, three tiers of RSA-2048, CRLs of
//! 100 and of 1,000,000 entries, next to ring's raw RSA-2048 rate and to OpenSSL's `CMS_verify` with the same chain and
//! lists: the release that the project links, and the system's where it can be linked (Debian: libssl-dev, pkg-config). Rates are per second of processor time, the rounds are interleaved and each ratio is the median over them, so
//! that a busy machine changes them little.
//!
//! `cargo bench --bench verification [-- ROUNDS]` (default 7)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use common::filings::{self, Filing};
use common::{Fixtures, SIGNERS, now};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlSnapshot;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::content::Content;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{Proof, VerificationRequest, Verifier};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

const SMALL: usize = 100;
const LARGE: usize = 1_000_000;

/// Time that this thread has run (proc(5), schedstat): waiting for a busy machine does not count.
struct ProcessorTime(u64);

impl ProcessorTime {
    fn start() -> Self {
        Self(Self::now())
    }

    fn seconds(&self) -> f64 {
        (Self::now() - self.0) as f64 / 1e9
    }

    fn now() -> u64 {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
        stat.split(' ').next().and_then(|run| run.parse().ok()).expect("nanoseconds")
    }
}

/// Verifications a second in one round.
struct Round {
    small: f64,
    large: f64,
    ring: f64,
    /// One each of the references.
    openssl_small: Vec<f64>,
    openssl_large: Vec<f64>,
}

fn main() {
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(7);
    let fixtures = Fixtures::load_or_make();
    let filings = filings::make(&fixtures, "https://madoguchi.example", SIGNERS);
    let lists = [SMALL, LARGE].map(|entries| fixtures.issuing_crl(entries));
    let folder = write_out(&fixtures, &filings, &lists);
    let mut references: Vec<Reference> =
        [true, false].iter().filter_map(|own| Reference::start(&folder, *own)).collect();
    let ours = Ours::new(&fixtures, &lists);
    let raw = Raw::new();
    let mut measure = || {
        // One after the other and back again, so that what drifts meets both alike.
        let [small, large, large_again, small_again] =
            [&ours.small, &ours.large, &ours.large, &ours.small].map(|crls| ours.rate(crls, &filings));
        Round {
            small: (small + small_again) / 2.0,
            large: (large + large_again) / 2.0,
            ring: raw.rate(4_000),
            openssl_small: references.iter_mut().map(|reference| reference.rate(SMALL, 500)).collect(),
            openssl_large: references.iter_mut().map(|reference| reference.rate(LARGE, 10)).collect(),
        }
    };
    measure();
    let rounds: Vec<Round> = (0..rounds).map(|_| measure()).collect();
    let versions: Vec<String> = references.iter().map(|reference| reference.version.clone()).collect();
    print(&rounds, &versions);
}

fn print(rounds: &[Round], versions: &[String]) {
    let rate = |name: &str, of: &dyn Fn(&Round) -> f64| println!("  {name:<52} {:>9.0} /s", median(rounds, of));
    println!(
        "detached CAdES-BES over 10 KiB, {SIGNERS} signers, RSA-2048, one thread; medians of {} rounds",
        rounds.len()
    );
    rate("madoguchi, CRL of 100", &|round| round.small);
    rate("madoguchi, CRL of 1,000,000", &|round| round.large);
    rate("ring, one RSA-2048 verification", &|round| round.ring);
    for (index, version) in versions.iter().enumerate() {
        rate(&format!("{version} CMS_verify, CRL of 100"), &|round| round.openssl_small[index]);
        rate(&format!("{version} CMS_verify, CRL of 1,000,000"), &|round| round.openssl_large[index]);
    }
    let ratio = |name: &str, target: &str, of: &dyn Fn(&Round) -> f64| {
        println!("  {name:<52} {:>9.2}    (target {target})", median(rounds, of));
    };
    for (index, version) in versions.iter().enumerate() {
        ratio(&format!("to {version}, CRL of 100"), "at least 3.5", &|round| round.small / round.openssl_small[index]);
        ratio(&format!("to {version}, CRL of 1,000,000"), "-", &|round| round.large / round.openssl_large[index]);
    }
    ratio("large CRL to small CRL", "over 0.95", &|round| round.large / round.small);
    ratio("to ring's raw rate", "at least 0.30", &|round| round.small / round.ring);
}

fn median(rounds: &[Round], of: &dyn Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// This project's verifier with both snapshots.
struct Ours {
    verifier: Verifier,
    small: Arc<CrlSnapshot>,
    large: Arc<CrlSnapshot>,
}

impl Ours {
    fn new(fixtures: &Fixtures, lists: &[Vec<u8>; 2]) -> Self {
        let certificate = |der: Vec<u8>| Arc::new(Certificate::from_der(der).expect("a certificate"));
        let anchors = vec![certificate(fixtures.anchor())];
        let trust = Arc::new(TrustStore::new(anchors, vec![certificate(fixtures.intermediate())]));
        let [small, large] = lists.each_ref().map(|list| {
            let files = [fixtures.root_crl(), list.clone()];
            let (snapshot, refused) = CrlSnapshot::from_files(&files, &trust, &[], now(), now());
            assert!(refused.is_empty(), "{refused:?}");
            snapshot
        });
        Self { verifier: Verifier::new(Arc::new(SignaturePolicy::generic()), trust), small, large }
    }

    fn rate(&self, crls: &CrlSnapshot, filings: &[Filing]) -> f64 {
        let at = now();
        let watch = ProcessorTime::start();
        for filing in filings {
            let request = VerificationRequest {
                signature: &filing.signature,
                content: Some(Content::Bytes(&filing.application)),
                extra_certificates: &[],
                at,
                signed_after: None,
            };
            let verification = self.verifier.verify(crls, &request);
            assert!(matches!(verification.proof, Proof::Verified(_)), "{:?}", verification.report);
        }
        filings.len() as f64 / watch.seconds()
    }
}

/// ring alone: one RSA-2048 verification over a short message.
struct Raw {
    n: Vec<u8>,
    e: Vec<u8>,
    signature: Vec<u8>,
}

impl Raw {
    const MESSAGE: [u8; 32] = [7; 32];

    fn new() -> Self {
        let key = openssl::rsa::Rsa::generate(2048).expect("a key");
        let (n, e) = (key.n().to_vec(), key.e().to_vec());
        let key = openssl::pkey::PKey::from_rsa(key).expect("a key");
        let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).expect("a signer");
        let signature = signer.sign_oneshot_to_vec(&Self::MESSAGE).expect("a signature");
        Self { n, e, signature }
    }

    fn rate(&self, count: usize) -> f64 {
        let key = RsaPublicKeyComponents { n: &self.n, e: &self.e };
        let watch = ProcessorTime::start();
        for _ in 0..count {
            key.verify(&RSA_PKCS1_2048_8192_SHA256, &Self::MESSAGE, &self.signature).expect("it verifies");
        }
        count as f64 / watch.seconds()
    }
}

/// OpenSSL in a process of its own.
struct Reference {
    child: Child,
    answers: BufReader<ChildStdout>,
    /// `OpenSSL 3.0.19`
    version: String,
}

impl Reference {
    /// With the release that the project links (`own`), or with the system's, which may not be there to link.
    fn start(folder: &Path, own: bool) -> Option<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/references/Cargo.toml");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").to_owned();
        let target = if own { target } else { target.join("system-openssl") };
        let mut build = Command::new(env!("CARGO"));
        build
            .args(["build", "--release", "--locked", "--quiet", "--bin", "openssl-reference", "--manifest-path"])
            .arg(&manifest);
        build.arg("--target-dir").arg(&target);
        if !own {
            build.arg("--no-default-features").env("OPENSSL_NO_VENDOR", "1").stderr(Stdio::null());
        }
        if !build.status().expect("cargo starts").success() {
            assert!(!own, "the reference builds");
            eprintln!("left out: the system's OpenSSL, which cannot be linked (Debian: libssl-dev, pkg-config)");
            return None;
        }
        let mut child = Command::new(target.join("release/openssl-reference"))
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the reference starts");
        let mut answers = BufReader::new(child.stdout.take().expect("piped"));
        let mut version = String::new();
        answers.read_line(&mut version).expect("the reference answers");
        let version = version.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Some(Self { child, answers, version })
    }

    fn rate(&mut self, entries: usize, count: usize) -> f64 {
        let requests = self.child.stdin.as_mut().expect("piped");
        writeln!(requests, "{entries} {count}").expect("the reference listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the reference answers");
        count as f64 / (answer.trim().parse::<f64>().expect("nanoseconds") / 1e9)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The same chain, lists, documents and signatures as files, for the reference.
fn write_out(fixtures: &Fixtures, filings: &[Filing], lists: &[Vec<u8>; 2]) -> PathBuf {
    let folder = common::cache().join("verification");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let write =
        |name: String, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("the folder can be written");
    write("anchor.der".into(), &fixtures.anchor());
    write("intermediate.der".into(), &fixtures.intermediate());
    write("root.crl".into(), &fixtures.root_crl());
    for (entries, list) in [SMALL, LARGE].iter().zip(lists) {
        write(format!("issuing-{entries}.crl"), list);
    }
    for (number, filing) in filings.iter().enumerate() {
        write(format!("{number}.p7s"), &filing.signature);
        write(format!("{number}.bin"), &filing.application);
    }
    folder
}
