//! `/apply/{draft}/review`: exactly what will be signed: the values out of the document's own bytes, and those bytes.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;

use super::answering::Answering;
use super::at_draft::AtDraft;
use super::drafts::Correcting;
use super::procedures::NoFields;
use super::{attachments, drafts, form, municipalities};
use crate::gateway::Gateway;
use crate::gateway::make::{ApplicationRequest, MakeError};
use crate::intake::document::{ApplicationDocument, Corrects, ListedAttachment};
use crate::procedures::Procedure;
use crate::procedures::definition::japan_day;
use crate::procedures::kinds::date::{Both, from_iso};
use crate::procedures::kinds::text::visible;
use crate::procedures::opened::opened;
use crate::procedures::show::Shown;
use crate::store::correction_requests::ATTACHMENTS;
use crate::store::drafts::{Draft, PreparedApplication};
use crate::web::download;
use crate::web::extract::csrf::CsrfForm;
use crate::web::filing_facts::{self, Fact};
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// A label and a value, and where it is changed.
struct Line {
    label: String,
    value: String,
    change: Option<String>,
}

#[derive(Template)]
#[template(path = "resident/review.html")]
struct ReviewView {
    page: Page,
    id: String,
    step: u8,
    back: String,
    about: Vec<Line>,
    applicant: Vec<Line>,
    answers: Vec<Line>,
    attachments: Vec<Line>,
    takes_attachments: bool,
    /// For whom it is, and how it stands to its deadlines.
    facts: Vec<Fact>,
    /// Whether who signs files for another person.
    for_another: bool,
    /// Whether they may be changed.
    changes_attachments: bool,
    not_after: String,
    raw: String,
    /// Whether it has characters that cannot be seen, which are shown by their numbers.
    hides: bool,
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
    let (procedure, input) = drafts::current(gateway, draft)?;
    let today = japan_day(gateway.clock.now());
    let answering = Answering::of(language, procedure, input.clone(), today);
    let listed = draft.attachments.iter().map(|file| ListedAttachment {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
        sha256: hex::encode(file.sha256),
    });
    let corrects = gateway.store.draft_corrects(draft.key.id.clone()).await?;
    let corrects =
        corrects.map(|(arrival_number, sha256)| Corrects { arrival_number, application_sha256: hex::encode(sha256) });
    let recipient = municipalities::resolve(&input.recipient).map(|code| code.to_string());
    let request = ApplicationRequest {
        procedure: draft.procedure.clone(),
        recipient: recipient.unwrap_or(input.recipient.clone()),
        answers: answering.answers(),
        attachments: listed.collect(),
        applicant: input.certificate.is_none().then(|| answering.applicant.clone()),
        certificate: input.certificate,
        language,
        corrects,
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

/// Makes the document and leads to the review; back to the attachments where some are wanted yet.
///
/// # Errors
/// 404 for a draft that is not this browser's; what is wrong with it; 503.
pub async fn post_review(page: Page, at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    let (draft, answering) = form::open(&at, page.language).await?;
    if draft.filed.is_some() {
        return Ok(at.lead_to("receipt"));
    }
    if answering.first_open().is_some() {
        return Ok(at.lead_to("form"));
    }
    let missing = draft.attachments.len() < answering.procedure.least_attachments(&answering.answers());
    if missing && answering.may_change(ATTACHMENTS) {
        return Ok(at.lead_to("attachments?wanted=1"));
    }
    prepare(&at.gateway, &draft, page.language).await?;
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
    let page = at.with_token(page.titled("review-title"));
    let view = view(page, &at.gateway, &draft, &prepared)?;
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Everything shown is read out of the bytes that will be signed, not out of what was typed.
fn view(page: Page, gateway: &Gateway, draft: &Draft, prepared: &PreparedApplication) -> Result<ReviewView, Problem> {
    let document = ApplicationDocument::read(&prepared.application).map_err(|rejection| Problem::from(*rejection))?;
    // The version that it was made under, whichever is taken by now.
    let procedure = gateway.catalog.version(document.procedure.as_str(), document.form_version);
    let procedure = procedure.ok_or_else(Problem::not_found)?;
    let language = page.language;
    let attachment = |file: &ListedAttachment| Line {
        label: visible(&file.name),
        value: format!("{} · SHA-256 {}", super::dates::size(file.size), file.sha256),
        change: None,
    };
    let raw = String::from_utf8_lossy(&prepared.application);
    let takes_attachments = procedure.most_attachments(&document.answers) > 0;
    let last = procedure.pages.last().map_or("recipient", |last| last.id.as_str());
    let (changes_attachments, corrects) = (attachments::may_change(draft), drafts::DraftInput::of(draft).corrects);
    let shows_files = takes_attachments && changes_attachments;
    let back = if shows_files { "attachments".to_owned() } else { format!("form/{last}") };
    Ok(ReviewView {
        about: about(language, draft, procedure, &document, corrects.as_ref()),
        applicant: applicant(language, &document),
        answers: answers(language, draft, procedure, &document, corrects.as_ref()),
        attachments: document.attachments.iter().map(attachment).collect(),
        takes_attachments,
        facts: filing_facts::of_document(gateway, language, &document, gateway.clock.now()),
        for_another: procedure.represented(language, &document.answers).is_some(),
        changes_attachments,
        not_after: super::dates::moment(language, document.expires_at),
        hides: visible(&raw) != raw,
        raw: visible(&raw),
        sha256: hex::encode(ring::digest::digest(&ring::digest::SHA256, &prepared.application)),
        id: draft.key.id.clone(),
        back: format!("/apply/{}/{back}", draft.key.id),
        step: 3,
        page,
    })
}

fn change_at(draft: &Draft, step: &str) -> Option<String> {
    Some(format!("/apply/{}/form/{step}?from=review", draft.key.id))
}

fn about(
    language: Language,
    draft: &Draft,
    procedure: &Procedure,
    document: &ApplicationDocument,
    corrects: Option<&Correcting>,
) -> Vec<Line> {
    let line = |key: &str, value: String| Line { label: language.t(key).into_owned(), value, change: None };
    let recipient = municipalities::describe(language, document.recipient.as_str());
    let mut lines = vec![
        line("review-procedure", procedure.title.get(language).to_owned()),
        Line {
            change: change_at(draft, "recipient").filter(|_| corrects.is_none()),
            ..line("review-recipient", recipient)
        },
    ];
    let first = document.corrects.as_ref().map(|corrects| corrects.arrival_number.grouped());
    lines.extend(first.map(|number| line("correction-of", number)));
    if procedure.fee_yen > 0 {
        lines.push(line("procedure-fee", language.with("procedure-yen", "yen", procedure.fee(&document.answers))));
    }
    lines
}

fn applicant(language: Language, document: &ApplicationDocument) -> Vec<Line> {
    let line =
        |key: &str, value: &str| Line { label: language.t(key).into_owned(), value: visible(value), change: None };
    let person = &document.applicant;
    let sex = person.sex.as_deref().map(|sex| language.t(&format!("sex-{sex}")).into_owned());
    let unstated = language.t("review-not-stated");
    let birth = person.date_of_birth.as_deref().unwrap_or(&unstated);
    let born = from_iso(birth).map(|day| Both(language, day).to_string());
    vec![
        line("form-name", &person.name),
        line("form-birth", born.as_deref().unwrap_or(birth)),
        line("form-sex", sex.as_deref().unwrap_or(&unstated)),
        line("form-address", person.address.as_deref().unwrap_or(&unstated)),
    ]
}

/// The answers under their labels, each with the way to its page.
fn answers(
    language: Language,
    draft: &Draft,
    procedure: &Procedure,
    document: &ApplicationDocument,
    corrects: Option<&Correcting>,
) -> Vec<Line> {
    let marked = corrects.and_then(|corrects| corrects.marked.as_ref());
    let open = marked.map(|marked| opened(&procedure.fields, marked));
    let may_change = |field: &str| open.as_ref().is_none_or(|open| open.contains(field.trim_start_matches('/')));
    let line = |shown: Shown| {
        let step = procedure.page_of(&shown.field).map(|page| page.id.as_str()).unwrap_or_default();
        let step = shown.entry.map_or_else(|| step.to_owned(), |index| format!("{step}/{}", index + 1));
        let change = change_at(draft, &step).filter(|_| may_change(&shown.field));
        Line { change, label: shown.label, value: shown.value }
    };
    procedure.shown(language, &document.answers).into_iter().map(line).collect()
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
