//! The HTTP API, version 1 (public contract section 5): a file a noun.
pub mod answer;
pub mod applications;
pub mod health;
pub mod keys;
pub mod openapi;
pub mod problems;
pub mod procedures;
pub mod submissions;
pub mod validations;

use actix_web::HttpResponse;
use serde::Serialize;

use crate::web::problem::Problem;

/// 200 with a JSON document.
fn json<T: Serialize>(value: &T) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}
