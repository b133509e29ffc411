//! The interface for the pages of gateways: JSON in, JSON out, never a PIN.
use std::collections::HashSet;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

use super::guard::{KnownOrigin, refusal};
use super::operation::{Kind, LIFE_SECONDS, MAX_FILINGS, too_large};
use super::state::Agent;
use crate::card_client::ClientError;
use crate::card_client::pairing::offer::{self, PageProof};
use crate::card_client::request::{CheckedRequest, Envelope};
use crate::card_client::texts::Language;
use crate::card_client::trust::RollingKeys;
use crate::card_client::used::UsedRequests;
use crate::card_client::web_eid;

/// `POST /v1/hello`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelloCall {
    challenge: String,
}

/// `POST /v1/pair`, `POST /v1/certificate`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainCall {
    #[serde(default)]
    language: Language,
}

/// `POST /v1/sign`: one request or several.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignCall {
    #[serde(default)]
    language: Language,
    #[serde(default)]
    mgreq: Option<Envelope>,
    #[serde(default)]
    mgreqs: Vec<Envelope>,
}

/// `POST /v1/authenticate`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthenticateCall {
    #[serde(default)]
    language: Language,
    challenge_nonce: String,
}

/// Who answers here: the agent shows a paired page that it is the one that it was paired with.
pub async fn post_hello(agent: web::Data<Agent>, known: web::ReqData<KnownOrigin>, body: web::Bytes) -> HttpResponse {
    let call = match serde_json::from_slice::<HelloCall>(&body) {
        Ok(call) if URL_SAFE_NO_PAD.decode(&call.challenge).is_ok_and(|bytes| bytes.len() == 32) => call,
        Ok(_) => return bad_call("the challenge is not 32 bytes in base64url"),
        Err(error) => return bad_json(&error),
    };
    let proof = known.pairing.as_ref().map(|pairing| pairing.prove(&agent.origin, &call.challenge)).transpose();
    match proof {
        Ok(proof) => HttpResponse::Ok().json(json!({
            "agent": "madoguchi-card",
            "version": env!("CARGO_PKG_VERSION"),
            "api": 2,
            "paired": proof.is_some(),
            "proof": proof,
        })),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

/// Asks the person to pair with the page's origin; the code is shown in the agent's window.
pub async fn post_pair(agent: web::Data<Agent>, known: web::ReqData<KnownOrigin>, body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<PlainCall>(&body) {
        Ok(call) => begun(agent.begin(&known.origin, Kind::Pair, call.language)),
        Err(error) => bad_json(&error),
    }
}

/// Pairs, where the page knows the code.
pub async fn post_confirm(agent: web::Data<Agent>, known: web::ReqData<KnownOrigin>, body: web::Bytes) -> HttpResponse {
    let proof = match serde_json::from_slice::<PageProof>(&body) {
        Ok(proof) => proof,
        Err(error) => return bad_json(&error),
    };
    let (at, now) = (agent.clone(), agent.now());
    // Stretching the code takes its time.
    let paired = web::block(move || offer::confirm(&at.folder, &known.origin, &at.origin, &proof, now)).await;
    match paired {
        Ok(Ok(paired)) => HttpResponse::Created().json(paired),
        Ok(Err(error)) => refusal(StatusCode::FORBIDDEN, &error),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// What runs here.
pub async fn get_status(agent: web::Data<Agent>) -> HttpResponse {
    let busy = agent.inner().is_busy(agent.now());
    HttpResponse::Ok().json(json!({
        "agent": "madoguchi-card",
        "version": env!("CARGO_PKG_VERSION"),
        "api": 2,
        "busy": busy,
    }))
}

/// Asks for the certificate.
pub async fn post_certificate(
    agent: web::Data<Agent>,
    known: web::ReqData<KnownOrigin>,
    body: web::Bytes,
) -> HttpResponse {
    match serde_json::from_slice::<PlainCall>(&body) {
        Ok(call) => begun(agent.begin(&known.origin, Kind::Certificate, call.language)),
        Err(error) => bad_json(&error),
    }
}

/// Asks for signatures; the requests are checked before a window is opened.
pub async fn post_sign(
    agent: web::Data<Agent>,
    known: web::ReqData<KnownOrigin>,
    body: Result<web::Bytes, actix_web::Error>,
) -> HttpResponse {
    let Ok(body) = body else { return refusal(StatusCode::PAYLOAD_TOO_LARGE, &too_large()) };
    let call = match serde_json::from_slice::<SignCall>(&body) {
        Ok(call) => call,
        Err(error) => return bad_json(&error),
    };
    let mut asked = call.mgreqs;
    asked.extend(call.mgreq);
    let (checking, origin) = (agent.clone(), known.origin.clone());
    // Apart: keys that rolled over are fetched from the gateway.
    match web::block(move || sign_kind(&checking, &origin, &asked)).await {
        Ok(Ok(kind)) => begun(agent.begin(&known.origin, kind, call.language)),
        Ok(Err(error)) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &error),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &ClientError::fault(error.to_string())),
    }
}

/// Asks for a sign-in.
pub async fn post_authenticate(
    agent: web::Data<Agent>,
    known: web::ReqData<KnownOrigin>,
    body: web::Bytes,
) -> HttpResponse {
    let call = match serde_json::from_slice::<AuthenticateCall>(&body) {
        Ok(call) => call,
        Err(error) => return bad_json(&error),
    };
    match authenticate_kind(call.challenge_nonce) {
        Ok(kind) => begun(agent.begin(&known.origin, kind, call.language)),
        Err(error) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &error),
    }
}

/// What signs these requests of `origin`, each of them checked. Blocks where the gateway's keys rolled over: they are
/// fetched then.
///
/// # Errors
/// With the code of the first check that failed; `request-malformed` for none or too many.
pub fn sign_kind(agent: &Agent, origin: &str, asked: &[Envelope]) -> Result<Kind, ClientError> {
    if asked.is_empty() || asked.len() > MAX_FILINGS {
        let detail = format!("1 to {MAX_FILINGS} signing requests are taken at once");
        return Err(ClientError::refused("request-malformed", "the signing request cannot be read", detail));
    }
    let keys = RollingKeys { folder: agent.folder.clone(), clock: agent.clock() };
    let check = |envelope: &Envelope| CheckedRequest::check(envelope, &keys, Some(origin), agent.now()).map(Arc::new);
    let requests = asked.iter().map(check).collect::<Result<Vec<_>, _>>()?;
    // Looked at now, so that nobody reads and types a PIN for what will not be signed; the signer looks again.
    let used = UsedRequests::take(&agent.folder, agent.now())?;
    let mut seen = HashSet::new();
    for request in &requests {
        used.check(request)?;
        if !seen.insert(request.claims().jti.as_str()) {
            let detail = "the same request stands twice among those to be signed";
            return Err(ClientError::refused("request-used", "a request is signed once", detail));
        }
    }
    drop(seen);
    Ok(Kind::Sign { requests, agreed: 0 })
}

/// What signs in over a nonce.
///
/// # Errors
/// `nonce-malformed`.
pub fn authenticate_kind(nonce: String) -> Result<Kind, ClientError> {
    match web_eid::is_nonce(&nonce) {
        true => Ok(Kind::Authenticate { nonce }),
        false => {
            let detail = "a nonce has 44 to 128 characters of base64";
            Err(ClientError::refused("nonce-malformed", "the nonce cannot be used", detail))
        }
    }
}

fn begun(begun: Result<String, ClientError>) -> HttpResponse {
    match begun {
        Ok(operation) => HttpResponse::Accepted().json(json!({ "operation": operation, "expires_in": LIFE_SECONDS })),
        Err(error) => {
            let status = match error.code {
                "busy" => StatusCode::CONFLICT,
                "too-many" => StatusCode::TOO_MANY_REQUESTS,
                "client-ending" => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            refusal(status, &error)
        }
    }
}

/// How far an operation is.
pub async fn get_operation(
    agent: web::Data<Agent>,
    known: web::ReqData<KnownOrigin>,
    id: web::Path<String>,
) -> HttpResponse {
    let now = agent.now();
    match agent.inner().find(&known.origin, &id) {
        Some(operation) => HttpResponse::Ok().json(operation.report(now)),
        None => unknown(),
    }
}

/// Ends an operation.
pub async fn delete_operation(
    agent: web::Data<Agent>,
    known: web::ReqData<KnownOrigin>,
    id: web::Path<String>,
) -> HttpResponse {
    match agent.inner().find(&known.origin, &id) {
        Some(operation) => {
            operation.cancel();
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
    bad_call(&error.to_string())
}

fn bad_call(reason: &str) -> HttpResponse {
    let error = ClientError::refused("bad-json", "the call cannot be read", reason);
    refusal(StatusCode::BAD_REQUEST, &error)
}
