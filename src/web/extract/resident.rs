//! A resident who signed in with their card, known by a session cookie of its own; and who may look at a filing.
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;

use super::bearer::BearerToken;
use super::csrf::CsrfGuard;
use super::session::{RESIDENT_COOKIE, cookie_sha256};
use crate::gateway::Gateway;
use crate::store::resident_sessions::ResidentSession;
use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;
use crate::web::routes::is_safe;

/// A resident who is signed in.
#[derive(Debug, Clone)]
pub struct Resident(pub ResidentSession);

/// A resident who is signed in, or nobody. Never refuses for that.
#[derive(Debug, Clone)]
pub struct MaybeResident(pub Option<ResidentSession>);

/// With what somebody asks for a filing.
#[derive(Debug, Clone)]
pub enum FilingKey {
    /// An access token: it alone is looked at where there is one.
    Token(BearerToken),
    /// A signed-in resident.
    Resident(ResidentSession),
}

/// Nobody is signed in, and a page was asked for: the way to the sign-in (303).
#[derive(Debug, thiserror::Error)]
#[error("sign in first")]
struct SignInFirst {
    location: String,
}

impl ResponseError for SignInFirst {
    fn status_code(&self) -> StatusCode {
        StatusCode::SEE_OTHER
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::SeeOther().insert_header((header::LOCATION, self.location.as_str())).finish()
    }
}

/// The sign-in that leads back to where it was asked for.
fn sign_in_for(path: &str) -> String {
    if path == "/account" { "/sign-in".to_owned() } else { format!("/sign-in?next={path}") }
}

/// The session of a request's cookie.
async fn session_of(request: &HttpRequest) -> Result<Option<ResidentSession>, Problem> {
    let missing = || Problem::internal("the gateway or the CSRF guard is missing");
    let guard = request.app_data::<web::Data<CsrfGuard>>().ok_or_else(missing)?;
    let gateway = request.app_data::<web::Data<Gateway>>().ok_or_else(missing)?;
    match guard.cookie_value(request, RESIDENT_COOKIE) {
        Some(cookie) => Ok(gateway.resident(cookie_sha256(&cookie)).await?),
        None => Ok(None),
    }
}

impl FromRequest for Resident {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match session_of(&request).await? {
                Some(session) => Ok(Self(session)),
                None if is_safe(request.method()) => Err(SignInFirst { location: sign_in_for(request.path()) }.into()),
                None => Err(Problem::new(RejectionCode::Unauthorized, "Sign in first.").into()),
            }
        })
    }
}

impl FromRequest for MaybeResident {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(session_of(&request).await?)) })
    }
}

impl FromRequest for FilingKey {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            if request.headers().contains_key(header::AUTHORIZATION) {
                return BearerToken::of(&request).map(Self::Token).ok_or_else(Problem::unauthorized);
            }
            session_of(&request).await?.map(Self::Resident).ok_or_else(Problem::unauthorized)
        })
    }
}
