//! `madoguchi verify`: one signature against anchors and revocation lists that are given as files.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::failure::Failure;
use super::{exit, input};
use crate::clock::{Clock as _, SystemClock};
use crate::ids::ArrivalNumber;
use crate::pki::certificate::Certificate;
use crate::pki::crl::CrlSnapshot;
use crate::pki::ocsp::OcspUse;
use crate::pki::trust_store::TrustStore;
use crate::signature::content::{Content, ContentDigests};
use crate::signature::policy::SignaturePolicy;
use crate::signature::report::Report;
use crate::signature::verifier::{VerificationRequest, Verifier, embedded_certificates};
use crate::verdict::Indication;

mod as_of;
mod text;

/// Content up to this size is held; larger content is only digested.
const MAX_HELD_CONTENT: u64 = 16 << 20;

const AFTER_HELP: &str = "\
Exit status: 0 TOTAL_PASSED, 1 TOTAL_FAILED, 2 INDETERMINATE, 64 wrong usage, 66 a file cannot be read or is larger \
than 512 MiB, 70 a fault of the program.

Example:
  madoguchi verify --signature application.p7s --content application.json \\
      --anchor root.pem --certificate intermediate.pem --crl root.crl intermediate.crl

With --as-of, the verdicts that a gateway recorded on a filing are made again out of what it kept (documents, trust anchors, \
policy, revocation lists) and compared with the record byte for byte; --json prints the report just as it is recorded. \
Exit status as above; 66 also where something that a verdict rests on is missing; 70 also where a verdict of this very \
version differs from the record.
  madoguchi verify --as-of 1234567890123452 --config madoguchi.toml";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The signature: CMS SignedData, PEM, DER or BER
    #[arg(long, value_name = "FILE", required_unless_present = "as_of")]
    signature: Option<PathBuf>,
    /// The document that was signed, where the signature does not carry it
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    /// Trust anchors, PEM or DER
    #[arg(long, value_name = "FILE", required_unless_present = "as_of", num_args = 1..)]
    anchor: Vec<PathBuf>,
    /// Certificates that help to find a path: intermediates, or a signer's that the signature does not carry
    #[arg(long, value_name = "FILE", num_args = 1..)]
    certificate: Vec<PathBuf>,
    /// Revocation lists, PEM or DER
    #[arg(long, value_name = "FILE", num_args = 1..)]
    crl: Vec<PathBuf>,
    /// OCSP responses, DER; they count where the policy wants OCSP and lists do not decide
    #[arg(long, value_name = "FILE", num_args = 1..)]
    ocsp_response: Vec<PathBuf>,
    /// The time at which the signature is known to exist and at which it is judged [default: now]
    #[arg(long, value_name = "TIME", value_parser = input::time)]
    at: Option<DateTime<Utc>>,
    /// A time after which the signature is known to have been made
    #[arg(long, value_name = "TIME", value_parser = input::time)]
    signed_after: Option<DateTime<Utc>>,
    /// jpki, generic, or a policy file
    #[arg(long, value_name = "POLICY", default_value = "generic")]
    policy: String,
    /// Make the recorded verdicts on the filing of this arrival number again
    #[arg(long, value_name = "ARRIVAL_NUMBER", requires = "config",
        conflicts_with_all = ["signature", "content", "anchor", "certificate", "crl", "ocsp_response", "at", "signed_after", "policy"])]
    as_of: Option<ArrivalNumber>,
    /// The configuration of the gateway that recorded it
    #[arg(long, value_name = "FILE", requires = "as_of")]
    config: Option<PathBuf>,
    /// Which of the filing's verdicts to print, 1 the first
    #[arg(long, value_name = "NUMBER", requires = "as_of", default_value_t = 1)]
    verdict: usize,
    /// Print the report as one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    if let (Some(arrival_number), Some(config)) = (args.as_of, &args.config) {
        return make_again(config, arrival_number, &args);
    }
    let now = SystemClock.now();
    match report(&args, now) {
        Ok(report) => {
            print(&report, args.json);
            ExitCode::from(status_of(report.indication))
        }
        Err(message) => {
            eprintln!("madoguchi verify: {message}");
            ExitCode::from(exit::NO_INPUT)
        }
    }
}

fn status_of(indication: Indication) -> u8 {
    match indication {
        Indication::TotalPassed => exit::OK,
        Indication::TotalFailed => exit::FAILED,
        Indication::Indeterminate => exit::INDETERMINATE,
    }
}

/// What differs goes to standard error with `--json`, which prints the report and nothing else.
fn make_again(config: &Path, arrival_number: ArrivalNumber, args: &Args) -> ExitCode {
    let again = match as_of::run(config, arrival_number, args.verdict) {
        Ok(again) => again,
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi verify: {sentence}");
            return ExitCode::from(status);
        }
    };
    let lines = again.lines.join("\n");
    if args.json {
        eprintln!("{lines}");
        let _ = writeln!(std::io::stdout().lock(), "{}", again.report);
    } else {
        let _ = writeln!(std::io::stdout().lock(), "{}\n{lines}", again.indication.as_str());
    }
    ExitCode::from(if again.differs { exit::SOFTWARE } else { status_of(again.indication) })
}

/// Reads the files and verifies; an error is a file that cannot be read.
fn report(args: &Args, now: DateTime<Utc>) -> Result<Report, String> {
    let at = args.at.unwrap_or(now);
    let policy = match SignaturePolicy::named_or_file(&args.policy) {
        Ok(policy) => policy,
        Err(error) => return Ok(Report::of_unreadable_policy(&args.policy, error, at)),
    };
    let anchors = input::certificates(&args.anchor)?;
    let given = input::certificates(&args.certificate)?;
    let content = args.content.as_deref().map(GivenContent::read).transpose()?;
    let signature = input::bytes(args.signature.as_deref().unwrap_or(Path::new("")))?;
    let trust = Arc::new(TrustStore::new(anchors, given.clone()));
    let crls = revocation_lists(args, &trust, &signature, at, now)?;
    let ocsp = input::ocsp_responses(&args.ocsp_response, now)?;
    if !ocsp.is_empty() && policy.ocsp().ask == OcspUse::Never {
        eprintln!(
            "madoguchi verify: the policy {} asks for no OCSP, so that the responses do not count: give a policy file \
             with `[revocation]` and `ocsp = \"when_undecided\"`",
            policy.reference().id
        );
    }
    let request = VerificationRequest {
        signature: &signature,
        content: content.as_ref().map(GivenContent::as_content),
        extra_certificates: &given,
        at,
        signed_after: args.signed_after,
    };
    Ok(Verifier::new(Arc::new(policy), trust).verify_with(&crls, &ocsp, &request).report)
}

/// The lists that are accepted; why others are not is told on standard error.
fn revocation_lists(
    args: &Args,
    trust: &TrustStore,
    signature: &[u8],
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Arc<CrlSnapshot>, String> {
    let files = args.crl.iter().map(|path| input::bytes(path)).collect::<Result<Vec<_>, _>>()?;
    // Who issued a list may be known from the signature alone.
    let extra: Vec<Arc<Certificate>> = embedded_certificates(signature);
    let (snapshot, refused) = CrlSnapshot::from_files(&files, trust, &extra, at, now);
    for (number, refusal) in refused {
        let path = args.crl.get(number).map(|path| path.display().to_string()).unwrap_or_default();
        eprintln!("madoguchi verify: {path} is not used: {refusal}");
    }
    Ok(snapshot)
}

/// The document that was given.
enum GivenContent {
    Held(Vec<u8>),
    Digested(Box<ContentDigests>),
}

impl GivenContent {
    fn read(path: &Path) -> Result<Self, String> {
        let (file, size) = input::open(path)?;
        if size <= MAX_HELD_CONTENT && file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return input::bytes(path).map(Self::Held);
        }
        match ContentDigests::read(file, input::MAX_FILE) {
            Ok(digests) => Ok(Self::Digested(Box::new(digests))),
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => Err(input::too_large(path)),
            Err(error) => Err(input::unreadable(path, &error)),
        }
    }

    fn as_content(&self) -> Content<'_> {
        match self {
            Self::Held(bytes) => Content::Bytes(bytes),
            Self::Digested(digests) => Content::Digests(digests),
        }
    }
}

/// Prints the report; a reader that has gone away changes nothing of the verdict.
fn print(report: &Report, json: bool) {
    let mut out = std::io::stdout().lock();
    let _ = match json {
        true => serde_json::to_string(report).map_err(std::io::Error::from).and_then(|json| writeln!(out, "{json}")),
        false => write!(out, "{}", text::Text(report)),
    };
}
