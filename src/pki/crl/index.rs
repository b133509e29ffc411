//! The index over a CRL's entries: 12 octets an entry beside the DER, whatever the serials are.
//!
//! Each serial's keyed hash is its fingerprint; the fingerprints stand sorted, and each has the offset of its entry in
//! the DER. A look-up finds the fingerprint and confirms the hit against the whole serial there. Because the key is
//! random and secret, fingerprints are spread evenly whatever serials a CA (or somebody who chooses serials) uses, and
//! interpolation lands close by. The bound holds without any such luck: two interpolations, then a gallop and a
//! binary search, at most `2 + 2 * log2(n) + 2` probes.
//!
//! In an indirect CRL (RFC 5280 5.3.3) a serial counts together with the certificate issuer that its entry has from
//! the last certificateIssuer extension before it: fingerprints are made over both, and where one issuer's run of
//! entries begins is kept beside them.
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use super::entry::{Entry, entry_at};
use super::parse::{CrlError, ParsedCrl};
use crate::pki::name;

/// One key for the whole process, so that two lists' fingerprints can be compared.
fn key() -> &'static RandomState {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    KEY.get_or_init(RandomState::new)
}

/// Of a serial in a list that speaks of its own issuer's certificates only.
fn fingerprint(serial: &[u8]) -> u64 {
    key().hash_one(serial)
}

/// Of a serial and the certificate's issuer, in an indirect list.
fn fingerprint_under(serial: &[u8], issuer: &[u8]) -> u64 {
    key().hash_one((serial, issuer))
}

/// A fingerprint and its entry's offset in the DER: twelve octets, with no gap between them and the next.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(Rust, packed(4))]
struct Mark {
    fingerprint: u64,
    offset: u32,
}

/// The marks, sorted.
#[derive(Default)]
pub struct CrlIndex {
    marks: Box<[Mark]>,
    /// Of an indirect list; none for others.
    runs: Option<Box<[Run]>>,
}

/// The entries from `start` on, up to the next run, are of certificates of `issuer`.
#[derive(Debug)]
struct Run {
    /// Offset in the DER.
    start: u32,
    /// [`name::normal_form`].
    issuer: Box<[u8]>,
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
        crl: &ParsedCrl<'_>,
        der: &[u8],
        mut visit: impl FnMut(&Entry<'_>) -> Result<(), String>,
    ) -> Result<Self, IndexError> {
        let unreadable = |what: String| IndexError::Unreadable(CrlError(what));
        let base = der.as_ptr() as usize;
        let mut marks: Vec<Mark> = Vec::with_capacity(expected_entries(crl));
        let mut runs = is_indirect(crl).then(|| vec![Run { start: 0, issuer: name::normal_form(crl.issuer).into() }]);
        for entry in crl.entries() {
            let entry = entry.map_err(|error| unreadable(format!("entry {}: {error}", marks.len() + 1)))?;
            visit(&entry).map_err(IndexError::Refused)?;
            let offset = (entry.der.as_ptr() as usize).saturating_sub(base);
            let offset = u32::try_from(offset).map_err(|_| unreadable("it is larger than 4 GiB".to_owned()))?;
            let fingerprint = match &mut runs {
                None => fingerprint(entry.serial),
                Some(runs) => fingerprint_under(entry.serial, run_of(runs, &entry, offset)),
            };
            marks.push(Mark { fingerprint, offset });
        }
        marks.sort_unstable_by_key(|mark| (mark.fingerprint, mark.offset));
        let index = Self { marks: marks.into_boxed_slice(), runs: runs.map(Vec::into_boxed_slice) };
        match index.duplicate(der) {
            Some(serial) => Err(IndexError::DuplicateSerial(hex::encode(serial))),
            None => Ok(index),
        }
    }

    /// A serial that stands twice for one issuer's certificates.
    fn duplicate<'a>(&self, der: &'a [u8]) -> Option<&'a [u8]> {
        let mut doubtful = self.marks.windows(2).filter_map(|pair| match pair {
            [one, next] if { one.fingerprint } == { next.fingerprint } => Some((one.offset, next.offset)),
            _ => None,
        });
        doubtful.find_map(|(at, next)| {
            let (one, other) = (serial_at(der, at)?, serial_at(der, next)?);
            (one == other && self.issuer_at(at) == self.issuer_at(next)).then_some(one)
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
        self.marks.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
    /// Octets of memory that the index takes, the DER apart.
    pub fn memory(&self) -> usize {
        let runs = self.runs.as_deref().unwrap_or_default();
        let of_runs: usize = runs.iter().map(|run| size_of::<Run>() + run.issuer.len()).sum();
        self.len() * size_of::<Mark>() + of_runs
    }

    /// The entry of `serial` (content octets) in `der`, the DER the index was made from, which must not be an indirect
    /// list's.
    pub fn find<'a>(&self, der: &'a [u8], serial: &[u8]) -> Option<Entry<'a>> {
        self.confirmed(der, serial, fingerprint(serial), None)
    }

    /// The entry of the certificate with `serial` that `issuer` issued; `issuer` in the form of [`name::normal_form`]
    /// counts in an indirect list alone.
    pub fn find_under<'a>(&self, der: &'a [u8], serial: &[u8], issuer: &[u8]) -> Option<Entry<'a>> {
        if self.runs.is_none() {
            return self.find(der, serial);
        }
        self.confirmed(der, serial, fingerprint_under(serial, issuer), Some(issuer))
    }

    fn confirmed<'a>(&self, der: &'a [u8], serial: &[u8], wanted: u64, issuer: Option<&[u8]>) -> Option<Entry<'a>> {
        let mut at = self.lower_bound(wanted).0;
        while let Some(mark) = self.marks.get(at).filter(|mark| { mark.fingerprint } == wanted) {
            let offset = mark.offset;
            let entry = der.get(offset as usize..).and_then(|bytes| entry_at(bytes).ok());
            if let Some(entry) = entry.filter(|entry| entry.serial == serial)
                && self.issuer_at(offset) == issuer
            {
                return Some(entry);
            }
            at += 1;
        }
        None
    }

    /// The first position whose fingerprint is not below `wanted`, and how many probes that took.
    fn lower_bound(&self, wanted: u64) -> (usize, usize) {
        let all = &self.marks;
        let mut probes = 0;
        let mut below = |at: usize| {
            probes += 1;
            all.get(at).is_some_and(|found| found.fingerprint < wanted)
        };
        if all.is_empty() {
            return (0, 0);
        }
        let last = all.len() - 1;
        let guess = self.guess(wanted);
        // Everything before `low` is below `wanted`; everything from `high` on is not.
        let (mut low, mut high);
        let mut step = 8;
        if below(guess) {
            low = guess + 1;
            loop {
                high = low.saturating_add(step).min(all.len());
                if high > last || !below(high) {
                    break;
                }
                (low, step) = (high + 1, step * 2);
            }
        } else {
            high = guess;
            loop {
                low = high.saturating_sub(step);
                if low == 0 || below(low - 1) {
                    break;
                }
                (high, step) = (low - 1, step * 2);
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if below(middle) { low = middle + 1 } else { high = middle }
        }
        (low, probes)
    }

    /// Where `wanted` would stand if the fingerprints were spread evenly, put right once by the value found there.
    fn guess(&self, wanted: u64) -> usize {
        let count = self.marks.len();
        let scale = |value: u64| ((u128::from(value) * count as u128) >> 64) as usize;
        let first = scale(wanted).min(count - 1);
        let found = self.marks.get(first).map_or(wanted, |mark| mark.fingerprint);
        if found < wanted {
            first.saturating_add(scale(wanted - found)).min(count - 1)
        } else {
            first.saturating_sub(scale(found - wanted))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of_fingerprints(fingerprints: &[u64]) -> CrlIndex {
        let marks = fingerprints.iter().map(|fingerprint| Mark { fingerprint: *fingerprint, offset: 0 }).collect();
        CrlIndex { marks, runs: None }
    }

    #[test]
    fn an_entry_takes_twelve_octets() {
        assert_eq!(size_of::<[Mark; 100]>(), 1_200);
    }

    #[test]
    fn a_search_never_probes_more_than_its_bound() {
        // The worst spreads there are: all together at one end, and doubling gaps.
        let clustered: Vec<u64> = (0..100_000).chain([u64::MAX]).collect();
        let doubling: Vec<u64> = (0..64).map(|bit| 1u64 << bit).collect();
        let even: Vec<u64> = (0..100_000u64).map(|at| at.wrapping_mul(184_467_440_737_095)).collect();
        for fingerprints in [clustered, doubling, even] {
            let bound = 2 + 2 * (fingerprints.len() as f64).log2().ceil() as usize + 2;
            let index = of_fingerprints(&fingerprints);
            let stride = index.len() / 64 + 1;
            for at in (0..index.len()).step_by(stride) {
                let value = index.marks[at].fingerprint;
                for wanted in [value.saturating_sub(1), value, value.saturating_add(1)] {
                    let (found, probes) = index.lower_bound(wanted);
                    assert_eq!(found, fingerprints.partition_point(|one| *one < wanted));
                    assert!(probes <= bound, "{probes} probes of {} entries", index.len());
                }
            }
        }
    }

    #[test]
    fn an_even_spread_takes_few_probes() {
        let mut fingerprints: Vec<u64> = (0..1_000_000u32).map(|serial| fingerprint(&serial.to_be_bytes())).collect();
        fingerprints.sort_unstable();
        let index = of_fingerprints(&fingerprints);
        let probes: usize = (0..10_000u32).map(|serial| index.lower_bound(fingerprint(&serial.to_be_bytes())).1).sum();
        assert!(probes < 10_000 * 14, "{probes} probes for 10,000 look-ups");
    }
}
