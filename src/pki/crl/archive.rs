//! The archive of accepted lists as intake sees it: asked and filled before a list comes into use. Where it lies is the
//! store's affair.
use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::bytes::ListBytes;
use super::intake;
use super::quarantine::NumberFall;
use super::refusal::CrlRefusal;
use super::shard::{CrlIdentity, CrlShard, decimal, size};
use crate::crypto;

/// How many lists wait at most for an archive that does not answer.
const MAX_WAITING: usize = 256;

/// A row of CRL numbers (RFC 5280 5.2.3): complete lists and deltas of one issuer, key and scope count in one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListRow {
    /// SHA-256 of the SubjectPublicKeyInfo of the CA that signed.
    pub issuer_key: [u8; 32],
    /// SHA-256 over the issuer's name in its normal form (its length first) and [`super::Scope::key`].
    pub scope_key: [u8; 32],
}

/// What decides which of two lists of a row is the later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRank {
    /// Magnitude of the CRL number, without leading zeros; none where the list has none.
    pub number: Option<Box<[u8]>>,
    /// When it was issued.
    pub this_update: DateTime<Utc>,
    /// Whether it is a delta.
    pub delta: bool,
    /// Hex SHA-256 of its DER.
    pub sha256: String,
}

impl ListRank {
    /// Whether a list of this rank may come in after `archived`, the newest complete list and the newest delta of its row.
    ///
    /// # Errors
    /// The refusal, as against a list that is held.
    pub fn may_follow(&self, archived: &[Self]) -> Result<(), CrlRefusal> {
        for other in archived.iter().filter(|other| other.sha256 != self.sha256) {
            match other.delta == self.delta {
                true => intake::succeeds(self, other)?,
                false => intake::shares_numbers(self, other)?,
            }
        }
        Ok(())
    }

    /// How far the number falls, where a complete list that was issued later than all of `others` has a lower one: its CA
    /// begins the numbers anew, or somebody is at work. A delta begins nothing, for it would complete no list.
    pub(super) fn number_fall(&self, others: &[Self]) -> Option<NumberFall> {
        let others = || others.iter().filter(|other| other.sha256 != self.sha256);
        if self.delta || others().any(|other| other.this_update >= self.this_update) {
            return None;
        }
        let order = |rank: &&Self| rank.number.as_deref().map(|number| (number.len(), number.to_vec()));
        let highest = others().max_by_key(order)?;
        let own = self.number.as_deref()?;
        let falls = highest.number.as_deref().is_some_and(|number| size(own) < size(number));
        falls.then(|| NumberFall { from: highest.number_text(), to: self.number_text() })
    }

    /// Whether the list begins the numbers of a row anew, of which `archived` are the newest.
    pub fn begins_anew(&self, archived: &[Self]) -> bool {
        self.number_fall(archived).is_some()
    }

    /// The CRL number in decimal.
    pub fn number_text(&self) -> String {
        self.number.as_deref().map(magnitude_text).unwrap_or_default()
    }
}

/// A magnitude in decimal: its first bit is no sign.
fn magnitude_text(magnitude: &[u8]) -> String {
    decimal(&[&[0], magnitude].concat())
}

/// All that the archive notes of a list, and the list.
#[derive(Debug, Clone)]
pub struct ListRecord {
    /// Which row it counts in.
    pub row: ListRow,
    /// Its place in the row.
    pub rank: ListRank,
    /// Issuer, number, dates, digest.
    pub identity: Arc<CrlIdentity>,
    /// Of a delta, BaseCRLNumber in decimal.
    pub base: Option<String>,
    /// Which certificates it speaks of, for people.
    pub scope: String,
    /// How many entries it has.
    pub entries: usize,
    /// Where its DER lies.
    pub bytes: ListBytes,
}

impl CrlShard {
    /// Its place among the lists of its row.
    pub fn rank(&self) -> ListRank {
        ListRank {
            number: self.number.clone(),
            this_update: self.identity.this_update,
            delta: self.is_delta(),
            sha256: self.identity.sha256.clone(),
        }
    }

    /// The row of numbers that it counts in.
    pub fn row(&self) -> ListRow {
        let length = (self.issuer_name.len() as u64).to_be_bytes();
        let scope_key = crypto::sha256(&[&length, &*self.issuer_name, &*self.scope_key].concat());
        ListRow { issuer_key: self.issuer_key, scope_key }
    }

    /// What the archive notes of it.
    pub fn record(&self) -> ListRecord {
        ListRecord {
            row: self.row(),
            rank: self.rank(),
            identity: self.identity.clone(),
            base: self.delta_base.as_deref().map(magnitude_text),
            scope: self.scope.to_text(),
            entries: self.index.len(),
            bytes: self.bytes.clone(),
        }
    }
}

/// Which lists are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepOrder {
    /// One that is older than what the archive has of its row is refused.
    NotOlder,
    /// The same, but its number may be lower than those of lists that were issued before: it begins the row's numbers
    /// anew, as two operators have let it.
    Anew,
    /// Any: it was in use already.
    Any,
}

/// Why a list is not in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotKept {
    /// The archive has a newer one of its row.
    Refused(CrlRefusal),
    /// The archive does not work now: why.
    Failed(String),
}

/// An archive of accepted lists, which may be shared by several gateways.
pub trait CrlArchive: Debug + Send + Sync {
    /// The newest complete list and the newest delta of a row.
    ///
    /// # Errors
    /// A sentence, where the archive cannot be asked.
    fn newest(&self, row: &ListRow) -> Result<Vec<ListRank>, String>;

    /// Keeps a list for good: `Ok` means that it is on disk, and since when it is archived; `None` where this archive is
    /// only looked at and does not have it.
    ///
    /// # Errors
    /// [`NotKept`]; nothing is kept then.
    fn keep(&self, list: &ListRecord, order: KeepOrder, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, NotKept>;
}

/// What a store of lists knows of its archive.
#[derive(Debug, Default)]
pub(super) struct Archiving {
    archive: Option<Arc<dyn CrlArchive>>,
    /// Since when lists are archived, by hex digest.
    since: Mutex<HashMap<String, DateTime<Utc>>>,
    /// Lists in use that could not be archived, with the order in which they are to be kept.
    waiting: Mutex<VecDeque<(ListRecord, KeepOrder)>>,
}

impl Archiving {
    pub(super) fn in_archive(archive: Arc<dyn CrlArchive>) -> Self {
        Self { archive: Some(archive), ..Self::default() }
    }

    /// The newest lists of the row that `shard` counts in. An archive that cannot be asked stands in nobody's way.
    pub(super) fn newest(&self, shard: &CrlShard) -> Vec<ListRank> {
        self.archive.as_ref().and_then(|archive| archive.newest(&shard.row()).ok()).unwrap_or_default()
    }

    /// Archives a list that is to come into use; gives why it is used without being archived, where that is so.
    pub(super) fn keep(
        &self,
        shard: &CrlShard,
        order: KeepOrder,
        at: DateTime<Utc>,
    ) -> Result<Option<String>, CrlRefusal> {
        let Some(archive) = &self.archive else { return Ok(None) };
        let record = shard.record();
        match archive.keep(&record, order, at) {
            Ok(since) => {
                self.note(&record, since);
                Ok(None)
            }
            Err(NotKept::Refused(refusal)) => Err(refusal),
            Err(NotKept::Failed(why)) => {
                let later = if order == KeepOrder::NotOlder { KeepOrder::Any } else { order };
                let mut waiting = lock(&self.waiting);
                if waiting.len() >= MAX_WAITING {
                    waiting.pop_front();
                }
                waiting.push_back((record, later));
                Ok(Some(why))
            }
        }
    }

    /// Tries those again that could not be archived, the oldest first, to the first that still cannot be.
    pub(super) fn keep_waiting(&self, at: DateTime<Utc>) -> usize {
        let Some(archive) = &self.archive else { return 0 };
        let mut kept = 0;
        loop {
            let Some((record, order)) = lock(&self.waiting).front().cloned() else { return kept };
            let since = match archive.keep(&record, order, at) {
                Ok(since) => since,
                // Others began the numbers anew meanwhile, or went on: it was in use, and is kept for that.
                Err(NotKept::Refused(_)) => match archive.keep(&record, KeepOrder::Any, at) {
                    Ok(since) => since,
                    Err(_) => return kept,
                },
                Err(NotKept::Failed(_)) => return kept,
            };
            self.note(&record, since);
            let mut waiting = lock(&self.waiting);
            waiting.retain(|(other, _)| other.identity.sha256 != record.identity.sha256);
            kept += 1;
        }
    }

    /// How many lists could not be archived yet.
    pub(super) fn waiting(&self) -> usize {
        lock(&self.waiting).len()
    }

    /// Since when the list of this digest is archived.
    pub(super) fn since(&self, sha256: &str) -> Option<DateTime<Utc>> {
        lock(&self.since).get(sha256).copied()
    }

    /// Forgets the dates of lists that are not in use any more.
    pub(super) fn forget_others(&self, in_use: usize, is_in_use: impl Fn(&str) -> bool) {
        let mut since = lock(&self.since);
        if since.len() > 2 * in_use + 64 {
            since.retain(|sha256, _| is_in_use(sha256));
        }
    }

    fn note(&self, record: &ListRecord, since: Option<DateTime<Utc>>) {
        if let Some(since) = since {
            lock(&self.since).insert(record.identity.sha256.clone(), since);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
