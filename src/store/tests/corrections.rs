//! One correction each time that an agency asks for one.
use futures_util::future::join_all;

use super::*;
use crate::store::statuses::StatusChange;
use crate::submission::status::SubmissionStatus as S;

on_both!(
    of_two_corrections_at_once_one_is_recorded,
    a_correction_of_what_is_decided_is_not_recorded,
    an_applicant_corrects_once_by_themselves_before_the_decision,
    each_request_takes_one_correction_and_sent_again_it_is_known,
    a_held_correction_that_is_refused_makes_room_for_another,
);

async fn change(store: &Store, number: ArrivalNumber, to: S) {
    let change =
        StatusChange { arrival_number: number, agency: None, to, at: at(60), by: "test".to_owned(), reason: None };
    store.submission_change_status(change).await.unwrap();
}

/// A filing whose agency asked for a correction.
async fn asked(store: &Store) -> RecordRow {
    let first = row("document");
    record(store, &first).await;
    change(store, first.arrival_number, S::CorrectionRequested).await;
    first
}

fn correction(of: &RecordRow, document: &str) -> RecordRow {
    RecordRow { corrects: Some(of.arrival_number.to_string()), ..row(document.to_owned()) }
}

fn of_two_corrections_at_once_one_is_recorded(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        for round in 0..10 {
            let first = asked(&gateways[0]).await;
            let rows: Vec<_> = (0..6).map(|number| correction(&first, &format!("{round} {number}"))).collect();
            let sending = rows.iter().enumerate().map(|(number, row)| record(&gateways[number % 2], row));
            let outcomes = join_all(sending).await;
            let (mut new, mut late) = (0, 0);
            for (row, outcome) in rows.iter().zip(&outcomes) {
                let found = gateways[0].submission_find(row.arrival_number).await.unwrap();
                assert_eq!(found.is_some(), is_new(outcome));
                new += usize::from(is_new(outcome));
                late += usize::from(matches!(outcome, RowOutcome::AnotherCorrection));
            }
            assert_eq!((new, late), (1, 5), "{outcomes:?}");
        }
    });
}

fn a_correction_of_what_is_decided_is_not_recorded(place: &Place) {
    run(async {
        let store = place.open();
        let first = row("document");
        record(&store, &first).await;
        change(&store, first.arrival_number, S::Accepted).await;
        let (early, neighbour) = (correction(&first, "early"), row("neighbour"));
        let outcomes = join_all([record(&store, &early), record(&store, &neighbour)]).await;
        assert!(matches!(outcomes[0], RowOutcome::NotCorrectable(S::Accepted)), "{outcomes:?}");
        assert!(is_new(&outcomes[1]));
        assert!(store.submission_find(early.arrival_number).await.unwrap().is_none());
    });
}

fn each_request_takes_one_correction_and_sent_again_it_is_known(place: &Place) {
    run(async {
        let store = place.open();
        let first = asked(&store).await;
        let one = correction(&first, "one");
        assert!(is_new(&record(&store, &one).await));
        // The same person's same document, before and after the first is marked as corrected.
        let repeated = RecordRow { corrects: one.corrects.clone(), ..again(&one) };
        assert!(matches!(record(&store, &repeated).await, RowOutcome::Known(_)));
        change(&store, first.arrival_number, S::Corrected).await;
        assert!(matches!(record(&store, &repeated).await, RowOutcome::Known(_)));
        let late = correction(&first, "late");
        assert!(matches!(record(&store, &late).await, RowOutcome::NotCorrectable(S::Corrected)));
        // The agency asks once more.
        change(&store, first.arrival_number, S::CorrectionRequested).await;
        assert!(is_new(&record(&store, &late).await));
        let third = correction(&first, "third");
        assert!(matches!(record(&store, &third).await, RowOutcome::AnotherCorrection));
    });
}

fn a_held_correction_that_is_refused_makes_room_for_another(place: &Place) {
    run(async {
        let store = place.open();
        let first = asked(&store).await;
        let held = RecordRow { corrects: Some(first.arrival_number.to_string()), ..held_row("held", at(0)) };
        assert!(is_new(&record(&store, &held).await));
        let another = correction(&first, "another");
        assert!(matches!(record(&store, &another).await, RowOutcome::AnotherCorrection));
        store.held_decide(held.arrival_number, refused(), Some("statement".to_owned()), at(60)).await.unwrap();
        assert!(is_new(&record(&store, &another).await));
    });
}

fn an_applicant_corrects_once_by_themselves_before_the_decision(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        for to in [None, Some(S::UnderReview)] {
            let first = row("document");
            record(&gateways[0], &first).await;
            if let Some(to) = to {
                change(&gateways[0], first.arrival_number, to).await;
            }
            let rows: Vec<_> = (0..4).map(|number| correction(&first, &format!("{to:?} {number}"))).collect();
            let outcomes = join_all(rows.iter().enumerate().map(|(at, row)| record(&gateways[at % 2], row))).await;
            assert_eq!(outcomes.iter().filter(|outcome| is_new(outcome)).count(), 1, "{outcomes:?}");
            change(&gateways[0], first.arrival_number, S::Corrected).await;
            let late = record(&gateways[0], &correction(&first, "late")).await;
            assert!(matches!(late, RowOutcome::NotCorrectable(S::Corrected)), "{late:?}");
        }
    });
}
