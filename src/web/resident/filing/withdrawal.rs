//! `/filings/{arrival_number}/withdrawal`: taking a filing back: a reason, the document, the signature of who filed it.
use actix_web::http::StatusCode;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::SecondsFormat;
use serde::Deserialize;

use crate::crypto::sha256;
use crate::gateway::make::MakeError;
use crate::gateway::outcome::SubmitOutcome;
use crate::store::withdrawal_requests::WithdrawalRequest;
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::Rejection;
use crate::submission::status::SubmissionStatus;
use crate::web::download;
use crate::web::extract::csrf::{self, CsrfForm};
use crate::web::extract::filing::{FilingDoor, OpenFiling};
use crate::web::extract::multipart::{PartSpec, read_parts};
use crate::web::forms::{Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::plain_text::{TextFault, plain};
use crate::web::problem::Problem;
use crate::web::resident::agent::AgentView;
use crate::web::resident::procedures::see_other;
use crate::web::resident::verdict::{CheckLine, Refusal};

/// The most characters of a reason (public contract section 4).
const REASON: usize = 2000;

#[derive(Template)]
#[template(path = "resident/filing/withdraw.html")]
struct ReasonView {
    page: Page,
    here: String,
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
}

#[derive(Template)]
#[template(path = "resident/filing/withdraw_sign.html")]
struct SignView {
    page: Page,
    here: String,
    number: String,
    reason: String,
    not_after: String,
    raw: String,
    agent: Option<AgentView>,
    errors: Vec<SummaryLine>,
    checks: Vec<CheckLine>,
    advice: String,
    office: Vec<String>,
    tried_at: String,
}

/// The form that asks for a reason.
///
/// # Errors
/// The way to `/status` where the filing is not open; 503.
pub async fn get_form(page: Page, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let view = reason_view(page, &door, &open, "", None);
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn reason_view(
    page: Page,
    door: &FilingDoor,
    open: &OpenFiling,
    typed: &str,
    fault: Option<&'static str>,
) -> ReasonView {
    let page = open.frame(page.titled("after-withdraw-title"), &door.browser);
    let field = Field::text("reason", page.t("after-withdraw-reason"))
        .kind(FieldKind::Lines(4))
        .hint(page.count("after-withdraw-reason-hint", REASON))
        .max_length(REASON as u32)
        .optional()
        .value(typed)
        .error(fault.map(|key| page.t(key).into_owned()));
    let fields = vec![field];
    let errors = summary(&fields);
    ReasonView { here: open.address(""), fields, page: page.errors(!errors.is_empty()), errors }
}

/// The reason.
#[derive(Deserialize)]
pub struct ReasonForm {
    #[serde(default)]
    reason: String,
}

/// Makes the document and leads to where it is signed.
///
/// # Errors
/// 401 where the filing is not open; 409 where it cannot be withdrawn any more; 503.
pub async fn post_form(page: Page, form: CsrfForm<ReasonForm>, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let reason = match plain(&form.0.reason, REASON) {
        Ok(reason) => reason,
        Err(TextFault::Empty) => String::new(),
        Err(TextFault::Long) => {
            let view = reason_view(page, &door, &open, &form.0.reason, Some("after-message-long"));
            return Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view));
        }
    };
    let made = door.gateway.make_withdrawal(&open.record.submission, reason, page.language).await;
    made.map_err(|error| match error {
        MakeError::Rejected(rejection) => Problem::from(*rejection),
        MakeError::Unavailable => crate::web::api::answer::not_made(),
    })?;
    Ok(see_other(&open.address("withdrawal/sign")))
}

/// The filing with its withdrawal that waits for the signature, or the way to where it is made.
async fn waiting(door: &FilingDoor) -> Result<Result<(OpenFiling, WithdrawalRequest), HttpResponse>, Error> {
    let open = door.open().await?;
    if open.record.submission.status == SubmissionStatus::Withdrawn {
        return Ok(Err(see_other(&open.address(""))));
    }
    let found = door.gateway.store.withdrawal_request_find(open.number()).await.map_err(Problem::from)?;
    Ok(match found {
        Some(request) => Ok((open, request)),
        None => Err(see_other(&open.address("withdrawal"))),
    })
}

impl SignView {
    fn new(page: Page, door: &FilingDoor, open: &OpenFiling, request: &WithdrawalRequest) -> Self {
        let agent = AgentView::of(&door.state);
        let (office, tried_at) = door.where_to_ask(&page);
        let mut page = open.frame(page.titled("after-withdraw-sign-title"), &door.browser);
        page.connect_to = agent.as_ref().map(|agent| agent.origin.clone());
        let document: serde_json::Value = serde_json::from_slice(&request.document).unwrap_or_default();
        let reason = document.get("reason").and_then(serde_json::Value::as_str).unwrap_or_default();
        Self {
            here: open.address(""),
            number: open.number().grouped(),
            reason: reason.to_owned(),
            not_after: crate::web::resident::dates::moment(page.language, request.not_after),
            raw: String::from_utf8_lossy(&request.document).into_owned(),
            agent,
            errors: Vec::new(),
            checks: Vec::new(),
            advice: String::new(),
            office,
            tried_at,
            page,
        }
    }

    fn respond(mut self, status: StatusCode, message: Option<String>) -> HttpResponse {
        let line = message.map(|message| SummaryLine { id: "f-signature".to_owned(), message });
        self.errors = line.into_iter().collect();
        self.page.has_errors = !self.errors.is_empty();
        self.page.respond(status, &self)
    }

    /// The page again after a refusal: what is wrong, what to do, and every check that failed.
    fn refused(mut self, rejection: &Rejection) -> HttpResponse {
        let refusal = Refusal::new(self.page.language, rejection);
        (self.checks, self.advice) = (refusal.checks, refusal.advice);
        self.respond(refusal.status, Some(refusal.title))
    }
}

/// The ways to sign it.
///
/// # Errors
/// The way to `/status` where the filing is not open; 503.
pub async fn get_sign(page: Page, door: FilingDoor) -> Result<HttpResponse, Error> {
    match waiting(&door).await? {
        Ok((open, request)) => Ok(SignView::new(page, &door, &open, &request).respond(StatusCode::OK, None)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// The signing request for the card client.
///
/// # Errors
/// As [`get_sign`].
pub async fn get_request(door: FilingDoor) -> Result<HttpResponse, Error> {
    let (_, request) = match waiting(&door).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let json = serde_json::json!({
        "request_id": request.request_id,
        "application": STANDARD.encode(&request.document),
        "sha256": hex::encode(sha256(&request.document)),
        "not_after": request.not_after.to_rfc3339_opts(SecondsFormat::Secs, true),
        "request": request.request_jws,
    });
    Ok(download::of_kind("application/json", "withdrawal.mgreq", json.to_string()))
}

/// The document's exact bytes.
///
/// # Errors
/// As [`get_sign`].
pub async fn get_document(door: FilingDoor) -> Result<HttpResponse, Error> {
    match waiting(&door).await? {
        Ok((_, request)) => Ok(download::of_kind("application/json", "withdrawal.json", request.document)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Takes the signature and withdraws the filing.
///
/// # Errors
/// 401 where the filing is not open; an upload that cannot be read; 503.
pub async fn post_signature(
    page: Page,
    request: HttpRequest,
    payload: web::Payload,
    door: FilingDoor,
) -> Result<HttpResponse, Error> {
    let limit = door.state.config.limits.signature;
    let specs = [PartSpec::optional(csrf::FIELD, 1024), PartSpec::optional("signature", limit)];
    let mut parts = read_parts(&request, payload.into_inner(), &specs).await?;
    let token = parts.take(csrf::FIELD).map(|part| part.bytes).unwrap_or_default();
    door.browser.verify(&String::from_utf8_lossy(&token)).map_err(Problem::from)?;
    let (open, waiting) = match waiting(&door).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let view = SignView::new(page, &door, &open, &waiting);
    let Some(signature) = parts.take("signature").filter(|part| !part.bytes.is_empty()) else {
        let message = view.page.t("sign-none-chosen").into_owned();
        return Ok(view.respond(StatusCode::UNPROCESSABLE_ENTITY, Some(message)));
    };
    let received = ReceivedSubmission {
        application_sha256: sha256(&waiting.document),
        application: Bytes::from(waiting.document),
        signature: signature.bytes,
        signature_sha256: signature.sha256,
        attachments: Vec::new(),
        received_at: door.gateway.clock.now(),
    };
    match door.gateway.withdraw(open.number(), received).await {
        SubmitOutcome::New { .. } | SubmitOutcome::Known { .. } => Ok(see_other(&open.address(""))),
        SubmitOutcome::Rejected(rejection) => Ok(view.refused(&rejection)),
        SubmitOutcome::Unavailable => Ok(view.refused(crate::web::api::answer::unavailable().rejection())),
    }
}
