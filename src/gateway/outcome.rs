//! What became of something that was filed.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::ids::ArrivalNumber;
use crate::jws::JwsError;
use crate::store::{KnownFiling, StoreError};
use crate::submission::rejection::{Rejection, RejectionCode};
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
    /// The record cannot be written now: 503 with Retry-After. Where the connection went away in the moment of the
    /// commit it may be recorded all the same; sent again it is [`SubmitOutcome::Known`] then.
    Unavailable,
}

impl From<KnownFiling> for SubmitOutcome {
    fn from(known: KnownFiling) -> Self {
        let KnownFiling { arrival_number, status, receipt_json, receipt_jws } = known;
        Self::Known { arrival_number, status, receipt_json, receipt_jws }
    }
}

/// Why something ended before it was done.
#[derive(Debug)]
pub(super) enum Stop {
    /// A refusal, expected and explained.
    Rejected(Box<Rejection>),
    /// The record cannot be read or written now.
    Unavailable,
}

impl From<Box<Rejection>> for Stop {
    fn from(rejection: Box<Rejection>) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        let refuse = |code, detail: &str| Self::Rejected(Box::new(Rejection::new(code, detail)));
        match error {
            StoreError::Unavailable(inside) => {
                tracing::warn!(target: "madoguchi::gateway", fault = %inside, "the record is unavailable");
                Self::Unavailable
            }
            StoreError::StatusConflict { found } => refuse(
                RejectionCode::StatusConflict,
                &format!("The filing is {}, which does not allow this.", found.as_str()),
            ),
            StoreError::NotFound => refuse(RejectionCode::NotFound, "There is no filing of that number."),
            fault => {
                tracing::error!(target: "madoguchi::gateway", fault = %fault, "the record met a fault");
                refuse(
                    RejectionCode::Internal,
                    "The gateway met a fault; it is logged. Send the same again: it is taken once.",
                )
            }
        }
    }
}

impl From<JwsError> for Stop {
    fn from(error: JwsError) -> Self {
        tracing::error!(target: "madoguchi::gateway", fault = %error, "evidence could not be signed");
        let detail = "The gateway could not sign a receipt; it is logged. Nothing was recorded.";
        Self::Rejected(Box::new(Rejection::new(RejectionCode::Internal, detail)))
    }
}

/// The outcome of a filing that may have stopped.
pub(super) fn settle(filed: Result<SubmitOutcome, Stop>) -> SubmitOutcome {
    match filed {
        Ok(outcome) => outcome,
        Err(Stop::Rejected(rejection)) => SubmitOutcome::Rejected(rejection),
        Err(Stop::Unavailable) => SubmitOutcome::Unavailable,
    }
}

/// A fresh access token: 256 random bits, base64url.
pub(super) fn fresh_access_token(rng: &SystemRandom) -> Result<String, JwsError> {
    let mut bytes = [0_u8; 32];
    rng.fill(&mut bytes).map_err(|_| JwsError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of an access token: the SHA-256 of its text.
pub fn access_token_digest(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut value = [0; 32];
    value.copy_from_slice(digest(&SHA256, bytes).as_ref());
    value
}
