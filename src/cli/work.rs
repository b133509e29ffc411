//! `madoguchi work`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::failure::Failure;
use super::{exit, serve};
use crate::delivery::background::Background;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The settings (TOML), those of the gateway
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Do one round and end
    #[arg(long)]
    once: bool,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match work(&args) {
        Ok(()) => ExitCode::from(exit::OK),
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi work: {sentence}");
            ExitCode::from(status)
        }
    }
}

fn work(args: &Args) -> Result<(), Failure> {
    let (settings, gateway) = serve::open(&args.config)?;
    let mut background = Background::new(gateway, &settings).map_err(Failure::usage)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::fault)?;
    if args.once {
        runtime.block_on(background.round());
        return Ok(());
    }
    let background = background.start().map_err(Failure::fault)?;
    let stopped = runtime.block_on(tokio::signal::ctrl_c());
    drop(background);
    stopped.map_err(Failure::fault)
}
