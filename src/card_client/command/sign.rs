//! `sign` and `read-certificate`.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;

use super::card::{CardArgs, PurposeArg, open};
use super::{agrees, print};
use crate::card_client::attachments::compare;
use crate::card_client::confirm::Review;
use crate::card_client::folder::{DataFolder, StagedFile, read_bounded, write_new};
use crate::card_client::request::{CheckedRequest, Envelope, GatewayKeys, MAX_REQUEST};
use crate::card_client::texts::Language;
use crate::card_client::token::{Purpose, TokenSession};
use crate::card_client::trust::{RollingKeys, fetch_url};
use crate::card_client::used::UsedRequests;
use crate::card_client::{ClientError, signer};
use crate::clock::{Clock, SystemClock};
use crate::jws::JwkSet;

/// How many requests are signed with one PIN entry at most.
const MOST_REQUESTS: usize = 50;

/// Arguments of `sign`.
#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// The signing requests (.mgreq); each is shown and agreed to, and one PIN entry signs them all
    #[arg(required = true, value_name = "REQUEST")]
    requests: Vec<PathBuf>,
    /// Where the signature goes; by default beside the request, ending in .p7s. A folder where there are several
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    source: CardArgs,
    /// Which card, where several are there: a part of its label or reader, as status tells them
    #[arg(long, value_name = "NAME")]
    card: Option<String>,
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
    #[command(flatten)]
    source: CardArgs,
    /// Which card, where several are there: a part of its label or reader, as status tells them
    #[arg(long, value_name = "NAME")]
    card: Option<String>,
    /// Which certificate
    #[arg(long, value_enum, default_value_t = PurposeArg::Signature)]
    purpose: PurposeArg,
    /// Where the certificate goes; by default to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Read the PIN from the first line of standard input
    #[arg(long)]
    pin_stdin: bool,
}

/// A request that was checked, and where its signature goes.
struct Filing {
    request: CheckedRequest,
    review: Review,
    out: PathBuf,
}

/// Shows requests and signs them with one PIN entry.
pub fn sign(args: &SignArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let language = Language::of_environment();
    let source = args.source.source(folder)?;
    let mut filings = read_requests(args, folder, language)?;
    compare_all(&mut filings, &args.attachment)?;
    let mut agreed = Vec::new();
    for filing in filings {
        eprintln!("{}", filing.review.for_terminal(language.texts()));
        if args.pin_stdin || agrees(language.texts().agree)? {
            agreed.push(filing);
        }
    }
    if agreed.is_empty() {
        return Err(ClientError::refused("user-cancelled", "nothing was signed", "you did not agree"));
    }
    let mut session = open(&source, args.card.as_deref(), Purpose::Signature, args.pin_stdin, language)?;
    for filing in agreed {
        sign_one(&filing, session.as_mut(), folder)?;
    }
    Ok(())
}

fn read_requests(args: &SignArgs, folder: &DataFolder, language: Language) -> Result<Vec<Filing>, ClientError> {
    if args.requests.len() > MOST_REQUESTS {
        return Err(ClientError::usage(format!("at most {MOST_REQUESTS} requests are signed at once"))
            .in_japanese(format!("一度に署名できるのは {MOST_REQUESTS} 件までです")));
    }
    let keys: Box<dyn GatewayKeys> = match &args.gateway_keys {
        Some(source) => Box::new(key_set(source)?),
        None => Box::new(RollingKeys { folder: folder.clone(), clock: Arc::new(SystemClock) }),
    };
    let now = SystemClock.now();
    let mut filings: Vec<Filing> = Vec::new();
    for path in &args.requests {
        let envelope = Envelope::read(&read_bounded(path, MAX_REQUEST)?)?;
        let request = CheckedRequest::check(&envelope, keys.as_ref(), None, now)?;
        let out = output_of(path, args)?;
        if filings.iter().any(|other| other.out == out || other.request.claims().jti == request.claims().jti) {
            return Err(ClientError::usage(format!("{} is given twice", path.display()))
                .in_japanese(format!("{} が2回指定されています", path.display())));
        }
        let review = Review::of(&request, language.texts());
        filings.push(Filing { request, review, out });
    }
    let used = UsedRequests::take(folder, now)?;
    filings.iter().try_for_each(|filing| used.check(&filing.request))?;
    Ok(filings)
}

/// Where the signature of a request goes.
fn output_of(request: &Path, args: &SignArgs) -> Result<PathBuf, ClientError> {
    let beside = request.with_extension("p7s");
    match (&args.out, args.requests.len()) {
        (None, _) => Ok(beside),
        (Some(out), 1) if !out.is_dir() => Ok(out.clone()),
        (Some(out), _) if out.is_dir() => Ok(out.join(beside.file_name().unwrap_or_default())),
        (Some(out), _) => Err(ClientError::usage(format!(
            "{} is not a folder; several signatures go into a folder that is there",
            out.display()
        ))
        .in_japanese(format!(
            "{} はフォルダーではありません。複数の署名は、すでにあるフォルダーに保存します",
            out.display()
        ))),
    }
}

/// Each file must be an attachment of one of the filings.
fn compare_all(filings: &mut [Filing], files: &[PathBuf]) -> Result<(), ClientError> {
    for file in files {
        let mut first_error = None;
        let found = filings.iter_mut().any(|filing| {
            let compared = compare(&mut filing.review.attachments, std::slice::from_ref(file));
            compared.map_err(|error| first_error.get_or_insert(error).clone()).is_ok()
        });
        if let (false, Some(error)) = (found, first_error) {
            return Err(error);
        }
    }
    Ok(())
}

fn sign_one(filing: &Filing, session: &mut dyn TokenSession, folder: &DataFolder) -> Result<(), ClientError> {
    let staged = StagedFile::create(&filing.out, 0o644)?;
    staged.finish(&signer::sign(&filing.request, session, folder, SystemClock.now())?)?;
    eprintln!("{}", filing.out.display());
    Ok(())
}

/// Writes a card's certificate.
pub fn read_certificate(args: &ReadArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let source = args.source.source(folder)?;
    let language = Language::of_environment();
    let session = open(&source, args.card.as_deref(), args.purpose.purpose(), args.pin_stdin, language)?;
    let pem = pem(session.certificate());
    match &args.out {
        Some(path) => write_new(path, pem.as_bytes(), 0o644),
        None => print(&pem),
    }
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
