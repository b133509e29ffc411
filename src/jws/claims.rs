//! The claims of a signing request, written by the gateway and read by the card client.
use serde::{Deserialize, Serialize};

/// The `aud` of every signing request: it is meant for the card client and for nothing else.
pub const CARD_AUDIENCE: &str = "madoguchi-card";

/// Which form the application is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestForm {
    /// The procedure's code.
    pub procedure: String,
    /// The version of its form.
    pub version: u32,
}

/// One line that the card client shows: the value at `pointer` in the application's own bytes, under `label`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayLine {
    /// JSON pointer (RFC 6901) into the application document.
    pub pointer: String,
    /// What the resident reads before the value, in the language asked for.
    pub label: String,
}

/// The claims of a `madoguchi-request+jwt`. Times are seconds since 1970 (RFC 7519 2, NumericDate).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestClaims {
    /// The gateway's origin.
    pub iss: String,
    /// [`CARD_AUDIENCE`].
    pub aud: String,
    /// The request's identifier (`request_id`).
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// Until when it may be signed: the application's `expires_at`.
    pub exp: i64,
    /// Hex SHA-256 of the application's exact bytes.
    pub application_sha256: String,
    /// Which form.
    pub form: RequestForm,
    /// What to show, in order.
    pub display: Vec<DisplayLine>,
}
