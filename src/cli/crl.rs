//! `madoguchi crl`: inspect, import, list, status, diff and export.
mod archive;
mod impact;
mod quarantine;
mod sources;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde::Serialize;

use archive::state;

use super::failure::Failure;
use super::{exit, input};
use crate::crypto::{SignatureAlgorithm, sha256_hex};
use crate::pki::crl::sources::upload;
use crate::pki::crl::{self, CrlDiff, CrlSummary, Lint, ParsedCrl, RefusedCrl, Scope};
use crate::pki::name;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show what revocation lists say of themselves, and where they depart from RFC 5280 (nothing is verified)
    Inspect(Inspect),
    /// Verify revocation lists and put them into the watched folder
    Import(Import),
    /// Show the lists that the gateway uses, and the files it refuses
    List(Configured),
    /// Say whether every list is fresh; exits with 1 when one is stale or soon stale, or there is none
    Status(Configured),
    /// Show what changed from one list to another
    Diff(Diff),
    /// Show which filings accepted lists touch: how many for each list, or one by one for the list of a digest
    Impact(impact::Impact),
    /// Write an archived list to a file
    Export(archive::Export),
    /// Show the lists that wait for two operators; letting one in needs two sign-ins, so it is done on the operators' pages
    Quarantine {
        #[command(subcommand)]
        command: quarantine::Command,
    },
}

#[derive(Debug, clap::Args)]
struct Inspect {
    /// Files of PEM or DER, one list or several
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Configured {
    /// The gateway's configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Import {
    #[command(flatten)]
    configured: Configured,
    /// Files of PEM or DER, one list each
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Diff {
    /// The older list
    old: PathBuf,
    /// The newer list
    new: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    let done = match args.command {
        Command::Inspect(args) => inspect(&args),
        Command::Import(args) => import(&args),
        Command::List(args) => list(&args),
        Command::Status(args) => status(&args),
        Command::Diff(args) => diff(&args),
        Command::Impact(args) => impact::impact(&args),
        Command::Export(args) => archive::export(&args),
        Command::Quarantine { command } => quarantine::run(&command),
    };
    ExitCode::from(done.unwrap_or_else(|Failure(status, sentence)| {
        eprintln!("madoguchi crl: {sentence}");
        status
    }))
}

/// What `inspect` shows of one list.
#[derive(Debug, Serialize)]
struct Inspected {
    file: String,
    version: u8,
    issuer: String,
    scope: String,
    number: Option<String>,
    delta_base: Option<String>,
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    entries: usize,
    signature_algorithm: &'static str,
    sha256: String,
    lints: Vec<Lint>,
}

fn inspect(args: &Inspect) -> Result<u8, Failure> {
    let mut found = Vec::new();
    let mut unreadable = Vec::new();
    for file in &args.files {
        match inspect_file(file) {
            Ok(lists) => found.extend(lists),
            Err(message) => unreadable.push(message),
        }
    }
    if args.json {
        input::print_json(&found);
    } else {
        let texts: Vec<String> = found.iter().map(inspected_text).collect();
        input::print_text(&texts.join("\n"));
    }
    for message in &unreadable {
        eprintln!("madoguchi: {message}");
    }
    Ok(if unreadable.is_empty() { exit::OK } else { exit::NO_INPUT })
}

fn inspect_file(file: &Path) -> Result<Vec<Inspected>, String> {
    let named = |error: crl::CrlError| format!("{}: {error}", file.display());
    let bytes = input::bytes(file)?;
    let objects = crl::objects(&bytes).map_err(named)?;
    objects.iter().map(|der| inspect_der(file, der).map_err(named)).collect()
}

fn inspect_der(file: &Path, der: &[u8]) -> Result<Inspected, crl::CrlError> {
    let list = ParsedCrl::from_der(der)?;
    Ok(Inspected {
        file: file.display().to_string(),
        version: list.version,
        issuer: name::to_rfc4514(list.issuer),
        scope: Scope::of(list.extensions.distribution_point.as_ref()).to_text(),
        number: list.extensions.number.map(crl::decimal),
        delta_base: list.extensions.delta_base.map(crl::decimal),
        this_update: list.this_update,
        next_update: list.next_update,
        entries: list.entries().filter(Result::is_ok).count(),
        signature_algorithm: SignatureAlgorithm::from_der(list.signature_algorithm)
            .map_or("unknown", |algorithm| algorithm.name()),
        sha256: sha256_hex(der),
        lints: crl::lints(&list),
    })
}

fn inspected_text(list: &Inspected) -> String {
    let mut out = format!("{}\n", list.file);
    let next = list.next_update.map_or("none".to_owned(), input::time_text);
    let _ = writeln!(out, "  Issuer       {}", list.issuer);
    let _ = writeln!(out, "  Scope        {}", list.scope);
    let _ = writeln!(out, "  Number       {}", list.number.as_deref().unwrap_or("none"));
    if let Some(base) = &list.delta_base {
        let _ = writeln!(out, "  Delta of     {base}");
    }
    let _ = writeln!(out, "  This update  {}", input::time_text(list.this_update));
    let _ = writeln!(out, "  Next update  {next}");
    let _ = writeln!(out, "  Entries      {}", list.entries);
    let _ = writeln!(out, "  Signed with  {} (version {})", list.signature_algorithm, list.version);
    let _ = writeln!(out, "  SHA-256      {}", list.sha256);
    for lint in &list.lints {
        let _ = writeln!(out, "  lint {} [{}]: {}", lint.name, lint.clause, lint.detail);
    }
    out
}

/// What became of one imported file.
#[derive(Debug, Serialize)]
struct Imported {
    file: String,
    accepted: bool,
    sha256: Option<String>,
    code: Option<&'static str>,
    detail: Option<String>,
}

fn import(args: &Import) -> Result<u8, Failure> {
    let state = state(&args.configured.config)?;
    let mut results = Vec::new();
    for path in &args.files {
        let bytes = input::bytes(path).map_err(Failure::input)?;
        let file = path.display().to_string();
        results.push(match upload(&state.store, &state.folder, &bytes, &state.trust, state.now) {
            Ok(identity) => {
                Imported { file, accepted: true, sha256: Some(identity.sha256.clone()), code: None, detail: None }
            }
            Err(refusal) => {
                let (code, detail) = (Some(refusal.code), Some(refusal.detail));
                Imported { file, accepted: false, sha256: None, code, detail }
            }
        });
    }
    if args.configured.json {
        input::print_json(&results);
    } else {
        for result in &results {
            match (&result.code, &result.detail) {
                (Some(code), Some(detail)) => {
                    input::print_text(&format!("{}: refused: {code}: {detail}\n", result.file))
                }
                _ => input::print_text(&format!("{}: taken in\n", result.file)),
            }
        }
    }
    Ok(if results.iter().all(|result| result.accepted) { exit::OK } else { exit::FAILED })
}

/// What `list --json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    crls: Vec<CrlSummary>,
    refused: Vec<RefusedCrl>,
}

fn list(args: &Configured) -> Result<u8, Failure> {
    let state = state(&args.config)?;
    let listed = Listed { crls: state.store.list(), refused: state.store.refusals() };
    if args.json {
        input::print_json(&listed);
        return Ok(exit::OK);
    }
    let mut out = String::new();
    for crl in &listed.crls {
        out.push_str(&summary_text(crl, freshness(crl, state.now, state.soon)));
    }
    for refused in &listed.refused {
        let _ = writeln!(out, "{} {}: {}: {}", word(refused), refused.source, refused.code, refused.detail);
    }
    input::print_text(&out);
    Ok(exit::OK)
}

/// What is told of a list that is in use is a warning.
fn word(told: &RefusedCrl) -> &'static str {
    match told.code {
        crl::code::NOT_ARCHIVED | crl::code::NOT_IN_FOLDER | crl::code::ARCHIVE_DAMAGED | crl::code::LIST_DAMAGED => {
            "warning"
        }
        _ => "refused",
    }
}

/// `fresh`, `soon_stale` or `stale`.
fn freshness(crl: &CrlSummary, now: DateTime<Utc>, soon: chrono::Duration) -> &'static str {
    match crl.identity.next_update {
        Some(next) if now + soon <= next => "fresh",
        Some(next) if now <= next => "soon_stale",
        _ => "stale",
    }
}

fn summary_text(crl: &CrlSummary, freshness: &str) -> String {
    let identity = &crl.identity;
    let number = identity.number.as_deref().unwrap_or("none");
    let next = identity.next_update.map_or("none".to_owned(), input::time_text);
    let archived = crl
        .archived_since
        .map_or("not archived".to_owned(), |since| format!("archived since {}", input::time_text(since)));
    format!(
        "{freshness:<10} {}\n           {}\n           number {number}, {}, issued {}, next by {next}\n           \
         {archived}\n",
        identity.issuer,
        crl.scope,
        input::counted(crl.entries, "entry", "entries"),
        input::time_text(identity.this_update),
    )
}

/// One list with how fresh it is.
#[derive(Debug, Serialize)]
struct Fresh {
    freshness: &'static str,
    seconds_left: Option<i64>,
    #[serde(flatten)]
    crl: CrlSummary,
}

/// What `status --json` prints.
#[derive(Debug, Serialize)]
struct Status {
    ok: bool,
    crls: Vec<Fresh>,
    refused: Vec<RefusedCrl>,
    sources: Vec<sources::SourceView>,
}

fn status(args: &Configured) -> Result<u8, Failure> {
    let state = state(&args.config)?;
    let crls: Vec<Fresh> = state
        .store
        .list()
        .into_iter()
        .map(|crl| Fresh {
            freshness: freshness(&crl, state.now, state.soon),
            seconds_left: crl.identity.next_update.map(|next| (next - state.now).num_seconds()),
            crl,
        })
        .collect();
    let ok = !crls.is_empty() && crls.iter().all(|crl| crl.freshness == "fresh");
    let status = Status { ok, crls, refused: state.store.refusals(), sources: state.sources };
    if args.json {
        input::print_json(&status);
    } else {
        input::print_text(&status_text(&status));
    }
    Ok(if ok { exit::OK } else { exit::FAILED })
}

fn status_text(status: &Status) -> String {
    let mut out = String::new();
    for one in status.crls.iter().filter(|one| one.freshness != "fresh") {
        out.push_str(&summary_text(&one.crl, one.freshness));
    }
    for refused in &status.refused {
        let _ = writeln!(out, "{} {}: {}: {}", word(refused), refused.source, refused.code, refused.detail);
    }
    sources::text(&status.sources, &mut out);
    let count = |what: &str| status.crls.iter().filter(|one| one.freshness == what).count();
    let _ = match status.crls.is_empty() {
        true => writeln!(out, "No revocation list is in use: nothing can be decided until one is taken in."),
        false => {
            let (fresh, soon, stale) = (count("fresh"), count("soon_stale"), count("stale"));
            writeln!(out, "{fresh} fresh, {soon} soon stale, {stale} stale, {} refused", status.refused.len())
        }
    };
    out
}

fn diff(args: &Diff) -> Result<u8, Failure> {
    let read = |path| input::bytes(path).map_err(Failure::input);
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let one = |path, bytes| one_list(path, bytes).map_err(Failure::input);
    let (old_der, new_der) = (one(&args.old, &old)?, one(&args.new, &new)?);
    let found = crl::diff(&old_der, &new_der).map_err(|error| Failure::input(error.to_string()))?;
    if args.json {
        input::print_json(&found)
    } else {
        input::print_text(&diff_text(&found))
    }
    Ok(exit::OK)
}

fn one_list<'a>(path: &Path, bytes: &'a [u8]) -> Result<std::borrow::Cow<'a, [u8]>, String> {
    let mut objects = crl::objects(bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    match (objects.pop(), objects.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(format!("{}: holds several lists; compare two", path.display())),
    }
}

fn diff_text(found: &CrlDiff) -> String {
    let mut out = format!("{} added, {} removed, {} changed\n", found.added, found.removed, found.changed);
    for serial in &found.added_serials {
        let _ = writeln!(out, "+ {serial}");
    }
    for serial in &found.removed_serials {
        let _ = writeln!(out, "- {serial}");
    }
    for entry in &found.changed_entries {
        let _ = writeln!(out, "~ {} was {}, is {}", entry.serial, entry.was, entry.is);
    }
    out
}
