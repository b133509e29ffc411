//! The statements after a receipt: each signed, of the same filing, and naming the one before it by digest. One that is
//! missing between two others is noticed; that none is missing at the end only the gateway can say.
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::Opened;
use crate::evidence::statement::link_to;
use crate::jws::{JwkSet, STATEMENT_TYP};

/// A statement that is in its place.
#[derive(Debug, Serialize)]
pub struct StatementFinding {
    kid: String,
    made_at: String,
    /// Where the filing stood.
    status: String,
    indication: String,
    /// `none`, `provisional`, `confirmed` or `contested`.
    revocation: String,
}

impl fmt::Display for StatementFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made_at, status, indication, revocation, .. } = self;
        write!(f, "statement of {made_at}: {indication}, {revocation} (the filing was {status})")
    }
}

/// The tokens of statements in a JSON answer: `statements`, or `verdicts` with their `statement_jws`.
pub fn tokens_in(answer: &Value) -> Vec<String> {
    let list = |name: &str| answer.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let plain = list("statements").iter();
    let of_verdicts = list("verdicts").iter().filter_map(|verdict| verdict.get("statement_jws"));
    plain.chain(of_verdicts).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Verifies the statements beside `first` and then those of the `files`, in their order, each against the one before it.
///
/// # Errors
/// A sentence: which of them is not in its place, and why.
pub fn follow(first: &Opened, files: &[Vec<u8>], keys: &JwkSet) -> Result<Vec<StatementFinding>, String> {
    let mut tokens = first.beside.clone();
    for file in files {
        tokens.extend(tokens_of(file)?);
    }
    let mut before = first.jws.clone();
    let mut found = Vec::with_capacity(tokens.len());
    for (index, token) in tokens.into_iter().enumerate() {
        let number = index + 1;
        let verified = keys.verify(STATEMENT_TYP, &token).map_err(|error| format!("statement {number}: {error}"))?;
        let said: Value = serde_json::from_slice(&verified.payload)
            .map_err(|_| format!("statement {number}: what was signed is not JSON"))?;
        super::check_keys_end(&verified, &said).map_err(|fault| format!("statement {number}: {fault}"))?;
        for member in ["arrival_number", "application_sha256"] {
            if said.get(member).is_none() || said.get(member) != first.content.get(member) {
                return Err(format!("statement {number} is of another filing"));
            }
        }
        if said.get("previous_sha256").and_then(Value::as_str) != Some(link_to(&before).as_str()) {
            return Err(format!(
                "statement {number} does not name the one before it: one is missing between them, or they are not in order"
            ));
        }
        let text = |pointer: &str| said.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        found.push(StatementFinding {
            kid: verified.kid,
            made_at: text("/made_at"),
            status: text("/status"),
            indication: text("/verdict/indication"),
            revocation: text("/verdict/revocation"),
        });
        before = token;
    }
    Ok(found)
}

fn tokens_of(file: &[u8]) -> Result<Vec<String>, String> {
    let text = std::str::from_utf8(file).map_err(|_| "a statement's file is not text".to_owned())?.trim();
    if !text.starts_with('{') {
        return Ok(vec![text.to_owned()]);
    }
    let answer: Value =
        serde_json::from_str(text).map_err(|_| "a statement's file is neither a compact JWS nor JSON".to_owned())?;
    let tokens = tokens_in(&answer);
    if tokens.is_empty() { Err("a statement's file holds no statement".to_owned()) } else { Ok(tokens) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::keys::Keys;
    use crate::jws::RECEIPT_TYP;

    /// A receipt and three statements after it, and the keys that verify them.
    fn history() -> (Keys, tempfile::TempDir, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path()).unwrap();
        let of = |more: Value| {
            let mut content = serde_json::json!({"arrival_number": "1", "application_sha256": "aa"});
            content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            content.to_string()
        };
        let mut all = vec![keys.receipt().sign(RECEIPT_TYP, of(serde_json::json!({})).as_bytes()).unwrap()];
        for revocation in ["provisional", "confirmed", "contested"] {
            let previous_sha256 = link_to(all.last().unwrap());
            let content =
                of(serde_json::json!({"previous_sha256": previous_sha256, "made_at": "t", "status": "received",
                "verdict": {"indication": "TOTAL_PASSED", "revocation": revocation}}));
            all.push(keys.receipt().sign(STATEMENT_TYP, content.as_bytes()).unwrap());
        }
        (keys, folder, all)
    }

    fn follow_some(receipt: &str, beside: &[&str], files: &[&str], keys: &Keys) -> Result<Vec<String>, String> {
        let answer = serde_json::json!({"receipt_jws": receipt, "statements": beside}).to_string();
        let opened = super::super::open(answer.as_bytes(), keys.set())?;
        let files: Vec<Vec<u8>> = files.iter().map(|file| file.as_bytes().to_vec()).collect();
        Ok(follow(&opened, &files, keys.set())?.into_iter().map(|found| found.revocation).collect())
    }

    #[test]
    fn a_whole_chain_is_followed_wherever_its_statements_stand() {
        let (keys, _folder, all) = history();
        let whole = ["provisional", "confirmed", "contested"];
        let [receipt, one, two, three] = [&*all[0], &*all[1], &*all[2], &*all[3]];
        assert_eq!(follow_some(receipt, &[one, two, three], &[], &keys).unwrap(), whole);
        assert_eq!(follow_some(receipt, &[], &[one, two, three], &keys).unwrap(), whole);
        let status = serde_json::json!({"verdicts": [{"kind": "first", "statement_jws": null},
            {"statement_jws": one}, {"statement_jws": two}]})
        .to_string();
        assert_eq!(follow_some(receipt, &[], &[&status, three], &keys).unwrap(), whole);
        assert_eq!(follow_some(one, &[], &[two], &keys).unwrap(), ["confirmed"], "from any of them on");
    }

    #[test]
    fn what_is_missing_swapped_or_of_another_filing_is_noticed() {
        let (keys, _folder, all) = history();
        let [receipt, one, two, three] = [&*all[0], &*all[1], &*all[2], &*all[3]];
        for shortened in [vec![two, three], vec![one, three], vec![two, one], vec![one, one], vec![three]] {
            let fault = follow_some(receipt, &shortened, &[], &keys).unwrap_err();
            assert!(fault.contains("does not name the one before it"), "{fault}");
        }
        let other = serde_json::json!({"arrival_number": "2", "application_sha256": "aa",
            "previous_sha256": link_to(receipt)});
        let other = keys.receipt().sign(STATEMENT_TYP, other.to_string().as_bytes()).unwrap();
        assert!(follow_some(receipt, &[&other], &[], &keys).unwrap_err().contains("another filing"));
        let (strangers, _other_folder, theirs) = history();
        assert!(follow_some(receipt, &[&theirs[1]], &[], &keys).is_err(), "{strangers:?}");
        assert!(follow_some(receipt, &[receipt], &[], &keys).is_err(), "a receipt is no statement");
        for broken in ["", "{}", "{", "a.b.c"] {
            assert!(follow_some(receipt, &[], &[broken], &keys).is_err(), "{broken}");
        }
    }
}
