//! What somebody sent whose sign-in was over: kept for an hour for the same browser, so that nothing typed is lost.
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use super::draft_schema::draft_parked;
use super::error::StoreError;
use super::{Store, to_database};

/// How long it is kept.
const MINUTES: i64 = 60;

/// A form that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedForm {
    /// Where it was sent.
    pub path: String,
    /// Its fields, as JSON.
    pub fields: String,
}

impl Store {
    /// Keeps a form for a browser, in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_park(
        &self,
        owner_sha256: [u8; 32],
        form: ParkedForm,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            let of_browser = draft_parked::table.find(owner_sha256.to_vec());
            diesel::delete(of_browser).execute(conn)?;
            let row = (
                draft_parked::owner_sha256.eq(owner_sha256.to_vec()),
                draft_parked::path.eq(form.path),
                draft_parked::fields.eq(form.fields),
                draft_parked::parked_at.eq(to_database(now)),
            );
            diesel::insert_into(draft_parked::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The form that a browser sent to `path`, if it is kept still.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn draft_parked(
        &self,
        owner_sha256: [u8; 32],
        path: String,
        now: DateTime<Utc>,
    ) -> Result<Option<ParkedForm>, StoreError> {
        self.read(move |conn| {
            let since = to_database(now - Duration::minutes(MINUTES));
            let found: Option<(String, String)> = draft_parked::table
                .find(owner_sha256.to_vec())
                .filter(draft_parked::path.eq(path))
                .filter(draft_parked::parked_at.gt(since))
                .select((draft_parked::path, draft_parked::fields))
                .first(conn)
                .optional()?;
            Ok(found.map(|(path, fields)| ParkedForm { path, fields }))
        })
        .await
    }

    /// Forgets the form of a browser.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_unpark(&self, owner_sha256: [u8; 32]) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::delete(draft_parked::table.find(owner_sha256.to_vec())).execute(conn)?;
            Ok(())
        })
        .await
    }
}
