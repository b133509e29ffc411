//! `/apply/{draft}/receipt`: the receipt, with the access key the first time, and its two forms to keep.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::Value;

use super::at_draft::AtDraft;
use super::{drafts, municipalities};
use crate::gateway::Gateway;
use crate::store::drafts::FiledDraft;
use crate::submission::status::SubmissionStatus;
use crate::web::download;
use crate::web::page::Page;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "resident/receipt.html")]
struct ReceiptView {
    page: Page,
    id: String,
    step: u8,
    held: bool,
    number: String,
    received_at: String,
    procedure: String,
    recipient: String,
    application_sha256: String,
    signature_sha256: String,
    attachments: Vec<String>,
    policy: String,
    access_token: Option<String>,
    linkable: bool,
}

/// What a receipt is shown with.
pub struct Shown {
    /// Where the filing stands.
    pub status: Option<SubmissionStatus>,
    /// The access key, the first time.
    pub access_token: Option<String>,
    /// Whether the person is to be asked about a link to their account.
    pub linkable: bool,
}

/// Answers with the receipt. What it shows is read out of the receipt's own text.
pub fn respond(
    page: Page,
    gateway: &Gateway,
    id: &str,
    filed: &FiledDraft,
    Shown { status, access_token, linkable }: Shown,
) -> HttpResponse {
    let receipt: Value = serde_json::from_str(&filed.receipt_json).unwrap_or_default();
    let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let language = page.language;
    let code = text("/procedure");
    let title = gateway.catalog.get(&code).map(|procedure| procedure.title.get(language).to_owned());
    let received_at = text("/received_at").parse().map(|time| super::dates::moment(language, time));
    let held = status == Some(SubmissionStatus::Held);
    let mut page = page.titled(if held { "receipt-title-held" } else { "receipt-title" });
    // Changing the language loads the page again, without the key.
    page.language_links = access_token.is_none();
    let names = receipt.pointer("/attachments").and_then(Value::as_array).cloned().unwrap_or_default();
    let view = ReceiptView {
        id: id.to_owned(),
        step: 5,
        held,
        number: filed.arrival_number.grouped(),
        received_at: received_at.unwrap_or_default(),
        procedure: title.unwrap_or(code),
        recipient: municipalities::describe(language, &text("/recipient")),
        application_sha256: text("/application_sha256"),
        signature_sha256: text("/signature_sha256"),
        attachments: names.iter().filter_map(|file| Some(file.get("name")?.as_str()?.to_owned())).collect(),
        policy: text("/verdict/policy/id"),
        access_token,
        linkable,
        page,
    };
    view.page.respond(StatusCode::OK, &view)
}

/// The receipt again, without the key.
///
/// # Errors
/// 404 for a draft that is not this browser's.
pub async fn get_receipt(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let Some(filed) = &draft.filed else {
        return Ok(at.lead_to(drafts::next_step(&draft)));
    };
    let status = at.gateway.store.submission_find(filed.arrival_number).await?.map(|found| found.status);
    Ok(respond(page, &at.gateway, &draft.key.id, filed, Shown { status, access_token: None, linkable: false }))
}

/// The receipt's exact JSON text.
///
/// # Errors
/// 404 for a draft that is not this browser's or not filed.
pub async fn get_json(at: AtDraft) -> Result<HttpResponse, Problem> {
    let filed = at.filed().await?;
    let name = format!("receipt-{}.json", filed.arrival_number);
    Ok(download::of_kind("application/json", &name, filed.receipt_json))
}

/// The receipt as a compact JWS: what anyone can check.
///
/// # Errors
/// 404 for a draft that is not this browser's or not filed.
pub async fn get_jws(at: AtDraft) -> Result<HttpResponse, Problem> {
    let filed = at.filed().await?;
    let name = format!("receipt-{}.jws", filed.arrival_number);
    Ok(download::of_kind("application/jose", &name, filed.receipt_jws))
}
