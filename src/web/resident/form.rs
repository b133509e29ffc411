//! `/apply/{draft}/form`: filling an application in. What was typed stays, right or wrong.
use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::at_draft::AtDraft;
use super::fields::{self, Faults};
use super::municipalities::{self, Municipality};
use super::procedures::{NoFields, see_other};
use super::{applicant, drafts, review};
use crate::procedures::Procedure;
use crate::store::drafts::Draft;
use crate::web::extract::csrf::CsrfForm;
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

#[derive(Template)]
#[template(path = "resident/form.html")]
struct FormView {
    page: Page,
    id: String,
    step: u8,
    expires: String,
    errors: Vec<SummaryLine>,
    recipient: Field,
    applicant: Vec<Field>,
    answers: Vec<Field>,
    locked: bool,
    places: &'static [Municipality],
    agent: Option<super::agent::AgentView>,
}

impl FormView {
    fn new(page: Page, state: &WebState, draft: &Draft, procedure: &Procedure, faults: &Faults) -> Self {
        let (language, input) = (page.language, drafts::DraftInput::of(draft));
        let recipient = fields::recipient_field(language, &input, faults);
        let applicant = fields::applicant_fields(language, &input, faults);
        let answers = fields::answer_fields(language, procedure, &input, faults);
        let mut errors = summary(&applicant);
        errors.extend(summary(std::slice::from_ref(&recipient)));
        errors.extend(summary(&answers));
        let shown: Vec<&str> = applicant.iter().chain(&answers).map(|field| field.name.as_str()).collect();
        let rest: Vec<SummaryLine> = faults
            .iter()
            .filter(|(name, _)| *name != "recipient" && !shown.contains(&name.as_str()))
            .map(|(name, message)| SummaryLine { id: format!("f-{name}"), message: message.clone() })
            .collect();
        errors.extend(rest);
        let agent = super::agent::AgentView::of(state);
        let mut page = page.named(procedure.title.get(language)).errors(!errors.is_empty());
        page.connect_to = agent.as_ref().map(|agent| agent.origin.clone());
        let expires = super::dates::moment(language, draft.expires_at);
        Self {
            page,
            id: draft.key.id.clone(),
            step: 1,
            expires,
            errors,
            recipient,
            applicant,
            answers,
            locked: input.certificate.is_some(),
            places: municipalities::all(),
            agent,
        }
    }
}

impl FormView {
    fn place_name(&self, place: &Municipality) -> &'static str {
        place.name(self.page.language)
    }
}

/// The form as it was left.
///
/// # Errors
/// 404 for a draft that is not this browser's.
pub async fn get_form(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    if draft.filed.is_some() {
        return Ok(at.lead_to("receipt"));
    }
    let procedure = drafts::procedure_of(&at.gateway, &draft)?;
    let view = FormView::new(at.with_token(page), &at.state, &draft, &procedure, &Faults::new());
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Takes what was typed: on to the attachments (or the review), or the form again with what is wrong.
///
/// # Errors
/// 404 for a draft that is not this browser's; 503.
pub async fn post_form(
    page: Page,
    at: AtDraft,
    posted: CsrfForm<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let mut draft = at.open().await?;
    let procedure = drafts::procedure_of(&at.gateway, &draft)?;
    let mut input = fields::read(&procedure, drafts::DraftInput::of(&draft), &posted.0);
    let faults = fields::judge(page.language, &procedure, &input);
    input.is_complete = faults.is_empty();
    draft.input = input.to_json();
    drafts::save(&at.gateway, &at.state, draft.key.clone(), draft.input.clone()).await?;
    if !faults.is_empty() {
        let view = FormView::new(at.with_token(page), &at.state, &draft, &procedure, &faults);
        return Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    if procedure.attachments.at_most > 0 {
        return Ok(at.lead_to("attachments"));
    }
    review::prepare(&at.gateway, &draft, page.language).await?;
    Ok(at.lead_to("review"))
}

/// Unlocks the applicant's attributes: they are typed by hand again.
///
/// # Errors
/// 404 for a draft that is not this browser's; 503.
pub async fn post_unlock(at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    let mut input = drafts::DraftInput::of(&draft);
    input.certificate = None;
    at.gateway.store.draft_save(draft.key, input.to_json()).await?;
    Ok(at.lead_to("form#applicant"))
}

/// Fills the applicant in from a certificate file and locks it.
///
/// # Errors
/// 404 for a draft that is not this browser's; 503; an upload that cannot be read.
pub async fn post_certificate(
    page: Page,
    at: AtDraft,
    request: actix_web::HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let mut draft = at.open().await?;
    let file = applicant::read_upload(&at, &request, payload).await?;
    let mut input = drafts::DraftInput::of(&draft);
    if applicant::fill_in(&mut input, &file) {
        drafts::save(&at.gateway, &at.state, draft.key, input.to_json()).await?;
        return Ok(at.lead_to("form#applicant"));
    }
    draft.input = input.to_json();
    let procedure = drafts::procedure_of(&at.gateway, &draft)?;
    let faults = Faults::from([("certificate".to_owned(), page.t("fault-certificate").into_owned())]);
    let view = FormView::new(at.with_token(page), &at.state, &draft, &procedure, &faults);
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// Throws the draft away.
///
/// # Errors
/// 503.
pub async fn post_discard(at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    at.gateway.store.draft_discard(at.key()).await?;
    Ok(see_other("/procedures"))
}
