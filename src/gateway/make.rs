//! Making an application document for a resident to sign (POST /api/v1/applications).
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::Gateway;
use crate::intake::document::{Applicant, Corrects, ListedAttachment};
use crate::procedures::Language;
use crate::submission::rejection::Rejection;

/// What an application is made of: the body of POST /api/v1/applications.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationRequest {
    /// The procedure's code.
    pub procedure: String,
    /// The agency's code.
    pub recipient: String,
    /// The answers.
    pub answers: Value,
    /// The attachments.
    #[serde(default)]
    pub attachments: Vec<ListedAttachment>,
    /// Who applies; or `certificate`.
    #[serde(default)]
    pub applicant: Option<Applicant>,
    /// The signer's certificate (PEM, or base64 of DER), out of which the applicant is filled in. It is not verified
    /// here: the signature will be.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The resident's language, for the labels in the signing request.
    #[serde(default)]
    pub language: Language,
    /// Only for a correction.
    #[serde(default)]
    pub corrects: Option<Corrects>,
}

/// An application made, and the request to sign it.
#[derive(Debug, Clone)]
pub struct MadeApplication {
    /// The request's identifier: the `jti` of the JWS.
    pub request_id: String,
    /// The document's exact bytes.
    pub application: Bytes,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Until when it may be filed.
    pub not_after: DateTime<Utc>,
    /// The signing request, a compact JWS.
    pub request_jws: String,
}

/// Why no application was made.
#[derive(Debug)]
pub enum MakeError {
    /// Something in the request is wrong.
    Rejected(Box<Rejection>),
    /// The request cannot be written down now.
    Unavailable,
}

impl Gateway {
    /// Makes an application document and the request to sign it, and keeps the request.
    ///
    /// # Errors
    /// A refusal that says what is wrong with the request.
    pub async fn make_application(&self, _request: ApplicationRequest) -> Result<MadeApplication, MakeError> {
        unimplemented!()
    }
}
