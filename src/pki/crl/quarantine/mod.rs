//! Lists that are good by themselves and contradict what is known: they wait, with the difference, until two operators
//! have let them in. Where they wait is the store's affair.
mod compare;
mod diff;
mod keeping;

use std::fmt::Debug;

use chrono::{DateTime, Utc};

use super::archive::{ListRank, ListRecord};
use super::refusal::{CrlRefusal, code};

pub(super) use compare::{Held, compare};
pub use diff::{EntryChange, GoneEntry, ListDiff, NumberFall};
pub(super) use keeping::Quarantining;

/// The codes that quarantine a list instead of refusing it, the gravest first.
pub const OBJECTIONS: [&str; 3] = [code::NUMBER_FALLS, code::ENTRIES_LOST, code::ENTRIES_CHANGED];

/// What speaks against a list that is good by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objections {
    /// Of [`OBJECTIONS`], in their order; none: nothing speaks against it.
    pub codes: Vec<&'static str>,
    /// Sentences for the operators.
    pub detail: String,
    /// What is different.
    pub diff: ListDiff,
    /// The newest of the lists that it was compared with.
    pub compared_with: Option<Compared>,
}

/// A list that another was compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Hex SHA-256 of its DER.
    pub sha256: String,
    /// When it was issued.
    pub this_update: DateTime<Utc>,
}

impl Objections {
    /// Whether one of them is that the CRL number falls.
    pub fn begins_anew(&self) -> bool {
        self.codes.contains(&code::NUMBER_FALLS)
    }

    /// Of a list's rank and entries against those before it; nothing speaks against it where there is no code.
    pub(super) fn of(fall: Option<(CrlRefusal, NumberFall)>, mut diff: ListDiff, others: &[ListRank]) -> Self {
        let mut codes = Vec::new();
        let mut sentences = Vec::new();
        if let Some((refusal, number)) = fall {
            codes.push(refusal.code);
            sentences.push(format!("{}, although the list was issued later", refusal.detail));
            diff.number = Some(number);
        }
        if diff.lost > 0 {
            codes.push(code::ENTRIES_LOST);
            let first = diff.lost_entries.first().map(|entry| entry.serial.clone()).unwrap_or_default();
            sentences.push(match diff.lost {
                1 => format!(
                    "the entry of serial {first} of the list held is missing although its certificate cannot have expired"
                ),
                many => format!(
                    "{many} entries of the list held are missing (the first is serial {first}) although their \
                     certificates cannot have expired"
                ),
            });
        }
        if diff.changed > 0 {
            codes.push(code::ENTRIES_CHANGED);
            let first = diff.changed_entries.first().map(|entry| entry.serial.clone()).unwrap_or_default();
            sentences.push(match diff.changed {
                1 => format!("the entry of serial {first} has another date or reason than in the list held"),
                many => format!(
                    "{many} entries have another date or reason than in the list held (the first is serial {first})"
                ),
            });
        }
        let newest = others.iter().max_by_key(|other| other.this_update);
        let compared_with =
            newest.map(|other| Compared { sha256: other.sha256.clone(), this_update: other.this_update });
        Self { codes, detail: sentences.join("; "), diff, compared_with }
    }

    /// The refusal that goes with them: the gravest code, every sentence, and what became of the list.
    pub(super) fn refusal(&self, what_became: &str) -> CrlRefusal {
        let code = self.codes.first().copied().unwrap_or(code::ENTRIES_LOST);
        CrlRefusal::new(code, format!("{}. {what_became}", self.detail))
    }
}

/// A list with what speaks against it.
#[derive(Debug, Clone)]
pub struct QuarantineCase {
    /// The list.
    pub record: ListRecord,
    /// Where it came from: a file name, `upload`, an address.
    pub source: String,
    /// What speaks against it.
    pub objections: Objections,
}

/// What became of a [`QuarantineCase`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Two operators have let it in against these objections.
    LetIn,
    /// It is quarantined, or was already.
    Kept,
    /// An operator has refused it for good.
    Discarded,
}

/// Where lists wait for operators; it may be shared by several gateways.
pub trait CrlQuarantine: Debug + Send + Sync {
    /// Says whether a list was let in against what speaks against it, and otherwise keeps it; `Ok` means that it is on
    /// disk.
    ///
    /// # Errors
    /// A sentence, where the quarantine does not work now.
    fn judge(&self, case: &QuarantineCase, at: DateTime<Utc>) -> Result<Judgement, String>;
}
