//! Corrections as their form shows them: what the agency did not mark is locked with the reason, what hangs on a marked answer
//! is not; both sides go from a filing to the one that corrects it and back; and drafts leave nothing behind.
use std::sync::Arc;

use chrono::Duration;
use diesel::prelude::*;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::store::after_schema::draft_corrections;
use serde_json::{Value, json};

use crate::after_filing::{correct, house, status, upload};
use crate::after_receipt::{CARD, file, number_of, opened};
use crate::support::gateway::{TestGateway, Wanted, applicant};
use crate::support::http::{Answer, filing, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, wait};

/// The agency asks for these fields; gives the draft of the correction.
fn asked(agency: &mut Visitor, me: &mut Visitor, number: &str, fields: &[&str]) -> String {
    let mut form = vec![("kind", "partial"), ("text", "Which one?")];
    form.extend(fields.iter().map(|field| ("field", *field)));
    let desk = format!("/agency/filings/{number}");
    let answer = agency.submit(&format!("{desk}/correspondence"), &format!("{desk}/correction"), &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    begun(me, number)
}

fn begun(me: &mut Visitor, number: &str) -> String {
    let mine = format!("/filings/{number}");
    let begun = me.submit(&mine, &format!("{mine}/correction"), &[]);
    begun.header("location").unwrap().strip_suffix("/form").unwrap().to_owned()
}

/// Signs and sends a draft's document as another program would, changed by `change`.
fn sent_elsewhere(gateway: &TestGateway, me: &mut Visitor, draft: &str, change: impl FnOnce(&mut Value)) -> Answer {
    let mut document = me.get(&format!("{draft}/application.json")).json();
    let number = document["corrects"]["arrival_number"].as_str().unwrap().to_owned();
    change(&mut document);
    let bytes = document.to_string().into_bytes();
    let signature = TestPki::shared().sign(CARD, &bytes);
    gateway.client.post_multipart(
        &format!("/api/v1/submissions/{number}/corrections"),
        &filing(&bytes, &signature, &[("plan.txt", b"plan")]),
    )
}

#[test]
fn what_was_not_marked_is_locked_with_the_reason_and_a_change_of_it_is_refused_everywhere() {
    let (gateway, mut agency) = house("");
    let filed = file(&gateway, "Lamp", &[("plan.txt", b"plan")]);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let draft = asked(&mut agency, &mut me, &number, &["body"]);
    let content = format!("{draft}/form/content");
    assert_eq!(me.get(&format!("{draft}/form")).header("location"), Some(content.as_str()), "at once what is marked");
    let page = me.get(&content).text();
    let field = |page: &str, id: &str| {
        page.split(&format!("id=\"{id}\"")).nth(1).unwrap().split('>').next().unwrap().to_owned()
    };
    assert!(
        field(&page, "f-answers-title").contains("readonly") && !field(&page, "f-answers-body").contains("readonly"),
        "{page}"
    );
    assert!(
        page.contains("the agency did not ask for it to be corrected")
            && page.contains("You are correcting the application")
    );
    let changed = me.submit(&content, &content, &[("answers.title", "Another"), ("answers.body", "House 7")]);
    assert!(changed.status == 422 && changed.text().contains("so it cannot be changed"), "{}", changed.text());
    assert!(me.get(&content).text().contains("value=\"Lamp\""), "what was filed stands");
    let recipient = format!("{draft}/form/recipient");
    let elsewhere = me.submit(&recipient, &recipient, &[("recipient", "271004")]);
    assert!(elsewhere.status == 422 && elsewhere.text().contains("goes to the same agency"), "{}", elsewhere.text());
    assert!(me.get(&recipient).text().contains("readonly"));
    me.submit(&recipient, &recipient, &[("recipient", "131016")]);
    let done = me.submit(&content, &content, &[("answers.title", "Lamp"), ("answers.body", "House 7")]);
    assert_eq!(done.header("location"), Some(format!("{draft}/review").as_str()), "nothing else is asked");
    let files = me.get(&format!("{draft}/attachments")).text();
    assert!(
        files.contains("plan.txt") && files.contains("Your attachments stay") && !files.contains("/remove\""),
        "{files}"
    );
    let token = me.token(&content);
    let more = me.post(&format!("{draft}/attachments/0/remove"), &[("csrf", &token)]);
    assert_eq!((more.status, me.get(&format!("{draft}/attachments")).text().contains("plan.txt")), (422, true));
    let review = me.get(&format!("{draft}/review")).text();
    assert!(review.contains("form/content?from=review") && !review.contains("form/recipient?from=review"), "{review}");
    // A program that goes round the form is refused by the gateway itself.
    let refused = sent_elsewhere(&gateway, &mut me, &draft, |document| document["answers"]["title"] = "Another".into());
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "correction-beyond-marked"));
    assert!(refused.text().contains("/answers/title"), "{}", refused.text());
    assert_eq!(status(&gateway, &number), "correction_requested");
    assert_eq!(sent_elsewhere(&gateway, &mut me, &draft, |_| {}).status, 201);
    assert_eq!(status(&gateway, &number), "corrected");
}

/// Files a moving-out notification as another program does.
fn moved_out(gateway: &TestGateway) -> Value {
    let begun = json!({"procedure": "moving-out", "recipient": "131016", "applicant": applicant(CARD), "attachments": [
        {"name": "plan.pdf", "media_type": "application/pdf", "size": 8, "sha256": sha256_hex(b"%PDF-1.4")}],
        "answers": {"filing_as": "self", "moves_on": "2026-12-01", "destination": "abroad", "country": "Brazil", "movers": "self",
                    "telephone": "0312345678"}});
    let headers = [("Content-Type", "application/json")];
    let made = gateway.client.send("POST", "/api/v1/applications", &headers, begun.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.text());
    use base64::Engine as _;
    let document =
        base64::engine::general_purpose::STANDARD.decode(made.json()["application"].as_str().unwrap()).unwrap();
    let signature = TestPki::shared().sign(CARD, &document);
    let answer = gateway
        .client
        .post_multipart("/api/v1/submissions", &filing(&document, &signature, &[("plan.pdf", b"%PDF-1.4")]));
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

#[test]
fn what_hangs_on_a_marked_answer_may_change_with_it() {
    let (gateway, mut agency) = house("");
    let filed = moved_out(&gateway);
    let number = number_of(&filed);
    let mut me = opened(&gateway, &filed);
    let draft = asked(&mut agency, &mut me, &number, &["destination"]);
    let at = |page: &str| format!("{draft}/form/{page}");
    let next = me.submit(&at("destination"), &at("destination"), &[("answers.destination", "japan")]);
    assert_eq!(next.header("location"), Some(at("new-address").as_str()), "{}", next.text());
    let address = [
        ("answers.new_postcode", "1600023"),
        ("answers.new_municipality", "131041"),
        ("answers.new_address", "西新宿二丁目8番1号"),
        ("answers.new_head", "山田　花子"),
    ];
    let next = me.submit(&at("new-address"), &at("new-address"), &address);
    assert_eq!(next.header("location"), Some(format!("{draft}/review").as_str()), "{}", next.text());
    let date = me.get(&format!("{}?lang=ja", at("date"))).text();
    assert!(date.contains("readonly") && date.contains("2026年12月1日"), "a locked date is read as a date: {date}");
    let forged = me.submit(&at("date"), &at("date"), &[("answers.moves_on.year", "2027")]);
    assert_eq!(forged.status, 422);
    assert_eq!(me.submit(&at("date"), &at("date"), &[]).status, 303, "what is locked need not be sent");
    me.submit(&at("contact"), &format!("{draft}/review"), &[]);
    let document = me.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign(CARD, &document);
    let done =
        upload(&mut me, &format!("{draft}/sign"), &format!("{draft}/receipt"), &[("signature", "s.p7s", &signature)]);
    assert_eq!((done.status, status(&gateway, &number).as_str()), (200, "corrected"), "{}", done.text());
    let answers = serde_json::from_slice::<Value>(&document).unwrap()["answers"].clone();
    assert_eq!((&answers["moves_on"], answers.get("country")), (&json!("2026-12-01"), None));
}

#[test]
fn both_sides_go_from_a_filing_to_its_correction_and_back() {
    let (gateway, mut agency) = house("");
    let filed = file(&gateway, "Lamp", &[]);
    let number = number_of(&filed);
    let (mut me, stranger) = (opened(&gateway, &filed), file(&gateway, "Bench", &[]));
    let draft = begun(&mut me, &number);
    assert!(me.get(&format!("{draft}/form/applicant")).text().contains("Change what is to be corrected"));
    let receipt = correct(&mut me, &draft, &[("answers.title", "Lamp"), ("answers.body", "House 7")]);
    let text = receipt.text();
    let correction = text.split("class=\"reference\">").nth(1).unwrap().split('<').next().unwrap().replace('-', "");
    let page = me.get(&format!("/filings/{number}")).text();
    assert!(page.contains(&format!("href=\"/filings/{correction}\"")) && page.contains("was corrected"), "{page}");
    let page = me.get(&format!("/filings/{correction}"));
    assert_eq!(page.status, 200, "whoever opened the first may see what corrects it");
    assert!(page.text().contains(&format!("href=\"/filings/{number}\"")), "{}", page.text());
    assert_eq!(me.get(&format!("/filings/{}", number_of(&stranger))).status, 303, "and no other");
    let first = agency.get(&format!("/agency/filings/{number}")).text();
    assert!(
        first.contains(&format!("href=\"/agency/filings/{correction}\""))
            && first.contains("Decide on the corrected filing")
    );
    let second = agency.get(&format!("/agency/filings/{correction}")).text();
    assert!(
        second.contains(&format!("href=\"/agency/filings/{number}\""))
            && !second.contains("Decide on the corrected filing")
    );
}

#[test]
fn a_draft_that_is_over_leaves_nothing_of_its_correction_behind() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    let filed = file(&gateway, "Lamp", &[]);
    let mut me = opened(&gateway, &filed);
    begun(&mut me, &number_of(&filed));
    let rows = || {
        wait(gateway.gateway.store.read(|conn| Ok(draft_corrections::table.count().get_result::<i64>(conn)?))).unwrap()
    };
    assert_eq!(rows(), 1);
    clock.advance(Duration::days(60));
    assert_eq!(wait(gateway.gateway.store.drafts_expire(Duration::days(7), clock.now())).unwrap(), 1);
    assert_eq!(rows(), 0);
}
