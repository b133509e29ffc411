//! What the benches share: a three-tier RSA-2048 PKI with a thousand signers, signed filings, CRLs of any size. Keys and
//! certificates are made once a machine and kept under cargo's target folder, outside git; CRLs are made anew for each
//! run, so that they are fresh.
#![allow(dead_code)]

pub mod filings;
pub mod load;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};
use madoguchi::authority::Authority;
use madoguchi::authority::crl::{CrlEntry, CrlHead, Reason, build};
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::signature::cms::software_key::SoftwareKey;
use openssl::pkey::PKey;
use openssl::x509::X509;

/// As in the program that the benches speak for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many people sign.
pub const SIGNERS: usize = 1_000;

/// The PKI and its signers.
pub struct Fixtures {
    dir: PathBuf,
    authority: Authority,
    /// One a person, each with a key of its own.
    pub signers: Vec<SoftwareKey>,
}

impl Fixtures {
    /// The fixtures, made when they are not there yet (about a minute on two cores).
    pub fn load_or_make() -> Self {
        let dir = cache().join("pki");
        let authority = Authority::open(&dir).unwrap_or_else(|_| {
            eprintln!("making {SIGNERS} signers in {} (once)", dir.display());
            let _ = std::fs::remove_dir_all(&dir);
            let sources = [("bench.toml".to_owned(), declaration())];
            Authority::init(&dir, &sources, now(), |done, of| {
                if done % 100 == 0 {
                    eprintln!("  {done} of {of} keys");
                }
            })
            .expect("the bench's declaration is well formed")
        });
        let signers = (0..SIGNERS).map(|index| signer(&authority, &signer_id(index))).collect();
        Self { dir, authority, signers }
    }

    /// Where everything is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The root, DER.
    pub fn anchor(&self) -> Vec<u8> {
        der_of(&self.authority.folder().anchor("bench-root"))
    }

    /// The issuing CA, DER.
    pub fn intermediate(&self) -> Vec<u8> {
        der_of(&self.authority.folder().intermediate("bench-ca"))
    }

    /// The root's CRL (empty), DER.
    pub fn root_crl(&self) -> Vec<u8> {
        self.crl("bench-root", 0)
    }

    /// The issuing CA's CRL with `entries` entries of which none is a signer's, DER.
    pub fn issuing_crl(&self, entries: usize) -> Vec<u8> {
        self.crl("bench-ca", entries)
    }

    /// The issuing CA's list of `entries` entries for distribution point `number`, DER.
    pub fn issuing_crl_shard(&self, number: usize, entries: usize) -> Vec<u8> {
        let object = |tag: u8, content: &[u8]| [&[tag, content.len() as u8], content].concat();
        let uri = object(0x86, format!("http://bench.example/{number}.crl").as_bytes());
        // DistributionPointName in issuingDistributionPoint (RFC 5280 5.2.5): fullName of one URI.
        let point = object(0x30, &object(0xa0, &object(0xa0, &uri)));
        self.list("bench-ca", entries, (number * entries) as u64, Some(point))
    }

    fn crl(&self, ca: &str, entries: usize) -> Vec<u8> {
        self.list(ca, entries, 0, None)
    }

    fn list(&self, ca: &str, entries: usize, first: u64, point: Option<Vec<u8>>) -> Vec<u8> {
        let issuer = self.authority.issuer(ca).expect("the CA is there");
        let now = now();
        let head = CrlHead {
            number: u64::try_from(now.timestamp_millis()).expect("after 1970"),
            this_update: now - Duration::minutes(5),
            next_update: now + Duration::days(7),
            issuing_distribution_point: point,
        };
        // The same in every list, so that lists differ in what was added alone.
        let revoked_at = DateTime::from_timestamp(1_767_225_600, 0).expect("a time");
        // Serials of signers begin with 4 to 7 in hex; these begin with 1.
        let entries = (first..first + entries as u64).map(|index| {
            let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            let mut serial = vec![0x10];
            serial.extend(spread);
            serial.extend(index.to_be_bytes());
            serial.extend([0, 1, 2]);
            CrlEntry { serial, revoked_at, reason: Reason::AffiliationChanged }
        });
        build(&issuer, &head, entries).expect("the CA signs")
    }
}

/// The folder for what is made once; under cargo's target folder.
pub fn cache() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-fixtures");
    std::fs::create_dir_all(&dir).expect("the target folder can be written");
    dir
}

/// The present time.
pub fn now() -> DateTime<Utc> {
    SystemClock.now()
}

fn signer_id(index: usize) -> String {
    format!("signer-{index:04}")
}

/// The name that a signer's certificate states.
pub fn signer_name(index: usize) -> String {
    format!("Signer {index:04}")
}

fn signer(authority: &Authority, id: &str) -> SoftwareKey {
    let pem = std::fs::read(authority.folder().key(id)).expect("the key was made");
    let key = PKey::private_key_from_pem(&pem).expect("a key that was written here");
    SoftwareKey::new(der_of(&authority.folder().certificate(id)), key).expect("key and certificate belong together")
}

fn der_of(path: &Path) -> Vec<u8> {
    let pem = std::fs::read(path).expect("the certificate was made");
    X509::from_pem(&pem).and_then(|certificate| certificate.to_der()).expect("a certificate that was written here")
}

fn declaration() -> String {
    let mut text = String::from(
        r#"
family = "bench"
description = "root, intermediate and a thousand signers, RSA-2048"

[[ca]]
id = "bench-root"
subject = ["C=JP", "O=Madoguchi Bench", "CN=Madoguchi Bench Root"]
key = "rsa-2048"
not_before = "2020-01-01T00:00:00Z"
not_after = "+7300d"

[[ca]]
id = "bench-ca"
subject = ["C=JP", "O=Madoguchi Bench", "CN=Madoguchi Bench Issuing CA"]
issuer = "bench-root"
key = "rsa-2048"
not_before = "2021-01-01T00:00:00Z"
not_after = "+3650d"
path_length = 0

[profile.bench]
key = "rsa-2048"
subject = ["C=JP", "O=Madoguchi Bench", "CN={name}"]
validity = "1095d"
key_usage = ["nonRepudiation"]

[[crl]]
id = "bench-root"
issuer = "bench-root"
valid = "7d"

[[crl]]
id = "bench-ca"
issuer = "bench-ca"
valid = "7d"
"#,
    );
    for index in 0..SIGNERS {
        let (id, name) = (signer_id(index), signer_name(index));
        let card = format!(
            "\n[[card]]\nid = \"{id}\"\nnote = \"good\"\nprofile = \"bench\"\nissuer = \"bench-ca\"\npin = \"bench-pin\"\nname = \"{name}\"\n"
        );
        text.write_str(&card).expect("text can grow");
    }
    text
}
