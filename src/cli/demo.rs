//! `madoguchi demo`: the whole gateway in one folder, to try it out: a test PKI, keys, settings, SQLite, accounts, and the
//! card client's agent with demo cards, and a few filings to look at. Started again it goes on with what is there.
#[cfg(feature = "card-client")]
mod agent;
mod examples;
mod files;
mod pki;
mod sign_ins;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::exit;
use crate::authority::declaration::{AGENCY, CardDeclaration, JPKI};
use crate::clock::{Clock, SystemClock};
use crate::evidence::keys::Keys;
use examples::Example;
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
    let cards = pki::ready(&data.join("pki"), ("pki/jpki.toml", JPKI), now)?;
    pki::ready(&data.join("agency-pki"), ("pki/agency.toml", AGENCY), now)?;
    let origin = format!("http://{}", args.listen);
    let keys = Keys::open(&data.join("keys")).map_err(|error| error.to_string())?;
    let link = start_agent(&data, &origin, &keys, &cards)?;
    drop(keys);
    let config =
        files::settings(&data, args.listen, link.as_ref().map(|link| (link.origin.as_str(), link.token.as_str())))?;
    let sign_ins = sign_ins::ready(&data, &config, now)?;
    let examples = examples::ready(&data, &config)?;
    eprintln!("{}", welcome(&origin, &data, link.as_ref().map(|link| link.phrase.as_str())));
    eprintln!("{}", people(&origin, &sign_ins, &examples, &cards));
    // The agent ends with this process, whatever ends it: its standard input is closed then.
    let served = super::serve::serve(&config).map_err(|failure| failure.1);
    drop(link);
    served
}

/// A running agent, as the gateway's settings name it.
struct AgentLink {
    origin: String,
    token: String,
    phrase: String,
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

/// Where to click.
fn welcome(origin: &str, data: &Path, phrase: Option<&str>) -> String {
    let sign = if phrase.is_some() { "in the browser with a demo card" } else { "with madoguchi-card" };
    let phrase = phrase.map_or_else(String::new, |phrase| {
        format!("\n  Phrase  {phrase} (stands above every PIN field of the card client; choose yours: madoguchi-card phrase)")
    });
    format!(
        "\nMadoguchi demo / 窓口デモ\n\n  \
           Open    {origin}/\n  \
           File    choose General application (一般申請), fill it in, and sign it {sign}{phrase}\n  \
           Sign in {origin}/sign-in with an authentication card (auth-yamada)\n  \
           Stop    Ctrl-C; everything stays in {}, and the same command goes on with it",
        data.display()
    )
}

/// Who can be played: staff with their passwords, applicants with their filings, cards with their PINs.
fn people(origin: &str, sign_ins: &[SignIn], examples: &[Example], cards: &[CardDeclaration]) -> String {
    let mut text = "\n  Sign in as\n".to_owned();
    for SignIn { role, page, login, password } in sign_ins {
        text.push_str(&format!("    {role:<9} {login:<9} {password:<24} {origin}{page}\n"));
    }
    text.push_str(&format!(
        "\n  Example filings, as they were made; look them up at {origin}/status with arrival number and access key\n"
    ));
    for Example { card, status, arrival_number, access_key } in examples {
        text.push_str(&format!("    {card:<14} {status:<13} {arrival_number}  {access_key}\n"));
    }
    text.push_str(
        "\n  The town hall's seal for official documents: openssl cms -sign -cades -binary -outform DER -in FILE -out FILE.p7s\n    \
         -signer agency-pki/certificates/seal-chiyoda.pem -inkey agency-pki/private/seal-chiyoda.key.pem\n",
    );
    text.push_str("\n  Demo cards (nobody real): card, PIN\n");
    for CardDeclaration { id, pin, name, note, .. } in cards {
        text.push_str(&format!("    {id:<14} {pin:<10} {name}: {note}\n"));
    }
    text
}
