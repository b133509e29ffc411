//! A snapshot of the past, out of the archive.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::examine::{self, Intake, IntakeTime, Pace};
use super::list_key::ListKey;
use super::refusal::CrlRefusal;
use super::snapshot::CrlSnapshot;
use crate::pki::trust_store::TrustStore;

impl CrlSnapshot {
    /// The snapshot of these lists, each given as its DER and the time at which it was accepted, verified as they were then.
    /// It says the same as the snapshot that once held them, whatever the order in which they are given.
    ///
    /// # Errors
    /// The first refusal.
    pub fn of_archived(
        lists: impl IntoIterator<Item = (Vec<u8>, DateTime<Utc>)>,
        trust: &TrustStore,
    ) -> Result<Self, CrlRefusal> {
        let (mut snapshot, key) = (Self::default(), ListKey::of_process());
        for (der, accepted_at) in lists {
            let time = IntakeTime { judged_at: accepted_at, now: accepted_at };
            let intake = Intake { trust, extra: &[], time, key, shelf: None, pace: Pace::Swift };
            snapshot = snapshot.with(Arc::new(examine::examine(der.into(), &intake)?), false);
        }
        Ok(snapshot)
    }
}
