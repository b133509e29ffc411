//! Certificate revocation lists (RFC 5280 section 5), verified once when they come in and kept as an index.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::path::VerifiedChain;
use super::trust_store::TrustStore;
use crate::verdict::Check;

/// Which CRL a verdict rests on.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct CrlIdentity {
    /// Issuer in RFC 4514 form.
    pub issuer: String,
    /// CRL number in decimal; null where the list has none.
    pub number: Option<String>,
    /// When it was issued.
    pub this_update: DateTime<Utc>,
    /// When the next one comes.
    pub next_update: Option<DateTime<Utc>>,
    /// Hex SHA-256 of its DER.
    pub sha256: String,
}

/// An immutable set of CRL indexes; a request keeps the one it began with.
#[derive(Debug, Default)]
pub struct CrlSnapshot {}

/// Verifies CRLs as they come in and publishes a new [`CrlSnapshot`] by an atomic swap.
#[derive(Debug, Default)]
pub struct CrlStore {}

impl CrlStore {
    /// The present snapshot.
    pub fn current(&self) -> Arc<CrlSnapshot> {
        unimplemented!()
    }
    /// Takes a CRL in: signature, issuer, scope, freshness and number are checked first.
    pub fn offer(&self, _crl: &[u8], _trust: &TrustStore, _at: DateTime<Utc>) -> Result<CrlIdentity, CrlRefusal> {
        unimplemented!()
    }
}

/// Why a CRL was not taken in.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct CrlRefusal {
    /// A stable code.
    pub code: &'static str,
    /// A sentence for the operator.
    pub detail: String,
}

/// Proof that no certificate of the chain was revoked at the time of judging, by CRLs whose scope covers them.
#[derive(Debug)]
pub struct NotRevoked {
    crls: Vec<CrlIdentity>,
}

impl NotRevoked {
    /// The lists it rests on.
    pub fn crls(&self) -> &[CrlIdentity] {
        &self.crls
    }
}

/// The revocation status of one certificate of the chain.
#[derive(Debug, Clone, Serialize)]
pub struct RevocationStatus {
    /// Hex SHA-256 of the certificate.
    pub certificate: String,
    /// `good`, `revoked`, `on_hold` or `unknown`.
    pub status: &'static str,
    /// The list that says so.
    pub crl: Option<Arc<CrlIdentity>>,
}

/// What the revocation check found.
#[derive(Debug)]
pub struct RevocationOutcome {
    /// The proof, where it holds.
    pub proof: Option<NotRevoked>,
    /// One status a certificate, the anchor left out.
    pub statuses: Vec<RevocationStatus>,
    /// Every check made.
    pub checks: Vec<Check>,
}

/// Looks every certificate of `chain` up in `snapshot` as of `at`.
pub fn check_revocation(
    _snapshot: &CrlSnapshot,
    _chain: &VerifiedChain,
    _at: DateTime<Utc>,
    _signed_after: Option<DateTime<Utc>>,
) -> RevocationOutcome {
    unimplemented!()
}
