//! Whether a list that is good by itself may come in after those that are there.
use std::borrow::Cow;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, Utc};

use super::{CrlStore, LostEntries, single_object};
use crate::pki::crl::archive::{KeepOrder, ListRank};
use crate::pki::crl::examine;
use crate::pki::crl::quarantine::{Held, ListDiff, Objections, QuarantineCase, compare};
use crate::pki::crl::refusal::{CrlRefusal, code};
use crate::pki::crl::shard::{CrlIdentity, CrlShard};
use crate::pki::crl::snapshot::CrlSnapshot;
use crate::pki::name;
use crate::pki::trust_store::TrustStore;

/// What goes with a list that is offered.
pub(super) struct Offer<'a> {
    pub(super) source: &'a str,
    pub(super) trust: &'a TrustStore,
    pub(super) at: DateTime<Utc>,
}

/// The list of that digest, where it is held in the place that `shard` would take.
pub(super) fn same_list(snapshot: &CrlSnapshot, shard: &CrlShard) -> Option<Arc<CrlIdentity>> {
    let held = snapshot.held(shard).filter(|held| held.identity.sha256 == shard.identity.sha256);
    held.map(|held| held.identity.clone())
}

/// The places of the lists and deltas of its scope that are held.
fn ranks(snapshot: &CrlSnapshot, shard: &CrlShard) -> Vec<ListRank> {
    snapshot.counterparts(shard).chain(snapshot.held(shard)).map(|other| other.rank()).collect()
}

/// The longest validity of a certificate in the trust store that the list's CA issued to another; of an indirect list, of
/// any.
fn known_validity(shard: &CrlShard, trust: &TrustStore) -> Duration {
    let all = trust.anchors().iter().chain(trust.intermediates());
    let issued = all.filter(|one| !name::matches(one.issuer_der(), one.subject_der()));
    let own = issued.filter(|one| shard.scope.indirect || *name::normal_form(one.issuer_der()) == *shard.issuer_name);
    own.map(|one| one.not_after() - one.not_before()).max().unwrap_or_default()
}

impl CrlStore {
    /// Takes in a list that the archive gave as the newest of its row. What speaks against it was decided when it was
    /// archived, be it by another gateway; it only must not be older than what is held.
    pub fn offer_archived<'a>(
        &self,
        crl: impl Into<Cow<'a, [u8]>>,
        trust: &TrustStore,
        at: DateTime<Utc>,
    ) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let der = single_object(crl.into())?;
        if let Some(held) = self.held_already(&der) {
            return Ok(held);
        }
        let shard = examine::examine(der, &self.intake(trust, at, self.shelf.as_ref()))?;
        self.publish_archived(shard, at)
    }

    /// As [`CrlStore::offer_archived`] for a list that was examined.
    pub(super) fn publish_archived(&self, shard: CrlShard, at: DateTime<Utc>) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let _one_at_a_time = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.current.load_full();
        if let Some(identity) = same_list(&snapshot, &shard) {
            return Ok(identity);
        }
        let order = self.follows_archive(&shard.rank(), &ranks(&snapshot, &shard))?;
        self.come_into_use(shard, order, &snapshot, at)
    }

    /// Compares a list with the lists and deltas of its scope, held and archived. One that contradicts them is let in
    /// only when two operators have let it in; it is quarantined otherwise.
    pub(super) fn admit(
        &self,
        shard: &CrlShard,
        snapshot: &CrlSnapshot,
        offer: &Offer<'_>,
    ) -> Result<KeepOrder, CrlRefusal> {
        let (mut others, rank) = (ranks(snapshot, shard), shard.rank());
        let archived = self.archiving.newest(shard);
        if archived.iter().any(|newest| newest.sha256 == rank.sha256) {
            // Another gateway has accepted it, or this one before a restart.
            return self.follows_archive(&rank, &others);
        }
        others.extend(archived);
        let fall = match rank.may_follow(&others) {
            Ok(()) => None,
            Err(refusal) => match rank.number_fall(&others) {
                Some(fall) if refusal.code == code::NUMBER_FALLS => Some((refusal, fall)),
                _ => return Err(refusal),
            },
        };
        let objections = Objections::of(fall, self.entries_differ(shard, snapshot, offer.trust), &others);
        if objections.codes.is_empty() {
            return Ok(KeepOrder::NotOlder);
        }
        let order = if objections.begins_anew() { KeepOrder::Anew } else { KeepOrder::NotOlder };
        let case = QuarantineCase { record: shard.record(), source: offer.source.to_owned(), objections };
        self.quarantining.judge(case, offer.at).map(|()| order)
    }

    /// Of a list that the archive has as the newest of its row: whether it comes after what is held, which may be of a
    /// numbering that has ended.
    fn follows_archive(&self, rank: &ListRank, held: &[ListRank]) -> Result<KeepOrder, CrlRefusal> {
        let is_archived = |other: &ListRank| self.archiving.since(&other.sha256).is_some();
        match rank.may_follow(held) {
            Ok(()) => Ok(KeepOrder::NotOlder),
            Err(_) if rank.begins_anew(held) && held.iter().all(is_archived) => Ok(KeepOrder::Anew),
            Err(refusal) => Err(refusal),
        }
    }

    fn entries_differ(&self, shard: &CrlShard, snapshot: &CrlSnapshot, trust: &TrustStore) -> ListDiff {
        match self.policy.lost_entries {
            LostEntries::Accept => ListDiff::default(),
            LostEntries::Refuse { longest_validity } => {
                let same_kind = snapshot.held(shard);
                let other = snapshot.counterparts(shard).next();
                let held = match shard.is_delta() {
                    true => Held { complete: other, delta: same_kind },
                    false => Held { complete: same_kind, delta: other },
                };
                compare(shard, held, known_validity(shard, trust).max(longest_validity))
            }
        }
    }
}
