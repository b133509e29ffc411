//! `madoguchi demo`: the whole gateway in one folder, to try it out: a test PKI, keys, settings, SQLite, accounts, and the
//! card client's agent with demo cards. Started again it goes on with what is there.
#[cfg(feature = "card-client")]
mod agent;
mod files;
mod pki;
mod sign_ins;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::exit;
use crate::authority::declaration::CardDeclaration;
use crate::clock::{Clock, SystemClock};
use crate::evidence::keys::Keys;
use sign_ins::SignIn;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to listen; on another address than this machine's own, only files can be signed
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder that everything is made in
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match demo(&args) {
        Ok(()) => ExitCode::from(exit::OK),
        Err(message) => {
            eprintln!("madoguchi demo: {message}");
            ExitCode::from(exit::SOFTWARE)
        }
    }
}

fn demo(args: &Args) -> Result<(), String> {
    let now = SystemClock.now();
    free(args.listen)?;
    let data = files::folder(&args.data)?;
    let cards = pki::ready(&data.join("pki"), now)?;
    let origin = format!("http://{}", args.listen);
    let keys = Keys::open(&data.join("keys")).map_err(|error| error.to_string())?;
    let link = start_agent(&data, &origin, &keys, &cards)?;
    drop(keys);
    let config =
        files::settings(&data, args.listen, link.as_ref().map(|link| (link.origin.as_str(), link.token.as_str())))?;
    let sign_ins = sign_ins::ready(&data, &config, now)?;
    eprintln!("{}", welcome(&origin, &data, &sign_ins, &cards, link.is_some()));
    // The agent ends with this process, whatever ends it: its standard input is closed then.
    let served = super::serve::serve(&config);
    drop(link);
    served
}

/// A running agent, as the gateway's settings name it.
struct AgentLink {
    origin: String,
    token: String,
    #[cfg(feature = "card-client")]
    _child: agent::Child,
}

#[cfg(feature = "card-client")]
fn start_agent(data: &Path, origin: &str, keys: &Keys, cards: &[CardDeclaration]) -> Result<Option<AgentLink>, String> {
    agent::start(data, origin, keys, cards)
}

/// Built without the card client: the pages offer files alone.
#[cfg(not(feature = "card-client"))]
fn start_agent(_: &Path, _: &str, _: &Keys, _: &[CardDeclaration]) -> Result<Option<AgentLink>, String> {
    Ok(None)
}

/// Says at once that another program has the address, before anything is made.
fn free(address: SocketAddr) -> Result<(), String> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{address} cannot be listened on ({error}); choose another with --listen")),
    }
}

/// What a newcomer needs to know.
fn welcome(origin: &str, data: &Path, sign_ins: &[SignIn], cards: &[CardDeclaration], agent: bool) -> String {
    let mut text = format!("\nMadoguchi demo / 窓口デモ\n\n  Open    {origin}/\n");
    text.push_str("  File    choose general-application (一般申請), fill it in, and sign it ");
    text.push_str(if agent { "in the browser with a demo card\n" } else { "with madoguchi-card\n" });
    for sign_in in sign_ins {
        text.push_str(&format!(
            "  {:<9} {origin}{}   {} / {}\n",
            sign_in.role, sign_in.page, sign_in.login, sign_in.password
        ));
    }
    text.push_str("\n  Demo cards (nobody real)\n");
    for card in cards {
        text.push_str(&format!("    {:<15} PIN {:<10} {}: {}\n", card.id, card.pin, card.name, card.note));
    }
    text.push_str(&format!(
        "\n  Everything is in {}; Ctrl-C ends it, and the same command goes on with it.\n",
        data.display()
    ));
    text
}
