//! /agency/filings/{arrival_number}/correspondence: messages with the applicant, asking for a correction, and finished
//! documents with their seal.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{arrival_number, own_record};
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::intake::document::ApplicationDocument;
use crate::store::DocumentRole;
use crate::store::correction_requests::{ATTACHMENTS, CorrectionWanted};
use crate::store::messages::Author;
use crate::store::submissions::SubmissionRecord;
use crate::submission::status::SubmissionStatus;
use crate::web::conversation::{self, MessageLine};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::AgencyUser;
use crate::web::forms::{Choice, Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::filing::official::{OfficialLine, line};
use crate::web::resident::filing::page::label_of;
use crate::web::staff::{audit, frame};

/// The most characters of what an agency writes with a request.
pub const REQUEST_LIMIT: usize = 2000;

/// What was typed and could not be taken, or what was done.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The message.
    pub message: String,
    /// What is wrong with it: a key.
    pub message_fault: Option<&'static str>,
    /// The request's text.
    pub request: String,
    /// What is wrong with it: a key.
    pub request_fault: Option<&'static str>,
    /// `again` or `partial`.
    pub kind: String,
    /// The marked fields.
    pub marked: Vec<String>,
    /// What is wrong with them: a key.
    pub kind_fault: Option<&'static str>,
    /// What is wrong with the document or its seal.
    pub document_fault: Option<String>,
    /// The failed checks of its seal.
    pub failed: Vec<crate::web::resident::verdict::CheckLine>,
}

/// A field that can be marked.
struct Mark {
    name: String,
    label: String,
    marked: bool,
}

#[derive(Template)]
#[template(path = "agency/correspondence.html")]
struct CorrespondenceView {
    page: Page,
    number: String,
    grouped: String,
    messages: Vec<MessageLine>,
    message_field: Field,
    /// What it waits for.
    asked: Option<(String, Vec<String>)>,
    /// The form that asks for a correction; none where it cannot be asked for.
    request: Option<(Field, Field)>,
    marks: Vec<Mark>,
    documents: Vec<OfficialLine>,
    takes_documents: bool,
    document_fault: Option<String>,
    checks: Vec<crate::web::resident::verdict::CheckLine>,
    errors: Vec<SummaryLine>,
    done: bool,
}

/// `?done=1` after something was done.
#[derive(Debug, serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: u8,
}

/// GET /agency/filings/{arrival_number}/correspondence
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_correspondence(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    number: web::Path<String>,
    done: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let number = arrival_number(&number)?;
    let said = (StatusCode::OK, Said::default(), done.done == 1);
    show(&gateway, &user, (page, &browser), number, said).await
}

/// The page, with what there is to say.
///
/// # Errors
/// As [`get_correspondence`].
pub async fn show(
    gateway: &Gateway,
    user: &AgencyUser,
    (page, browser): (Page, &Browser),
    number: ArrivalNumber,
    (status, said, done): (StatusCode, Said, bool),
) -> Result<HttpResponse, Problem> {
    let record = own_record(gateway, user, number).await?;
    audit(gateway, &user.user.account, "view_correspondence", number.to_string(), "done").await?;
    let store = &gateway.store;
    let messages = store.messages_list(number).await?;
    if let Some(newest) = messages.last() {
        store.messages_read(number, newest.id).await?;
    }
    let (documents, asked) = (store.official_list(number).await?, store.correction_wanted(number).await?);
    let page = frame(page, browser, &user.user.account).titled("after-agency-title");
    let procedure = gateway.catalog.get(record.submission.procedure.as_str()).cloned();
    let label = |name: &str| label_of(page.language, procedure.as_deref(), name);
    let marks = marks(gateway, &record, &said).await?;
    let marks = marks.into_iter().map(|(name, marked)| Mark { label: label(&name), name, marked }).collect();
    let asked = asked.map(|asked| match asked.wanted {
        CorrectionWanted::Again => (asked.text, Vec::new()),
        CorrectionWanted::Partial(fields) => (asked.text, fields.iter().map(|name| label(name)).collect()),
    });
    let message_field = conversation::field(&page, &said.message, said.message_fault);
    let request = request_fields(&page, record.submission.status, &said);
    let mut errors = summary(std::slice::from_ref(&message_field));
    errors.extend(request.iter().flat_map(|(kind, text)| summary(&[kind.clone(), text.clone()])));
    let faulty = said.document_fault.iter();
    errors.extend(faulty.map(|fault| SummaryLine { id: "f-document".to_owned(), message: fault.clone() }));
    let view = CorrespondenceView {
        number: number.to_string(),
        grouped: number.grouped(),
        messages: conversation::lines(page.language, &messages, Author::Agency),
        message_field,
        asked,
        request,
        marks,
        documents: documents.iter().map(|document| line(&page, document)).collect(),
        takes_documents: gateway.official_seals().is_some(),
        document_fault: said.document_fault,
        checks: said.failed,
        page: page.errors(!errors.is_empty()),
        errors,
        done,
    };
    Ok(view.page.respond(status, &view))
}

/// What can be marked: the answers that were filed, and the attachments; and what of it is marked.
async fn marks(gateway: &Gateway, record: &SubmissionRecord, said: &Said) -> Result<Vec<(String, bool)>, Problem> {
    let names = markable(gateway, record).await?;
    Ok(names.into_iter().map(|name| (said.marked.contains(&name), name)).map(|(marked, name)| (name, marked)).collect())
}

/// Names of the fields of a filing's form, of further answers that it has, and of the attachments.
///
/// # Errors
/// A store that does not answer.
pub async fn markable(gateway: &Gateway, record: &SubmissionRecord) -> Result<Vec<String>, Problem> {
    let number = record.submission.arrival_number;
    let stored = gateway.store.submission_document(number, DocumentRole::Application, 0).await?;
    let (_, bytes) = stored.ok_or_else(|| Problem::internal("a filing has no application document"))?;
    let document =
        ApplicationDocument::read(&bytes).map_err(|_| Problem::internal("a recorded document is unreadable"))?;
    let procedure = gateway.catalog.get(record.submission.procedure.as_str());
    let fields = procedure.map(|procedure| procedure.fields.as_slice()).unwrap_or_default();
    let mut names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let filed = document.answers.as_object().into_iter().flatten().map(|(name, _)| name.clone());
    names.extend(filed.filter(|name| !fields.iter().any(|field| field.name() == name.as_str())).collect::<Vec<_>>());
    names.push(ATTACHMENTS.to_owned());
    Ok(names)
}

fn request_fields(page: &Page, status: SubmissionStatus, said: &Said) -> Option<(Field, Field)> {
    if !status.may_become(SubmissionStatus::CorrectionRequested) {
        return None;
    }
    let choice = |value: &str, key: &str| Choice { value: value.to_owned(), label: page.t(key).into_owned() };
    let text = |key: &'static str| page.t(key).into_owned();
    let kind = Field::text("kind", page.t("after-ask-kind"))
        .kind(FieldKind::Radios)
        .choices(vec![choice("partial", "after-ask-partial"), choice("again", "after-ask-again")])
        .value(&said.kind)
        .error(said.kind_fault.map(text));
    let request = Field::text("text", page.t("after-ask-text"))
        .kind(FieldKind::Lines(4))
        .hint(page.t("after-ask-text-hint"))
        .max_length(u32::try_from(REQUEST_LIMIT).unwrap_or_default())
        .value(&said.request)
        .error(said.request_fault.map(text));
    Some((kind, request))
}
