//! Certification path building and validation (RFC 5280 section 6).
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::certificate::Certificate;
use super::trust_store::TrustStore;
use crate::verdict::Check;

/// What the path is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing documents.
    Sign,
    /// Authentication.
    Authenticate,
    /// Anything.
    Any,
}

/// The inputs of RFC 5280 6.1.1.
#[derive(Debug)]
pub struct PathRequest<'a> {
    /// The time at which the path is judged.
    pub at: DateTime<Utc>,
    /// Untrusted certificates that may help.
    pub extra: &'a [Arc<Certificate>],
    /// What the path is wanted for.
    pub purpose: Purpose,
}

/// Proof that a path from the target to an anchor satisfies RFC 5280 section 6, but for revocation.
#[derive(Debug)]
pub struct VerifiedChain {
    certificates: Vec<Arc<Certificate>>,
}

impl VerifiedChain {
    /// Target first, anchor last.
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }
}

/// What path validation found.
#[derive(Debug)]
pub struct PathOutcome {
    /// The proof, where it holds.
    pub chain: Option<VerifiedChain>,
    /// The best candidate, for the report; target first.
    pub candidate: Vec<Arc<Certificate>>,
    /// Every check made.
    pub checks: Vec<Check>,
}

/// Builds and validates a path for `target`.
pub fn validate(_trust: &TrustStore, _target: &Arc<Certificate>, _request: &PathRequest<'_>) -> PathOutcome {
    unimplemented!()
}
