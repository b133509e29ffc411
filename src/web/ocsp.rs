//! The OCSP responder over HTTP (RFC 6960 A.1, RFC 5019 5 and 6). What is wrong with a request is told in OCSP's own
//! words, with status 200; a gateway that is no responder answers 404.
use actix_web::http::header::{self, HttpDate};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::extract::body::BodyReader;
use super::problem::Problem;
use crate::crypto::sha256_hex;
use crate::gateway::Gateway;
use crate::gateway::ocsp_responder::OcspReply;
use crate::pki::ocsp::MAX_REQUEST;
use crate::submission::rejection::RejectionCode;

const REQUEST: &str = "application/ocsp-request";
const RESPONSE: &str = "application/ocsp-response";

/// `POST /ocsp`: the DER of an OCSPRequest.
///
/// # Errors
/// 404 where this gateway is no responder, 415 for another media type, 413 for more than 64 KiB.
pub async fn post_ocsp(
    request: HttpRequest,
    payload: Payload,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    if !gateway.is_ocsp_responder() {
        return Err(Problem::not_found());
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(REQUEST) {
        return Err(Problem::new(RejectionCode::UnsupportedMediaType, "Send application/ocsp-request."));
    }
    let body = BodyReader::new(&request, payload.into_inner())?.at_most(MAX_REQUEST as u64).collect().await?;
    let reply = gateway.answer_ocsp(&body).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().content_type(RESPONSE).insert_header((header::CACHE_CONTROL, "no-store")).body(reply.der))
}

/// `GET /ocsp/{request}`: the same in base64, where characters may be percent-encoded. Answers without a nonce may be
/// kept by caches until newer information is due.
///
/// # Errors
/// 404 where this gateway is no responder.
pub async fn get_ocsp(
    request: HttpRequest,
    path: web::Path<String>,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    // What is no base64 is no request either: the responder says so.
    let der = STANDARD.decode(percent_decoded(&path)).unwrap_or_default();
    let reply = gateway.answer_ocsp(&der).ok_or_else(Problem::not_found)?;
    let now = gateway.clock.now();
    let Some(good_until) = reply.good_until.filter(|until| *until > now) else {
        let answer = HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type(RESPONSE)
            .body(reply.der);
        return Ok(answer);
    };
    let etag = format!("\"{}\"", sha256_hex(&reply.der));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag));
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    let age = (good_until - now).num_seconds();
    answer
        .insert_header((header::CACHE_CONTROL, format!("max-age={age}, public, no-transform, must-revalidate")))
        .insert_header((header::ETAG, etag))
        .insert_header((header::LAST_MODIFIED, http_date(reply.produced_at)))
        .insert_header((header::EXPIRES, http_date(good_until)));
    let OcspReply { der, .. } = reply;
    Ok(if is_known { answer.finish() } else { answer.content_type(RESPONSE).body(der) })
}

fn http_date(at: chrono::DateTime<chrono::Utc>) -> HttpDate {
    HttpDate::from(std::time::SystemTime::from(at))
}

/// Percent-encoded octets decoded (RFC 3986 2.1); base64 has no `%` of its own.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let octet = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match (first, octet.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(octet)) => {
                out.push(octet);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn percent_encoding_is_taken_away_once() {
        assert_eq!(percent_decoded("MFM%2B%2f%3D=+/"), b"MFM+/==+/");
        assert_eq!(percent_decoded("%"), b"%");
        assert_eq!(percent_decoded("%2"), b"%2");
        assert_eq!(percent_decoded("%zz%252B"), b"%zz%2B");
    }
}
