//! The gateway's public keys, retired ones among them.
use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::gateway::Gateway;
use crate::web::problem::Problem;

/// `GET /.well-known/jwks.json` (RFC 7517).
///
/// # Errors
/// None.
pub async fn get_keys(gateway: web::Data<Gateway>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/jwk-set+json")
        .body(gateway.keys.set_json().to_owned()))
}
