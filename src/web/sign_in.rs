//! `GET /auth/challenge` and `POST /auth/login`: signing in with a card, as the examples of the Web eID ecosystem do it.
//!
//! The challenge is bound to a cookie that is set with it and serves nothing else. That binding is what keeps a stranger
//! from signing somebody's browser in as himself: a token answers the challenge of his own browser only. So the answer
//! carries no form token; beside the binding, the browser's own word on where the request comes from counts, and it
//! must be JSON, which no form of another site can send unasked.
use actix_web::cookie::time::Duration;
use actix_web::http::header;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use super::extract::body::BodyReader;
use super::extract::csrf::{Browser, CsrfGuard, random_id};
use super::extract::session::{RESIDENT_COOKIE, cookie_sha256};
use super::middleware::envelope::ClientAddress;
use super::problem::Problem;
use super::state::WebState;
use crate::gateway::Gateway;
use crate::gateway::sign_in::{Challenge, SignInBrowser, SignInStop};
use crate::intake::json;
use crate::submission::rejection::RejectionCode;
use crate::web_eid::MAX_TOKEN;

/// The cookie that a challenge is bound to, without its prefix.
const CHALLENGE_COOKIE: &str = "sign-in";

/// `GET /auth/challenge`: `{"nonce": "<256 random bits in base64>"}`.
///
/// # Errors
/// 404 where signing in is not offered, 429, 503.
pub async fn get_challenge(
    request: HttpRequest,
    guard: web::Data<CsrfGuard>,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
) -> Result<HttpResponse, Error> {
    admit(&request, &state)?;
    let id = random_id().map_err(Problem::internal)?;
    let before = guard.cookie_value(&request, CHALLENGE_COOKIE).map(|cookie| cookie_sha256(&cookie));
    let given = gateway.sign_in_challenge(cookie_sha256(&id), before).await.map_err(Problem::from)?;
    let Challenge::Given(nonce) = given else {
        let detail = "Too many people are signing in just now. Try again in a few minutes.";
        return Err(Problem::new(RejectionCode::Overloaded, detail).retry_after(60).into());
    };
    let mut response =
        HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "nonce": nonce }));
    response.add_cookie(&guard.cookie(CHALLENGE_COOKIE, id)).map_err(Problem::internal)?;
    Ok(response)
}

/// The body of `POST /auth/login`: the token, or an object that has it as `auth-token` or `authToken`.
#[derive(Debug)]
pub struct LoginBody(Bytes);

impl FromRequest for LoginBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
            if !essence.eq_ignore_ascii_case("application/json") {
                return Err(Problem::new(RejectionCode::UnsupportedMediaType, "Send application/json."));
            }
            let most = u64::try_from(MAX_TOKEN).unwrap_or_default() + 1024;
            Ok(Self(BodyReader::new(&request, payload)?.at_most(most).collect().await?))
        })
    }
}

impl LoginBody {
    /// The token's own bytes. What holds it is read by the same strict reader as the token, and written again: a name
    /// that stands twice anywhere in it is refused, not chosen from.
    fn token(self) -> Bytes {
        let Ok(Value::Object(mut members)) = json::parse(&self.0) else { return self.0 };
        let inner = members.remove("auth-token").or_else(|| members.remove("authToken"));
        match inner {
            Some(inner @ Value::Object(_)) => Bytes::from(inner.to_string()),
            _ => self.0,
        }
    }
}

/// `POST /auth/login`: signs in and sets the session's cookie.
///
/// # Errors
/// 403 from another site, 404 where signing in is not offered, 415, 422 with what is wrong and what to do, 429, 503.
pub async fn post_login(
    request: HttpRequest,
    browser: Browser,
    guard: web::Data<CsrfGuard>,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    body: LoginBody,
) -> Result<HttpResponse, Error> {
    admit(&request, &state)?;
    if !browser.is_from_us() {
        return Err(Problem::new(RejectionCode::Forbidden, "This was not sent from a page of this site.").into());
    }
    let id = random_id().map_err(Problem::internal)?;
    let known = |name: &str| guard.cookie_value(&request, name).map(|cookie| cookie_sha256(&cookie));
    let cookies = SignInBrowser {
        challenge: known(CHALLENGE_COOKIE),
        session: cookie_sha256(&id),
        session_before: known(RESIDENT_COOKIE),
    };
    gateway.sign_in(&body.token(), cookies).await.map_err(|stop| match stop {
        SignInStop::Refused(rejection) => Problem::from(*rejection),
        SignInStop::Store(error) => Problem::from(error),
    })?;
    let mut response =
        HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "location": "/account" }));
    let mut spent = guard.cookie(CHALLENGE_COOKIE, String::new());
    spent.set_max_age(Duration::ZERO);
    response.add_cookie(&spent).map_err(Problem::internal)?;
    response.add_cookie(&guard.cookie(RESIDENT_COOKIE, id)).map_err(Problem::internal)?;
    Ok(response)
}

/// Whether signing in is offered, and this address has not tried too often.
fn admit(request: &HttpRequest, state: &WebState) -> Result<(), Problem> {
    if !state.config.sign_in.enabled {
        return Err(Problem::not_found());
    }
    let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let Some(address) = address else { return Ok(()) };
    state.card_sign_ins.check(address).map_err(|seconds| {
        Problem::new(RejectionCode::TooManyRequests, "Too many sign-ins were tried from this address within a minute.")
            .retry_after(seconds)
    })
}
