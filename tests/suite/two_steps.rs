//! The two-step verdict, on SQLite and PostgreSQL: provisional at receipt; confirmed or contested by the first list issued
//! late enough; each step a signed statement that names the one before it.
use chrono::Duration;
use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::ids::ArrivalNumber;
use madoguchi::jws::STATEMENT_TYP;
use madoguchi::store::submissions::SubmissionRecord;
use madoguchi::submission::status::{RevocationState as R, SubmissionStatus as S};
use serde_json::Value;

use crate::support::desk::{Desk, recorded, run, sha256};
use crate::support::place::{Place, follow};

const CARD: &str = "sign-yamada";

crate::on_both_databases!(
    confirmed_by_the_first_list_late_enough_and_by_no_earlier_one,
    contested_by_an_entry_dated_before_the_receipt,
    not_contested_by_an_entry_dated_after_the_receipt,
    confirmed_and_then_contested_by_a_back_dated_entry,
    held_then_provisional_then_confirmed,
    two_gateways_make_each_step_once,
    what_the_agency_decides_meanwhile_stays,
    a_filing_on_hold_stays_provisional_until_the_hold_ends,
);

fn file(desk: &Desk) -> ArrivalNumber {
    let application = serde_json::to_vec(&desk.document(CARD)).unwrap();
    recorded(desk.file(CARD, &application)).0
}

fn record(desk: &Desk, number: ArrivalNumber) -> SubmissionRecord {
    run(desk.gateway.store.submission_record(number)).unwrap().unwrap()
}

/// The kinds of the verdicts, after the chain of statements was checked from the receipt on.
fn chain(desk: &Desk, number: ArrivalNumber) -> Vec<String> {
    let record = record(desk, number);
    let mut last = record.submission.receipt_jws.clone();
    for verdict in &record.verdicts[1..] {
        let statement = verdict.statement_jws.clone().expect("every later verdict is a signed statement");
        let verified = desk.gateway.keys.set().verify(STATEMENT_TYP, &statement).unwrap();
        let said: Value = serde_json::from_slice(&verified.payload).unwrap();
        assert_eq!(said["previous_sha256"], hex::encode(sha256(last.as_bytes())), "it names the one before it");
        assert_eq!(said["arrival_number"], number.to_string());
        if verdict.kind != "held_decision" {
            assert_eq!(said["verdict"]["revocation"], verdict.kind);
        }
        assert!(verdict.report.contains("\"signatures\""), "the whole report is kept");
        last = statement;
    }
    record.verdicts.iter().map(|verdict| verdict.kind.clone()).collect()
}

fn events(desk: &Desk) -> Vec<(String, ArrivalNumber)> {
    let feed = run(desk.gateway.store.feed_after("131016".parse().unwrap(), 0, 10_000)).unwrap();
    feed.into_iter().map(|entry| (entry.kind, entry.arrival_number)).collect()
}

fn revoke(at: chrono::DateTime<chrono::Utc>, reason: Reason) -> impl FnOnce(&mut madoguchi::authority::Authority) {
    move |authority| authority.revoke(&Which::Id(CARD.into()), reason, at).map(drop).unwrap()
}

fn confirmed_by_the_first_list_late_enough_and_by_no_earlier_one(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file(&desk);
    let first = follow(&mut follow_up);
    assert_eq!((first.followed, first.confirmed, first.unchanged), (1, 0, 0));
    assert_eq!(record(&desk, number).submission.revocation, R::Provisional);

    place.clock.advance(Duration::minutes(30));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    assert_eq!(follow(&mut follow_up).confirmed, 0, "issued within the grace period of an hour");
    assert_eq!(chain(&desk, number), ["first"]);

    place.clock.advance(Duration::minutes(31));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    assert_eq!(follow(&mut follow_up).confirmed, 1);
    assert_eq!(record(&desk, number).submission.revocation, R::Confirmed);
    assert_eq!(record(&desk, number).submission.status, S::Received);
    assert_eq!(chain(&desk, number), ["first", "confirmed"]);

    place.clock.advance(Duration::minutes(31));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    let after = follow(&mut follow_up);
    assert_eq!((after.confirmed, after.unchanged, after.lists), (0, 0, 1), "it is confirmed once");
    assert_eq!(events(&desk), [("filed".to_owned(), number), ("confirmed".to_owned(), number)]);
}

fn contested_by_an_entry_dated_before_the_receipt(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file(&desk);
    let before = desk.now() - Duration::hours(3);
    place.clock.advance(Duration::minutes(5));
    // Not late enough to confirm anything: to contest it is.
    desk.take_crl(&place.sign_list(CARD, revoke(before, Reason::AffiliationChanged))).unwrap();
    assert_eq!(follow(&mut follow_up).contested, 1);
    assert_eq!(chain(&desk, number), ["first", "contested"]);
    let record = record(&desk, number);
    assert_eq!((record.submission.revocation, record.submission.status), (R::Contested, S::Received));
    assert_eq!(record.verdicts[1].sub_indication.as_deref(), Some("REVOKED_NO_POE"));
    assert_eq!(events(&desk).last().unwrap().0, "contested");
    // No later list turns that back.
    place.clock.advance(Duration::hours(2));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    assert_eq!(follow(&mut follow_up).contested, 0);
    assert_eq!(chain(&desk, number), ["first", "contested"]);
}

fn not_contested_by_an_entry_dated_after_the_receipt(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file(&desk);
    place.clock.advance(Duration::minutes(10));
    let after = desk.now();
    place.clock.advance(Duration::hours(2));
    desk.take_crl(&place.sign_list(CARD, revoke(after, Reason::AffiliationChanged))).unwrap();
    let round = follow(&mut follow_up);
    assert_eq!((round.confirmed, round.contested), (1, 0));
    assert_eq!(chain(&desk, number), ["first", "confirmed"]);
}

fn confirmed_and_then_contested_by_a_back_dated_entry(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file(&desk);
    let before = desk.now() - Duration::hours(1);
    place.clock.advance(Duration::hours(2));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    assert_eq!(follow(&mut follow_up).confirmed, 1);
    place.clock.advance(Duration::hours(2));
    desk.take_crl(&place.sign_list(CARD, revoke(before, Reason::KeyCompromise))).unwrap();
    assert_eq!(follow(&mut follow_up).contested, 1);
    assert_eq!(chain(&desk, number), ["first", "confirmed", "contested"]);
    let kinds: Vec<String> = events(&desk).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["filed", "confirmed", "contested"]);
}

fn held_then_provisional_then_confirmed(place: &Place) {
    use madoguchi::delivery::{Worker, WorkerSettings};
    let (desk, mut follow_up) = place.desk(&[&place.pki.crl_id_for(CARD)]);
    let number = file(&desk);
    assert_eq!(follow(&mut follow_up).followed, 0, "a held filing has no verdict that could be confirmed");
    place.clock.advance(Duration::minutes(10));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    let gateway = &desk.gateway;
    let worker = Worker::new(gateway.store.clone(), desk.clock.clone(), gateway.clone(), WorkerSettings::default());
    assert_eq!(run(worker.round()).unwrap().received, 1);
    let round = follow(&mut follow_up);
    assert_eq!((round.followed, round.confirmed), (1, 0));
    place.clock.advance(Duration::hours(1));
    desk.take_crl(&place.sign_list(CARD, |_| ())).unwrap();
    assert_eq!(follow(&mut follow_up).confirmed, 1);
    assert_eq!(chain(&desk, number), ["first", "held_decision", "confirmed"]);
}

fn two_gateways_make_each_step_once(place: &Place) {
    use futures_util::future::join;
    let (desk, mut one) = place.desk(&[]);
    let (other_desk, mut other) = place.desk(&[]);
    let numbers: Vec<ArrivalNumber> = (0..40)
        .map(|number| {
            place.clock.advance(Duration::milliseconds(1));
            file(if number % 2 == 0 { &desk } else { &other_desk })
        })
        .collect();
    place.clock.advance(Duration::hours(2));
    let list = place.sign_list(CARD, |_| ());
    desk.take_crl(&list).unwrap();
    other_desk.take_crl(&list).unwrap();
    let mut confirmed = 0;
    for _ in 0..10 {
        let (first, second) = run(async { join(one.round(), other.round()).await });
        confirmed += first.unwrap().confirmed + second.unwrap().confirmed;
    }
    assert_eq!(confirmed, numbers.len());
    let of_confirmation: Vec<ArrivalNumber> =
        events(&desk).into_iter().filter(|(kind, _)| kind == "confirmed").map(|(_, number)| number).collect();
    assert_eq!(of_confirmation, numbers, "each once, and in the order of arrival");
    numbers.iter().for_each(|number| assert_eq!(chain(&desk, *number), ["first", "confirmed"]));
}

fn what_the_agency_decides_meanwhile_stays(place: &Place) {
    use madoguchi::store::statuses::StatusChange;
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file(&desk);
    let before = desk.now() - Duration::hours(1);
    let change = StatusChange {
        arrival_number: number,
        agency: Some("131016".parse().unwrap()),
        to: S::Accepted,
        at: desk.now(),
        by: "agency someone".to_owned(),
        reason: None,
    };
    run(desk.gateway.store.submission_change_status(change)).unwrap();
    place.clock.advance(Duration::hours(2));
    desk.take_crl(&place.sign_list(CARD, revoke(before, Reason::AffiliationChanged))).unwrap();
    assert_eq!(follow(&mut follow_up).contested, 1);
    let record = record(&desk, number);
    assert_eq!((record.submission.status, record.submission.revocation), (S::Accepted, R::Contested));
    let statement = record.verdicts[1].statement_jws.as_ref().unwrap();
    let said = desk.gateway.keys.set().verify(STATEMENT_TYP, statement).unwrap();
    let said: Value = serde_json::from_slice(&said.payload).unwrap();
    assert_eq!(
        said["status"], "accepted",
        "the statement says where the filing stands: that is the agency's to change"
    );
}

fn a_filing_on_hold_stays_provisional_until_the_hold_ends(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file(&desk);
    let before = desk.now() - Duration::hours(1);
    place.clock.advance(Duration::hours(2));
    desk.take_crl(&place.sign_list(CARD, revoke(before, Reason::CertificateHold))).unwrap();
    let round = follow(&mut follow_up);
    assert_eq!((round.confirmed, round.contested, round.unchanged), (0, 0, 1));
    assert_eq!(follow(&mut follow_up).unchanged, 0, "it is not judged again before there is a newer list");
    assert_eq!(chain(&desk, number), ["first"]);
}
