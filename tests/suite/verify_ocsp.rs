//! `madoguchi verify` and `validate-path` with OCSP responses that `openssl ocsp` made as files.
use std::process::Command;

use chrono::Duration;
use madoguchi::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::support::case::WORLD;
use crate::support::ocsp::{index_line, openssl_ocsp};
use crate::verify_cli::{DER, Desk, GIVEN};

/// A signature whose certificate is on no list's scope: the intermediate's list is left out. The response is good or
/// revoked.
fn answered(revoked: Option<&str>) -> Desk {
    let desk = Desk::new(WORLD.leaf_key.clone());
    desk.sign(&[&DER[..], &["-md", "sha256"]].concat());
    desk.put("intermediate.crl", &std::fs::read(desk.path("root.crl")).unwrap());
    desk.put("ca.key", &WORLD.intermediate.key.private_key_to_pem_pkcs8().unwrap());
    let leaf = openssl::x509::X509::from_pem(&std::fs::read(desk.path("leaf.pem")).unwrap()).unwrap().to_der().unwrap();
    let at = SystemClock.now() - Duration::days(2);
    desk.put("index.txt", index_line(&leaf, revoked.map(|reason| (at, reason))).as_bytes());
    let path = |name: &str| desk.path(name).display().to_string();
    let (ca, key, index, out) = (path("intermediate.pem"), path("ca.key"), path("index.txt"), path("response.der"));
    let said = openssl_ocsp(&[
        "-index",
        &index,
        "-CA",
        &ca,
        "-rsigner",
        &ca,
        "-rkey",
        &key,
        "-issuer",
        &ca,
        "-cert",
        &path("leaf.pem"),
        "-ndays",
        "1",
        "-no_nonce",
        "-respout",
        &out,
    ]);
    assert!(desk.path("response.der").exists(), "{said}");
    let generic = include_str!("../../src/signature/policies/generic.toml");
    desk.put("policy.toml", format!("{generic}\n[revocation]\nocsp = \"when_undecided\"\n").as_bytes());
    desk
}

const ASKS: [&str; 2] = ["--policy", "policy.toml"];
const RESPONSE: [&str; 2] = ["--ocsp-response", "response.der"];

#[test]
fn a_response_given_as_a_file_decides_where_lists_do_not() {
    let desk = answered(None);
    let verdict = |more: &[&str]| {
        let (status, report) = desk.report(&[&GIVEN[..], more].concat());
        (status, report["sub_indication"].as_str().map(str::to_owned), report)
    };
    let (status, sub, _) = verdict(&ASKS);
    assert_eq!((status, sub.as_deref()), (Some(2), Some("TRY_LATER")));
    let (status, sub, report) = verdict(&[ASKS, RESPONSE].concat());
    assert_eq!((status, sub), (Some(0), None), "{report:#}");
    let revocation = &report["signatures"][0]["revocation"][0];
    assert_eq!((&revocation["status"], &revocation["crl"]), (&"good".into(), &Value::Null));
    assert!(revocation["ocsp"]["sha256"].is_string(), "{report:#}");
    let (status, sub, _) =
        verdict(&[&ASKS[..], &RESPONSE, &["--at", &(SystemClock.now() + Duration::days(3)).to_rfc3339()]].concat());
    assert_eq!((status, sub.as_deref()), (Some(2), Some("TRY_LATER")), "an answer has its time");
}

#[test]
fn a_response_that_says_revoked_counts() {
    let desk = answered(Some("keyCompromise"));
    let (status, report) = desk.report(&[&GIVEN[..], &ASKS, &RESPONSE].concat());
    assert_eq!((status, report["sub_indication"].as_str()), (Some(2), Some("REVOKED_NO_POE")), "{report:#}");
}

#[test]
fn a_policy_that_asks_for_no_ocsp_says_that_responses_do_not_count() {
    let desk = answered(None);
    let output = desk.verify(&[&GIVEN[..], &RESPONSE].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("asks for no OCSP") && said.contains("when_undecided"), "{said}");
}

#[test]
fn a_response_that_is_none_decides_nothing_and_is_told() {
    let desk = answered(None);
    desk.put("response.der", b"<html>");
    let (status, report) = desk.report(&[&GIVEN[..], &ASKS, &RESPONSE].concat());
    assert_eq!((status, report["sub_indication"].as_str()), (Some(2), Some("TRY_LATER")));
    let checks = report["signatures"][0]["checks"].as_array().unwrap();
    assert!(
        checks.iter().any(|check| check["name"] == "ocsp_response_can_be_read" && check["status"] != "passed"),
        "{report:#}"
    );
    std::fs::remove_file(desk.path("response.der")).unwrap();
    assert_eq!(desk.verify(&[&GIVEN[..], &ASKS, &RESPONSE].concat()).status.code(), Some(66));
}

#[test]
fn validate_path_takes_responses_too() {
    let desk = answered(None);
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.current_dir(desk.path("")).args(["validate-path", "--anchor", "root.pem", "--certificate"]);
        command.args(["intermediate.pem", "--crl", "root.crl", "--json"]).args(more).arg("leaf.pem");
        let output = command.output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said["sub_indication"].as_str().map(str::to_owned))
    };
    assert_eq!(run(&[]), (Some(1), Some("TRY_LATER".to_owned())));
    assert_eq!(run(&RESPONSE), (Some(0), None));
}
