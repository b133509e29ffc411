//! The marks of a list's entries, sorted, with a directory over them: fourteen octets an entry, and at most one for the
//! directory.
//!
//! The directory cuts the marks by the first bits of their fingerprints into parts of about six, which is a line or two of a
//! processor's cache: what a look-up waits for is memory. Because fingerprints
//! are hashes under a secret key, they are spread evenly whatever serials a CA, or somebody who chooses serials, uses. The
//! bound holds without any such luck: a part is searched by halves, so a look-up takes one step in the directory and at most
//! `ceil(log2(n)) + 1` in the marks.

/// One entry: 48 bits of its serial's fingerprint, 32 of what it says, and where it stands. Marks sort by `word`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(Rust, packed(2))]
pub(super) struct Mark {
    /// The fingerprint, and in the lowest 16 bits the upper half of the statement.
    word: u64,
    /// The lower half of the statement.
    low: u16,
    /// Offset of the entry in the DER.
    offset: u32,
}

/// Octets of a mark, in memory and in a file.
pub(super) const MARK_BYTES: usize = 14;

/// The bits of a word that are no fingerprint.
const STATEMENT: u64 = 0xffff;

impl Mark {
    /// Of an entry at `offset` with the hash of its serial and that of what it says. The part of the serial's hash that
    /// the fingerprint has no room for goes into the statement.
    pub(super) fn new(serial: u64, statement: u32, offset: u32) -> Self {
        let statement = statement ^ serial as u32;
        Self { word: (serial & !STATEMENT) | u64::from(statement >> 16), low: statement as u16, offset }
    }
    /// The first 48 bits of the serial's hash; the others are 0.
    pub(super) fn fingerprint(self) -> u64 {
        self.word & !STATEMENT
    }
    /// What the entry says, hashed together with its serial.
    pub(super) fn statement(self) -> u32 {
        (((self.word & STATEMENT) as u32) << 16) | u32::from(self.low)
    }
    /// Where the entry stands.
    pub(super) fn offset(self) -> u32 {
        self.offset
    }
    /// As it stands in a file.
    pub(super) fn to_bytes(self) -> [u8; MARK_BYTES] {
        let mut bytes = [0; MARK_BYTES];
        bytes[..8].copy_from_slice(&self.word.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.low.to_le_bytes());
        bytes[10..].copy_from_slice(&self.offset.to_le_bytes());
        bytes
    }
    /// From a file.
    pub(super) fn from_bytes(bytes: &[u8; MARK_BYTES]) -> Self {
        let [w0, w1, w2, w3, w4, w5, w6, w7, l0, l1, o0, o1, o2, o3] = *bytes;
        Self {
            word: u64::from_le_bytes([w0, w1, w2, w3, w4, w5, w6, w7]),
            low: u16::from_le_bytes([l0, l1]),
            offset: u32::from_le_bytes([o0, o1, o2, o3]),
        }
    }
}

/// A part of the directory has this many marks in the mean, or up to twice as many.
const MEAN_PART: usize = 4;

/// The marks, sorted, and where the parts begin.
#[derive(Debug, Default)]
pub(super) struct Marks {
    sorted: Box<[Mark]>,
    /// Where each part begins, and the end of the last.
    starts: Box<[u32]>,
    /// By how many first bits parts are told apart.
    bits: u32,
}

impl Marks {
    /// Sorts them where they are.
    pub(super) fn sort(mut marks: Vec<Mark>) -> Self {
        sort(&mut marks);
        Self::of_sorted(marks.into_boxed_slice())
    }

    /// The directory over marks that are sorted.
    pub(super) fn of_sorted(sorted: Box<[Mark]>) -> Self {
        let bits = (sorted.len() / MEAN_PART).checked_ilog2().unwrap_or(0);
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (at, mark) in sorted.iter().enumerate() {
            let part = part(mark.word, bits);
            while starts.len() <= part {
                starts.push(at as u32);
            }
        }
        starts.resize((1 << bits) + 1, sorted.len() as u32);
        Self { sorted, starts: starts.into_boxed_slice(), bits }
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Mark] {
        &self.sorted
    }

    /// The marks whose fingerprint is that of `serial`, a serial's hash; the position of the first, and how many probes
    /// that took.
    pub(super) fn find(&self, serial: u64) -> (usize, &[Mark], usize) {
        let wanted = serial & !STATEMENT;
        let part = part(wanted, self.bits);
        let bound = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        let (start, end) = (bound(part), bound(part + 1));
        let marks = self.sorted.get(start..end).unwrap_or_default();
        let mut probes = 1;
        let first = marks.partition_point(|mark| {
            probes += 1;
            mark.fingerprint() < wanted
        });
        let found = marks.get(first..).unwrap_or_default();
        let count = found.iter().take_while(|mark| mark.fingerprint() == wanted).count();
        (start + first, found.get(..count).unwrap_or_default(), probes)
    }

    /// Octets of memory.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.sorted) + size_of_val(&*self.starts)
    }
}

/// By its first bits.
fn part(word: u64, bits: u32) -> usize {
    word.checked_shr(64 - bits).unwrap_or(0) as usize
}

/// So many marks are worth being parted before they are sorted: a part then fits a processor's cache.
const MANY: usize = 1 << 16;

/// In place: a second array of a large list's marks would be as large as a third of the list.
fn sort(marks: &mut [Mark]) {
    if marks.len() < MANY {
        return marks.sort_unstable_by_key(|mark| mark.word);
    }
    let mut rest = marks;
    let parts = part_by_first_octet(rest);
    for size in parts {
        let (head, tail) = rest.split_at_mut(size.min(rest.len()));
        head.sort_unstable_by_key(|mark| mark.word);
        rest = tail;
    }
}

/// Puts the marks in the order of their first octets (American flag sort); gives the parts' sizes.
fn part_by_first_octet(marks: &mut [Mark]) -> [usize; 256] {
    let octet = |mark: &Mark| (mark.word >> 56) as usize & 0xff;
    let mut sizes = [0usize; 256];
    marks.iter().for_each(|mark| sizes[octet(mark)] += 1);
    let (mut next, mut ends) = ([0usize; 256], [0usize; 256]);
    let mut end = 0;
    for at in 0..256 {
        next[at] = end;
        end += sizes[at];
        ends[at] = end;
    }
    for at in 0..256 {
        while next[at] < ends[at] {
            let mut mark = marks[next[at]];
            while octet(&mark) != at {
                let place = &mut next[octet(&mark)];
                std::mem::swap(&mut mark, &mut marks[*place]);
                *place += 1;
            }
            marks[next[at]] = mark;
            next[at] += 1;
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(serials: impl IntoIterator<Item = u64>) -> Marks {
        Marks::sort(serials.into_iter().map(|serial| Mark::new(serial, 7, 0)).collect())
    }

    #[test]
    fn an_entry_takes_fourteen_octets_and_at_most_one_of_directory() {
        assert_eq!(size_of::<[Mark; 100]>(), 100 * MARK_BYTES);
        let marks = of((0..100_000u64).map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        assert!(marks.memory() <= 100_000 * 15 + 4, "{}", marks.memory());
    }

    #[test]
    fn a_mark_is_the_same_in_a_file() {
        let mark = Mark::new(0x0123_4567_89ab_cdef, 0xdead_beef, 0xfeed_f00d);
        assert_eq!(Mark::from_bytes(&mark.to_bytes()), mark);
        assert_eq!(mark.fingerprint(), 0x0123_4567_89ab_0000);
        assert_eq!(mark.statement(), 0xdead_beef ^ 0x89ab_cdef);
        assert_eq!(mark.offset(), 0xfeed_f00d);
    }

    #[test]
    fn a_search_never_probes_more_than_its_bound() {
        // The worst spreads there are: all together at one end, doubling gaps, all of one value; and an even one.
        let clustered: Vec<u64> = (0..100_000).map(|at| at << 16).chain([u64::MAX]).collect();
        let doubling: Vec<u64> = (16..64).map(|bit| 1u64 << bit).collect();
        let even: Vec<u64> = (0..100_000u64).map(|at| at.wrapping_mul(184_467_440_737_095)).collect();
        for serials in [clustered, doubling, vec![5 << 16; 70_000], even, vec![1 << 20], Vec::new()] {
            let bound = 2 + serials.len().next_power_of_two().ilog2() as usize;
            let marks = of(serials.iter().copied());
            for serial in serials.iter().step_by(serials.len() / 64 + 1) {
                for wanted in [serial.saturating_sub(1 << 16), *serial, serial.saturating_add(1 << 16)] {
                    let (first, found, probes) = marks.find(wanted);
                    let same = serials.iter().filter(|one| **one >> 16 == wanted >> 16).count();
                    assert_eq!(found.len(), same);
                    let below = marks.all().iter().filter(|mark| mark.fingerprint() < wanted & !STATEMENT).count();
                    assert!(same == 0 || first == below);
                    assert!(probes <= bound, "{probes} probes of {}", serials.len());
                }
            }
        }
    }

    #[test]
    fn many_marks_are_sorted_as_few_are() {
        let serials: Vec<u64> = (0..200_000u64).map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let marks = of(serials.iter().copied());
        assert!(marks.all().is_sorted_by_key(|mark| mark.word));
        let mut probes = 0;
        for serial in &serials {
            let (_, found, took) = marks.find(*serial);
            assert!(!found.is_empty());
            probes += took;
        }
        assert!(probes <= serials.len() * 6, "{probes} probes for {} look-ups", serials.len());
    }
}
