//! What arrived over HTTP, before anything about it is believed.
use bytes::Bytes;
use chrono::{DateTime, Utc};

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
#[derive(Debug)]
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
