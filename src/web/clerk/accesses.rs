//! GET /clerk/accesses: who looked at the municipality's records, for what and on which clause: for data protection.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{titled, words_of};
use crate::gateway::Gateway;
use crate::store::registry::accesses::Access;
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::ClerkUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::words_of_time;

/// Lines on one page.
const PAGE: i64 = 100;

/// A line.
pub struct AccessLine {
    /// When.
    pub at: String,
    /// Who.
    pub viewer: String,
    /// What they did.
    pub action: String,
    /// For what.
    pub purpose: String,
    /// On which clause.
    pub basis: String,
    /// Which record, by the last digits of its identifier; empty for none.
    pub record: String,
}

#[derive(Template)]
#[template(path = "clerk/accesses.html")]
struct AccessesView {
    page: Page,
    lines: Vec<AccessLine>,
    older: Option<String>,
}

/// `?before=` for the next page.
#[derive(Debug, Deserialize)]
pub struct AccessQuery {
    before: Option<i64>,
}

/// A line in the page's language.
pub fn line(page: &Page, access: &Access) -> AccessLine {
    let (purpose, basis) = words_of(page, &access.purpose, &access.basis);
    let record = access.record.map(|record| record.to_string()).unwrap_or_default();
    AccessLine {
        at: words_of_time(access.at),
        viewer: access.viewer.clone(),
        action: page.t(&format!("registry-dyn-action-{}", access.action)).into_owned(),
        purpose,
        basis,
        record: record.rsplit('-').next().unwrap_or_default().to_owned(),
    }
}

/// GET /clerk/accesses
///
/// # Errors
/// A store that does not answer.
pub async fn get_accesses(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    query: web::Query<AccessQuery>,
) -> Result<HttpResponse, Problem> {
    let mut found = gateway.store.registry_accesses_list(user.municipality, query.before, PAGE + 1).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let older = found.last().filter(|_| more).map(|last| format!("/clerk/accesses?before={}", last.id));
    let page = titled(page, &browser, &user, "nav-clerk-accesses");
    let lines = found.iter().map(|access| line(&page, access)).collect();
    let view = AccessesView { page, lines, older };
    Ok(view.page.respond(StatusCode::OK, &view))
}
