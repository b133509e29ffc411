//! Whether the gateway can work: asked by load balancers and by people who are woken at night.
use serde::Serialize;

use super::Gateway;

/// What `/readyz` answers.
#[derive(Debug, Clone, Serialize)]
pub struct Readiness {
    /// `ready` or `not_ready`.
    pub status: &'static str,
    /// `writable` or `unavailable`.
    pub database: &'static str,
    /// How many trust anchors are loaded; none: not ready.
    pub anchors: usize,
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
        let writable = self.store.check_writable().await.is_ok();
        let anchors = self.verifier().trust().anchors().len();
        let status = if writable && anchors > 0 { "ready" } else { "not_ready" };
        Readiness { status, database: if writable { "writable" } else { "unavailable" }, anchors }
    }
}
