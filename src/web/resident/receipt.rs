//! `/apply/{draft}/receipt`: the receipt, with the access key the first time, and its two forms to keep.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::at_draft::AtDraft;
use super::drafts;
use super::filing::receipt::{contents, pdf};
use super::procedures::NoFields;
use super::receipt_contents::{ReceiptContents, on_paper};
use crate::gateway::Gateway;
use crate::store::access_keys::REPLACED_WITHIN;
use crate::store::drafts::FiledDraft;
use crate::store::submissions::StoredSubmission;
use crate::submission::status::SubmissionStatus;
use crate::web::download;
use crate::web::extract::csrf::CsrfForm;
use crate::web::page::Page;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "resident/receipt.html")]
struct ReceiptView {
    page: Page,
    id: String,
    step: u8,
    held: bool,
    receipt: ReceiptContents,
    access_token: Option<String>,
    /// Whether a new key can be made for who did not see the first.
    renewable: bool,
    linkable: bool,
}

/// What a receipt is shown with.
pub struct Shown {
    /// The filing.
    pub filing: Option<StoredSubmission>,
    /// The access key, the first time.
    pub access_token: Option<String>,
    /// Whether the person is to be asked about a link to their account.
    pub linkable: bool,
}

/// Answers with the receipt. What it shows is read out of the receipt's own text.
pub async fn respond(
    page: Page,
    gateway: &Gateway,
    id: &str,
    filed: &FiledDraft,
    Shown { filing, access_token, linkable }: Shown,
) -> HttpResponse {
    let receipt = contents(page.language, gateway, &filed.receipt_json).await;
    let held = filing.as_ref().is_some_and(|filing| filing.status == SubmissionStatus::Held);
    let in_time = |filing: &StoredSubmission| gateway.clock.now() - filing.received_at <= REPLACED_WITHIN;
    let renewable = access_token.is_none() && filing.as_ref().is_some_and(in_time);
    let mut page = page.titled(if held { "receipt-title-held" } else { "receipt-title" });
    // Changing the language loads the page again, without the key.
    page.language_links = access_token.is_none();
    let view = ReceiptView { id: id.to_owned(), step: 5, held, receipt, access_token, renewable, linkable, page };
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
    let filing = at.gateway.store.submission_find(filed.arrival_number).await?;
    let shown = Shown { filing, access_token: None, linkable: false };
    Ok(respond(at.with_token(page), &at.gateway, &draft.key.id, filed, shown).await)
}

/// The receipt with a new access key: for who did not see the first, because the button was pressed twice or the window was
/// closed. Out of the browser that filed, and for a while only.
///
/// # Errors
/// 404 for a draft that is not this browser's or not filed.
pub async fn post_key(page: Page, at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    let filed = at.filed().await?;
    let Some(key) = at.gateway.replace_access_key(filed.arrival_number).await? else {
        return Ok(at.lead_to("receipt"));
    };
    let filing = at.gateway.store.submission_find(filed.arrival_number).await?;
    let shown = Shown { filing, access_token: Some(key), linkable: false };
    Ok(respond(at.with_token(page), &at.gateway, &at.key().id, &filed, shown).await)
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

/// The receipt to print.
///
/// # Errors
/// 404 for a draft that is not this browser's or not filed.
pub async fn get_pdf(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let filed = at.filed().await?;
    let contents = contents(on_paper(page.language), &at.gateway, &filed.receipt_json).await;
    pdf(page.language, &contents, filed.receipt_jws).await
}
