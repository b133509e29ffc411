//! `kill -9` at any moment: what was acknowledged is there whole, and nothing is there by half. And because a killed
//! process never shows a missing fsync: strace sees the syncs before the acknowledgement.
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use futures_util::future::join_all;

use super::*;
use crate::store::agency_queue::SubmissionFilter;

on_both!(killed_at_random_moments_under_load);

const URL: &str = "MADOGUCHI_TEST_RECORD_INTO";
const FOLDER: &str = "MADOGUCHI_TEST_RECORD_DOCUMENTS";
const HOW_MANY: &str = "MADOGUCHI_TEST_RECORD_HOW_MANY";
const CHILD: &str = "store::tests::killed::a_gateway_that_records";

fn killed_at_random_moments_under_load(place: &Place) {
    let mut all = Vec::new();
    for round in 0..6 {
        let mut child = start(place, Command::new(std::env::current_exe().unwrap()), 1_000_000);
        let acknowledged = acknowledgements(&mut child);
        let mut numbers = vec![acknowledged.recv_timeout(Duration::from_secs(60)).expect("the first is acknowledged")];
        let mut raw = [0; 1];
        ring::rand::SecureRandom::fill(&SystemRandom::new(), &mut raw).unwrap();
        std::thread::sleep(Duration::from_millis(20 + 2 * u64::from(raw[0])));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had written into the pipe before it was killed counts as said.
        numbers.extend(acknowledged.iter());
        assert!(!numbers.is_empty());
        run(async { check_whole(&place.open(), &numbers, round).await });
        all.extend(numbers);
    }
    run(async {
        let store = place.open();
        check_whole(&store, &all, 99).await;
        let mut after = 0;
        loop {
            let filter = SubmissionFilter::default();
            let some = store.agency_submissions_export(chiyoda(), filter, after, 500).await.unwrap();
            let Some(last) = some.last() else { break };
            after = last.cursor();
            let numbers: Vec<_> = some.iter().map(|one| one.arrival_number).collect();
            check_whole(&store, &numbers, 100).await;
        }
        assert!(after >= all.len() as i64, "{after} filings, {} acknowledged", all.len());
        let positions: Vec<i64> =
            store.feed_after(chiyoda(), 0, 1_000_000).await.unwrap().iter().map(|entry| entry.position).collect();
        assert!(positions.is_sorted_by(|one, next| one < next) && positions.len() >= all.len());
    });
}

/// Every one is there with all its parts, and every document is what its digest says.
async fn check_whole(store: &Store, numbers: &[ArrivalNumber], round: u32) {
    for number in numbers {
        let record = store.submission_record(*number).await.unwrap();
        let record = record.unwrap_or_else(|| panic!("{number} was acknowledged in round {round} and is lost"));
        assert_eq!((record.history.len(), record.verdicts.len()), (1, 1), "{number}");
        assert_eq!(record.documents.len(), 3, "{number}");
        for document in &record.documents {
            let (_, bytes) =
                store.submission_document(*number, document.role, document.ordinal).await.unwrap().unwrap();
            assert_eq!(bytes.len() as i64, document.size);
        }
    }
}

fn start(place: &Place, mut command: Command, how_many: u32) -> Child {
    let url = match &place.options.database {
        crate::store::connection::DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        crate::store::connection::DatabaseUrl::Postgresql(url) => url.clone(),
    };
    command
        .args(["--exact", "--nocapture", CHILD])
        .env(URL, url)
        .env(FOLDER, &place.options.documents)
        .env(HOW_MANY, how_many.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The numbers that the child said, as they come; ends with the child.
fn acknowledgements(child: &mut Child) -> Receiver<ArrivalNumber> {
    let (sender, receiver) = channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            // A line that was cut by the kill was not said.
            if let Some(number) = line.split("ACKNOWLEDGED ").nth(1).and_then(|text| text.strip_suffix(" .")) {
                let _ = sender.send(number.parse().unwrap());
            }
        }
    });
    receiver
}

/// The child: a gateway's store that records from several sides at once and says so. Without its variables it has
/// nothing to do.
#[test]
fn a_gateway_that_records() {
    let (Ok(url), Ok(folder), Ok(how_many)) = (std::env::var(URL), std::env::var(FOLDER), std::env::var(HOW_MANY))
    else {
        return;
    };
    let options = StoreOptions::new(url.parse().unwrap(), folder);
    let how_many: u32 = how_many.parse().unwrap();
    run(async {
        let store = Store::open(&options).unwrap();
        let lane = async |lane: u32| {
            for number in 0..how_many {
                let mut filing = row(format!("document {number} of lane {lane} {}", "x".repeat(10_000)));
                let size = if number % 16 == 5 { 100_000 } else { 3_000 };
                let tail = format!("{}{}", filing.arrival_number, "y".repeat(size));
                filing.documents.push(document(DocumentRole::Attachment, 0, tail));
                assert!(is_new(&record(&store, &filing).await));
                println!("ACKNOWLEDGED {} .", filing.arrival_number);
            }
        };
        let lanes = if how_many == 1 { 1 } else { 16 };
        join_all((0..lanes).map(lane)).await;
    });
}

#[test]
fn strace_sees_the_syncs_before_the_acknowledgement() {
    let place = Place::sqlite();
    drop(place.open());
    let trace = place.folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-s", "64", "-e", "trace=pwrite64,write,fsync,fdatasync,rename,renameat,renameat2", "-o"]);
    strace.arg(&trace).arg(std::env::current_exe().unwrap());
    let mut child = start(&place, strace, 1);
    let acknowledged = acknowledgements(&mut child);
    let number =
        acknowledged.recv_timeout(Duration::from_secs(60)).expect("strace is installed and the filing recorded");
    assert!(child.wait().unwrap().success());
    run(async { check_whole(&place.open(), &[number], 0).await });

    let trace = std::fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let said = find(&lines, 0, &["write(1", "ACKNOWLEDGED"]).expect("the acknowledgement is in the trace");
    let before = &lines[..said];
    // The segment's bytes, their sync, then the commit's frames, their sync: and only then the acknowledgement.
    let segment_written = last(before, &["pwrite64", ".seg>"]).expect("the segment is written");
    let segment_synced = find(before, segment_written, &["sync", ".seg>"]).expect("the segment is synced");
    let folder_synced = find(before, 0, &["sync", "/segments>"]).expect("the segment's folder is synced");
    let log_written = last(before, &["pwrite64", ".db-wal>"]).expect("the commit is written");
    let log_synced = find(before, log_written, &["sync", ".db-wal>"]).expect("the commit is synced");
    assert!(folder_synced < segment_written && segment_synced < log_written && log_written < log_synced, "{trace}");
}

fn find(lines: &[&str], from: usize, parts: &[&str]) -> Option<usize> {
    (from..lines.len()).find(|index| parts.iter().all(|part| lines[*index].contains(part)))
}

fn last(lines: &[&str], parts: &[&str]) -> Option<usize> {
    (0..lines.len()).rev().find(|index| parts.iter().all(|part| lines[*index].contains(part)))
}
