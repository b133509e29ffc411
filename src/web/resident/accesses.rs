//! `/account/accesses`: who looked at the resident's record, for what and on which clause of the law. Whose record it is follows
//! from filings that the account sees: the registry knew their signer.
use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{account, dates};
use crate::gateway::Gateway;
use crate::procedures::municipalities;
use crate::registry::record::RecordId;
use crate::store::registry::accesses::Access;
use crate::web::clerk::words;
use crate::web::extract::csrf::Browser;
use crate::web::extract::resident::Resident;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The filings whose signers are looked at, and the looks that are shown.
const LISTED: usize = 50;
const MOST: i64 = 200;

struct Look {
    at: String,
    by: String,
    purpose: String,
    basis: String,
}

#[derive(Template)]
#[template(path = "resident/accesses.html")]
struct AccessesView {
    page: Page,
    is_known: bool,
    looks: Vec<Look>,
    /// The language of purposes and clauses, where it is not the page's.
    lang: Option<&'static str>,
}

/// GET /account/accesses
///
/// # Errors
/// 404 where this gateway keeps no registry; 503 where the record cannot be read.
pub async fn get_accesses(
    page: Page,
    browser: Browser,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    gateway.registry().ok_or_else(Problem::not_found)?;
    let store = &gateway.store;
    let filings = store.resident_filings(session.account.clone(), None, LISTED).await?;
    let numbers = filings.map(|page| page.filings).unwrap_or_default();
    let numbers = numbers.into_iter().map(|filing| filing.arrival_number).collect();
    let records: BTreeSet<RecordId> = store.registry_records_of_filings(numbers).await?;
    let mut all = Vec::new();
    for record in &records {
        all.extend(store.registry_accesses_of(*record, None, MOST).await?);
    }
    all.sort_by_key(|access| std::cmp::Reverse(access.id));
    let page = account::frame(page.titled("accesses-title"), &browser);
    let written = page.language.of_everybody();
    let lang = (written != page.language).then(|| written.tag());
    let looks = all.iter().map(|access| look(&page, access)).collect();
    let view = AccessesView { is_known: !records.is_empty(), looks, lang, page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Offices are named, their staff are not.
fn look(page: &Page, access: &Access) -> Look {
    let mut viewer = access.viewer.split_whitespace();
    let (kind, code) = (viewer.next().unwrap_or_default(), viewer.next().unwrap_or_default());
    let by = match kind {
        "agency" => page.with("accesses-by-agency", "name", municipalities::describe(page.language, code)),
        "clerk" => page.with("accesses-by-clerk", "name", municipalities::describe(page.language, code)),
        "network" => page.with("accesses-by-municipality", "name", municipalities::describe(page.language, code)),
        _ => page.t("accesses-by-office").into_owned(),
    };
    Look {
        at: dates::moment(page.language, access.at),
        by,
        purpose: words::purpose(page, &access.purpose),
        basis: words::basis(page, &access.basis),
    }
}
