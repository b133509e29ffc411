//! Who is signed in: the session cookie names a session in the database, by a random identifier that is kept
//! there as a hash only.
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::future::LocalBoxFuture;
use ring::digest;

use super::csrf::CsrfGuard;
use crate::gateway::Gateway;
use crate::ids::AgencyCode;
use crate::store::accounts::Role;
use crate::store::sessions::SessionUser;

/// The session cookie's name, without the prefix that [`CsrfGuard::cookie_name`] gives.
pub const COOKIE: &str = "session";

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

/// Whoever is signed in, in any role, or nobody. Never refuses.
#[derive(Debug, Clone)]
pub struct MaybeUser(pub Option<SessionUser>);

/// Nobody is signed in, or somebody of another role.
#[derive(Debug, thiserror::Error)]
pub enum SessionRefused {
    /// Nobody: a page that was asked for leads to the sign-in, anything else is 401.
    #[error("sign in first")]
    SignIn {
        /// Where to sign in, with the way back.
        location: Option<String>,
    },
    /// Somebody whose account is not of that kind: 403.
    #[error("this account is not of the kind that may see or do this")]
    WrongRole,
    /// The database does not answer: 503.
    #[error("sign-in cannot be looked up now")]
    Unavailable,
}

impl ResponseError for SessionRefused {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn { location: Some(_) } => StatusCode::SEE_OTHER,
            Self::SignIn { location: None } => StatusCode::UNAUTHORIZED,
            Self::WrongRole => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/html; charset=utf-8");
        let (ja, en) = match self {
            Self::SignIn { location: Some(location) } => {
                return response.insert_header((header::LOCATION, location.as_str())).finish();
            }
            Self::SignIn { location: None } => ("ログインしてください。", "Sign in first."),
            Self::WrongRole => ("このアカウントでは利用できません。", "This account may not see or do this."),
            Self::Unavailable => {
                ("ただいま利用できません。しばらくお待ちください。", "Not available now. Try again soon.")
            }
        };
        response.body(format!(
            "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{status}</title><p>{ja}</p><p lang=\"en\">{en}</p>",
            status = self.status_code().as_u16()
        ))
    }
}

/// Looks the session up and notes that it was used.
async fn user_of(request: &HttpRequest) -> Result<Option<SessionUser>, SessionRefused> {
    let (Some(guard), Some(gateway)) =
        (request.app_data::<web::Data<CsrfGuard>>(), request.app_data::<web::Data<Gateway>>())
    else {
        return Err(SessionRefused::Unavailable);
    };
    let Some(cookie) = guard.cookie_value(request, COOKIE) else { return Ok(None) };
    gateway
        .store
        .session_use(cookie_sha256(&cookie), gateway.clock.now())
        .await
        .map_err(|_| SessionRefused::Unavailable)
}

/// Where to sign in for the page that was asked for.
fn sign_in_for(request: &HttpRequest) -> SessionRefused {
    let asks = request.method() == Method::GET || request.method() == Method::HEAD;
    let desk = if request.path().starts_with("/operator") { "/operator" } else { "/agency" };
    // Only the path goes along: a query may hold what somebody searched for.
    let location = asks.then(|| format!("{desk}/sign-in?next={}", request.path()));
    SessionRefused::SignIn { location }
}

impl FromRequest for AgencyUser {
    type Error = SessionRefused;
    type Future = LocalBoxFuture<'static, Result<Self, SessionRefused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let user = user_of(&request).await?.ok_or_else(|| sign_in_for(&request))?;
            match user.account.role {
                Role::Agency(agency) => Ok(Self { agency, user }),
                Role::Operator => Err(SessionRefused::WrongRole),
            }
        })
    }
}

impl FromRequest for OperatorUser {
    type Error = SessionRefused;
    type Future = LocalBoxFuture<'static, Result<Self, SessionRefused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let user = user_of(&request).await?.ok_or_else(|| sign_in_for(&request))?;
            match user.account.role {
                Role::Operator => Ok(Self { user }),
                Role::Agency(_) => Err(SessionRefused::WrongRole),
            }
        })
    }
}

impl FromRequest for MaybeUser {
    type Error = SessionRefused;
    type Future = LocalBoxFuture<'static, Result<Self, SessionRefused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(user_of(&request).await?)) })
    }
}
