//! `kill -9` of the real gateway while it confirms: each filing has one statement in the end, each list was run once.
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration as Span;

use chrono::Duration;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::ids::ArrivalNumber;

use crate::support::desk::{Desk, recorded, run};
use crate::support::place::{Place, follow};

const CARD: &str = "sign-yamada";
const FILINGS: usize = 130;

crate::on_both_databases!(each_filing_is_confirmed_once);

fn each_filing_is_confirmed_once(place: &Place) {
    // Filed three hours ago; the list that confirms them is issued now.
    place.clock.set(SystemClock.now() - Duration::hours(3));
    let first = place.sign_list(CARD, |_| ());
    let (desk, mut follow_up) = place.desk(&[&place.pki.crl_id_for(CARD)]);
    desk.take_crl(&first).unwrap();
    let numbers: Vec<ArrivalNumber> = (0..FILINGS)
        .map(|_| {
            place.clock.advance(Duration::milliseconds(2));
            recorded(desk.file(CARD, &serde_json::to_vec(&desk.document(CARD)).unwrap())).0
        })
        .collect();
    place.clock.set(SystemClock.now() - Duration::seconds(30));
    let second = place.sign_list(CARD, |_| ());
    std::fs::create_dir_all(place.folder().join("crls")).unwrap();
    std::fs::write(place.folder().join("crls/second.crl"), &second).unwrap();
    let seen: Vec<usize> =
        [40, 120, 250, 400, 700].into_iter().map(|pause| killed_after(place, &desk, pause)).collect();
    assert!(seen.is_sorted(), "{seen:?}");
    place.clock.set(SystemClock.now());
    desk.take_crl(&second).unwrap();
    follow(&mut follow_up);
    check(&desk, numbers);
}

/// Starts the gateway, ends it after so many milliseconds, and gives how many filings are confirmed then.
fn killed_after(place: &Place, desk: &Desk, pause: u64) -> usize {
    let config = place.folder().join("madoguchi.toml");
    let text = place.settings_text("jpki").replace("[server]\n", "[server]\nlisten = \"127.0.0.1:0\"\nworkers = 1\n");
    std::fs::write(&config, text).unwrap();
    let mut gateway = start(&config);
    std::thread::sleep(Span::from_millis(pause));
    gateway.kill().unwrap();
    gateway.wait().unwrap();
    // The dead one's leases: otherwise the next waits for their end.
    run(desk.gateway.store.write(|conn| {
        use diesel::prelude::*;
        diesel::delete(madoguchi::store::steps_schema::work_leases::table).execute(conn)?;
        Ok(())
    }))
    .unwrap();
    confirmed(desk).len()
}

fn confirmed(desk: &Desk) -> Vec<ArrivalNumber> {
    let feed = run(desk.gateway.store.feed_after("131016".parse().unwrap(), 0, 10_000)).unwrap();
    let of_steps = feed.into_iter().filter(|entry| entry.kind == "confirmed");
    of_steps.map(|entry| entry.arrival_number).collect()
}

fn check(desk: &Desk, mut numbers: Vec<ArrivalNumber>) {
    let mut all = confirmed(desk);
    assert_eq!(all.len(), FILINGS, "each once");
    all.sort();
    numbers.sort();
    assert_eq!(all, numbers);
    for number in numbers {
        let record = run(desk.gateway.store.submission_record(number)).unwrap().unwrap();
        let kinds: Vec<&str> = record.verdicts.iter().map(|verdict| verdict.kind.as_str()).collect();
        assert_eq!(kinds, ["first", "confirmed"]);
    }
    assert!(run(desk.gateway.store.impacts_due(10)).unwrap().is_empty(), "every list was run");
    assert_eq!(run(desk.gateway.store.awaiting_count()).unwrap(), 0);
}

fn start(config: &std::path::Path) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    loop {
        let line = lines.next().unwrap_or_else(|| panic!("the gateway does not start: {said:?}")).unwrap();
        if line.contains("listening on http://") {
            break;
        }
        said.push(line);
    }
    std::thread::spawn(move || lines.for_each(drop));
    child
}
