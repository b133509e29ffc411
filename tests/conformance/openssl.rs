//! `openssl verify` on the same sub-cases, as a second opinion.
use std::path::{Path, PathBuf};
use std::process::Command;

use openssl::x509::{X509, X509Crl};

use super::pkits;
use super::table::{Case, cases, each_in_parallel, folder, listed};

/// Writes `files` (DER) as one PEM file.
fn pem(to: &Path, files: &[PathBuf]) -> PathBuf {
    let mut text = Vec::new();
    for file in files {
        let der = std::fs::read(file).unwrap();
        let is_crl = file.extension().is_some_and(|end| end == "crl");
        text.extend(if is_crl {
            X509Crl::from_der(&der).unwrap().to_pem().unwrap()
        } else {
            X509::from_der(&der).unwrap().to_pem().unwrap()
        });
    }
    std::fs::write(to, text).unwrap();
    to.to_owned()
}

/// Whether `openssl verify` accepts the sub-case, and what it says.
fn answer(case: &Case) -> (bool, String) {
    let scratch = tempfile::tempdir().unwrap();
    let file = |name: &str| scratch.path().join(name);
    let mut command = Command::new("openssl");
    command.args(["verify", "-attime", "1577836800", "-crl_check_all", "-extended_crl", "-use_deltas"]);
    command.args(["-policy_check", "-no-CApath", "-no-CAstore", "-CAfile"]);
    command.arg(pem(&file("anchor.pem"), &[folder().join("certs/TrustAnchorRootCertificate.crt")]));
    if !case.certificates.is_empty() {
        command.arg("-untrusted").arg(pem(&file("untrusted.pem"), &case.certificates));
    }
    if !case.crls.is_empty() {
        command.arg("-CRLfile").arg(pem(&file("crls.pem"), &case.crls));
    }
    // Without a policy OpenSSL takes the set of policies to be empty where a policy is required; RFC 5280 any-policy.
    let any_policy = ["2.5.29.32.0".to_owned()];
    let policies = if case.initial_policies.is_empty() { &any_policy[..] } else { &case.initial_policies };
    for policy in policies {
        command.args(["-policy", policy]);
    }
    for input in &case.inputs {
        command.arg(match input.as_str() {
            "explicit" => "-explicit_policy",
            "no-mapping" => "-inhibit_map",
            "no-any" => "-inhibit_any",
            other => panic!("{}: input {other}", case.number),
        });
    }
    let output = command.arg(pem(&file("target.pem"), std::slice::from_ref(&case.target))).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).replace('\n', "; ");
    (output.status.success(), told)
}

#[test]
fn pkits_openssl_answers_alike_or_the_difference_is_explained() {
    let cases = cases();
    let mut explained = listed("openssl-differences.tsv");
    let count = explained.len();
    let answers = each_in_parallel(&cases, |case| (pkits::answer(case).valid, answer(case)));
    let mut wrong = Vec::new();
    for (case, (ours, (theirs, told))) in cases.iter().zip(answers) {
        let found = (ours != theirs).then_some(if theirs { "accepted" } else { "refused" });
        let listed = explained.remove(&case.number);
        match (found, &listed) {
            (None, None) => {}
            (Some(found), Some((expected, _))) if found == expected => {}
            (None, Some(_)) => wrong.push(format!("{} {}: explained, and no difference", case.number, case.name)),
            (Some(found), _) => wrong.push(format!("{} {}: {found} by OpenSSL: {told}", case.number, case.name)),
        }
    }
    wrong.extend(explained.into_keys().map(|number| format!("{number}: explained, and no sub-case of PKITS")));
    assert!(wrong.is_empty(), "{} of 249 sub-cases:\n{}", wrong.len(), wrong.join("\n"));
    println!("OpenSSL: 249 sub-cases compared, {count} differences explained");
}
