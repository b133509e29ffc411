//! `/apply/{draft}/review`: exactly what will be signed: the values out of the document's own bytes, and those bytes.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;

use super::at_draft::AtDraft;
use super::procedures::NoFields;
use super::{drafts, fields, municipalities};
use crate::gateway::Gateway;
use crate::gateway::make::{ApplicationRequest, MakeError};
use crate::intake::document::{ApplicationDocument, ListedAttachment};
use crate::procedures::Procedure;
use crate::store::drafts::{Draft, PreparedApplication};
use crate::web::download;
use crate::web::extract::csrf::CsrfForm;
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// A label and a value.
struct Line {
    label: String,
    value: String,
}

#[derive(Template)]
#[template(path = "resident/review.html")]
struct ReviewView {
    page: Page,
    id: String,
    step: u8,
    about: Vec<Line>,
    applicant: Vec<Line>,
    answers: Vec<Line>,
    attachments: Vec<Line>,
    takes_attachments: bool,
    not_after: String,
    raw: String,
    sha256: String,
}

impl ReviewView {
    fn sign_link(&self) -> String {
        format!("/apply/{}/sign", self.id)
    }
}

/// Makes the document out of a draft, and keeps it with its signing request.
///
/// # Errors
/// What is wrong with the draft; 503.
pub async fn prepare(gateway: &Gateway, draft: &Draft, language: Language) -> Result<(), Problem> {
    let (input, procedure) = (drafts::DraftInput::of(draft), drafts::procedure_of(gateway, draft)?);
    let listed = draft.attachments.iter().map(|file| ListedAttachment {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
        sha256: hex::encode(file.sha256),
    });
    let recipient = municipalities::resolve(&input.recipient).map(|code| code.to_string());
    let request = ApplicationRequest {
        procedure: draft.procedure.clone(),
        recipient: recipient.unwrap_or(input.recipient.clone()),
        answers: fields::answers(&procedure, &input),
        attachments: listed.collect(),
        applicant: input.certificate.is_none().then(|| fields::applicant(&input)),
        certificate: input.certificate,
        language,
        corrects: None,
    };
    let made = gateway.make_application(request).await.map_err(|error| match error {
        MakeError::Rejected(rejection) => Problem::from(*rejection),
        MakeError::Unavailable => crate::web::api::answer::not_made(),
    })?;
    let made = PreparedApplication {
        request_id: made.request_id,
        application: made.application.to_vec(),
        request_jws: made.request_jws,
        not_after: made.not_after,
    };
    Ok(gateway.store.draft_prepare(draft.key.clone(), made).await?)
}

/// Makes the document and leads to the review.
///
/// # Errors
/// 404 for a draft that is not this browser's; what is wrong with it; 503.
pub async fn post_review(page: Page, at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    if draft.filed.is_none() && drafts::DraftInput::of(&draft).is_complete {
        prepare(&at.gateway, &draft, page.language).await?;
    }
    Ok(at.lead_to("review"))
}

/// The review.
///
/// # Errors
/// 404 for a draft that is not this browser's.
pub async fn get_review(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let (draft, prepared) = match at.prepared().await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let procedure = drafts::procedure_of(&at.gateway, &draft)?;
    let page = at.with_token(page.titled("review-title"));
    let view = view(page, &draft, &prepared, &procedure)?;
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Everything shown is read out of the bytes that will be signed, not out of what was typed.
fn view(
    page: Page,
    draft: &Draft,
    prepared: &PreparedApplication,
    procedure: &Procedure,
) -> Result<ReviewView, Problem> {
    let document = ApplicationDocument::read(&prepared.application).map_err(|rejection| Problem::from(*rejection))?;
    let language = page.language;
    let line = |key: &str, value: String| Line { label: language.t(key).into_owned(), value };
    let recipient = municipalities::describe(language, document.recipient.as_str());
    let about =
        vec![line("review-procedure", procedure.title.get(language).to_owned()), line("review-recipient", recipient)];
    let person = &document.applicant;
    let sex = person.sex.as_deref().map(|sex| language.t(&format!("sex-{sex}")).into_owned());
    let unstated = || language.t("review-not-stated").into_owned();
    let applicant = vec![
        line("form-name", person.name.clone()),
        line("form-birth", person.date_of_birth.clone().unwrap_or_else(unstated)),
        line("form-sex", sex.unwrap_or_else(unstated)),
        line("form-address", person.address.clone().unwrap_or_else(unstated)),
    ];
    let attachment = |file: &ListedAttachment| Line {
        label: file.name.clone(),
        value: format!("{} · SHA-256 {}", super::dates::size(file.size), file.sha256),
    };
    Ok(ReviewView {
        page,
        id: draft.key.id.clone(),
        step: 3,
        about,
        applicant,
        answers: answers(language, procedure, &document.answers),
        attachments: document.attachments.iter().map(attachment).collect(),
        takes_attachments: procedure.attachments.at_most > 0,
        not_after: super::dates::moment(language, document.expires_at),
        raw: String::from_utf8_lossy(&prepared.application).into_owned(),
        sha256: hex::encode(ring::digest::digest(&ring::digest::SHA256, &prepared.application)),
    })
}

/// The answers under their labels. A choice is shown by its label, with the value that is signed.
fn answers(language: Language, procedure: &Procedure, answers: &serde_json::Value) -> Vec<Line> {
    let value = |field: &crate::procedures::Field| {
        let signed = match answers.pointer(&field.pointer)? {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Bool(yes) => language.t(if *yes { "form-yes" } else { "form-no" }).into_owned(),
            other => other.to_string(),
        };
        let chosen = field.choices.iter().find(|choice| choice.value == signed);
        let value = chosen.map_or(signed.clone(), |choice| choice.label.get(language).to_owned());
        Some(Line { label: field.label.get(language).to_owned(), value })
    };
    procedure.fields.iter().filter_map(value).collect()
}

/// The document's exact bytes, to look at and to sign with any program.
///
/// # Errors
/// 404 for a draft that is not this browser's, or that has no document.
pub async fn get_application(at: AtDraft) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let prepared = draft.prepared.ok_or_else(Problem::not_found)?;
    Ok(download::of_kind("application/json", "application.json", prepared.application))
}

/// The signing request, as POST /api/v1/applications gives it: what the card client takes.
///
/// # Errors
/// 404 for a draft that is not this browser's, or that has no document.
pub async fn get_request(at: AtDraft) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let prepared = draft.prepared.ok_or_else(Problem::not_found)?;
    Ok(download::of_kind("application/json", "application.mgreq", request_json(&prepared).to_string()))
}

/// The signing request as JSON.
pub fn request_json(prepared: &PreparedApplication) -> serde_json::Value {
    serde_json::json!({
        "request_id": prepared.request_id,
        "application": STANDARD.encode(&prepared.application),
        "sha256": hex::encode(ring::digest::digest(&ring::digest::SHA256, &prepared.application)),
        "not_after": prepared.not_after.to_rfc3339_opts(SecondsFormat::Secs, true),
        "request": prepared.request_jws,
    })
}
