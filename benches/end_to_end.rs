//! End to end: distinct signed 10 KiB filings over 64 keep-alive connections to a gateway on SQLite
//! (synchronous=FULL), the load generator on the same cores. Prints submissions a second, p50 and p99, the gateway's
//! memory, and the raw verification rate on one thread in the same run.
//!
//! `cargo bench --bench end_to_end [-- COUNT] [--no-second-opinion]` (default 20,000 filings a run; the second opinion works
//! beside them unless it is switched off)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use common::filings::{self, Filing};
use common::{Fixtures, load, now};
use madoguchi::clock::Stopwatch;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlStore;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{Proof, VerificationRequest, Verifier};

const CONNECTIONS: usize = 64;

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(20_000);
    let fixtures = Fixtures::load_or_make();
    let off = std::env::args().any(|argument| argument == "--no-second-opinion");
    println!("second opinion: {}", if off { "off" } else { "on" });
    for entries in [100, 1_000_000] {
        println!("\nissuing CA's CRL with {entries} entries, {count} filings, {CONNECTIONS} connections");
        run(&fixtures, entries, count);
    }
}

fn run(fixtures: &Fixtures, entries: usize, count: usize) {
    let address = free_address();
    let origin = format!("http://{address}");
    let watch = Stopwatch::start();
    let filings = filings::make(fixtures, &origin, count);
    eprintln!("signed {count} filings in {:.1} s", watch.elapsed().as_secs_f64());
    let crls = [fixtures.root_crl(), fixtures.issuing_crl(entries)];
    let raw = verification_rate(fixtures, &crls, &filings[..2_000.min(count)]);
    let folder = tempfile::tempdir_in(common::cache()).expect("a folder");
    let mut gateway = Gateway::start(folder.path(), address, fixtures, &crls);
    let requests: Vec<_> = filings.iter().map(|filing| load::request(filing, &address)).collect();
    let warm_up = count / 20;
    let (first, rest) = requests.split_at(warm_up);
    load::run(address, first.to_vec(), CONNECTIONS);
    let cpu_before = gateway.cpu_seconds();
    let measured = load::run(address, rest.to_vec(), CONNECTIONS);
    let cpu = gateway.cpu_seconds() - cpu_before;
    println!("  submissions a second   {:>8.0}", measured.rate());
    println!("  p50 / p99              {:>8.1} ms / {:.1} ms", measured.quantile(0.5), measured.quantile(0.99));
    println!("  answers other than 201 {:?}", measured.others);
    println!("  gateway CPU a filing   {:>8.0} us", cpu / rest.len() as f64 * 1e6);
    println!(
        "  gateway memory         {:>8.0} MB now, {:.0} MB at most",
        gateway.memory("VmRSS"),
        gateway.memory("VmHWM")
    );
    println!(
        "  raw verification       {raw:>8.0} a second on one thread; end to end is {:.2} of it",
        measured.rate() / raw
    );
    gateway.stop();
    assert!(measured.others.is_empty(), "every filing is good, so every answer is 201");
}

fn verification_rate(fixtures: &Fixtures, crls: &[Vec<u8>], filings: &[Filing]) -> f64 {
    let certificate = |der: Vec<u8>| Arc::new(Certificate::from_der(der).expect("a certificate"));
    let trust =
        Arc::new(TrustStore::new(vec![certificate(fixtures.anchor())], vec![certificate(fixtures.intermediate())]));
    let store = CrlStore::default();
    for crl in crls {
        store.offer(crl, &trust, now()).expect("a good CRL");
    }
    let verifier = Verifier::new(Arc::new(SignaturePolicy::generic()), trust);
    let snapshot = store.current();
    let watch = Stopwatch::start();
    for filing in filings {
        let request = VerificationRequest {
            signature: &filing.signature,
            content: Some((&filing.application).into()),
            extra_certificates: &[],
            at: now(),
            signed_after: None,
        };
        let verification = verifier.verify(&snapshot, &request);
        assert!(matches!(verification.proof, Proof::Verified(_)), "{:?}", verification.report);
    }
    filings.len() as f64 / watch.elapsed().as_secs_f64()
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("its address")
}

/// A gateway as a process of its own.
struct Gateway {
    child: Child,
}

impl Gateway {
    fn start(folder: &Path, address: SocketAddr, fixtures: &Fixtures, crls: &[Vec<u8>]) -> Self {
        let config = write_config(folder, address, fixtures, crls);
        let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["serve", "--config"])
            .arg(&config)
            .env("MADOGUCHI__LOG__LEVEL", "warn")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the gateway starts");
        let messages = BufReader::new(child.stderr.take().expect("its messages"));
        std::thread::spawn(move || {
            messages.lines().map_while(Result::ok).for_each(|line| eprintln!("  gateway: {line}"))
        });
        wait_until_ready(address);
        Self { child }
    }

    /// User and system time so far.
    fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        let fields: Vec<_> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().expect("utime") + fields[12].parse::<f64>().expect("stime");
        ticks / 100.0
    }

    /// A figure of /proc/PID/status in megabytes.
    fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with(name)).expect("the figure");
        line.split_whitespace().nth(1).expect("a number").parse::<f64>().expect("kilobytes") / 1_000.0
    }

    fn stop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Nothing more can be done about a process that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_config(folder: &Path, address: SocketAddr, fixtures: &Fixtures, crls: &[Vec<u8>]) -> PathBuf {
    for name in ["anchors", "intermediates", "crls"] {
        std::fs::create_dir_all(folder.join(name)).expect("a folder");
    }
    let write = |name: &str, content: &[u8]| std::fs::write(folder.join(name), content).expect("a file");
    write("anchors/root.der", &fixtures.anchor());
    write("intermediates/ca.der", &fixtures.intermediate());
    for (index, crl) in crls.iter().enumerate() {
        write(&format!("crls/{index}.crl"), crl);
    }
    let second_opinion = !std::env::args().any(|argument| argument == "--no-second-opinion");
    let config = format!(
        "[second_opinion]\nenabled = {second_opinion}\n[server]\nlisten = \"{address}\"\npublic_origin = \"http://{address}\"\n\
         [trust]\nanchors = \"anchors\"\nintermediates = \"intermediates\"\n[revocation]\ndirectory = \"crls\"\n\
         [signature]\npolicy = \"generic\"\n[limits]\nrequests_per_minute = 0\n"
    );
    write("madoguchi.toml", config.as_bytes());
    folder.join("madoguchi.toml")
}

fn wait_until_ready(address: SocketAddr) {
    for _ in 0..600 {
        let ready = TcpStream::connect(address).is_ok()
            && ureq::get(format!("http://{address}/readyz")).call().is_ok_and(|answer| answer.status() == 200);
        if ready {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the gateway was not ready within 30 s");
}
