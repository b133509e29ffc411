//! A form that was sent when the sign-in was over, or to a draft that is not there: what was typed is kept for an hour for the
//! same browser, and can be sent again after signing in, at the same place. It is answered alike whether there is such a draft.
use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::at_draft::AtDraft;
use crate::store::draft_parked::ParkedForm;
use crate::submission::rejection::RejectionCode;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The most that is kept of a form, in bytes of JSON.
const MOST: usize = 256 * 1024;

#[derive(Template)]
#[template(path = "resident/draft_parked.html")]
struct ParkedView {
    page: Page,
    path: String,
    /// What was typed; empty where it is to be signed in first.
    fields: Vec<(String, String)>,
    is_kept: bool,
}

impl ParkedView {
    fn sign_in(&self) -> String {
        format!("/sign-in?next={}", self.path)
    }
}

/// The answer to a form for a draft that did not open: what was typed is kept where nobody is signed in here.
///
/// # Errors
/// `problem`, where it is another one or somebody is signed in; 503.
pub async fn park(
    page: Page,
    at: &AtDraft,
    problem: Problem,
    fields: &BTreeMap<String, String>,
) -> Result<HttpResponse, Problem> {
    if problem.code() != RejectionCode::NotFound || at.is_signed_in() || at.is_autosave || !page.offers_sign_in {
        return Err(problem);
    }
    let path = page.path().to_owned();
    let fields = serde_json::to_string(fields).unwrap_or_default();
    let is_kept = fields.len() <= MOST;
    if is_kept {
        let form = ParkedForm { path: path.clone(), fields };
        at.gateway.store.draft_park(at.browser.id_sha256(), form, at.gateway.clock.now()).await?;
    }
    let view = ParkedView { page: page.titled("parked-title"), path, fields: Vec::new(), is_kept };
    Ok(view.page.respond(StatusCode::NOT_FOUND, &view))
}

/// What this browser sent to this very page before it signed in again, to be sent once more.
///
/// # Errors
/// 503.
pub async fn resume(page: &Page, at: &AtDraft) -> Result<Option<HttpResponse>, Problem> {
    let (owner, now) = (at.browser.id_sha256(), at.gateway.clock.now());
    let Some(parked) = at.gateway.store.draft_parked(owner, page.path().to_owned(), now).await? else {
        return Ok(None);
    };
    let fields: BTreeMap<String, String> = serde_json::from_str(&parked.fields).unwrap_or_default();
    at.gateway.store.draft_unpark(owner).await?;
    let page = at.with_token(page.clone().titled("parked-title"));
    let fields = fields.into_iter().filter(|(name, _)| name != "csrf").collect();
    let view = ParkedView { path: parked.path, page, fields, is_kept: true };
    Ok(Some(view.page.respond(StatusCode::OK, &view)))
}
