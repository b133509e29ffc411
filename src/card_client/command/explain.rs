//! `explain`.
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::print;
use crate::card_client::ClientError;
use crate::card_client::folder::read_bounded;
use crate::card_client::messages::{Message, message, of_sub_indication};
use crate::card_client::texts::Language;

/// The longest refusal that is read.
const MAX_REFUSAL: u64 = 1 << 20;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// A code of this program (pin-locked), a gateway's sub-indication (REVOKED_NO_POE), or the file with a gateway's refusal
    #[arg(value_name = "CODE|FILE")]
    what: String,
}

/// A gateway's refusal (application/problem+json), as far as it matters here.
#[derive(Debug, Deserialize)]
struct Refusal {
    #[serde(default)]
    sub_indication: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

/// Says what a code means and what to do.
pub fn explain(args: &ExplainArgs) -> Result<(), ClientError> {
    let path = PathBuf::from(&args.what);
    let found = if path.is_file() { of_file(&path)? } else { of_code(&args.what) };
    let Some(Message { code, title, next }) = found else {
        let detail = "this is no code that the card client knows; the gateway explains its own at /problems/<code>";
        return Err(ClientError::usage(detail)
            .in_japanese("この符号は署名アプリのものではありません。窓口の符号は窓口の /problems/ にあります"));
    };
    let language = Language::of_environment();
    print(&format!("{code}\n{}\n{}\n", title.of(language), next.of(language)))
}

fn of_code(code: &str) -> Option<&'static Message> {
    message(code).or_else(|| of_sub_indication(code))
}

fn of_file(path: &Path) -> Result<Option<&'static Message>, ClientError> {
    let refusal: Refusal = serde_json::from_slice(&read_bounded(path, MAX_REFUSAL)?)
        .map_err(|error| ClientError::input(path, format!("it is not a gateway's refusal ({error})")))?;
    Ok([refusal.sub_indication, refusal.code].into_iter().flatten().find_map(|code| of_code(&code)))
}
