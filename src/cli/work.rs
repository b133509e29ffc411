//! `madoguchi work`.

use std::path::PathBuf;
use std::process::ExitCode;

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
        Err(message) => {
            eprintln!("madoguchi work: {message}");
            ExitCode::from(exit::SOFTWARE)
        }
    }
}

fn work(args: &Args) -> Result<(), String> {
    let (settings, gateway) = serve::open(&args.config)?;
    let mut background = Background::new(gateway, &settings)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    if args.once {
        runtime.block_on(background.round());
        return Ok(());
    }
    let background = background.start().map_err(|error| error.to_string())?;
    let stopped = runtime.block_on(tokio::signal::ctrl_c());
    drop(background);
    stopped.map_err(|error| error.to_string())
}
