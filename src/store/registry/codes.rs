//! Resident Record Codes: one person has one, and one that was given is never given to anybody else.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::records::find_by_code;
use super::refusal::RegistryRefusal;
use super::schema::registry_ended_codes;
use super::vault::Vault;
use crate::registry::code::ResidentRecordCode;
use crate::registry::record::ResidentRecord;
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError, to_database};

/// For whom a code is to be entered.
#[derive(Debug, Clone, Copy)]
pub(super) enum CodeFor<'a> {
    /// For somebody who brings it from elsewhere: a former record of it has to be theirs.
    Person(&'a ResidentRecord),
    /// For somebody who never had it: nobody else may have had it.
    Nobody,
}

/// Why a code cannot be entered.
pub(super) fn refusal(
    connection: &mut AnyConnection,
    vault: &Vault,
    code: &ResidentRecordCode,
    whose: CodeFor<'_>,
) -> Result<Option<RegistryRefusal>, StoreError> {
    if is_ended(connection, vault, code)? {
        return Ok(Some(RegistryRefusal::CodeOfAnother));
    }
    let known = find_by_code(connection, vault, code)?;
    if known.iter().any(ResidentRecord::is_current) {
        return Ok(Some(RegistryRefusal::CodeInUse));
    }
    let is_theirs = |former: &ResidentRecord| match whose {
        CodeFor::Person(person) => former.date_of_birth == person.date_of_birth && former.sex == person.sex,
        CodeFor::Nobody => false,
    };
    Ok((!known.iter().all(is_theirs)).then_some(RegistryRefusal::CodeOfAnother))
}

fn is_ended(connection: &mut AnyConnection, vault: &Vault, code: &ResidentRecordCode) -> Result<bool, StoreError> {
    let ended = registry_ended_codes::table.find(vault.code_hmac(code)).select(registry_ended_codes::ended_at);
    Ok(ended.first::<chrono::NaiveDateTime>(connection).optional()?.is_some())
}

/// Notes that a code was changed.
pub(super) fn end(
    connection: &mut AnyConnection,
    vault: &Vault,
    code: &ResidentRecordCode,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(registry_ended_codes::table)
        .values((
            registry_ended_codes::code_hmac.eq(vault.code_hmac(code)),
            registry_ended_codes::ended_at.eq(to_database(now)),
        ))
        .execute(connection)?;
    Ok(())
}

/// A random code that nobody has or had, inside the transaction that enters it.
///
/// # Errors
/// When the database does not answer, or hundred codes in a row are taken.
pub fn free_code(connection: &mut AnyConnection, vault: &Vault) -> Result<ResidentRecordCode, StoreError> {
    for _ in 0..100 {
        let code = vault.random_code()?;
        if refusal(connection, vault, &code, CodeFor::Nobody)?.is_none() {
            return Ok(code);
        }
    }
    Err(StoreError::Fault("no free Resident Record Code was found".to_owned()))
}

impl Store {
    /// A random code that nobody has or had. Whoever enters it learns there whether it still is.
    ///
    /// # Errors
    /// As [`free_code`].
    pub async fn registry_free_code(&self, vault: &Vault) -> Result<ResidentRecordCode, StoreError> {
        let vault = vault.clone();
        self.look_up(move |connection| free_code(connection, &vault)).await
    }
}
