//! The impact of accepted revocation lists, on SQLite and PostgreSQL: which filings they touch, what follows, each list run
//! once, whatever breaks off.
use chrono::{DateTime, Duration, Utc};
use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::delivery::{Worker, WorkerSettings};
use madoguchi::gateway::impact;
use madoguchi::ids::ArrivalNumber;
use madoguchi::store::impact_reports::StoredImpactFiling;
use madoguchi::store::impacts::Follows;
use madoguchi::store::signers::SignerRow;
use madoguchi::submission::status::{RevocationState as R, SubmissionStatus as S};

use crate::support::desk::{Desk, recorded, run, sha256};
use crate::support::place::{Place, follow};

const CARD: &str = "sign-yamada";

crate::on_both_databases!(
    rows_are_exact,
    a_held_filing_is_told_and_decided_by_itself,
    a_run_that_was_cut_off_is_made_once_by_whoever_comes_next,
    a_revoked_ca_touches_all_that_it_issued,
    a_long_list_finds_what_a_short_one_finds,
    filings_of_an_earlier_version_are_indexed_from_their_signatures,
);

fn file_as(desk: &Desk, card: &str) -> ArrivalNumber {
    let application = serde_json::to_vec(&desk.document(card)).unwrap();
    recorded(desk.file(card, &application)).0
}

fn revoke(card: &'static str, at: DateTime<Utc>) -> impl FnOnce(&mut madoguchi::authority::Authority) {
    move |authority| authority.revoke(&Which::Id(card.into()), Reason::AffiliationChanged, at).map(drop).unwrap()
}

fn of_list(desk: &Desk, list: &[u8]) -> Vec<StoredImpactFiling> {
    let found = run(desk.gateway.store.impact_find(sha256(list), 1_000)).unwrap();
    let (impact, filings) = found.expect("the list was run");
    assert_eq!(impact.filings, filings.len() as i64);
    filings
}

fn rows_are_exact(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let before = file_as(&desk, CARD);
    place.clock.advance(Duration::minutes(10));
    let ended = desk.now() - Duration::minutes(5);
    let after: Vec<ArrivalNumber> = (0..2).map(|_| file_as(&desk, CARD)).collect();
    let neighbour = file_as(&desk, "sign-watanabe");
    let first = follow(&mut follow_up);
    assert!(first.lists > 0 && first.followed == 4, "{first:?}");

    place.clock.advance(Duration::minutes(1));
    let list = place.sign_list(CARD, revoke(CARD, ended));
    desk.take_crl(&list).unwrap();
    let round = follow(&mut follow_up);
    assert_eq!((round.lists, round.contested, round.confirmed), (1, 2, 0));
    let rows = of_list(&desk, &list);
    let told: Vec<_> = rows.iter().map(|row| (row.arrival_number, row.follows)).collect();
    assert_eq!(
        told,
        [
            (before, Some(Follows::EndedAfterReceipt)),
            (after[0], Some(Follows::Contested)),
            (after[1], Some(Follows::Contested))
        ]
    );
    for row in &rows {
        assert_eq!((row.reason.as_str(), row.revoked_at.timestamp()), ("affiliationChanged", ended.timestamp()));
        assert_eq!((row.status_then, row.revocation_then), (S::Received, R::Provisional));
    }
    let shown = run(desk.gateway.store.impacts_list(0, 10)).unwrap();
    assert_eq!((shown[0].list, shown[0].entries, shown[0].filings), (sha256(&list), 1, 3));
    assert!(shown[0].before.is_some(), "it is compared with the list before it");
    let touching = run(desk.gateway.store.impacts_list(1, 10)).unwrap();
    assert_eq!(touching, shown[..1], "no other touches a filing");
    assert!(run(desk.gateway.store.impacts_of_filing(neighbour)).unwrap().is_empty());

    // The next list has the same entry: that is no news.
    place.clock.advance(Duration::minutes(1));
    let same = place.sign_list(CARD, |_| ());
    desk.take_crl(&same).unwrap();
    follow(&mut follow_up);
    assert!(of_list(&desk, &same).is_empty());
}

fn a_held_filing_is_told_and_decided_by_itself(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[&place.pki.crl_id_for(CARD)]);
    let ended = desk.now() - Duration::hours(1);
    let number = file_as(&desk, CARD);
    assert_eq!(desk.status(number), S::Held);
    place.clock.advance(Duration::minutes(1));
    let list = place.sign_list(CARD, revoke(CARD, ended));
    desk.take_crl(&list).unwrap();
    follow(&mut follow_up);
    let rows = of_list(&desk, &list);
    let row = rows.iter().find(|row| row.arrival_number == number).expect("held filings are told too");
    assert_eq!((row.status_then, row.revocation_then, row.follows), (S::Held, R::None, Some(Follows::Held)));
    let gateway = &desk.gateway;
    let worker = Worker::new(gateway.store.clone(), desk.clock.clone(), gateway.clone(), WorkerSettings::default());
    assert_eq!(run(worker.round()).unwrap().refused, 1);
    assert_eq!(desk.status(number), S::Refused);
}

fn a_run_that_was_cut_off_is_made_once_by_whoever_comes_next(place: &Place) {
    let (desk, mut follow_up) = place.desk(&[]);
    let ended = desk.now() - Duration::hours(1);
    let number = file_as(&desk, CARD);
    follow(&mut follow_up);
    place.clock.advance(Duration::minutes(1));
    let list = place.sign_list(CARD, revoke(CARD, ended));
    desk.take_crl(&list).unwrap();
    let store = &desk.gateway.store;
    let due = run(store.impacts_due(10)).unwrap();
    assert_eq!(due.iter().map(|one| one.list).collect::<Vec<_>>(), [sha256(&list)]);
    // A gateway took it in hand, worked, and was gone before it could note anything.
    let lease = format!("impact {}", hex::encode(due[0].list));
    let until = desk.now() + Duration::seconds(120);
    assert!(run(store.lease_take(lease, "gone".to_owned(), desk.now(), until)).unwrap());
    let ran = impact::run(store, desk.gateway.verifier().trust(), due[0].clone()).unwrap();
    assert_eq!(ran.filings.len(), 1);

    let (other_desk, mut other) = place.desk(&[]);
    assert_eq!(follow(&mut other).lists, 0, "it is in another's hand");
    drop(follow_up);
    place.clock.advance(Duration::seconds(121));
    let round = follow(&mut other);
    assert_eq!((round.lists, round.contested), (1, 1));
    assert_eq!(of_list(&other_desk, &list)[0].arrival_number, number);
    // And should the first come back after all, what it found is not noted twice.
    assert!(!run(store.impact_note(ran, desk.now())).unwrap());
    assert_eq!(of_list(&desk, &list).len(), 1);
    assert_eq!(follow(&mut other).lists, 0);
}

fn a_revoked_ca_touches_all_that_it_issued(place: &Place) {
    let (desk, mut follow_up) = place.desk_under("generic", &[]);
    let ended = desk.now() - Duration::hours(1);
    let theirs = file_as(&desk, "rsa2048-alice");
    let others = file_as(&desk, "p256-carol");
    place.clock.advance(Duration::hours(2));
    for card in ["rsa2048-alice", "p256-carol"] {
        desk.take_crl(&place.sign_list(card, |_| ())).unwrap();
    }
    assert_eq!(follow(&mut follow_up).confirmed, 2);
    place.clock.advance(Duration::minutes(1));
    let list = place.sign_list("tt-rsa2048", revoke("tt-rsa2048", ended));
    desk.take_crl(&list).unwrap();
    assert_eq!(follow(&mut follow_up).contested, 1);
    let rows = of_list(&desk, &list);
    assert_eq!(
        rows.iter().map(|row| (row.arrival_number, row.follows)).collect::<Vec<_>>(),
        [(theirs, Some(Follows::Contested))]
    );
    let state = |number| run(desk.gateway.store.submission_find(number)).unwrap().unwrap().revocation;
    assert_eq!((state(theirs), state(others)), (R::Contested, R::Confirmed));
}

/// A list of 30,000 entries, more than are looked up at a time, over an index of 100,000 rows, which is more than a few
/// and less than all: both sides of the search find the same.
fn a_long_list_finds_what_a_short_one_finds(place: &Place) {
    use crate::support::der_pki::*;
    let (desk, _) = place.desk(&[]);
    let number = file_as(&desk, CARD);
    let id = run(desk.gateway.store.submission_find(number)).unwrap().unwrap().cursor();
    let ca = Entity::new("CN=Long");
    let issuer = {
        let certificate = CertSpec::leaf(1).certificate(&ca, &ca);
        sha256(certificate.issuer_normal())
    };
    let serial = |number: u32| [&[0x40], &number.to_be_bytes()[..]].concat();
    // Of one certificate in a hundred thousand the filing is really there.
    let rows: Vec<SignerRow> = (0..100_000_u32)
        .map(|number| SignerRow {
            issuer,
            serial: serial(number),
            submission_id: if number == 77_777 { id } else { 1_000_000 + i64::from(number) },
        })
        .collect();
    for some in rows.chunks(20_000) {
        run(desk.gateway.store.signers_insert(some.to_vec())).unwrap();
    }
    let found = run(desk.gateway.store.signers_find(issuer, vec![serial(77_777), serial(200_000)])).unwrap();
    assert_eq!(found.iter().map(|row| row.submission_id).collect::<Vec<_>>(), [id]);
    assert_eq!(run(desk.gateway.store.signers_of(issuer, 99_999)).unwrap(), None, "they are more");
    assert_eq!(run(desk.gateway.store.signers_of(issuer, 100_000)).unwrap().unwrap().len(), 100_000);
    for chosen in [900_u32, 30_000] {
        // An entry that the list before had is left out, and one whose date changed is not.
        let whole = (77_777 - chosen / 2..77_777 + chosen / 2)
            .fold(CrlSpec::new(2), |list, number| list.entry(entry(&serial(number), at(), &[])));
        let before = CrlSpec::new(1).entry(entry(&serial(77_776), at(), &[])).entry(entry(
            &serial(77_777),
            at() - Duration::days(1),
            &[],
        ));
        let trust = desk.gateway.verifier().trust().clone();
        let (entries, found) =
            impact::find(&desk.gateway.store, &trust, &whole.der(&ca), &impact::KnownEntries::of(&before.der(&ca)))
                .unwrap();
        assert_eq!((entries, found.len()), (chosen as usize - 1, chosen as usize - 1));
        assert!(found.iter().any(|filing| filing.submission_id == id));
    }
}

/// What an earlier version recorded says nothing of the signer in its row.
fn filings_of_an_earlier_version_are_indexed_from_their_signatures(place: &Place) {
    use madoguchi::store::schema::submissions;
    let (desk, mut follow_up) = place.desk(&[]);
    let number = file_as(&desk, CARD);
    let ended = desk.now() - Duration::hours(1);
    run(desk.gateway.store.write(|conn| {
        use diesel::prelude::*;
        let nothing = (submissions::signer_issuer.eq(None::<Vec<u8>>), submissions::signer_serial.eq(None::<Vec<u8>>));
        diesel::update(submissions::table).set(nothing).execute(conn)?;
        Ok(())
    }))
    .unwrap();
    follow(&mut follow_up);
    place.clock.advance(Duration::minutes(1));
    let list = place.sign_list(CARD, revoke(CARD, ended));
    desk.take_crl(&list).unwrap();
    assert_eq!(follow(&mut follow_up).contested, 1);
    assert_eq!(of_list(&desk, &list)[0].arrival_number, number);
}
