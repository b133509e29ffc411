//! From events to the record: what may follow what, and what a record is after it.
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use ring::digest;

use super::entry::Entry;
use super::event::{Change, Event};
use super::record::{Address, Leaving, RecordId, ResidentRecord, Standing};
use crate::ids::AgencyCode;

/// Why an event cannot follow those before it. It tells nothing of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// A history begins with a birth, a first entry or a move in.
    #[error("a record begins with a birth, a first entry or a move in")]
    NoBeginning,
    /// There is a record already.
    #[error("the record has begun already: a person is entered once")]
    BegunAlready,
    /// The numbers of the events leave one out.
    #[error("the events are not numbered one after another")]
    Numbering,
    /// It happened before the event that was noted last.
    #[error("it happened before the last event of the record: events are noted in the order in which they happened")]
    OutOfOrder,
    /// It has not happened yet.
    #[error("it lies in the future: only what has happened is noted")]
    InTheFuture,
    /// The person died.
    #[error("the person of this record died: nothing more is noted in it")]
    AfterDeath,
    /// The person lives elsewhere.
    #[error("the person of this record has moved out: what follows is noted in the new municipality")]
    AfterMoveOut,
    /// The record is deleted.
    #[error("the record is deleted: nothing more is noted in it")]
    AfterDeletion,
    /// A move out is notified already.
    #[error("a move out is notified already: withdraw it first")]
    LeavingAlready,
    /// No move out is notified.
    #[error("no move out is notified that could be withdrawn")]
    NotLeaving,
    /// The record is of a Japanese national.
    #[error("the record is not of a foreign resident")]
    NotForeign,
    /// The new code is the old one.
    #[error("the new Resident Record Code is the old one")]
    SameCode,
    /// The day of birth is not the day of the event, or the person became a resident before being born.
    #[error("the person was not born yet on that day")]
    BeforeBirth,
    /// The event could not be written down to be digested: a fault of the program.
    #[error("the event cannot be written down")]
    Unwritable,
}

impl EventFault {
    /// A stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoBeginning => "no-beginning",
            Self::BegunAlready => "begun-already",
            Self::Numbering => "numbering",
            Self::OutOfOrder => "out-of-order",
            Self::InTheFuture => "in-the-future",
            Self::AfterDeath => "after-death",
            Self::AfterMoveOut => "after-move-out",
            Self::AfterDeletion => "after-deletion",
            Self::LeavingAlready => "leaving-already",
            Self::NotLeaving => "not-leaving",
            Self::NotForeign => "not-foreign",
            Self::SameCode => "same-code",
            Self::BeforeBirth => "before-birth",
            Self::Unwritable => "unwritable",
        }
    }
}

/// The record that follows from all its events, oldest first.
///
/// # Errors
/// The fault of the first event that cannot follow.
pub fn derive(id: RecordId, municipality: AgencyCode, events: &[Event]) -> Result<ResidentRecord, EventFault> {
    let (first, rest) = events.split_first().ok_or(EventFault::NoBeginning)?;
    let mut record = begin(id, municipality, first)?;
    for event in rest {
        record = apply(record, event)?;
    }
    Ok(record)
}

/// The record that an event begins.
///
/// # Errors
/// When it is none that begins a record, or has not happened yet.
pub fn begin(id: RecordId, municipality: AgencyCode, event: &Event) -> Result<ResidentRecord, EventFault> {
    let entry = event.change.entry().ok_or(EventFault::NoBeginning)?;
    if event.number != 1 {
        return Err(EventFault::Numbering);
    }
    has_happened(event)?;
    if event.on < entry.date_of_birth.earliest() {
        return Err(EventFault::BeforeBirth);
    }
    Ok(record_of(id, municipality, entry, event, digest_after(&id_digest(id), event)?))
}

fn record_of(id: RecordId, municipality: AgencyCode, entry: &Entry, event: &Event, digest: [u8; 32]) -> ResidentRecord {
    let address = Address { text: entry.address.clone(), postcode: entry.postcode.clone(), since: event.on };
    ResidentRecord {
        id,
        municipality,
        code: entry.code.clone(),
        name: entry.name.clone(),
        date_of_birth: entry.date_of_birth,
        sex: entry.sex,
        address,
        addresses: Vec::new(),
        household: entry.household,
        relation: entry.relation.clone(),
        resident_since: entry.resident_since,
        foreign: entry.foreign.clone(),
        leaving: None,
        standing: Standing::Current,
        revision: event.number,
        last_on: event.on,
        digest,
    }
}

/// The record after one more event.
///
/// # Errors
/// When it cannot follow.
pub fn apply(record: ResidentRecord, event: &Event) -> Result<ResidentRecord, EventFault> {
    if event.change.entry().is_some() {
        return Err(EventFault::BegunAlready);
    }
    if event.number != record.revision + 1 {
        return Err(EventFault::Numbering);
    }
    still_open(&record)?;
    has_happened(event)?;
    if event.on < record.last_on {
        return Err(EventFault::OutOfOrder);
    }
    let digest = digest_after(&record.digest, event)?;
    let mut next = changed(record, event)?;
    next.revision = event.number;
    next.last_on = event.on;
    next.digest = digest;
    Ok(next)
}

fn still_open(record: &ResidentRecord) -> Result<(), EventFault> {
    match record.standing {
        Standing::Current => Ok(()),
        Standing::MovedOut { .. } => Err(EventFault::AfterMoveOut),
        Standing::Dead { .. } => Err(EventFault::AfterDeath),
        Standing::Deleted { .. } => Err(EventFault::AfterDeletion),
    }
}

/// Days are Japan's.
fn has_happened(event: &Event) -> Result<(), EventFault> {
    if event.on > day_in_japan(event.noted_at) { Err(EventFault::InTheFuture) } else { Ok(()) }
}

/// The day that it is in Japan.
pub fn day_in_japan(at: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(9 * 3600).map_or_else(|| at.date_naive(), |japan| at.with_timezone(&japan).date_naive())
}

fn changed(mut record: ResidentRecord, event: &Event) -> Result<ResidentRecord, EventFault> {
    match &event.change {
        Change::Birth { .. } | Change::Registered { .. } | Change::MoveIn { .. } => {
            return Err(EventFault::BegunAlready);
        }
        Change::MoveOut { to, address, intended } => {
            if record.leaving.is_some() {
                return Err(EventFault::LeavingAlready);
            }
            record.leaving = Some(Leaving { to: *to, address: address.clone(), intended: *intended });
        }
        Change::MoveOutWithdrawn => drop(record.leaving.take().ok_or(EventFault::NotLeaving)?),
        Change::MovedOut { to } => {
            record.leaving = None;
            record.standing = Standing::MovedOut { to: *to, on: event.on };
        }
        Change::MovedWithin { address, postcode, household, relation } => {
            let new = Address { text: address.clone(), postcode: postcode.clone(), since: event.on };
            record.addresses.push(std::mem::replace(&mut record.address, new));
            (record.household, record.relation) = (*household, relation.clone());
        }
        Change::HouseholdChanged { household, relation } => {
            (record.household, record.relation) = (*household, relation.clone());
        }
        Change::NameChanged { name } => record.name = name.clone(),
        Change::StatusChanged { foreign } => {
            record.foreign.as_ref().ok_or(EventFault::NotForeign)?;
            record.foreign = Some(foreign.clone());
        }
        Change::CodeChanged { code } if *code == record.code => return Err(EventFault::SameCode),
        Change::CodeChanged { code } => record.code = code.clone(),
        Change::Death => record.standing = Standing::Dead { on: event.on },
        Change::Deleted { reason } => record.standing = Standing::Deleted { reason: *reason, on: event.on },
    }
    Ok(record)
}

fn id_digest(id: RecordId) -> [u8; 32] {
    sha256(&[id.uuid().as_bytes()])
}

/// The digest of a history that ends with `event`.
fn digest_after(before: &[u8; 32], event: &Event) -> Result<[u8; 32], EventFault> {
    let written = serde_json::to_vec(event).map(zeroize::Zeroizing::new).map_err(|_| EventFault::Unwritable)?;
    Ok(sha256(&[before, &written]))
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut out = [0_u8; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
