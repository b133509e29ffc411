//! The migrations, embedded: the same names for both databases. See the room's documentation for how to add one.
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
use super::error::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number, always the same: two gateways that start at once must not migrate side by side.
const ADVISORY_LOCK: i64 = 0x6d61_646f_6d69_6772;

/// Runs what is pending and names it, oldest first.
///
/// # Errors
/// When a migration fails; what ran before it stays.
pub fn run_pending(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    match connection {
        AnyConnection::Sqlite(sqlite) => named(sqlite.run_pending_migrations(SQLITE)),
        AnyConnection::Postgresql(postgresql) => {
            postgresql.batch_execute(&format!("SET lock_timeout = 0; SELECT pg_advisory_lock({ADVISORY_LOCK})"))?;
            let done = named(postgresql.run_pending_migrations(POSTGRESQL));
            postgresql
                .batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK}); SET lock_timeout = '10s'"))?;
            done
        }
    }
}

/// Names what is not run yet, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let names = match connection {
        AnyConnection::Sqlite(sqlite) => sqlite
            .pending_migrations(SQLITE)
            .map(|found| found.iter().map(|migration| migration.name().to_string()).collect()),
        AnyConnection::Postgresql(postgresql) => postgresql
            .pending_migrations(POSTGRESQL)
            .map(|found| found.iter().map(|migration| migration.name().to_string()).collect()),
    };
    names.map_err(|error| StoreError::Fault(format!("migrations: {error}")))
}

type MigrationResult<'a> =
    Result<Vec<diesel::migration::MigrationVersion<'a>>, Box<dyn std::error::Error + Send + Sync>>;

fn named(result: MigrationResult<'_>) -> Result<Vec<String>, StoreError> {
    match result {
        Ok(versions) => Ok(versions.iter().map(ToString::to_string).collect()),
        Err(error) => Err(StoreError::Fault(format!("migration: {error}"))),
    }
}
