//! A computer that others use too (a library, a kiosk): the person says so, and from then on this browser's drafts, sign-in and
//! opened filing are closed after a quarter of an hour without use, by the gateway, with JavaScript and without.
//!
//! The cookie `shared` holds when it was used last, sealed under the gateway's key for this browser: 8 bytes of seconds since 1970,
//! 24 bytes of an HMAC-SHA-256. Each answer to a use brings a new one. What is closed is kept: a draft opens again by its private
//! link, or for whoever signs in with the card that holds it.
use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::hmac;
use subtle::ConstantTimeEq;

use super::csrf::CsrfGuard;
use crate::gateway::Gateway;

/// The name of its cookie, without the prefix.
pub const SHARED_COOKIE: &str = "shared";

/// After so long without a request everything of the person is closed, in seconds.
pub const IDLE_SECONDS: i64 = 15 * 60;

/// How many bytes of the seal the cookie holds.
const SEAL: usize = 24;

/// Whether the computer is shared, and whether its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Nobody said so.
    No,
    /// It is, and was used a short while ago.
    InUse,
    /// It is, and was not used for longer than [`IDLE_SECONDS`]; or the cookie is not one of ours for this browser.
    Over,
}

impl Shared {
    /// Of a request.
    pub fn of(guard: &CsrfGuard, request: &HttpRequest) -> Self {
        let Some(cookie) = request.cookie(&guard.cookie_name(SHARED_COOKIE)) else { return Self::No };
        let Some(gateway) = request.app_data::<web::Data<Gateway>>() else { return Self::No };
        let browser = request.cookie(&guard.cookie_name("browser"));
        let browser = browser.as_ref().map(|cookie| cookie.value()).unwrap_or_default();
        judged(guard, cookie.value(), browser, gateway.clock.now())
    }
}

fn judged(guard: &CsrfGuard, value: &str, browser: &str, now: DateTime<Utc>) -> Shared {
    let raw = URL_SAFE_NO_PAD.decode(value).unwrap_or_default();
    let Some((time, seal)) = raw.split_first_chunk::<8>() else { return Shared::Over };
    let used = i64::from_be_bytes(*time);
    let wanted = sealed(guard, used, browser);
    let is_ours = bool::from(seal.ct_eq(wanted.as_slice()));
    let is_fresh = (0..=IDLE_SECONDS).contains(&now.timestamp().saturating_sub(used));
    if is_ours && is_fresh { Shared::InUse } else { Shared::Over }
}

fn sealed(guard: &CsrfGuard, used: i64, browser: &str) -> Vec<u8> {
    let tag = hmac::sign(guard.key(), format!("shared computer 1\n{used}\n{browser}").as_bytes());
    tag.as_ref().get(..SEAL).unwrap_or_default().to_vec()
}

/// The cookies of a browser on a shared computer that was used just now: itself, and the browser's own, which ends by itself.
pub fn cookies(guard: &CsrfGuard, browser: &str, now: DateTime<Utc>) -> [Cookie<'static>; 2] {
    let mut value = now.timestamp().to_be_bytes().to_vec();
    value.extend(sealed(guard, now.timestamp(), browser));
    let shared = guard.cookie(SHARED_COOKIE, URL_SAFE_NO_PAD.encode(value));
    let mut own = guard.cookie("browser", browser.to_owned());
    own.set_max_age(actix_web::cookie::time::Duration::seconds(IDLE_SECONDS));
    [shared, own]
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn a_shared_computer_is_in_use_for_a_quarter_of_an_hour_and_for_its_own_browser() {
        let guard = CsrfGuard::new(b"a key of the gateway", "https://madoguchi.example");
        let now: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
        let [shared, own] = cookies(&guard, "one", now);
        assert_eq!(own.max_age().unwrap().whole_seconds(), IDLE_SECONDS);
        let at = |browser: &str, seconds| judged(&guard, shared.value(), browser, now + Duration::seconds(seconds));
        assert_eq!([at("one", 0), at("one", IDLE_SECONDS)], [Shared::InUse; 2]);
        assert_eq!([at("one", IDLE_SECONDS + 1), at("other", 0), at("one", -60)], [Shared::Over; 3]);
        for wrong in ["", "x", "AAAA", &shared.value()[1..], &URL_SAFE_NO_PAD.encode([0; 32])] {
            assert_eq!(judged(&guard, wrong, "one", now), Shared::Over, "{wrong}");
        }
    }
}
