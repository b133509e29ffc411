//! The difference that speaks against a list, in a form that is kept and shown.
use serde::{Deserialize, Serialize};

use crate::pki::crl::bytes::ListFault;
use crate::pki::crl::entry::{ListEntry, reason_name};

/// How many entries of each kind are named.
const MAX_NAMED: usize = 1_000;

/// What is different in a list that came in, against the list in use (and the delta that completes it).
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListDiff {
    /// How many entries are new against the complete list held.
    pub added: usize,
    /// How many went, as they may: expired, on hold before, or removed by a delta.
    pub ended: usize,
    /// How many went although their certificates cannot have expired.
    pub lost: usize,
    /// How many have another date or reason, the end of a hold apart.
    pub changed: usize,
    /// Of the new ones 1,000: their serials in hex. Named only where something speaks against the list.
    pub added_serials: Vec<String>,
    /// Of the lost ones 1,000.
    pub lost_entries: Vec<GoneEntry>,
    /// Of the changed ones 1,000.
    pub changed_entries: Vec<EntryChange>,
    /// The CRL numbers, where they fall.
    pub number: Option<NumberFall>,
}

/// An entry that is not there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneEntry {
    /// The serial, in hex.
    pub serial: String,
    /// Date and reason that it had.
    pub was: String,
}

/// An entry with another date or reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryChange {
    /// The serial, in hex.
    pub serial: String,
    /// Date and reason that it had.
    pub was: String,
    /// Date and reason that it has.
    pub is: String,
}

/// A CRL number that falls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFall {
    /// The highest there was, in decimal.
    pub from: String,
    /// The list's own.
    pub to: String,
}

impl ListDiff {
    /// Whether its entries speak against the list.
    pub(super) fn objects(&self) -> bool {
        self.lost + self.changed > 0
    }

    pub(super) fn note_lost(&mut self, entry: &ListEntry) {
        self.lost += 1;
        if self.lost_entries.len() < MAX_NAMED {
            self.lost_entries.push(GoneEntry { serial: hex::encode(&entry.serial), was: words(entry) });
        }
    }

    pub(super) fn note_changed(&mut self, was: &ListEntry, is: &ListEntry) {
        self.changed += 1;
        if self.changed_entries.len() < MAX_NAMED {
            let serial = hex::encode(&is.serial);
            self.changed_entries.push(EntryChange { serial, was: words(was), is: words(is) });
        }
    }

    /// An entry of the list held that cannot be read back: whether it may go is not known.
    pub(super) fn note_unreadable(&mut self, fault: &ListFault) {
        self.lost += 1;
        if self.lost_entries.len() < MAX_NAMED {
            self.lost_entries.push(GoneEntry { serial: "?".to_owned(), was: fault.to_string() });
        }
    }

    /// Whether another new entry is to be named.
    pub(super) fn names_added(&self) -> bool {
        self.added_serials.len() < MAX_NAMED
    }
}

/// `2026-04-01T00:00:00Z keyCompromise`
fn words(entry: &ListEntry) -> String {
    let date = entry.revocation_date.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!("{date} {}", reason_name(entry.reason.unwrap_or(0)))
}
