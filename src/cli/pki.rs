//! `madoguchi pki`: drives the test authority. Results on standard output (text, or one JSON document with `--json`),
//! progress and messages on standard error.

use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::authority::crl::Reason;
use crate::authority::declaration::{CardDeclaration, JPKI, THREE_TIER};
use crate::authority::issuing::Which;
use crate::authority::responder::PROFILE;
use crate::authority::state::Issued;
use crate::authority::{Authority, AuthorityError};
use crate::cli::exit;
use crate::clock::{Clock, SystemClock};

/// The longest declaration that is read, in octets.
const MAX_DECLARATION: u64 = 4 * 1024 * 1024;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A PKI is declared in TOML, as pki/jpki.toml and pki/three-tier.toml are, and made in a folder:\n  \
anchors/  intermediates/  crls/     what [trust] and [revocation] of a gateway's settings name\n  \
certificates/  cards/               certificates (PEM) and PKCS#12 cards, whose passphrase is the PIN\n  \
responders/                         certificate and key of each CA's OCSP responder\n  \
private/                            keys, readable by their owner alone\n  \
state.json                          what was issued and revoked, and the CRL numbers\n\nExample:\n  \
madoguchi pki init --out test-pki\n  \
madoguchi pki revoke --dir test-pki --card sign-smith --reason affiliationChanged\n  \
madoguchi pki crl --dir test-pki\n  \
madoguchi pki issue --dir test-pki --profile ocsp-responder --ca tt-p256"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    /// Print one JSON document
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a PKI: keys, CAs, cards and CRLs
    Init {
        /// The folder to make it in
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Declarations; without one, the two built-in families `jpki` and `three-tier`
        #[arg(long, value_name = "FILE")]
        from: Vec<PathBuf>,
    },
    /// Issue cards: a key, a certificate and a PKCS#12 file each
    Issue {
        /// The PKI's folder
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// A TOML file of [[card]] tables, written as in pki/jpki.toml
        #[arg(long, value_name = "FILE", conflicts_with_all = ["card", "profile"],
            required_unless_present_any = ["card", "profile"])]
        from: Option<PathBuf>,
        /// A declared card that gets a new key and certificate
        #[arg(long, value_name = "ID", conflicts_with = "profile")]
        card: Option<String>,
        /// Instead of a card, a certificate and key for the OCSP responder of the CA in --ca, for 30 days
        #[arg(long, value_parser = [PROFILE], requires = "ca")]
        profile: Option<String>,
        /// The CA for whose certificates the responder answers
        #[arg(long, value_name = "ID", requires = "profile")]
        ca: Option<String>,
        /// Read the PIN of --card from the first line of standard input, instead of the declared one
        #[arg(long, requires = "card")]
        pin_stdin: bool,
    },
    /// Revoke a certificate; the next CRL tells it
    Revoke {
        /// The PKI's folder
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// The newest certificate of this card or CA
        #[arg(long, value_name = "ID", conflicts_with = "serial", required_unless_present = "serial")]
        card: Option<String>,
        /// The certificate with this serial number (hex)
        #[arg(long, value_name = "HEX")]
        serial: Option<String>,
        /// Why
        #[arg(long, value_enum)]
        reason: Reason,
        /// Since when (RFC 3339); by default now
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<DateTime<Utc>>,
    },
    /// Sign the CRLs anew, each with the next number
    Crl {
        /// The PKI's folder
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// As of this time (RFC 3339); by default now
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<DateTime<Utc>>,
        /// Sign these lists alone
        #[arg(long, value_name = "ID")]
        only: Vec<String>,
    },
    /// List what was issued, and the CRLs
    List {
        /// The PKI's folder
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
    },
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    let now = SystemClock.now();
    let done = match args.action {
        Action::Init { out, from } => init(&out, &from, now),
        Action::Issue { dir, profile: Some(_), ca, .. } => issue_responder(&dir, &ca.unwrap_or_default(), now),
        Action::Issue { dir, from, card, pin_stdin, .. } => issue(&dir, from.as_deref(), card, pin_stdin, now),
        Action::Revoke { dir, card, serial, reason, at } => revoke(
            &dir,
            card.map_or_else(|| Which::Serial(serial.unwrap_or_default()), Which::Id),
            reason,
            at.unwrap_or(now),
        ),
        Action::Crl { dir, at, only } => sign_lists(&dir, &only, at.unwrap_or(now)),
        Action::List { dir } => list(&dir),
    };
    match done.and_then(|answer| answer.print(args.json)) {
        Ok(()) => ExitCode::from(exit::OK),
        Err(error) => {
            eprintln!("madoguchi pki: {error}");
            ExitCode::from(status_of(&error))
        }
    }
}

fn status_of(error: &AuthorityError) -> u8 {
    match error {
        AuthorityError::Declaration(_) | AuthorityError::Unknown(_) | AuthorityError::AlreadyThere(_) => exit::USAGE,
        AuthorityError::NotThere(_) | AuthorityError::File { .. } => exit::NO_INPUT,
        AuthorityError::Fault(_) => exit::SOFTWARE,
    }
}

/// What a subcommand answers: lines for people, a document for programs.
struct Answer {
    text: String,
    json: Value,
}

impl Answer {
    fn print(&self, json: bool) -> Result<(), AuthorityError> {
        let text = if json { format!("{:#}\n", self.json) } else { self.text.clone() };
        let written = std::io::stdout().write_all(text.as_bytes());
        written.map_err(|error| AuthorityError::io(Path::new("standard output"), &error))
    }
}

fn init(out: &Path, from: &[PathBuf], now: DateTime<Utc>) -> Result<Answer, AuthorityError> {
    let sources = match from {
        [] => vec![("jpki".to_owned(), JPKI.to_owned()), ("three-tier".to_owned(), THREE_TIER.to_owned())],
        files => files
            .iter()
            .map(|file| Ok((file.display().to_string(), read_text(file)?)))
            .collect::<Result<_, AuthorityError>>()?,
    };
    let authority = Authority::init(out, &sources, now, show_progress)?;
    let count = authority.state().certificates.len();
    let lists = authority.state().crls.len();
    let json = json!({ "dir": out, "certificates": certificates(&authority), "crls": authority.state().crls });
    let text = format!(
        "Made in {}: {count} certificates, {lists} CRLs.\n  anchors        {}\n  intermediates  {}\n  CRLs           {}\n  cards          {}\n",
        out.display(),
        out.join("anchors").display(),
        out.join("intermediates").display(),
        out.join("crls").display(),
        out.join("cards").display(),
    );
    Ok(Answer { text, json })
}

/// How many keys are made: one line that is overwritten on a terminal, the end alone elsewhere.
fn show_progress(done: usize, all: usize) {
    if std::io::stderr().is_terminal() {
        eprint!("\rmaking keys: {done} of {all}{}", if done == all { "\n" } else { "" });
    } else if done == all {
        eprintln!("made {all} keys");
    }
}

/// A file of cards to be issued.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cards {
    card: Vec<CardDeclaration>,
}

fn issue(
    dir: &Path,
    from: Option<&Path>,
    card: Option<String>,
    pin_stdin: bool,
    now: DateTime<Utc>,
) -> Result<Answer, AuthorityError> {
    let mut authority = Authority::open(dir)?;
    let mut cards = match from {
        Some(file) => {
            let parsed: Result<Cards, _> = toml::from_str(&read_text(file)?);
            parsed.map_err(|error| AuthorityError::Declaration(format!("{}: {error}", file.display())))?.card
        }
        None => vec![declared(&authority, &card.unwrap_or_default())?],
    };
    if pin_stdin {
        let pin = read_pin()?;
        cards.iter_mut().for_each(|card| card.pin.clone_from(&pin));
    }
    let (mut text, mut issued) = (String::new(), Vec::new());
    for card in &cards {
        let certificate = authority.issue(card, now)?;
        let p12 = authority.folder().card(&card.id);
        text.push_str(&format!("issued {} (serial {}): {}\n", card.id, certificate.serial, p12.display()));
        issued.push(json!({ "certificate": certificate, "p12": p12, "pem": authority.folder().certificate(&card.id) }));
    }
    Ok(Answer { text, json: json!({ "issued": issued }) })
}

fn issue_responder(dir: &Path, ca: &str, now: DateTime<Utc>) -> Result<Answer, AuthorityError> {
    let mut authority = Authority::open(dir)?;
    let issued = authority.issue_responder(ca, now)?;
    let files = authority.responder_files(ca);
    let text = format!(
        "issued {} (serial {}), until {}\n  certificate  {}\n  key          {}\n",
        issued.id,
        issued.serial,
        issued.not_after.to_rfc3339(),
        files.certificate.display(),
        files.key.display()
    );
    Ok(Answer {
        text,
        json: json!({ "issued": [{ "certificate": issued, "pem": files.certificate, "key": files.key }] }),
    })
}

fn declared(authority: &Authority, id: &str) -> Result<CardDeclaration, AuthorityError> {
    authority.declarations().card(id).cloned().ok_or_else(|| {
        let known: Vec<&str> = authority.declarations().cards.iter().map(|card| card.id.as_str()).collect();
        AuthorityError::Unknown(format!("no card `{id}` is declared; there are {}", known.join(", ")))
    })
}

fn revoke(dir: &Path, which: Which, reason: Reason, at: DateTime<Utc>) -> Result<Answer, AuthorityError> {
    let mut authority = Authority::open(dir)?;
    let issued = authority.revoke(&which, reason, at)?;
    let text = format!(
        "revoked {} (serial {}); the next CRL tells it: madoguchi pki crl --dir {}\n",
        issued.id,
        issued.serial,
        dir.display()
    );
    Ok(Answer { text, json: json!({ "revoked": issued }) })
}

fn sign_lists(dir: &Path, only: &[String], at: DateTime<Utc>) -> Result<Answer, AuthorityError> {
    let mut authority = Authority::open(dir)?;
    let lists = authority.lists();
    if let Some(unknown) = only.iter().find(|id| !lists.iter().any(|list| list.id() == **id)) {
        let known: Vec<String> = lists.iter().map(crate::authority::lists::List::id).collect();
        return Err(AuthorityError::Unknown(format!("there is no CRL `{unknown}`; there are {}", known.join(", "))));
    }
    for list in lists.iter().filter(|list| only.is_empty() || only.contains(&list.id())) {
        authority.sign_list(list, at)?;
    }
    Ok(Answer { text: list_lines(&authority), json: json!({ "crls": authority.state().crls }) })
}

fn list(dir: &Path) -> Result<Answer, AuthorityError> {
    let authority = Authority::open(dir)?;
    let mut text = String::new();
    for issued in &authority.state().certificates {
        let state = issued.revoked.map_or_else(String::new, |revoked| format!("  revoked {}", revoked.at.to_rfc3339()));
        let line = format!("{:<18} {}  until {}{state}\n", issued.id, issued.serial, issued.not_after.to_rfc3339());
        text.push_str(&line);
    }
    text.push('\n');
    text.push_str(&list_lines(&authority));
    Ok(Answer { text, json: json!({ "certificates": certificates(&authority), "crls": authority.state().crls }) })
}

fn list_lines(authority: &Authority) -> String {
    let line = |(id, crl): (&String, &crate::authority::state::IssuedCrl)| {
        format!(
            "{id:<24} number {:<4} entries {:<4} next update {}\n",
            crl.number,
            crl.entries,
            crl.next_update.to_rfc3339()
        )
    };
    authority.state().crls.iter().map(line).collect()
}

fn certificates(authority: &Authority) -> &[Issued] {
    &authority.state().certificates
}

fn read_text(path: &Path) -> Result<String, AuthorityError> {
    let failed = |reason: String| AuthorityError::File { path: path.display().to_string(), reason };
    let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut text = String::new();
    file.take(MAX_DECLARATION + 1).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    match u64::try_from(text.len()) {
        Ok(length) if length <= MAX_DECLARATION => Ok(text),
        _ => Err(failed(format!("longer than {MAX_DECLARATION} octets"))),
    }
}

fn read_pin() -> Result<String, AuthorityError> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| AuthorityError::io(Path::new("standard input"), &error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed.map(|at| at.with_timezone(&Utc)).map_err(|_| "write RFC 3339, as 2026-01-31T09:00:00Z".to_owned())
}
