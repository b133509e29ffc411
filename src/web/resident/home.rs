//! `GET /`: what this is, and where to begin.
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::web::page::Page;

#[derive(Template)]
#[template(path = "resident/home.html")]
struct HomeView {
    page: Page,
}

/// The home page.
pub async fn get(page: Page) -> HttpResponse {
    let view = HomeView { page: page.titled("home-title") };
    view.page.respond(StatusCode::OK, &view)
}
