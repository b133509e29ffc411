//! `madoguchi validate-path`: RFC 5280 section 6 for one certificate, with every check.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{exit, input};
use crate::clock::{Clock, SystemClock};
use crate::pki::certificate::{Certificate, Oid, PolicyQualifiers};
use crate::pki::crl::{self, CrlRefusal, CrlSnapshot, OcspSource, RevocationData, RevocationOutcome, RevocationStatus};
use crate::pki::ocsp::{OcspEvidence, OcspRule};
use crate::pki::path::{self, PathOutcome, PathRequest, PathWork, PolicyInputs, Purpose};
use crate::pki::trust_store::TrustStore;
use crate::signature::report::ChainEntry;
use crate::verdict::{self, Check, CheckStatus, SubIndication};

mod files;

use files::Files;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Files hold PEM or DER, one object or several. Exit status: 0 valid; 1 not valid (revoked and \
    revocation unknown too); 64 wrong usage; 66 an input cannot be read.")]
pub struct Args {
    #[command(flatten)]
    files: Files,
    /// The time at which the path is judged (RFC 3339) [default: now]
    #[arg(long, value_name = "TIME", value_parser = input::time)]
    at: Option<DateTime<Utc>>,
    /// What the certificate is wanted for: its key usage must fit
    #[arg(long, value_enum, default_value = "any")]
    purpose: PurposeArg,
    /// A policy that will do, dotted; may be given several times [default: any policy]
    #[arg(long = "initial-policy", value_name = "OID", value_parser = oid)]
    initial_policies: Vec<Oid>,
    /// The path must be valid for one of the policies (initial-explicit-policy)
    #[arg(long)]
    require_explicit_policy: bool,
    /// Policy mappings do not count (initial-policy-mapping-inhibit)
    #[arg(long)]
    inhibit_policy_mapping: bool,
    /// anyPolicy does not count (initial-any-policy-inhibit)
    #[arg(long)]
    inhibit_any_policy: bool,
    /// Do not ask whether certificates are revoked
    #[arg(long)]
    no_revocation: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// `--purpose`.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PurposeArg {
    /// Signing documents: nonRepudiation
    Sign,
    /// Authentication: digitalSignature
    Authenticate,
    /// Anything
    Any,
}

fn oid(text: &str) -> Result<Oid, String> {
    Oid::from_text(text).ok_or_else(|| "give a policy as a dotted OID: 1.2.392.200149.8.5.1.1.20".to_owned())
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    result: &'static str,
    sub_indication: Option<SubIndication>,
    validation_time: DateTime<Utc>,
    path: Vec<ChainEntry>,
    valid_policies: Vec<String>,
    /// What the target says of its policies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policy_qualifiers: Vec<PolicyQualifiers>,
    revocation: Vec<RevocationStatus>,
    checks: Vec<Check>,
}

/// What the command reads.
struct Inputs {
    target: Vec<u8>,
    trust: TrustStore,
    crls: Vec<Vec<u8>>,
    ocsp: Vec<OcspEvidence>,
    /// What is no certificate among those that may help.
    unusable: Vec<Check>,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    let now = SystemClock.now();
    let at = args.at.unwrap_or(now);
    let inputs = match read(&args, now) {
        Ok(inputs) => inputs,
        Err(message) => {
            eprintln!("madoguchi: {message}");
            return ExitCode::from(exit::NO_INPUT);
        }
    };
    let report = judge(&args, &inputs, at, now);
    if args.json {
        input::print_json(&report)
    } else {
        input::print_text(&text(&report))
    }
    ExitCode::from(if report.result == "valid" { exit::OK } else { exit::FAILED })
}

fn read(args: &Args, now: DateTime<Utc>) -> Result<Inputs, String> {
    let (mut helping, mut unusable) = (Vec::new(), Vec::new());
    for path in &args.files.certificates {
        for found in Certificate::each_from_pem_or_der(&input::bytes(path)?) {
            match found {
                Ok(certificate) => helping.push(certificate),
                Err(error) => {
                    let detail = format!("{}: {error}", path.display());
                    unusable.push(Check::warning("helping_certificates_are_readable", "RFC 5280 4.1", detail));
                }
            }
        }
    }
    let trust = TrustStore::new(input::certificates(&args.files.anchors)?, helping);
    let crls = args.files.crls.iter().map(|path| input::bytes(path)).collect::<Result<_, _>>()?;
    let ocsp = input::ocsp_responses(&args.files.ocsp_responses, now)?;
    Ok(Inputs { target: input::bytes(&args.files.target)?, trust, crls, ocsp, unusable })
}

fn judge(args: &Args, inputs: &Inputs, at: DateTime<Utc>, now: DateTime<Utc>) -> Report {
    let target = match one_certificate(&inputs.target) {
        Ok(target) => target,
        Err(check) => return report(at, vec![check], &[], &[], Vec::new()),
    };
    let policies = PolicyInputs {
        initial_policies: args.initial_policies.clone(),
        require_explicit_policy: args.require_explicit_policy,
        inhibit_policy_mapping: args.inhibit_policy_mapping,
        inhibit_any_policy: args.inhibit_any_policy,
    };
    let purpose = match args.purpose {
        PurposeArg::Sign => Purpose::Sign,
        PurposeArg::Authenticate => Purpose::Authenticate,
        PurposeArg::Any => Purpose::Any,
    };
    let request = PathRequest { at, extra: &[], purpose, policies: &policies };
    let (outcome, revocation, refused) = path_of(args, inputs, &target, &request, now);
    let mut validity = path::target_validity(&target, at);
    if revocation.as_ref().is_some_and(|found| found.proof.is_some())
        && validity.sub_indication == Some(SubIndication::OutOfBoundsNoPoe)
    {
        validity.sub_indication = Some(SubIndication::OutOfBoundsNotRevoked);
    }
    let (of_revocation, statuses) = revocation.map(|found| (found.checks, found.statuses)).unwrap_or_default();
    let checks = [outcome.checks, inputs.unusable.clone(), refused, of_revocation, vec![validity]].concat();
    report(at, checks, &outcome.candidate, &outcome.valid_policies, statuses)
}

/// The path, what is known of its revocation, and a warning for each list that was refused.
fn path_of(
    args: &Args,
    inputs: &Inputs,
    target: &Arc<Certificate>,
    request: &PathRequest<'_>,
    now: DateTime<Utc>,
) -> (PathOutcome, Option<RevocationOutcome>, Vec<Check>) {
    let mut work = PathWork::default();
    if args.no_revocation {
        return (path::validate_within(&inputs.trust, target, request, &mut work), None, Vec::new());
    }
    let (snapshot, refused) = CrlSnapshot::from_files(&inputs.crls, &inputs.trust, &[], request.at, now);
    let warning = |(number, refusal): &(usize, CrlRefusal)| {
        let file = args.files.crls.get(*number).map(|path| path.display().to_string()).unwrap_or_default();
        Check::warning("revocation_list_is_accepted", "RFC 5280 6.3.3", format!("{file}: {refusal}"))
    };
    let ocsp = Some(OcspSource { rule: &OcspRule::WHEN_UNDECIDED, evidence: &inputs.ocsp });
    let data = RevocationData { crls: &snapshot, ocsp };
    let known = (&inputs.trust, data);
    let (outcome, revocation) = crl::validate_with_revocation(known, target, request, None, &mut work);
    // Of a path that breaks a rule it is still told what is revoked; it proves nothing.
    let of_broken = || crl::revocation_of_broken_path(data, &outcome.candidate, request.at, None);
    let revocation = revocation.or_else(|| outcome.complete.then(of_broken));
    (outcome, revocation, refused.iter().map(warning).collect())
}

/// The one certificate that TARGET holds.
fn one_certificate(bytes: &[u8]) -> Result<Arc<Certificate>, Check> {
    const NAME: &str = "target_is_a_certificate";
    const CLAUSE: &str = "RFC 5280 4.1";
    let failed = |detail: String| Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, detail);
    let mut found = Certificate::from_pem_or_der(bytes).map_err(|error| failed(error.to_string()))?;
    match (found.pop(), found.is_empty()) {
        (Some(target), true) => Ok(target),
        _ => Err(failed("the file holds several certificates".to_owned())),
    }
}

fn report(
    at: DateTime<Utc>,
    checks: Vec<Check>,
    path: &[Arc<Certificate>],
    policies: &[Oid],
    revocation: Vec<RevocationStatus>,
) -> Report {
    let (_, sub_indication) = verdict::conclude(&checks);
    Report {
        result: if sub_indication.is_none() { "valid" } else { "invalid" },
        sub_indication,
        validation_time: at,
        path: path.iter().map(|one| ChainEntry { subject: one.subject(), sha256: one.sha256_hex() }).collect(),
        valid_policies: policies.iter().map(Oid::to_string).collect(),
        policy_qualifiers: path.first().map(|target| target.policy_qualifiers()).unwrap_or_default(),
        revocation,
        checks,
    }
}

fn text(report: &Report) -> String {
    let mut out = String::new();
    let why = report.sub_indication.map(|sub| format!(" ({})", sub.as_str())).unwrap_or_default();
    let _ = writeln!(out, "{}{why} at {}", report.result, input::time_text(report.validation_time));
    for (number, entry) in report.path.iter().enumerate() {
        let _ = writeln!(out, "  {}. {}", number + 1, entry.subject);
    }
    if !report.valid_policies.is_empty() {
        let _ = writeln!(out, "Policies: {}", report.valid_policies.join(", "));
    }
    for of_policy in &report.policy_qualifiers {
        for told in of_policy.practice_statements.iter().chain(&of_policy.notices) {
            let _ = writeln!(out, "  {}: {told}", of_policy.policy);
        }
    }
    for status in &report.revocation {
        let crl = status.crl.as_ref().map(|crl| {
            let number = crl.number.as_deref().unwrap_or("without number");
            format!(" by list {number} of {}", input::time_text(crl.this_update))
        });
        let digest = status.certificate.get(..16).unwrap_or_default();
        let _ = writeln!(out, "Revocation of {digest}: {}{}", status.status, crl.unwrap_or_default());
    }
    for check in &report.checks {
        let mark = match check.status {
            CheckStatus::Passed => "ok  ",
            CheckStatus::Failed => "FAIL",
            CheckStatus::Warning => "warn",
            CheckStatus::NotApplicable => "-   ",
        };
        let detail = if check.detail.is_empty() { String::new() } else { format!(": {}", check.detail) };
        let _ = writeln!(out, "  {mark} {} [{}]{detail}", check.name, check.clause);
    }
    out
}
