//! `/apply/{draft}/form`: leads to the page where answering goes on; and what is done with the form as a whole.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::answering::{APPLICANT, Answering, Faults};
use super::at_draft::AtDraft;
use super::procedures::NoFields;
use super::question::{self, From};
use super::{applicant, drafts, review};
use crate::procedures::definition::japan_day;
use crate::store::correction_requests::ATTACHMENTS;
use crate::store::drafts::Draft;
use crate::web::extract::csrf::CsrfForm;
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// A draft with its form and what was typed.
///
/// # Errors
/// 404 for a draft that is not open to who asks; 422 where its procedure cannot be filed now.
pub async fn open(at: &AtDraft, language: Language) -> Result<(Draft, Answering), Problem> {
    let draft = at.open().await?;
    let (procedure, input) = drafts::current(&at.gateway, &draft)?;
    let today = japan_day(at.gateway.clock.now());
    Ok((draft, Answering::of(language, procedure, input, today)))
}

/// Keeps what was typed.
///
/// # Errors
/// 503 where there is no room for drafts, or the store does not answer.
pub async fn keep(at: &AtDraft, draft: &Draft, answering: &mut Answering) -> Result<(), Problem> {
    answering.input.is_complete = answering.first_open().is_none();
    at.save(draft, answering.input.to_json()).await
}

/// Leads to the first page that is not answered yet; where there is none, to what comes after the form.
///
/// # Errors
/// 404 for a draft that is not this browser's.
pub async fn get_form(page: Page, at: AtDraft) -> Result<HttpResponse, Problem> {
    let draft = at.open().await?;
    if draft.filed.is_some() {
        return Ok(at.lead_to("receipt"));
    }
    if draft.other_input.is_some() {
        return Ok(at.lead_to("versions"));
    }
    let (draft, answering) = open(&at, page.language).await.map(|(_, answering)| (draft, answering))?;
    match answering.first_open() {
        Some(step) => Ok(at.lead_to(&format!("form/{step}"))),
        None if draft.prepared.is_some() => Ok(at.lead_to("review")),
        None => onward(&at, &draft, &answering, page.language, From::Form).await,
    }
}

/// Where a complete form leads: to the attachments, or at once to the review.
///
/// # Errors
/// What is wrong with the document that is made; 503.
pub async fn onward(
    at: &AtDraft,
    draft: &Draft,
    answering: &Answering,
    language: Language,
    from: From,
) -> Result<HttpResponse, Problem> {
    let wanted = answering.procedure.least_attachments(&answering.answers());
    let takes = answering.procedure.most_attachments(&answering.answers()) > 0;
    let may_change = answering.may_change(ATTACHMENTS);
    if takes && may_change && (from == From::Form || draft.attachments.len() < wanted) {
        return Ok(at.lead_to("attachments"));
    }
    // What was just typed is what the document is made of.
    let draft = Draft { input: answering.input.to_json(), ..draft.clone() };
    review::prepare(&at.gateway, &draft, language).await?;
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
    input.is_complete = false;
    input.done.remove(APPLICANT);
    at.save(&draft, input.to_json()).await?;
    Ok(at.lead_to("form/applicant"))
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
    let (draft, mut answering) = open(&at, page.language).await?;
    let file = applicant::read_upload(&at, &request, payload).await?;
    if applicant::fill_in(&mut answering.input, &file) {
        keep(&at, &draft, &mut answering).await?;
        return Ok(at.lead_to("form/applicant"));
    }
    let faults = Faults::from([("certificate".to_owned(), page.t("fault-certificate").into_owned())]);
    let view = question::applicant_page(at.with_token(page), &at, &draft, &answering, &faults, From::Form);
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}
