//! GET /operator: every revocation list with its age and the time that is left, those that were refused, and numbers.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::sources::{self, SourceRow};
use super::{age, countdown};
use crate::gateway::Gateway;
use crate::pki::crl::CrlSummary;
use crate::store::alarms::Freshness;
use crate::store::numbers::FilingNumbers;
use crate::store::second_opinions::StoredOpinion;
use crate::web::agency::{status_colour, status_words};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::{moment, size};
use crate::web::staff::frame;
use crate::web::state::WebState;

/// How many second opinions are shown.
const OPINIONS: i64 = 50;

struct ListRow {
    issuer: String,
    scope: String,
    number: String,
    entries: usize,
    size: String,
    age: String,
    issued: String,
    next: String,
    left: String,
    state: &'static str,
    colour: &'static str,
    sha256: String,
    archived: Option<String>,
}

struct RefusalRow {
    at: String,
    source: String,
    code: &'static str,
    detail: String,
    sha256: String,
}

struct CountRow {
    status: String,
    colour: &'static str,
    count: i64,
}

struct OpinionRow {
    number: String,
    kind: &'static str,
    colour: &'static str,
    detail: String,
    at: String,
}

#[derive(Template)]
#[template(path = "operator/overview.html")]
struct OverviewView {
    page: Page,
    lists: Vec<ListRow>,
    sources: Vec<SourceRow>,
    stale: usize,
    soon: usize,
    quarantined: i64,
    refusals: Vec<RefusalRow>,
    counts: Vec<CountRow>,
    opinions: Vec<OpinionRow>,
    held: i64,
    oldest_held: Option<String>,
    awaiting: i64,
    contested: i64,
    /// Lists that cannot be run against the filings: digest, and why.
    impacts_failed: Vec<(String, String)>,
    said: Option<Said>,
}

/// What became of an upload.
#[derive(Debug, Clone)]
pub struct Said {
    /// `success`, `warning` or `error`.
    pub kind: &'static str,
    /// In a sentence.
    pub title: String,
    /// The refusal's code and what it says, or the list's identity.
    pub detail: String,
}

/// GET /operator
///
/// # Errors
/// A store that does not answer.
pub async fn get_overview(
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
    query: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let page = frame(page, &browser, &user.user.account);
    let said = query.asked.is_some().then(|| Said {
        kind: "success",
        title: page.t("operator-source-fetch").into_owned(),
        detail: page.t("operator-source-asked").into_owned(),
    });
    show((&gateway, &state), page, StatusCode::OK, said).await
}

/// Whether a source was just asked to be fetched.
#[derive(Debug, serde::Deserialize)]
pub struct Asked {
    asked: Option<String>,
}

/// The page, with what is to be said of an upload.
///
/// # Errors
/// A store that does not answer.
pub async fn show(
    (gateway, state): (&Gateway, &WebState),
    page: Page,
    status: StatusCode,
    said: Option<Said>,
) -> Result<HttpResponse, Problem> {
    let (page, numbers) = (page.titled("operator-title"), gateway.store.filing_numbers().await?);
    let (now, soon) = (gateway.clock.now(), state.config.soon_stale);
    let opinions = gateway.store.second_opinion_list(OPINIONS).await?;
    let mut lists = gateway.crls.list();
    // What ends first stands first; a list without nextUpdate is good for nothing and stands before all.
    lists.sort_by_key(|list| list.identity.next_update);
    let fresh = |list: &CrlSummary| Freshness::of(list.identity.next_update, soon, now);
    let count = |state: Freshness| lists.iter().filter(|list| fresh(list) == state).count();
    let view = OverviewView {
        sources: sources::rows(&page, gateway, now).await?,
        stale: count(Freshness::Stale),
        soon: count(Freshness::SoonStale),
        quarantined: gateway.store.crl_quarantine_waiting().await?,
        lists: lists.iter().map(|list| row(&page, list, fresh(list), now)).collect(),
        refusals: refusals(&page, gateway),
        counts: counts(&page, &numbers),
        opinions: opinions.into_iter().map(|opinion| opinion_row(&page, opinion)).collect(),
        held: numbers.held,
        awaiting: numbers.awaiting,
        contested: numbers.contested,
        impacts_failed: gateway.impact_failures.all(),
        oldest_held: numbers.oldest_held.map(|since| age(page.language, now, since)),
        said,
        page,
    };
    Ok(view.page.respond(status, &view))
}

fn row(page: &Page, list: &CrlSummary, fresh: Freshness, now: chrono::DateTime<chrono::Utc>) -> ListRow {
    let (identity, language) = (&list.identity, page.language);
    let (state, colour) = match fresh {
        Freshness::Fresh => ("operator-state-fresh", "green"),
        Freshness::SoonStale => ("operator-state-soon", "yellow"),
        Freshness::Stale => ("operator-state-stale", "red"),
    };
    let none = || page.t("operator-none").into_owned();
    ListRow {
        issuer: identity.issuer.clone(),
        scope: list.scope.clone(),
        number: identity.number.clone().unwrap_or_else(none),
        entries: list.entries,
        size: size(list.bytes as u64),
        age: age(language, now, identity.this_update),
        issued: moment(language, identity.this_update),
        next: identity.next_update.map_or_else(none, |next| moment(language, next)),
        left: identity.next_update.map(|next| countdown(language, now, next)).unwrap_or_default(),
        state,
        colour,
        sha256: identity.sha256.clone(),
        archived: list.archived_since.map(|since| moment(language, since)),
    }
}

fn refusals(page: &Page, gateway: &Gateway) -> Vec<RefusalRow> {
    let row = |refused: crate::pki::crl::RefusedCrl| RefusalRow {
        at: moment(page.language, refused.at),
        source: refused.source,
        code: refused.code,
        detail: refused.detail,
        sha256: refused.sha256,
    };
    gateway.crls.refusals().into_iter().take(50).map(row).collect()
}

fn opinion_row(page: &Page, opinion: StoredOpinion) -> OpinionRow {
    let (kind, colour) = match opinion.kind.as_str() {
        "disagrees" => ("operator-opinion-disagrees", "red"),
        _ => ("operator-opinion-failed", "yellow"),
    };
    let at = moment(page.language, opinion.formed_at);
    OpinionRow { number: opinion.arrival_number.grouped(), kind, colour, detail: opinion.detail, at }
}

fn counts(page: &Page, numbers: &FilingNumbers) -> Vec<CountRow> {
    let row = |(status, count): &(crate::submission::status::SubmissionStatus, i64)| CountRow {
        status: status_words(page, *status).into_owned(),
        colour: status_colour(*status),
        count: *count,
    };
    numbers.by_status.iter().map(row).collect()
}
