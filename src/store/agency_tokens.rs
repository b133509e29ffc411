//! The agencies' API tokens: shown once when they are made, kept as hashes.
use super::{Store, StoreError};
use crate::ids::AgencyCode;

/// Whom an API token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyToken {
    /// Its identifier (a UUID), which audit lines carry.
    pub id: String,
    /// Whose filings it sees.
    pub agency: AgencyCode,
}

impl Store {
    /// The agency token of that SHA-256, where it is known and not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn agency_token(&self, _token_sha256: [u8; 32]) -> Result<Option<AgencyToken>, StoreError> {
        unimplemented!()
    }
}
