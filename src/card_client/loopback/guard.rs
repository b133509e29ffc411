//! What every request must pass before a handler sees it: Host, Origin, pairing token, media type; and the headers of
//! every answer.
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};

use super::operation::error_body;
use super::peer;
use super::state::Agent;
use crate::card_client::ClientError;
use crate::card_client::pairing::{Pairing, pairings};
use crate::card_client::trust::trusted;

/// The origin that a call of the interface comes from, known to be trusted or paired; put there by [`guard`] alone.
#[derive(Debug, Clone)]
pub struct KnownOrigin {
    /// The origin.
    pub origin: String,
    /// Its pairing. Beyond [`OPEN_CALLS`] there always is one, and the call showed its token.
    pub pairing: Option<Pairing>,
}

/// The calls that need no token: those with which a page finds out whether this is its agent, and is paired.
const OPEN_CALLS: [&str; 3] = ["/v1/hello", "/v1/pair", "/v1/pair/confirm"];

/// A refusal as the interface tells it.
pub fn refusal(status: StatusCode, error: &ClientError) -> HttpResponse {
    HttpResponse::build(status).json(serde_json::json!({ "error": error_body(error) }))
}

fn boxed(status: StatusCode, error: &ClientError) -> Box<HttpResponse> {
    Box::new(refusal(status, error))
}

/// Lets through what may be answered; everything else ends here.
///
/// # Errors
/// Those of the handler.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut cors = None;
    let passed = check(&request, &mut cors);
    let mut response = match passed {
        Ok(Verdict::Serve) => next.call(request).await?.map_into_left_body(),
        Ok(Verdict::Answer(answer)) => request.into_response(answer).map_into_right_body(),
        Err(answer) => request.into_response(*answer).map_into_right_body(),
    };
    set_headers(response.headers_mut(), cors.as_deref());
    Ok(response)
}

enum Verdict {
    Serve,
    Answer(HttpResponse),
}

fn check(request: &ServiceRequest, cors: &mut Option<String>) -> Result<Verdict, Box<HttpResponse>> {
    let agent =
        request.app_data::<web::Data<Agent>>().ok_or_else(|| Box::new(HttpResponse::InternalServerError().finish()))?;
    if one_header(request.headers(), &header::HOST) != Some(agent.host.as_str()) {
        let error =
            ClientError::refused("host-not-allowed", "wrong Host", "the agent answers under its own address only");
        return Err(boxed(StatusCode::MISDIRECTED_REQUEST, &error));
    }
    if !peer::is_ours(request.peer_addr(), agent.address) {
        let error =
            ClientError::refused("user-not-allowed", "another user", "the agent answers its own user's programs");
        return Err(boxed(StatusCode::FORBIDDEN, &error));
    }
    if !request.path().starts_with("/v1/") {
        return Ok(Verdict::Serve);
    }
    if !agent.answers_pages {
        let error = ClientError::refused("no-interface", "no page is answered here", "the browser's extension is");
        return Err(boxed(StatusCode::NOT_FOUND, &error));
    }
    let known = known_origin(agent, request.headers())?;
    *cors = Some(known.origin.clone());
    if request.method() == Method::OPTIONS {
        return Ok(Verdict::Answer(preflight(request.headers())));
    }
    if !OPEN_CALLS.contains(&request.path()) {
        check_token(&known, request.headers())?;
    }
    let is_json = one_header(request.headers(), &header::CONTENT_TYPE).is_some_and(|value| {
        value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if request.method() == Method::POST && !is_json {
        let error = ClientError::refused("media-type", "not JSON", "send Content-Type: application/json");
        return Err(boxed(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error));
    }
    request.extensions_mut().insert(known);
    Ok(Verdict::Serve)
}

/// The origin that asks, where it is paired or a gateway whose keys are pinned; any other answer has no CORS header, so
/// that a page learns nothing.
fn known_origin(agent: &Agent, headers: &HeaderMap) -> Result<KnownOrigin, Box<HttpResponse>> {
    let failed = |error: ClientError| boxed(StatusCode::INTERNAL_SERVER_ERROR, &error);
    let asks = one_header(headers, &header::ORIGIN);
    let paired = pairings(&agent.folder).map_err(failed)?;
    if let Some(pairing) = paired.into_iter().find(|pairing| Some(pairing.origin.as_str()) == asks) {
        return Ok(KnownOrigin { origin: pairing.origin.clone(), pairing: Some(pairing) });
    }
    let pinned = trusted(&agent.folder).map_err(failed)?;
    if let Some(gateway) = pinned.into_iter().find(|gateway| Some(gateway.origin.as_str()) == asks) {
        return Ok(KnownOrigin { origin: gateway.origin, pairing: None });
    }
    let detail = "trust and pair it first: madoguchi-card pair ORIGIN";
    Err(boxed(StatusCode::FORBIDDEN, &ClientError::refused("origin-not-paired", "this site is not paired", detail)))
}

fn check_token(known: &KnownOrigin, headers: &HeaderMap) -> Result<(), Box<HttpResponse>> {
    let token = one_header(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    match (&known.pairing, token) {
        (Some(pairing), Some(token)) if pairing.accepts(token) => Ok(()),
        _ => {
            let detail = "the pairing token is missing or not this origin's";
            Err(boxed(StatusCode::UNAUTHORIZED, &ClientError::refused("token-invalid", "not paired", detail)))
        }
    }
}

fn preflight(headers: &HeaderMap) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    answer
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
    if headers.contains_key("access-control-request-private-network") {
        answer.insert_header(("access-control-allow-private-network", "true"));
    }
    answer.finish()
}

fn set_headers(headers: &mut HeaderMap, cors: Option<&str>) {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(value) = cors.and_then(|origin| HeaderValue::from_str(origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    } else {
        // A resource of the agent's own pages: no other origin may load it at all.
        let name = HeaderName::from_static("cross-origin-resource-policy");
        headers.insert(name, HeaderValue::from_static("same-origin"));
    }
}

/// The value of a header that stands there exactly once.
pub fn one_header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
