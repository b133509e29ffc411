//! One protection against cross-site request forgery for every page, signed in or not.
//!
//! Three things must fit before a page's form may change anything:
//! 1. the browser's own word on where the request comes from (`Sec-Fetch-Site`, or `Origin` where that is missing),
//! 2. a cookie, `SameSite=Lax` and `HttpOnly`, that names this browser ([`Browser`]),
//! 3. a hidden field `csrf` that only this gateway can have made for that cookie (HMAC-SHA-256 under the
//!    session key) and, once somebody signed in, for that session too: signing in changes the token.
//!
//! The token is masked afresh on every page, so that compressing the answer gives nothing away (BREACH).
//! Use it like this: a GET handler takes [`Browser`] and puts `browser.csrf_token()` into its form; a POST
//! handler takes [`CsrfForm<T>`], or, for multipart, [`Browser`] and calls [`Browser::verify`] with the first part.
//! The outermost middleware sends the cookie ([`send_cookie`]).
use std::future::{Ready, ready};

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{Payload, ServiceResponse};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::LocalBoxFuture;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};
use serde::de::DeserializeOwned;

use super::about::NotTaken;
use super::body::BodyReader;
use super::shared::{self, Shared};
use crate::gateway::Gateway;
use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;

/// The hidden field's name.
pub const FIELD: &str = "csrf";
/// Cookies that a shared computer forgets by itself.
const OF_RESIDENTS: [&str; 3] = ["browser", super::session::RESIDENT_COOKIE, super::session::FILING_COOKIE];
/// The most fields of a form that was not taken that are shown again.
const MOST_SHOWN: usize = 100;
/// The largest urlencoded form that a page takes, in bytes.
const FORM_LIMIT: u64 = 1024 * 1024;

/// What the protection needs to know of the gateway; one for the whole server, as `web::Data<CsrfGuard>`.
#[derive(Debug, Clone)]
pub struct CsrfGuard {
    key: hmac::Key,
    origin: String,
}

impl CsrfGuard {
    /// `session_key` is the gateway's secret from `[keys]`, the same for all gateways; `public_origin` the origin
    /// that browsers see, without a slash at its end.
    pub fn new(session_key: &[u8], public_origin: &str) -> Self {
        // A key of its own for this use, so that no other use of the session key can be made to answer for it.
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, session_key), b"madoguchi csrf 1");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()), origin: public_origin.to_owned() }
    }

    /// Whether cookies may travel over TLS only.
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The key under which cookies are sealed.
    pub(super) fn key(&self) -> &hmac::Key {
        &self.key
    }

    /// The name of a cookie of ours: with `__Host-` over TLS, so that no neighbouring domain can plant it.
    pub fn cookie_name(&self, name: &str) -> String {
        if self.is_secure() { format!("__Host-madoguchi-{name}") } else { format!("madoguchi-{name}") }
    }

    /// A cookie of ours: `HttpOnly`, `SameSite=Lax`, for the whole site, until the browser closes.
    pub fn cookie(&self, name: &str, value: String) -> Cookie<'static> {
        Cookie::build(self.cookie_name(name), value)
            .path("/")
            .http_only(true)
            .secure(self.is_secure())
            .same_site(SameSite::Lax)
            .finish()
    }

    /// The value of a cookie of ours, where the browser sent it in a form that we give out.
    pub fn cookie_value(&self, request: &HttpRequest, name: &str) -> Option<String> {
        // On a shared computer whose time is over nobody's cookie counts any more.
        if OF_RESIDENTS.contains(&name) && Shared::of(self, request) == Shared::Over {
            return None;
        }
        let cookie = request.cookie(&self.cookie_name(name))?;
        let is_ours = URL_SAFE_NO_PAD.decode(cookie.value()).is_ok_and(|raw| raw.len() == 32);
        is_ours.then(|| cookie.value().to_owned())
    }

    fn bound_to(&self, browser: &str, session: &str) -> Vec<u8> {
        let tag = hmac::sign(&self.key, format!("{browser}\n{session}").as_bytes());
        tag.as_ref().to_vec()
    }

    /// RFC 6454: the page's origin, where the browser tells it, is ours.
    fn comes_from_us(&self, request: &HttpRequest) -> bool {
        let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
        if let Some(site) = text("sec-fetch-site") {
            return matches!(site, "same-origin" | "none");
        }
        let Some(origin) = text("origin") else { return true };
        let host = request.connection_info().host().to_owned();
        origin == self.origin || origin.split_once("://").is_some_and(|(_, asked)| asked == host)
    }
}

/// 32 random bytes in base64url: an identifier that nobody guesses.
///
/// # Errors
/// When the system has no randomness to give.
pub fn random_id() -> Result<String, ring::error::Unspecified> {
    let mut raw = [0_u8; 32];
    SystemRandom::new().fill(&mut raw)?;
    Ok(URL_SAFE_NO_PAD.encode(raw))
}

/// The browser that a request comes from, known by its cookie (a new one is given where there is none), and
/// what its forms must carry. Works without sign-in: a resident's draft is bound to [`Browser::id_sha256`].
#[derive(Debug, Clone)]
pub struct Browser {
    id: String,
    bound: Vec<u8>,
    from_us: bool,
    refresh: std::rc::Rc<std::cell::Cell<bool>>,
}

/// Left in the request's extensions on a shared computer: the cookies that its use brings, and whether they are to be sent.
struct SharedUse([Cookie<'static>; 2], std::rc::Rc<std::cell::Cell<bool>>);

/// Left in the request's extensions, so that the middleware sends the cookie with the answer.
struct NewBrowser(Cookie<'static>);

impl Browser {
    /// SHA-256 of the cookie's value: what is kept in the database to bind a draft to this browser.
    pub fn id_sha256(&self) -> [u8; 32] {
        let mut out = [0_u8; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, self.id.as_bytes()).as_ref());
        out
    }

    /// The cookie's value.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The answer sends cookies of its own: what the use of a shared computer would bring is left out.
    pub fn forget_refresh(&self) {
        self.refresh.set(false);
    }

    /// The hidden field's value for a form on this page; another one on every call.
    pub fn csrf_token(&self) -> String {
        let mut pad = vec![0_u8; self.bound.len()];
        // Without randomness the pad stays zero: the token is still right, and only its masking is lost.
        let _ = SystemRandom::new().fill(&mut pad);
        let masked: Vec<u8> = pad.iter().zip(&self.bound).map(|(pad, byte)| pad ^ byte).collect();
        pad.extend(masked);
        URL_SAFE_NO_PAD.encode(pad)
    }

    /// Whether a state-changing request comes from a page of ours: where it comes from, cookie and token.
    ///
    /// # Errors
    /// [`CsrfRefused`], which becomes a 403 page.
    pub fn verify(&self, token: &str) -> Result<(), CsrfRefused> {
        let raw = URL_SAFE_NO_PAD.decode(token).map_err(|_| CsrfRefused)?;
        if !self.from_us || raw.len() != self.bound.len() * 2 {
            return Err(CsrfRefused);
        }
        let (pad, masked) = raw.split_at(self.bound.len());
        let told: Vec<u8> = pad.iter().zip(masked).map(|(pad, byte)| pad ^ byte).collect();
        let fits: bool = subtle::ConstantTimeEq::ct_eq(told.as_slice(), self.bound.as_slice()).into();
        if fits { Ok(()) } else { Err(CsrfRefused) }
    }

    /// Whether the request's own words on where it comes from name this site, or it says nothing of it. For what carries
    /// its own proof of the browser in place of a token: the answer to a sign-in challenge.
    pub fn is_from_us(&self) -> bool {
        self.from_us
    }

    fn of(request: &HttpRequest) -> Result<Self, actix_web::Error> {
        let guard =
            request.app_data::<web::Data<CsrfGuard>>().ok_or_else(|| Problem::internal("the CSRF guard is missing"))?;
        let id = match guard.cookie_value(request, "browser") {
            Some(id) => id,
            None => Self::give_new_id(request, guard)?,
        };
        let session = super::session::cookie_value(guard, request).unwrap_or_default();
        let bound = guard.bound_to(&id, &session);
        let refresh = Self::refreshed(request, guard, &id);
        Ok(Self { bound, id, from_us: guard.comes_from_us(request), refresh })
    }

    /// On a shared computer each use brings new cookies, once a request.
    fn refreshed(request: &HttpRequest, guard: &CsrfGuard, id: &str) -> std::rc::Rc<std::cell::Cell<bool>> {
        if let Some(SharedUse(_, refresh)) = request.extensions().get::<SharedUse>() {
            return refresh.clone();
        }
        let refresh = std::rc::Rc::new(std::cell::Cell::new(true));
        if let (true, Some(gateway)) =
            (Shared::of(guard, request) != Shared::No, request.app_data::<web::Data<Gateway>>())
        {
            let cookies = shared::cookies(guard, id, gateway.clock.now());
            request.extensions_mut().insert(SharedUse(cookies, refresh.clone()));
        }
        refresh
    }

    /// One new identifier a request, however often it is asked for.
    fn give_new_id(request: &HttpRequest, guard: &CsrfGuard) -> Result<String, actix_web::Error> {
        if let Some(given) = request.extensions().get::<NewBrowser>() {
            return Ok(given.0.value().to_owned());
        }
        let id = random_id().map_err(Problem::internal)?;
        request.extensions_mut().insert(NewBrowser(guard.cookie("browser", id.clone())));
        Ok(id)
    }
}

impl FromRequest for Browser {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// An urlencoded form that came from a page of ours; the field `csrf` is checked and taken away.
#[derive(Debug)]
pub struct CsrfForm<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for CsrfForm<T> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (browser, body) = (Browser::of(request), BodyReader::new(request, payload.take()));
        let (extensions, is_of_draft) = (request.clone(), request.path().starts_with("/apply/"));
        Box::pin(async move {
            let browser = browser?;
            let body = body?.at_most(FORM_LIMIT).collect().await?;
            // The token is looked at before anything else of the body is read.
            let (_, token) = form_pairs(&body).find(|(name, _)| name == FIELD).ok_or(Problem::from(CsrfRefused))?;
            if let Err(refused) = browser.verify(&token) {
                // Text that somebody wrote into an application is shown with the refusal; it is taken into nothing.
                if is_of_draft {
                    let typed = form_pairs(&body).filter(|(name, value)| name != FIELD && !value.is_empty());
                    extensions.extensions_mut().insert(NotTaken(typed.take(MOST_SHOWN).collect()));
                }
                return Err(Problem::from(refused).into());
            }
            let form = web::Query::<T>::from_query(&String::from_utf8_lossy(&body))?;
            Ok(Self(form.into_inner()))
        })
    }
}

/// The fields of an urlencoded body; a list may name a field several times.
pub fn form_pairs(body: &[u8]) -> impl Iterator<Item = (String, String)> {
    let text = String::from_utf8_lossy(body).into_owned();
    web::Query::<Vec<(String, String)>>::from_query(&text).map(web::Query::into_inner).unwrap_or_default().into_iter()
}

/// Sends the browser's cookie with the answer where a handler gave a new one; the outermost middleware calls it.
pub fn send_cookie<B>(response: &mut ServiceResponse<B>) {
    let shared =
        response.request().extensions_mut().remove::<SharedUse>().filter(|SharedUse(_, refresh)| refresh.get());
    let is_shared = shared.is_some();
    for cookie in shared.into_iter().flat_map(|SharedUse(cookies, _)| cookies) {
        let _ = response.response_mut().add_cookie(&cookie);
    }
    let cookie = response.request().extensions_mut().remove::<NewBrowser>().filter(|_| !is_shared);
    if let Some(NewBrowser(cookie)) = cookie {
        // Fails only for a cookie that is no header value; ours are base64url.
        let _ = response.response_mut().add_cookie(&cookie);
    }
}

/// A state-changing request that did not come from a page of ours: becomes a 403 [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The form was not sent from a page of this gateway, or the page was open for too long: go back and reload it.")]
pub struct CsrfRefused;

impl From<CsrfRefused> for Problem {
    fn from(refused: CsrfRefused) -> Self {
        Self::new(RejectionCode::Forbidden, refused.to_string())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn guard() -> CsrfGuard {
        CsrfGuard::new(b"a key of the gateway", "https://madoguchi.example")
    }

    fn request(browser: &str) -> TestRequest {
        let cookie = Cookie::new("__Host-madoguchi-browser", browser.to_owned());
        TestRequest::post().app_data(web::Data::new(guard())).cookie(cookie)
    }

    #[test]
    fn a_token_fits_its_own_browser_and_no_other() {
        let (one, other) = (random_id().unwrap(), random_id().unwrap());
        let page = Browser::of(&request(&one).to_http_request()).unwrap();
        let back = Browser::of(&request(&one).to_http_request()).unwrap();
        let stranger = Browser::of(&request(&other).to_http_request()).unwrap();
        assert_ne!(page.csrf_token(), page.csrf_token());
        assert_eq!(back.verify(&page.csrf_token()), Ok(()));
        assert_eq!(stranger.verify(&page.csrf_token()), Err(CsrfRefused));
        for wrong in ["", "x", &page.csrf_token()[1..], &random_id().unwrap()] {
            assert_eq!(back.verify(wrong), Err(CsrfRefused));
        }
    }

    #[test]
    fn signing_in_changes_the_token() {
        let id = random_id().unwrap();
        let session = Cookie::new("__Host-madoguchi-agency-session", random_id().unwrap());
        for (path, taken) in
            [("/agency", false), ("/agency/filings.csv", false), ("/operator", true), ("/agencyx", true)]
        {
            let before = Browser::of(&request(&id).uri(path).to_http_request()).unwrap();
            let after = request(&id).uri(path).cookie(session.clone()).to_http_request();
            let after = Browser::of(&after).unwrap();
            assert_eq!(after.verify(&before.csrf_token()).is_ok(), taken, "{path}");
            assert_eq!(after.id_sha256(), before.id_sha256());
        }
    }

    #[test]
    fn a_right_token_from_another_site_is_refused() {
        let id = random_id().unwrap();
        let token = Browser::of(&request(&id).to_http_request()).unwrap().csrf_token();
        for (name, value, taken) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "same-site", false),
            ("origin", "https://madoguchi.example", true),
            ("origin", "https://evil.example", false),
            ("origin", "null", false),
        ] {
            let browser = Browser::of(&request(&id).insert_header((name, value)).to_http_request()).unwrap();
            assert_eq!(browser.verify(&token).is_ok(), taken, "{name}: {value}");
        }
    }
}
