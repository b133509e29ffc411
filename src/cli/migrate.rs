//! `madoguchi migrate`: brings the database's tables up to this program. `serve` does the same when it starts; this is
//! for doing it before, by another account of the database, or for looking first.

use std::path::PathBuf;
use std::process::ExitCode;

use super::exit;
use super::failure::Failure;
use crate::settings::Settings;
use crate::store::connection::DatabaseUrl;
use crate::store::{StoreError, migrations};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "madoguchi.toml")]
    config: PathBuf,
    /// Name what is pending, run nothing; exit status 1 when something is
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match migrate(&args) {
        Ok(status) => ExitCode::from(status),
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi migrate: {sentence}");
            ExitCode::from(status)
        }
    }
}

fn migrate(args: &Args) -> Result<u8, Failure> {
    let settings = Settings::load(&args.config)?;
    let url: DatabaseUrl =
        settings.database.url.parse().map_err(|error: StoreError| Failure::usage(error.to_string()))?;
    bring_up(&url, args.check).map_err(Failure::fault)
}

fn bring_up(url: &DatabaseUrl, check: bool) -> Result<u8, StoreError> {
    let mut connection = url.connect()?;
    if check {
        let pending = migrations::pending(&mut connection)?;
        pending.iter().for_each(|name| println!("pending: {name}"));
        return Ok(if pending.is_empty() { exit::OK } else { exit::FAILED });
    }
    let done = migrations::run_pending(&mut connection)?;
    done.iter().for_each(|version| println!("migrated: {version}"));
    if done.is_empty() {
        println!("nothing to do: the database is up to date");
    }
    Ok(exit::OK)
}
