//! The Online Certificate Status Protocol (RFC 6960, nonces of RFC 9654, the profile of RFC 5019): requests and
//! responses read and written, responses checked, and questions answered out of the index of revocation lists. No I/O.
mod answer;
mod cert_id;
mod checks;
mod evidence;
mod extension;
mod request;
mod response;
mod write;

pub use answer::{Answered, Delegate, DelegateError, Shards, answer};
pub use cert_id::{CertId, key_hash};
pub use checks::{Judged, Question, judge, relates_to};
pub use evidence::{NonceRule, OcspEvidence, OcspIdentity, OcspRule, OcspUse};
pub use request::{MAX_REQUEST, MAX_REQUESTS, OcspRequest};
pub use response::{
    BasicResponse, CertStatus, MAX_RESPONSE, OcspResponse, ResponderId, ResponseStatus, SingleResponse,
};
pub use write::{ResponseData, Single, sign, status_only};

use crate::asn1::DerError;

/// id-kp-OCSPSigning (RFC 6960 4.2.2.2), content octets.
pub const OCSP_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09];

/// Why bytes are not a request or a response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OcspError(pub String);

impl OcspError {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<DerError> for OcspError {
    fn from(error: DerError) -> Self {
        Self(error.to_string())
    }
}
