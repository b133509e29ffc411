//! Drafts that correct a filing.
use diesel::prelude::*;

use super::after_schema::draft_corrections;
use super::schema::submissions;
use super::submissions as filings;
use super::{Store, StoreError, parse_stored, stored_digest};
use crate::ids::ArrivalNumber;

impl Store {
    /// Notes that a draft corrects a filing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing.
    pub async fn draft_correct(&self, draft_id: String, number: ArrivalNumber) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            let row = (draft_corrections::draft_id.eq(draft_id), draft_corrections::submission_id.eq(filing.id));
            diesel::insert_into(draft_corrections::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// What a draft corrects: the filing's number and the digest of its application.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn draft_corrects(&self, draft_id: String) -> Result<Option<(ArrivalNumber, [u8; 32])>, StoreError> {
        self.read(move |conn| {
            let found: Option<(String, Vec<u8>)> = draft_corrections::table
                .inner_join(submissions::table)
                .filter(draft_corrections::draft_id.eq(draft_id))
                .select((submissions::arrival_number, submissions::application_sha256))
                .first(conn)
                .optional()?;
            found.map(|(number, sha256)| Ok((parse_stored(&number)?, stored_digest(&sha256)?))).transpose()
        })
        .await
    }
}
