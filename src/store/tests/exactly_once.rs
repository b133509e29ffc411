//! One filing per application_id, whoever asks, whenever, and in whatever group.
use futures_util::future::join_all;

use super::*;

on_both!(
    sent_again_gives_the_first_receipt,
    another_document_or_signer_is_a_conflict,
    a_conflict_in_a_group_fails_nobody_else,
    twice_in_one_group_is_once,
    the_same_instant_on_two_gateways_is_once,
    many_distinct_filings_at_once_on_two_gateways,
    an_arrival_number_in_use_is_reported,
    a_commit_whose_answer_was_lost_is_new,
);

fn sent_again_gives_the_first_receipt(place: &Place) {
    let first = row("document");
    run(async {
        let store = place.open();
        assert!(is_new(&record(&store, &first).await));
        let RowOutcome::Known(known) = record(&store, &again(&first)).await else { panic!("not known") };
        assert_eq!(known.arrival_number, first.arrival_number);
        assert_eq!(known.receipt_json, first.receipt_json);
        assert_eq!(known.receipt_jws, first.receipt_jws);
        let id = first.application_id.parse().unwrap();
        let found = store.submission_first(id, first.application_sha256).await.unwrap().unwrap();
        assert_eq!((found.known, found.signature_sha256), (*known, first.signature_sha256));
        assert_eq!(store.submission_first(id, sha256(b"other")).await.unwrap(), None);
    });
    // And after a restart.
    run(async {
        assert!(matches!(record(&place.open(), &again(&first)).await, RowOutcome::Known(_)));
    });
}

fn another_document_or_signer_is_a_conflict(place: &Place) {
    run(async {
        let (store, first) = (place.open(), row("document"));
        record(&store, &first).await;
        let other_document = RecordRow { application_id: first.application_id.clone(), ..row("another") };
        assert!(matches!(record(&store, &other_document).await, RowOutcome::Conflict));
        let other_signer = RecordRow { signer_sha256: sha256(b"somebody else"), ..again(&first) };
        assert!(matches!(record(&store, &other_signer).await, RowOutcome::Conflict));
        assert!(store.submission_find(other_document.arrival_number).await.unwrap().is_none());
        assert!(store.submission_find(other_signer.arrival_number).await.unwrap().is_none());
    });
}

fn a_conflict_in_a_group_fails_nobody_else(place: &Place) {
    run(async {
        let (store, first) = (place.open(), row("document"));
        record(&store, &first).await;
        let mut rows: Vec<RecordRow> = (0..40).map(|number| row(format!("neighbour {number}"))).collect();
        rows.insert(20, RecordRow { application_id: first.application_id.clone(), ..row("another") });
        let outcomes = join_all(rows.iter().map(|row| record(&store, row))).await;
        for (number, outcome) in outcomes.iter().enumerate() {
            assert_eq!(matches!(outcome, RowOutcome::Conflict), number == 20, "{number}: {outcome:?}");
            assert_eq!(is_new(outcome), number != 20, "{number}: {outcome:?}");
        }
        for (number, row) in rows.iter().enumerate() {
            assert_eq!(store.submission_find(row.arrival_number).await.unwrap().is_some(), number != 20);
        }
    });
}

fn twice_in_one_group_is_once(place: &Place) {
    run(async {
        let (store, first) = (place.open(), row("document"));
        let rows: Vec<RecordRow> = (0..20).map(|_| again(&first)).collect();
        let outcomes = join_all(rows.iter().map(|row| record(&store, row))).await;
        check_once(&rows, &outcomes);
    });
}

fn the_same_instant_on_two_gateways_is_once(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        for round in 0..30 {
            let first = row(format!("document {round}"));
            let rows: Vec<RecordRow> = (0..8).map(|_| again(&first)).collect();
            let sending = rows.iter().enumerate().map(|(number, row)| record(&gateways[number % 2], row));
            let outcomes = join_all(sending).await;
            check_once(&rows, &outcomes);
        }
    });
}

/// Exactly one is new, and all others were told its number.
fn check_once(rows: &[RecordRow], outcomes: &[RowOutcome]) {
    let new: Vec<usize> = (0..rows.len()).filter(|number| is_new(&outcomes[*number])).collect();
    assert_eq!(new.len(), 1, "{outcomes:?}");
    for (number, outcome) in outcomes.iter().enumerate().filter(|(number, _)| *number != new[0]) {
        let RowOutcome::Known(known) = outcome else { panic!("{number}: {outcome:?}") };
        assert_eq!(known.arrival_number, rows[new[0]].arrival_number);
    }
}

fn many_distinct_filings_at_once_on_two_gateways(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        // The attachment is the same everywhere: both gateways want to keep it in the same moment.
        let shared = document(DocumentRole::Attachment, 0, "a form that everybody attaches");
        let mut rows: Vec<RecordRow> = (0..600).map(|number| row(format!("document {number}"))).collect();
        for row in &mut rows {
            row.documents.push(shared.clone());
        }
        let sending = rows.iter().enumerate().map(|(number, row)| record(&gateways[number % 2], row));
        assert!(join_all(sending).await.iter().all(is_new));
        for row in rows.iter().step_by(50) {
            let (_, bytes) = gateways[0]
                .submission_document(row.arrival_number, DocumentRole::Attachment, 0)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(bytes, shared.bytes);
        }
    });
}

fn an_arrival_number_in_use_is_reported(place: &Place) {
    run(async {
        let (store, first) = (place.open(), row("document"));
        record(&store, &first).await;
        let second = RecordRow { arrival_number: first.arrival_number, ..row("another") };
        assert!(matches!(record(&store, &second).await, RowOutcome::ArrivalNumberTaken));
        // Two in one group that drew the same number: one is written, the other told.
        let third = row("third");
        let fourth = RecordRow { arrival_number: third.arrival_number, ..row("fourth") };
        let outcomes = join_all([record(&store, &third), record(&store, &fourth)]).await;
        assert_eq!(outcomes.iter().filter(|outcome| is_new(outcome)).count(), 1);
        assert_eq!(outcomes.iter().filter(|one| matches!(one, RowOutcome::ArrivalNumberTaken)).count(), 1);
    });
}

fn a_commit_whose_answer_was_lost_is_new(place: &Place) {
    run(async {
        let (store, first) = (place.open(), row("document"));
        assert!(is_new(&record(&store, &first).await));
        // The writer tries the very same row again after a connection that broke at the commit.
        assert!(is_new(&record(&store, &first).await));
        assert_eq!(store.feed_after(chiyoda(), 0, 10).await.unwrap().len(), 1);
    });
}
