//! Who is signed in at a desk: its session cookie names a session in the database, by a random identifier that is kept
//! there as a hash only.
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;
use ring::digest;

use super::csrf::CsrfGuard;
use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::store::accounts::Role;
use crate::store::sessions::SessionUser;
use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;
use crate::web::routes::is_safe;
use crate::web::staff::Desk;
use crate::web::state::WebState;

/// The name of a desk's session cookie, without the prefix that [`CsrfGuard::cookie_name`] gives. Each desk has its own, so
/// that one browser may be signed in at both.
pub fn cookie_of(desk: Desk) -> &'static str {
    match desk {
        Desk::Agency => "agency-session",
        Desk::Operator => "operator-session",
        Desk::Clerk => "clerk-session",
    }
}

/// The session cookie that counts for a request: that of the desk whose page it asks for, or a resident's on the pages of
/// their account and of their filings. Other pages know of none: an application that is being filled in belongs to the browser, and signing in
/// beside it loses nothing of it.
pub fn cookie_value(guard: &CsrfGuard, request: &HttpRequest) -> Option<String> {
    match Desk::asked_for(request) {
        Some(desk) => guard.cookie_value(request, cookie_of(desk)),
        None if is_of_resident(request.path()) => guard.cookie_value(request, RESIDENT_COOKIE),
        None => None,
    }
}

/// The name of a resident's session cookie, without the prefix.
pub const RESIDENT_COOKIE: &str = "resident-session";

/// The name of the cookie of a browser in which a filing was opened with its access key, without the prefix.
pub const FILING_COOKIE: &str = "filing-session";

/// Whether an address is of the pages of a resident's account, or of a filing that an account may open.
fn is_of_resident(path: &str) -> bool {
    let under = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    under("/account") || under("/filings")
}

/// SHA-256 of a session cookie's value: what the database knows of it.
pub fn cookie_sha256(value: &str) -> [u8; 32] {
    let mut out = [0_u8; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, value.as_bytes()).as_ref());
    out
}

/// Somebody who is signed in for an agency.
#[derive(Debug, Clone)]
pub struct AgencyUser {
    /// Whose filings they see; nobody else's.
    pub agency: AgencyCode,
    /// Account and session.
    pub user: SessionUser,
}

/// An operator of the PKI who is signed in.
#[derive(Debug, Clone)]
pub struct OperatorUser {
    /// Account and session.
    pub user: SessionUser,
}

/// Somebody who keeps the resident registry of a municipality and is signed in. Where this gateway keeps no registry of theirs,
/// there is no such page.
#[derive(Debug, Clone)]
pub struct ClerkUser {
    /// Whose residents they see; nobody else's.
    pub municipality: AgencyCode,
    /// Account and session.
    pub user: SessionUser,
}

/// Whoever is signed in at the desk that is asked for, in any role, or nobody. Never refuses.
#[derive(Debug, Clone)]
pub struct MaybeUser(pub Option<SessionUser>);

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

/// Somebody of another role: 403.
pub fn wrong_role() -> Error {
    Problem::new(RejectionCode::Forbidden, "This account is not of the kind that may see or do this.").into()
}

/// Looks the session up and notes that it was used.
async fn user_of(request: &HttpRequest) -> Result<Option<SessionUser>, Error> {
    let (Some(guard), Some(gateway), Some(state)) = (
        request.app_data::<web::Data<CsrfGuard>>(),
        request.app_data::<web::Data<Gateway>>(),
        request.app_data::<web::Data<WebState>>(),
    ) else {
        return Err(Problem::internal("the gateway, its web state or the CSRF guard is missing").into());
    };
    let Some(cookie) = cookie_value(guard, request) else { return Ok(None) };
    let used = gateway.store.session_use(cookie_sha256(&cookie), &state.config.sessions, gateway.clock.now());
    let used = used.await;
    Ok(used.map_err(Problem::from)?)
}

/// Whoever is signed in and may work: a password that somebody else chose is changed first.
async fn desk_user_of(request: &HttpRequest) -> Result<SessionUser, Error> {
    let user = user_of(request).await?.ok_or_else(|| sign_in_for(request))?;
    if !user.account.must_change {
        return Ok(user);
    }
    if !is_safe(request.method()) {
        return Err(Problem::new(RejectionCode::Forbidden, "Change the password that was given to you first.").into());
    }
    let desk = Desk::of_role(user.account.role).home();
    Err(SignInFirst { location: format!("{desk}/password") }.into())
}

/// A page that was asked for leads to the sign-in, anything else is 401.
pub fn sign_in_for(request: &HttpRequest) -> Error {
    if !is_safe(request.method()) {
        return Problem::new(RejectionCode::Unauthorized, "Sign in first.").into();
    }
    let desk = Desk::of(request).home();
    // Only the path goes along: a query may hold what somebody searched for.
    SignInFirst { location: format!("{desk}/sign-in?next={}", request.path()) }.into()
}

impl FromRequest for AgencyUser {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let user = desk_user_of(&request).await?;
            match user.account.role {
                Role::Agency(agency) => Ok(Self { agency, user }),
                Role::Operator | Role::Clerk(_) => Err(wrong_role()),
            }
        })
    }
}

impl FromRequest for OperatorUser {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let user = desk_user_of(&request).await?;
            match user.account.role {
                Role::Operator => Ok(Self { user }),
                Role::Agency(_) | Role::Clerk(_) => Err(wrong_role()),
            }
        })
    }
}

impl FromRequest for ClerkUser {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            keeps_registry(&request)?;
            let user = desk_user_of(&request).await?;
            match user.account.role {
                Role::Clerk(municipality) => Ok(Self { municipality, user }),
                Role::Agency(_) | Role::Operator => Err(wrong_role()),
            }
        })
    }
}

/// Without a registry there is no clerk's desk.
///
/// # Errors
/// 404.
pub fn keeps_registry(request: &HttpRequest) -> Result<(), Error> {
    let gateway = request.app_data::<web::Data<Gateway>>();
    let keeps = gateway.is_some_and(|gateway| gateway.registry().is_some());
    if keeps || Desk::asked_for(request) != Some(Desk::Clerk) { Ok(()) } else { Err(Problem::not_found().into()) }
}

impl FromRequest for MaybeUser {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(user_of(&request).await?)) })
    }
}
