//! `sign` and `read-certificate`.
use std::path::PathBuf;

use base64::Engine as _;

use super::{agrees, print};
use crate::card_client::attachments::compare;
use crate::card_client::confirm::Review;
use crate::card_client::folder::{DataFolder, read_bounded, write_new};
use crate::card_client::pin::Pin;
use crate::card_client::request::{CheckedRequest, Envelope, GatewayKeys, MAX_REQUEST};
use crate::card_client::texts::Language;
use crate::card_client::token::Token;
use crate::card_client::token::pkcs12::Pkcs12Token;
use crate::card_client::trust::{PinnedKeys, fetch_url};
use crate::card_client::{ClientError, signer};
use crate::clock::{Clock, SystemClock};
use crate::jws::JwkSet;

/// Arguments of `sign`.
#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// The signing request (.mgreq)
    request: PathBuf,
    /// Where the signature goes; by default beside the request, ending in .p7s
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The card: a PKCS#12 file
    #[arg(long, value_name = "FILE")]
    p12: PathBuf,
    /// The gateway's key set, in place of the pinned one
    #[arg(long, value_name = "FILE|URL")]
    gateway_keys: Option<String>,
    /// A file that the application lists, to be compared with it (again for each)
    #[arg(long, value_name = "FILE")]
    attachment: Vec<PathBuf>,
    /// Read the PIN from the first line of standard input, and ask nothing
    #[arg(long)]
    pin_stdin: bool,
}

/// Arguments of `read-certificate`.
#[derive(Debug, clap::Args)]
pub struct ReadArgs {
    /// The card: a PKCS#12 file
    #[arg(long, value_name = "FILE")]
    p12: PathBuf,
    /// Where the certificate goes; by default to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Read the PIN from the first line of standard input
    #[arg(long)]
    pin_stdin: bool,
}

/// Shows a request and signs it.
pub fn sign(args: &SignArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let clock = SystemClock;
    let envelope = Envelope::read(&read_bounded(&args.request, MAX_REQUEST)?)?;
    let keys: Box<dyn GatewayKeys> = match &args.gateway_keys {
        Some(source) => Box::new(key_set(source)?),
        None => Box::new(PinnedKeys(folder.clone())),
    };
    let request = CheckedRequest::check(&envelope, keys.as_ref(), None, clock.now())?;
    let texts = Language::of_environment().texts();
    let mut review = Review::of(&request, texts);
    compare(&mut review.attachments, &args.attachment)?;
    eprintln!("{}", review.for_terminal(texts));
    let mut token = Pkcs12Token::open(&args.p12)?;
    if !args.pin_stdin && !agrees(texts.agree)? {
        return Err(ClientError::refused("user-cancelled", "nothing was signed", "you did not agree"));
    }
    let pin = ask_pin(args.pin_stdin, texts.pin_prompt)?;
    let key = token.unlock(&pin)?;
    drop(pin);
    let signature = signer::sign(&request, key.as_ref(), clock.now())?;
    let out = args.out.clone().unwrap_or_else(|| args.request.with_extension("p7s"));
    write_new(&out, &signature, 0o644)?;
    eprintln!("{}", out.display());
    Ok(())
}

/// Writes a card's certificate.
pub fn read_certificate(args: &ReadArgs) -> Result<(), ClientError> {
    let mut token = Pkcs12Token::open(&args.p12)?;
    let pin = ask_pin(args.pin_stdin, Language::of_environment().texts().pin_prompt)?;
    let key = token.unlock(&pin)?;
    let pem = pem(key.certificate());
    match &args.out {
        Some(path) => write_new(path, pem.as_bytes(), 0o644),
        None => print(&pem),
    }
}

fn ask_pin(from_stdin: bool, prompt: &str) -> Result<Pin, ClientError> {
    if from_stdin { Pin::from_stdin() } else { Pin::ask(prompt) }
}

fn key_set(source: &str) -> Result<JwkSet, ClientError> {
    if source.contains("://") {
        return fetch_url(source);
    }
    let path = PathBuf::from(source);
    JwkSet::from_json(&read_bounded(&path, 64 << 10)?).map_err(|error| ClientError::input(&path, error))
}

fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            out.push('\n');
        }
        out.push(character);
    }
    out + "\n-----END CERTIFICATE-----\n"
}
