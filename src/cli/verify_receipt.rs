//! `madoguchi verify-receipt`: whether a receipt was signed with a key of the gateway, whether the later statements are an
//! unbroken chain from it on, and whether files are those that it names. Needs no gateway and no network: the key set is a
//! file.
mod chain;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::Value;

use super::exit;
use crate::jws::{JwkSet, JwsError, RECEIPT_TYP, STATEMENT_TYP, VerifiedToken};
use chain::StatementFinding;

/// The largest file that is read.
const MAX_BYTES: u64 = 512 << 20;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The receipt: a compact JWS, or the JSON answer that holds it
    file: PathBuf,
    /// The gateway's key set, as /.well-known/jwks.json gives it
    #[arg(long, value_name = "JWKS")]
    keys: PathBuf,
    /// Later statements on the verdict, in their order: compact JWS, or the JSON answer that holds them
    #[arg(long, value_name = "FILE")]
    statement: Vec<PathBuf>,
    /// An application document: its digest must be the one in the receipt
    #[arg(long, value_name = "FILE")]
    application: Vec<PathBuf>,
    /// A signature file: its digest must be the one in the receipt
    #[arg(long, value_name = "FILE")]
    signature: Vec<PathBuf>,
    /// An attachment: its digest must be one of those in the receipt
    #[arg(long, value_name = "FILE")]
    attachment: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Findings {
    result: &'static str,
    /// Why the receipt itself is not valid.
    fault: Option<String>,
    /// `receipt` or `statement`.
    kind: Option<&'static str>,
    kid: Option<String>,
    files: Vec<FileFinding>,
    receipt: Option<Value>,
    /// The statements after it, each of which names the one before.
    statements: Vec<StatementFinding>,
}

#[derive(Debug, Serialize)]
struct FileFinding {
    file: String,
    role: &'static str,
    sha256: String,
    matches: bool,
}

impl Findings {
    fn invalid(fault: String) -> Self {
        Self {
            result: "invalid",
            fault: Some(fault),
            kind: None,
            kid: None,
            files: Vec::new(),
            receipt: None,
            statements: Vec::new(),
        }
    }
}

/// A receipt or statement whose signature is good.
struct Opened {
    /// `receipt` or `statement`.
    kind: &'static str,
    kid: String,
    content: Value,
    /// The token itself, which the next statement names.
    jws: String,
    /// The tokens that stand beside it in a JSON answer.
    beside: Vec<String>,
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match examine(&args) {
        Ok(findings) => {
            print(&findings, args.json);
            ExitCode::from(if findings.result == "valid" { exit::OK } else { exit::FAILED })
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(exit::NO_INPUT)
        }
    }
}

/// # Errors
/// A sentence: an input cannot be read.
fn examine(args: &Args) -> Result<Findings, String> {
    let keys = JwkSet::from_json(&read(&args.keys)?).map_err(|error| format!("{}: {error}", args.keys.display()))?;
    let opened = open(&read(&args.file)?, &keys);
    let mut given = Vec::new();
    for path in &args.statement {
        given.push(read(path)?);
    }
    let opened = opened.and_then(|opened| {
        let statements = chain::follow(&opened, &given, &keys)?;
        Ok((opened, statements))
    });
    let (Opened { kind, kid, content: receipt, .. }, statements) = match opened {
        Ok(opened) => opened,
        Err(fault) => return Ok(Findings::invalid(fault)),
    };
    let mut files = Vec::new();
    for (role, paths) in
        [("application", &args.application), ("signature", &args.signature), ("attachment", &args.attachment)]
    {
        for path in paths {
            let sha256 = hex::encode(digest(&SHA256, &read(path)?));
            let matches = is_named(&receipt, role, &sha256);
            files.push(FileFinding { file: path.display().to_string(), role, sha256, matches });
        }
    }
    let result = if files.iter().all(|file| file.matches) { "valid" } else { "invalid" };
    Ok(Findings { result, fault: None, kind: Some(kind), kid: Some(kid), files, receipt: Some(receipt), statements })
}

/// Verifies the receipt in `bytes` and gives its kind, key and content.
fn open(bytes: &[u8], keys: &JwkSet) -> Result<Opened, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file is not text".to_owned())?.trim();
    let answer: Option<Value> = if text.starts_with('{') {
        Some(serde_json::from_str(text).map_err(|_| "the file is neither a compact JWS nor JSON".to_owned())?)
    } else {
        None
    };
    let token = match &answer {
        Some(answer) => {
            answer.get("receipt_jws").and_then(Value::as_str).ok_or("the JSON document has no receipt_jws")?
        }
        None => text,
    };
    let (kind, verified) = match keys.verify(RECEIPT_TYP, token) {
        Err(JwsError::Typ) => ("statement", keys.verify(STATEMENT_TYP, token)),
        verified => ("receipt", verified),
    };
    let verified = verified.map_err(|error| error.to_string())?;
    let content: Value =
        serde_json::from_slice(&verified.payload).map_err(|_| "what was signed is not JSON".to_owned())?;
    check_keys_end(&verified, &content)?;
    // The readable copy beside the token proves nothing: where there is one, it must say the same.
    if answer.as_ref().and_then(|answer| answer.get("receipt")).is_some_and(|copy| *copy != content) {
        return Err("the receipt in the JSON document is not the one that was signed".to_owned());
    }
    let beside = answer.as_ref().map(chain::tokens_in).unwrap_or_default();
    Ok(Opened { kind, kid: verified.kid, content, jws: token.to_owned(), beside })
}

/// What says that it was made after its key had ended was made by somebody who holds a retired key.
///
/// # Errors
/// A sentence.
fn check_keys_end(verified: &VerifiedToken, content: &Value) -> Result<(), String> {
    let made_at = content.get("received_at").or_else(|| content.get("made_at")).and_then(Value::as_str);
    let made_at = made_at.and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    match made_at.is_some_and(|at| verified.is_after_the_keys_end(at.timestamp())) {
        true => Err("it says that it was made after the key that signed it had been retired".to_owned()),
        false => Ok(()),
    }
}

fn is_named(receipt: &Value, role: &str, sha256: &str) -> bool {
    match role {
        "attachment" => receipt["attachments"]
            .as_array()
            .is_some_and(|listed| listed.iter().any(|attachment| attachment["sha256"] == sha256)),
        "signature" => receipt["signature_sha256"] == sha256,
        _ => receipt["application_sha256"] == sha256,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    File::open(path).map_err(cannot)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("{}: larger than 512 MiB", path.display()));
    }
    Ok(bytes)
}

fn print(findings: &Findings, json: bool) {
    if json {
        println!("{}", serde_json::to_string(findings).unwrap_or_default());
        return;
    }
    if let Some(fault) = &findings.fault {
        println!("NOT VALID: {fault}.");
        return;
    }
    let kind = findings.kind.unwrap_or_default();
    println!(
        "The {kind} is {}.",
        if findings.result == "valid" { "VALID" } else { "valid, but NOT of every file given" }
    );
    println!("  signed with key  {}", findings.kid.as_deref().unwrap_or_default());
    if let Some(receipt) = &findings.receipt {
        for (label, pointer) in [
            ("arrival number", "/arrival_number"),
            ("received at", "/received_at"),
            ("procedure", "/procedure"),
            ("recipient", "/recipient"),
            ("application", "/application_sha256"),
            ("verdict", "/verdict/indication"),
            ("revocation", "/verdict/revocation"),
        ] {
            if let Some(value) = receipt.pointer(pointer).and_then(Value::as_str) {
                println!("  {label:<15}  {value}");
            }
        }
    }
    for statement in &findings.statements {
        println!("  {statement}");
    }
    for file in &findings.files {
        let word = if file.matches { "is the one in the receipt" } else { "is NOT the one in the receipt" };
        println!("  {} {} {word}", file.role, file.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::keys::Keys;

    struct Case {
        folder: tempfile::TempDir,
        keys: Keys,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let keys = Keys::open(&folder.path().join("keys")).unwrap();
            std::fs::write(folder.path().join("jwks.json"), keys.set_json()).unwrap();
            Self { folder, keys }
        }

        fn examine(&self, receipt: &str, application: Option<&str>, attachment: Option<&str>) -> Findings {
            let write = |name: &str, text: &str| {
                let path = self.folder.path().join(name);
                std::fs::write(&path, text).unwrap();
                path
            };
            let args = Args {
                file: write("receipt", receipt),
                keys: self.folder.path().join("jwks.json"),
                statement: Vec::new(),
                application: application.map(|text| write("application.json", text)).into_iter().collect(),
                signature: Vec::new(),
                attachment: attachment.map(|text| write("attachment", text)).into_iter().collect(),
                json: true,
            };
            examine(&args).unwrap()
        }

        fn receipt(&self) -> (String, String) {
            let sha256 = |text: &str| hex::encode(digest(&SHA256, text.as_bytes()));
            let json = serde_json::json!({"arrival_number": "x", "application_sha256": sha256("document"),
                "attachments": [{"name": "a", "sha256": sha256("file")}]})
            .to_string();
            let jws = self.keys.receipt().sign(RECEIPT_TYP, json.as_bytes()).unwrap();
            (json, jws)
        }
    }

    #[test]
    fn a_receipt_is_taken_as_token_and_as_answer() {
        let case = Case::new();
        let (json, jws) = case.receipt();
        let answer = format!("{{\"receipt\": {json}, \"receipt_jws\": \"{jws}\"}}\n");
        for receipt in [jws.clone(), format!("{jws}\n"), answer.clone()] {
            let findings = case.examine(&receipt, Some("document"), Some("file"));
            assert_eq!((findings.result, findings.kind), ("valid", Some("receipt")), "{findings:?}");
            assert_eq!(findings.kid.as_deref(), Some(case.keys.receipt().kid()));
        }
        let other_copy = answer.replace("\"arrival_number\":\"x\"", "\"arrival_number\":\"y\"");
        assert_ne!(other_copy, answer);
        assert_eq!(case.examine(&other_copy, None, None).result, "invalid");
    }

    #[test]
    fn another_file_another_key_and_another_kind_of_token_do_not_pass() {
        let case = Case::new();
        let (_, jws) = case.receipt();
        assert_eq!(case.examine(&jws, Some("documenT"), None).result, "invalid");
        assert_eq!(case.examine(&jws, Some("file"), None).result, "invalid", "an attachment is not the application");
        assert_eq!(case.examine(&jws, None, Some("document")).result, "invalid");
        assert_eq!(case.examine(&Case::new().receipt().1, None, None).result, "invalid");
        let request = case.keys.request().sign(crate::jws::REQUEST_TYP, b"{}").unwrap();
        for broken in [request.as_str(), "", "{}", "{\"receipt_jws\": 1}", "a.b.c"] {
            let findings = case.examine(broken, None, None);
            assert_eq!(findings.result, "invalid", "{broken}");
            assert!(findings.fault.is_some());
        }
    }

    #[test]
    fn a_receipt_of_before_its_keys_end_is_valid_and_one_of_after_it_is_not() {
        let mut case = Case::new();
        let of = |received_at: &str| serde_json::json!({"arrival_number": "x", "received_at": received_at}).to_string();
        let sign = |keys: &Keys, text: &str| keys.receipt().sign(RECEIPT_TYP, text.as_bytes()).unwrap();
        let [before, after] = ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"].map(|at| sign(&case.keys, &of(at)));
        let ends_at = "2026-01-02T00:00:00Z".parse().unwrap();
        let folder = case.folder.path().join("keys");
        Keys::retire(&folder, crate::evidence::keys::KeyUse::Receipt, ends_at).unwrap();
        assert_eq!(case.examine(&after, None, None).result, "valid", "the key set is not fetched again yet");
        case.keys = Keys::open(&folder).unwrap();
        std::fs::write(case.folder.path().join("jwks.json"), case.keys.set_json()).unwrap();
        assert_eq!(case.examine(&before, None, None).result, "valid");
        let refused = case.examine(&after, None, None);
        assert!(refused.result == "invalid" && refused.fault.unwrap().contains("retired"));
        assert_eq!(case.examine(&sign(&case.keys, &of("2026-01-03T00:00:00Z")), None, None).result, "valid");
    }

    #[test]
    fn an_input_that_cannot_be_read_is_told_apart() {
        let case = Case::new();
        let missing = case.folder.path().join("nowhere");
        let args = |file: &Path, keys: &Path| Args {
            file: file.to_owned(),
            keys: keys.to_owned(),
            statement: Vec::new(),
            application: Vec::new(),
            signature: Vec::new(),
            attachment: Vec::new(),
            json: false,
        };
        let keys = case.folder.path().join("jwks.json");
        assert!(examine(&args(&missing, &keys)).is_err());
        assert!(examine(&args(&keys, &missing)).is_err());
        std::fs::write(&missing, "not a set").unwrap();
        assert!(examine(&args(&keys, &missing)).is_err());
    }
}
