//! The CRLs in use: taken in one by one, published as snapshots by an atomic swap.
mod admission;
mod shelving;

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use admission::{Offer, same_list};
use arc_swap::ArcSwap;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::archive::{Archiving, CrlArchive, KeepOrder};
use super::examine::{self, Intake, IntakeTime, Pace};
use super::list_key::ListKey;
use super::quarantine::{CrlQuarantine, Quarantining};
use super::refusal::{CrlRefusal, code};
use super::shard::{CrlIdentity, CrlShard, CrlSummary};
use super::shelf::ListShelf;
use super::snapshot::CrlSnapshot;
use super::{parse, refusal};
use crate::asn1;
use crate::crypto;
use crate::pki::certificate::Certificate;
use crate::pki::trust_store::TrustStore;

/// The largest CRL that is read, in octets.
pub const MAX_CRL: usize = 512 * 1024 * 1024;
/// How many refusals are remembered for the operators' page.
const MAX_REFUSALS: usize = 200;

/// What is asked of a list beside what RFC 5280 asks.
#[derive(Debug, Clone, Copy)]
pub struct IntakePolicy {
    /// What happens to a list that has lost entries against the one held.
    pub lost_entries: LostEntries,
}

/// What happens to a list that has lost entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostEntries {
    /// It is quarantined (refused, where there is no quarantine) when an entry vanishes sooner than its revocation date
    /// plus this, or changes its date or reason.
    Refuse {
        /// The longest that a certificate is valid, of a CA of which none is known that is valid for longer.
        longest_validity: Duration,
    },
    /// It is taken, and so is one whose entries change.
    Accept,
}

impl Default for IntakePolicy {
    /// Certificates valid to the fifth birthday after issue: less than six years.
    fn default() -> Self {
        Self { lost_entries: LostEntries::Refuse { longest_validity: Duration::days(6 * 366) } }
    }
}

/// A list that was not taken in, as an operator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct RefusedCrl {
    /// When.
    pub at: DateTime<Utc>,
    /// Where it came from: a file name, `upload`.
    pub source: String,
    /// Hex SHA-256 of the file.
    pub sha256: String,
    /// The stable code.
    pub code: &'static str,
    /// The sentence.
    pub detail: String,
}

/// Verifies CRLs as they come in and publishes a new [`CrlSnapshot`] by an atomic swap.
#[derive(Debug)]
pub struct CrlStore {
    current: ArcSwap<CrlSnapshot>,
    /// Of all lists in it, so that they can be compared.
    key: ListKey,
    policy: IntakePolicy,
    /// Held while a list is compared with the one it takes the place of, archived and published.
    one_at_a_time: Mutex<()>,
    archiving: Archiving,
    quarantining: Quarantining,
    /// None: all lists are in memory.
    shelf: Option<ListShelf>,
    pace: Pace,
    /// Snapshots that were replaced, until nobody looks at them: whoever takes lists in frees them, no request does.
    replaced: Mutex<Vec<Arc<CrlSnapshot>>>,
    refused: Mutex<VecDeque<RefusedCrl>>,
}

impl Default for CrlStore {
    /// An empty store that keeps lists in memory, and archives none.
    fn default() -> Self {
        Self {
            current: ArcSwap::default(),
            key: ListKey::of_process(),
            policy: IntakePolicy::default(),
            one_at_a_time: Mutex::default(),
            archiving: Archiving::default(),
            quarantining: Quarantining::default(),
            shelf: None,
            pace: Pace::Swift,
            replaced: Mutex::default(),
            refused: Mutex::default(),
        }
    }
}

impl CrlStore {
    /// An empty store with another policy than the default.
    pub fn with_policy(policy: IntakePolicy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// An empty store that archives every list before it is used, and takes none that is older than the archive's.
    pub fn with_archive(archive: Arc<dyn CrlArchive>) -> Self {
        Self { archiving: Archiving::in_archive(archive), ..Self::default() }
    }

    /// With another policy than the default.
    #[must_use]
    pub fn under(self, policy: IntakePolicy) -> Self {
        Self { policy, ..self }
    }

    /// With a place where lists wait that two operators must let in.
    #[must_use]
    pub fn with_quarantine(self, quarantine: Arc<dyn CrlQuarantine>) -> Self {
        Self { quarantining: Quarantining::with(quarantine), ..self }
    }

    /// The present snapshot.
    pub fn current(&self) -> Arc<CrlSnapshot> {
        self.current.load_full()
    }

    /// Takes a CRL (DER, or PEM with one object) in: signature, issuer, scope, freshness and number are checked first.
    /// One that is held already is answered with its identity.
    ///
    /// A list that is given whole, and not by reference, is kept without being copied: it may be hundreds of megabytes.
    pub fn offer<'a>(
        &self,
        crl: impl Into<Cow<'a, [u8]>>,
        trust: &TrustStore,
        at: DateTime<Utc>,
    ) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        self.offer_as("offered", crl, trust, at)
    }

    /// As [`CrlStore::offer`], with where the list came from, for the case that it is quarantined.
    pub fn offer_as<'a>(
        &self,
        source: &str,
        crl: impl Into<Cow<'a, [u8]>>,
        trust: &TrustStore,
        at: DateTime<Utc>,
    ) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let der = single_object(crl.into())?;
        if let Some(held) = self.held_already(&der) {
            return Ok(held);
        }
        let shard = examine::examine(der, &self.intake(trust, at, self.shelf.as_ref()))?;
        self.publish(shard, &Offer { source, trust, at })
    }

    /// As [`CrlStore::offer`]; a refusal is kept for the operators, with where the list came from.
    pub fn offer_from(
        &self,
        source: &str,
        crl: &[u8],
        trust: &TrustStore,
        at: DateTime<Utc>,
    ) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let offered = self.offer_as(source, crl, trust, at);
        if let Err(refusal) = &offered {
            self.note_refusal(source, crl, refusal, at);
        }
        offered
    }

    /// Checks a list that was uploaded as [`CrlStore::offer`] does, and that it is not stale. Nothing comes into use, but
    /// one that is to be quarantined is.
    pub fn would_accept(
        &self,
        crl: &[u8],
        trust: &TrustStore,
        at: DateTime<Utc>,
    ) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let der = single_object(Cow::Borrowed(crl))?;
        let shard = examine::examine(der, &self.intake(trust, at, None))?;
        if !shard.is_fresh(at) {
            let detail = format!("the list was to be replaced by {}; get the present one", shard.next_update);
            return Err(CrlRefusal::new(code::NEXT_UPDATE_PASSED, detail));
        }
        let snapshot = self.current.load();
        if same_list(&snapshot, &shard).is_none() {
            self.admit(&shard, &snapshot, &Offer { source: "upload", trust, at })?;
        }
        Ok(shard.identity)
    }

    /// The archive has it on disk before it decides anything; where the archive does not work, it is used all the same.
    fn publish(&self, shard: CrlShard, offer: &Offer<'_>) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let _one_at_a_time = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.current.load_full();
        if let Some(identity) = same_list(&snapshot, &shard) {
            return Ok(identity);
        }
        let order = self.admit(&shard, &snapshot, offer)?;
        self.come_into_use(shard, order, &snapshot, offer.at)
    }

    fn come_into_use(
        &self,
        shard: CrlShard,
        order: KeepOrder,
        snapshot: &CrlSnapshot,
        at: DateTime<Utc>,
    ) -> Result<Arc<CrlIdentity>, CrlRefusal> {
        let not_archived = self.archiving.keep(&shard, order, at)?;
        let (identity, shard) = (shard.identity.clone(), Arc::new(shard));
        let next = match order {
            KeepOrder::Anew => snapshot.begun_anew(shard.clone()),
            KeepOrder::NotOlder | KeepOrder::Any => snapshot.with(shard.clone(), true),
        };
        self.show(next);
        if let Some(why) = not_archived {
            let detail = format!("the list is in use, but could not be archived and will be tried again: {why}");
            self.note_of_list("archive", &shard.identity.sha256, &CrlRefusal::new(code::NOT_ARCHIVED, detail), at);
        }
        let snapshot = self.current.load();
        let in_use = |sha256: &str| snapshot.shards().any(|one| one.identity.sha256 == sha256);
        self.archiving.forget_others(snapshot.len(), in_use);
        Ok(identity)
    }

    /// Keeps a refusal for the operators.
    pub fn note_refusal(&self, source: &str, file: &[u8], refusal: &refusal::CrlRefusal, at: DateTime<Utc>) {
        self.note_of_list(source, &crypto::sha256_hex(file), refusal, at);
    }

    /// As [`CrlStore::note_refusal`], of a list whose hex digest is known.
    pub fn note_of_list(&self, source: &str, sha256: &str, refusal: &refusal::CrlRefusal, at: DateTime<Utc>) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MAX_REFUSALS {
            refused.pop_front();
        }
        refused.push_back(RefusedCrl {
            at,
            source: source.to_owned(),
            sha256: sha256.to_owned(),
            code: refusal.code,
            detail: refusal.detail.clone(),
        });
    }

    /// The lists in use, by issuer and scope.
    pub fn list(&self) -> Vec<CrlSummary> {
        let mut list = self.current.load().summaries();
        for one in &mut list {
            one.archived_since = self.archiving.since(&one.identity.sha256);
        }
        list
    }

    /// Tries to archive the lists that could not be; gives how many are archived now.
    pub fn archive_waiting(&self, at: DateTime<Utc>) -> usize {
        self.archiving.keep_waiting(at)
    }

    /// Tries to quarantine the lists that could not be; gives how many are quarantined now.
    pub fn quarantine_waiting(&self, at: DateTime<Utc>) -> usize {
        self.quarantining.keep_waiting(at)
    }

    /// How many lists that are or were in use could not be archived yet.
    pub fn not_archived(&self) -> usize {
        self.archiving.waiting()
    }

    /// The latest refusals, the newest first.
    pub fn refusals(&self) -> Vec<RefusedCrl> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.iter().rev().cloned().collect()
    }

    /// The lists that are stale at `at` or will be within `soon`, for alarms.
    pub fn stale_or_soon(&self, at: DateTime<Utc>, soon: Duration) -> Vec<CrlSummary> {
        let mut list = self.list();
        list.retain(|crl| crl.identity.next_update.is_some_and(|next| at + soon > next));
        list
    }
}

/// The one CRL in a file.
fn single_object(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, CrlRefusal> {
    if bytes.len() > MAX_CRL {
        return Err(CrlRefusal::new(code::TOO_LARGE, format!("the file is larger than {MAX_CRL} bytes")));
    }
    if asn1::single(&bytes).is_ok() {
        return Ok(bytes);
    }
    let not_one = |what: String| CrlRefusal::new(code::NOT_A_CRL, what);
    let mut objects = parse::objects(&bytes).map_err(|error| not_one(error.to_string()))?;
    match (objects.pop(), objects.is_empty()) {
        (Some(one), true) => Ok(Cow::Owned(one.into_owned())),
        _ => Err(not_one("the file holds several CRLs; offer each in a file of its own".to_owned())),
    }
}

impl CrlSnapshot {
    /// The snapshot of the lists in `files` (PEM or DER, one object or several) for judging at `at`, with `extra`
    /// certificates to find their issuers; and for each list that is refused, the number of its file and why. Several
    /// lists of one scope stand side by side: the newest that is fresh decides. `now` is the present: what was issued
    /// later is refused.
    pub fn from_files(
        files: &[Vec<u8>],
        trust: &TrustStore,
        extra: &[Arc<Certificate>],
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> (Arc<Self>, Vec<(usize, CrlRefusal)>) {
        let (time, key) = (IntakeTime { judged_at: at, now: now.max(at) }, ListKey::of_process());
        let intake = Intake { trust, extra, time, key, shelf: None, pace: Pace::Swift };
        let mut snapshot = Self::default();
        let mut refused = Vec::new();
        // One list given many times is verified once.
        let mut seen = HashSet::new();
        for (number, file) in files.iter().enumerate() {
            let objects = match parse::objects(file) {
                Ok(objects) => objects,
                Err(error) => {
                    refused.push((number, CrlRefusal::new(code::NOT_A_CRL, error.to_string())));
                    continue;
                }
            };
            for der in objects {
                if !seen.insert(crypto::sha256(&der)) {
                    continue;
                }
                match examine::examine(der, &intake) {
                    Ok(shard) => snapshot = snapshot.with(Arc::new(shard), false),
                    Err(refusal) => refused.push((number, refusal)),
                }
            }
        }
        (Arc::new(snapshot), refused)
    }
}
