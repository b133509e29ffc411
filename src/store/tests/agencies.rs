//! An agency's list: its own filings, filtered, page by page.
use futures_util::future::join_all;

use super::*;
use crate::store::agency_queue::SubmissionFilter;
use crate::store::signing_requests::SigningRequest;
use crate::submission::status::SubmissionStatus as S;

on_both!(pages_cover_everything_once, filters_narrow, signing_requests_are_kept_until_they_end, the_store_is_writable);

fn pages_cover_everything_once(place: &Place) {
    run(async {
        let store = place.open();
        let rows: Vec<RecordRow> = (0..23).map(|number| row(format!("document {number}"))).collect();
        join_all(rows.iter().map(|row| record(&store, row))).await;
        record(&store, &RecordRow { recipient: "011002".to_owned(), ..row("another agency's") }).await;
        record(&store, &held_row("not the agency's yet", at(0))).await;
        let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = store.agency_submissions(chiyoda(), SubmissionFilter::default(), before, 10).await.unwrap();
            pages += 1;
            assert!(page.items.is_sorted_by(|one, other| one.cursor() > other.cursor()));
            seen.extend(page.items.iter().map(|one| one.arrival_number));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(pages, 3);
        let (mut exported, mut after) = (Vec::new(), 0);
        loop {
            let some =
                store.agency_submissions_export(chiyoda(), SubmissionFilter::default(), after, 10).await.unwrap();
            let Some(last) = some.last() else { break };
            after = last.cursor();
            exported.extend(some.iter().map(|one| one.arrival_number));
        }
        exported.reverse();
        assert_eq!(seen, exported);
        let mut wanted: Vec<_> = rows.iter().map(|row| row.arrival_number).collect();
        wanted.sort();
        seen.sort();
        assert_eq!(seen, wanted);
        assert_eq!(store.agency_counts(chiyoda()).await.unwrap(), [(S::Received, 23)]);
    });
}

fn filters_narrow(place: &Place) {
    run(async {
        let store = place.open();
        let accepted = RecordRow { status: "accepted", ..row("accepted") };
        let titled = RecordRow { title: "100%_sure".to_owned(), ..row("titled") };
        let later = RecordRow { received_at: to_database(at(3600)), ..row("later") };
        let other = RecordRow { procedure: "moving-out".to_owned(), ..row("other procedure") };
        for one in [&accepted, &titled, &later, &other] {
            record(&store, one).await;
        }
        let none = SubmissionFilter::default;
        let cases = [
            (SubmissionFilter { status: Some(S::Accepted), ..none() }, vec![&accepted]),
            (SubmissionFilter { text: Some("0%_s".to_owned()), ..none() }, vec![&titled]),
            (SubmissionFilter { text: Some("0__s".to_owned()), ..none() }, vec![]),
            (SubmissionFilter { text: Some(later.arrival_number.grouped()), ..none() }, vec![&later]),
            (SubmissionFilter { received_from: Some(at(3600)), ..none() }, vec![&later]),
            (SubmissionFilter { received_before: Some(at(0)), ..none() }, vec![]),
            (SubmissionFilter { procedure: Some("moving-out".parse().unwrap()), ..none() }, vec![&other]),
            (SubmissionFilter { status: Some(S::Held), ..none() }, vec![]),
            (SubmissionFilter { contested: true, ..none() }, vec![]),
        ];
        for (filter, wanted) in cases {
            let page = store.agency_submissions(chiyoda(), filter.clone(), None, 10).await.unwrap();
            let found: Vec<_> = page.items.iter().map(|one| one.arrival_number).collect();
            assert_eq!(found, wanted.iter().map(|row| row.arrival_number).collect::<Vec<_>>(), "{filter:?}");
        }
    });
}

fn signing_requests_are_kept_until_they_end(place: &Place) {
    run(async {
        let store = place.open();
        let request = SigningRequest {
            application_sha256: sha256(b"application"),
            application_id: row("").application_id.parse().unwrap(),
            issued_at: at(0),
            expires_at: at(60),
        };
        store.signing_request_put(request.clone()).await.unwrap();
        store.signing_request_put(request.clone()).await.unwrap();
        assert_eq!(store.signing_request_find(request.application_sha256).await.unwrap(), Some(request.clone()));
        assert_eq!(store.signing_request_find(sha256(b"another")).await.unwrap(), None);
        assert_eq!(store.signing_requests_expire(at(60)).await.unwrap(), 0);
        assert_eq!(store.signing_requests_expire(at(61)).await.unwrap(), 1);
        assert_eq!(store.signing_request_find(request.application_sha256).await.unwrap(), None);
    });
}

fn the_store_is_writable(place: &Place) {
    run(async { place.open().check_writable(at(0)).await.unwrap() });
}
