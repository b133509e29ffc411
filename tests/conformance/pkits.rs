//! `madoguchi validate-path` on the 249 sub-cases of NIST PKITS.
use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::table::{Case, cases, each_in_parallel, folder, listed};

/// A time at which the certificates of PKITS are valid, but for those that shall not be.
pub const AT: &str = "2020-01-01T00:00:00Z";

/// What `validate-path` said.
pub struct Answer {
    pub valid: bool,
    pub report: Value,
}

/// Runs one sub-case.
pub fn answer(case: &Case) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(["validate-path", "--json", "--at", AT, "--anchor"]);
    command.arg(folder().join("certs/TrustAnchorRootCertificate.crt"));
    for (flag, files) in [("--certificate", &case.certificates), ("--crl", &case.crls)] {
        for file in files {
            command.arg(flag).arg(file);
        }
    }
    for policy in &case.initial_policies {
        command.args(["--initial-policy", policy]);
    }
    for input in &case.inputs {
        command.arg(match input.as_str() {
            "explicit" => "--require-explicit-policy",
            "no-mapping" => "--inhibit-policy-mapping",
            "no-any" => "--inhibit-any-policy",
            other => panic!("{}: input {other}", case.number),
        });
    }
    let output = command.arg(&case.target).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}: {told}", case.number));
    let valid = report["result"] == "valid";
    assert_eq!(output.status.code(), Some(if valid { 0 } else { 1 }), "{}: {report}", case.number);
    Answer { valid, report }
}

/// What differs from the standard: the result, or the user-constrained policy set where the document states it.
fn difference(case: &Case, answer: &Answer) -> Option<String> {
    let policies = || {
        let list = answer.report["valid_policies"].as_array().unwrap();
        list.iter().map(|policy| policy.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let expected = case.policies.as_ref().map(|list| list.iter().cloned().collect::<BTreeSet<_>>());
    match (case.valid, answer.valid) {
        (true, false) => Some(format!("refused: {}", answer.report["sub_indication"].as_str().unwrap())),
        (false, true) => Some("accepted".to_owned()),
        (_, _) if expected.as_ref().is_some_and(|expected| *expected != policies()) => {
            Some(format!("policies {:?}", policies()))
        }
        _ => None,
    }
}

fn failed_checks(report: &Value) -> String {
    let checks = report["checks"].as_array().unwrap().iter();
    let told = checks.filter(|check| check["status"] == "failed" || check["status"] == "warning");
    told.map(|check| format!("{}: {}", check["name"], check["detail"])).collect::<Vec<_>>().join("\n      ")
}

#[test]
fn pkits_every_sub_case_is_answered_as_the_standard_says() {
    let cases = cases();
    assert_eq!(cases.len(), 249, "PKITS has 249 sub-cases");
    let mut exceptions = listed("exceptions.tsv");
    let excepted = exceptions.len();
    let mut wrong = Vec::new();
    for (case, answer) in cases.iter().zip(each_in_parallel(&cases, answer)) {
        let found = difference(case, &answer);
        let listed = exceptions.remove(&case.number);
        match (&found, &listed) {
            (None, None) => {}
            (Some(found), Some((expected, _))) if found == expected => {}
            (None, Some(_)) => wrong.push(format!("{} {}: listed and not needed any more", case.number, case.name)),
            (Some(found), _) => {
                let checks = failed_checks(&answer.report);
                wrong.push(format!("{} {}: {found}\n      {checks}", case.number, case.name));
            }
        }
    }
    wrong.extend(exceptions.into_keys().map(|number| format!("{number}: listed, and no sub-case of PKITS")));
    assert!(wrong.is_empty(), "{} of 249 sub-cases:\n{}", wrong.len(), wrong.join("\n"));
    println!("PKITS: {} of 249 sub-cases as the standard says, {excepted} exceptions", 249 - excepted);
}

#[test]
fn pkits_policy_qualifiers_are_told() {
    let notice = |number: u8| format!("q{number}:  This is the user notice from qualifier {number}");
    let expected = [
        ("4.8.15", vec![("1", notice(1))]),
        ("4.8.16", vec![("1", notice(1)), ("2", notice(2))]),
        ("4.8.17", vec![("any", notice(3))]),
        ("4.8.18.1", vec![("1", notice(4)), ("any", notice(5))]),
        ("4.8.19", vec![("1", "q6:  Section 4.2.1.5 of RFC 3280 states".to_owned())]),
        ("4.8.20", vec![("1", "http://csrc.nist.gov/groups/ST/crypto_apps_infra/csor/".to_owned())]),
    ];
    let cases = cases();
    for (number, expected) in expected {
        let case = cases.iter().find(|case| case.number == number).unwrap();
        let report = answer(case).report;
        let told = report["policy_qualifiers"].as_array().unwrap();
        assert_eq!(told.len(), expected.len(), "{number}: {told:?}");
        for (told, (policy, text)) in told.iter().zip(expected) {
            let ends = if policy == "any" { "2.5.29.32.0".to_owned() } else { format!("3.2.1.48.{policy}") };
            assert!(told["policy"].as_str().unwrap().ends_with(&ends), "{number}: {told}");
            let texts = ["notices", "practice_statements"].map(|kind| told[kind].as_array().unwrap().clone()).concat();
            assert!(texts.len() == 1 && texts[0].as_str().unwrap().starts_with(&text), "{number}: {told}");
        }
    }
}
