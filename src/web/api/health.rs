//! Whether the gateway is alive, whether it can work, and its figures.
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};

use crate::gateway::Gateway;
use crate::pki::crl::CrlSummary;
use crate::telemetry::{self, CrlFigures};
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

/// `GET /readyz`: database and documents writable, anchors and index loaded. Stale revocation lists are told, and do not make it
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
pub async fn get_metrics(
    request: HttpRequest,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
) -> Result<HttpResponse, Problem> {
    let allowed = &state.config.metrics_from;
    let client = request.extensions().get::<ClientAddress>().copied();
    if !allowed.is_empty()
        && !client.is_some_and(|ClientAddress(at)| allowed.iter().any(|network| network.contains(&at)))
    {
        return Err(Problem::not_found());
    }
    let now = gateway.clock.now();
    let lists: Vec<_> = gateway.crls.list().iter().map(|list| figures(list, now)).collect();
    let text = telemetry::render(&lists);
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

/// Names are hashed: a figure's label is no place for a sentence.
fn figures(list: &CrlSummary, now: DateTime<Utc>) -> CrlFigures {
    let hash = |text: &str| hex::encode(digest(&SHA256, text.as_bytes()).as_ref().get(..8).unwrap_or_default());
    CrlFigures {
        issuer: hash(&list.identity.issuer),
        scope: hash(&list.scope),
        crl: list.identity.sha256.clone(),
        age: (now - list.identity.this_update).num_seconds(),
        to_next_update: list.identity.next_update.map(|next| (next - now).num_seconds()),
        entries: list.entries,
    }
}
