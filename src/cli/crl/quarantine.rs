//! `madoguchi crl quarantine`: what waits for operators, and why. It only shows: two operators let a list in on their
//! pages, each signed in.
use std::fmt::Write as _;

use serde::Serialize;

use super::archive::{Digest, digest, record};
use super::{Configured, Failure, exit, input};
use crate::gateway::lists::wait;
use crate::settings::Settings;
use crate::store::crl_quarantine::{QuarantinedCrl, QuarantinedDetail};

/// How many lists that do not wait any more are shown.
const DECIDED: i64 = 1_000;

/// What is asked.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show every quarantined list, those that wait first
    List(Configured),
    /// Show one with its difference and who let it in
    Show(Show),
}

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    configured: Configured,
    /// SHA-256 of the list's DER, in hex, as `list` names it
    #[arg(value_parser = digest)]
    digest: Digest,
}

/// Runs it.
pub fn run(command: &Command) -> Result<u8, Failure> {
    match command {
        Command::List(args) => list(args),
        Command::Show(args) => show(args),
    }
}

fn store(args: &Configured) -> Result<crate::store::Store, Failure> {
    let settings = Settings::load(&args.config)?;
    let none = || Failure::input("there is no record of this version; run `madoguchi migrate` or the gateway first");
    record(&settings)?.ok_or_else(none)
}

/// A list as `--json` prints it.
#[derive(Debug, Serialize)]
struct Listed {
    sha256: String,
    issuer: String,
    scope: String,
    number: Option<String>,
    this_update: chrono::DateTime<chrono::Utc>,
    next_update: chrono::DateTime<chrono::Utc>,
    entries: i64,
    source: String,
    quarantined_at: chrono::DateTime<chrono::Utc>,
    codes: Vec<String>,
    detail: String,
    compared_with: Option<String>,
    state: &'static str,
    state_since: chrono::DateTime<chrono::Utc>,
    state_by: String,
    state_reason: String,
}

impl From<QuarantinedCrl> for Listed {
    fn from(list: QuarantinedCrl) -> Self {
        Self {
            sha256: hex::encode(list.sha256),
            issuer: list.issuer,
            scope: list.scope,
            number: list.number,
            this_update: list.this_update,
            next_update: list.next_update,
            entries: list.entries,
            source: list.source,
            quarantined_at: list.quarantined_at,
            codes: list.codes,
            detail: list.detail,
            compared_with: list.compared_with.map(hex::encode),
            state: list.state.as_str(),
            state_since: list.state_since,
            state_by: list.state_by,
            state_reason: list.state_reason,
        }
    }
}

fn list(args: &Configured) -> Result<u8, Failure> {
    let lists = wait(store(args)?.crl_quarantine_list(DECIDED)).map_err(Failure::fault)?;
    let lists: Vec<Listed> = lists.into_iter().map(Listed::from).collect();
    if args.json {
        input::print_json(&lists);
    } else {
        let none = "Nothing is quarantined.\n".to_owned();
        let texts: Vec<String> = if lists.is_empty() { vec![none] } else { lists.iter().map(text).collect() };
        input::print_text(&texts.concat());
    }
    Ok(exit::OK)
}

fn text(list: &Listed) -> String {
    let number = list.number.as_deref().unwrap_or("none");
    format!(
        "{:<10} {}\n           {}\n           number {number}, {}, issued {}, from {}\n           {}: {}\n           {}\n",
        list.state,
        list.issuer,
        list.scope,
        input::counted(list.entries, "entry", "entries"),
        input::time_text(list.this_update),
        list.source,
        list.codes.join(", "),
        list.detail,
        list.sha256,
    )
}

/// One operator's word, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Released {
    login: String,
    reason: String,
    released_at: chrono::DateTime<chrono::Utc>,
    counts: bool,
}

/// What `show --json` prints.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    list: Listed,
    diff: crate::pki::crl::ListDiff,
    releases: Vec<Released>,
}

fn show(args: &Show) -> Result<u8, Failure> {
    let found = wait(store(&args.configured)?.crl_quarantine_find(args.digest)).map_err(Failure::fault)?;
    let missing = || Failure::input(format!("no list of digest {} is quarantined", hex::encode(args.digest)));
    let QuarantinedDetail { list, diff, releases } = found.ok_or_else(missing)?;
    let released = |one: crate::store::crl_quarantine::Release| Released {
        login: one.login,
        reason: one.reason,
        released_at: one.released_at,
        counts: one.counts,
    };
    let shown = Shown { list: list.into(), diff, releases: releases.into_iter().map(released).collect() };
    if args.configured.json {
        input::print_json(&shown);
    } else {
        input::print_text(&shown_text(&shown));
    }
    Ok(exit::OK)
}

fn shown_text(shown: &Shown) -> String {
    let (mut out, diff) = (text(&shown.list), &shown.diff);
    let _ = writeln!(
        out,
        "{} missing, {} changed, {} added, {} ended as they may",
        diff.lost, diff.changed, diff.added, diff.ended
    );
    if let Some(number) = &diff.number {
        let _ = writeln!(out, "number {} after {}", number.to, number.from);
    }
    for entry in &diff.lost_entries {
        let _ = writeln!(out, "- {} was {}", entry.serial, entry.was);
    }
    for entry in &diff.changed_entries {
        let _ = writeln!(out, "~ {} was {}, is {}", entry.serial, entry.was, entry.is);
    }
    for serial in &diff.added_serials {
        let _ = writeln!(out, "+ {serial}");
    }
    for one in &shown.releases {
        let counts = if one.counts { "" } else { " (does not count: locked or gone)" };
        let at = input::time_text(one.released_at);
        let _ = writeln!(out, "let in by {} at {at}{counts}: {}", one.login, one.reason);
    }
    out
}
