//! A later verdict on a filing: decided after a hold, confirmed, contested. Each is a signed statement of its own that
//! names the one before it by digest; the first names the receipt. So the history of a filing's verdicts is a chain
//! that nobody can shorten or rewrite without a gap.
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::keys::Keys;
use super::receipt::{VerdictSummary, rfc3339};
use crate::ids::ArrivalNumber;
use crate::jws::{JwsError, STATEMENT_TYP};
use crate::submission::status::SubmissionStatus;

/// What a statement says.
#[derive(Debug, Serialize)]
pub struct StatementFacts<'a> {
    /// The filing.
    pub arrival_number: ArrivalNumber,
    /// Hex SHA-256 of its application document.
    pub application_sha256: &'a str,
    /// Hex SHA-256 of the JWS before this one: the receipt's, or the last statement's.
    pub previous_sha256: String,
    /// When it is made.
    #[serde(serialize_with = "rfc3339")]
    pub made_at: DateTime<Utc>,
    /// Where the filing stands by it.
    pub status: SubmissionStatus,
    /// The verdict.
    pub verdict: VerdictSummary<'a>,
}

/// A statement made and signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedStatement {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Exact JSON text.
    pub json: String,
    /// The same as a compact JWS.
    pub jws: String,
}

/// The digest by which a statement names the JWS before it.
pub fn link_to(previous_jws: &str) -> String {
    hex::encode(digest(&SHA256, previous_jws.as_bytes()))
}

/// Writes and signs a statement.
///
/// # Errors
/// When the system has no randomness to give.
pub fn issue(keys: &Keys, facts: &StatementFacts<'_>) -> Result<IssuedStatement, JwsError> {
    let json = serde_json::to_string(facts).map_err(|_| JwsError::Form("the statement cannot be written"))?;
    let jws = keys.receipt().sign(STATEMENT_TYP, json.as_bytes())?;
    Ok(IssuedStatement { made_at: facts.made_at, json, jws })
}
