//! The OpenAPI document, kept by hand beside the code; a test compares it with the table of routes, both ways.
use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::web::problem::Problem;
use crate::web::state::WebState;

/// The document as it stands in the sources; its server is a placeholder.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /api/openapi.json`.
///
/// # Errors
/// None.
pub async fn get_openapi(state: web::Data<WebState>) -> Result<HttpResponse, Problem> {
    let document = DOCUMENT.replace("https://madoguchi.example", &state.origin);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(document))
}
