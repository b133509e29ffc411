//! /clerk/notices: letters that tell people of their new Resident Record Code. Printing shows the code, once, to whoever prints it.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{look, own_record, permit_or_404, registry, titled};
use crate::gateway::Gateway;
use crate::store::registry::notices::CodeNotice;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::ClerkUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::words_of_time;

/// The most that are listed; the oldest first.
const MOST: i64 = 100;

struct Line {
    id: String,
    name: String,
    reason: String,
    made_at: String,
}

#[derive(Template)]
#[template(path = "clerk/notices.html")]
struct NoticesView {
    page: Page,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "clerk/letter.html")]
struct LetterView {
    page: Page,
    municipality: (String, String),
    address: String,
    postcode: String,
    name: String,
    code: String,
    entered_at: String,
    is_new: bool,
}

/// The form that prints carries nothing but its token.
#[derive(Deserialize)]
pub struct PrintForm {}

/// The clause on which codes are told.
const PURPOSE: &str = "code-entry.bbra-30-3";

/// GET /clerk/notices
///
/// # Errors
/// A store that does not answer; too many looks.
pub async fn get_notices(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let vault = registry(&gateway)?.vault();
    let waiting = gateway.store.registry_notices_waiting(user.municipality, MOST).await?;
    let page = titled(page, &browser, &user, "nav-clerk-notices");
    let mut lines = Vec::new();
    let mut seen = Vec::new();
    for letter in waiting {
        let Some(record) = gateway.store.registry_record(vault, letter.record).await? else { continue };
        seen.push(record.id);
        lines.push(line(&page, &letter, record.name.written.clone()));
    }
    if !seen.is_empty() {
        look(&gateway, &user, permit_or_404(PURPOSE)?, "search", seen).await?;
    }
    let view = NoticesView { page, lines };
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn line(page: &Page, letter: &CodeNotice, name: String) -> Line {
    Line {
        id: letter.id.clone(),
        name,
        reason: page.t(&format!("clerk-dyn-letter-{}", letter.reason)).into_owned(),
        made_at: words_of_time(letter.made_at),
    }
}

/// POST /clerk/notices/{id}: the letter, once.
///
/// # Errors
/// 404, also where it was printed before; a store that does not answer.
pub async fn post_print(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    id: web::Path<String>,
    _form: CsrfForm<PrintForm>,
) -> Result<HttpResponse, Problem> {
    let letter = gateway.store.registry_notice(&id).await?.ok_or_else(Problem::not_found)?;
    let record = own_record(&gateway, &user, &letter.record.to_string()).await?;
    let place = registry(&gateway)?.municipality(user.municipality).ok_or_else(Problem::not_found)?;
    let municipality = (place.name.clone(), place.name_latin.clone());
    look(&gateway, &user, permit_or_404(PURPOSE)?, "letter", vec![record.id]).await?;
    let by = user.user.account.actor();
    if !gateway.store.registry_notice_printed(&letter.id, &by, gateway.clock.now()).await? {
        return Err(Problem::not_found());
    }
    let mut page = titled(page, &browser, &user, "clerk-letter-title");
    // Reading it in another language would ask for it anew.
    page.language_links = false;
    let view = LetterView {
        page,
        municipality,
        address: record.address.text.clone(),
        postcode: record.address.postcode.clone().unwrap_or_default(),
        name: record.name.written.clone(),
        code: record.code.expose().to_owned(),
        entered_at: letter.made_at.format("%Y-%m-%d").to_string(),
        is_new: letter.reason == "new",
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}
