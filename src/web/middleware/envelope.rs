//! The one middleware around every request: request id and span, address and rate limit, the limit on the body's
//! announced size, a net under panics, problems rendered, security headers, metrics. One, because each costs a boxed
//! future and a filing is to cost as few as can be.
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use futures_util::FutureExt;
use tracing::Instrument;

use super::client_address::client_address;
use super::security_headers;
use crate::clock::Stopwatch;
use crate::submission::rejection::RejectionCode;
use crate::telemetry;
use crate::web::extract::csrf;
use crate::web::extract::request_id::RequestId;
use crate::web::problem::{self, Problem, Rendered};
use crate::web::state::WebState;

/// The client's address, in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Surrounds a request.
///
/// # Errors
/// Where no request is left to answer (a panic): an error whose answer is complete.
pub async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let stopwatch = Stopwatch::start();
    let Some(state) = request.app_data::<web::Data<WebState>>().cloned() else {
        return Err(Problem::internal("the web state is missing").into());
    };
    let id = RequestId::of(&request);
    let span = tracing::info_span!(target: "madoguchi::http", "request", id = id.as_str());
    async move {
        let mut response = match admit(&request, &state, &id) {
            Ok(()) => proceed(request, next, &state).await?,
            Err(problem) => request.into_response(render(None, &problem, &state)),
        };
        finish(&mut response, &state, &id);
        note(&response, stopwatch);
        Ok(response)
    }
    .instrument(span)
    .await
}

/// Whether the request may go on at all.
fn admit(request: &ServiceRequest, state: &WebState, id: &RequestId) -> Result<(), Problem> {
    let address = client_address(request, &state.config.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address));
    request.extensions_mut().insert(id.clone());
    state.limiter.check(address).map_err(|seconds| {
        Problem::new(RejectionCode::TooManyRequests, "Too many requests came from this address within a minute.")
            .retry_after(seconds)
    })?;
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > state.config.limits.body) {
        let most = state.config.limits.body;
        return Err(Problem::new(RejectionCode::TooLarge, format!("A request may hold {most} bytes at most.")));
    }
    Ok(())
}

/// Runs the rest of the way; whatever goes wrong there comes out as a problem.
async fn proceed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    state: &web::Data<WebState>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    let response = match outcome {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => return Err(Rendered::new(of_error(&error), state.origin.clone()).into()),
        Err(_panic) => {
            let problem = Problem::internal("a handler panicked");
            return Err(Rendered::new(problem, state.origin.clone()).into());
        }
    };
    let Some(problem) = problem_of(&response) else { return Ok(response) };
    let (request, old) = response.into_parts();
    let mut answer = render(Some(&request), &problem, state);
    // What the handler set beside its problem (a cookie taken back, say) stays.
    for (name, value) in old.headers().iter().filter(|(name, _)| **name == header::SET_COOKIE) {
        answer.headers_mut().append(name.clone(), value.clone());
    }
    Ok(ServiceResponse::new(request, answer))
}

/// The problem that a response stands for: its error's, or by its status where it has no body of its own.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    // An extractor may also lead elsewhere (to the sign-in): that is no problem.
    if let Some(error) = response.response().error().filter(|_| !status.is_redirection()) {
        return Some(of_error(error));
    }
    if !(status.is_client_error() || status.is_server_error()) || response.headers().contains_key(header::CONTENT_TYPE)
    {
        return None;
    }
    Some(problem::of_status(status))
}

fn of_error(error: &Error) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => problem::of_status(error.as_response_error().status_code()),
    }
}

/// The answer to a problem: a page for who asks for pages outside the API, JSON for everyone else.
fn render(request: Option<&actix_web::HttpRequest>, problem: &Problem, state: &WebState) -> actix_web::HttpResponse {
    telemetry::count_refusal(problem.code().as_str());
    let page = request.filter(|request| wants_page(request)).and_then(|request| (state.error_page)(request, problem));
    problem.respond(&state.origin, page)
}

fn wants_page(request: &actix_web::HttpRequest) -> bool {
    let path = request.path();
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_for_programs = ["/api/", "/auth/", "/.well-known/"].iter().any(|start| path.starts_with(start));
    !is_for_programs && accepts.contains("text/html")
}

fn finish(response: &mut ServiceResponse<BoxBody>, state: &WebState, id: &RequestId) {
    csrf::send_cookie(response);
    let https = state.origin.starts_with("https:");
    security_headers::add(response.headers_mut(), https);
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(header::HeaderName::from_static("x-request-id"), value);
    }
}

/// One line of log and one count a request. The route is the table's line, never the path: a path names a filing.
fn note(response: &ServiceResponse<BoxBody>, stopwatch: Stopwatch) {
    let request = response.request();
    let route = request.match_name().unwrap_or("none");
    let status = response.status().as_u16();
    telemetry::count_request(route, status, stopwatch.elapsed());
    let micros = u64::try_from(stopwatch.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(target: "madoguchi::http", route, status, micros, "answered");
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpResponse};

    use super::*;
    use crate::web::config::WebConfig;

    async fn falls() -> HttpResponse {
        panic!("secret of the inside")
    }

    async fn says_nothing() -> HttpResponse {
        HttpResponse::BadRequest().finish()
    }

    #[actix_web::test]
    async fn a_panic_is_a_fault_without_its_text_and_the_next_request_is_served() {
        let state = web::Data::new(WebState::new(WebConfig::default()));
        let app = App::new().app_data(state).wrap(from_fn(envelope)).route("/falls", web::get().to(falls));
        let app = init_service(app.route("/mute", web::get().to(says_nothing))).await;
        let error = try_call_service(&app, TestRequest::get().uri("/falls").to_request()).await.unwrap_err();
        let answer = error.error_response();
        assert_eq!(answer.status(), 500);
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "internal");
        assert_eq!(body["type"], "http://127.0.0.1:8080/problems/internal");
        assert!(!body.to_string().contains("secret"));
        let mute = try_call_service(&app, TestRequest::get().uri("/mute").to_request()).await.unwrap();
        assert_eq!(mute.headers().get("content-type").unwrap(), problem::MEDIA_TYPE);
    }
}
