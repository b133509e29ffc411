//! Bearer tokens (RFC 6750 2.1): a filing's access token, an agency's API token. Only the hash goes further.
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use ring::digest::{SHA256, digest};

use crate::web::problem::Problem;

/// SHA-256 of the bearer token that came with the request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BearerToken {
    /// What the database is asked with.
    pub sha256: [u8; 32],
}

impl std::fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

impl BearerToken {
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        let token = token.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || !(16..=512).contains(&token.len()) {
            return None;
        }
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Some(Self { sha256 })
    }
}

impl FromRequest for BearerToken {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(Problem::unauthorized))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_the_hash_is_kept() {
        let of = |value: &str| {
            BearerToken::of(&TestRequest::default().insert_header(("authorization", value)).to_http_request())
        };
        let token = of("Bearer abcdefghijklmnop").unwrap();
        assert_eq!(token.sha256, digest(&SHA256, b"abcdefghijklmnop").as_ref());
        assert_eq!(of("bearer abcdefghijklmnop"), Some(token));
        assert_eq!(format!("{token:?}"), "BearerToken(..)");
        for wrong in ["", "Bearer", "Bearer short", "Basic abcdefghijklmnop", "abcdefghijklmnop"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
