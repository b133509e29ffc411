//! Sign-in sessions: random identifiers that are kept as hashes, with an idle and an absolute time-out.
use chrono::{DateTime, Utc};

use super::accounts::Account;
use super::{Store, StoreError};

/// Who a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// The account.
    pub account: Account,
    /// When they signed in.
    pub signed_in_at: DateTime<Utc>,
}

impl Store {
    /// The session of that identifier's SHA-256, where it has neither ended nor timed out and its account may sign
    /// in; notes that it was used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_use(
        &self,
        _id_sha256: [u8; 32],
        _now: DateTime<Utc>,
    ) -> Result<Option<SessionUser>, StoreError> {
        unimplemented!()
    }
}
