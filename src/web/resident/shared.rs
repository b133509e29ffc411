//! `/shared-computer`: saying that others use this computer too; and finishing, which wipes everything of the person out of the
//! browser, signed in or not.
use actix_web::cookie::time::Duration;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::draft_list::DraftLine;
use super::procedures::see_other;
use crate::gateway::Gateway;
use crate::store::StoreError;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::{Browser, CsrfForm, CsrfGuard};
use crate::web::extract::session::{FILING_COOKIE, RESIDENT_COOKIE, cookie_sha256};
use crate::web::extract::shared::{self, IDLE_SECONDS, SHARED_COOKIE, Shared};
use crate::web::page::Page;
use crate::web::problem::Problem;

/// What a browser is to forget.
const EVERYTHING: &str = "\"cache\", \"cookies\", \"storage\"";

#[derive(Template)]
#[template(path = "resident/shared.html")]
struct SharedView {
    page: Page,
    is_shared: bool,
    minutes: i64,
    /// Drafts that nothing but this browser opens.
    only_here: Vec<DraftLine>,
}

/// What the page says, and the buttons.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn get_shared(page: Page, browser: Browser, gateway: web::Data<Gateway>) -> Result<HttpResponse, Problem> {
    let drafts = gateway.store.drafts_only_here(browser.id_sha256(), gateway.clock.now()).await?;
    let page = page.titled("shared-title").csrf(browser.csrf_token());
    let only_here = drafts.into_iter().map(|draft| DraftLine::of(&page, &gateway, draft)).collect();
    let view = SharedView { is_shared: page.is_shared, minutes: IDLE_SECONDS / 60, only_here, page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// What is posted.
#[derive(Deserialize)]
pub struct SharedForm {
    #[serde(default)]
    shared: String,
}

/// Notes that the computer is shared, or that it is not after all.
///
/// # Errors
/// 400 for anything else; a form that is not ours.
pub async fn post_shared(
    browser: Browser,
    guard: web::Data<CsrfGuard>,
    gateway: web::Data<Gateway>,
    form: CsrfForm<SharedForm>,
) -> Result<HttpResponse, Problem> {
    let mut response = see_other("/shared-computer");
    let cookies = match form.0.shared.as_str() {
        "yes" => shared::cookies(&guard, browser.id(), gateway.clock.now()).to_vec(),
        "no" => vec![ended(&guard, SHARED_COOKIE), guard.cookie("browser", browser.id().to_owned())],
        _ => {
            return Err(Problem::new(
                RejectionCode::BadRequest,
                "A computer is shared (\"yes\") or it is not (\"no\").",
            ));
        }
    };
    browser.forget_refresh();
    for cookie in cookies {
        response.add_cookie(&cookie).map_err(Problem::internal)?;
    }
    Ok(response)
}

/// A form that carries nothing but its token.
#[derive(Deserialize)]
pub struct Nothing {}

/// Ends what is signed in and opened here, and has the browser forget everything of this site.
///
/// # Errors
/// A form that is not ours; a store that does not answer.
pub async fn post_finish(
    request: HttpRequest,
    browser: Browser,
    guard: web::Data<CsrfGuard>,
    gateway: web::Data<Gateway>,
    _form: CsrfForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    end_sessions(&request, &guard, &gateway).await?;
    browser.forget_refresh();
    wiped(&guard, "/finished")
}

/// Ends the sessions that the cookies of a request name.
///
/// # Errors
/// When the database does not answer.
pub async fn end_sessions(request: &HttpRequest, guard: &CsrfGuard, gateway: &Gateway) -> Result<(), StoreError> {
    if let Some(id) = guard.cookie_value(request, RESIDENT_COOKIE) {
        gateway.store.resident_sign_out(cookie_sha256(&id), gateway.clock.now()).await?;
    }
    if let Some(id) = guard.cookie_value(request, FILING_COOKIE) {
        gateway.store.filing_session_end(cookie_sha256(&id)).await?;
    }
    Ok(())
}

/// The way to a page, for a browser that is to forget everything of this site. Its cookies are taken back one by one too, for
/// browsers that do not know the header, or heed it over TLS alone.
///
/// # Errors
/// Never, for cookies that are ours.
pub fn wiped(guard: &CsrfGuard, location: &str) -> Result<HttpResponse, Problem> {
    let mut response = see_other(location);
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static(EVERYTHING));
    for name in ["browser", RESIDENT_COOKIE, FILING_COOKIE, SHARED_COOKIE, "sign-in"] {
        response.add_cookie(&ended(guard, name)).map_err(Problem::internal)?;
    }
    Ok(response)
}

fn ended(guard: &CsrfGuard, name: &str) -> actix_web::cookie::Cookie<'static> {
    let mut cookie = guard.cookie(name, String::new());
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// `?late=1&next=/apply/...`: the time was over, and where the person was.
#[derive(Debug, Deserialize)]
pub struct Ended {
    #[serde(default)]
    late: u8,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "resident/finished.html")]
struct FinishedView {
    page: Page,
    late: bool,
    /// Where to sign in and go on; empty: nowhere in particular.
    again: String,
}

/// What was done, and how to come back. Nothing is wiped by opening it, but for a shared computer whose time is over.
///
/// # Errors
/// Never, for cookies that are ours.
pub async fn get_finished(
    page: Page,
    request: HttpRequest,
    guard: web::Data<CsrfGuard>,
    asked: web::Query<Ended>,
) -> Result<HttpResponse, Problem> {
    let late = asked.late == 1;
    let is_over = late && Shared::of(&guard, &request) == Shared::Over;
    let next = Some(asked.into_inner().next).filter(|next| super::sign_in::is_next(next));
    let again = next.filter(|_| page.offers_sign_in).map(|next| format!("/sign-in?next={next}")).unwrap_or_default();
    let page = page.titled(if late { "shared-late-title" } else { "shared-finished-title" });
    let view = FinishedView { late, again, page };
    let mut response = view.page.respond(StatusCode::OK, &view);
    if is_over {
        response
            .headers_mut()
            .insert(header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static(EVERYTHING));
    }
    Ok(response)
}
