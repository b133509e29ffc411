//! Held filings: listed in arrival order, in one worker's hand at a time, decided once.
use futures_util::future::join_all;

use super::*;
use crate::store::StoreError;
use crate::submission::status::{RevocationState, SubmissionStatus as S};

on_both!(
    they_are_listed_as_they_arrived,
    one_worker_has_a_filing_in_hand,
    a_decision_is_made_once_and_names_the_verdict_before,
    a_withdrawn_one_waits_no_longer,
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
        let lease = |number: usize, now| {
            gateways[number].held_lease(vec![0; 32], format!("worker {number}"), at(now), at(now + 60), 20)
        };
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
