//! `madoguchi verify` on signatures that OpenSSL's command line made: exit status, JSON, text.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use serde_json::Value;

use crate::support::case::{DOCUMENT, WORLD};
use crate::support::mini_pki::*;

/// A folder with the PKI, the document and a leaf's key, for both command lines.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new(key: PKey<Private>) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let profile = Profile { not_before: now_less(100), not_after: now_less(-100), ..Profile::leaf("Signer") };
        let leaf = issue(Some(&WORLD.intermediate), &profile, key);
        desk.put("root.pem", &WORLD.root.pem());
        desk.put("intermediate.pem", &WORLD.intermediate.pem());
        desk.put("leaf.pem", &leaf.pem());
        desk.put("leaf.key", &leaf.key.private_key_to_pem_pkcs8().unwrap());
        let lists = [&WORLD.root, &WORLD.intermediate].map(|ca| ca.crl(now_less(1), now_less(-30), &[]));
        desk.put("root.crl", &lists[0]);
        desk.put("intermediate.crl", &lists[1]);
        desk.put("document", DOCUMENT);
        desk
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `openssl cms -sign` into the file `signature`.
    pub fn sign(&self, more: &[&str]) {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder.path());
        command.args(["cms", "-sign", "-cades", "-binary", "-nosmimecap", "-in", "document", "-signer", "leaf.pem"]);
        command.args(["-inkey", "leaf.key", "-out", "signature"]).args(more);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{more:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn verify(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.current_dir(self.folder.path());
        command.args([
            "verify",
            "--signature",
            "signature",
            "--anchor",
            "root.pem",
            "--certificate",
            "intermediate.pem",
        ]);
        command.args(["--crl", "root.crl", "intermediate.crl"]).args(more);
        command.output().unwrap()
    }

    /// Exit status and report.
    pub fn report(&self, more: &[&str]) -> (Option<i32>, Value) {
        let output = self.verify(&[more, &["--json"]].concat());
        let report = serde_json::from_slice(&output.stdout);
        (output.status.code(), report.unwrap_or_else(|error| panic!("{error}: {output:?}")))
    }
}

/// These run against the machine's clock, as the commands do.
fn now_less(days: i64) -> chrono::DateTime<chrono::Utc> {
    use madoguchi::clock::{Clock, SystemClock};
    SystemClock.now() - chrono::Duration::days(days)
}

pub const DER: [&str; 2] = ["-outform", "DER"];
pub const GIVEN: [&str; 2] = ["--content", "document"];

fn passes(desk: &Desk, sign: &[&str], verify: &[&str], algorithm: &str) {
    desk.sign(sign);
    let (status, report) = desk.report(verify);
    assert_eq!((status, &report["indication"]), (Some(0), &Value::from("TOTAL_PASSED")), "{sign:?}: {report:#}");
    assert_eq!(report["signatures"][0]["signature_algorithm"], algorithm, "{sign:?}");
}

#[test]
fn what_openssl_signs_with_rsa_passes() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    for (digest, algorithm) in [("sha256", "SHA256withRSA"), ("sha384", "SHA384withRSA"), ("sha512", "SHA512withRSA")] {
        passes(&desk, &[&DER[..], &["-md", digest]].concat(), &GIVEN, algorithm);
    }
    let attached = [&DER[..], &["-md", "sha256", "-nodetach"]].concat();
    passes(&desk, &attached, &[], "SHA256withRSA");
    passes(&desk, &[&attached[..], &["-stream"]].concat(), &[], "SHA256withRSA");
    passes(&desk, &[&attached[..], &["-stream"]].concat(), &GIVEN, "SHA256withRSA");
    passes(&desk, &["-outform", "PEM", "-md", "sha256"], &GIVEN, "SHA256withRSA");
    passes(&desk, &[&DER[..], &["-md", "sha256", "-keyid"]].concat(), &GIVEN, "SHA256withRSA");
    passes(&desk, &[&DER[..], &["-md", "sha256", "-certfile", "root.pem"]].concat(), &GIVEN, "SHA256withRSA");
    let without = [&DER[..], &["-md", "sha256", "-nocerts"]].concat();
    passes(&desk, &without, &["--content", "document", "--certificate", "leaf.pem"], "SHA256withRSA");
}

#[test]
fn pss_passes_with_any_salt_length() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    for salt in ["rsa_pss_saltlen:222", "rsa_pss_saltlen:32", "rsa_pss_saltlen:0", "rsa_pss_saltlen:20"] {
        let options = ["-md", "sha256", "-keyopt", "rsa_padding_mode:pss", "-keyopt", salt];
        passes(&desk, &[&DER[..], &options].concat(), &GIVEN, "SHA256withRSAandMGF1");
    }
    let plain = ["-md", "sha512", "-keyopt", "rsa_padding_mode:pss"];
    passes(&desk, &[&DER[..], &plain].concat(), &GIVEN, "SHA512withRSAandMGF1");
}

#[test]
fn ecdsa_passes_on_every_listed_curve() {
    for curve in [Nid::X9_62_PRIME256V1, Nid::SECP384R1, Nid::SECP521R1] {
        let desk = Desk::new(ec(curve));
        for (digest, algorithm) in
            [("sha256", "SHA256withECDSA"), ("sha384", "SHA384withECDSA"), ("sha512", "SHA512withECDSA")]
        {
            passes(&desk, &[&DER[..], &["-md", digest]].concat(), &GIVEN, algorithm);
        }
    }
}

#[test]
fn the_exit_status_is_the_indication() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    desk.sign(&[&DER[..], &["-md", "sha256"]].concat());
    desk.put("changed", b"changed");
    let (status, report) = desk.report(&["--content", "changed"]);
    assert_eq!((status, report["sub_indication"].as_str()), (Some(1), Some("HASH_FAILURE")));
    assert_eq!(report["sub_indication_urn"], "urn:etsi:019102:subindication:HASH_FAILURE");
    let (status, report) = desk.report(&[]);
    assert_eq!((status, report["sub_indication"].as_str()), (Some(2), Some("SIGNED_DATA_NOT_FOUND")));
    let (status, report) = desk.report(&["--content", "document", "--policy", "/nowhere.toml"]);
    assert_eq!((status, report["sub_indication"].as_str()), (Some(2), Some("POLICY_PROCESSING_ERROR")));
    let (status, report) = desk.report(&["--content", "document", "--at", "2001-01-01T00:00:00+09:00"]);
    assert_eq!((status, report["sub_indication"].as_str()), (Some(1), Some("NOT_YET_VALID")), "{report:#}");
    assert_eq!(desk.verify(&["--content", "nowhere"]).status.code(), Some(66));
    assert_eq!(desk.verify(&["--content", "."]).status.code(), Some(66));
    assert_eq!(desk.verify(&["--at", "yesterday"]).status.code(), Some(64));
    assert_eq!(desk.verify(&["--nonsense"]).status.code(), Some(64));
    let alone = Command::new(env!("CARGO_BIN_EXE_madoguchi")).arg("verify").output().unwrap();
    assert_eq!(alone.status.code(), Some(64), "--signature and --anchor are required");
}

#[test]
fn the_json_has_the_fields_of_the_contract() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    desk.sign(&[&DER[..], &["-md", "sha256"]].concat());
    let (_, report) = desk.report(&GIVEN);
    let keys = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let mut whole = keys(&report);
    whole.sort();
    assert_eq!(
        whole,
        // The contract's, and what makes a verdict a function of what it names.
        [
            "engine",
            "indication",
            "policy",
            "signatures",
            "sub_indication",
            "sub_indication_urn",
            "trust_state",
            "validation_time"
        ]
    );
    assert_eq!((&report["sub_indication"], &report["policy"]["id"]), (&Value::Null, &Value::from("generic")));
    let signature = &report["signatures"][0];
    for key in [
        "indication",
        "sub_indication",
        "signer",
        "digest_algorithm",
        "signature_algorithm",
        "claimed_signing_time",
        "chain",
        "revocation",
        "checks",
    ] {
        assert!(signature.get(key).is_some(), "{key}");
    }
    assert_eq!(signature["signer"]["attributes"]["name"], "Signer");
    assert_eq!(signature["signer"]["serial"], "1234");
    assert_eq!(signature["chain"].as_array().unwrap().len(), 3);
    let revocation = &signature["revocation"][0];
    assert_eq!((&revocation["status"], &revocation["crl"]["number"]), (&Value::from("good"), &Value::from("7")));
    let checks = signature["checks"].as_array().unwrap();
    assert!(
        checks.iter().all(|check| ["name", "status", "clause", "detail"].iter().all(|key| check[*key].is_string()))
    );
}

#[test]
fn the_text_says_what_failed_and_what_to_do() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    desk.sign(&[&DER[..], &["-md", "sha256"]].concat());
    desk.put("changed", b"changed");
    let text = String::from_utf8(desk.verify(&["--content", "changed"]).stdout).unwrap();
    assert!(text.starts_with("TOTAL_FAILED / HASH_FAILURE\n"), "{text}");
    for part in ["Use the document exactly as it was signed", "message_digest_matches_content", "CN=Signer"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = String::from_utf8(desk.verify(&GIVEN).stdout).unwrap();
    assert!(text.starts_with("TOTAL_PASSED\n") && !text.contains("FAILED"), "{text}");
}

#[test]
fn what_a_refused_list_is_refused_for_is_told() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    desk.sign(&[&DER[..], &["-md", "sha256"]].concat());
    desk.put("intermediate.crl", b"not a list");
    let output = desk.verify(&GIVEN);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("intermediate.crl is not used"));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("INDETERMINATE / TRY_LATER"));
}

#[test]
fn large_hostile_files_are_answered_in_time() {
    let desk = Desk::new(WORLD.leaf_key.clone());
    let noise: Vec<u8> = (0..100_u32 << 20).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (what, bytes) in [("nested", [0x30, 0x80].repeat(500_000)), ("noise", noise), ("zeros", vec![0x30; 50 << 20])] {
        desk.put("signature", &bytes);
        let watch = madoguchi::clock::Stopwatch::start();
        let (status, report) = desk.report(&GIVEN);
        assert_eq!((status, report["sub_indication"].as_str()), (Some(1), Some("FORMAT_FAILURE")), "{what}");
        assert!(watch.elapsed().as_secs() < 10, "{what} took {:?}", watch.elapsed());
    }
    let path: &Path = &desk.path("signature");
    std::fs::File::create(path).unwrap().set_len((512 << 20) + 1).unwrap();
    assert_eq!(desk.verify(&GIVEN).status.code(), Some(66), "over the size limit");
}
