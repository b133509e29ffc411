//! OCSP responses that verdicts rest on, by digest: on disk before the verdict is recorded, and never taken away, so that
//! any verdict can be made again.
use diesel::prelude::*;

use super::connection::on_backend;
use super::error::StoreError;
use super::schema::ocsp_responses;
use super::{Store, from_database, to_database};
use crate::pki::ocsp::OcspEvidence;

impl Store {
    /// Keeps responses. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when they are not on disk.
    pub async fn ocsp_responses_keep(&self, responses: Vec<OcspEvidence>) -> Result<(), StoreError> {
        self.write(move |conn| {
            for response in &responses {
                let row = (
                    ocsp_responses::sha256.eq(response.sha256().to_vec()),
                    ocsp_responses::content.eq(response.der.to_vec()),
                    ocsp_responses::received_at.eq(to_database(response.received_at)),
                    ocsp_responses::nonce.eq(response.nonce.as_deref().map(<[u8]>::to_vec)),
                );
                let insert = diesel::insert_into(ocsp_responses::table).values(row).on_conflict_do_nothing();
                on_backend!(conn, c => insert.execute(c))?;
            }
            Ok(())
        })
        .await
    }

    /// The response of this digest, with when it came and the nonce that was sent; none where it is not kept.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is not what was kept.
    pub async fn ocsp_response_read(&self, sha256: [u8; 32]) -> Result<Option<OcspEvidence>, StoreError> {
        self.read(move |conn| {
            type Row = (Vec<u8>, chrono::NaiveDateTime, Option<Vec<u8>>);
            let row: Option<Row> = ocsp_responses::table
                .find(sha256.to_vec())
                .select((ocsp_responses::content, ocsp_responses::received_at, ocsp_responses::nonce))
                .first(conn)
                .optional()?;
            let Some((content, received_at, nonce)) = row else { return Ok(None) };
            let response = OcspEvidence {
                der: content.into(),
                received_at: from_database(received_at),
                nonce: nonce.map(Into::into),
            };
            if response.sha256() != sha256 {
                return Err(super::documents::damaged(sha256, "its row does not hold it"));
            }
            Ok(Some(response))
        })
        .await
    }
}
