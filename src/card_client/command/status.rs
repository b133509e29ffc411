//! `status`.
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::json;

use super::print;
use crate::card_client::ClientError;
use crate::card_client::diagnosis::{Examination, Finding, State};
use crate::card_client::folder::DataFolder;
use crate::card_client::pairing::pairings;
use crate::card_client::texts::Language;
use crate::card_client::trust::trusted;
use crate::clock::{Clock, SystemClock};

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Ask no gateway
    #[arg(long)]
    offline: bool,
    /// The PKCS#11 module to look through; by default OpenSC's
    #[arg(long, value_name = "MODULE")]
    pkcs11: Option<PathBuf>,
    /// Where the agent listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    agent: SocketAddr,
}

/// Tells how everything stands that signing needs. A problem among it is a refusal, so that scripts see it.
pub fn status(args: &StatusArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let language = Language::of_environment();
    let examination = Examination {
        folder,
        module: args.pkcs11.clone(),
        online: !args.offline,
        agent: args.agent,
        language,
        now: SystemClock.now(),
    };
    let findings = examination.findings()?;
    if args.json {
        print_json(folder, &findings)?
    } else {
        print_text(folder, &findings)?
    }
    let problems = findings.iter().filter(|finding| finding.state == State::Problem).count();
    match problems {
        0 => Ok(()),
        problems => Err(ClientError::refused(
            "status-problems",
            "something is in the way",
            format!("problems: {problems}; see the lines marked [problem] above"),
        )),
    }
}

fn print_json(folder: &DataFolder, findings: &[Finding]) -> Result<(), ClientError> {
    let mut trusted_now = Vec::new();
    for gateway in trusted(folder)? {
        let keys: Vec<String> = gateway.key_set()?.keys.iter().map(crate::jws::Jwk::thumbprint).collect();
        trusted_now.push(json!({ "origin": gateway.origin, "pinned_at": gateway.pinned_at, "keys": keys }));
    }
    let paired: Vec<String> = pairings(folder)?.into_iter().map(|pairing| pairing.origin).collect();
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"), "data": folder.path(), "pcsc": cfg!(feature = "pcsc"),
        "trusted": trusted_now, "paired": paired, "findings": findings,
    });
    print(&format!("{document:#}\n"))
}

fn print_text(folder: &DataFolder, findings: &[Finding]) -> Result<(), ClientError> {
    let mut text = format!("madoguchi-card {}\n{}\n", env!("CARGO_PKG_VERSION"), folder.path().display());
    for finding in findings {
        let mark = match finding.state {
            State::Ok => "[ok]     ",
            State::Warning => "[warning]",
            State::Problem => "[problem]",
        };
        let code = finding.code.map(|code| format!(" ({code})")).unwrap_or_default();
        text.push_str(&format!("{mark} {:<11} {}{code}\n", finding.name, finding.told));
    }
    for pairing in pairings(folder)? {
        text.push_str(&format!("[ok]      paired      {}\n", pairing.origin));
    }
    print(&text)
}
