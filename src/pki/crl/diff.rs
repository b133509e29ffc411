//! What changed from one CRL to another.
use serde::Serialize;

use super::entry::{EntriesByIssuer, reason_name};
use super::index::{CrlIndex, IndexError};
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

/// Compares the entries of two lists, given as DER; in indirect lists a serial counts together with its issuer.
pub fn diff(old: &[u8], new: &[u8]) -> Result<CrlDiff, CrlError> {
    let (old_crl, new_crl) = (ParsedCrl::from_der(old)?, ParsedCrl::from_der(new)?);
    let (old_index, new_index) = (index(&old_crl, old)?, index(&new_crl, new)?);
    let mut found = CrlDiff::default();
    for (entry, issuer) in EntriesByIssuer::of(&new_crl).filter_map(Result::ok) {
        match old_index.find_under(old, entry.serial, &issuer) {
            None => {
                found.added += 1;
                if found.added_serials.len() < MAX_NAMED {
                    found.added_serials.push(hex::encode(entry.serial));
                }
            }
            Some(was) if was.revocation_date != entry.revocation_date || was.reason != entry.reason => {
                found.changed += 1;
                if found.changed_entries.len() < MAX_NAMED {
                    let text = |entry: &super::Entry<'_>| {
                        let reason = reason_name(entry.reason.unwrap_or(0));
                        format!("{} {reason}", entry.revocation_date.to_rfc3339())
                    };
                    let serial = hex::encode(entry.serial);
                    found.changed_entries.push(ChangedEntry { serial, was: text(&was), is: text(&entry) });
                }
            }
            Some(_) => {}
        }
    }
    for (entry, issuer) in EntriesByIssuer::of(&old_crl).filter_map(Result::ok) {
        if new_index.find_under(new, entry.serial, &issuer).is_none() {
            found.removed += 1;
            if found.removed_serials.len() < MAX_NAMED {
                found.removed_serials.push(hex::encode(entry.serial));
            }
        }
    }
    Ok(found)
}

fn index(crl: &ParsedCrl<'_>, der: &[u8]) -> Result<CrlIndex, CrlError> {
    CrlIndex::build(crl, der, |_| Ok(())).map_err(|error| match error {
        IndexError::Unreadable(error) => error,
        IndexError::DuplicateSerial(serial) => CrlError(format!("the serial {serial} stands twice")),
        IndexError::Refused(what) => CrlError(what),
    })
}
