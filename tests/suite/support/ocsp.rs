//! `openssl ocsp` on either side, and OCSP answers made octet by octet.
#![allow(dead_code)]
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use madoguchi::clock::Stopwatch;
use madoguchi::crypto::DigestAlgorithm;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::ocsp::{CertId, CertStatus, ResponseData, Single, key_hash};

use super::der_pki::{Entity, ecdsa_sha256, extension, oid, seq};
use super::pki::TestPki;

/// Runs `openssl ocsp` and gives what it printed, standard error after standard output.
pub fn openssl_ocsp(args: &[&str]) -> String {
    let done = Command::new("openssl").arg("ocsp").args(args).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

/// A file with the certificates of these CAs, for `-CAfile`.
pub fn bundle(pki: &TestPki, cas: &[&str], folder: &Path) -> PathBuf {
    let path = folder.join("ca-bundle.pem");
    let mut file = std::fs::File::create(&path).unwrap();
    for ca in cas {
        file.write_all(&std::fs::read(pki.certificate_path(ca)).unwrap()).unwrap();
    }
    path
}

/// A line of the index of `openssl ca`: valid, or revoked at a time for a reason.
pub fn index_line(certificate: &[u8], revoked: Option<(DateTime<Utc>, &str)>) -> String {
    let certificate = Certificate::from_der(certificate).unwrap();
    let time = |at: DateTime<Utc>| at.format("%y%m%d%H%M%SZ").to_string();
    let (state, when) = match revoked {
        None => ("V", String::new()),
        Some((at, reason)) => ("R", format!("{},{reason}", time(at))),
    };
    let serial = certificate.serial_hex().to_uppercase();
    format!("{state}\t{}\t{when}\t{serial}\tunknown\t/CN=card\n", time(certificate.not_after()))
}

/// An address of this machine at which nobody listens.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// `openssl ocsp` as a responder; it ends with its handle.
pub struct OpensslResponder {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl OpensslResponder {
    /// Answers for `ca` (PEM file) out of `index`, signing with a certificate and key (PEM files).
    pub fn start(ca: &Path, signer: (&Path, &Path), index: &str, more: &[&str]) -> Self {
        Self::start_at(free_address(), ca, signer, index, more)
    }

    /// The same at an address that was chosen before.
    pub fn start_at(
        address: SocketAddr,
        ca: &Path,
        (certificate, key): (&Path, &Path),
        index: &str,
        more: &[&str],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.txt"), index).unwrap();
        std::fs::write(folder.path().join("index.txt.attr"), "unique_subject = no\n").unwrap();
        let said = folder.path().join("said.txt");
        let log = std::fs::File::create(&said).unwrap();
        let child = Command::new("openssl")
            .args(["ocsp", "-index"])
            .arg(folder.path().join("index.txt"))
            .args(["-port", &address.port().to_string(), "-CA"])
            .arg(ca)
            .arg("-rsigner")
            .arg(certificate)
            .arg("-rkey")
            .arg(key)
            .args(more)
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let responder = Self { child, address, _folder: folder };
        let begun = Stopwatch::start();
        // It answers one connection after another, and would wait for what a mere knock never says.
        while !std::fs::read_to_string(&said).unwrap().contains("waiting for OCSP client connections") {
            assert!(begun.elapsed() < Duration::from_secs(20), "openssl ocsp does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        responder
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for OpensslResponder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// extKeyUsage id-kp-OCSPSigning.
pub fn for_ocsp() -> Vec<u8> {
    extension("2.5.29.37", false, &seq(&[oid("1.3.6.1.5.5.7.3.9")]))
}

/// id-pkix-ocsp-nocheck.
pub fn nocheck() -> Vec<u8> {
    extension("1.3.6.1.5.5.7.48.1.5", false, &[5, 0])
}

/// An answer to be made.
#[derive(Clone)]
pub struct AnswerSpec {
    pub digest: DigestAlgorithm,
    pub status: CertStatus,
    pub produced_at: DateTime<Utc>,
    pub this_update: DateTime<Utc>,
    pub next_update: Option<DateTime<Utc>>,
    pub nonce: Option<Vec<u8>>,
}

impl AnswerSpec {
    pub fn new(status: CertStatus, at: DateTime<Utc>) -> Self {
        let next_update = Some(at + chrono::Duration::hours(1));
        Self { digest: DigestAlgorithm::Sha1, status, produced_at: at, this_update: at, next_update, nonce: None }
    }

    /// About `certificate` of `issuer`, signed by `signer`, whose certificate comes along.
    pub fn der(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        signer: &Entity,
        signers: &Arc<Certificate>,
    ) -> Vec<u8> {
        let single = Single {
            id: CertId::of(self.digest, certificate, issuer),
            status: self.status,
            this_update: self.this_update,
            next_update: self.next_update,
        };
        let data = ResponseData {
            responder_key_hash: &key_hash(DigestAlgorithm::Sha1, signers),
            produced_at: self.produced_at,
            singles: vec![single],
            nonce: self.nonce.as_deref(),
        };
        let sign = |tbs: &[u8]| {
            let mut by = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &signer.key)?;
            by.sign_oneshot_to_vec(tbs)
        };
        madoguchi::pki::ocsp::sign(&data, &ecdsa_sha256(), signers.der(), sign).unwrap()
    }
}
