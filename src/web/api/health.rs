//! Whether the gateway is alive, and whether it can work.
use actix_web::HttpResponse;

use crate::web::problem::Problem;

/// `GET /healthz`: the process answers.
///
/// # Errors
/// None.
pub async fn get_healthz() -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().content_type("application/json").body("{\"status\":\"alive\"}"))
}
