//! The impact of an accepted revocation list: its entries that are new or changed against the list before are looked up in
//! the index of signers. Everything comes from the record, so that a run that was cut off is simply made again.
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::lists::wait;
use crate::clock::Stopwatch;
use crate::crypto::sha256;
use crate::pki::crl::{EntriesByIssuer, Entry, ParsedCrl, reason_name};
use crate::pki::trust_store::TrustStore;
use crate::store::impacts::{ImpactDue, ImpactFiling, ImpactRun};
use crate::store::signers::SignerRow;
use crate::store::{Store, StoreError};

/// How many entries of one issuer are looked up at a time.
const AT_A_TIME: usize = 10_000;
/// Up to so many filings of an issuer are kept in memory, where a list has more entries than are looked up at a time.
const KEPT: u32 = 200_000;

/// Runs a list against the filings. Blocks: it reads two lists out of the archive and asks the index.
///
/// # Errors
/// [`StoreError`] when list or index cannot be read.
pub fn run(store: &Store, trust: &TrustStore, due: ImpactDue) -> Result<ImpactRun, StoreError> {
    let watch = Stopwatch::start();
    // One list after the other, so that never both are in memory.
    let before = match due.before.map(|before| wait(store.crl_archive_read(before))) {
        Some(Err(error)) if error.is_temporary() => return Err(error),
        // Where it cannot be read every entry is looked up: that tells more than is needed, and leaves nothing out.
        before => before.and_then(Result::ok).map(|before| KnownEntries::of(&before)),
    };
    let list = wait(store.crl_archive_read(due.list))?;
    let (entries, filings) = find(store, trust, &list, &before.unwrap_or_default())?;
    Ok(ImpactRun { due, entries, filings, took: watch.elapsed() })
}

/// Looks up what `list` (DER) has that the list before had not: how many entries that are, and the filings that they touch, in the
/// order in which they were recorded.
///
/// # Errors
/// [`StoreError`] when the list cannot be read or the index does not answer.
pub fn find(
    store: &Store,
    trust: &TrustStore,
    list: &[u8],
    known: &KnownEntries,
) -> Result<(usize, Vec<ImpactFiling>), StoreError> {
    let parsed =
        ParsedCrl::from_der(list).map_err(|_| StoreError::Fault("an archived list cannot be read".to_owned()))?;
    let mut search = Search::new(store, trust)?;
    let mut entries = 0;
    for (entry, issuer) in EntriesByIssuer::of(&parsed).filter_map(Result::ok) {
        if !known.has(&entry, &issuer) {
            entries += 1;
            search.ask(&entry, &issuer)?;
        }
    }
    Ok((entries, search.finish()?))
}

/// The entries of the list before, each as 128 bits of keyed hashes, sorted: sixteen octets an entry.
#[derive(Default)]
pub struct KnownEntries {
    keys: [RandomState; 2],
    entries: Vec<u128>,
}

impl KnownEntries {
    /// Of a list (DER); of none where it cannot be read.
    pub fn of(der: &[u8]) -> Self {
        let mut known = Self::default();
        let Ok(parsed) = ParsedCrl::from_der(der) else { return known };
        let all = EntriesByIssuer::of(&parsed).filter_map(Result::ok);
        known.entries = all.map(|(entry, issuer)| known.key_of(&entry, &issuer)).collect();
        known.entries.sort_unstable();
        known
    }

    fn key_of(&self, entry: &Entry<'_>, issuer: &[u8]) -> u128 {
        let [high, low] = &self.keys;
        let what = (entry.serial, entry.revocation_date, entry.reason, issuer);
        u128::from(high.hash_one(what)) << 64 | u128::from(low.hash_one(what))
    }

    fn has(&self, entry: &Entry<'_>, issuer: &[u8]) -> bool {
        !self.entries.is_empty() && self.entries.binary_search(&self.key_of(entry, issuer)).is_ok()
    }
}

/// An entry that waits to be looked up.
struct Asked {
    serial: Vec<u8>,
    revoked_at: DateTime<Utc>,
    reason: &'static str,
}

/// How the filings of one issuer are asked.
#[derive(Default)]
enum Side {
    /// Entry by entry.
    #[default]
    Entries,
    /// They are few, and all here: by serial.
    Filings(HashMap<Vec<u8>, Vec<i64>>),
}

/// What is asked of one issuer's certificates.
#[derive(Default)]
struct OfIssuer {
    asked: Vec<Asked>,
    side: Side,
    was_flushed: bool,
}

/// A certificate: the digest of its issuer's name, and its serial.
type Serial = ([u8; 32], Vec<u8>);

/// Looks entries up, in batches by issuer.
struct Search<'a> {
    store: &'a Store,
    issuers: HashMap<[u8; 32], OfIssuer>,
    /// The last issuer's name and its digest.
    last: Option<(Arc<[u8]>, [u8; 32])>,
    /// Held filings are not in the index yet.
    held: HashMap<Serial, Vec<i64>>,
    /// CA certificates: the digest of the issuer's name and the serial, and the digests of the names of the CA and of
    /// those below it.
    cas: HashMap<Serial, Vec<[u8; 32]>>,
    found: Vec<ImpactFiling>,
    seen: HashSet<i64>,
}

impl<'a> Search<'a> {
    fn new(store: &'a Store, trust: &TrustStore) -> Result<Self, StoreError> {
        let mut held: HashMap<_, Vec<i64>> = HashMap::new();
        for SignerRow { issuer, serial, submission_id } in wait(store.signers_held())? {
            held.entry((issuer, serial)).or_default().push(submission_id);
        }
        let (issuers, cas, found, seen) = (HashMap::new(), cas_of(trust), Vec::new(), HashSet::new());
        Ok(Self { store, issuers, last: None, held, cas, found, seen })
    }

    fn ask(&mut self, entry: &Entry<'_>, issuer: &Arc<[u8]>) -> Result<(), StoreError> {
        let issuer = self.digest_of(issuer);
        let reason = reason_name(entry.reason.unwrap_or(0));
        let asked = Asked { serial: entry.serial.to_vec(), revoked_at: entry.revocation_date, reason };
        let certificate = (issuer, asked.serial.clone());
        if let Some(filings) = self.held.get(&certificate) {
            let filings = filings.clone();
            filings.into_iter().for_each(|filing| self.find(filing, &asked));
        }
        if let Some(names) = self.cas.get(&certificate) {
            for name in names.clone() {
                let filings = wait(self.store.signers_filings_of(name))?;
                filings.into_iter().for_each(|filing| self.find(filing, &asked));
            }
        }
        let waiting = self.issuers.entry(issuer).or_default();
        waiting.asked.push(asked);
        if waiting.asked.len() >= AT_A_TIME {
            self.flush(issuer)?;
        }
        Ok(())
    }

    /// One list is mostly of one issuer: its name is hashed once.
    fn digest_of(&mut self, issuer: &Arc<[u8]>) -> [u8; 32] {
        match &self.last {
            Some((last, digest)) if Arc::ptr_eq(last, issuer) => *digest,
            _ => {
                let digest = sha256(issuer);
                self.last = Some((issuer.clone(), digest));
                digest
            }
        }
    }

    fn find(&mut self, submission_id: i64, asked: &Asked) {
        if self.seen.insert(submission_id) {
            let Asked { revoked_at, reason, .. } = *asked;
            self.found.push(ImpactFiling { submission_id, reason, revoked_at });
        }
    }

    fn flush(&mut self, issuer: [u8; 32]) -> Result<(), StoreError> {
        let Some(mut of_issuer) = self.issuers.remove(&issuer) else { return Ok(()) };
        let asked = std::mem::take(&mut of_issuer.asked);
        // A long list: where the filings are the smaller side, they are asked once, and the entries go through them.
        if asked.len() >= AT_A_TIME && !of_issuer.was_flushed {
            if let Some(rows) = wait(self.store.signers_of(issuer, KEPT))? {
                of_issuer.side = Side::Filings(by_serial(rows));
            }
            of_issuer.was_flushed = true;
        }
        match &of_issuer.side {
            Side::Filings(filings) => {
                for one in &asked {
                    let found = filings.get(&one.serial).map(Vec::as_slice).unwrap_or_default();
                    found.iter().for_each(|filing| self.find(*filing, one));
                }
            }
            Side::Entries => {
                let serials = asked.iter().map(|one| one.serial.clone()).collect();
                let filings = by_serial(wait(self.store.signers_find(issuer, serials))?);
                for one in &asked {
                    let found = filings.get(&one.serial).map(Vec::as_slice).unwrap_or_default();
                    found.iter().for_each(|filing| self.find(*filing, one));
                }
            }
        }
        self.issuers.insert(issuer, of_issuer);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<ImpactFiling>, StoreError> {
        let issuers: Vec<[u8; 32]> = self.issuers.keys().copied().collect();
        issuers.into_iter().try_for_each(|issuer| self.flush(issuer))?;
        self.found.sort_unstable_by_key(|filing| filing.submission_id);
        Ok(self.found)
    }
}

fn by_serial(rows: Vec<SignerRow>) -> HashMap<Vec<u8>, Vec<i64>> {
    let mut filings: HashMap<_, Vec<i64>> = HashMap::with_capacity(rows.len());
    for SignerRow { serial, submission_id, .. } in rows {
        filings.entry(serial).or_default().push(submission_id);
    }
    filings
}

/// The CAs below the anchors, each with those below it: a CA that is revoked touches all that they issued.
fn cas_of(trust: &TrustStore) -> HashMap<Serial, Vec<[u8; 32]>> {
    let cas = trust.intermediates();
    let below = |name: &[u8]| {
        let mut names: Vec<&[u8]> = vec![name];
        let mut at = 0;
        while let Some(name) = names.get(at).copied() {
            for ca in cas.iter().filter(|ca| ca.issuer_normal() == name) {
                if !names.contains(&ca.subject_normal()) {
                    names.push(ca.subject_normal());
                }
            }
            at += 1;
        }
        names.into_iter().map(sha256).collect::<Vec<_>>()
    };
    cas.iter().map(|ca| ((sha256(ca.issuer_normal()), ca.serial().to_vec()), below(ca.subject_normal()))).collect()
}
