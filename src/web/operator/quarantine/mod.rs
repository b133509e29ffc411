//! Quarantined revocation lists: GET /operator/quarantine, a page a list, and what operators do with one.
mod act;
mod one;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

pub use act::post_act;
pub use one::get_one;

use crate::gateway::Gateway;
use crate::store::crl_quarantine::{QuarantineState, QuarantinedCrl};
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::OperatorUser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::frame;

/// How many lists that do not wait any more are shown.
const DECIDED: i64 = 50;

struct ListRow {
    href: String,
    issuer: String,
    scope: String,
    number: String,
    issued: String,
    codes: Vec<String>,
    at: String,
    source: String,
    state: &'static str,
    colour: &'static str,
}

#[derive(Template)]
#[template(path = "operator/quarantine.html")]
struct QuarantineView {
    page: Page,
    lists: Vec<ListRow>,
}

/// GET /operator/quarantine
///
/// # Errors
/// A store that does not answer.
pub async fn get_quarantine(
    gateway: web::Data<Gateway>,
    user: OperatorUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let lists = gateway.store.crl_quarantine_list(DECIDED).await?;
    let page = frame(page, &browser, &user.user.account).titled("operator-quarantine-title");
    let lists = lists.into_iter().map(|list| row(&page, list)).collect();
    let view = QuarantineView { page, lists };
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn row(page: &Page, list: QuarantinedCrl) -> ListRow {
    let (state, colour) = state_words(list.state);
    ListRow {
        href: format!("/operator/quarantine/{}", hex::encode(list.sha256)),
        number: list.number.unwrap_or_else(|| page.t("operator-none").into_owned()),
        issued: moment(page.language, list.this_update),
        at: moment(page.language, list.quarantined_at),
        issuer: list.issuer,
        scope: list.scope,
        codes: list.codes,
        source: list.source,
        state,
        colour,
    }
}

/// The text of a state, and the colour of its tag.
fn state_words(state: QuarantineState) -> (&'static str, &'static str) {
    match state {
        QuarantineState::Waiting => ("operator-quarantine-waiting", "yellow"),
        QuarantineState::Released => ("operator-quarantine-released", "blue"),
        QuarantineState::LetIn => ("operator-quarantine-let-in", "green"),
        QuarantineState::Discarded => ("operator-quarantine-discarded", "red"),
        QuarantineState::Overtaken => ("operator-quarantine-overtaken", "grey"),
    }
}

/// The digest that a path names.
///
/// # Errors
/// 404 where it is none.
fn digest(text: &str) -> Result<[u8; 32], Problem> {
    let mut sha256 = [0; 32];
    hex::decode_to_slice(text, &mut sha256).map_err(|_| Problem::not_found())?;
    Ok(sha256)
}
