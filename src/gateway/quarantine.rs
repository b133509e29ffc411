//! The quarantine of revocation lists as intake asks for it, and the round that takes in what two operators let in.
use chrono::{DateTime, Utc};

use super::Gateway;
use super::lists::wait;
use crate::pki::crl::{CrlQuarantine, Judgement, OBJECTIONS, QuarantineCase, code};
use crate::store::{Store, StoreError};

/// The record's quarantine, as intake asks for it.
#[derive(Debug)]
pub struct RecordQuarantine {
    store: Store,
}

impl RecordQuarantine {
    /// The quarantine of a gateway.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl CrlQuarantine for RecordQuarantine {
    fn judge(&self, case: &QuarantineCase, at: DateTime<Utc>) -> Result<Judgement, String> {
        let sha256 = &case.record.rank.sha256;
        match wait(self.store.crl_quarantine_judge(case.clone(), at)) {
            Ok(judgement) => {
                let (codes, judged) = (case.objections.codes.join(","), format!("{judgement:?}"));
                tracing::warn!(target: "madoguchi::crl", %sha256, codes, judged, "a revocation list is objected to");
                Ok(judgement)
            }
            Err(error) => {
                tracing::error!(target: "madoguchi::crl", %sha256, %error, "a revocation list could not be quarantined");
                Err(error.to_string())
            }
        }
    }
}

/// What a round did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct QuarantineRound {
    /// Lists that came into use.
    pub let_in: usize,
    /// Lists that two operators let in and that failed another check.
    pub failed: usize,
    /// Lists that need not wait any more.
    pub overtaken: usize,
    /// How many wait now.
    pub waiting: usize,
}

/// Offers again what two operators let in, with what they let pass and nothing else; every other check is made anew. What
/// is in use before the round broke off is noted in the next.
///
/// # Errors
/// [`StoreError`] when the record does not answer.
pub fn round(gateway: &Gateway) -> Result<QuarantineRound, StoreError> {
    let (store, now) = (&gateway.store, gateway.clock.now());
    let mut done = QuarantineRound::default();
    gateway.crls.quarantine_waiting(now);
    for sha256 in wait(store.crl_quarantine_due())? {
        let der = match wait(store.crl_quarantine_read(sha256)) {
            Ok(der) => der,
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => {
                tracing::error!(target: "madoguchi::crl", sha256 = hex::encode(sha256), %error, "a quarantined list cannot be read back");
                wait(store.crl_quarantine_failed(sha256, code::ARCHIVE_DAMAGED, now))?;
                continue;
            }
        };
        match gateway.crls.offer_as("quarantine", der, gateway.verifier().trust(), now) {
            Ok(_) => {
                wait(store.crl_quarantine_let_in(sha256, now))?;
                done.let_in += 1;
            }
            // Objected to again, with another difference, or the record did not answer: the row says which.
            Err(refusal) if OBJECTIONS.contains(&refusal.code) => {}
            Err(refusal) => {
                wait(store.crl_quarantine_failed(sha256, refusal.code, now))?;
                done.failed += 1;
            }
        }
    }
    done.overtaken = wait(store.crl_quarantine_overtake(now))?;
    done.waiting = usize::try_from(wait(store.crl_quarantine_waiting())?).unwrap_or_default();
    Ok(done)
}
