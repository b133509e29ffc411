//! Compares a list with what is known of its scope: which entries are lost, which have changed (RFC 5280 3.3, 5.3). By the
//! marks of both: only entries that differ are read.
use std::sync::Arc;

use chrono::Duration;

use super::diff::ListDiff;
use crate::pki::crl::bytes::ListFault;
use crate::pki::crl::difference::{Difference, Place};
use crate::pki::crl::entry::{CERTIFICATE_HOLD, ListEntry, REMOVE_FROM_CRL};
use crate::pki::crl::shard::CrlShard;

/// The complete list of a key, issuer and scope, and the delta that tells what changed since.
#[derive(Debug, Default, Clone, Copy)]
pub struct Held<'a> {
    /// The complete list.
    pub complete: Option<&'a Arc<CrlShard>>,
    /// The delta.
    pub delta: Option<&'a Arc<CrlShard>>,
}

/// The difference of `new` from what is held. An entry may go when its revocation date plus `longest_validity` has
/// passed at `new`'s thisUpdate; when it was a hold; when a delta said removeFromCRL. What a delta says goes before what
/// the complete list says. An entry may change from a hold to anything but a hold of another date.
pub fn compare(new: &CrlShard, held: Held<'_>, longest_validity: Duration) -> ListDiff {
    // What was issued after the list says nothing against it.
    let older = |one: &&Arc<CrlShard>| one.identity.this_update <= new.identity.this_update;
    let (complete, delta) = (held.complete.filter(older), held.delta.filter(older));
    let mut work = Work { new, longest_validity, found: ListDiff::default() };
    let mut added = Vec::new();
    if let Some(delta) = delta {
        work.against(delta, |_| false, |_| {});
    }
    if let Some(complete) = complete {
        let in_delta = |entry: &ListEntry| {
            delta.is_some_and(|delta| delta.find_under(&entry.serial, &entry.issuer).is_ok_and(|known| known.is_some()))
        };
        work.against(complete, in_delta, |place| added.push(place));
    }
    let mut found = work.found;
    found.added = added.len();
    if found.objects() {
        for place in added {
            if !found.names_added() {
                break;
            }
            found.added_serials.extend(new.entry_at(place).map(|entry| hex::encode(entry.serial)));
        }
    }
    found
}

/// A list that is compared.
struct Work<'a> {
    new: &'a CrlShard,
    longest_validity: Duration,
    found: ListDiff,
}

impl Work<'_> {
    /// Against one list; entries that are `overruled` there are passed over. `added` hears of what the list alone has.
    fn against(&mut self, old: &CrlShard, overruled: impl Fn(&ListEntry) -> bool, mut added: impl FnMut(Place)) {
        let new = self.new;
        let differences = match new.differences(old) {
            Ok(differences) => differences,
            Err(fault) => return self.found.note_unreadable(&fault),
        };
        for difference in differences {
            match difference {
                Difference::Added(place) => added(place),
                // A delta tells of changes alone: what it does not tell of is as it was.
                Difference::Removed(_) if new.is_delta() => {}
                Difference::Removed(was) => self.weigh_gone(old.entry_at(was), &overruled),
                Difference::Changed { was, is } => self.weigh_changed(old.entry_at(was), new.entry_at(is), &overruled),
            }
        }
    }

    fn weigh_gone(&mut self, was: Result<ListEntry, ListFault>, overruled: &impl Fn(&ListEntry) -> bool) {
        match was {
            Err(fault) => self.found.note_unreadable(&fault),
            Ok(was) if overruled(&was) => {}
            Ok(was) if self.may_go(&was) => self.found.ended += 1,
            Ok(was) => self.found.note_lost(&was),
        }
    }

    fn weigh_changed(
        &mut self,
        was: Result<ListEntry, ListFault>,
        is: Result<ListEntry, ListFault>,
        overruled: &impl Fn(&ListEntry) -> bool,
    ) {
        match (was, is) {
            // Two serials whose hashes fall together.
            (Ok(was), Ok(is)) if (&was.serial, &was.issuer) != (&is.serial, &is.issuer) => {
                if !self.new.is_delta() {
                    self.weigh_gone(Ok(was), overruled);
                }
            }
            (Ok(was), Ok(is)) => {
                if is_objectionable(&was, &is) && !overruled(&was) {
                    self.found.note_changed(&was, &is);
                }
            }
            (was, is) => was.err().iter().chain(is.err().iter()).for_each(|fault| self.found.note_unreadable(fault)),
        }
    }

    fn may_go(&self, was: &ListEntry) -> bool {
        let end = was.revocation_date.checked_add_signed(self.longest_validity);
        matches!(was.reason, Some(CERTIFICATE_HOLD | REMOVE_FROM_CRL))
            || end.is_some_and(|end| end < self.new.identity.this_update)
    }
}

/// Whether an entry has another date or reason than it may have. An absent reason is the reason unspecified (RFC 5280
/// 5.3.1).
fn is_objectionable(was: &ListEntry, is: &ListEntry) -> bool {
    let reason = |entry: &ListEntry| entry.reason.unwrap_or(0);
    let same = was.revocation_date == is.revocation_date && reason(was) == reason(is);
    let removed = reason(was) == REMOVE_FROM_CRL || reason(is) == REMOVE_FROM_CRL;
    let turned = reason(was) == CERTIFICATE_HOLD && reason(is) != CERTIFICATE_HOLD;
    !same && !removed && !turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_change_from_a_hold_and_by_its_removal_and_in_no_other_way() {
        let entry = |day: u32, reason: Option<u8>| ListEntry {
            serial: Box::new([7]),
            issuer: Box::new([]),
            revocation_date: format!("2026-04-{day:02}T00:00:00Z").parse().unwrap(),
            reason,
        };
        let table = [
            (entry(1, None), entry(1, Some(0)), false),
            (entry(1, Some(1)), entry(1, Some(1)), false),
            (entry(1, Some(1)), entry(2, Some(1)), true),
            (entry(1, Some(1)), entry(1, Some(4)), true),
            (entry(1, None), entry(1, Some(1)), true),
            (entry(1, Some(1)), entry(1, Some(6)), true),
            (entry(1, Some(6)), entry(2, Some(1)), false),
            (entry(1, Some(6)), entry(1, None), false),
            (entry(1, Some(6)), entry(2, Some(6)), true),
            (entry(1, Some(6)), entry(2, Some(8)), false),
            (entry(1, Some(1)), entry(2, Some(8)), false),
            (entry(1, Some(8)), entry(2, Some(1)), false),
        ];
        for (was, is, objected) in table {
            assert_eq!(is_objectionable(&was, &is), objected, "{was:?} to {is:?}");
        }
    }
}
