//! What the resident registry answered about a filing's signer, as a signed statement: it takes the place of a copy of the
//! Resident Record that would be attached.
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::keys::Keys;
use super::receipt::rfc3339;
use crate::ids::AgencyCode;
use crate::jws::{JwsError, REGISTRY_ANSWER_TYP};

/// What a statement says. Nothing of the record is in it but a digest that names its state.
#[derive(Debug, Serialize)]
pub struct RegistryAnswerFacts<'a> {
    /// Hex SHA-256 of the application document whose signer was looked up.
    pub application_sha256: &'a str,
    /// `match`, `no_match`, `moved`, `dead`, `undecided`.
    pub answer: &'a str,
    /// Why: `address:notation` ...
    pub reasons: &'a [String],
    /// Whether a clerk decided it.
    pub by_clerk: bool,
    /// Whose register.
    pub municipality: Option<AgencyCode>,
    /// Digest of the record's history at that moment.
    pub record_digest: Option<&'a str>,
    /// When the registry was asked.
    #[serde(serialize_with = "rfc3339")]
    pub asked_at: DateTime<Utc>,
    /// For what.
    pub purpose: &'a str,
    /// On which clause of the Basic Resident Registration Act.
    pub legal_basis: &'a str,
}

/// Writes and signs it.
///
/// # Errors
/// When the system has no randomness to give.
pub fn issue(keys: &Keys, facts: &RegistryAnswerFacts<'_>) -> Result<String, JwsError> {
    let json = serde_json::to_string(facts).map_err(|_| JwsError::Form("the registry's answer cannot be written"))?;
    keys.receipt().sign(REGISTRY_ANSWER_TYP, json.as_bytes())
}
