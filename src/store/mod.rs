//! The record of filings, durable through diesel on SQLite and PostgreSQL.
pub mod accounts;
pub mod agency_tokens;
pub mod sessions;

use crate::evidence::receipt::IssuedReceipt;
use crate::ids::ArrivalNumber;
use crate::intake::Recordable;
use crate::submission::status::SubmissionStatus;

/// The store: a connection pool, a recorder and the documents.
#[derive(Debug, Clone)]
pub struct Store {}

/// Proof that a filing is on disk, synced.
#[derive(Debug)]
pub struct RecordedSubmission {
    arrival_number: ArrivalNumber,
    status: SubmissionStatus,
}

impl RecordedSubmission {
    /// Its number.
    pub fn arrival_number(&self) -> ArrivalNumber {
        self.arrival_number
    }
    /// Its first status.
    pub fn status(&self) -> SubmissionStatus {
        self.status
    }
}

/// What became of recording.
#[derive(Debug)]
pub enum RecordOutcome {
    /// New, on disk.
    New(RecordedSubmission),
    /// The same document by the same certificate was recorded before: its first receipt.
    Known {
        /// The first filing's number.
        arrival_number: ArrivalNumber,
        /// Its status now.
        status: SubmissionStatus,
        /// Receipt JSON.
        receipt_json: String,
        /// Receipt JWS.
        receipt_jws: String,
    },
    /// Another document (or signer) is recorded under this application_id.
    Conflict,
}

/// Why the store could not do its work: a fault, not a refusal.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database or the disk does not take writes now; try again.
    #[error("the record cannot be written or read now: {0}")]
    Unavailable(String),
    /// A fault.
    #[error("{0}")]
    Fault(String),
}

impl Store {
    /// Records a filing: returns only when it is on disk. Waits in a group with what else waits.
    ///
    /// # Errors
    /// When it could not be written; nothing is left then.
    pub async fn record(
        &self,
        _submission: Recordable,
        _receipt: IssuedReceipt,
        _access_token_sha256: [u8; 32],
    ) -> Result<RecordOutcome, StoreError> {
        unimplemented!()
    }
}
