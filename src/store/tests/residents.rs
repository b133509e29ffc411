//! Signing in with a card: challenges that are taken once, sessions that end, links that open what they say and no more.
use chrono::Duration;
use diesel::prelude::*;
use futures_util::future::join_all;

use super::*;
use crate::store::drafts::DraftKey;
use crate::store::resident_links::{LinkAnswer, LinkOutcome, LinkState};
use crate::store::resident_sessions::{CardHolder, ResidentId, SessionLife};
use crate::store::sign_in_challenges::NewChallenge;
use crate::store::signers::SignerRow;
use crate::store::steps_schema::follow_up;

on_both!(
    of_many_answers_to_one_challenge_one_gets_it,
    challenges_end_and_are_bounded,
    a_session_ends_when_it_is_idle_old_ended_or_its_certificate_is,
    a_link_opens_its_filing_and_later_ones_and_nothing_else,
    filings_are_paged_by_the_last_one_seen,
    a_certificate_is_linked_to_one_account_and_an_account_to_one_person,
    of_two_accounts_that_link_one_certificate_at_once_one_has_it,
    what_is_held_of_a_person_is_told_and_forgotten_and_nobody_elses,
);

const LIFE: SessionLife = SessionLife { idle: Duration::minutes(20), at_most: Duration::hours(4) };

fn challenge(browser: u8, before: Option<u8>, seconds: i64) -> NewChallenge {
    NewChallenge {
        browser_sha256: [browser; 32],
        before: before.map(|before| [before; 32]),
        nonce: format!("nonce {browser}"),
        issued_at: at(seconds),
    }
}

fn life() -> Duration {
    Duration::minutes(5)
}

fn of_many_answers_to_one_challenge_one_gets_it(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        for round in 0..5_u8 {
            assert!(gateways[0].challenge_keep(challenge(round, None, 0), life(), 100).await.unwrap());
            let taking = (0..8).map(|number| gateways[number % 2].challenge_take([round; 32], life(), at(1)));
            let taken: Vec<_> = join_all(taking).await.into_iter().filter_map(Result::unwrap).collect();
            assert_eq!(taken, [format!("nonce {round}")], "one of eight");
        }
        assert_eq!(gateways[0].challenge_take([77; 32], life(), at(1)).await.unwrap(), None);
    });
}

fn challenges_end_and_are_bounded(place: &Place) {
    run(async {
        let store = place.open();
        assert!(store.challenge_keep(challenge(1, None, 0), life(), 2).await.unwrap());
        assert!(store.challenge_keep(challenge(2, Some(1), 0), life(), 2).await.unwrap());
        assert_eq!(store.challenge_count().await.unwrap(), 1, "a browser has one");
        assert_eq!(store.challenge_take([1; 32], life(), at(1)).await.unwrap(), None);
        assert!(store.challenge_keep(challenge(3, None, 0), life(), 2).await.unwrap());
        assert!(!store.challenge_keep(challenge(4, None, 1), life(), 2).await.unwrap(), "there is no room");
        assert_eq!(store.challenge_take([2; 32], life(), at(299)).await.unwrap().as_deref(), Some("nonce 2"));
        assert_eq!(store.challenge_take([3; 32], life(), at(300)).await.unwrap(), None, "too late");
        assert!(store.challenge_keep(challenge(5, None, 400), life(), 1).await.unwrap(), "what is over makes room");
    });
}

fn holder(number: u8) -> CardHolder {
    CardHolder {
        certificate_sha256: [number; 32],
        issuer_sha256: [1; 32],
        serial: vec![number],
        not_after: at(100_000),
    }
}

async fn sign_in(store: &Store, number: u8) -> ResidentId {
    store.resident_sign_in(holder(number), [number; 32], None, LIFE, at(0)).await.unwrap();
    store.resident_use([number; 32], LIFE, at(1)).await.unwrap().unwrap().account
}

fn what_is_held_of_a_person_is_told_and_forgotten_and_nobody_elses(place: &Place) {
    run(async {
        let store = place.open();
        let (mine, other) = (sign_in(&store, 1).await, sign_in(&store, 2).await);
        let key = |id: &str, owner: u8, holder: Option<u8>| DraftKey {
            id: id.to_owned(),
            owner_sha256: [owner; 32],
            holder_sha256: holder.map(|holder| [holder; 32]),
        };
        for (id, owner, holder) in [("a", 9, Some(1)), ("b", 9, None), ("c", 9, None), ("d", 8, Some(2))] {
            store.draft_begin(key(id, owner, holder), "alias".to_owned(), at(0), at(1000)).await.unwrap();
        }
        store.draft_give_link(key("c", 9, None), [7; 32], at(2000)).await.unwrap();
        let only_here = async |owner: u8, seconds| {
            let found = store.drafts_only_here([owner; 32], at(seconds)).await.unwrap();
            found.into_iter().map(|draft| draft.id).collect::<Vec<_>>()
        };
        assert_eq!(only_here(9, 5).await, ["b"], "neither what the card holds nor what has a link");
        assert!(only_here(9, 1001).await.is_empty() && only_here(8, 5).await.is_empty());

        let held = store.resident_data(mine.clone()).await.unwrap().unwrap();
        assert_eq!((held.certificate_sha256, held.sessions.len()), ([1; 32], 1));
        assert_eq!(held.drafts.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(store.resident_drafts_discard(mine.clone(), at(6)).await.unwrap(), 1);
        assert_eq!(store.resident_drafts_discard(mine.clone(), at(7)).await.unwrap(), 0);
        assert!(store.resident_data(mine.clone()).await.unwrap().unwrap().drafts.is_empty());
        let filing = filed(&store, 1, "Yamada").await;
        assert!(store.link_offer(mine.clone(), filing.arrival_number, at(8)).await.unwrap());
        store.resident_forget(mine.clone(), at(9)).await.unwrap();
        assert_eq!(store.resident_data(mine.clone()).await.unwrap(), None);
        assert!(store.resident_use([1; 32], LIFE, at(10)).await.unwrap().is_none());
        assert!(store.submission_find(filing.arrival_number).await.unwrap().is_some(), "the filing stays");
        assert_eq!(store.resident_data(other).await.unwrap().unwrap().drafts.len(), 1, "and so does everybody else");
        store.resident_forget(mine, at(11)).await.unwrap();
        let lines = store.audit_list(None, 20).await.unwrap();
        assert_eq!(lines.iter().filter(|line| line.action == "forget_account").count(), 1);
    });
}

fn a_session_ends_when_it_is_idle_old_ended_or_its_certificate_is(place: &Place) {
    run(async {
        let store = place.open();
        let account = sign_in(&store, 1).await;
        let uses =
            async |id: u8, seconds: i64| store.resident_use([id; 32], LIFE, at(seconds)).await.unwrap().is_some();
        assert!(uses(1, 1199).await && uses(1, 2398).await, "it is used");
        assert!(!uses(1, 2398 + 1200).await, "idle");
        store.resident_sign_in(holder(1), [2; 32], Some([1; 32]), LIFE, at(10)).await.unwrap();
        assert!(!uses(1, 11).await, "the session before in the same browser is over");
        assert_eq!(store.resident_use([2; 32], LIFE, at(11)).await.unwrap().unwrap().account, account);
        assert!(!uses(2, 4 * 3600 + 11).await, "too old");
        assert!(store.resident_sign_out([2; 32], at(20)).await.unwrap());
        assert!(!uses(2, 21).await && !store.resident_sign_out([2; 32], at(22)).await.unwrap());
        let ends = CardHolder { not_after: at(60), ..holder(3) };
        store.resident_sign_in(ends, [3; 32], None, LIFE, at(0)).await.unwrap();
        assert!(uses(3, 60).await && !uses(3, 61).await, "the certificate's end is the session's");
        let lines = store.audit_list(None, 20).await.unwrap();
        let actions: Vec<_> =
            lines.iter().map(|line| (line.action.as_str(), line.actor.as_str(), line.subject.as_str())).collect();
        assert_eq!(actions.iter().filter(|line| **line == ("sign_in_card", "resident", "")).count(), 3);
        assert_eq!(actions.iter().filter(|line| **line == ("sign_out_card", "resident", "")).count(), 1);
    });
}

/// A filing signed with this certificate by somebody of this name.
async fn filed(store: &Store, signer: u8, name: &str) -> RecordRow {
    let fresh = RecordRow {
        signer_sha256: [signer; 32],
        signer_serial: vec![signer],
        applicant_name: name.to_owned(),
        ..row(format!("{name} {}", Uuid::new_v4()))
    };
    assert!(is_new(&record(store, &fresh).await));
    fresh
}

/// Enters filings in the index of signers, as the background work does, and leaves the feed's tail empty.
async fn enter(store: &Store, rows: &[&RecordRow]) {
    let mut signers = Vec::new();
    for row in rows {
        let submission_id = store.submission_find(row.arrival_number).await.unwrap().unwrap().cursor();
        signers.push(SignerRow { issuer: row.signer_issuer, serial: row.signer_serial.clone(), submission_id });
    }
    store.signers_insert(signers).await.unwrap();
    let caught_up = store.write(|conn| {
        let feed = follow_up::table.find(crate::store::follow_up::FEED);
        Ok(diesel::update(feed).set(follow_up::position.eq(1_000_000_i64)).execute(conn)?)
    });
    assert_eq!(caught_up.await.unwrap(), 1);
}

async fn answer(store: &Store, account: &ResidentId, said: LinkAnswer) -> LinkOutcome {
    let wanted = if said == LinkAnswer::Undo { LinkState::Linked } else { LinkState::Offered };
    let links = store.links_list(account.clone()).await.unwrap();
    let link = links.into_iter().find(|link| link.state == wanted).expect("a link to answer");
    store.link_answer(account.clone(), link.id, said, at(100)).await.unwrap()
}

async fn seen(store: &Store, account: &ResidentId) -> Vec<ArrivalNumber> {
    let page = store.resident_filings(account.clone(), None, 100).await.unwrap().unwrap();
    assert_eq!((page.total, page.newer, page.is_more), (page.filings.len(), 0, false));
    for filing in &page.filings {
        let stored = store.submission_find(filing.arrival_number).await.unwrap().unwrap();
        assert!(store.link_opens(account.clone(), &stored).await.unwrap(), "what is listed can be opened");
    }
    page.filings.into_iter().map(|filing| filing.arrival_number).collect()
}

fn filings_are_paged_by_the_last_one_seen(place: &Place) {
    run(async {
        let store = place.open();
        let (mine, other) = (sign_in(&store, 1).await, sign_in(&store, 2).await);
        let first = filed(&store, 9, "山田").await;
        store.link_offer(mine.clone(), first.arrival_number, at(10)).await.unwrap();
        assert_eq!(answer(&store, &mine, LinkAnswer::Link).await, LinkOutcome::Done);
        let mut rows = vec![first];
        for _ in 0..7 {
            let strangers = filed(&store, 8, "鈴木").await;
            rows.push(filed(&store, 9, "山田").await);
            assert_ne!(rows[0].arrival_number, strangers.arrival_number);
        }
        // Some of them in the index of signers, the rest in the tail of the feed.
        let indexed: Vec<&RecordRow> = rows[..5].iter().collect();
        let mut signers = Vec::new();
        for row in indexed {
            let submission_id = store.submission_find(row.arrival_number).await.unwrap().unwrap().cursor();
            signers.push(SignerRow { issuer: row.signer_issuer, serial: row.signer_serial.clone(), submission_id });
        }
        store.signers_insert(signers).await.unwrap();
        let newest_first: Vec<_> = rows.iter().rev().map(|row| row.arrival_number).collect();
        let page = async |after| store.resident_filings(mine.clone(), after, 3).await.unwrap();
        let (mut after, mut walked, mut sizes) = (None, Vec::new(), Vec::new());
        while let Some(found) = page(after).await {
            assert_eq!((found.total, found.newer), (8, walked.len()));
            walked.extend(found.filings.iter().map(|filing| filing.arrival_number));
            sizes.push(found.filings.len());
            after = walked.last().copied();
            if !found.is_more {
                break;
            }
        }
        assert_eq!((walked, sizes), (newest_first.clone(), vec![3, 3, 2]));
        let behind = page(Some(rows[0].arrival_number)).await.unwrap();
        assert!(behind.filings.is_empty() && !behind.is_more, "nothing is older than the oldest");
        // A new filing moves nothing between the pages.
        let newest = filed(&store, 9, "山田").await;
        let second = page(Some(newest_first[2])).await.unwrap();
        let numbers: Vec<_> = second.filings.iter().map(|filing| filing.arrival_number).collect();
        assert_eq!((numbers, second.newer), (newest_first[3..6].to_vec(), 4));
        let strange = filed(&store, 8, "鈴木").await.arrival_number;
        assert_eq!(page(Some(strange)).await, None, "another's filing is no place in one's own list");
        let theirs = store.resident_filings(other, Some(newest.arrival_number), 3).await.unwrap();
        assert_eq!(theirs, None);
    });
}

fn a_link_opens_its_filing_and_later_ones_and_nothing_else(place: &Place) {
    run(async {
        let store = place.open();
        let (mine, other) = (sign_in(&store, 1).await, sign_in(&store, 2).await);
        let before = filed(&store, 9, "山田").await;
        let first = filed(&store, 9, "山田").await;
        let strangers = filed(&store, 8, "鈴木").await;
        assert!(store.link_offer(mine.clone(), first.arrival_number, at(10)).await.unwrap());
        assert!(store.link_offer(mine.clone(), first.arrival_number, at(11)).await.unwrap(), "one question");
        assert_eq!(store.links_list(mine.clone()).await.unwrap().len(), 1);
        assert!(seen(&store, &mine).await.is_empty(), "nothing before the person says yes");
        assert_eq!(answer(&store, &mine, LinkAnswer::Link).await, LinkOutcome::Done);
        let held = RecordRow { signer_sha256: [9; 32], signer_serial: vec![9], ..held_row("held", at(5)) };
        assert!(is_new(&record(&store, &held).await));
        let newest = filed(&store, 9, "山田").await;
        let expected = [newest.arrival_number, held.arrival_number, first.arrival_number];
        assert_eq!(seen(&store, &mine).await, expected, "of the tail of the feed");
        enter(&store, &[&first, &newest]).await;
        assert_eq!(seen(&store, &mine).await, expected, "of the index of signers");
        for closed in [&before, &strangers] {
            let filing = store.submission_find(closed.arrival_number).await.unwrap().unwrap();
            assert!(!store.link_opens(mine.clone(), &filing).await.unwrap());
        }
        let filing = store.submission_find(first.arrival_number).await.unwrap().unwrap();
        assert!(!store.link_opens(other.clone(), &filing).await.unwrap() && seen(&store, &other).await.is_empty());
        let id = store.links_list(mine.clone()).await.unwrap()[0].id.clone();
        let strange = store.link_answer(other, id, LinkAnswer::Undo, at(101)).await.unwrap();
        assert_eq!(strange, LinkOutcome::NotThere, "another account cannot undo it");
        assert!(!store.link_offer(mine.clone(), newest.arrival_number, at(102)).await.unwrap(), "linked already");
        assert_eq!(answer(&store, &mine, LinkAnswer::Undo).await, LinkOutcome::Done);
        assert!(seen(&store, &mine).await.is_empty());
        assert!(store.link_offer(mine.clone(), newest.arrival_number, at(103)).await.unwrap(), "asked anew");
        assert_eq!(answer(&store, &mine, LinkAnswer::Refuse).await, LinkOutcome::Done);
        assert!(seen(&store, &mine).await.is_empty());
        let lines = store.audit_list(None, 50).await.unwrap();
        for action in ["link_certificate", "undo_link", "refuse_link"] {
            assert!(lines.iter().any(|line| line.action == action && line.actor == "resident"), "{action}");
        }
        assert!(store.resident_sign_out([1; 32], at(110)).await.unwrap());
        store.resident_sign_in(holder(1), [1; 32], None, LIFE, at(111)).await.unwrap();
        let again = store.resident_use([1; 32], LIFE, at(112)).await.unwrap().unwrap();
        assert_eq!(again.account, mine, "an account with a history stays");
    });
}

fn a_certificate_is_linked_to_one_account_and_an_account_to_one_person(place: &Place) {
    run(async {
        let store = place.open();
        let (first, second) = (sign_in(&store, 1).await, sign_in(&store, 2).await);
        let filing = filed(&store, 9, "山田").await;
        store.link_offer(first.clone(), filing.arrival_number, at(10)).await.unwrap();
        assert_eq!(answer(&store, &first, LinkAnswer::Link).await, LinkOutcome::Done);
        let others = filed(&store, 8, "鈴木").await;
        store.link_offer(first.clone(), others.arrival_number, at(11)).await.unwrap();
        assert_eq!(answer(&store, &first, LinkAnswer::Link).await, LinkOutcome::AnotherPerson);
        let renewed = filed(&store, 7, "山田").await;
        assert_eq!(answer(&store, &first, LinkAnswer::Refuse).await, LinkOutcome::Done);
        store.link_offer(first.clone(), renewed.arrival_number, at(12)).await.unwrap();
        assert_eq!(answer(&store, &first, LinkAnswer::Link).await, LinkOutcome::Done, "a renewed certificate");
        let later = filed(&store, 9, "山田").await;
        store.link_offer(second.clone(), later.arrival_number, at(13)).await.unwrap();
        assert_eq!(answer(&store, &second, LinkAnswer::Link).await, LinkOutcome::Done);
        let states: Vec<_> = store
            .links_list(first.clone())
            .await
            .unwrap()
            .iter()
            .map(|link| (link.signer_sha256[0], link.state))
            .collect();
        assert!(states.contains(&(9, LinkState::Moved)), "who loses it sees that: {states:?}");
        assert_eq!(seen(&store, &first).await, [renewed.arrival_number]);
        assert_eq!(seen(&store, &second).await, [later.arrival_number], "from its own filing on");
    });
}

fn of_two_accounts_that_link_one_certificate_at_once_one_has_it(place: &Place) {
    run(async {
        let gateways = [place.open(), place.open()];
        let accounts = [sign_in(&gateways[0], 1).await, sign_in(&gateways[1], 2).await];
        for signer in 10..20_u8 {
            let filing = filed(&gateways[0], signer, "山田").await;
            // Each account is asked twice at once: there is one question of each.
            let asking =
                (0..4).map(|n| gateways[n % 2].link_offer(accounts[n / 2].clone(), filing.arrival_number, at(10)));
            assert!(join_all(asking).await.into_iter().all(Result::unwrap), "asked");
            let answering = (0..2).map(|n| answer(&gateways[n], &accounts[n], LinkAnswer::Link));
            let outcomes = join_all(answering).await;
            assert!(outcomes.contains(&LinkOutcome::Done), "{outcomes:?}");
            let other = |one: &LinkOutcome| !matches!(one, LinkOutcome::Done | LinkOutcome::Raced);
            assert!(!outcomes.iter().any(other), "{outcomes:?}");
            let mut held = Vec::new();
            for account in &accounts {
                let links = gateways[0].links_list(account.clone()).await.unwrap();
                let of_signer = links.into_iter().filter(|link| link.signer_sha256 == [signer; 32]);
                held.extend(of_signer.map(|link| link.state));
            }
            assert_eq!(held.len(), 2, "one question an account: {held:?}");
            assert_eq!(held.iter().filter(|state| **state == LinkState::Linked).count(), 1, "{held:?}");
            for account in &accounts {
                // Whoever was told to ask again says no: the next round has nothing open.
                let links = gateways[0].links_list(account.clone()).await.unwrap();
                if links.iter().any(|link| link.state == LinkState::Offered) {
                    assert_eq!(answer(&gateways[0], account, LinkAnswer::Refuse).await, LinkOutcome::Done);
                }
            }
        }
    });
}
