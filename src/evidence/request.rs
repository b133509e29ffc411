//! The signing request: a JWS by which the card client knows that this gateway asks for a signature over exactly
//! these bytes, and under which labels to show them.
use chrono::{DateTime, Utc};

use super::keys::Keys;
use super::labels::{Label, label};
use crate::jws::claims::{CARD_AUDIENCE, DisplayLine, RequestClaims, RequestForm};
use crate::jws::{JwsError, REQUEST_TYP};
use crate::procedures::{Language, Procedure};

/// What a signing request states.
#[derive(Debug)]
pub struct RequestFacts<'a> {
    /// The gateway's origin.
    pub origin: &'a str,
    /// The request's identifier.
    pub request_id: &'a str,
    /// When it is issued.
    pub issued_at: DateTime<Utc>,
    /// The application's `expires_at`.
    pub not_after: DateTime<Utc>,
    /// SHA-256 of the application's exact bytes.
    pub application_sha256: [u8; 32],
    /// The procedure.
    pub procedure: &'a Procedure,
    /// The answers: what was not asked for has no line.
    pub answers: &'a serde_json::Value,
    /// The applicant's members that are stated: what is null is not shown.
    pub applicant_members: &'a [&'a str],
    /// The number of attachments.
    pub attachments: usize,
    /// The resident's language.
    pub language: Language,
}

/// The request as a compact JWS of the kind `madoguchi-request+jwt`.
///
/// # Errors
/// When the system has no randomness to give.
pub fn issue(keys: &Keys, facts: &RequestFacts<'_>) -> Result<String, JwsError> {
    let claims = RequestClaims {
        iss: facts.origin.to_owned(),
        aud: CARD_AUDIENCE.to_owned(),
        jti: facts.request_id.to_owned(),
        iat: facts.issued_at.timestamp(),
        exp: facts.not_after.timestamp(),
        application_sha256: hex::encode(facts.application_sha256),
        form: RequestForm {
            procedure: facts.procedure.code.as_str().to_owned(),
            version: facts.procedure.form_version,
        },
        display: display(facts),
    };
    let payload = serde_json::to_vec(&claims).map_err(|_| JwsError::Form("the claims cannot be written"))?;
    keys.request().sign(REQUEST_TYP, &payload)
}

/// What the request to sign a withdrawal states.
#[derive(Debug)]
pub struct WithdrawalRequestFacts<'a> {
    /// The gateway's origin.
    pub origin: &'a str,
    /// The request's identifier.
    pub request_id: &'a str,
    /// The document.
    pub document: &'a WithdrawalFacts<'a>,
    /// SHA-256 of its exact bytes.
    pub document_sha256: [u8; 32],
    /// The procedure of the filing.
    pub procedure: &'a str,
    /// The version of its form.
    pub form_version: u32,
    /// The resident's language.
    pub language: Language,
}

/// Its times and whether it gives a reason.
#[derive(Debug, Clone, Copy)]
pub struct WithdrawalFacts<'a> {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it may be filed.
    pub expires_at: DateTime<Utc>,
    /// Why; may be empty.
    pub reason: &'a str,
}

/// The request to sign a withdrawal, as a compact JWS of the same kind.
///
/// # Errors
/// When the system has no randomness to give.
pub fn issue_withdrawal(keys: &Keys, facts: &WithdrawalRequestFacts<'_>) -> Result<String, JwsError> {
    let line =
        |pointer: &str, what: Label| DisplayLine { pointer: pointer.to_owned(), label: label(facts.language, what) };
    let mut display = vec![line("/arrival_number", Label::Withdrawn)];
    if !facts.document.reason.is_empty() {
        display.push(line("/reason", Label::Reason));
    }
    display.push(line("/expires_at", Label::ExpiresAt));
    let claims = RequestClaims {
        iss: facts.origin.to_owned(),
        aud: CARD_AUDIENCE.to_owned(),
        jti: facts.request_id.to_owned(),
        iat: facts.document.created_at.timestamp(),
        exp: facts.document.expires_at.timestamp(),
        application_sha256: hex::encode(facts.document_sha256),
        form: RequestForm { procedure: facts.procedure.to_owned(), version: facts.form_version },
        display,
    };
    let payload = serde_json::to_vec(&claims).map_err(|_| JwsError::Form("the claims cannot be written"))?;
    keys.request().sign(REQUEST_TYP, &payload)
}

/// Everything that the resident should read before signing, in the order of the form.
fn display(facts: &RequestFacts<'_>) -> Vec<DisplayLine> {
    let line = |pointer: String, what: Label| DisplayLine { pointer, label: label(facts.language, what) };
    let mut lines = vec![line("/procedure".into(), Label::Procedure), line("/recipient".into(), Label::Recipient)];
    for (member, what) in
        [("name", Label::Name), ("date_of_birth", Label::DateOfBirth), ("sex", Label::Sex), ("address", Label::Address)]
    {
        if facts.applicant_members.contains(&member) {
            lines.push(line(format!("/applicant/{member}"), what));
        }
    }
    let shown = facts.procedure.shown(facts.language, facts.answers);
    lines.extend(
        shown.into_iter().map(|one| DisplayLine { pointer: format!("/answers{}", one.pointer), label: one.label }),
    );
    for index in 0..facts.attachments {
        lines.push(line(format!("/attachments/{index}/name"), Label::Attachment(index + 1)));
    }
    lines.push(line("/expires_at".into(), Label::ExpiresAt));
    lines
}
