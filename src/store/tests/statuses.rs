//! A filing moves by legal moves only, once, with its history.
use futures_util::future::join_all;

use super::*;
use crate::store::StoreError;
use crate::store::statuses::StatusChange;
use crate::submission::status::SubmissionStatus as S;

on_both!(
    every_pair_of_statuses_moves_as_the_machine_says,
    of_two_who_decide_at_once_one_is_told,
    another_agency_finds_nothing,
    a_withdrawal_reaches_the_feed,
    the_record_tells_the_whole_story,
);

fn change(filing: &RecordRow, to: S) -> StatusChange {
    StatusChange {
        arrival_number: filing.arrival_number,
        agency: None,
        to,
        at: at(60),
        by: "agency:tanto".to_owned(),
        reason: Some("a reason".to_owned()),
    }
}

fn every_pair_of_statuses_moves_as_the_machine_says(place: &Place) {
    run(async {
        let store = place.open();
        for from in S::ALL {
            let filings: Vec<RecordRow> = S::ALL
                .iter()
                .map(|to| RecordRow {
                    status: from.as_str(),
                    held_scope: (*from == S::Held).then_some([0; 32]),
                    ..row(format!("{} to {}", from.as_str(), to.as_str()))
                })
                .collect();
            join_all(filings.iter().map(|filing| record(&store, filing))).await;
            for (filing, to) in filings.iter().zip(S::ALL) {
                let moved = store.submission_change_status(change(filing, *to)).await;
                let found = store.submission_find(filing.arrival_number).await.unwrap().unwrap().status;
                if from.may_become(*to) {
                    assert_eq!(moved.unwrap(), *from);
                    assert_eq!(found, *to);
                } else {
                    assert!(matches!(moved, Err(StoreError::StatusConflict { found }) if found == *from), "{moved:?}");
                    assert_eq!(found, *from);
                }
            }
        }
    });
}

fn of_two_who_decide_at_once_one_is_told(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        for round in 0..20 {
            let filing = row(format!("document {round}"));
            record(&gateways[0], &filing).await;
            let deciding = [S::Accepted, S::Rejected].into_iter().enumerate();
            let moves = deciding.map(|(number, to)| gateways[number].submission_change_status(change(&filing, to)));
            let results = join_all(moves).await;
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
            assert!(results.iter().any(|result| matches!(result, Err(StoreError::StatusConflict { .. }))));
            let story = gateways[0].submission_record(filing.arrival_number).await.unwrap().unwrap();
            assert_eq!(story.history.len(), 2);
            assert_eq!(story.history[1].to, story.submission.status);
        }
    });
}

fn another_agency_finds_nothing(place: &Place) {
    run(async {
        let store = place.open();
        let (filing, held) = (row("document"), held_row("held", at(0)));
        record(&store, &filing).await;
        record(&store, &held).await;
        let sapporo = Some("011002".parse().unwrap());
        let theirs = store.submission_change_status(StatusChange { agency: sapporo, ..change(&filing, S::Accepted) });
        assert!(matches!(theirs.await, Err(StoreError::NotFound)));
        let ours =
            store.submission_change_status(StatusChange { agency: Some(chiyoda()), ..change(&held, S::Withdrawn) });
        assert!(matches!(ours.await, Err(StoreError::NotFound)), "a held filing is not the agency's yet");
        let good = StatusChange { agency: Some(chiyoda()), ..change(&filing, S::Accepted) };
        assert_eq!(store.submission_change_status(good).await.unwrap(), S::Received);
    });
}

fn a_withdrawal_reaches_the_feed(place: &Place) {
    run(async {
        let store = place.open();
        let filing = row("document");
        record(&store, &filing).await;
        store.submission_change_status(change(&filing, S::Withdrawn)).await.unwrap();
        let kinds: Vec<_> =
            store.feed_after(chiyoda(), 0, 10).await.unwrap().into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, ["filed", "withdrawn"]);
    });
}

fn the_record_tells_the_whole_story(place: &Place) {
    run(async {
        let store = place.open();
        let filing = row("document");
        record(&store, &filing).await;
        store.submission_change_status(change(&filing, S::UnderReview)).await.unwrap();
        store.submission_change_status(change(&filing, S::Accepted)).await.unwrap();
        let story = store.submission_record(filing.arrival_number).await.unwrap().unwrap();
        assert_eq!(
            story.history.iter().map(|one| one.to).collect::<Vec<_>>(),
            [S::Received, S::UnderReview, S::Accepted]
        );
        assert_eq!(story.history[0].from, None);
        assert_eq!(story.history[2].from, Some(S::UnderReview));
        assert_eq!(story.history[2].reason.as_deref(), Some("a reason"));
        assert_eq!(story.history[2].at, at(60));
        assert_eq!(story.verdicts.len(), 1);
        assert_eq!(story.verdicts[0].report, filing.report);
        assert_eq!(
            story.documents.iter().map(|one| one.role.as_str()).collect::<Vec<_>>(),
            ["application", "signature"]
        );
        let found = &story.submission;
        assert_eq!((found.applicant_name.as_str(), found.title.as_str()), ("山田　花子", "申請"));
        assert_eq!((found.received_at, found.receipt_jws.as_str()), (at(0), filing.receipt_jws.as_str()));
        assert!(found.token_matches(&filing.access_token_sha256));
        assert!(!found.token_matches(&sha256(b"another token")));
        assert!(store.submission_record(row("never recorded").arrival_number).await.unwrap().is_none());
    });
}
