//! The writer: one thread with a bounded queue. What waits together is written together: filings in one transaction and
//! one sync, other writes (with SQLite, which has one writer anyway) in another. Each is answered after its commit.
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::checkpoint::{self, Checkpoints, Limits};
use super::connection::{AnyConnection, DatabaseUrl};
use super::documents::DocumentStore;
use super::error::StoreError;
use super::group::GroupWriter;
use super::row::{RecordRow, RowOutcome};
use super::transaction::in_transaction;

/// How many wait at most; beyond it a caller waits for a place, and not for ever.
const QUEUE_LENGTH: usize = 2048;
const WAIT_FOR_PLACE: Duration = Duration::from_secs(10);
/// What shares a transaction at most.
const GROUP_LENGTH: usize = 256;
const GROUP_BYTES: usize = 8 << 20;

type AfterCommit = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Task = Box<dyn FnOnce(&mut AnyConnection) -> AfterCommit + Send>;
type Answer = oneshot::Sender<Result<RowOutcome, StoreError>>;

enum Job {
    Record(Box<RecordRow>, Answer),
    Task(Task),
}

/// The sending end of the queue. The thread ends when the last one is dropped and the queue is empty.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Job>);

impl Writer {
    /// Starts the thread.
    pub fn start(database: DatabaseUrl, documents: DocumentStore) -> Result<Self, StoreError> {
        let (sender, mut jobs) = mpsc::channel(QUEUE_LENGTH);
        let checkpoints = Checkpoints::start(&database, Limits::default())?;
        let run = move || {
            let mut group_writer = GroupWriter::new(database, documents);
            loop {
                // A panic answers what it had in hand with "not available" (their senders are dropped) and the
                // thread goes on with a new connection.
                match catch_unwind(AssertUnwindSafe(|| serve(&mut jobs, &mut group_writer, &checkpoints))) {
                    Ok(()) => return,
                    Err(_) => {
                        tracing::error!(event = "writer_panicked");
                        group_writer.disconnect();
                    }
                }
            }
        };
        std::thread::Builder::new().name("recorder".to_owned()).spawn(run)?;
        Ok(Self(sender))
    }

    /// Records one filing; returns after the commit of its group.
    pub async fn record(&self, row: RecordRow) -> Result<RowOutcome, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Record(Box::new(row), answer)).await?;
        answered.await.unwrap_or_else(|_| Err(broken_off()))
    }

    /// Runs a write that is no filing; returns after its commit.
    pub async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            let result = in_transaction(connection, work);
            Box::new(move |committed| {
                let _ = answer.send(result.and_then(|value| committed.map(|()| value)));
            })
        });
        self.send(Job::Task(task)).await?;
        answered.await.unwrap_or_else(|_| Err(broken_off()))
    }

    async fn send(&self, job: Job) -> Result<(), StoreError> {
        self.0
            .send_timeout(job, WAIT_FOR_PLACE)
            .await
            .map_err(|_| StoreError::Unavailable("too much waits to be written".to_owned()))
    }
}

fn broken_off() -> StoreError {
    StoreError::Unavailable("the writer broke off".to_owned())
}

/// Takes groups off the queue until it is closed and empty.
fn serve(jobs: &mut mpsc::Receiver<Job>, group_writer: &mut GroupWriter, checkpoints: &Checkpoints) {
    while let Some(first) = jobs.blocking_recv() {
        let (mut rows, mut answers, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Record(row, answer) => {
                    bytes += row.small_bytes();
                    rows.push(*row);
                    answers.push(answer);
                }
                Job::Task(task) => tasks.push(task),
            }
            next = if rows.len() + tasks.len() < GROUP_LENGTH && bytes < GROUP_BYTES {
                jobs.try_recv().ok()
            } else {
                None
            };
        }
        let count = rows.len() + tasks.len();
        match run_tasks(group_writer, tasks) {
            // Who waited for a lock in vain together with others is not made to wait for it once more.
            Err(error) if error.is_temporary() => answers.into_iter().for_each(|answer| {
                let _ = answer.send(Err(error.clone()));
            }),
            _ => record_rows(group_writer, rows, answers),
        }
        checkpoints.note(count);
        if checkpoints.is_asked_to_finish()
            && let Err(error) = group_writer.with_connection(checkpoint::finish)
        {
            tracing::warn!(target: "madoguchi::store", %error, "the write-ahead log could not be moved");
        }
    }
}

fn record_rows(group_writer: &mut GroupWriter, rows: Vec<RecordRow>, answers: Vec<Answer>) {
    if rows.is_empty() {
        return;
    }
    metrics::histogram!("madoguchi_record_group_size").record(rows.len() as f64);
    let stopwatch = crate::clock::Stopwatch::start();
    let outcomes = group_writer.write(&rows);
    metrics::histogram!("madoguchi_record_commit_seconds").record(stopwatch.elapsed().as_secs_f64());
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // A client that left is no reason to undo its filing: it will ask again and be told the first receipt.
        let _ = answer.send(outcome);
    }
}

/// Runs the tasks in one transaction. An error says that there was no transaction, not that a task failed.
fn run_tasks(group_writer: &mut GroupWriter, tasks: Vec<Task>) -> Result<(), StoreError> {
    if tasks.is_empty() {
        return Ok(());
    }
    let mut endings = Vec::with_capacity(tasks.len());
    let committed = group_writer.with_connection(|connection| {
        in_transaction(connection, |connection| {
            endings.extend(tasks.into_iter().map(|task| task(connection)));
            Ok(())
        })
    });
    for ending in endings {
        ending(committed.clone());
    }
    committed
}
