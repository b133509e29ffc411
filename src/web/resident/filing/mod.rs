//! `/filings/{arrival_number}`: one's own filing after it was filed: where it stands and who acts next, its receipt, and
//! everything that follows. Open in the browser in which the access key was given, and to the resident who signed in and
//! whose account is linked to it.
pub mod correction;
pub mod export;
pub mod mail;
pub mod messages;
pub mod official;
pub mod page;
pub mod receipt;
pub mod withdrawal;

use actix_web::cookie::time::Duration;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, HttpResponse, web};
use serde::Deserialize;

use page::Said;

use super::procedures::see_other;
use crate::web::extract::csrf::{CsrfForm, CsrfGuard};
use crate::web::extract::filing::FilingDoor;
use crate::web::extract::session::FILING_COOKIE;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The filing's page.
///
/// # Errors
/// The way to `/status` where it is not open; 503.
pub async fn get_filing(page: Page, door: FilingDoor) -> Result<HttpResponse, Error> {
    let open = door.open().await?;
    let page = open.frame(page, &door.browser);
    Ok(page::show(page, &door.gateway, open, (StatusCode::OK, Said::default())).await?)
}

/// A form that carries nothing but its token.
#[derive(Deserialize)]
pub struct Nothing {}

/// Closes the filing in this browser: for who shares it with others.
///
/// # Errors
/// A form that is not ours; a store that does not answer.
pub async fn post_close(
    _form: CsrfForm<Nothing>,
    door: FilingDoor,
    guard: web::Data<CsrfGuard>,
) -> Result<HttpResponse, Problem> {
    if let Some(session) = door.session() {
        door.gateway.store.filing_session_end(session).await?;
    }
    let mut cookie = guard.cookie(FILING_COOKIE, String::new());
    cookie.set_max_age(Duration::ZERO);
    let mut response = see_other("/status");
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static("\"cache\""));
    response.add_cookie(&cookie).map_err(Problem::internal)?;
    Ok(response)
}
