//! Headers that keep a browser from being led astray by an answer of ours.
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// For pages: own files only, no inline script or style. A page that needs more (the loopback card client) sets its own.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// For everything else: it is not a page.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Adds what is not there yet.
pub fn add(headers: &mut HeaderMap, https: bool) {
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = if is_page { PAGE_POLICY } else { DATA_POLICY };
    let mut default = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default(header::CONTENT_SECURITY_POLICY, policy);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "no-referrer");
    default(header::CACHE_CONTROL, "no-store");
    default(header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    if is_page {
        default(header::X_FRAME_OPTIONS, "DENY");
        default(header::CROSS_ORIGIN_OPENER_POLICY, "same-origin");
        default(header::PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=()");
    }
    if https {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
