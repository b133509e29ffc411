//! The index over a CRL's entries: at most fifteen octets an entry beside the DER, whatever the serials are.
//!
//! Each serial's keyed hash is its fingerprint ([`ListKey`]); the fingerprints stand sorted ([`super::marks`]), and each has
//! the offset of its entry in the DER. A look-up finds the fingerprint and confirms the hit against the whole serial there.
//! A mark also has a hash of what its entry says, so that two lists are compared without reading either
//! ([`super::difference`]), and an entry that is not what it was is noticed when it is read.
//!
//! In an indirect CRL (RFC 5280 5.3.3) a serial counts together with the certificate issuer that its entry has from
//! the last certificateIssuer extension before it: fingerprints are made over both, and where one issuer's run of
//! entries begins is kept beside them.
use super::bytes::{EntryBytes, ListFault};
use super::difference::{Differences, Place};
use super::entry::{Entry, ListEntry, entry_at};
use super::list_key::ListKey;
use super::marks::{Mark, Marks};
use super::parse::{CrlError, ParsedCrl};
use crate::pki::name;

/// The marks of a list's entries, sorted.
pub struct CrlIndex {
    pub(super) key: ListKey,
    pub(super) marks: Marks,
    /// The list's issuer, in the form of [`name::normal_form`].
    pub(super) issuer: Box<[u8]>,
    /// Of an indirect list; none for others.
    pub(super) runs: Option<Box<[Run]>>,
}

/// The entries from `start` on, up to the next run, are of certificates of `issuer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Offset in the DER.
    pub(super) start: u32,
    /// [`name::normal_form`].
    pub(super) issuer: Box<[u8]>,
}

impl std::fmt::Debug for CrlIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CrlIndex").field("entries", &self.len()).finish_non_exhaustive()
    }
}

/// Why no index was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexError {
    /// An entry cannot be read.
    Unreadable(CrlError),
    /// A serial stands twice; in hex.
    DuplicateSerial(String),
    /// `visit` refused an entry.
    Refused(String),
}

impl CrlIndex {
    /// Reads all entries of `crl`, whose DER is `der`. `visit` sees each and may refuse it with a sentence.
    pub fn build(
        key: ListKey,
        crl: &ParsedCrl<'_>,
        der: &[u8],
        mut visit: impl FnMut(&Entry<'_>) -> Result<(), String>,
    ) -> Result<Self, IndexError> {
        let unreadable = |what: String| IndexError::Unreadable(CrlError(what));
        let base = der.as_ptr() as usize;
        let issuer: Box<[u8]> = name::normal_form(crl.issuer).into();
        let mut marks: Vec<Mark> = Vec::with_capacity(expected_entries(crl));
        let mut runs = is_indirect(crl).then(|| vec![Run { start: 0, issuer: issuer.clone() }]);
        for entry in crl.entries() {
            let entry = entry.map_err(|error| unreadable(format!("entry {}: {error}", marks.len() + 1)))?;
            visit(&entry).map_err(IndexError::Refused)?;
            let offset = (entry.der.as_ptr() as usize).saturating_sub(base);
            let offset = u32::try_from(offset).map_err(|_| unreadable("it is larger than 4 GiB".to_owned()))?;
            let serial = match &mut runs {
                None => key.fingerprint(entry.serial),
                Some(runs) => key.fingerprint_under(entry.serial, run_of(runs, &entry, offset)),
            };
            marks.push(Mark::new(serial, key.statement(entry.statement()), offset));
        }
        let index = Self { key, marks: Marks::sort(marks), issuer, runs: runs.map(Vec::into_boxed_slice) };
        match index.duplicate(der) {
            Some(serial) => Err(IndexError::DuplicateSerial(hex::encode(serial))),
            None => Ok(index),
        }
    }

    /// A serial that stands twice for one issuer's certificates.
    fn duplicate<'a>(&self, der: &'a [u8]) -> Option<&'a [u8]> {
        let same = |one: &Mark, other: &Mark| one.fingerprint() == other.fingerprint();
        let mut doubtful = self.marks.all().chunk_by(same).filter(|together| together.len() > 1);
        doubtful.find_map(|together| {
            let serials = together.iter().map(|mark| (serial_at(der, mark.offset()), self.issuer_at(mark.offset())));
            let mut serials: Vec<_> = serials.collect();
            serials.sort_unstable();
            serials.windows(2).find_map(|pair| match pair {
                [one, next] if one == next => one.0,
                _ => None,
            })
        })
    }

    /// The certificate issuer of the entry at an offset; none in a list that is not indirect.
    fn issuer_at(&self, offset: u32) -> Option<&[u8]> {
        let runs = self.runs.as_ref()?;
        let at = runs.partition_point(|run| run.start <= offset).checked_sub(1)?;
        runs.get(at).map(|run| &*run.issuer)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.marks.all().len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.all().is_empty()
    }
    /// Octets of memory that the index takes, the DER apart.
    pub fn memory(&self) -> usize {
        let runs = self.runs.as_deref().unwrap_or_default();
        let of_runs: usize = runs.iter().map(|run| size_of::<Run>() + run.issuer.len()).sum();
        self.marks.memory() + self.issuer.len() + of_runs
    }
    /// How many marks and parts of the directory a look-up of `serial` (content octets) reads, in a list that is not
    /// indirect: at most `ceil(log2(n)) + 2`.
    pub fn probes(&self, serial: &[u8]) -> usize {
        self.marks.find(self.key.fingerprint(serial)).2
    }

    /// The entry of `serial` (content octets) in the list that the index was made from, whose bytes are `bytes`; it must
    /// not be an indirect list.
    ///
    /// # Errors
    /// [`ListFault`] where an entry that may be it cannot be read, or is not what it was when the index was made.
    pub fn find(&self, bytes: &impl EntryBytes, serial: &[u8]) -> Result<Option<ListEntry>, ListFault> {
        self.confirmed(bytes, serial, self.key.fingerprint(serial), None)
    }

    /// The entry of the certificate with `serial` that `issuer` issued; `issuer` in the form of [`name::normal_form`]
    /// counts in an indirect list alone.
    ///
    /// # Errors
    /// As [`CrlIndex::find`].
    pub fn find_under(
        &self,
        bytes: &impl EntryBytes,
        serial: &[u8],
        issuer: &[u8],
    ) -> Result<Option<ListEntry>, ListFault> {
        if self.runs.is_none() {
            return self.find(bytes, serial);
        }
        self.confirmed(bytes, serial, self.key.fingerprint_under(serial, issuer), Some(issuer))
    }

    fn confirmed(
        &self,
        bytes: &impl EntryBytes,
        serial: &[u8],
        wanted: u64,
        issuer: Option<&[u8]>,
    ) -> Result<Option<ListEntry>, ListFault> {
        for mark in self.marks.find(wanted).1 {
            let entry = self.read(bytes, *mark)?;
            if *entry.serial == *serial && issuer.is_none_or(|issuer| *entry.issuer == *issuer) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// The entry of a mark, which must be what it was: its serial and what it says have the hashes of the mark. That is
    /// how damage is told from another serial with the same fingerprint.
    fn read(&self, bytes: &impl EntryBytes, mark: Mark) -> Result<ListEntry, ListFault> {
        let offset = mark.offset();
        let found = bytes.entry(offset)?;
        let entry = entry_at(&found).map_err(|error| bytes.fault(format!("the entry at {offset}: {error}")))?;
        let issuer = self.issuer_at(offset);
        let serial = match issuer {
            None => self.key.fingerprint(entry.serial),
            Some(issuer) => self.key.fingerprint_under(entry.serial, issuer),
        };
        if Mark::new(serial, self.key.statement(entry.statement()), offset) != mark {
            return Err(bytes.fault(format!("the entry at {offset} is not what it was when the list came in")));
        }
        Ok(ListEntry::of(&entry, issuer.unwrap_or(&self.issuer)))
    }

    /// The entry at a place.
    ///
    /// # Errors
    /// [`ListFault`] where it cannot be read, or is not what it was.
    pub fn entry(&self, bytes: &impl EntryBytes, place: Place) -> Result<ListEntry, ListFault> {
        match self.marks.all().get(place.position()) {
            Some(mark) => self.read(bytes, *mark),
            None => Err(bytes.fault("there is no entry of that place".to_owned())),
        }
    }

    /// What this list has that `old` has not, and the other way round; none where the two were made under different keys.
    pub fn differences<'a>(&'a self, old: &'a Self) -> Option<Differences<'a>> {
        (self.key == old.key).then(|| Differences::new(old.marks.all(), self.marks.all()))
    }
}

/// Room to begin with, from the first hundred entries' mean length, so that no room is taken twice for a large list.
fn expected_entries(crl: &ParsedCrl<'_>) -> usize {
    let Some(range) = &crl.entries_at else { return 0 };
    let (count, octets) = crl
        .entries()
        .take(100)
        .map_while(Result::ok)
        .fold((0, 0), |(count, octets): (usize, usize), entry| (count + 1, octets + entry.der.len()));
    // An entry is 20 octets at least (serial, time, header); what follows the first may be shorter than they are.
    let mean = (octets / count.max(1)).max(20);
    range.len() / mean + range.len() / mean / 64 + 1
}

/// Whether the list says that it speaks of other issuers' certificates (RFC 5280 5.2.5).
pub(super) fn is_indirect(crl: &ParsedCrl<'_>) -> bool {
    crl.extensions.distribution_point.as_ref().is_some_and(|point| point.indirect)
}

/// The certificate issuer of `entry`, which stands at `offset`: its own, or that of the run it goes on with.
fn run_of<'a>(runs: &'a mut Vec<Run>, entry: &Entry<'_>, offset: u32) -> &'a [u8] {
    if let Some(issuer) = entry.certificate_issuer {
        let issuer: Box<[u8]> = name::normal_form(issuer).into();
        if runs.last().is_none_or(|run| run.issuer != issuer) {
            runs.push(Run { start: offset, issuer });
        }
    }
    runs.last().map(|run| &*run.issuer).unwrap_or_default()
}

fn serial_at(der: &[u8], offset: u32) -> Option<&[u8]> {
    entry_at(der.get(offset as usize..)?).ok().map(|entry| entry.serial)
}
