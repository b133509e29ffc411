//! `/apply/{draft}/receipt`: the receipt, with the access key the first time, and its two forms to keep.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::at_draft::AtDraft;
use super::drafts;
use super::filing::receipt::{contents, pdf};
use super::receipt_contents::{ReceiptContents, on_paper};
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
    receipt: ReceiptContents,
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
pub async fn respond(
    page: Page,
    gateway: &Gateway,
    id: &str,
    filed: &FiledDraft,
    Shown { status, access_token, linkable }: Shown,
) -> HttpResponse {
    let receipt = contents(page.language, gateway, &filed.receipt_json).await;
    let held = status == Some(SubmissionStatus::Held);
    let mut page = page.titled(if held { "receipt-title-held" } else { "receipt-title" });
    // Changing the language loads the page again, without the key.
    page.language_links = access_token.is_none();
    let view = ReceiptView { id: id.to_owned(), step: 5, held, receipt, access_token, linkable, page };
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
    let shown = Shown { status, access_token: None, linkable: false };
    Ok(respond(page, &at.gateway, &draft.key.id, filed, shown).await)
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
