//! `native-host`, and its `install` and `uninstall`.
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::card::CardArgs;
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::leave;
use crate::card_client::loopback::AgentConfig;
use crate::card_client::loopback::state::Agent;
use crate::card_client::native_host::install::{self, ALL, Browser, Script, absolute};
use crate::card_client::native_host::{check_caller, serve};
use crate::card_client::opener::BrowserCommand;
use crate::card_client::texts::Language;
use crate::clock::SystemClock;

/// Arguments of `native-host`.
#[derive(Debug, clap::Args)]
#[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
pub struct NativeHostArgs {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Tell browsers where the host is
    Install(InstallArgs),
    /// Take that back
    Uninstall(WhereArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    #[command(flatten)]
    card: CardArgs,
    #[command(flatten)]
    host: HostArgs,
    /// What the browser says of who starts this
    #[arg(last = true, value_name = "CALLER")]
    callers: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct HostArgs {
    /// The command that opens the client's windows; by default the system's browser
    #[arg(long, value_name = "COMMAND")]
    open_with: Option<String>,
    /// The identifier of the extension where it came from a store of its own
    #[arg(long, value_name = "ID")]
    extension: Option<String>,
}

#[derive(Debug, clap::Args)]
struct WhereArgs {
    /// The browser; by default all of them
    #[arg(long, value_enum)]
    browser: Option<Browser>,
    /// The browser's own folder, where it is not the usual one
    #[arg(long, value_name = "DIR", requires = "browser")]
    user_data_dir: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct InstallArgs {
    #[command(flatten)]
    card: CardArgs,
    #[command(flatten)]
    host: HostArgs,
    #[command(flatten)]
    at: WhereArgs,
}

impl WhereArgs {
    fn browsers(&self) -> Vec<Browser> {
        self.browser.map_or_else(|| ALL.to_vec(), |browser| vec![browser])
    }
}

/// Answers the extension, or tells browsers where to find this.
pub fn native_host(args: NativeHostArgs, folder: DataFolder, led_by: &[&str]) -> Result<(), ClientError> {
    match args.action {
        Some(Action::Install(args)) => install_host(&args, &folder, led_by),
        Some(Action::Uninstall(args)) => uninstall_host(&args),
        None => run_host(args.run, folder),
    }
}

fn run_host(args: RunArgs, folder: DataFolder) -> Result<(), ClientError> {
    check_caller(&args.callers, args.host.extension.as_deref())?;
    let cards = Arc::new(args.card.source(&folder)?);
    let mut running = None;
    let config = AgentConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        folder,
        cards,
        opener: Arc::new(BrowserCommand::new(args.host.open_with.as_deref())),
        answers_pages: false,
        clock: Arc::new(SystemClock),
    };
    let started = |agent: Arc<Agent>| {
        let ended = Arc::clone(&agent);
        running = Some(agent);
        leave::on_signal(move || {
            leave::end(&ended);
            leave::now();
        })
    };
    let served = serve(config, std::io::stdin().lock(), Box::new(std::io::stdout()), started);
    if let Some(agent) = running {
        leave::end(&agent);
    }
    served
}

fn install_host(args: &InstallArgs, folder: &DataFolder, led_by: &[&str]) -> Result<(), ClientError> {
    let program = std::env::current_exe().map_err(|error| ClientError::fault(error.to_string()))?;
    // Read once, so that a file that is none is told now and not in the browser.
    args.card.source(folder)?;
    let script = Script { program: &program, led_by, arguments: arguments(args)? }.write(folder)?;
    for browser in args.at.browsers() {
        let user_data = args.at.user_data_dir.as_deref();
        let path = install::install(browser, user_data, &script, args.host.extension.as_deref())?;
        eprintln!("{}", path.display());
    }
    Ok(())
}

/// The arguments that the script starts the host with, paths made absolute.
fn arguments(args: &InstallArgs) -> Result<Vec<OsString>, ClientError> {
    let mut out: Vec<OsString> = Vec::new();
    if let Some(module) = &args.card.pkcs11 {
        // A bare name is looked for by the loader, as on the command line.
        let bare = module.components().count() == 1;
        out.extend(["--pkcs11".into(), if bare { module.into() } else { absolute(module)? }]);
    }
    for file in &args.card.p12 {
        out.extend(["--p12".into(), absolute(file)?]);
    }
    if args.card.pcsc {
        out.push("--pcsc".into());
    }
    for (name, value) in [("--open-with", &args.host.open_with), ("--extension", &args.host.extension)] {
        if let Some(value) = value {
            out.extend([name.into(), value.into()]);
        }
    }
    Ok(out)
}

fn uninstall_host(args: &WhereArgs) -> Result<(), ClientError> {
    for browser in args.browsers() {
        if let Some(path) = install::uninstall(browser, args.user_data_dir.as_deref())? {
            eprintln!("{} {}", Language::of_environment().texts().removed, path.display());
        }
    }
    Ok(())
}
