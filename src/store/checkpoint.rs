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

/// Filings written after which the log is moved.
const FILINGS: usize = 500;
/// And after so long at the latest, where anything was written.
const AT_THE_LATEST: Duration = Duration::from_secs(5);
/// A log of so many pages (4 KiB each) is to begin anew.
const LONG_LOG: i32 = 8_000;
/// What the writer itself moves at most, in pages.
const LITTLE: i32 = 2_000;

/// What the writer tells the thread, and the thread the writer.
#[derive(Clone)]
pub struct Checkpoints {
    written: Arc<AtomicUsize>,
    finish: Arc<AtomicBool>,
    wake: Option<SyncSender<()>>,
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
    pub fn start(database: &DatabaseUrl) -> Result<Self, StoreError> {
        let (written, finish) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        if !database.is_sqlite() {
            return Ok(Self { written, finish, wake: None });
        }
        let (wake, woken) = mpsc::sync_channel(1);
        let (database, counted, asked) = (database.clone(), written.clone(), finish.clone());
        let run = move || move_beside(&database, &woken, &counted, &asked);
        std::thread::Builder::new().name("checkpoint".to_owned()).spawn(run)?;
        Ok(Self { written, finish, wake: Some(wake) })
    }

    /// Notes that so much was written.
    pub fn note(&self, filings: usize) {
        let before = self.written.fetch_add(filings, Ordering::Relaxed);
        // Where it is awake already it looks again anyway.
        if let Some(wake) = &self.wake
            && (before == 0 || before + filings >= FILINGS)
        {
            let _ = wake.try_send(());
        }
    }

    /// Whether the writer is to move what is left; asked between two groups.
    pub fn is_asked_to_finish(&self) -> bool {
        self.finish.swap(false, Ordering::Relaxed)
    }
}

fn move_beside(database: &DatabaseUrl, woken: &Receiver<()>, written: &AtomicUsize, finish: &AtomicBool) {
    let mut connection = None;
    // The first wake-up says that something was written; the log is moved when much was, or some time after.
    while woken.recv().is_ok() {
        let mut open = true;
        while open && written.load(Ordering::Relaxed) < FILINGS {
            match woken.recv_timeout(AT_THE_LATEST) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => open = false,
            }
        }
        if !open {
            return;
        }
        written.store(0, Ordering::Relaxed);
        match passive(&mut connection, database) {
            Ok(moved) if moved.busy == 0 && moved.log > LONG_LOG && moved.log - moved.checkpointed < LITTLE => {
                finish.store(true, Ordering::Relaxed);
            }
            Ok(_) => {}
            Err(error) => {
                // It is tried again with what is written next; until then the log is longer.
                connection = None;
                tracing::warn!(target: "madoguchi::store", %error, "the write-ahead log could not be moved");
            }
        }
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
