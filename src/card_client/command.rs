//! The command line of `madoguchi-card`. Results go to standard output or files, messages to standard error.
mod agent;
pub mod card;
mod explain;
mod help;
mod native_host;
mod pair;
mod personal;
mod sign;
mod status;
mod trust;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::folder::DataFolder;
use super::texts::Language;
use super::{ClientError, ErrorKind};

/// The resident's card client: shows what a gateway asks to be signed, and signs it with the card.
#[derive(Debug, Parser)]
#[command(name = "madoguchi-card", version, propagate_version = true, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    args: Args,
}

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    /// The client's folder (pinned keys, pairings); by default $XDG_CONFIG_HOME/madoguchi-card
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show signing requests and sign them with one PIN entry
    Sign(sign::SignArgs),
    /// Write a card's certificate (PEM)
    ReadCertificate(sign::ReadArgs),
    /// At the counter: make a key in a token and write the request for its certificate
    RequestCertificate(personal::RequestArgs),
    /// At the counter: write a certificate into the token that has its key
    InstallCertificate(personal::InstallArgs),
    /// Show a gateway's keys and pin them
    Trust(trust::TrustArgs),
    /// Let a trusted gateway's pages talk to the agent: shows the code that is typed into its page; lists and ends pairings
    Pair(pair::PairArgs),
    /// Choose the phrase that stands above every PIN field
    Phrase(pair::PhraseArgs),
    /// Tell what works and what is in the way: reader, card, tries, dates, gateways, clock, agent, phrase
    Status(status::StatusArgs),
    /// Say what a code or a gateway's refusal means, and what to do
    Explain(explain::ExplainArgs),
    /// Serve the pages of paired gateways on this machine
    Agent(agent::AgentArgs),
    /// Answer the browser's extension (started by the browser); tell browsers where this is
    NativeHost(native_host::NativeHostArgs),
}

/// Reads the command line of `madoguchi-card`, runs it and gives its exit status.
pub fn main() -> ExitCode {
    match help::parse::<CommandLine>() {
        Ok(line) => run(line.args, &[]),
        Err(error) => {
            // Nothing more can be told to a person whose terminal cannot be written to.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 64 } else { 0 })
        }
    }
}

/// A program that fails leaves no image of its memory, in which a PIN could stand; and on Linux no other program of the same
/// person may look into its memory or trace it (prctl PR_SET_DUMPABLE).
fn keep_memory_to_itself() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    // Where the system does not let us, everything works all the same.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Runs what the arguments ask for. `led_by`: the words after which the running program takes them.
pub fn run(args: Args, led_by: &[&str]) -> ExitCode {
    keep_memory_to_itself();
    let done = DataFolder::new(args.data).and_then(|folder| match args.command {
        Command::Sign(args) => sign::sign(&args, &folder),
        Command::ReadCertificate(args) => sign::read_certificate(&args, &folder),
        Command::RequestCertificate(args) => personal::request(&args, &folder),
        Command::InstallCertificate(args) => personal::install(&args, &folder),
        Command::Trust(args) => trust::trust(&args, &folder),
        Command::Pair(args) => pair::pair(&args, &folder),
        Command::Phrase(args) => pair::phrase(&args, &folder),
        Command::Status(args) => status::status(&args, &folder),
        Command::Explain(args) => explain::explain(&args),
        Command::Agent(args) => agent::agent(args, folder),
        Command::NativeHost(args) => native_host::native_host(args, folder, led_by),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("madoguchi-card: {}", error.told(Language::of_environment()));
            ExitCode::from(match error.kind {
                ErrorKind::Refused => 1,
                ErrorKind::Usage => 64,
                ErrorKind::Input => 66,
                ErrorKind::Fault => 70,
            })
        }
    }
}

/// Writes to standard output.
fn print(text: &str) -> Result<(), ClientError> {
    use std::io::Write;
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| ClientError::input(std::path::Path::new("standard output"), error))
}

/// Asks on the terminal; true only for `yes`.
fn agrees(question: &str) -> Result<bool, ClientError> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        return Err(ClientError::usage("there is no terminal to ask on").in_japanese("確認を求める端末がありません"));
    }
    eprint!("{question}");
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| ClientError::input(std::path::Path::new("standard input"), error))?;
    Ok(line.trim() == "yes")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn the_memory_is_not_to_be_looked_into() {
        super::keep_memory_to_itself();
        let told = rustix::process::dumpable_behavior().ok();
        assert_eq!(told, Some(rustix::process::DumpableBehavior::NotDumpable));
        assert_eq!(rustix::process::getrlimit(rustix::process::Resource::Core).maximum, Some(0));
    }
}
