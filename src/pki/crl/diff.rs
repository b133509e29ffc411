//! What changed from one CRL to another.
use serde::Serialize;

use super::difference::{self, Change, Side};
use super::entry::{ListEntry, reason_name};
use super::index::{CrlIndex, IndexError};
use super::list_key::ListKey;
use super::parse::{CrlError, ParsedCrl};

/// How many serials of each kind are named.
const MAX_NAMED: usize = 1_000;

/// The difference between two lists.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct CrlDiff {
    /// How many entries only the new list has.
    pub added: usize,
    /// How many entries only the old list has.
    pub removed: usize,
    /// How many entries have another date or reason.
    pub changed: usize,
    /// The first 1,000 added, in hex.
    pub added_serials: Vec<String>,
    /// The first 1,000 removed.
    pub removed_serials: Vec<String>,
    /// The first 1,000 changed, each with what it was and what it is.
    pub changed_entries: Vec<ChangedEntry>,
}

/// An entry whose date or reason changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedEntry {
    /// The serial, in hex.
    pub serial: String,
    /// Date and reason in the old list.
    pub was: String,
    /// Date and reason in the new list.
    pub is: String,
}

/// Compares the entries of two lists, given as DER; in indirect lists a serial counts together with its issuer. The
/// serials are named in no order of the lists.
pub fn diff(old: &[u8], new: &[u8]) -> Result<CrlDiff, CrlError> {
    let key = ListKey::of_process();
    let (old_index, new_index) = (index(key, old)?, index(key, new)?);
    let mut found = CrlDiff::default();
    let (old, new) = (Side { index: &old_index, bytes: &old }, Side { index: &new_index, bytes: &new });
    for change in difference::changes(old, new).into_iter().flatten() {
        found.note(change.map_err(|fault| CrlError(fault.what))?);
    }
    Ok(found)
}

impl CrlDiff {
    /// Counts a change, and names it where not too many are named already.
    pub fn note(&mut self, change: Change) {
        let name = |to: &mut Vec<String>, entry: ListEntry| {
            if to.len() < MAX_NAMED {
                to.push(hex::encode(entry.serial));
            }
        };
        match change {
            Change::Added(entry) => {
                self.added += 1;
                name(&mut self.added_serials, entry);
            }
            Change::Removed(entry) => {
                self.removed += 1;
                name(&mut self.removed_serials, entry);
            }
            Change::Changed { was, is } => {
                self.changed += 1;
                if self.changed_entries.len() < MAX_NAMED {
                    let serial = hex::encode(&is.serial);
                    self.changed_entries.push(ChangedEntry { serial, was: text(&was), is: text(&is) });
                }
            }
        }
    }
}

fn text(entry: &ListEntry) -> String {
    format!("{} {}", entry.revocation_date.to_rfc3339(), reason_name(entry.reason.unwrap_or(0)))
}

fn index(key: ListKey, der: &[u8]) -> Result<CrlIndex, CrlError> {
    CrlIndex::build(key, &ParsedCrl::from_der(der)?, der, |_| Ok(())).map_err(|error| match error {
        IndexError::Unreadable(error) => error,
        IndexError::DuplicateSerial(serial) => CrlError(format!("the serial {serial} stands twice")),
        IndexError::Refused(what) => CrlError(what),
    })
}
