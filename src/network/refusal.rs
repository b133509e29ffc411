//! Why a message is not taken, each with a stable code.
use serde::{Deserialize, Serialize};

/// What is wrong. As long as it is, the sender keeps the message and tries again; only a signed answer settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkFault {
    /// The certificate of the connection is no peer's.
    UnknownPeer,
    /// No signature by the peer's keys.
    Signature,
    /// Not a message of the protocol's form.
    Malformed,
    /// Another version of the protocol.
    Version,
    /// Signed too long ago, or in the future.
    Stale,
    /// This very sending was seen before.
    Replayed,
    /// The municipality that it speaks for is not the peer's.
    NotYours,
    /// The municipality that it speaks to is not here.
    NotHere,
    /// A message of this `id` said something else before.
    IdReused,
    /// Longer than [`super::MAX_BYTES`].
    TooLong,
    /// More messages a minute than this gateway takes from one peer.
    TooMany,
    /// The record does not answer now.
    Unavailable,
    /// The other gateway was not reached.
    NotReached,
    /// It was, and TLS failed: another certificate, or ours was not taken.
    Tls,
    /// What came back is no answer of the protocol.
    BadAnswer,
}

impl NetworkFault {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownPeer => "unknown_peer",
            Self::Signature => "signature",
            Self::Malformed => "malformed",
            Self::Version => "version",
            Self::Stale => "stale",
            Self::Replayed => "replayed",
            Self::NotYours => "not_yours",
            Self::NotHere => "not_here",
            Self::IdReused => "id_reused",
            Self::TooLong => "too_long",
            Self::TooMany => "too_many",
            Self::Unavailable => "unavailable",
            Self::NotReached => "not_reached",
            Self::Tls => "tls",
            Self::BadAnswer => "bad_answer",
        }
    }

    /// The HTTP status that the listener answers with.
    pub fn status(self) -> u16 {
        match self {
            Self::UnknownPeer | Self::NotYours => 403,
            Self::Signature => 401,
            Self::Malformed | Self::Version | Self::BadAnswer => 400,
            Self::Stale | Self::Replayed | Self::IdReused => 409,
            Self::NotHere => 404,
            Self::TooLong => 413,
            Self::TooMany => 429,
            Self::Unavailable | Self::NotReached | Self::Tls => 503,
        }
    }

    /// The fault of a code that the other side sent.
    pub fn of_code(code: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
    }
}

/// A refusal: its code, and a sentence without personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", .fault.code())]
pub struct NetworkRefusal {
    /// What is wrong.
    pub fault: NetworkFault,
    /// On this occasion.
    pub detail: String,
}

impl NetworkRefusal {
    /// A refusal with a sentence.
    pub fn new(fault: NetworkFault, detail: &str) -> Self {
        Self { fault, detail: detail.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_it_is_written() {
        use NetworkFault::*;
        for fault in [
            UnknownPeer,
            Signature,
            Malformed,
            Version,
            Stale,
            Replayed,
            NotYours,
            NotHere,
            IdReused,
            TooLong,
            TooMany,
            Unavailable,
            NotReached,
            Tls,
            BadAnswer,
        ] {
            assert_eq!(NetworkFault::of_code(fault.code()), Some(fault));
            assert!(fault.status() >= 400);
        }
        assert_eq!(NetworkFault::of_code("else"), None);
    }
}
