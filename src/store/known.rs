//! What is recorded already: the same document by the same certificate is the same filing, and gets the first receipt
//! (public contract section 4).
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::error::StoreError;
use super::schema::submissions;
use super::submissions::stored_status;
use super::{KnownFiling, Store, from_database, parse_stored, stored_digest};
use crate::ids::ApplicationId;

/// The first filing of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstFiling {
    /// Digest of its signature file.
    pub signature_sha256: [u8; 32],
    /// Digest of the certificate that signed it: whoever signs with another is told nothing of it.
    pub signer_sha256: [u8; 32],
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The answer to it.
    pub known: KnownFiling,
}

type Row = (Vec<u8>, Vec<u8>, NaiveDateTime, String, String, String, String);

impl Store {
    /// The first filing of a document, whoever signed it: for answering a repeated POST whose document or certificate has
    /// ended since. `application_id` is the one that the document states, which is recorded once at most.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn submission_first(
        &self,
        application_id: ApplicationId,
        application_sha256: [u8; 32],
    ) -> Result<Option<FirstFiling>, StoreError> {
        self.read(move |conn| {
            let row: Option<Row> = submissions::table
                .filter(submissions::application_id.eq(application_id.to_string()))
                .filter(submissions::application_sha256.eq(application_sha256.to_vec()))
                .select((
                    submissions::signature_sha256,
                    submissions::signer_sha256,
                    submissions::received_at,
                    submissions::arrival_number,
                    submissions::status,
                    submissions::receipt_json,
                    submissions::receipt_jws,
                ))
                .first(conn)
                .optional()?;
            row.map(|(signature, signer, received_at, arrival_number, status, receipt_json, receipt_jws)| {
                let (arrival_number, status) = (parse_stored(&arrival_number)?, stored_status(&status)?);
                Ok(FirstFiling {
                    signature_sha256: stored_digest(&signature)?,
                    signer_sha256: stored_digest(&signer)?,
                    received_at: from_database(received_at),
                    known: KnownFiling { arrival_number, status, receipt_json, receipt_jws },
                })
            })
            .transpose()
        })
        .await
    }
}
