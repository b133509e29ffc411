//! What arrived over HTTP, before anything about it is believed.
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::rejection::{Rejection, RejectionCode};

/// An attachment as uploaded: hashed while it streamed in.
#[derive(Debug, Clone)]
pub struct ReceivedAttachment {
    /// The part's file name: a label only, never a path.
    pub claimed_name: String,
    /// The bytes.
    pub bytes: Bytes,
    /// SHA-256, computed while receiving.
    pub sha256: [u8; 32],
}

/// One filing as received: nothing in it is proven.
#[derive(Debug, Clone)]
pub struct ReceivedSubmission {
    /// The application document's exact bytes.
    pub application: Bytes,
    /// SHA-256 of the application, computed while receiving.
    pub application_sha256: [u8; 32],
    /// The signature file, DER or PEM.
    pub signature: Bytes,
    /// SHA-256 of the signature file, computed while receiving.
    pub signature_sha256: [u8; 32],
    /// The attachments in the order received.
    pub attachments: Vec<ReceivedAttachment>,
    /// When the last byte arrived, by the gateway's clock.
    pub received_at: DateTime<Utc>,
}

impl ReceivedSubmission {
    /// The document and the signature are there, and no larger than allowed.
    ///
    /// # Errors
    /// `too-large`, or `part-missing` for an empty part.
    pub fn check_sizes(&self, application_bytes: usize, signature_bytes: usize) -> Result<(), Box<Rejection>> {
        for (name, part, most) in
            [("application", &self.application, application_bytes), ("signature", &self.signature, signature_bytes)]
        {
            let refusal = match part.len() {
                0 => (RejectionCode::PartMissing, format!("The part {name} is empty.")),
                length if length > most => {
                    (RejectionCode::TooLarge, format!("The part {name} may have {most} bytes at most."))
                }
                _ => continue,
            };
            return Err(Box::new(Rejection::new(refusal.0, refusal.1)));
        }
        Ok(())
    }
}
