//! `/verify`: anyone drops a document and a signature and reads the verdict; nothing is stored.
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::verdict::{self, SignatureView};
use crate::gateway::Gateway;
use crate::signature::report::Report;
use crate::web::extract::csrf::{self, Browser};
use crate::web::extract::multipart::{PartSpec, read_parts};
use crate::web::forms::SummaryLine;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The largest signature file that is read here, in bytes.
const SIGNATURE_LIMIT: u64 = 20 * 1024 * 1024;
/// The largest document.
const CONTENT_LIMIT: u64 = 40 * 1024 * 1024;

#[derive(Template)]
#[template(path = "resident/verify.html")]
struct FormView {
    page: Page,
    errors: Vec<SummaryLine>,
}

/// The form.
pub async fn get_form(page: Page, browser: Browser) -> HttpResponse {
    let view = FormView { page: page.titled("verify-title").csrf(browser.csrf_token()), errors: Vec::new() };
    view.page.respond(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "resident/verified.html")]
struct VerdictView {
    page: Page,
    panel: &'static str,
    explanation: String,
    indication: String,
    judged_at: String,
    policy: String,
    signatures: Vec<SignatureView>,
    report_json: String,
}

impl VerdictView {
    fn new(page: Page, report: &Report) -> Self {
        let language = page.language;
        let sub = report.sub_indication.map(|sub| format!(" / {}", sub.as_str())).unwrap_or_default();
        Self {
            page: page.named(verdict::headline(language, report.indication)),
            panel: verdict::panel(report.indication),
            explanation: verdict::explanation(language, report.sub_indication),
            indication: format!("{}{sub}", report.indication.as_str()),
            judged_at: super::dates::moment(language, report.validation_time),
            policy: report.policy.id.clone(),
            signatures: verdict::signatures(language, report),
            report_json: serde_json::to_string_pretty(report).unwrap_or_default(),
        }
    }
}

/// The verdict on what was sent.
///
/// # Errors
/// Where the upload cannot be read or did not come from this site's page.
pub async fn post_files(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let token = PartSpec::optional(csrf::FIELD, 1024);
    let signature = PartSpec::optional("signature", SIGNATURE_LIMIT);
    let content = PartSpec::optional("content", CONTENT_LIMIT);
    let mut parts = read_parts(&request, payload.into_inner(), &[token, signature, content]).await?;
    let token = parts.take(csrf::FIELD).map(|part| part.bytes).unwrap_or_default();
    browser.verify(&String::from_utf8_lossy(&token))?;
    let Some(signature) = parts.take("signature").filter(|part| !part.bytes.is_empty()) else {
        return Ok(nothing_chosen(page, &browser));
    };
    // Browsers send an empty part where no file was chosen.
    let content = parts.take("content").map(|part| part.bytes).filter(|bytes| !bytes.is_empty());
    let report = web::block(move || gateway.validate(&signature.bytes, content.as_deref()));
    let view = VerdictView::new(page, &report.await.map_err(Problem::internal)?);
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn nothing_chosen(page: Page, browser: &Browser) -> HttpResponse {
    let message = page.t("verify-signature-missing").into_owned();
    let errors = vec![SummaryLine { id: "f-signature".to_owned(), message }];
    let view = FormView { page: page.titled("verify-title").csrf(browser.csrf_token()).errors(true), errors };
    view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view)
}
