//! Held filings are decided by themselves in order within the scope of the list that they need, and no scope waits for
//! another; on SQLite and PostgreSQL.
use chrono::Duration;
use madoguchi::delivery::{Round, Worker, WorkerSettings};
use madoguchi::ids::ArrivalNumber;
use madoguchi::submission::status::SubmissionStatus as S;

use crate::support::desk::{Desk, recorded, run};
use crate::support::place::Place;

crate::on_both_databases!(
    one_scope_waits_for_no_other,
    within_a_scope_they_are_decided_as_they_arrived,
    what_waited_too_long_is_refused_though_no_list_came,
);

const HERE: &str = "sign-yamada";
const ELSEWHERE: &str = "sign-smith";

fn file(place: &Place, desk: &Desk, card: &str) -> ArrivalNumber {
    place.clock.advance(Duration::milliseconds(10));
    let application = serde_json::to_vec(&desk.document(card)).unwrap();
    let (number, status, ..) = recorded(desk.file(card, &application));
    assert_eq!(status, S::Held);
    number
}

fn round(desk: &Desk) -> Round {
    let gateway = &desk.gateway;
    let settings = WorkerSettings { at_a_time: 8, ..WorkerSettings::default() };
    run(Worker::new(gateway.store.clone(), desk.clock.clone(), gateway.clone(), settings).round()).unwrap()
}

fn without_lists(place: &Place) -> Desk {
    let (here, elsewhere) = (place.pki.crl_id_for(HERE), place.pki.crl_id_for(ELSEWHERE));
    assert_ne!(here, elsewhere, "two lists");
    place.desk(&[&here, &elsewhere]).0
}

fn one_scope_waits_for_no_other(place: &Place) {
    let desk = without_lists(place);
    let before: Vec<ArrivalNumber> = (0..30).map(|_| file(place, &desk, HERE)).collect();
    let after = file(place, &desk, ELSEWHERE);
    assert_eq!(round(&desk), Round { received: 0, refused: 0, undecided: 2 }, "one of each scope is asked");
    desk.take_crl(&place.sign_list(ELSEWHERE, |_| ())).unwrap();
    // Thirty arrived before it, and of those one was judged again to see that their list is still missing.
    assert_eq!(round(&desk), Round { received: 1, refused: 0, undecided: 1 });
    assert_eq!(desk.status(after), S::Received);
    assert!(before.iter().all(|number| desk.status(*number) == S::Held));
}

fn within_a_scope_they_are_decided_as_they_arrived(place: &Place) {
    let desk = without_lists(place);
    let numbers: Vec<ArrivalNumber> = (0..25).map(|_| file(place, &desk, HERE)).collect();
    desk.take_crl(&place.sign_list(HERE, |_| ())).unwrap();
    assert_eq!(round(&desk), Round { received: 25, refused: 0, undecided: 0 });
    let feed = run(desk.gateway.store.feed_after("131016".parse().unwrap(), 0, 100)).unwrap();
    assert_eq!(feed.iter().map(|entry| entry.arrival_number).collect::<Vec<_>>(), numbers);
}

fn what_waited_too_long_is_refused_though_no_list_came(place: &Place) {
    let desk = without_lists(place);
    let old: Vec<ArrivalNumber> = (0..3).map(|_| file(place, &desk, HERE)).collect();
    place.clock.advance(Duration::days(4));
    let (new, newer) = (file(place, &desk, HERE), file(place, &desk, HERE));
    place.clock.advance(Duration::days(4));
    assert_eq!(round(&desk), Round { received: 0, refused: 3, undecided: 1 });
    assert!(old.iter().all(|number| desk.status(*number) == S::Refused));
    assert_eq!((desk.status(new), desk.status(newer)), (S::Held, S::Held));
}
