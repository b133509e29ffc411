//! Noting events: the event's row and the record that follows from it are one transaction.
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::codes::{self, CodeFor};
use super::notices::{self, NoticeReason};
use super::records::{find, place};
use super::refusal::{RegistryOutcome, RegistryRefusal};
use super::schema::{registry_events, registry_records};
use super::vault::Vault;
use crate::ids::AgencyCode;
use crate::registry::entry::{self, PartFault};
use crate::registry::event::{Change, Event};
use crate::registry::history::{apply, begin};
use crate::registry::key::search_key;
use crate::registry::record::{RecordId, ResidentRecord};
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError, to_database};

/// A record that begins: birth, first entry or move in.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Its identifier, fresh.
    pub id: RecordId,
    /// Whose register.
    pub municipality: AgencyCode,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// Now.
    pub noted_at: DateTime<Utc>,
    /// Who notes it.
    pub noted_by: String,
    /// What happened, with the first content.
    pub change: Change,
    /// Whether the person gets this code newly, and a letter that tells of it; otherwise they bring it with them.
    pub code_is_new: bool,
}

/// An event of a record that is there.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The record.
    pub record: RecordId,
    /// The revision that was looked at; none: whatever it is now.
    pub seen: Option<u64>,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// Now.
    pub noted_at: DateTime<Utc>,
    /// Who notes it.
    pub noted_by: String,
    /// What changes.
    pub change: Change,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = registry_records, treat_none_as_null = true)]
pub(super) struct RecordRow {
    id: String,
    municipality: String,
    code_hmac: Vec<u8>,
    standing: &'static str,
    name_key: String,
    kana_key: Option<String>,
    alphabet_key: Option<String>,
    alias_key: Option<String>,
    date_of_birth: String,
    sex: &'static str,
    household: String,
    revision: i64,
    noted_at: chrono::NaiveDateTime,
    body: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = registry_events)]
pub(super) struct EventRow {
    record_id: String,
    number: i64,
    kind: &'static str,
    noted_at: chrono::NaiveDateTime,
    noted_by: String,
    digest: Vec<u8>,
    body: Vec<u8>,
}

impl RecordRow {
    pub(super) fn of(vault: &Vault, record: &ResidentRecord, noted_at: DateTime<Utc>) -> Result<Self, StoreError> {
        let key = |name: &Option<String>| name.as_deref().map(search_key);
        Ok(Self {
            id: record.id.to_string(),
            municipality: record.municipality.to_string(),
            code_hmac: vault.code_hmac(&record.code),
            standing: record.standing.as_str(),
            name_key: search_key(&record.name.written),
            kana_key: key(&record.name.kana),
            alphabet_key: key(&record.name.alphabet),
            alias_key: key(&record.name.alias),
            date_of_birth: record.date_of_birth.to_string(),
            sex: record.sex.as_str(),
            household: record.household.to_string(),
            revision: stored_number(record.revision)?,
            noted_at: to_database(noted_at),
            body: vault.seal(&place(record.id), record)?,
        })
    }
}

impl EventRow {
    pub(super) fn of(vault: &Vault, record: &ResidentRecord, event: &Event) -> Result<Self, StoreError> {
        Ok(Self {
            record_id: record.id.to_string(),
            number: stored_number(event.number)?,
            kind: event.change.kind(),
            noted_at: to_database(event.noted_at),
            noted_by: event.noted_by.clone(),
            digest: record.digest.to_vec(),
            body: vault.seal(&event_place(record.id, event.number), event)?,
        })
    }
}

fn stored_number(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Fault("a number is too large".to_owned()))
}

fn event_place(id: RecordId, number: u64) -> String {
    format!("event {id} {number}")
}

/// The forms of what an event brings.
fn part_faults(change: &Change) -> Vec<PartFault> {
    match change {
        Change::Birth { entry } | Change::Registered { entry } | Change::MoveIn { entry } => entry::entry_faults(entry),
        Change::MovedWithin { address, postcode, relation, .. } => {
            let faults = [
                entry::address_fault(address),
                entry::postcode_fault(postcode.as_deref()),
                entry::relation_fault(relation),
            ];
            faults.into_iter().flatten().collect()
        }
        Change::HouseholdChanged { relation, .. } => entry::relation_fault(relation).into_iter().collect(),
        Change::NameChanged { name } => entry::name_faults(name),
        Change::StatusChanged { foreign } => entry::foreign_faults(foreign),
        Change::MoveOut { address: Some(address), .. } => entry::address_fault(address).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The event and the record that begins with it, judged by everything but the database.
pub(super) fn begun(order: NewRecord) -> Result<(Event, ResidentRecord), RegistryRefusal> {
    let faults = part_faults(&order.change);
    if !faults.is_empty() {
        return Err(RegistryRefusal::Parts(faults));
    }
    let NewRecord { id, municipality, on, noted_at, noted_by, change, .. } = order;
    let event = Event { number: 1, on, noted_at, noted_by, change };
    let record = begin(id, municipality, &event)?;
    Ok((event, record))
}

/// Begins a record, inside a transaction.
///
/// # Errors
/// When the database does not take it. A refusal leaves nothing behind.
pub fn enter(connection: &mut AnyConnection, vault: &Vault, order: NewRecord) -> RegistryOutcome<ResidentRecord> {
    let code_is_new = order.code_is_new;
    let (event, record) = match begun(order) {
        Ok(begun) => begun,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let whose = if code_is_new { CodeFor::Nobody } else { CodeFor::Person(&record) };
    if let Some(refusal) = codes::refusal(connection, vault, &record.code, whose)? {
        return Ok(Err(refusal));
    }
    let (row, event_row) = (RecordRow::of(vault, &record, event.noted_at)?, EventRow::of(vault, &record, &event)?);
    diesel::insert_into(registry_records::table).values(row).execute(connection)?;
    diesel::insert_into(registry_events::table).values(event_row).execute(connection)?;
    if code_is_new {
        notices::add(connection, &record, NoticeReason::New, event.noted_at)?;
    }
    Ok(Ok(record))
}

/// Notes an event of a record, inside a transaction.
///
/// # Errors
/// When the database does not take it. A refusal leaves nothing behind.
pub fn note(connection: &mut AnyConnection, vault: &Vault, order: NewEvent) -> RegistryOutcome<ResidentRecord> {
    let faults = part_faults(&order.change);
    if !faults.is_empty() {
        return Ok(Err(RegistryRefusal::Parts(faults)));
    }
    let Some(before) = find(connection, vault, order.record)? else { return Ok(Err(RegistryRefusal::Unknown)) };
    if order.seen.is_some_and(|seen| seen != before.revision) {
        return Ok(Err(RegistryRefusal::Changed));
    }
    let NewEvent { on, noted_at, noted_by, change, .. } = order;
    let event = Event { number: before.revision + 1, on, noted_at, noted_by, change };
    let (seen, former_code) = (before.revision, before.code.clone());
    let record = match apply(before, &event) {
        Ok(record) => record,
        Err(fault) => return Ok(Err(fault.into())),
    };
    if matches!(event.change, Change::CodeChanged { .. }) {
        if let Some(refusal) = codes::refusal(connection, vault, &record.code, CodeFor::Nobody)? {
            return Ok(Err(refusal));
        }
        codes::end(connection, vault, &former_code, event.noted_at)?;
        notices::add(connection, &record, NoticeReason::Changed, event.noted_at)?;
    }
    // The revision stands in the condition: of two that note at the same moment on two gateways, one is told to look again.
    let row = RecordRow::of(vault, &record, event.noted_at)?;
    let at_that_revision = registry_records::table
        .filter(registry_records::id.eq(record.id.to_string()))
        .filter(registry_records::revision.eq(stored_number(seen)?));
    if diesel::update(at_that_revision).set(row).execute(connection)? != 1 {
        return Err(StoreError::Unavailable("a record of the registry was changed at the same moment".to_owned()));
    }
    let event_row = EventRow::of(vault, &record, &event)?;
    diesel::insert_into(registry_events::table).values(event_row).execute(connection)?;
    Ok(Ok(record))
}

/// Every event of a record, oldest first.
///
/// # Errors
/// When the database does not answer or a row is damaged.
pub fn history(connection: &mut AnyConnection, vault: &Vault, id: RecordId) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = registry_events::table
        .filter(registry_events::record_id.eq(id.to_string()))
        .order(registry_events::number)
        .select((registry_events::number, registry_events::body))
        .load(connection)?;
    rows.into_iter()
        .map(|(number, body)| vault.open(&event_place(id, u64::try_from(number).unwrap_or_default()), &body))
        .collect()
}

impl Store {
    /// Begins a record: see [`enter`].
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn registry_enter(&self, vault: &Vault, order: NewRecord) -> RegistryOutcome<ResidentRecord> {
        let vault = vault.clone();
        self.write(move |connection| enter(connection, &vault, order)).await
    }

    /// Notes an event: see [`note`].
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn registry_note(&self, vault: &Vault, order: NewEvent) -> RegistryOutcome<ResidentRecord> {
        let vault = vault.clone();
        self.write(move |connection| note(connection, &vault, order)).await
    }

    /// Every event of a record, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is damaged.
    pub async fn registry_history(&self, vault: &Vault, id: RecordId) -> Result<Vec<Event>, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| history(connection, &vault, id)).await
    }
}
