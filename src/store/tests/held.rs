//! Held filings: listed in arrival order, in one worker's hand at a time, decided once.
use std::sync::Mutex;

use futures_util::future::join_all;

use super::*;
use crate::clock::{Clock, FixedClock};
use crate::delivery::{HeldJudge, HeldJudgement, Round, Worker, WorkerSettings};
use crate::store::StoreError;
use crate::store::held::{HeldDecision, HeldFiling};
use crate::submission::status::{RevocationState, SubmissionStatus as S};
use crate::verdict::{Indication, SubIndication};

on_both!(
    they_are_listed_as_they_arrived,
    one_worker_has_a_filing_in_hand,
    a_decision_is_made_once_and_names_the_verdict_before,
    a_withdrawn_one_waits_no_longer,
    a_worker_decides_what_it_can,
    what_waits_too_long_is_refused,
);

fn they_are_listed_as_they_arrived(place: &Place) {
    run(async {
        let store = place.open();
        let (late, early) = (held_row("late", at(100)), held_row("early", at(0)));
        record(&store, &late).await;
        record(&store, &early).await;
        record(&store, &row("not held")).await;
        let listed = store.held_list(10).await.unwrap();
        assert_eq!(listed, [(early.arrival_number, at(0)), (late.arrival_number, at(100))]);
    });
}

fn one_worker_has_a_filing_in_hand(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        let rows: Vec<RecordRow> = (0..30).map(|number| held_row(format!("document {number}"), at(number))).collect();
        join_all(rows.iter().map(|row| record(&gateways[0], row))).await;
        let lease =
            |number: usize, now| gateways[number].held_lease(format!("worker {number}"), at(now), at(now + 60), 20);
        let mut taken: Vec<ArrivalNumber> =
            join_all([lease(0, 0), lease(1, 0)]).await.into_iter().flat_map(Result::unwrap).collect();
        taken.extend(lease(0, 1).await.unwrap());
        taken.sort();
        let mut wanted: Vec<_> = rows.iter().map(|row| row.arrival_number).collect();
        wanted.sort();
        assert_eq!(taken, wanted, "everything is in one hand, nothing in two");
        assert!(lease(1, 2).await.unwrap().is_empty());
        let first = rows[0].arrival_number;
        gateways[0].held_release(first, "somebody else".to_owned()).await.unwrap();
        assert!(lease(1, 3).await.unwrap().is_empty(), "only who has it may give it back");
        assert_eq!(lease(1, 120).await.unwrap().len(), 20, "a lease runs out");
    });
}

fn refused() -> HeldDecision {
    HeldDecision::Refused {
        indication: Indication::TotalFailed,
        sub_indication: Some(SubIndication::Revoked),
        report: "{\"indication\":\"TOTAL_FAILED\"}".to_owned(),
        reason: "The certificate had ended.".to_owned(),
    }
}

fn a_decision_is_made_once_and_names_the_verdict_before(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        let filing = held_row("document", at(0));
        record(&gateways[0], &filing).await;
        let decide = |number: usize| {
            gateways[number].held_decide(filing.arrival_number, refused(), Some("statement".to_owned()), at(50))
        };
        let results = join_all([decide(0), decide(1)]).await;
        assert_eq!(results.iter().filter(|result| matches!(result, Ok(S::Refused))).count(), 1, "{results:?}");
        assert_eq!(
            results.iter().filter(|one| matches!(one, Err(StoreError::StatusConflict { found: S::Refused }))).count(),
            1
        );
        let story = gateways[0].submission_record(filing.arrival_number).await.unwrap().unwrap();
        assert_eq!((story.submission.status, story.submission.revocation), (S::Refused, RevocationState::None));
        assert_eq!(story.verdicts.len(), 2);
        assert_eq!(story.verdicts[1].previous, Some(story.verdicts[0].number));
        assert_eq!(story.verdicts[1].statement_jws.as_deref(), Some("statement"));
        assert_eq!(story.verdicts[1].sub_indication.as_deref(), Some("REVOKED"));
        assert_eq!(story.history[1].reason.as_deref(), Some("The certificate had ended."));
        assert!(gateways[0].held_list(10).await.unwrap().is_empty());
        assert!(gateways[0].feed_after(chiyoda(), 0, 10).await.unwrap().is_empty(), "the agency never hears of it");
    });
}

fn a_withdrawn_one_waits_no_longer(place: &Place) {
    run(async {
        let store = place.open();
        let filing = held_row("document", at(0));
        record(&store, &filing).await;
        let change = crate::store::statuses::StatusChange {
            arrival_number: filing.arrival_number,
            agency: None,
            to: S::Withdrawn,
            at: at(5),
            by: "resident".to_owned(),
            reason: None,
        };
        store.submission_change_status(change).await.unwrap();
        assert!(store.held_list(10).await.unwrap().is_empty());
        assert!(store.held_load(filing.arrival_number).await.unwrap().is_none());
        let late = store.held_decide(filing.arrival_number, refused(), None, at(6)).await;
        assert!(matches!(late, Err(StoreError::StatusConflict { found: S::Withdrawn })));
    });
}

/// Refuses what has "revoked" in its application; cannot decide the rest.
struct Judge(Mutex<Vec<ArrivalNumber>>);

impl HeldJudge for Judge {
    fn judge(&self, filing: HeldFiling, _now: DateTime<Utc>) -> HeldJudgement {
        self.0.lock().unwrap().push(filing.submission.arrival_number);
        if filing.received.application.starts_with(b"revoked") {
            let statement_jws = Some(format!("after {}", filing.last_verdict.number));
            return HeldJudgement::Decided { decision: refused(), statement_jws };
        }
        HeldJudgement::StillHeld
    }

    fn overdue_statement(&self, _filing: &HeldFiling, _now: DateTime<Utc>) -> Option<String> {
        Some("overdue".to_owned())
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
