//! Whether the gateway can work: asked by load balancers and by people who are woken at night.
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Gateway;

/// How long the database may take to show that it can be written.
const PATIENCE: Duration = Duration::from_secs(2);

/// What `/readyz` answers.
#[derive(Debug, Clone, Serialize)]
pub struct Readiness {
    /// `ready` or `not_ready`.
    pub status: &'static str,
    /// `writable` or `unavailable`.
    pub database: &'static str,
    /// How many trust anchors are loaded; none: not ready.
    pub anchors: usize,
    /// The revocation lists: stale ones do not make it unready, for filings that rest on them are held.
    pub crls: ListsReadiness,
}

/// The revocation lists in use.
#[derive(Debug, Clone, Serialize)]
pub struct ListsReadiness {
    /// How many are loaded.
    pub loaded: usize,
    /// Those whose nextUpdate has passed.
    pub stale: Vec<StaleList>,
}

/// A revocation list whose nextUpdate has passed.
#[derive(Debug, Clone, Serialize)]
pub struct StaleList {
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// Which certificates it speaks of.
    pub scope: String,
    /// CRL number in decimal.
    pub number: Option<String>,
    /// When the next one was due.
    pub next_update: Option<DateTime<Utc>>,
    /// Hex SHA-256 of its DER.
    pub sha256: String,
}

impl Readiness {
    /// Whether filings can be taken.
    pub fn is_ready(&self) -> bool {
        self.status == "ready"
    }
}

impl Gateway {
    /// Looks at everything that taking a filing needs. Writes to the database to know that it can be written.
    pub async fn readiness(&self) -> Readiness {
        // Who asks this does not wait for as long as a filing would.
        let writable = matches!(tokio::time::timeout(PATIENCE, self.store.check_writable()).await, Ok(Ok(())));
        let anchors = self.verifier().trust().anchors().len();
        let status = if writable && anchors > 0 { "ready" } else { "not_ready" };
        let database = if writable { "writable" } else { "unavailable" };
        Readiness { status, database, anchors, crls: self.lists_readiness() }
    }

    fn lists_readiness(&self) -> ListsReadiness {
        let stale = self.crls.stale_or_soon(self.clock.now(), chrono::Duration::zero());
        let view = |list: crate::pki::crl::CrlSummary| StaleList {
            issuer: list.identity.issuer.clone(),
            scope: list.scope,
            number: list.identity.number.clone(),
            next_update: list.identity.next_update,
            sha256: list.identity.sha256.clone(),
        };
        ListsReadiness { loaded: self.crls.list().len(), stale: stale.into_iter().map(view).collect() }
    }
}
