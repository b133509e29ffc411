//! Making an application document for a resident to sign.
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;
use serde_json::json;

use super::answer::not_made;
use crate::gateway::Gateway;
use crate::gateway::make::{ApplicationRequest, MadeApplication, MakeError};
use crate::web::extract::body::JsonBody;
use crate::web::problem::Problem;

/// `POST /api/v1/applications`.
///
/// # Errors
/// A refusal that says what is wrong with the request, or 503.
pub async fn post_application(
    gateway: web::Data<Gateway>,
    request: JsonBody<ApplicationRequest>,
) -> Result<HttpResponse, Problem> {
    let made = gateway.make_application(request.0).await.map_err(|error| match error {
        MakeError::Rejected(rejection) => Problem::from(*rejection),
        MakeError::Unavailable => not_made(),
    })?;
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(body(&made)))
}

fn body(made: &MadeApplication) -> serde_json::Value {
    json!({
        "request_id": made.request_id,
        "application": STANDARD.encode(&made.application),
        "sha256": hex::encode(made.sha256),
        "not_after": made.not_after.to_rfc3339_opts(SecondsFormat::Secs, true),
        "request": made.request_jws,
    })
}
