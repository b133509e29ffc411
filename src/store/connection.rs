//! Connections: one enum over both databases, opened the same way every time and kept in a pool.
#![allow(missing_docs)] // diesel's derive makes public items without documentation

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::sql_types::Text;
use diesel::{PgConnection, SqliteConnection};

use super::error::StoreError;

/// A connection to either database. Statements that both understand are written once, against this; the few that
/// differ are written per backend under a `match`.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL: for more than one gateway.
    Postgresql(PgConnection),
    /// SQLite: the embedded default.
    Sqlite(SqliteConnection),
}

/// Runs one expression on whichever backend `$conn` is, with `$c` bound to the backend's own connection: for
/// statements that diesel's `MultiConnection` does not cover (ON CONFLICT, inserts of many rows).
macro_rules! on_backend {
    ($conn:expr, $c:ident => $run:expr) => {
        match $conn {
            $crate::store::connection::AnyConnection::Sqlite($c) => $run,
            $crate::store::connection::AnyConnection::Postgresql($c) => $run,
        }
    };
}
pub(crate) use on_backend;

/// Which database, from `[database] url`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`
    Sqlite(PathBuf),
    /// `postgres://...` or `postgresql://...`, as libpq reads it.
    Postgresql(String),
}

impl std::fmt::Debug for DatabaseUrl {
    /// A PostgreSQL address can hold a password: only the kind is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgresql(_) => f.write_str("postgres:(not shown)"),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(":memory:") {
                return Err(StoreError::Fault("database url: sqlite: needs the path of a file".to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgresql(text.to_owned()));
        }
        Err(StoreError::Fault("database url: it must begin with sqlite: or postgres://".to_owned()))
    }
}

impl DatabaseUrl {
    /// The same database with a relative SQLite path taken from `base`.
    #[must_use]
    pub fn relative_to(self, base: &Path) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(base.join(path)),
            postgresql @ Self::Postgresql(_) => postgresql,
        }
    }

    /// The folder of an SQLite file.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => path.parent(),
            Self::Postgresql(_) => None,
        }
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// A connection for the thread that writes groups, which comes back to the same pages all the time.
    ///
    /// # Errors
    /// As [`DatabaseUrl::connect`].
    pub fn connect_writer(&self) -> Result<AnyConnection, StoreError> {
        let mut connection = self.connect()?;
        if let AnyConnection::Sqlite(sqlite) = &mut connection {
            sqlite.batch_execute(SQLITE_WRITER_SET_UP)?;
        }
        Ok(connection)
    }

    /// Whether a server stands behind it, whose connections go stale.
    pub fn is_server(&self) -> bool {
        matches!(self, Self::Postgresql(_))
    }

    /// Opens a connection and sets it up. Every connection of the program comes from here.
    ///
    /// # Errors
    /// When there is none to be had; when PostgreSQL runs without `fsync` or `synchronous_commit`.
    pub fn connect(&self) -> Result<AnyConnection, StoreError> {
        match self {
            Self::Sqlite(path) => connect_sqlite(path).map(AnyConnection::Sqlite),
            Self::Postgresql(url) => connect_postgresql(url).map(AnyConnection::Postgresql),
        }
    }
}

/// What the one writer keeps of the tables' and indices' pages, in KiB: those of random keys are come back to. The log is
/// moved by a thread of its own (`checkpoint.rs`), not within a commit.
const SQLITE_WRITER_SET_UP: &str = "PRAGMA cache_size = -24576; PRAGMA wal_autocheckpoint = 0;";

/// busy_timeout comes first, because setting WAL itself may have to wait. The checkpoint is made rarer than SQLite's
/// default (4 MiB), because it syncs twice in the middle of somebody's commit; the writer never makes it in one.
const SQLITE_SET_UP: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000; \
     PRAGMA journal_size_limit = 134217728;";

fn connect_sqlite(path: &Path) -> Result<SqliteConnection, StoreError> {
    let path = path.to_str().ok_or_else(|| StoreError::Fault("database url: the path is not UTF-8".to_owned()))?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(SQLITE_SET_UP)?;
    Ok(connection)
}

const POSTGRESQL_SET_UP: &str =
    "SET client_min_messages = warning; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';";

#[derive(QueryableByName)]
struct Durability {
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
}

fn connect_postgresql(url: &str) -> Result<PgConnection, StoreError> {
    let mut connection = PgConnection::establish(url)?;
    connection.batch_execute(POSTGRESQL_SET_UP)?;
    let durability: Durability = diesel::sql_query(
        "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit",
    )
    .get_result(&mut connection)?;
    if durability.fsync == "off" || durability.synchronous_commit == "off" {
        return Err(StoreError::Fault(format!(
            "PostgreSQL runs with fsync = {} and synchronous_commit = {}: a filing that was acknowledged could be \
             lost; switch both on",
            durability.fsync, durability.synchronous_commit
        )));
    }
    Ok(connection)
}

/// Makes connections for the pool.
#[derive(Debug)]
pub struct ConnectionMaker(DatabaseUrl);

impl ManageConnection for ConnectionMaker {
    type Connection = AnyConnection;
    type Error = StoreError;

    fn connect(&self) -> Result<AnyConnection, StoreError> {
        self.0.connect()
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        match connection {
            // A file does not go away as a server does: asking costs more than it tells.
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgresql(_) => Ok(connection.ping()?),
        }
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}

/// The pool.
pub type ConnectionPool = Pool<ConnectionMaker>;

/// A connection out of the pool.
pub type Pooled = PooledConnection<ConnectionMaker>;

/// How long a request waits for a connection before it is answered "not available".
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);

/// A pool that opens connections as they are needed.
pub fn pool(url: &DatabaseUrl, size: u32) -> ConnectionPool {
    Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(0))
        .connection_timeout(WAIT_FOR_CONNECTION)
        .build_unchecked(ConnectionMaker(url.clone()))
}

/// A connection out of `pool`.
///
/// # Errors
/// [`StoreError::Unavailable`] when none can be had in time.
pub fn take(pool: &ConnectionPool) -> Result<Pooled, StoreError> {
    pool.get().map_err(|_| StoreError::Unavailable("no connection to the database is free or can be made".to_owned()))
}
