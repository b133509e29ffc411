//! Signing requests: which application documents this gateway made, and when. A signature over one is later than that.
//! (This file is also the example of a noun: a struct for a row, `impl Store` with its verbs.)
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::on_backend;
use super::error::StoreError;
use super::schema::signing_requests;
use super::{Store, from_database, to_database};
use crate::ids::ApplicationId;

/// An application document that this gateway made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningRequest {
    /// Digest of the document's exact bytes.
    pub application_sha256: [u8; 32],
    /// The identifier in it.
    pub application_id: ApplicationId,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Until when it may be filed.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Remembers that the gateway made this document. Saying it twice is the same as once.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn signing_request_put(&self, request: SigningRequest) -> Result<(), StoreError> {
        self.write(move |conn| {
            let row = (
                signing_requests::application_sha256.eq(request.application_sha256.to_vec()),
                signing_requests::application_id.eq(request.application_id.to_string()),
                signing_requests::issued_at.eq(to_database(request.issued_at)),
                signing_requests::expires_at.eq(to_database(request.expires_at)),
            );
            let insert = diesel::insert_into(signing_requests::table).values(row).on_conflict_do_nothing();
            on_backend!(conn, c => insert.execute(c))?;
            Ok(())
        })
        .await
    }

    /// The request behind an application document, where this gateway made it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn signing_request_find(
        &self,
        application_sha256: [u8; 32],
    ) -> Result<Option<SigningRequest>, StoreError> {
        self.read(move |conn| {
            let row: Option<(String, chrono::NaiveDateTime, chrono::NaiveDateTime)> = signing_requests::table
                .find(application_sha256.to_vec())
                .select((signing_requests::application_id, signing_requests::issued_at, signing_requests::expires_at))
                .first(conn)
                .optional()?;
            row.map(|(application_id, issued_at, expires_at)| {
                Ok(SigningRequest {
                    application_sha256,
                    application_id: super::parse_stored(&application_id)?,
                    issued_at: from_database(issued_at),
                    expires_at: from_database(expires_at),
                })
            })
            .transpose()
        })
        .await
    }

    /// Forgets requests that ended before `now`, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn signing_requests_expire(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let old = signing_requests::table.filter(signing_requests::expires_at.lt(to_database(now)));
            Ok(diesel::delete(old).execute(conn)?)
        })
        .await
    }
}
