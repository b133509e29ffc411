//! Another access key in the place of the one that a filing's first answer gave out.
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use super::audit::{self, AuditEntry, RESIDENT};
use super::schema::submissions;
use super::submissions as filings;
use super::{Store, StoreError};
use crate::ids::ArrivalNumber;

/// How long after a filing arrived its key may be replaced.
pub const REPLACED_WITHIN: Duration = Duration::hours(1);

impl Store {
    /// Puts another key in the place of a filing's, of which `sha256` is kept; an audit line tells. Whether there was time yet.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing.
    pub async fn access_key_replace(
        &self,
        number: ArrivalNumber,
        sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            if now - filing.received_at > REPLACED_WITHIN {
                return Ok(false);
            }
            let row = submissions::table.filter(submissions::id.eq(filing.cursor()));
            diesel::update(row).set(submissions::access_token_sha256.eq(sha256.to_vec())).execute(conn)?;
            let line = AuditEntry {
                at: now,
                actor: RESIDENT.to_owned(),
                action: "replace_access_key",
                subject: number.to_string(),
                outcome: "done".to_owned(),
                request_id: None,
            };
            audit::append(conn, &line)?;
            Ok(true)
        })
        .await
    }
}
