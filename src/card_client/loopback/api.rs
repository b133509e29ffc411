//! The interface for the pages of paired gateways: JSON in, JSON out, never a PIN.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::guard::{PairedOrigin, refusal};
use super::operation::{Kind, LIFE_SECONDS, Progress};
use super::state::Agent;
use crate::card_client::ClientError;
use crate::card_client::request::{CheckedRequest, Envelope};
use crate::card_client::texts::Language;
use crate::card_client::trust::PinnedKeys;

/// `POST /v1/certificate`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateCall {
    #[serde(default)]
    language: Language,
}

/// `POST /v1/sign`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignCall {
    #[serde(default)]
    language: Language,
    mgreq: Envelope,
}

/// What runs here.
pub async fn get_status(agent: web::Data<Agent>) -> HttpResponse {
    let inner = agent.inner();
    HttpResponse::Ok().json(json!({
        "agent": "madoguchi-card",
        "version": env!("CARGO_PKG_VERSION"),
        "api": 1,
        "tokens": ["pkcs12"],
        "cards": inner.present().len(),
        "busy": inner.is_busy(agent.now()),
    }))
}

/// Asks for the certificate.
pub async fn post_certificate(
    agent: web::Data<Agent>,
    origin: web::ReqData<PairedOrigin>,
    body: web::Bytes,
) -> HttpResponse {
    match serde_json::from_slice::<CertificateCall>(&body) {
        Ok(call) => begin(&agent, &origin.0, Kind::Certificate, call.language),
        Err(error) => bad_json(&error),
    }
}

/// Asks for a signature; the request is checked before a window is worth opening.
pub async fn post_sign(agent: web::Data<Agent>, origin: web::ReqData<PairedOrigin>, body: web::Bytes) -> HttpResponse {
    let call = match serde_json::from_slice::<SignCall>(&body) {
        Ok(call) => call,
        Err(error) => return bad_json(&error),
    };
    let keys = PinnedKeys(agent.folder.clone());
    match CheckedRequest::check(&call.mgreq, &keys, Some(&origin.0), agent.now()) {
        Ok(request) => begin(&agent, &origin.0, Kind::Sign(Box::new(request)), call.language),
        Err(error) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &error),
    }
}

fn begin(agent: &Agent, origin: &str, kind: Kind, language: Language) -> HttpResponse {
    let mut inner = agent.inner();
    match inner.begin(origin, kind, language, agent.now()) {
        Ok(operation) => HttpResponse::Accepted().json(json!({
            "operation": operation.id,
            "url": format!("{}/p/{}", agent.origin, operation.page_key.as_deref().unwrap_or_default()),
            "expires_in": LIFE_SECONDS,
        })),
        Err(error) if error.code == "busy" => refusal(StatusCode::CONFLICT, &error),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

/// How far an operation is.
pub async fn get_operation(
    agent: web::Data<Agent>,
    origin: web::ReqData<PairedOrigin>,
    id: web::Path<String>,
) -> HttpResponse {
    let now = agent.now();
    match agent.inner().find(&origin.0, &id) {
        Some(operation) => HttpResponse::Ok().json(operation.report(now)),
        None => unknown(),
    }
}

/// Ends an operation.
pub async fn delete_operation(
    agent: web::Data<Agent>,
    origin: web::ReqData<PairedOrigin>,
    id: web::Path<String>,
) -> HttpResponse {
    match agent.inner().find(&origin.0, &id) {
        Some(operation) => {
            let detail = "the page that asked goes on another way";
            operation.progress = Progress::Ended(ClientError::refused("cancelled", "cancelled by the page", detail));
            HttpResponse::NoContent().finish()
        }
        None => unknown(),
    }
}

/// Everything else.
pub async fn not_found() -> HttpResponse {
    let error = ClientError::refused("not-found", "there is nothing here", "see docs/card-client.md");
    refusal(StatusCode::NOT_FOUND, &error)
}

fn unknown() -> HttpResponse {
    let error =
        ClientError::refused("operation-unknown", "no such operation", "it is over, or another site's; ask again");
    refusal(StatusCode::NOT_FOUND, &error)
}

fn bad_json(error: &serde_json::Error) -> HttpResponse {
    let error = ClientError::refused("bad-json", "the call cannot be read", error.to_string());
    refusal(StatusCode::BAD_REQUEST, &error)
}
