//! The worker decides what it can, in order, and refuses what waited too long; over both databases.
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;

use super::{HeldJudge, HeldJudgement, Round, Worker, WorkerSettings};
use crate::clock::{Clock, FixedClock};
use crate::gateway::held::Wait;
use crate::ids::ArrivalNumber;
use crate::store::Store;
use crate::store::held::HeldFiling;
use crate::store::tests::{Place, RecordRow, at, held_row, on_both, record, refused, run};
use crate::submission::status::SubmissionStatus as S;

on_both!(a_worker_decides_what_it_can, what_waits_too_long_is_refused);

/// Refuses what has "revoked" in its application; cannot decide the rest.
struct Judge(Mutex<Vec<ArrivalNumber>>);

impl HeldJudge for Judge {
    fn judge(&self, filing: HeldFiling, _now: DateTime<Utc>, wait: Wait) -> HeldJudgement {
        self.0.lock().unwrap().push(filing.submission.arrival_number);
        if filing.received.application.starts_with(b"revoked") {
            let statement_jws = Some(format!("after {}", filing.last_verdict.number));
            return HeldJudgement::Decided { decision: refused(), statement_jws };
        }
        match wait {
            Wait::InTime => HeldJudgement::StillHeld,
            Wait::TooLong => HeldJudgement::TooLong { statement_jws: "overdue".to_owned() },
        }
    }
}

fn worker(store: Store, clock: Arc<FixedClock>) -> (Worker, Arc<Judge>) {
    let judge = Arc::new(Judge(Mutex::default()));
    let settings = WorkerSettings { at_a_time: 3, ..WorkerSettings::default() };
    (Worker::new(store, clock, judge.clone(), settings), judge)
}

fn a_worker_decides_what_it_can(place: &Place) {
    run(async {
        let store = place.open();
        let clock = Arc::new(FixedClock::new(at(1000)));
        let rows: Vec<RecordRow> = (0..10)
            .map(|number| {
                held_row(if number % 2 == 0 { format!("revoked {number}") } else { format!("{number}") }, at(number))
            })
            .collect();
        join_all(rows.iter().map(|row| record(&store, row))).await;
        let (worker, judge) = worker(store.clone(), clock);
        assert_eq!(worker.round().await.unwrap(), Round { received: 0, refused: 5, undecided: 5 });
        let judged: Vec<_> = rows.iter().map(|row| row.arrival_number).collect();
        assert_eq!(*judge.0.lock().unwrap(), judged, "each once, in the order of arrival");
        assert_eq!(store.held_list(20).await.unwrap().len(), 5);
        // They were given back, so the next round has them at once.
        assert_eq!(worker.round().await.unwrap(), Round { received: 0, refused: 0, undecided: 5 });
        let story = store.submission_record(rows[0].arrival_number).await.unwrap().unwrap();
        assert_eq!(story.verdicts[1].statement_jws, Some(format!("after {}", story.verdicts[0].number)));
    });
}

fn what_waits_too_long_is_refused(place: &Place) {
    run(async {
        let store = place.open();
        let clock = Arc::new(FixedClock::new(at(0)));
        let filing = held_row("undecided", at(0));
        record(&store, &filing).await;
        let (worker, _) = worker(store.clone(), clock.clone());
        clock.advance(chrono::Duration::days(7));
        assert_eq!(worker.round().await.unwrap().undecided, 1, "seven days are allowed");
        clock.advance(chrono::Duration::seconds(1));
        assert_eq!(worker.round().await.unwrap().refused, 1);
        let story = store.submission_record(filing.arrival_number).await.unwrap().unwrap();
        assert_eq!(story.submission.status, S::Refused);
        assert_eq!(story.verdicts[1].statement_jws.as_deref(), Some("overdue"));
        assert_eq!(story.history[1].at, clock.now());
        assert!(story.history[1].reason.as_deref().unwrap().contains("file again"));
    });
}
