//! What changed from one list to another, found by walking along the marks of both, without reading either.
use std::collections::VecDeque;

use super::bytes::{EntryBytes, ListBytes, ListFault};
use super::entry::ListEntry;
use super::index::CrlIndex;
use super::marks::Mark;
use super::shard::CrlShard;

/// A place in a list's index: stands for one entry of that list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place(u32);

impl Place {
    pub(super) fn position(self) -> usize {
        self.0 as usize
    }
}

/// A difference between two lists, by the marks of their entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Only the new list has it.
    Added(Place),
    /// Only the old list has it.
    Removed(Place),
    /// Both have it, and what they say is written differently.
    Changed {
        /// In the old list.
        was: Place,
        /// In the new list.
        is: Place,
    },
}

/// The differences from one list to another, in the order of the index.
#[derive(Debug)]
pub struct Differences<'a> {
    old: Cursor<'a>,
    new: Cursor<'a>,
    waiting: VecDeque<Difference>,
}

/// The marks that are left, and the position of the first of them.
#[derive(Debug)]
struct Cursor<'a> {
    left: &'a [Mark],
    position: u32,
}

impl<'a> Cursor<'a> {
    fn fingerprint(&self) -> Option<u64> {
        self.left.first().map(|mark| mark.fingerprint())
    }
    /// Takes the marks of one fingerprint.
    fn take(&mut self, fingerprint: u64) -> Vec<(Place, u32)> {
        let mut taken = Vec::new();
        while let Some((mark, rest)) = self.left.split_first().filter(|(mark, _)| mark.fingerprint() == fingerprint) {
            taken.push((Place(self.position), mark.statement()));
            (self.left, self.position) = (rest, self.position + 1);
        }
        taken
    }
    /// How many of the next two marks have this fingerprint.
    fn count(&self, fingerprint: u64) -> usize {
        self.left.iter().take(2).take_while(|mark| mark.fingerprint() == fingerprint).count()
    }
    /// Takes the next mark where `count` is 1.
    fn take_one(&mut self, count: usize) -> Option<(Place, u32)> {
        let (mark, rest) = self.left.split_first().filter(|_| count == 1)?;
        let place = Place(self.position);
        (self.left, self.position) = (rest, self.position + 1);
        Some((place, mark.statement()))
    }
}

impl<'a> Differences<'a> {
    pub(super) fn new(old: &'a [Mark], new: &'a [Mark]) -> Self {
        Self {
            old: Cursor { left: old, position: 0 },
            new: Cursor { left: new, position: 0 },
            waiting: VecDeque::new(),
        }
    }

    /// What differs among the entries of one fingerprint: nearly always one in each list, or one alone.
    fn compare(&mut self, fingerprint: u64) {
        let (old, new) = (self.old.take(fingerprint), self.new.take(fingerprint));
        let is_in = |list: &[(Place, u32)], said: u32| list.iter().any(|(_, other)| *other == said);
        let mut removed = old.iter().filter(|(_, said)| !is_in(&new, *said)).map(|(place, _)| *place);
        let mut added = new.iter().filter(|(_, said)| !is_in(&old, *said)).map(|(place, _)| *place);
        loop {
            self.waiting.push_back(match (removed.next(), added.next()) {
                (Some(was), Some(is)) => Difference::Changed { was, is },
                (Some(was), None) => Difference::Removed(was),
                (None, Some(is)) => Difference::Added(is),
                (None, None) => return,
            });
        }
    }
}

impl Iterator for Differences<'_> {
    type Item = Difference;

    fn next(&mut self) -> Option<Difference> {
        loop {
            if let Some(found) = self.waiting.pop_front() {
                return Some(found);
            }
            let fingerprint = match (self.old.fingerprint(), self.new.fingerprint()) {
                (Some(old), Some(new)) => old.min(new),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => return None,
            };
            let (old, new) = (self.old.count(fingerprint), self.new.count(fingerprint));
            if old > 1 || new > 1 {
                self.compare(fingerprint);
                continue;
            }
            // The plain case, without memory being taken.
            match (self.old.take_one(old), self.new.take_one(new)) {
                (Some(was), Some(is)) if was.1 != is.1 => {
                    return Some(Difference::Changed { was: was.0, is: is.0 });
                }
                (Some(was), None) => return Some(Difference::Removed(was.0)),
                (None, Some(is)) => return Some(Difference::Added(is.0)),
                _ => {}
            }
        }
    }
}

/// A difference with the entries read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Only the new list has it.
    Added(ListEntry),
    /// Only the old list has it.
    Removed(ListEntry),
    /// Date or reason are others.
    Changed {
        /// In the old list.
        was: ListEntry,
        /// In the new list.
        is: ListEntry,
    },
}

/// An index and the bytes that it was made from.
#[derive(Debug)]
pub(super) struct Side<'a, B> {
    pub(super) index: &'a CrlIndex,
    pub(super) bytes: &'a B,
}

impl<B: EntryBytes> Side<'_, B> {
    fn entry(&self, place: Place) -> Result<ListEntry, ListFault> {
        self.index.entry(self.bytes, place)
    }
}

/// What changed from one list to another, with the entries read; none where they were made under different keys.
pub(super) fn changes<'a, B: EntryBytes>(
    old: Side<'a, B>,
    new: Side<'a, B>,
) -> Option<impl Iterator<Item = Result<Change, ListFault>> + use<'a, B>> {
    let differences = new.index.differences(old.index)?;
    Some(differences.flat_map(move |difference| match difference {
        Difference::Added(place) => vec![new.entry(place).map(Change::Added)],
        Difference::Removed(place) => vec![old.entry(place).map(Change::Removed)],
        Difference::Changed { was, is } => match (old.entry(was), new.entry(is)) {
            (Ok(was), Ok(is)) => changed(was, is).into_iter().map(Ok).collect(),
            (was, is) => was.err().into_iter().chain(is.err()).map(Err).collect(),
        },
    }))
}

impl CrlShard {
    /// What this list says differently from `old`, by the marks of both and without reading either: a few milliseconds a
    /// million entries.
    ///
    /// # Errors
    /// [`ListFault`] where the two were not taken in by one store: their marks cannot be compared.
    pub fn differences<'a>(&'a self, old: &'a CrlShard) -> Result<Differences<'a>, ListFault> {
        self.index.differences(&old.index).ok_or_else(|| self.of_another_store())
    }

    /// What changed since `old`, with the entries that it changed in. What is written in another way and means the same
    /// (date and reason) is left out.
    ///
    /// # Errors
    /// As [`CrlShard::differences`]; an item is a [`ListFault`] where an entry cannot be read back.
    pub fn changes<'a>(
        &'a self,
        old: &'a CrlShard,
    ) -> Result<impl Iterator<Item = Result<Change, ListFault>> + 'a, ListFault> {
        changes(old.side(), self.side()).ok_or_else(|| self.of_another_store())
    }

    fn side(&self) -> Side<'_, ListBytes> {
        Side { index: &self.index, bytes: &self.bytes }
    }

    fn of_another_store(&self) -> ListFault {
        self.fault("it is compared with a list that another store took in".to_owned())
    }
}

/// Two entries of one fingerprint; of two serials where these fall together, which hashes may.
fn changed(was: ListEntry, is: ListEntry) -> Vec<Change> {
    if was.serial != is.serial || was.issuer != is.issuer {
        return vec![Change::Removed(was), Change::Added(is)];
    }
    if (was.revocation_date, was.reason) == (is.revocation_date, is.reason) {
        return Vec::new();
    }
    vec![Change::Changed { was, is }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(entries: &[(u64, u32)]) -> Vec<Mark> {
        entries.iter().map(|(serial, said)| Mark::new(serial << 16, *said, 0)).collect()
    }

    #[test]
    fn marks_are_compared_as_two_sets() {
        let old = marks(&[(1, 1), (2, 1), (4, 1), (6, 1), (6, 2), (8, 1), (8, 2)]);
        let new = marks(&[(1, 1), (3, 1), (4, 2), (6, 2), (6, 3), (6, 4), (8, 2), (8, 1), (9, 1)]);
        let found: Vec<Difference> = Differences::new(&old, &new).collect();
        use Difference::{Added, Changed, Removed};
        let expected = [
            Removed(Place(1)),
            Added(Place(1)),
            Changed { was: Place(2), is: Place(2) },
            Changed { was: Place(3), is: Place(4) },
            Added(Place(5)),
            Added(Place(8)),
        ];
        assert_eq!(found, expected);
        assert_eq!(Differences::new(&old, &old).next(), None);
        assert_eq!(Differences::new(&[], &new).count(), new.len());
        assert_eq!(Differences::new(&old, &[]).count(), old.len());
    }
}
