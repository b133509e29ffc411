//! Withdrawals that the gateway made for somebody to sign: one a filing, the newest.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::withdrawal_requests;
use super::submissions as filings;
use super::{Store, StoreError, from_database, to_database};
use crate::ids::ArrivalNumber;

/// A withdrawal that waits for its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRequest {
    /// Identifier of the signing request.
    pub request_id: String,
    /// The document's exact bytes.
    pub document: Vec<u8>,
    /// The signing request, a compact JWS.
    pub request_jws: String,
    /// Until when it may be filed.
    pub not_after: DateTime<Utc>,
}

impl Store {
    /// Keeps a withdrawal to be signed in place of the one before it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing.
    pub async fn withdrawal_request_put(
        &self,
        number: ArrivalNumber,
        request: WithdrawalRequest,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            diesel::delete(withdrawal_requests::table.find(filing.id)).execute(conn)?;
            let row = (
                withdrawal_requests::submission_id.eq(filing.id),
                withdrawal_requests::request_id.eq(request.request_id),
                withdrawal_requests::document.eq(request.document),
                withdrawal_requests::request_jws.eq(request.request_jws),
                withdrawal_requests::not_after.eq(to_database(request.not_after)),
            );
            diesel::insert_into(withdrawal_requests::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The withdrawal of a filing that waits for its signature.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn withdrawal_request_find(
        &self,
        number: ArrivalNumber,
    ) -> Result<Option<WithdrawalRequest>, StoreError> {
        type Row = (String, Vec<u8>, String, NaiveDateTime);
        self.read(move |conn| {
            let Some(filing) = filings::find(conn, number)? else { return Ok(None) };
            let row: Option<Row> = withdrawal_requests::table
                .find(filing.id)
                .select((
                    withdrawal_requests::request_id,
                    withdrawal_requests::document,
                    withdrawal_requests::request_jws,
                    withdrawal_requests::not_after,
                ))
                .first(conn)
                .optional()?;
            Ok(row.map(|(request_id, document, request_jws, not_after)| WithdrawalRequest {
                request_id,
                document,
                request_jws,
                not_after: from_database(not_after),
            }))
        })
        .await
    }
}
