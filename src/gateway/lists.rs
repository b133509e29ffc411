//! Revocation lists and their archive: every list that comes in is archived in the record first, and after a restart
//! the gateway goes on with what the record has.
use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::pki::crl::{
    CrlArchive, CrlIdentity, CrlRefusal, CrlStore, KeepOrder, ListRank, ListRecord, ListRow, NotKept, code,
};
use crate::pki::trust_store::TrustStore;
use crate::store::crl_archive::{Archived, ArchivedCrl};
use crate::store::{Store, StoreError};
use crate::telemetry;

/// The record's archive, as intake asks for it.
#[derive(Debug)]
pub struct RecordArchive {
    store: Store,
    only_looks: bool,
}

impl RecordArchive {
    /// The archive of a gateway.
    pub fn new(store: Store) -> Self {
        Self { store, only_looks: false }
    }

    /// For commands that show what a gateway would use, and keep nothing.
    pub fn only_looking(store: Store) -> Self {
        Self { store, only_looks: true }
    }

    fn look(&self, list: &ListRecord) -> Result<Option<DateTime<Utc>>, NotKept> {
        let newest = self.newest(&list.row).map_err(NotKept::Failed)?;
        list.rank.may_follow(&newest).map_err(NotKept::Refused)?;
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&list.rank.sha256, &mut sha256).map_err(|error| NotKept::Failed(error.to_string()))?;
        wait(self.store.crl_archive_since(sha256)).map_err(|error| NotKept::Failed(error.to_string()))
    }
}

impl CrlArchive for RecordArchive {
    fn newest(&self, row: &ListRow) -> Result<Vec<ListRank>, String> {
        wait(self.store.crl_archive_newest(row.clone())).map_err(|error| error.to_string())
    }

    fn keep(&self, list: &ListRecord, order: KeepOrder, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, NotKept> {
        if self.only_looks {
            return self.look(list);
        }
        match wait(self.store.crl_archive_put(list.clone(), order, at)) {
            Ok(Archived::Since(since)) => Ok(Some(since)),
            Ok(Archived::Behind(refusal)) => Err(NotKept::Refused(refusal)),
            Err(error) => {
                telemetry::count_archive_failure();
                let sha256 = &list.rank.sha256;
                tracing::error!(target: "madoguchi::crl", %sha256, %error, "a revocation list could not be archived");
                Err(NotKept::Failed(error.to_string()))
            }
        }
    }
}

/// Takes the archive's newest fresh lists into `crls`, from the index that the last run left or verified anew: at a start
/// before any folder is looked at, so that a list that comes after is compared with them, and later for what other gateways
/// accepted. Gives those that are in use now. What cannot be used is told the operators, and not tried again: `tried` are the digests of what was.
///
/// # Errors
/// [`StoreError`] when the archive cannot be asked; what it gave before that is in use.
pub fn restore(
    store: &Store,
    crls: &CrlStore,
    trust: &TrustStore,
    now: DateTime<Utc>,
    tried: &mut HashSet<[u8; 32]>,
) -> Result<Vec<Arc<CrlIdentity>>, StoreError> {
    let held: HashSet<String> = crls.list().iter().map(|list| list.identity.sha256.clone()).collect();
    let mut restored = Vec::new();
    for list in wait(store.crl_archive_fresh(now))?.into_iter().filter(|list| !held.contains(&list.rank.sha256)) {
        if !tried.insert(list.sha256) {
            continue;
        }
        if let Some(Ok(identity)) = crls.restore(list.sha256, trust, now) {
            restored.push(identity);
            continue;
        }
        match wait(store.crl_archive_read(list.sha256)) {
            Ok(der) => match crls.offer_archived(&der, trust, now) {
                Ok(identity) => restored.push(identity),
                // A CA that is trusted no more.
                Err(refusal) if refusal.code == code::UNKNOWN_ISSUER => {}
                Err(refusal) => crls.note_refusal("archive", &der, &refusal, now),
            },
            Err(error) if error.is_temporary() => {
                tried.remove(&list.sha256);
                return Err(error);
            }
            Err(error) => tell_damaged(crls, &list, &error, now),
        }
    }
    Ok(restored)
}

fn tell_damaged(crls: &CrlStore, list: &ArchivedCrl, error: &StoreError, now: DateTime<Utc>) {
    let ArchivedCrl { issuer, rank, .. } = list;
    let number = rank.number_text();
    let detail = format!(
        "list {number} of {issuer} cannot be taken from the archive: {error}; put the list into the folder, and the \
         archived file of that digest back from a backup"
    );
    tracing::error!(target: "madoguchi::crl", sha256 = %rank.sha256, %error, "an archived list cannot be read back");
    crls.note_refusal("archive", &[], &CrlRefusal::new(code::ARCHIVE_DAMAGED, detail), now);
}

/// Gives lists in use that could not be read back their bytes from the archive, and tells the operators; one that cannot be
/// mended is told once and tried again.
pub fn mend_damaged(store: &Store, crls: &CrlStore, now: DateTime<Utc>) {
    for fault in crls.damaged() {
        let mut digest = [0; 32];
        let known = hex::decode_to_slice(&fault.sha256, &mut digest).map_err(|error| error.to_string());
        let read = known.and_then(|()| wait(store.crl_archive_read(digest)).map_err(|error| error.to_string()));
        let detail = match read.and_then(|der| crls.mend(&fault.sha256, der)) {
            Ok(()) => format!("{}; it was mended from the archive: look at this machine's disk", fault.what),
            Err(why) => format!(
                "{}, nor be mended from the archive: {why}; certificates that it may revoke are not decided: put the \
                 archived file of that digest back from a backup",
                fault.what
            ),
        };
        let (sha256, told) = (&fault.sha256, crls.refusals());
        if !told.iter().any(|told| told.code == code::LIST_DAMAGED && told.sha256 == *sha256 && told.detail == detail) {
            tracing::error!(target: "madoguchi::crl", %sha256, %detail, "a list in use was damaged");
            crls.note_of_list("index", sha256, &CrlRefusal::new(code::LIST_DAMAGED, detail), now);
        }
    }
}

/// The hex digests of the lists that sources gave last: the folder need not hold them. None where the record does not
/// answer; then the operators are told of one list too many.
pub fn of_sources(store: &Store) -> HashSet<String> {
    let states = wait(store.crl_source_list()).unwrap_or_default();
    states.into_iter().flat_map(|state| state.lists).collect()
}

/// Tells the operators which lists of the archive are in use because the folder does not hold them.
pub fn tell_of_missing(
    crls: &CrlStore,
    restored: &[Arc<CrlIdentity>],
    is_known: impl Fn(&str) -> bool,
    now: DateTime<Utc>,
) {
    let current = crls.current();
    for identity in restored.iter().filter(|identity| !is_known(&identity.sha256)) {
        if !current.shards().any(|shard| shard.identity().sha256 == identity.sha256) {
            continue;
        }
        let number = identity.number.as_deref().unwrap_or("none");
        let detail = format!(
            "list {number} of {} is used from the archive, because the folder holds none or an older one; look who \
             changed the folder, and put the present list there",
            identity.issuer
        );
        tracing::warn!(target: "madoguchi::crl", number, sha256 = %identity.sha256, "a list is used from the archive");
        crls.note_of_list("archive", &identity.sha256, &CrlRefusal::new(code::NOT_IN_FOLDER, detail), now);
    }
}

/// Waits for the record on a thread of its own, for intake runs on threads with and without a runtime.
///
/// # Errors
/// What the work gives; a fault when no thread can be had.
pub fn wait<T: Send>(work: impl Future<Output = Result<T, StoreError>> + Send) -> Result<T, StoreError> {
    let run = || -> Result<T, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        runtime.block_on(work)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("crl-archive".to_owned()).spawn_scoped(scope, run)?;
        thread.join().unwrap_or_else(|_| Err(StoreError::Fault("the work on the archive broke off".to_owned())))
    })
}
