//! What OCSP brings into a verdict: responses as they came, what a policy asks of them, and how a report names one.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// A response as it came, not believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspEvidence {
    /// Its DER.
    pub der: Arc<[u8]>,
    /// When it came: what it says of later times is not believed.
    pub received_at: DateTime<Utc>,
    /// The nonce that was sent, where one was.
    pub nonce: Option<Arc<[u8]>>,
}

impl OcspEvidence {
    /// A response that came at `received_at` without having been asked for by nonce.
    pub fn given(der: impl Into<Arc<[u8]>>, received_at: DateTime<Utc>) -> Self {
        Self { der: der.into(), received_at, nonce: None }
    }

    /// SHA-256 of its DER.
    pub fn sha256(&self) -> [u8; 32] {
        crate::crypto::sha256(&self.der)
    }
}

/// When OCSP is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcspUse {
    /// Never: revocation lists alone decide.
    Never,
    /// Where lists leave a certificate undecided because they are missing, stale or do not say enough.
    WhenUndecided,
}

/// Whether an answer has to repeat the nonce that was sent. One that repeats another never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NonceRule {
    /// An answer without one counts: responders that sign beforehand (RFC 5019) send none.
    Optional,
    /// It has to be there.
    Required,
}

/// What a policy asks of OCSP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcspRule {
    /// When it is asked.
    pub ask: OcspUse,
    /// How old an answer (its thisUpdate) may be at the time of judging.
    pub max_age: Duration,
    /// Whether the nonce has to be there.
    pub nonce: NonceRule,
}

impl OcspRule {
    /// Revocation lists alone decide.
    pub const NEVER: Self = Self { ask: OcspUse::Never, max_age: Duration::days(7), nonce: NonceRule::Optional };

    /// Where lists leave a certificate undecided; answers up to seven days old, with or without nonce.
    pub const WHEN_UNDECIDED: Self = Self { ask: OcspUse::WhenUndecided, ..Self::NEVER };
}

/// Which response a verdict rests on.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct OcspIdentity {
    /// Who answered: the subject of the certificate whose key signed, in RFC 4514 form.
    pub responder: Arc<str>,
    /// When it was signed.
    pub produced_at: DateTime<Utc>,
    /// When it was known to be so.
    pub this_update: DateTime<Utc>,
    /// When newer information comes.
    pub next_update: Option<DateTime<Utc>>,
    /// Hex SHA-256 of its DER.
    pub sha256: String,
}
