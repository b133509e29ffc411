//! The agency's feed skips nothing, whoever commits late.
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;

use super::*;
use crate::store::connection::AnyConnection;

on_both!(
    what_is_recorded_is_in_the_feed_once,
    a_reader_beside_two_gateways_skips_nothing,
    another_agency_sees_nothing_of_it,
    what_is_acknowledged_stays_so,
    held_filings_are_not_in_the_feed,
);

fn what_is_recorded_is_in_the_feed_once(place: &Place) {
    run(async {
        let store = place.open();
        let rows: Vec<RecordRow> = (0..25).map(|number| row(format!("document {number}"))).collect();
        for row in &rows {
            record(&store, row).await;
        }
        let mut seen = Vec::new();
        let mut after = 0;
        loop {
            let page = store.feed_after(chiyoda(), after, 10).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.position;
            seen.extend(page.into_iter().map(|entry| entry.arrival_number));
        }
        assert_eq!(seen, rows.iter().map(|row| row.arrival_number).collect::<Vec<_>>());
    });
}

/// Two gateways record, one of them slowly: somebody holds a transaction open for two seconds that has taken its
/// numbers already. A reader reads all the while, going on behind the last position that it saw.
fn a_reader_beside_two_gateways_skips_nothing(place: &Place) {
    let options = place.options.clone();
    let slow = std::thread::spawn(move || hold_open(&options, Duration::from_secs(2)));
    std::thread::sleep(Duration::from_millis(300));
    run(async {
        let gateways = [place.open(), place.open()];
        let rows: Vec<RecordRow> = (0..200).map(|number| row(format!("document {number}"))).collect();
        let recording = async {
            for some in rows.chunks(20) {
                let sending = some.iter().enumerate().map(|(number, row)| record(&gateways[number % 2], row));
                assert!(join_all(sending).await.iter().all(is_new));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let reader = place.open();
        let reading = async {
            let (mut seen, mut after) = (Vec::new(), 0);
            let stopwatch = crate::clock::Stopwatch::start();
            while stopwatch.elapsed() < Duration::from_millis(3500) || seen.len() < rows.len() + 1 {
                assert!(stopwatch.elapsed() < Duration::from_secs(60), "{} of {}", seen.len(), rows.len() + 1);
                for entry in reader.feed_after(chiyoda(), after, 7).await.unwrap() {
                    assert!(entry.position > after);
                    after = entry.position;
                    seen.push(entry.arrival_number);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            seen
        };
        let ((), seen) = futures_util::join!(recording, reading);
        let late = slow.join().unwrap();
        let mut wanted: Vec<ArrivalNumber> = rows.iter().map(|row| row.arrival_number).collect();
        wanted.push(late);
        let mut sorted = seen;
        sorted.sort();
        wanted.sort();
        assert_eq!(sorted, wanted);
    });
}

use std::time::Duration;

/// Another gateway, frozen between its inserts and its commit.
fn hold_open(options: &StoreOptions, how_long: Duration) -> ArrivalNumber {
    let filing = row("late");
    let mut connection = options.database.connect().unwrap();
    drop(Store::open(options).unwrap());
    let number = filing.arrival_number;
    let hex = hex::encode([1; 32]);
    let blob = match connection {
        AnyConnection::Sqlite(_) => format!("x'{hex}'"),
        AnyConnection::Postgresql(_) => format!("'\\x{hex}'"),
    };
    let begin = match connection {
        AnyConnection::Sqlite(_) => "BEGIN IMMEDIATE",
        AnyConnection::Postgresql(_) => "BEGIN",
    };
    let position = match connection {
        AnyConnection::Sqlite(_) => "(SELECT coalesce(max(position), 0) + 1 FROM outbox)",
        AnyConnection::Postgresql(_) => "NULL",
    };
    let time = "'2026-04-01 09:00:00'";
    connection
        .batch_execute(&format!(
            "{begin}; INSERT INTO submissions (application_id, arrival_number, application_sha256, signature_sha256, \
             signer_sha256, procedure, form_version, recipient, status, status_at, revocation, received_at, \
             receipt_json, receipt_jws, access_token_sha256, applicant_name, title) VALUES ('{}', '{number}', {blob}, \
             {blob}, {blob}, 'general-application', 1, '131016', 'received', {time}, 'provisional', {time}, '{{}}', \
             'jws', {blob}, 'name', 'title'); INSERT INTO outbox (submission_id, recipient, kind, created_at, position) \
             SELECT id, recipient, 'filed', {time}, {position} FROM submissions WHERE arrival_number = '{number}';",
            filing.application_id
        ))
        .unwrap();
    std::thread::sleep(how_long);
    connection.batch_execute("COMMIT").unwrap();
    number
}

fn another_agency_sees_nothing_of_it(place: &Place) {
    run(async {
        let store = place.open();
        record(&store, &row("document")).await;
        assert!(store.feed_after("011002".parse().unwrap(), 0, 10).await.unwrap().is_empty());
    });
}

fn what_is_acknowledged_stays_so(place: &Place) {
    run(async {
        let store = place.open();
        for number in 0..3 {
            record(&store, &row(format!("document {number}"))).await;
        }
        let entries = store.feed_after(chiyoda(), 0, 10).await.unwrap();
        let acknowledge = |seconds| store.feed_acknowledge(chiyoda(), entries[1].position, at(seconds));
        assert_eq!(acknowledge(5).await.unwrap(), 2);
        assert_eq!(acknowledge(9).await.unwrap(), 0);
        let after: Vec<_> =
            store.feed_after(chiyoda(), 0, 10).await.unwrap().iter().map(|one| one.acknowledged_at).collect();
        assert_eq!(after, [Some(at(5)), Some(at(5)), None]);
    });
}

fn held_filings_are_not_in_the_feed(place: &Place) {
    run(async {
        let store = place.open();
        record(&store, &held_row("document", at(0))).await;
        assert!(store.feed_after(chiyoda(), 0, 10).await.unwrap().is_empty());
    });
}
