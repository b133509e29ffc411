//! What every request shares: clock, store, verifier, CRLs, catalog, registry, keys, settings.
use std::sync::Arc;

use crate::clock::Clock;
use crate::pki::crl::CrlStore;
use crate::signature::verifier::Verifier;
use crate::store::Store;

/// The gateway.
pub struct Gateway {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The record.
    pub store: Store,
    /// Verification under the configured policy and trust.
    pub verifier: Arc<Verifier>,
    /// The revocation lists.
    pub crls: Arc<CrlStore>,
}
