//! The HTTP API, version 1 (public contract section 5): a file a noun.
pub mod agency_feed;
pub mod agency_identity;
pub mod agency_submissions;
pub mod answer;
pub mod applications;
pub mod health;
pub mod keys;
pub mod openapi;
pub mod operator_crls;
pub mod problems;
pub mod procedures;
pub mod statuses;
pub mod submissions;
pub mod validations;
pub mod views;

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;

use crate::web::problem::Problem;

/// 200 with a JSON document.
fn json<T: Serialize>(value: &T) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(body))
}
