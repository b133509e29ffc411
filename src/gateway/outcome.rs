//! What became of something that was filed.
use crate::ids::ArrivalNumber;
use crate::submission::rejection::Rejection;
use crate::submission::status::SubmissionStatus;

/// What became of a filing, a correction or a withdrawal.
#[derive(Debug)]
pub enum SubmitOutcome {
    /// Recorded now, on disk: 201, or 202 where `status` is held.
    New {
        /// Its number.
        arrival_number: ArrivalNumber,
        /// Its status.
        status: SubmissionStatus,
        /// The receipt, exact JSON text.
        receipt_json: String,
        /// The same as a compact JWS.
        receipt_jws: String,
        /// What opens the filing's status; told this once. None for a withdrawal, which has no status of its own.
        access_token: Option<String>,
    },
    /// It was recorded before: 200 and the first receipt.
    Known {
        /// Its number.
        arrival_number: ArrivalNumber,
        /// Its status now.
        status: SubmissionStatus,
        /// The first receipt, exact JSON text.
        receipt_json: String,
        /// The same as a compact JWS.
        receipt_jws: String,
    },
    /// Refused: nothing is left behind.
    Rejected(Box<Rejection>),
    /// The record cannot be written now: 503 with Retry-After; nothing is left behind.
    Unavailable,
}
