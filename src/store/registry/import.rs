//! Many people at once: each is taken or refused for itself, a batch is one transaction.
use super::codes::{self, CodeFor, free_code};
use super::events::{self, NewRecord, begun};
use super::refusal::RegistryRefusal;
use super::vault::Vault;
use crate::registry::event::Change;
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError};

/// A line of the file.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// Its number in the file, from 1 for the header.
    pub line: u64,
    /// The person.
    pub order: NewRecord,
}

/// Lines that were refused, and why.
pub type Refused = Vec<(u64, RegistryRefusal)>;

fn take(
    connection: &mut AnyConnection,
    vault: &Vault,
    mut order: NewRecord,
) -> Result<Option<RegistryRefusal>, StoreError> {
    if order.code_is_new
        && let Change::Registered { entry } = &mut order.change
    {
        entry.code = free_code(connection, vault)?;
    }
    Ok(events::enter(connection, vault, order)?.err())
}

/// The same questions, with nothing written.
fn judge(
    connection: &mut AnyConnection,
    vault: &Vault,
    order: NewRecord,
) -> Result<Option<RegistryRefusal>, StoreError> {
    let code_is_new = order.code_is_new;
    match begun(order) {
        Err(refusal) => Ok(Some(refusal)),
        Ok(_) if code_is_new => Ok(None),
        Ok((_, record)) => codes::refusal(connection, vault, &record.code, CodeFor::Person(&record)),
    }
}

fn each(
    connection: &mut AnyConnection,
    lines: Vec<ImportLine>,
    act: impl Fn(&mut AnyConnection, NewRecord) -> Result<Option<RegistryRefusal>, StoreError>,
) -> Result<Refused, StoreError> {
    let mut refused = Refused::new();
    for ImportLine { line, order } in lines {
        refused.extend(act(connection, order)?.map(|refusal| (line, refusal)));
    }
    Ok(refused)
}

impl Store {
    /// Takes a batch in; gives the lines that were refused. All that were taken are on disk when it answers.
    ///
    /// # Errors
    /// When the database does not take it: nothing of the batch is there then.
    pub async fn registry_import(&self, vault: &Vault, lines: Vec<ImportLine>) -> Result<Refused, StoreError> {
        let vault = vault.clone();
        self.write(move |connection| each(connection, lines, |connection, order| take(connection, &vault, order))).await
    }

    /// What an import of the batch would refuse, with nothing written. Lines that contradict each other are the caller's to find.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_import_judge(&self, vault: &Vault, lines: Vec<ImportLine>) -> Result<Refused, StoreError> {
        let vault = vault.clone();
        self.read(move |connection| each(connection, lines, |connection, order| judge(connection, &vault, order))).await
    }
}
