//! `/drafts`: what this browser, and whoever is signed in, began and has not filed; discarding it, and taking that back.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::at_draft::AtDraft;
use super::dates;
use super::procedures::{NoFields, see_other};
use crate::gateway::Gateway;
use crate::store::draft_lives::ListedDraft;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::resident::MaybeResident;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// A draft that ends within this time is marked, and one of a short life in the last quarter of it: one that was only just begun
/// alarms nobody.
const SOON: chrono::Duration = chrono::Duration::hours(72);

/// A draft as pages list it.
#[derive(Debug, Clone)]
pub struct DraftLine {
    /// Its address.
    pub id: String,
    /// The procedure.
    pub title: String,
    /// When it was saved last.
    pub saved_at: String,
    /// Until when it is kept, or can be restored.
    pub until: String,
    /// Whether it ends soon.
    pub is_soon: bool,
    /// Whether it is over or was discarded.
    pub is_over: bool,
}

impl DraftLine {
    /// As a page lists it.
    pub fn of(page: &Page, gateway: &Gateway, draft: ListedDraft) -> Self {
        let title =
            gateway.catalog.get(&draft.procedure).map(|procedure| procedure.title.get(page.language).to_owned());
        let soon = gateway.clock.now() + SOON.min((draft.until - draft.saved_at) / 4);
        Self {
            title: title.unwrap_or_else(|| draft.procedure.clone()),
            saved_at: dates::moment(page.language, draft.saved_at),
            until: dates::moment(page.language, draft.until),
            is_soon: !draft.is_over && draft.until < soon,
            is_over: draft.is_over,
            id: draft.id,
        }
    }
}

/// The drafts of this browser and of whoever is signed in; of one procedure alone, where it is named.
///
/// # Errors
/// 503.
pub async fn lines(
    page: &Page,
    (browser, resident): (&Browser, &MaybeResident),
    (gateway, state): (&Gateway, &WebState),
    procedure: Option<&str>,
) -> Result<Vec<DraftLine>, Problem> {
    let holder = resident.0.as_ref().map(|session| session.certificate_sha256);
    let restore = state.config.drafts.restore;
    let drafts = gateway.store.drafts_of(browser.id_sha256(), holder, restore, gateway.clock.now()).await?;
    let wanted = drafts.into_iter().filter(|draft| procedure.is_none_or(|code| draft.procedure == code));
    Ok(wanted.map(|draft| DraftLine::of(page, gateway, draft)).collect())
}

#[derive(Template)]
#[template(path = "resident/drafts.html")]
struct DraftsView {
    page: Page,
    open: Vec<DraftLine>,
    over: Vec<DraftLine>,
    is_signed_in: bool,
}

/// The list.
///
/// # Errors
/// 503.
pub async fn list_drafts(
    page: Page,
    browser: Browser,
    resident: MaybeResident,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
) -> Result<HttpResponse, Problem> {
    let page = page.titled("drafts-title").csrf(browser.csrf_token());
    let all = lines(&page, (&browser, &resident), (&gateway, &state), None).await?;
    let (over, open) = all.into_iter().partition(|draft| draft.is_over);
    let view = DraftsView { page, open, over, is_signed_in: resident.0.is_some() };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Discards a draft; the list offers to restore it.
///
/// # Errors
/// 503.
pub async fn post_discard(at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    at.gateway.store.draft_discard(at.key(), at.gateway.clock.now()).await?;
    Ok(see_other("/drafts"))
}

/// Restores a draft.
///
/// # Errors
/// 404 where there is none that could be; 503.
pub async fn post_restore(at: AtDraft, _form: CsrfForm<NoFields>) -> Result<HttpResponse, Problem> {
    let (limits, now) = (at.state.config.drafts, at.gateway.clock.now());
    let life = if at.is_signed_in() { limits.kept } else { limits.life };
    match at.gateway.store.draft_restore(at.key(), limits.restore, now, now + life).await? {
        true => Ok(at.lead_to("form")),
        false => Err(Problem::not_found()),
    }
}
