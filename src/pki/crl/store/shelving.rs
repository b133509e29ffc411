//! The lists of a store that lie on a shelf: a restart with their indexes, keeping the shelf in order, mending.
use std::collections::HashSet;
use std::sync::{Arc, OnceLock, PoisonError};

use chrono::{DateTime, Utc};

use super::CrlStore;
use crate::crypto;
use crate::pki::crl::bytes::{ListBytes, ListFault};
use crate::pki::crl::examine::{self, Intake, IntakeTime, Pace};
use crate::pki::crl::refusal::CrlRefusal;
use crate::pki::crl::shard::{CrlIdentity, CrlShard};
use crate::pki::crl::shelf::ListShelf;
use crate::pki::crl::snapshot::CrlSnapshot;
use crate::pki::trust_store::TrustStore;

impl CrlStore {
    /// This store, which is empty, with a shelf on which lists lie instead of in memory.
    #[must_use]
    pub fn on_shelf(self, shelf: ListShelf) -> Self {
        Self { key: shelf.key(), shelf: Some(shelf), ..self }
    }

    /// With another pace than two threads for a large list.
    #[must_use]
    pub fn at_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    pub(super) fn intake<'a>(
        &self,
        trust: &'a TrustStore,
        at: DateTime<Utc>,
        shelf: Option<&'a ListShelf>,
    ) -> Intake<'a> {
        let time = IntakeTime { judged_at: at, now: at };
        Intake { trust, extra: &[], time, key: self.key, shelf, pace: self.pace }
    }

    /// The list that is held, where it is this one: of a large list its digest is much less work than all of intake.
    pub(super) fn held_already(&self, der: &[u8]) -> Option<Arc<CrlIdentity>> {
        let snapshot = self.current.load();
        let mut of_its_size = snapshot.shards().filter(|shard| shard.bytes.len() == der.len()).peekable();
        of_its_size.peek()?;
        let sha256 = crypto::sha256_hex(der);
        of_its_size.find(|shard| shard.identity.sha256 == sha256).map(|shard| shard.identity.clone())
    }

    /// Takes the list of this digest in from the index that an earlier run left on the shelf; none where there is none
    /// that can be used: then the list is to be offered as any other.
    pub fn restore(
        &self,
        sha256: [u8; 32],
        trust: &TrustStore,
        at: DateTime<Utc>,
    ) -> Option<Result<Arc<CrlIdentity>, CrlRefusal>> {
        let shelf = self.shelf.as_ref()?;
        let (index, bytes) = match shelf.find(sha256) {
            Ok(found) => found?,
            Err(why) => {
                let sha256 = hex::encode(sha256);
                tracing::warn!(target: "madoguchi::crl", %sha256, %why, "the index of a list is not used");
                return None;
            }
        };
        let shard = examine::examine_again(index, bytes, &self.intake(trust, at, None)).ok()?;
        Some(self.publish_archived(shard, at))
    }

    /// Publishes a snapshot.
    pub(super) fn show(&self, next: CrlSnapshot) {
        let before = self.current.swap(Arc::new(next));
        self.free_replaced(Some(before));
    }

    /// Frees the snapshots that nobody looks at any more.
    fn free_replaced(&self, one_more: Option<Arc<CrlSnapshot>>) {
        let mut replaced = self.replaced.lock().unwrap_or_else(PoisonError::into_inner);
        replaced.extend(one_more);
        replaced.retain(|snapshot| Arc::strong_count(snapshot) > 1);
    }

    /// Writes the indexes of lists that came in, for the next start, and takes away what the shelf needs no more. Gives
    /// how many indexes could not be written; lists are in use before this and without it.
    pub fn tidy_shelf(&self) -> usize {
        self.free_replaced(None);
        let Some(shelf) = &self.shelf else { return 0 };
        let snapshot = self.current.load_full();
        let failed = snapshot.shards().filter(|shard| match shelf.keep_index(shard) {
            Ok(()) => false,
            Err(error) => {
                let sha256 = &shard.identity.sha256;
                tracing::error!(target: "madoguchi::crl", %sha256, %error, "the index of a list cannot be written");
                true
            }
        });
        let failed = failed.count();
        // What comes in meanwhile lies on the shelf before it is in use.
        let _one_at_a_time = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.current.load();
        let in_use: HashSet<&str> = snapshot.shards().map(|shard| shard.identity.sha256.as_str()).collect();
        shelf.sweep(|sha256| in_use.contains(sha256));
        failed
    }

    /// The lists in use of which an entry could not be read back; until they are mended, what they may say of a
    /// certificate is not known.
    pub fn damaged(&self) -> Vec<ListFault> {
        self.current.load().shards().filter_map(|shard| shard.damage().cloned()).collect()
    }

    /// Gives a damaged list its bytes back.
    ///
    /// # Errors
    /// A sentence: `der` is not that list, or it is in use no more.
    pub fn mend(&self, sha256: &str, der: Vec<u8>) -> Result<(), String> {
        if crypto::sha256_hex(&der) != sha256 {
            return Err("these are not the bytes of that list".to_owned());
        }
        let _one_at_a_time = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.current.load_full();
        let damaged = snapshot.shards().find(|shard| shard.identity.sha256 == sha256);
        let damaged = damaged.ok_or("it is in use no more")?;
        let on_shelf = self.shelf.as_ref().zip(damaged.digest().filter(|_| damaged.stub.is_some()));
        let placed = on_shelf.and_then(|(shelf, digest)| shelf.place(digest, &der).ok());
        let bytes = placed.unwrap_or_else(|| ListBytes::in_memory(der));
        let mended = CrlShard { bytes, damage: OnceLock::new(), ..CrlShard::clone(damaged) };
        self.show(snapshot.with(Arc::new(mended), true));
        Ok(())
    }
}
