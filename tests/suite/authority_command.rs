//! `madoguchi pki`: the authority from the command line.
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::pki::TestPki;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs `madoguchi pki`; gives the exit status and what it wrote to standard output and standard error.
fn madoguchi_pki(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    let output = command.arg("pki").args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_drives_the_authority() {
    let pki = TestPki::copy();
    let dir = text(pki.dir());
    let (status, out, said) =
        madoguchi_pki(&["revoke", "--dir", dir, "--card", "p256-carol", "--reason", "keyCompromise", "--json"]);
    assert_eq!(status, Some(0), "{said}");
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["revoked"]["revoked"]["reason"], "keyCompromise");
    let (status, out, _) = madoguchi_pki(&["crl", "--dir", dir, "--only", "tt-p256", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &answer["crls"]["tt-p256"]["entries"]), (Some(0), &1.into()));
    let (status, out, _) = madoguchi_pki(&["issue", "--dir", dir, "--card", "p256-carol"]);
    assert!(status == Some(0) && out.contains("p256-carol.p12"), "{out}");
    assert_eq!(madoguchi_pki(&["list", "--dir", dir]).0, Some(0));
}

#[test]
fn the_command_line_refuses_with_a_sentence_and_a_status() {
    let empty = tempfile::tempdir().unwrap();
    let dir = text(empty.path());
    let wrong = empty.path().join("wrong.toml");
    fs::write(&wrong, "family = \"x\"\nfamilly = 1\n").unwrap();
    for (arguments, status, part) in [
        (vec!["crl", "--dir", dir], 66, "holds no authority"),
        (vec!["revoke", "--dir", dir, "--reason", "keyCompromise"], 64, "--card"),
        (vec!["revoke", "--dir", dir, "--card", "x", "--reason", "boredom"], 64, "affiliationChanged"),
        (vec!["crl", "--dir", dir, "--at", "yesterday"], 64, "RFC 3339"),
        (vec!["init", "--out", dir, "--from", "/nonexistent.toml"], 66, "/nonexistent.toml"),
        (vec!["init", "--out", dir, "--from", text(&wrong)], 64, "familly"),
    ] {
        let (code, out, said) = madoguchi_pki(&arguments);
        assert!(code == Some(status) && said.contains(part) && out.is_empty(), "{arguments:?}: {code:?} {said}");
    }
}
