//! What is recorded already: the same document by the same certificate is the same filing, and gets the first receipt
//! (public contract section 4).
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::error::StoreError;
use super::schema::submissions;
use super::submissions::stored_status;
use super::{KnownFiling, Store, from_database, parse_stored, stored_digest};

/// The first filing of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstFiling {
    /// Digest of the certificate that signed it: whoever signs with another is told nothing of it.
    pub signer_sha256: [u8; 32],
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The answer to it.
    pub known: KnownFiling,
}

impl Store {
    /// The first answer to a filing that is recorded already, found by the bytes alone: for answering a repeated POST
    /// whose document or certificate has ended since.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn submission_replay(
        &self,
        application_sha256: [u8; 32],
        signature_sha256: [u8; 32],
    ) -> Result<Option<KnownFiling>, StoreError> {
        self.read(move |conn| {
            let row: Option<(String, String, String, String)> = submissions::table
                .filter(submissions::application_sha256.eq(application_sha256.to_vec()))
                .filter(submissions::signature_sha256.eq(signature_sha256.to_vec()))
                .select((
                    submissions::arrival_number,
                    submissions::status,
                    submissions::receipt_json,
                    submissions::receipt_jws,
                ))
                .first(conn)
                .optional()?;
            row.map(|(arrival_number, status, receipt_json, receipt_jws)| {
                let (arrival_number, status) = (parse_stored(&arrival_number)?, stored_status(&status)?);
                Ok(KnownFiling { arrival_number, status, receipt_json, receipt_jws })
            })
            .transpose()
        })
        .await
    }

    /// The first filing of a document, whoever signed it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn submission_first(&self, application_sha256: [u8; 32]) -> Result<Option<FirstFiling>, StoreError> {
        type Row = (Vec<u8>, NaiveDateTime, String, String, String, String);
        self.read(move |conn| {
            let row: Option<Row> = submissions::table
                .filter(submissions::application_sha256.eq(application_sha256.to_vec()))
                .select((
                    submissions::signer_sha256,
                    submissions::received_at,
                    submissions::arrival_number,
                    submissions::status,
                    submissions::receipt_json,
                    submissions::receipt_jws,
                ))
                .first(conn)
                .optional()?;
            row.map(|(signer, received_at, arrival_number, status, receipt_json, receipt_jws)| {
                let (arrival_number, status) = (parse_stored(&arrival_number)?, stored_status(&status)?);
                let known = KnownFiling { arrival_number, status, receipt_json, receipt_jws };
                let received_at = from_database(received_at);
                Ok(FirstFiling { signer_sha256: stored_digest(&signer)?, received_at, known })
            })
            .transpose()
        })
        .await
    }

    /// Whether a document is recorded as signed by the certificate of that digest, with whatever signature.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn submission_is_known(
        &self,
        application_sha256: [u8; 32],
        signer_sha256: [u8; 32],
    ) -> Result<bool, StoreError> {
        self.read(move |conn| {
            let row: Option<i64> = submissions::table
                .filter(submissions::application_sha256.eq(application_sha256.to_vec()))
                .filter(submissions::signer_sha256.eq(signer_sha256.to_vec()))
                .select(submissions::id)
                .first(conn)
                .optional()?;
            Ok(row.is_some())
        })
        .await
    }
}
