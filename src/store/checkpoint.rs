//! Moving SQLite's write-ahead log into the database file beside the writer, so that no group waits for it.
//!
//! Left to itself SQLite does it within the commit that makes the log long enough, and everybody in that group waits
//! tens of milliseconds. Here a thread of its own does it while the writer goes on (a PASSIVE checkpoint waits for nobody
//! and nobody waits for it). The log begins anew only when all of it was moved, which never happens beside a busy writer:
//! once little is left of a long log, the writer moves that little itself, between two groups.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::connection::{AnyConnection, DatabaseUrl};
use super::error::StoreError;

/// When what is moved.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Filings written after which the log is moved.
    filings: usize,
    /// And after so long at the latest, where anything was written.
    at_the_latest: Duration,
    /// A log of so many pages (4 KiB each) is to begin anew.
    long_log: i32,
    /// What the writer itself moves at most, in pages.
    little: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { filings: 500, at_the_latest: Duration::from_secs(5), long_log: 8_000, little: 2_000 }
    }
}

/// What the writer tells the thread, and the thread the writer.
#[derive(Clone)]
pub struct Checkpoints {
    written: Arc<AtomicUsize>,
    finish: Arc<AtomicBool>,
    wake: Option<SyncSender<()>>,
    limits: Limits,
}

#[derive(QueryableByName)]
struct Moved {
    /// 1 where somebody else was at it.
    #[diesel(sql_type = Integer)]
    busy: i32,
    /// Pages in the log.
    #[diesel(sql_type = Integer)]
    log: i32,
    /// Of these, moved.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Checkpoints {
    /// Starts the thread; with PostgreSQL there is nothing to do. It ends with the last handle.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(database: &DatabaseUrl, limits: Limits) -> Result<Self, StoreError> {
        let (written, finish) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        if !database.is_sqlite() {
            return Ok(Self { written, finish, wake: None, limits });
        }
        let (wake, woken) = mpsc::sync_channel(1);
        let thread = Mover { database: database.clone(), written: written.clone(), finish: finish.clone(), limits };
        let run = move || thread.run(&woken);
        std::thread::Builder::new().name("checkpoint".to_owned()).spawn(run)?;
        Ok(Self { written, finish, wake: Some(wake), limits })
    }

    /// Notes that so much was written.
    pub fn note(&self, filings: usize) {
        let before = self.written.fetch_add(filings, Ordering::Relaxed);
        // Where it is awake already it looks again anyway.
        if let Some(wake) = &self.wake
            && (before == 0 || before + filings >= self.limits.filings)
        {
            let _ = wake.try_send(());
        }
    }

    /// Whether the writer is to move what is left; asked between two groups.
    pub fn is_asked_to_finish(&self) -> bool {
        self.finish.swap(false, Ordering::Relaxed)
    }
}

/// The thread's own side.
struct Mover {
    database: DatabaseUrl,
    written: Arc<AtomicUsize>,
    finish: Arc<AtomicBool>,
    limits: Limits,
}

impl Mover {
    fn run(&self, woken: &Receiver<()>) {
        let mut connection = None;
        // The first wake-up says that something was written; the log is moved when much was, or some time after.
        while woken.recv().is_ok() && self.much_was_written(woken) {
            self.written.store(0, Ordering::Relaxed);
            match passive(&mut connection, &self.database) {
                Ok(moved) if self.is_little_left(&moved) => self.finish.store(true, Ordering::Relaxed),
                Ok(_) => {}
                Err(error) => {
                    // It is tried again with what is written next; until then the log is longer.
                    connection = None;
                    tracing::warn!(target: "madoguchi::store", %error, "the write-ahead log could not be moved");
                }
            }
        }
    }

    /// Waits until there is enough to move; false when the writer is gone.
    fn much_was_written(&self, woken: &Receiver<()>) -> bool {
        while self.written.load(Ordering::Relaxed) < self.limits.filings {
            match woken.recv_timeout(self.limits.at_the_latest) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    fn is_little_left(&self, moved: &Moved) -> bool {
        let left = moved.log - moved.checkpointed;
        moved.busy == 0 && moved.log > self.limits.long_log && left < self.limits.little
    }
}

fn passive(connection: &mut Option<AnyConnection>, database: &DatabaseUrl) -> Result<Moved, StoreError> {
    let made = match connection.take() {
        Some(connection) => connection,
        None => database.connect()?,
    };
    checkpoint(connection.insert(made))
}

/// Moves what can be moved without waiting for anybody.
fn checkpoint(connection: &mut AnyConnection) -> Result<Moved, StoreError> {
    Ok(diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(connection)?)
}

/// Moves what is left of the log, on the writer's own connection, so that the next group begins it anew.
///
/// # Errors
/// What the database gives; the log is as good as before then.
pub fn finish(connection: &mut AnyConnection) -> Result<(), StoreError> {
    checkpoint(connection).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::connection::SimpleConnection;

    /// A writer that never pauses: without the two steps its log would grow with everything that it writes.
    #[test]
    fn the_log_begins_anew_beside_a_busy_writer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.sqlite");
        let database = DatabaseUrl::Sqlite(file.clone());
        let mut writer = database.connect_writer().unwrap();
        writer.batch_execute("CREATE TABLE filings (content TEXT NOT NULL)").unwrap();
        let limits = Limits { filings: 20, at_the_latest: Duration::from_millis(20), long_log: 100, little: 100 };
        let checkpoints = Checkpoints::start(&database, limits).unwrap();
        for _ in 0..3_000 {
            writer.batch_execute("INSERT INTO filings VALUES (hex(randomblob(4000)))").unwrap();
            checkpoints.note(1);
            if checkpoints.is_asked_to_finish() {
                finish(&mut writer).unwrap();
            }
        }
        let written = std::fs::metadata(&file).unwrap().len();
        let log = std::fs::metadata(file.with_extension("sqlite-wal")).unwrap().len();
        assert!(written > 20_000_000, "{written}: what was written is in the database file");
        assert!(log < written / 4, "{log} of {written}: the log began anew");
    }
}
