//! What follows after filing: messages, notices, requests for corrections, official documents, mails.
use crate::store::StoreError;
use crate::store::correction_requests::CorrectionWanted;
use crate::store::mails::{Asked, MAX_ADDRESSES, MailKind};
use crate::store::messages::{Author, NewMessage, Sent};
use crate::store::notices::NoticeKind;
use crate::store::official_documents::{NewOfficialDocument, OfficialOutcome};
use crate::store::statuses::StatusChange;
use crate::store::withdrawal_requests::WithdrawalRequest;
use crate::submission::status::SubmissionStatus as S;

use super::*;

on_both!(
    messages_are_added_and_each_side_sees_what_is_new,
    what_an_agency_does_is_noticed_once_and_what_one_does_oneself_is_not,
    a_request_for_a_correction_says_what_is_wanted,
    an_official_document_is_kept_once_and_its_first_fetch_is_noted,
    an_address_is_written_to_after_it_was_confirmed_and_until_it_is_stopped,
    a_mail_is_tried_again_later_each_time_and_given_up_in_the_end,
    filings_are_gathered_into_one_mail_an_agency,
    the_newest_withdrawal_waits_for_its_signature,
);

const AGENCY: &str = "agency 131016 tanaka";

async fn filed(store: &Store) -> ArrivalNumber {
    let row = row(format!("document {}", Uuid::new_v4()));
    record(store, &row).await;
    row.arrival_number
}

fn message(number: ArrivalNumber, agency: Option<AgencyCode>, body: &str) -> NewMessage {
    let actor = if agency.is_some() { AGENCY } else { "resident" };
    NewMessage { arrival_number: number, agency, actor: actor.to_owned(), body: body.to_owned(), at: at(60) }
}

fn by_agency(number: ArrivalNumber, to: S) -> StatusChange {
    let reason = Some("Which lamp?".to_owned());
    StatusChange { arrival_number: number, agency: Some(chiyoda()), to, at: at(120), by: AGENCY.to_owned(), reason }
}

fn messages_are_added_and_each_side_sees_what_is_new(place: &Place) {
    run(async {
        let store = place.open();
        let (number, other) = (filed(&store).await, filed(&store).await);
        let cursor = store.submission_find(number).await.unwrap().unwrap().cursor();
        assert_eq!(store.message_send(message(number, None, "Hello?")).await.unwrap(), Sent::Done);
        assert_eq!(store.messages_unread(vec![cursor]).await.unwrap(), [cursor]);
        let osaka = Some("271004".parse().unwrap());
        let stranger = store.message_send(message(number, osaka, "x")).await;
        assert!(matches!(stranger, Err(StoreError::NotFound)), "{stranger:?}");
        assert_eq!(store.message_send(message(number, Some(chiyoda()), "Yes.")).await.unwrap(), Sent::Done);
        let listed = store.messages_list(number).await.unwrap();
        let told: Vec<_> = listed.iter().map(|one| (one.author, one.actor.as_str(), one.body.as_str())).collect();
        assert_eq!(told, [(Author::Resident, "resident", "Hello?"), (Author::Agency, AGENCY, "Yes.")]);
        assert!(store.messages_list(other).await.unwrap().is_empty());
        store.messages_read(number, listed[1].id).await.unwrap();
        store.messages_read(number, listed[0].id).await.unwrap();
        assert!(store.messages_unread(vec![cursor]).await.unwrap().is_empty(), "a mark never goes back");
        store.message_send(message(number, None, "And now?")).await.unwrap();
        assert_eq!(store.messages_unread(vec![cursor]).await.unwrap(), [cursor]);
        let held = held_row("held", at(0));
        record(&store, &held).await;
        let early = store.message_send(message(held.arrival_number, Some(chiyoda()), "x")).await;
        assert!(matches!(early, Err(StoreError::NotFound)), "an agency does not see a held filing");
        let lines = store.audit_list(None, 10).await.unwrap();
        assert_eq!(lines.iter().filter(|line| line.action == "send_message").count(), 3);
    });
}

fn what_an_agency_does_is_noticed_once_and_what_one_does_oneself_is_not(place: &Place) {
    run(async {
        let store = place.open();
        let number = filed(&store).await;
        let cursor = store.submission_find(number).await.unwrap().unwrap().cursor();
        store.submission_change_status(by_agency(number, S::UnderReview)).await.unwrap();
        store.message_send(message(number, Some(chiyoda()), "Yes.")).await.unwrap();
        store.message_send(message(number, None, "No.")).await.unwrap();
        let notices = store.notices_list(number).await.unwrap();
        let kinds: Vec<_> = notices.iter().map(|notice| notice.kind).collect();
        assert_eq!(kinds, [NoticeKind::Message, NoticeKind::Status(S::UnderReview)]);
        assert_eq!(
            store.read(move |conn| crate::store::notices::unread(conn, &[cursor])).await.unwrap(),
            [(cursor, 2)]
        );
        store.notices_read(number, notices[1].id, at(300)).await.unwrap();
        let notices = store.notices_list(number).await.unwrap();
        assert_eq!(notices.iter().map(|notice| notice.read_at).collect::<Vec<_>>(), [None, Some(at(300))]);
        let own = StatusChange { agency: None, by: "resident".to_owned(), ..by_agency(number, S::Withdrawn) };
        store.submission_change_status(own).await.unwrap();
        assert_eq!(store.notices_list(number).await.unwrap().len(), 2);
    });
}

fn a_request_for_a_correction_says_what_is_wanted(place: &Place) {
    run(async {
        let store = place.open();
        let number = filed(&store).await;
        assert_eq!(store.correction_wanted(number).await.unwrap(), None);
        let wanted = CorrectionWanted::Partial(vec!["body".to_owned(), "attachments".to_owned()]);
        store.correction_request(by_agency(number, S::CorrectionRequested), wanted.clone()).await.unwrap();
        let found = store.correction_wanted(number).await.unwrap().unwrap();
        assert_eq!((found.wanted, found.text.as_str(), found.at), (wanted, "Which lamp?", at(120)));
        let again = store.correction_request(by_agency(number, S::CorrectionRequested), CorrectionWanted::Again).await;
        assert!(matches!(again, Err(StoreError::StatusConflict { found: S::CorrectionRequested })), "{again:?}");
        let other = filed(&store).await;
        store.submission_change_status(by_agency(other, S::CorrectionRequested)).await.unwrap();
        let plain = store.correction_wanted(other).await.unwrap().unwrap();
        assert_eq!(plain.wanted, CorrectionWanted::Again, "a request of another door says nothing more");
    });
}

fn official(number: ArrivalNumber, bytes: &'static [u8]) -> NewOfficialDocument {
    NewOfficialDocument {
        arrival_number: number,
        agency: chiyoda(),
        by: AGENCY.to_owned(),
        name: "permit.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: Bytes::from_static(bytes),
        seal: Bytes::from_static(b"seal"),
        report: "{}".to_owned(),
        at: at(200),
    }
}

fn an_official_document_is_kept_once_and_its_first_fetch_is_noted(place: &Place) {
    run(async {
        let store = place.open();
        let (number, other) = (filed(&store).await, filed(&store).await);
        assert_eq!(store.official_add(official(number, b"permit")).await.unwrap(), OfficialOutcome::Done);
        assert_eq!(store.official_add(official(number, b"permit")).await.unwrap(), OfficialOutcome::Known);
        assert_eq!(store.official_add(official(other, b"permit")).await.unwrap(), OfficialOutcome::Done);
        let stranger = NewOfficialDocument { agency: "271004".parse().unwrap(), ..official(number, b"x") };
        assert!(matches!(store.official_add(stranger).await, Err(StoreError::NotFound)));
        let listed = store.official_list(number).await.unwrap();
        assert_eq!((listed.len(), listed[0].fetched_at, &listed[0].seal[..]), (1, None, b"seal".as_slice()));
        let (found, bytes) = store.official_find(number, listed[0].id).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), &bytes[..]), ("permit.pdf", b"permit".as_slice()));
        assert!(store.official_find(other, listed[0].id).await.unwrap().is_none(), "of that filing alone");
        store.official_fetched(listed[0].id, at(300)).await.unwrap();
        store.official_fetched(listed[0].id, at(400)).await.unwrap();
        assert_eq!(store.official_list(number).await.unwrap()[0].fetched_at, Some(at(300)));
        store.documents_sweep(std::time::Duration::ZERO).await.unwrap();
        assert!(store.official_find(number, listed[0].id).await.unwrap().is_some(), "the sweep leaves it");
        let own = StatusChange { agency: None, by: "resident".to_owned(), ..by_agency(number, S::Withdrawn) };
        store.submission_change_status(own).await.unwrap();
        assert!(matches!(store.official_add(official(number, b"y")).await, Err(StoreError::StatusConflict { .. })));
    });
}

async fn ask(store: &Store, number: ArrivalNumber, id: &str) -> Asked {
    let address = format!("{id}@example.jp");
    store.mail_address_ask(number, id.to_owned(), address, "ja", at(0)).await.unwrap()
}

async fn due(store: &Store, seconds: i64) -> Vec<(MailKind, Option<String>)> {
    let mails = store.mails_due(at(seconds), 100).await.unwrap();
    mails.into_iter().map(|mail| (mail.kind, mail.resident.map(|(_, address, _)| address))).collect()
}

fn an_address_is_written_to_after_it_was_confirmed_and_until_it_is_stopped(place: &Place) {
    run(async {
        let store = place.open();
        let number = filed(&store).await;
        assert_eq!(ask(&store, number, "a").await, Asked::Done);
        let to_a = Some("a@example.jp".to_owned());
        assert_eq!(due(&store, 0).await, [(MailKind::Confirm, to_a.clone())]);
        store.message_send(message(number, Some(chiyoda()), "early")).await.unwrap();
        assert_eq!(due(&store, 60).await.len(), 1, "nothing goes to who did not confirm");
        assert!(store.mail_address_confirm("a".to_owned(), at(60)).await.unwrap());
        assert!(store.mail_address_confirm("a".to_owned(), at(61)).await.unwrap(), "twice is the same as once");
        assert!(!store.mail_address_confirm("b".to_owned(), at(61)).await.unwrap());
        store.message_send(message(number, Some(chiyoda()), "one")).await.unwrap();
        store.message_send(message(number, Some(chiyoda()), "two")).await.unwrap();
        store.submission_change_status(by_agency(number, S::UnderReview)).await.unwrap();
        assert_eq!(due(&store, 60).await, [(MailKind::Confirm, to_a.clone()), (MailKind::Notice, to_a.clone())]);
        let same = store.mail_address_ask(number, "c".to_owned(), "a@example.jp".to_owned(), "ja", at(62)).await;
        assert_eq!(same.unwrap(), Asked::Known);
        for id in ["d", "e", "f", "g"] {
            assert_eq!(ask(&store, number, id).await, Asked::Done);
        }
        assert_eq!(store.mail_addresses_of(number).await.unwrap().len() as i64, MAX_ADDRESSES);
        assert_eq!(ask(&store, number, "h").await, Asked::TooMany);
        store.mail_address_stop("a".to_owned(), at(70)).await.unwrap();
        assert_eq!(store.mail_address_state("a".to_owned()).await.unwrap().as_deref(), Some("stopped"));
        assert!(due(&store, 70).await.iter().all(|(_, address)| *address != to_a), "what waited for it is dropped");
        assert!(!store.mail_address_confirm("a".to_owned(), at(71)).await.unwrap(), "stopped is stopped");
        assert_eq!(store.mail_addresses_expire(at(3 * 86_400)).await.unwrap(), 4);
        assert!(store.mail_addresses_of(number).await.unwrap().is_empty(), "no address is kept that nobody confirmed");
    });
}

fn a_mail_is_tried_again_later_each_time_and_given_up_in_the_end(place: &Place) {
    run(async {
        let store = place.open();
        let number = filed(&store).await;
        ask(&store, number, "a").await;
        let (mut now, mut pauses) = (0, Vec::new());
        loop {
            let mails = store.mails_due(at(now), 10).await.unwrap();
            let Some(mail) = mails.first() else { break };
            store.mail_tried(mail.id, false, at(now)).await.unwrap();
            let mut at_minute = now + 60;
            while at_minute < now + 86_400 && store.mails_due(at(at_minute), 10).await.unwrap().is_empty() {
                at_minute += 60;
            }
            pauses.push((at_minute - now) / 60);
            now = at_minute;
        }
        let given_up = pauses.pop();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert_eq!(given_up, Some(24 * 60), "after twelve tries nothing is due any more");
        ask(&store, number, "b").await;
        let mail = store.mails_due(at(now), 10).await.unwrap().remove(0);
        store.mail_tried(mail.id, true, at(now)).await.unwrap();
        assert!(store.mails_due(at(now + 86_400), 10).await.unwrap().is_empty(), "sent once");
    });
}

fn filings_are_gathered_into_one_mail_an_agency(place: &Place) {
    run(async {
        let store = place.open();
        let gather = |now| store.agency_mails_gather(vec![chiyoda()], at(now), chrono::Duration::minutes(10));
        filed(&store).await;
        gather(0).await.unwrap();
        assert!(store.mails_due(at(86_400), 10).await.unwrap().is_empty(), "what came before is no news");
        for _ in 0..3 {
            filed(&store).await;
        }
        gather(10).await.unwrap();
        filed(&store).await;
        gather(20).await.unwrap();
        gather(30).await.unwrap();
        assert!(store.mails_due(at(600), 10).await.unwrap().is_empty(), "they are gathered for a while");
        let mails = store.mails_due(at(611), 10).await.unwrap();
        assert_eq!(
            mails.iter().map(|mail| (mail.kind, mail.agency)).collect::<Vec<_>>(),
            [(MailKind::Filings(4), Some(chiyoda()))]
        );
    });
}

fn the_newest_withdrawal_waits_for_its_signature(place: &Place) {
    run(async {
        let store = place.open();
        let number = filed(&store).await;
        let request = |id: &str| WithdrawalRequest {
            request_id: id.to_owned(),
            document: id.as_bytes().to_vec(),
            request_jws: "jws".to_owned(),
            not_after: at(900),
        };
        assert_eq!(store.withdrawal_request_find(number).await.unwrap(), None);
        for id in ["one", "two"] {
            store.withdrawal_request_put(number, request(id)).await.unwrap();
        }
        assert_eq!(store.withdrawal_request_find(number).await.unwrap(), Some(request("two")));
    });
}
