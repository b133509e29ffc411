//! `madoguchi keys`: the gateway's own signing keys: which there are, and retiring one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use clap::{Subcommand, ValueEnum};

use super::exit;
use super::failure::Failure;
use crate::clock::{Clock, SystemClock};
use crate::evidence::keys::{KeyError, KeyUse, Keys};
use crate::gateway::network::Network;
use crate::settings::Settings;

/// How long gateways have to be started again, where nobody says.
const TIME_TO_RESTART_MINUTES: i64 = 60;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The gateway's settings
    #[arg(long, global = true, default_value = "madoguchi.toml")]
    config: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the keys that are published, with the end of those that were retired
    List,
    /// Print the public key that signs this gateway's messages to other gateways, for their [[network.peers]]
    Network,
    /// Retire a key: gateways make a new one when they start. Start all of them again before it ends
    Retire {
        /// Which
        key: Which,
        /// When it ends (RFC 3339); an hour from now where nothing is said. For a key that leaked: now
        #[arg(long, value_name = "TIME")]
        at: Option<DateTime<Utc>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// That of receipts and statements
    Receipt,
    /// That of signing requests
    Request,
}

impl From<Which> for KeyUse {
    fn from(which: Which) -> Self {
        match which {
            Which::Receipt => Self::Receipt,
            Which::Request => Self::Request,
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::input(error.to_string())
    }
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match act(&args) {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::from(exit::OK)
        }
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi keys: {sentence}");
            ExitCode::from(status)
        }
    }
}

fn act(args: &Args) -> Result<Vec<String>, Failure> {
    let folder = Settings::load(&args.config)?.keys.directory;
    match args.action {
        Action::List => list(&folder),
        Action::Network => network(&folder),
        Action::Retire { key, at } => {
            let ends_at = at.unwrap_or_else(|| SystemClock.now() + Duration::minutes(TIME_TO_RESTART_MINUTES));
            retire(&folder, key, ends_at)
        }
    }
}

fn list(folder: &Path) -> Result<Vec<String>, Failure> {
    if !folder.exists() {
        return Err(Failure::input(format!("{}: no such folder", folder.display())));
    }
    let keys = Keys::open(folder)?;
    let of = |kid: &str| match () {
        () if kid == keys.receipt().kid() => "receipts and statements",
        () if kid == keys.request().kid() => "signing requests",
        () => "retired",
    };
    let end = |exp: Option<i64>| exp.and_then(|exp| DateTime::from_timestamp(exp, 0)).map(moment).unwrap_or_default();
    Ok(keys.set().keys.iter().map(|key| format!("{}  {}  {}", key.kid, of(&key.kid), end(key.exp))).collect())
}

fn network(folder: &Path) -> Result<Vec<String>, Failure> {
    let set = Network::public_keys(folder).map_err(Failure::input)?;
    let text = serde_json::to_string(&set).map_err(|error| Failure::fault(error.to_string()))?;
    Ok(vec![text])
}

fn retire(folder: &Path, key: Which, ends_at: DateTime<Utc>) -> Result<Vec<String>, Failure> {
    let kid = Keys::retire(folder, key.into(), ends_at)?;
    Ok(vec![
        format!("retired {kid}: it ends at {}", moment(ends_at)),
        "Start every gateway of this folder again before that: until then they sign with it, and what it signs later is \
         not taken."
            .to_owned(),
    ])
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_key_is_listed_with_its_end_and_a_new_one_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(&folder.path().join("nowhere")).is_err());
        let first = Keys::open(folder.path()).unwrap();
        let ends_at = "2026-01-02T00:00:00Z".parse().unwrap();
        let said = retire(folder.path(), Which::Request, ends_at).unwrap();
        assert!(said[0].contains(first.request().kid()) && said[0].ends_with("2026-01-02T00:00:00Z"), "{said:?}");
        assert_eq!(retire(folder.path(), Which::Request, ends_at).unwrap_err().0, exit::NO_INPUT, "none is there now");
        let lines = list(folder.path()).unwrap();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[2], format!("{}  retired  2026-01-02T00:00:00Z", first.request().kid()));
        assert!(lines[1].contains("signing requests") && !lines[1].contains(first.request().kid()), "{lines:?}");
    }
}
