//! `madoguchi crl` over the archive of lists and over sources: what is shown, and what comes out again.
use std::fs;
use std::process::{Command, Output};

use chrono::Duration;
use madoguchi::clock::{Clock, SystemClock};

use crate::support::archive::Place;
use crate::support::der_pki::*;
use crate::support::http::sha256_hex;

fn madoguchi(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(args).output().unwrap()
}

#[test]
fn crl_commands_show_the_archive_and_export_from_it() {
    let place = Place::sqlite();
    let now = SystemClock.now();
    place.clock.set(now);
    let list = CrlSpec::new(3).issued(now - Duration::hours(1), now + Duration::days(1));
    let digest = place.put("one", "a.crl", &list);
    let der = fs::read(place.crls("one").join("a.crl")).unwrap();
    let config = place.folder.path().join("madoguchi.toml");
    fs::write(&config, place.settings("one")).unwrap();
    let (config, out) = (config.display().to_string(), place.folder.path().join("out.crl").display().to_string());
    let export = |digest: &str| madoguchi(&["crl", "export", digest, "--config", &config, "--out", &out]).status.code();
    // No gateway ran yet, and looking makes no record.
    assert_eq!(export(&digest), Some(66));
    let listed = || -> serde_json::Value {
        serde_json::from_slice(&madoguchi(&["crl", "list", "--config", &config, "--json"]).stdout).unwrap()
    };
    assert!(listed()["crls"][0]["archived_since"].is_null());
    assert!(!place.folder.path().join("record.db").exists());
    drop(place.start("one"));
    assert!(listed()["crls"][0]["archived_since"].is_string());
    assert_eq!((export(&digest), fs::read(&out).unwrap()), (Some(0), der));
    assert_eq!(export(&sha256_hex(b"another")), Some(66));
    assert_eq!(export("abc"), Some(64));
    // What the gateway would use after a restart is what `list` shows.
    place.empty("one");
    let found = listed();
    assert_eq!((&found["crls"][0]["sha256"], &found["refused"][0]["code"]), (&digest.into(), &"not_in_folder".into()));
    let text = madoguchi(&["crl", "list", "--config", &config]).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("archived since") && text.contains("warning archive: not_in_folder"), "{text}");
    place.damage(found["crls"][0]["sha256"].as_str().unwrap());
    assert_eq!(export(found["crls"][0]["sha256"].as_str().unwrap()), Some(66));
}

#[test]
fn crl_quarantine_list_says_that_there_is_nothing() {
    let place = Place::sqlite();
    drop(place.start("one"));
    let config = place.folder.path().join("madoguchi.toml");
    fs::write(&config, place.settings("one")).unwrap();
    let config = config.display().to_string();
    let listed = |more: &[&str]| {
        let output = madoguchi(&[&["crl", "quarantine", "list", "--config", &config], more].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(listed(&[]), (Some(0), "Nothing is quarantined.\n".to_owned()));
    assert_eq!(listed(&["--json"]), (Some(0), "[]\n".to_owned()));
}
