//! A stored verdict in words: the report's JSON as it was recorded, read leniently, because an old one stays readable
//! when the program's own types have moved on.
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::store::submissions::StoredVerdict;
use crate::web::page::Page;
use crate::web::resident::dates::moment;

/// One check of a stored report.
pub struct StoredCheck {
    /// The colour of its tag.
    pub colour: &'static str,
    /// What became of it, in a word.
    pub status: String,
    /// The claim, in a sentence.
    pub words: String,
    /// The claim's stable name.
    pub name: String,
    /// Where the claim comes from.
    pub clause: String,
    /// More, as the check told it.
    pub detail: String,
}

/// One revocation list that a verdict rests on.
pub struct StoredCrl {
    /// Its issuer.
    pub issuer: String,
    /// CRL number.
    pub number: String,
    /// When it was issued.
    pub this_update: String,
    /// When the next one was due.
    pub next_update: String,
    /// Hex SHA-256.
    pub sha256: String,
}

/// One verdict, ready to be shown.
pub struct VerdictView {
    /// When it was decided.
    pub decided: String,
    /// The first one, or which later one.
    pub kind: String,
    /// `TOTAL_PASSED` and so on.
    pub indication: String,
    /// In a sentence.
    pub headline: String,
    /// Of the panel.
    pub panel: &'static str,
    /// The policy's id.
    pub policy: String,
    /// The signer's certificate.
    pub signer: Vec<(String, String)>,
    /// The lists.
    pub crls: Vec<StoredCrl>,
    /// The checks.
    pub checks: Vec<StoredCheck>,
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn time(page: &Page, value: &Value, pointer: &str) -> String {
    text(value, pointer).parse::<DateTime<Utc>>().map(|time| moment(page.language, time)).unwrap_or_default()
}

/// The verdict in words.
pub fn view(page: &Page, verdict: &StoredVerdict) -> VerdictView {
    let report: Value = serde_json::from_str(&verdict.report).unwrap_or_default();
    let signature = report.pointer("/signatures/0").cloned().unwrap_or_default();
    let (headline, panel) = match verdict.indication.as_str() {
        "TOTAL_PASSED" => ("verdict-total-passed", ""),
        "TOTAL_FAILED" => ("verdict-total-failed", "panel--failed"),
        _ => ("verdict-indeterminate", "panel--held"),
    };
    let sub = verdict.sub_indication.as_deref().map(|sub| format!(" / {sub}")).unwrap_or_default();
    VerdictView {
        decided: moment(page.language, verdict.decided_at),
        kind: page.t(kind_key(&verdict.kind)).into_owned(),
        indication: format!("{}{sub}", verdict.indication),
        headline: page.t(headline).into_owned(),
        panel,
        policy: text(&report, "/policy/id").to_owned(),
        signer: signer(page, &signature),
        crls: crls(page, &signature),
        checks: items(&signature, "/checks").map(|check| check_view(page, check)).collect(),
    }
}

fn kind_key(kind: &str) -> &'static str {
    match kind {
        "first" => "agency-verdict-first",
        "held_decision" => "agency-verdict-held",
        "confirmed" => "agency-verdict-confirmed",
        _ => "agency-verdict-contested",
    }
}

fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

fn signer(page: &Page, signature: &Value) -> Vec<(String, String)> {
    let rows = [
        ("agency-signer-subject", text(signature, "/signer/subject").to_owned()),
        ("agency-signer-serial", text(signature, "/signer/serial").to_owned()),
        ("agency-signer-algorithm", text(signature, "/signature_algorithm").to_owned()),
        ("agency-signer-claimed", time(page, signature, "/claimed_signing_time")),
    ];
    rows.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (page.t(key).into_owned(), value))
        .collect()
}

fn crls(page: &Page, signature: &Value) -> Vec<StoredCrl> {
    let lists = items(signature, "/revocation").filter_map(|status| status.get("crl")).filter(|crl| crl.is_object());
    let mut views: Vec<StoredCrl> = lists
        .map(|crl| StoredCrl {
            issuer: text(crl, "/issuer").to_owned(),
            number: text(crl, "/number").to_owned(),
            this_update: time(page, crl, "/this_update"),
            next_update: time(page, crl, "/next_update"),
            sha256: text(crl, "/sha256").to_owned(),
        })
        .collect();
    views.dedup_by(|one, other| one.sha256 == other.sha256);
    views
}

fn check_view(page: &Page, check: &Value) -> StoredCheck {
    let (colour, status) = match text(check, "/status") {
        "passed" => ("green", "verdict-check-passed"),
        "failed" => ("red", "verdict-check-failed"),
        "warning" => ("yellow", "verdict-check-warning"),
        _ => ("grey", "verdict-check-not-applicable"),
    };
    let name = text(check, "/name").to_owned();
    let key = format!("check-{}", name.replace('_', "-"));
    let words = page.language.find(&key).map_or_else(|| name.replace('_', " "), std::borrow::Cow::into_owned);
    let (clause, detail) = (text(check, "/clause").to_owned(), text(check, "/detail").to_owned());
    StoredCheck { colour, status: page.t(status).into_owned(), words, name, clause, detail }
}
