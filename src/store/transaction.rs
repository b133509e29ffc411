//! Transactions: one that writes takes SQLite's write lock at its beginning, so that it cannot fail half-way for
//! having read first.
use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

use super::connection::AnyConnection;
use super::error::StoreError;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// Runs `work` in a transaction that is committed when it gives `Ok` and rolled back otherwise. Inside another
/// transaction it is a savepoint.
///
/// # Errors
/// What `work` gives, or what beginning and committing gave.
pub fn in_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    begin(connection)?;
    match work(connection) {
        Ok(value) => {
            Manager::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            // Where the rollback fails too, the transaction manager is broken and the pool throws the connection away.
            let _ = Manager::rollback_transaction(connection);
            Err(error)
        }
    }
}

fn begin(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let outermost = depth(connection)? == 0;
    match connection {
        AnyConnection::Sqlite(sqlite) if outermost => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?;
        }
        either => Manager::begin_transaction(either)?,
    }
    Ok(())
}

fn depth(connection: &mut AnyConnection) -> Result<u32, StoreError> {
    let status = Manager::transaction_manager_status_mut(connection);
    Ok(status.transaction_depth()?.map_or(0, std::num::NonZeroU32::get))
}
