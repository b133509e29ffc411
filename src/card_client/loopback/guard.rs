//! What every request must pass before a handler sees it: Host, Origin, pairing token, media type; and the headers of
//! every answer.
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};

use super::operation::error_body;
use super::state::Agent;
use crate::card_client::ClientError;
use crate::card_client::pairing::{Pairing, pairings};

/// The paired origin that a call of the interface comes from; put there by [`guard`] alone.
#[derive(Debug, Clone)]
pub struct PairedOrigin(pub String);

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
    let is_interface = request.path().starts_with("/v1/");
    let mut cors = None;
    let passed = check(&request, is_interface, &mut cors);
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

fn check(
    request: &ServiceRequest,
    is_interface: bool,
    cors: &mut Option<String>,
) -> Result<Verdict, Box<HttpResponse>> {
    let agent =
        request.app_data::<web::Data<Agent>>().ok_or_else(|| Box::new(HttpResponse::InternalServerError().finish()))?;
    if one_header(request.headers(), &header::HOST) != Some(agent.host.as_str()) {
        let error =
            ClientError::refused("host-not-allowed", "wrong Host", "the agent answers under its own address only");
        return Err(boxed(StatusCode::MISDIRECTED_REQUEST, &error));
    }
    if !is_interface {
        return Ok(Verdict::Serve);
    }
    let pairing = paired(agent, request.headers())?;
    *cors = Some(pairing.origin.clone());
    if request.method() == Method::OPTIONS {
        return Ok(Verdict::Answer(preflight(request.headers())));
    }
    let token = one_header(request.headers(), &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    if !token.is_some_and(|token| pairing.accepts(token)) {
        let error =
            ClientError::refused("token-invalid", "not paired", "the pairing token is missing or not this origin's");
        return Err(boxed(StatusCode::UNAUTHORIZED, &error));
    }
    let is_json = one_header(request.headers(), &header::CONTENT_TYPE).is_some_and(|value| {
        value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if request.method() == Method::POST && !is_json {
        let error = ClientError::refused("media-type", "not JSON", "send Content-Type: application/json");
        return Err(boxed(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error));
    }
    request.extensions_mut().insert(PairedOrigin(pairing.origin));
    Ok(Verdict::Serve)
}

/// The pairing of the origin that asks; its answer without one has no CORS header, so a page learns nothing.
fn paired(agent: &Agent, headers: &HeaderMap) -> Result<Pairing, Box<HttpResponse>> {
    let known = pairings(&agent.folder).map_err(|error| boxed(StatusCode::INTERNAL_SERVER_ERROR, &error))?;
    let origin = one_header(headers, &header::ORIGIN);
    known.into_iter().find(|pairing| Some(pairing.origin.as_str()) == origin).ok_or_else(|| {
        let error =
            ClientError::refused("origin-not-paired", "this site is not paired", "pair it: madoguchi-card pair ORIGIN");
        boxed(StatusCode::FORBIDDEN, &error)
    })
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
