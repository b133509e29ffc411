//! Withdrawals: an applicant takes a filing back. Document, signature, receipt and change of status are one transaction.
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{submissions, withdrawals};
use super::statuses::{self, StatusChange};
use super::submissions::{self as filings, stored_status};
use super::{KnownFiling, Store, feed, from_database, parse_stored, stored_digest, to_database};
use crate::evidence::receipt::IssuedReceipt;
use crate::ids::ArrivalNumber;
use crate::intake::withdrawal::VerifiedWithdrawal;
use crate::submission::status::SubmissionStatus;

/// What became of recording a withdrawal.
#[derive(Debug)]
pub enum WithdrawalOutcome {
    /// New, on disk; the filing is withdrawn.
    New,
    /// The same document by the same certificate was recorded before: its first receipt.
    Known(KnownFiling),
    /// Another document (or signer) is recorded under this withdrawal_id.
    Conflict,
}

/// A recorded withdrawal, read back.
#[derive(Debug, Clone)]
pub struct StoredWithdrawal {
    /// Its maker's identifier.
    pub withdrawal_id: Uuid,
    /// Digest of the document.
    pub withdrawal_sha256: [u8; 32],
    /// The document's exact bytes.
    pub document: Bytes,
    /// The signature file as received.
    pub signature: Bytes,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The verification report, JSON.
    pub report: String,
    /// The receipt, exact JSON text.
    pub receipt_json: String,
    /// The receipt as a compact JWS.
    pub receipt_jws: String,
}

#[derive(Insertable)]
#[diesel(table_name = withdrawals)]
struct NewWithdrawal {
    withdrawal_id: String,
    submission_id: i64,
    withdrawal_sha256: Vec<u8>,
    signature_sha256: Vec<u8>,
    signer_sha256: Vec<u8>,
    document: Vec<u8>,
    signature: Vec<u8>,
    received_at: NaiveDateTime,
    report: String,
    receipt_json: String,
    receipt_jws: String,
}

impl Store {
    /// Records a withdrawal and moves its filing to withdrawn: returns only when both are on disk.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing; [`StoreError::StatusConflict`] when it does not stand where
    /// it can be withdrawn.
    pub async fn withdrawal_record(
        &self,
        withdrawal: VerifiedWithdrawal,
        receipt: IssuedReceipt,
    ) -> Result<WithdrawalOutcome, StoreError> {
        let document = withdrawal.document();
        let change = StatusChange {
            arrival_number: document.arrival_number,
            agency: None,
            to: SubmissionStatus::Withdrawn,
            at: receipt.received_at,
            by: "resident".to_owned(),
            reason: Some(document.reason.clone()).filter(|reason| !reason.is_empty()),
        };
        let row = new_row(&withdrawal, receipt)?;
        self.write(move |conn| note(conn, &change, row)).await
    }

    /// The first answer to a withdrawal that is recorded already, found by the bytes alone.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn withdrawal_replay(
        &self,
        withdrawal_sha256: [u8; 32],
        signature_sha256: [u8; 32],
    ) -> Result<Option<KnownFiling>, StoreError> {
        self.read(move |conn| {
            let same = withdrawals::withdrawal_sha256
                .eq(withdrawal_sha256.to_vec())
                .and(withdrawals::signature_sha256.eq(signature_sha256.to_vec()));
            let found: Option<String> =
                withdrawals::table.filter(same).select(withdrawals::withdrawal_id).first(conn).optional()?;
            found.map_or(Ok(None), |id| known(conn, &id))
        })
        .await
    }

    /// The withdrawal of a filing, where it was withdrawn.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn withdrawal_find(&self, number: ArrivalNumber) -> Result<Option<StoredWithdrawal>, StoreError> {
        self.read(move |conn| {
            let Some(submission) = filings::find(conn, number)? else { return Ok(None) };
            let row: Option<WithdrawalRow> = withdrawals::table
                .filter(withdrawals::submission_id.eq(submission.id))
                .select((
                    withdrawals::withdrawal_id,
                    withdrawals::withdrawal_sha256,
                    withdrawals::document,
                    withdrawals::signature,
                    withdrawals::received_at,
                    withdrawals::report,
                    withdrawals::receipt_json,
                    withdrawals::receipt_jws,
                ))
                .first(conn)
                .optional()?;
            row.map(StoredWithdrawal::try_from).transpose()
        })
        .await
    }
}

type WithdrawalRow = (String, Vec<u8>, Vec<u8>, Vec<u8>, NaiveDateTime, String, String, String);

impl TryFrom<WithdrawalRow> for StoredWithdrawal {
    type Error = StoreError;

    fn try_from(row: WithdrawalRow) -> Result<Self, StoreError> {
        let (withdrawal_id, withdrawal_sha256, document, signature, received_at, report, receipt_json, receipt_jws) =
            row;
        Ok(Self {
            withdrawal_id: parse_stored(&withdrawal_id)?,
            withdrawal_sha256: stored_digest(&withdrawal_sha256)?,
            document: document.into(),
            signature: signature.into(),
            received_at: from_database(received_at),
            report,
            receipt_json,
            receipt_jws,
        })
    }
}

fn new_row(withdrawal: &VerifiedWithdrawal, receipt: IssuedReceipt) -> Result<NewWithdrawal, StoreError> {
    let received = withdrawal.received();
    Ok(NewWithdrawal {
        withdrawal_id: withdrawal.document().withdrawal_id.to_string(),
        submission_id: 0,
        withdrawal_sha256: received.application_sha256.to_vec(),
        signature_sha256: received.signature_sha256.to_vec(),
        signer_sha256: withdrawal.signer().signer().sha256().to_vec(),
        document: received.application.to_vec(),
        signature: received.signature.to_vec(),
        received_at: to_database(receipt.received_at),
        report: serde_json::to_string(withdrawal.report())
            .map_err(|_| StoreError::Fault("the report cannot be written as JSON".to_owned()))?,
        receipt_json: receipt.json,
        receipt_jws: receipt.jws,
    })
}

/// The transaction.
fn note(
    connection: &mut AnyConnection,
    change: &StatusChange,
    row: NewWithdrawal,
) -> Result<WithdrawalOutcome, StoreError> {
    let first: Option<(Vec<u8>, Vec<u8>)> = withdrawals::table
        .find(&row.withdrawal_id)
        .select((withdrawals::withdrawal_sha256, withdrawals::signer_sha256))
        .first(connection)
        .optional()?;
    if let Some((withdrawal_sha256, signer_sha256)) = first {
        if (withdrawal_sha256, signer_sha256) != (row.withdrawal_sha256, row.signer_sha256) {
            return Ok(WithdrawalOutcome::Conflict);
        }
        let known = known(connection, &row.withdrawal_id)?.ok_or(StoreError::NotFound)?;
        return Ok(WithdrawalOutcome::Known(known));
    }
    let submission = filings::find(connection, change.arrival_number)?.ok_or(StoreError::NotFound)?;
    statuses::make(connection, &submission, change)?;
    // An agency never saw a held filing, so it need not hear that it is gone.
    if submission.status != SubmissionStatus::Held {
        let (recipient, created_at) = (submission.recipient.to_string(), row.received_at);
        let entry =
            feed::Entry { submission_id: submission.id, recipient: &recipient, kind: feed::WITHDRAWN, created_at };
        feed::append(connection, &[entry])?;
    }
    let row = NewWithdrawal { submission_id: submission.id, ..row };
    on_backend!(connection, c => diesel::insert_into(withdrawals::table).values(&row).execute(c))?;
    Ok(WithdrawalOutcome::New)
}

fn known(connection: &mut AnyConnection, withdrawal_id: &str) -> Result<Option<KnownFiling>, StoreError> {
    let row: Option<(String, String, String, String)> = withdrawals::table
        .inner_join(submissions::table)
        .filter(withdrawals::withdrawal_id.eq(withdrawal_id))
        .select((submissions::arrival_number, submissions::status, withdrawals::receipt_json, withdrawals::receipt_jws))
        .first(connection)
        .optional()?;
    row.map(|(arrival_number, status, receipt_json, receipt_jws)| {
        let (arrival_number, status) = (parse_stored(&arrival_number)?, stored_status(&status)?);
        Ok(KnownFiling { arrival_number, status, receipt_json, receipt_jws })
    })
    .transpose()
}
