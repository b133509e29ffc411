//! Entering people and noting what happens to them: the event, the record that follows, and the note of who did it are one
//! transaction.
use chrono::{DateTime, NaiveDate, Utc};

use super::super::Gateway;
use crate::ids::AgencyCode;
use crate::registry::code::ResidentRecordCode;
use crate::registry::event::Change;
use crate::registry::purpose::Permit;
use crate::registry::record::{RecordId, ResidentRecord};
use crate::store::StoreError;
use crate::store::connection::AnyConnection;
use crate::store::registry::accesses::{self, NewAccess};
use crate::store::registry::codes::free_code;
use crate::store::registry::{NewEvent, NewRecord, RegistryOutcome, Vault, events};

/// Who notes something, and why they may.
#[derive(Debug, Clone)]
pub struct Noter {
    /// Whose register.
    pub municipality: AgencyCode,
    /// Who, as audit lines name them.
    pub name: String,
    /// For what and on which clause.
    pub permit: Permit,
}

/// What begins a record, as soon as its code is known.
pub type Beginning = Box<dyn FnOnce(ResidentRecordCode) -> Change + Send>;

/// What happens to a record that is there.
#[derive(Debug, Clone)]
pub struct Happening {
    /// The record.
    pub record: RecordId,
    /// The revision that was looked at.
    pub seen: u64,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// What changes.
    pub change: Change,
}

impl Noter {
    fn line(&self, at: DateTime<Utc>, record: RecordId, action: &'static str) -> NewAccess {
        NewAccess {
            at,
            record: Some(record),
            municipality: self.municipality,
            viewer: self.name.clone(),
            action,
            permit: self.permit,
            outcome: "noted",
        }
    }
}

impl Gateway {
    /// Enters a person, with the code that they bring or, where they have none, a new one and the letter that tells it.
    ///
    /// # Errors
    /// When the record cannot be written. A refusal leaves nothing behind.
    pub async fn registry_enter(
        &self,
        noter: Noter,
        on: NaiveDate,
        code: Option<ResidentRecordCode>,
        beginning: Beginning,
    ) -> RegistryOutcome<ResidentRecord> {
        let (vault, at) = (self.vault()?, self.clock.now());
        let work = move |connection: &mut AnyConnection| {
            let code_is_new = code.is_none();
            let code = code.map_or_else(|| free_code(connection, &vault), Ok)?;
            let order = NewRecord {
                id: RecordId::made_at(at),
                municipality: noter.municipality,
                on,
                noted_at: at,
                noted_by: noter.name.clone(),
                change: beginning(code),
                code_is_new,
            };
            let entered = events::enter(connection, &vault, order)?;
            if let Ok(record) = &entered {
                accesses::append(connection, &noter.line(at, record.id, "enter"))?;
            }
            Ok(entered)
        };
        self.store.write(work).await
    }

    /// Notes what happens to a person. The record has to be of the noter's municipality.
    ///
    /// # Errors
    /// When the record cannot be written. A refusal leaves nothing behind.
    pub async fn registry_note_event(&self, noter: Noter, what: Happening) -> RegistryOutcome<ResidentRecord> {
        let (vault, at) = (self.vault()?, self.clock.now());
        self.store.write(move |connection| noted(connection, &vault, &noter, at, what)).await
    }

    /// Gives a person another code, as they asked (article 30-4), and the letter that tells it.
    ///
    /// # Errors
    /// When the record cannot be written. A refusal leaves nothing behind.
    pub async fn registry_change_code(
        &self,
        noter: Noter,
        record: RecordId,
        seen: u64,
        on: NaiveDate,
    ) -> RegistryOutcome<ResidentRecord> {
        let (vault, at) = (self.vault()?, self.clock.now());
        let work = move |connection: &mut AnyConnection| {
            let change = Change::CodeChanged { code: free_code(connection, &vault)? };
            noted(connection, &vault, &noter, at, Happening { record, seen, on, change })
        };
        self.store.write(work).await
    }

    fn vault(&self) -> Result<Vault, StoreError> {
        let registry = self.registry().ok_or_else(|| StoreError::Fault("there is no registry here".to_owned()))?;
        Ok(registry.vault().clone())
    }
}

fn noted(
    connection: &mut AnyConnection,
    vault: &Vault,
    noter: &Noter,
    at: DateTime<Utc>,
    what: Happening,
) -> RegistryOutcome<ResidentRecord> {
    let Happening { record, seen, on, change } = what;
    let order = NewEvent { record, seen: Some(seen), on, noted_at: at, noted_by: noter.name.clone(), change };
    let noted = events::note(connection, vault, order)?;
    if let Ok(record) = &noted {
        accesses::append(connection, &noter.line(at, record.id, "event"))?;
    }
    Ok(noted)
}
