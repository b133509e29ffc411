//! `pair` and `phrase`.
use super::print;
use crate::card_client::ClientError;
use crate::card_client::folder::DataFolder;
use crate::card_client::origin::Origin;
use crate::card_client::pairing::{self, offer, pairings};
use crate::card_client::phrase;
use crate::card_client::texts::Language;
use crate::card_client::trust::trusted;
use crate::clock::{Clock, SystemClock};

/// Arguments of `pair`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct PairArgs {
    /// The gateway: https://…, or http:// on this machine
    #[arg(required_unless_present = "list")]
    origin: Option<String>,
    /// Show who is paired
    #[arg(long, conflicts_with_all = ["origin", "remove", "line"])]
    list: bool,
    /// End the pairing of this gateway: its pages are answered no more
    #[arg(long, requires = "origin", conflicts_with = "line")]
    remove: bool,
    /// Pair without a code and print the line for the gateway's own setting card.pairing (a gateway on this machine, for
    /// demonstrations)
    #[arg(long, requires = "origin")]
    line: bool,
}

/// Arguments of `phrase`.
#[derive(Debug, clap::Args)]
pub struct PhraseArgs {
    /// Show it
    #[arg(long)]
    show: bool,
}

/// Pairs a gateway's pages with the agent, lists pairings, ends one.
pub fn pair(args: &PairArgs, folder: &DataFolder) -> Result<(), ClientError> {
    if args.list {
        let origins = pairings(folder)?.into_iter().map(|pairing| format!("{}\n", pairing.origin));
        return print(&origins.collect::<String>());
    }
    let origin = Origin::parse(args.origin.as_deref().unwrap_or_default())?;
    match (args.remove, args.line) {
        (true, _) => remove(folder, &origin),
        (_, true) => {
            let link = pairing::pair(folder, &origin)?;
            eprintln!("{origin} {}", Language::of_environment().texts().paired_line);
            print(&format!("{}\n", link.line()))
        }
        _ => show_code(folder, &origin),
    }
}

fn remove(folder: &DataFolder, origin: &Origin) -> Result<(), ClientError> {
    match pairing::remove(folder, origin)? {
        true => {
            eprintln!("{origin} {}", Language::of_environment().texts().paired_no_more);
            Ok(())
        }
        false => {
            let detail = format!("{origin} was not paired; see: madoguchi-card pair --list");
            Err(ClientError::refused("origin-not-paired", "this site is not paired", detail).about(origin))
        }
    }
}

/// Shows a code, which the person types into the gateway's page.
fn show_code(folder: &DataFolder, origin: &Origin) -> Result<(), ClientError> {
    if !trusted(folder)?.iter().any(|gateway| gateway.origin == origin.as_str()) {
        let detail = format!("pin its keys first: madoguchi-card trust {origin}");
        return Err(ClientError::refused("gateway-not-trusted", "this gateway is not trusted", detail).about(origin));
    }
    let texts = Language::of_environment().texts();
    if phrase::phrase(folder)?.is_none() {
        eprintln!("{}", texts.phrase_none);
        choose_phrase(folder)?;
    }
    let code = offer::offer(folder, origin, SystemClock.now())?;
    eprintln!("{}\n{origin}\n{}", texts.code_lead, texts.code_hint_terminal);
    print(&format!("{code}\n"))
}

/// Chooses the phrase, or shows it.
pub fn phrase(args: &PhraseArgs, folder: &DataFolder) -> Result<(), ClientError> {
    if !args.show {
        return choose_phrase(folder);
    }
    match phrase::phrase(folder)? {
        Some(phrase) => print(&format!("{phrase}\n")),
        None => Err(ClientError::refused("phrase-none", "no phrase was chosen", "choose one: madoguchi-card phrase")),
    }
}

/// Reads the phrase from the first line of standard input: it is no secret to who looks over the shoulder while it is used,
/// but it stands in no argument.
fn choose_phrase(folder: &DataFolder) -> Result<(), ClientError> {
    let texts = Language::of_environment().texts();
    eprintln!("{}", texts.phrase_hint);
    eprint!("{}: ", texts.phrase_choose);
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| ClientError::input(std::path::Path::new("standard input"), error))?;
    phrase::choose(folder, &line)?;
    eprintln!("{}", texts.phrase_chosen);
    Ok(())
}
