//! The command line of `madoguchi`: one file a subcommand, thin. Messages go to standard error, results to standard
//! output.

mod account;
mod crl;
mod demo;
mod failure;
mod input;
mod keys;
mod migrate;
mod pki;
mod procedure;
mod registry;
mod serve;
mod validate_path;
mod verify;
mod verify_receipt;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub mod exit {
    //! Exit statuses (public contract section 3; 64, 66 and 70 as in BSD's sysexits).

    /// TOTAL_PASSED, valid, done.
    pub const OK: u8 = 0;
    /// TOTAL_FAILED, not valid.
    pub const FAILED: u8 = 1;
    /// INDETERMINATE.
    pub const INDETERMINATE: u8 = 2;
    /// Wrong usage, or a wrong setting.
    pub const USAGE: u8 = 64;
    /// An input cannot be read or is over the size limit.
    pub const NO_INPUT: u8 = 66;
    /// A fault of the program.
    pub const SOFTWARE: u8 = 70;
}

/// An online e-government signing gateway: verifies, records and delivers signed applications.
#[derive(Debug, Parser)]
#[command(name = "madoguchi", version, about, propagate_version = true, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify a signature and report every check
    Verify(verify::Args),
    /// Validate a certificate's path to a trust anchor (RFC 5280 section 6)
    ValidatePath(validate_path::Args),
    /// Inspect, import, list and compare certificate revocation lists
    Crl(crl::Args),
    /// Drive the test authority: issue certificates, revoke them, sign CRLs
    Pki(pki::Args),
    /// Check a receipt against the gateway's published keys
    VerifyReceipt(verify_receipt::Args),
    /// Serve the gateway
    Serve(serve::Args),
    /// Work through what waits (held filings, deliveries) without serving
    Work(work::Args),
    /// The whole gateway with a test PKI, demo cards and seeded data, to try it out
    Demo(demo::Args),
    /// Bring the database to this version's schema
    Migrate(migrate::Args),
    /// Check definitions of procedures, and print their JSON Schema
    Procedure(procedure::Args),
    /// Add and manage the accounts of agencies and operators
    Account(account::Args),
    /// The resident registry: take residents over from a file
    Registry(registry::Args),
    /// The gateway's own signing keys: list them, retire one
    Keys(keys::Args),
    /// The card client, as `madoguchi-card`; `demo` starts its agent so
    #[cfg(feature = "card-client")]
    #[command(hide = true)]
    Card(crate::card_client::command::Args),
}

/// Reads the command line, runs the subcommand and gives its exit status.
pub fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return usage_error(&error),
    };
    // A fault must not look like a verdict: Rust's own status for a panic is 101.
    std::panic::catch_unwind(|| dispatch(line.command)).unwrap_or(ExitCode::from(exit::SOFTWARE))
}

fn dispatch(command: Command) -> ExitCode {
    match command {
        Command::Verify(args) => verify::run(args),
        Command::ValidatePath(args) => validate_path::run(args),
        Command::Crl(args) => crl::run(args),
        Command::Pki(args) => pki::run(args),
        Command::VerifyReceipt(args) => verify_receipt::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Work(args) => work::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Migrate(args) => migrate::run(args),
        Command::Procedure(args) => procedure::run(args),
        Command::Account(args) => account::run(args),
        Command::Registry(args) => registry::run(args),
        Command::Keys(args) => keys::run(args),
        #[cfg(feature = "card-client")]
        Command::Card(args) => crate::card_client::command::run(args, &["card"]),
    }
}

/// Prints clap's message; its own status 2 would read as INDETERMINATE, so wrong usage is 64.
fn usage_error(error: &clap::Error) -> ExitCode {
    // Nothing more can be told to a person whose terminal cannot be written to.
    let _ = error.print();
    match error.use_stderr() {
        true => ExitCode::from(exit::USAGE),
        false => ExitCode::from(exit::OK),
    }
}
