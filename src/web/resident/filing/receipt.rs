//! `/filings/{arrival_number}/receipt`: the receipt again, and its forms to keep: JSON, JWS and PDF.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse};
use askama::Template;

use crate::gateway::Gateway;
use crate::web::download;
use crate::web::extract::filing::FilingDoor;
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::receipt_contents::{ReceiptContents, on_paper};

#[derive(Template)]
#[template(path = "resident/filing/receipt.html")]
struct ReceiptView {
    page: Page,
    back: String,
    here: String,
    receipt: ReceiptContents,
}

/// The receipt.
///
/// # Errors
/// The way to `/status` where the filing is not open; 503.
pub async fn get_receipt(page: Page, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let page = open.frame(page.titled("after-receipt-sheet"), &door.browser);
    let receipt = contents(page.language, &door.gateway, &open.record.submission.receipt_json).await;
    let view = ReceiptView { back: open.address(""), here: open.address("receipt"), receipt, page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// The receipt's exact JSON text.
///
/// # Errors
/// As [`get_receipt`].
pub async fn get_json(door: FilingDoor) -> Result<HttpResponse, Error> {
    let filing = door.open().await?.record.submission;
    let name = format!("receipt-{}.json", filing.arrival_number);
    Ok(download::of_kind("application/json", &name, filing.receipt_json))
}

/// The receipt as a compact JWS.
///
/// # Errors
/// As [`get_receipt`].
pub async fn get_jws(door: FilingDoor) -> Result<HttpResponse, Error> {
    let filing = door.open().await?.record.submission;
    let name = format!("receipt-{}.jws", filing.arrival_number);
    Ok(download::of_kind("application/jose", &name, filing.receipt_jws))
}

/// The receipt to print, in the page's language.
///
/// # Errors
/// As [`get_receipt`].
pub async fn get_pdf(page: Page, door: FilingDoor) -> Result<HttpResponse, Error> {
    let filing = door.open().await?.record.submission;
    let contents = contents(on_paper(page.language), &door.gateway, &filing.receipt_json).await;
    Ok(pdf(page.language, &contents, filing.receipt_jws).await?)
}

/// The answer with the receipt as PDF, under a name that holds nothing but the arrival number.
///
/// # Errors
/// When it cannot be written.
pub async fn pdf(language: Language, contents: &ReceiptContents, jws: String) -> Result<HttpResponse, Problem> {
    let (name, contents) = (format!("receipt-{}.pdf", contents.digits), contents.clone());
    // Some milliseconds of work: not on the thread that answers others.
    let made = actix_web::web::block(move || contents.to_pdf(language, &jws)).await.map_err(Problem::internal)?;
    Ok(download::of_kind("application/pdf", &name, made.map_err(Problem::internal)?))
}

/// What a receipt says, with what its application says of deadlines and of the person for whom it was filed.
pub async fn contents(language: Language, gateway: &Gateway, receipt_json: &str) -> ReceiptContents {
    ReceiptContents::of(language, gateway, receipt_json).with_facts(language, gateway, receipt_json).await
}
