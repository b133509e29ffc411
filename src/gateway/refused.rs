//! What a refusal leaves behind: one audit line, with the digest of what was refused and the code, and nothing of the
//! person.
//!
//! The line is written by a thread of its own, out of a queue that has an end: a refusal's answer waits for nothing, and
//! whoever sends rubbish without end fills neither the memory nor the writer's queue. What finds no place is counted.
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::Gateway;
use super::outcome::SubmitOutcome;
use crate::store::Store;
use crate::store::audit::{AuditEntry, RESIDENT};
use crate::submission::received::ReceivedSubmission;
use crate::telemetry;

/// How many lines wait at most.
const QUEUE_LENGTH: usize = 1024;
/// How many are written at a time.
const AT_ONCE: usize = 256;

/// The lines that wait to be written. Dropping it writes what still waits, as long as the record takes it.
pub(super) struct RefusalLog {
    lines: Option<mpsc::Sender<AuditEntry>>,
    thread: Option<JoinHandle<()>>,
}

impl RefusalLog {
    /// Starts the thread. Without it every line counts as dropped.
    pub(super) fn start(store: Store) -> Self {
        let (lines, waiting) = mpsc::channel(QUEUE_LENGTH);
        let thread = std::thread::Builder::new().name("refusals".to_owned()).spawn(move || write(&store, waiting));
        if let Err(error) = &thread {
            tracing::error!(target: "madoguchi::gateway", fault = %error, "audit lines of refusals cannot be written");
        }
        Self { lines: Some(lines), thread: thread.ok() }
    }

    fn note(&self, line: AuditEntry) {
        if self.lines.as_ref().is_none_or(|lines| lines.try_send(line).is_err()) {
            telemetry::count_dropped_audit_lines(1);
        }
    }
}

impl Drop for RefusalLog {
    fn drop(&mut self) {
        drop(self.lines.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Writes lines until the queue is closed and empty. What cannot be written is counted: the refusal stands on its own.
fn write(store: &Store, mut waiting: mpsc::Receiver<AuditEntry>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    while let Some(first) = waiting.blocking_recv() {
        let mut lines = vec![first];
        while lines.len() < AT_ONCE {
            let Ok(next) = waiting.try_recv() else { break };
            lines.push(next);
        }
        let count = lines.len();
        if let Err(error) = runtime.block_on(store.audit_append_all(lines)) {
            tracing::warn!(target: "madoguchi::gateway", fault = %error, count, "refusals' audit lines were not written");
            telemetry::count_dropped_audit_lines(count);
            if waiting.is_closed() {
                telemetry::count_dropped_audit_lines(waiting.len());
                return;
            }
        }
    }
}

/// Something that was tried, as far as the audit trail may know it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    action: &'static str,
    at: DateTime<Utc>,
    document_sha256: [u8; 32],
}

impl Attempt {
    /// Notes what came in before it is judged.
    pub(super) fn of(action: &'static str, received: &ReceivedSubmission) -> Self {
        Self { action, at: received.received_at, document_sha256: received.application_sha256 }
    }
}

impl Gateway {
    /// Hands in the audit line of a refusal, and does not wait for it.
    pub(super) fn note_refusal(&self, attempt: Attempt, outcome: &SubmitOutcome) {
        let SubmitOutcome::Rejected(rejection) = outcome else { return };
        let entry = AuditEntry {
            at: attempt.at,
            actor: RESIDENT.to_owned(),
            action: attempt.action,
            subject: hex::encode(attempt.document_sha256),
            outcome: rejection.code.as_str().to_owned(),
            request_id: None,
        };
        self.refusals.note(entry);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::store::tests::{Place, at, run};

    fn line(number: usize) -> AuditEntry {
        AuditEntry {
            at: at(0),
            actor: RESIDENT.to_owned(),
            action: "file_application",
            subject: number.to_string(),
            outcome: "document-expired".to_owned(),
            request_id: None,
        }
    }

    fn dropped() -> u64 {
        let text = telemetry::render(&[]);
        let line = text.lines().find_map(|line| line.strip_prefix(telemetry::DROPPED_AUDIT_LINES)?.strip_prefix(' '));
        line.map_or(0, |number| number.parse().unwrap())
    }

    #[test]
    fn a_record_that_takes_no_lines_holds_nobody_up_and_what_finds_no_place_is_counted() {
        telemetry::metrics_handle();
        let place = Place::sqlite();
        let store = place.open();
        let (release, held) = channel::<()>();
        let (busy, is_busy) = channel::<()>();
        let blocked = store.clone();
        let blocker = std::thread::spawn(move || {
            run(blocked.write(move |_| {
                busy.send(()).unwrap();
                held.recv().unwrap();
                Ok(())
            }))
        });
        is_busy.recv().unwrap();
        let log = RefusalLog::start(store.clone());
        let before = dropped();
        let watch = crate::clock::Stopwatch::start();
        let sent = 3 * QUEUE_LENGTH;
        (0..sent).for_each(|number| log.note(line(number)));
        assert!(watch.elapsed() < std::time::Duration::from_secs(5), "noting waits for nothing");
        let lost = usize::try_from(dropped() - before).unwrap();
        assert!((sent - QUEUE_LENGTH - AT_ONCE..=sent - QUEUE_LENGTH).contains(&lost), "{lost}");
        release.send(()).unwrap();
        blocker.join().unwrap().unwrap();
        // Its end writes what still waited.
        drop(log);
        let written = run(store.audit_list(None, 100_000)).unwrap();
        assert_eq!(written.len(), sent - lost);
    }
}
