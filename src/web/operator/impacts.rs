//! GET /operator/impacts and /operator/impacts/{sha256}: what accepted revocation lists say of filings. Operators see
//! arrival numbers and dates, which open nothing, and nothing of a person.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::gateway::Gateway;
use crate::store::impact_reports::{StoredImpact, StoredImpactFiling};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::frame;
use crate::web::steps::{follows_colour, follows_words, reason_words, state_words};

/// Lists on the page, and filings of one list.
const LISTS: u32 = 100;
const FILINGS: u32 = 500;

struct ImpactRow {
    issuer: String,
    scope: String,
    number: String,
    sha256: String,
    before: Option<String>,
    ran: String,
    took: i64,
    entries: i64,
    filings: i64,
}

struct FilingRow {
    number: String,
    received: String,
    reason: String,
    since: String,
    then: String,
    follows: String,
    colour: &'static str,
}

#[derive(Template)]
#[template(path = "operator/impacts.html")]
struct ImpactsView {
    page: Page,
    rows: Vec<ImpactRow>,
}

#[derive(Template)]
#[template(path = "operator/impact.html")]
struct ImpactView {
    page: Page,
    list: ImpactRow,
    filings: Vec<FilingRow>,
}

/// GET /operator/impacts
///
/// # Errors
/// A store that does not answer.
pub async fn list_impacts(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let page = frame(page, &browser, &user.user.account).titled("operator-impacts-title");
    // Most lists touch nothing: they would hide those that do.
    let impacts = gateway.store.impacts_list(1, LISTS).await?;
    let view = ImpactsView { rows: impacts.iter().map(|impact| row(&page, impact)).collect(), page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// GET /operator/impacts/{sha256}
///
/// # Errors
/// 404 where no such list was run; a store that does not answer.
pub async fn get_impact(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
    sha256: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut digest = [0; 32];
    hex::decode_to_slice(sha256.as_bytes(), &mut digest).map_err(|_| Problem::not_found())?;
    let found = gateway.store.impact_find(digest, FILINGS).await?;
    let (impact, filings) = found.ok_or_else(Problem::not_found)?;
    let page = frame(page, &browser, &user.user.account).titled("operator-impact-title");
    let view = ImpactView {
        list: row(&page, &impact),
        filings: filings.iter().map(|filing| filing_row(&page, filing)).collect(),
        page,
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn row(page: &Page, impact: &StoredImpact) -> ImpactRow {
    ImpactRow {
        issuer: impact.issuer.clone(),
        scope: impact.scope.clone(),
        number: impact.number.clone().unwrap_or_else(|| page.t("operator-none").into_owned()),
        sha256: hex::encode(impact.list),
        before: impact.before.map(hex::encode),
        ran: moment(page.language, impact.ran_at),
        took: impact.took_ms,
        entries: impact.entries,
        filings: impact.filings,
    }
}

fn filing_row(page: &Page, filing: &StoredImpactFiling) -> FilingRow {
    FilingRow {
        number: filing.arrival_number.grouped(),
        received: moment(page.language, filing.received_at),
        reason: reason_words(page.language, &filing.reason),
        since: moment(page.language, filing.revoked_at),
        then: state_words(page.language, filing.revocation_then),
        follows: follows_words(page.language, filing.follows),
        colour: follows_colour(filing.follows),
    }
}
