//! A filing and what corrects it, drafts that correct, the address of a draft, and a replaced access key.
use chrono::Duration;

use super::*;
use crate::store::drafts::DraftKey;
use crate::store::mails::{Asked, MailKind};

on_both!(
    a_filing_leads_to_what_corrects_it_and_its_session_opens_the_chain,
    the_end_of_a_draft_is_told_once_and_nothing_of_it_stays,
    a_replaced_access_key_is_the_only_one,
);

const SESSION: [u8; 32] = [7; 32];

fn key(id: &str) -> DraftKey {
    DraftKey { id: id.to_owned(), owner_sha256: [1; 32], holder_sha256: None }
}

fn a_filing_leads_to_what_corrects_it_and_its_session_opens_the_chain(place: &Place) {
    run(async {
        let store = place.open();
        let first = row("first");
        let second = RecordRow { corrects: Some(first.arrival_number.to_string()), ..row("second") };
        let other = row("other");
        for one in [&first, &second, &other] {
            record(&store, one).await;
        }
        let found = store.corrected_by(first.arrival_number).await.unwrap();
        assert_eq!(found.iter().map(|one| one.arrival_number).collect::<Vec<_>>(), [second.arrival_number]);
        assert!(store.corrected_by(second.arrival_number).await.unwrap().is_empty());
        store.filing_session_open(first.arrival_number, SESSION, None, at(0)).await.unwrap();
        let mut opens = Vec::new();
        for one in [&first, &second, &other] {
            opens.push(store.filing_session_opens(SESSION, one.arrival_number, at(1)).await.unwrap());
        }
        assert_eq!(opens, [true, true, false]);
        store.filing_session_open(second.arrival_number, SESSION, Some(SESSION), at(2)).await.unwrap();
        assert!(store.filing_session_opens(SESSION, first.arrival_number, at(3)).await.unwrap(), "and back");
    });
}

fn the_end_of_a_draft_is_told_once_and_nothing_of_it_stays(place: &Place) {
    run(async {
        let store = place.open();
        let (now, ends) = (at(0), at(0) + Duration::hours(24));
        let filed = row("first");
        record(&store, &filed).await;
        store.draft_begin(key("draft"), "general-application".to_owned(), now, ends).await.unwrap();
        store.draft_correct("draft".to_owned(), filed.arrival_number).await.unwrap();
        let ask = |id: &str| store.draft_address_ask(key("draft"), id.to_owned(), "a@example.jp".to_owned(), "ja", now);
        assert_eq!(ask("one").await.unwrap(), Asked::Done);
        assert!(store.mail_address_confirm("one".to_owned(), now).await.unwrap());
        assert_eq!(ask("two").await.unwrap(), Asked::Known);
        let due = store.mails_due(now, 10).await.unwrap();
        assert_eq!(due.iter().map(|mail| mail.kind).collect::<Vec<_>>(), [MailKind::DraftConfirm]);
        store.mail_tried(due[0].id, true, now).await.unwrap();
        let mut told = Vec::new();
        for hours in [17, 19, 20] {
            told.push(store.draft_ends_tell(now + Duration::hours(hours)).await.unwrap());
        }
        assert_eq!(told, [0, 1, 0]);
        let due = store.mails_due(ends, 10).await.unwrap();
        assert_eq!((due[0].kind, due[0].resident.as_ref().unwrap().1.as_str()), (MailKind::DraftEnds, "a@example.jp"));
        store.drafts_expire(Duration::days(7), ends + Duration::days(8)).await.unwrap();
        assert_eq!(store.draft_address_of("draft".to_owned()).await.unwrap(), None);
        assert_eq!(store.draft_corrects("draft".to_owned()).await.unwrap(), None);
        assert!(store.mails_due(ends, 10).await.unwrap().is_empty());
    });
}

fn a_replaced_access_key_is_the_only_one(place: &Place) {
    run(async {
        let store = place.open();
        let first = row("first");
        record(&store, &first).await;
        let number = first.arrival_number;
        assert!(store.access_key_replace(number, [9; 32], at(60)).await.unwrap());
        let found = store.submission_find(number).await.unwrap().unwrap();
        assert_eq!((found.token_matches(&[9; 32]), found.token_matches(&first.access_token_sha256)), (true, false));
        assert!(!store.access_key_replace(number, [8; 32], at(3_601)).await.unwrap(), "after an hour no more");
        assert!(store.submission_find(number).await.unwrap().unwrap().token_matches(&[9; 32]));
    });
}
