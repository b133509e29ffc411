//! `GET /help` and `GET /privacy`: pages that only tell.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::web::page::Page;

#[derive(Template)]
#[template(path = "resident/help.html")]
struct HelpView {
    page: Page,
}

/// What is needed, and what to do without a card reader or JavaScript.
pub async fn get_help(page: Page) -> HttpResponse {
    let view = HelpView { page: page.titled("help-title") };
    view.page.respond(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "resident/privacy.html")]
struct PrivacyView {
    page: Page,
}

/// What is kept of a resident, and for how long.
pub async fn get_privacy(page: Page) -> HttpResponse {
    let view = PrivacyView { page: page.titled("privacy-title") };
    view.page.respond(StatusCode::OK, &view)
}
