//! `madoguchi crl impact`: what accepted lists say of filings, as the operators' page shows it; nothing of a person.
use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::archive::{Digest, digest, record};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::gateway::lists;
use crate::settings::Settings;
use crate::store::impact_reports::{StoredImpact, StoredImpactFiling};

/// Arguments of `impact`.
#[derive(Debug, clap::Args)]
pub struct Impact {
    /// The gateway's configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// SHA-256 of a list's DER, in hex; without it the newest 100 lists are shown
    #[arg(value_parser = digest)]
    digest: Option<Digest>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// How many lists are shown without a digest.
const LISTS: u32 = 100;

#[derive(Debug, Serialize)]
struct ListView {
    sha256: String,
    before: Option<String>,
    issuer: String,
    scope: String,
    number: Option<String>,
    ran_at: chrono::DateTime<chrono::Utc>,
    entries: i64,
    filings: i64,
    took_ms: i64,
}

impl From<&StoredImpact> for ListView {
    fn from(impact: &StoredImpact) -> Self {
        Self {
            sha256: hex::encode(impact.list),
            before: impact.before.map(hex::encode),
            issuer: impact.issuer.clone(),
            scope: impact.scope.clone(),
            number: impact.number.clone(),
            ran_at: impact.ran_at,
            entries: impact.entries,
            filings: impact.filings,
            took_ms: impact.took_ms,
        }
    }
}

#[derive(Debug, Serialize)]
struct FilingView {
    arrival_number: String,
    received_at: chrono::DateTime<chrono::Utc>,
    reason: String,
    revoked_at: chrono::DateTime<chrono::Utc>,
    status_then: &'static str,
    revocation_then: &'static str,
    /// Null until it was judged again.
    follows: Option<&'static str>,
}

impl From<&StoredImpactFiling> for FilingView {
    fn from(filing: &StoredImpactFiling) -> Self {
        Self {
            arrival_number: filing.arrival_number.to_string(),
            received_at: filing.received_at,
            reason: filing.reason.clone(),
            revoked_at: filing.revoked_at,
            status_then: filing.status_then.as_str(),
            revocation_then: filing.revocation_then.as_str(),
            follows: filing.follows.map(crate::store::impacts::Follows::as_str),
        }
    }
}

/// Shows the impact of one list, or of the newest ones.
pub fn impact(args: &Impact) -> Result<u8, Failure> {
    let settings = Settings::load(&args.config)?;
    let none = || Failure::input("there is no record of this version; run `madoguchi migrate` or the gateway first");
    let record = record(&settings)?.ok_or_else(none)?;
    let Some(digest) = args.digest else {
        let lists = lists::wait(record.impacts_list(0, LISTS)).map_err(Failure::fault)?;
        let lists: Vec<ListView> = lists.iter().map(ListView::from).collect();
        match args.json {
            true => input::print_json(&lists),
            false => input::print_text(&lists.iter().map(list_text).collect::<String>()),
        }
        return Ok(exit::OK);
    };
    let found = lists::wait(record.impact_find(digest, u32::MAX)).map_err(Failure::fault)?;
    let not_run = || Failure::input(format!("no list of digest {} was run against the filings", hex::encode(digest)));
    let (list, filings) = found.ok_or_else(not_run)?;
    let (list, filings) = (ListView::from(&list), filings.iter().map(FilingView::from).collect::<Vec<_>>());
    if args.json {
        input::print_json(&json!({ "list": list, "filings": filings }));
    } else {
        input::print_text(&(list_text(&list) + &filings.iter().map(filing_text).collect::<String>()));
    }
    Ok(exit::OK)
}

fn list_text(list: &ListView) -> String {
    let mut out = format!("{} {}\n", list.issuer, list.number.as_deref().unwrap_or("without a number"));
    let _ = writeln!(out, "  Scope     {}", list.scope);
    let _ = writeln!(out, "  SHA-256   {}", list.sha256);
    let _ = writeln!(out, "  Run       {} ({} ms)", input::time_text(list.ran_at), list.took_ms);
    let _ = writeln!(out, "  Entries   {} new or changed", list.entries);
    let _ = writeln!(out, "  Filings   {}", list.filings);
    out
}

fn filing_text(filing: &FilingView) -> String {
    let FilingView { arrival_number, reason, status_then, revocation_then, follows, .. } = filing;
    let (received, since) = (input::time_text(filing.received_at), input::time_text(filing.revoked_at));
    let follows = follows.unwrap_or("to be judged again");
    format!(
        "{arrival_number}  received {received}  ended {since} ({reason})  then {status_then}, {revocation_then}: {follows}\n"
    )
}
