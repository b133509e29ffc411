//! Holds the house to its plan: imports go one way, files and functions stay one subject long.
//! A failure names the line that breaks the rule. The table is the one of docs/ARCHITECTURE.md.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("asn1", &[]),
    ("verdict", &[]),
    ("ids", &[]),
    ("jws", &[]),
    ("settings", &[]),
    // Fetching knows nothing of what is fetched: revocation lists and OCSP answers come through the same guard.
    ("fetch", &["clock"]),
    ("crypto", &["asn1"]),
    ("submission", BASE),
    ("telemetry", &["settings"]),
    ("pki", &["asn1", "crypto", "verdict", "clock", "settings", "fetch"]),
    ("signature", &["asn1", "crypto", "verdict", "clock", "pki"]),
    ("procedures", &["ids", "submission", "verdict"]),
    ("registry", &["ids", "submission", "verdict", "pki", "signature"]),
    ("evidence", &["ids", "submission", "verdict", "jws", "clock", "pki", "signature", "procedures"]),
    (
        "intake",
        &[
            "ids",
            "submission",
            "verdict",
            "clock",
            "crypto",
            "pki",
            "signature",
            "procedures",
            "registry",
            "evidence",
            "settings",
        ],
    ),
    (
        "store",
        &[
            "ids",
            "submission",
            "verdict",
            "clock",
            "crypto",
            "pki",
            "signature",
            "registry",
            "evidence",
            "intake",
            "settings",
        ],
    ),
    ("authority", &["asn1", "crypto", "clock", "pki", "signature", "store"]),
    // The intake's strict JSON reader reads tokens too: one parser for whatever comes from outside.
    ("web_eid", &["asn1", "verdict", "crypto", "pki", "intake"]),
    // What gateways say to each other, and TLS between them; it keeps nothing.
    ("network", &["ids", "clock", "settings", "jws", "intake"]),
    (
        "gateway",
        &[
            "network",
            "ids",
            "submission",
            "verdict",
            "clock",
            "fetch",
            "jws",
            "crypto",
            "pki",
            "signature",
            "procedures",
            "registry",
            "evidence",
            "intake",
            "authority",
            "store",
            "settings",
            "telemetry",
            "web_eid",
        ],
    ),
    (
        "delivery",
        &[
            "ids",
            "submission",
            "verdict",
            "clock",
            "fetch",
            "pki",
            "procedures",
            "evidence",
            "intake",
            "store",
            "gateway",
            "settings",
            "telemetry",
        ],
    ),
    (
        "web",
        &[
            "network",
            "ids",
            "submission",
            "verdict",
            "clock",
            "fetch",
            "jws",
            "crypto",
            "pki",
            "signature",
            "procedures",
            "registry",
            "evidence",
            "intake",
            "store",
            "gateway",
            "settings",
            "telemetry",
            "web_eid",
        ],
    ),
    // The card client lives on the resident's machine: nothing of the server may reach it.
    ("card_client", &["ids", "clock", "jws", "asn1", "crypto", "verdict", "signature", "pki"]),
];

const BASE: &[&str] = &["ids", "verdict", "clock"];

/// Longest file in `src`, without its tests.
const FILE_LINES: usize = 400;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file but the rooms' own tests.
fn all_sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.retain(|path| {
        !path.strip_prefix(&root).unwrap_or(path).iter().any(|part| part == "tests" || part == "tests.rs")
    });
    found.sort();
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The top-level room that a source file belongs to.
fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The lines before a file's own tests, with their numbers.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .map(|(index, line)| (index + 1, line))
}

/// Every `crate::room` that a line names.
fn rooms_named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices("crate::")
        .map(|(at, found)| {
            code[at + found.len()..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        })
        .filter(|room| !room.is_empty())
        .collect()
}

#[test]
fn imports_go_one_way() {
    let mut broken = Vec::new();
    for path in all_sources() {
        let room = room_of(&path);
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else { continue };
        for (number, line) in code_lines(&fs::read_to_string(&path).unwrap()) {
            for named in rooms_named(line) {
                if named != room && ROOMS.iter().any(|(name, _)| *name == named) && !allowed.contains(&named.as_str()) {
                    broken.push(format!(
                        "{}:{number}: {room} must not import {named}: {}",
                        path.display(),
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_room_is_in_the_table() {
    let outside = ["lib", "main", "bin", "cli"];
    for path in all_sources() {
        let room = room_of(&path);
        assert!(
            outside.contains(&room.as_str()) || ROOMS.iter().any(|(name, _)| *name == room),
            "{}: the room {room} is not in the table of tests/architecture.rs and docs/ARCHITECTURE.md",
            path.display()
        );
    }
}

#[test]
fn a_file_has_one_subject() {
    let long: Vec<_> = all_sources()
        .into_iter()
        .map(|path| (code_lines(&fs::read_to_string(&path).unwrap()).count(), path))
        .filter(|(lines, _)| *lines > FILE_LINES)
        .map(|(lines, path)| format!("{}: {lines} lines (at most {FILE_LINES})", path.display()))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn proof_types_cannot_be_copied_or_conjured() {
    let proofs = [
        "VerifiedChain",
        "NotRevoked",
        "VerifiedSignature",
        "UndecidedSignature",
        "IdentifiedSigner",
        "AdmissibleForm",
        "VerifiedSubmission",
        "HeldSubmission",
        "RecordedSubmission",
        "VerifiedHolder",
    ];
    let forbidden = ["Clone", "Copy", "Default", "Deserialize", "Queryable", "Selectable"];
    let mut seen = 0;
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some(name) = proofs.iter().find(|name| declares(line, name)) else { continue };
            seen += 1;
            let attributes =
                lines[..index].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("///"));
            for attribute in attributes.filter(|line| line.starts_with("#[derive")) {
                for word in forbidden {
                    assert!(!attribute.contains(word), "{}:{}: {name} derives {word}", path.display(), index + 1);
                }
            }
            let is_tuple = line.ends_with(';');
            let body = lines[index..].iter().take_while(|line| !is_tuple && **line != "}");
            for field in body.skip(1) {
                assert!(
                    !field.trim_start().starts_with("pub "),
                    "{}: {name} has a public field: {field}",
                    path.display()
                );
            }
        }
    }
    assert_eq!(seen, proofs.len(), "every proof type is declared once, by the module that proves it");
}

fn declares(line: &str, name: &str) -> bool {
    line.strip_prefix("pub struct ")
        .and_then(|rest| rest.strip_prefix(name))
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[test]
fn a_line_that_breaks_the_plan_would_be_seen() {
    assert_eq!(rooms_named("use crate::store::Store; let x = crate::web::routes();"), ["store", "web"]);
    assert!(rooms_named("// use crate::store").is_empty());
    assert!(declares("pub struct VerifiedChain {", "VerifiedChain"));
    assert!(!declares("pub struct VerifiedChainX {", "VerifiedChain"));
}
