//! Whether the gateway is alive, whether it can work, and its figures.
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use crate::gateway::Gateway;
use crate::telemetry;
use crate::web::middleware::envelope::ClientAddress;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// `GET /healthz`: the process answers.
///
/// # Errors
/// None.
pub async fn get_healthz() -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().content_type("application/json").body("{\"status\":\"alive\"}"))
}

/// `GET /readyz`: database writable, anchors and index loaded. Stale revocation lists are told, and do not make it
/// unready: filings that rest on them are held.
///
/// # Errors
/// None: what is not ready is in the answer.
pub async fn get_readyz(gateway: web::Data<Gateway>) -> Result<HttpResponse, Problem> {
    let readiness = gateway.readiness().await;
    let status = if readiness.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(HttpResponse::build(status).json(readiness))
}

/// `GET /metrics`: Prometheus text, for the addresses that may read it.
///
/// # Errors
/// 404 for any other address: nobody else need know.
pub async fn get_metrics(request: HttpRequest, state: web::Data<WebState>) -> Result<HttpResponse, Problem> {
    let allowed = &state.config.metrics_from;
    let client = request.extensions().get::<ClientAddress>().copied();
    if !allowed.is_empty()
        && !client.is_some_and(|ClientAddress(at)| allowed.iter().any(|network| network.contains(&at)))
    {
        return Err(Problem::not_found());
    }
    let text = telemetry::metrics_handle().map(|handle| handle.render()).unwrap_or_default();
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
