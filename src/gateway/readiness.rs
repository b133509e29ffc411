//! Whether the gateway can work: asked by load balancers and by people who are woken at night.
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Gateway;

/// How long the database, and the folder or bucket of documents, may take to show that they can be written.
const PATIENCE: Duration = Duration::from_secs(2);

/// What `/readyz` answers.
#[derive(Debug, Clone, Serialize)]
pub struct Readiness {
    /// `ready` or `not_ready`.
    pub status: &'static str,
    /// `writable` or `unavailable`: a row was written and committed, or could not be.
    pub database: &'static str,
    /// `writable` or `unavailable`: a file was written in the folder of documents, or an object in the bucket, or could
    /// not be.
    pub documents: &'static str,
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
    /// Looks at everything that taking a filing needs. Writes to the database and to the folder of documents to know that
    /// they can be written.
    pub async fn readiness(&self) -> Readiness {
        // Who asks this does not wait for as long as a filing would.
        let (database, documents) = tokio::join!(
            tokio::time::timeout(PATIENCE, self.store.check_writable(self.clock.now())),
            tokio::time::timeout(PATIENCE, self.store.check_documents_writable()),
        );
        let (database, documents) = (matches!(database, Ok(Ok(()))), matches!(documents, Ok(Ok(()))));
        let anchors = self.verifier().trust().anchors().len();
        let word = |writable| if writable { "writable" } else { "unavailable" };
        Readiness {
            status: if database && documents && anchors > 0 { "ready" } else { "not_ready" },
            database: word(database),
            documents: word(documents),
            anchors,
            crls: self.lists_readiness(),
        }
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
