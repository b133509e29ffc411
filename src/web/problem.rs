//! What is wrong, as `application/problem+json` (RFC 9457). Handlers return a [`Problem`]; [`Problem::respond`], called
//! by the outermost middleware, gives it its shape. What actix finds wrong by itself becomes a problem there too, and
//! nothing of the inside (paths, SQL, panics) gets out: that is logged, under the request id.
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::store::StoreError;
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};
use crate::verdict::{Check, Indication, SubIndication};

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An answer that says what is wrong: its code, a sentence on this occurrence, and for refusals the verdict.
#[derive(Debug, Clone)]
pub struct Problem {
    rejection: Box<Rejection>,
    retry_after: Option<u32>,
    allow: Option<String>,
}

/// The body, member for member as the public contract names them.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    indication: Option<Indication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_indication: Option<SubIndication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<&'a Check>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'a [FieldFault],
}

impl Problem {
    /// A problem with a sentence on this occurrence: no personal data in it.
    pub fn new(code: RejectionCode, detail: impl Into<String>) -> Self {
        Rejection::new(code, detail).into()
    }

    /// There is nothing here, or nothing for this caller: the two answer alike.
    pub fn not_found() -> Self {
        Self::new(RejectionCode::NotFound, "Nothing is to be found under this address.")
    }

    /// Nobody is signed in, or the token is not one that opens this.
    pub fn unauthorized() -> Self {
        Self::new(RejectionCode::Unauthorized, "The access token is missing, wrong or of another filing.")
    }

    /// A fault of the gateway; `inside` is logged and not shown.
    pub fn internal(inside: impl fmt::Display) -> Self {
        tracing::error!(target: "madoguchi::http", fault = %inside, "a request met a fault");
        Self::new(RejectionCode::Internal, "The gateway met a fault; it is logged. Try again later.")
    }

    /// Its stable code.
    pub fn code(&self) -> RejectionCode {
        self.rejection.code
    }

    /// The sentence on this occurrence.
    pub fn detail(&self) -> &str {
        &self.rejection.detail
    }

    /// The refusal behind it.
    pub fn rejection(&self) -> &Rejection {
        &self.rejection
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.rejection.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Says when to come back (Retry-After, seconds).
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Names the methods that are taken (RFC 9110 15.5.6).
    #[must_use]
    pub fn allow(mut self, methods: String) -> Self {
        self.allow = Some(methods);
        self
    }

    /// The whole answer; `page` is the HTML for a browser, where one asked.
    pub fn respond(&self, origin: &str, page: Option<String>) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let status = self.status();
        let default_wait =
            matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS).then_some(5);
        if let Some(seconds) = self.retry_after.or(default_wait) {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(methods) = &self.allow {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        match page {
            Some(html) => response.content_type("text/html; charset=utf-8").body(html),
            None => response.content_type(MEDIA_TYPE).body(self.json(origin)),
        }
    }

    /// The JSON document.
    pub fn json(&self, origin: &str) -> String {
        let Rejection { code, detail, indication, sub_indication, checks, faults } = self.rejection.as_ref();
        let failed: Vec<&Check> = checks.iter().filter(|check| check.is_failed()).collect();
        let body = Body {
            kind: format!("{origin}/problems/{}", code.as_str()),
            title: code.title(),
            status: code.http_status(),
            detail,
            code: code.as_str(),
            indication: *indication,
            sub_indication: *sub_indication,
            checks: indication.map(|_| failed),
            faults,
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self { rejection: Box::new(rejection), retry_after: None, allow: None }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(inside) => {
                tracing::warn!(target: "madoguchi::http", fault = %inside, "the store is unavailable");
                Self::new(
                    RejectionCode::StorageUnavailable,
                    "The record cannot be reached just now. What was asked for may or may not have been written down: \
                     send the same again.",
                )
            }
            StoreError::Fault(inside) => Self::internal(inside),
            StoreError::StatusConflict { .. } | StoreError::QuarantineConflict { .. } => {
                Self::from(Rejection::new(RejectionCode::StatusConflict, error.to_string()))
            }
            StoreError::NotFound => Self::from(Rejection::new(RejectionCode::NotFound, error.to_string())),
            StoreError::Duplicate | StoreError::Damaged(_) => Self::internal(error.to_string()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rejection.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Without body: the outermost middleware, which knows the origin and the client, fills it in.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

/// What actix itself found wrong, by its status.
pub fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(RejectionCode::MethodNotAllowed, "This address does not take that method.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(RejectionCode::TooLarge, "The body of the request is larger than allowed.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            RejectionCode::UnsupportedMediaType,
            "The body of the request is of a kind that is not taken here.",
        ),
        StatusCode::REQUEST_TIMEOUT => {
            Problem::new(RejectionCode::RequestTimeout, "The request did not arrive in time.")
        }
        status if status.is_client_error() => Problem::new(RejectionCode::BadRequest, "The request cannot be read."),
        status => Problem::internal(format_args!("an answer of status {status} without a problem")),
    }
}

/// An error whose answer is complete already: for what goes wrong where no request is left to look at.
#[derive(Debug)]
pub struct Rendered {
    problem: Problem,
    origin: std::sync::Arc<str>,
}

impl Rendered {
    /// Renders `problem` as JSON under `origin`.
    pub fn new(problem: Problem, origin: std::sync::Arc<str>) -> Self {
        Self { problem, origin }
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for Rendered {
    fn status_code(&self) -> StatusCode {
        self.problem.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.problem.respond(&self.origin, None)
    }
}
