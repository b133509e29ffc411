//! Deadlines through the pages: what is late is taken and told, and what was held counts from when it arrived.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::procedures::definition::japan_day;
use madoguchi::store::accounts::Role;

use crate::procedures_pages::{answer, begin};
use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account};

const CARD: &str = "sign-yamada";

/// The last second of a day in Japan, some days from now.
fn last_second(now: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = japan_day(now).and_hms_opt(0, 0, 0).unwrap().and_utc();
    midnight + Duration::days(1) - Duration::hours(9) - Duration::seconds(1)
}

/// Fills in a notification of moving out on a day; gives the draft and its review.
fn filled_in(browser: &mut Browser, moves_on: &str) -> (String, String) {
    let draft = begin(browser, "moving-out", CARD);
    answer(browser, &draft, "filing-as", &[("answers.filing_as", "self")], "date");
    let mut parts = moves_on.split('-');
    let date = [
        ("answers.moves_on.era", "western"),
        ("answers.moves_on.year", parts.next().unwrap()),
        ("answers.moves_on.month", parts.next().unwrap()),
        ("answers.moves_on.day", parts.next().unwrap()),
    ];
    let next = answer(browser, &draft, "date", &date, "destination").text();
    assert!(next.contains("Notify before you move (Basic Resident Registration Act, Article 24)"), "{next}");
    answer(browser, &draft, "destination", &[("answers.destination", "abroad")], "abroad");
    answer(browser, &draft, "abroad", &[("answers.country", "Brazil")], "who-moves");
    answer(browser, &draft, "who-moves", &[("answers.movers", "self")], "contact");
    answer(browser, &draft, "contact", &[("answers.telephone", "0312345678")], "/attachments");
    let review = browser.post(&format!("{draft}/review"), &[]).text();
    (draft, review)
}

fn filed(browser: &mut Browser, draft: &str) -> String {
    let document = browser.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign(CARD, &document);
    browser.get(&format!("{draft}/sign"));
    let receipt = browser.upload(&format!("{draft}/receipt"), &[("signature", "application.p7s", &signature)]);
    assert!([200, 202].contains(&receipt.status), "{}", receipt.text());
    receipt.text()
}

fn number_of(receipt: &str) -> String {
    receipt.split("class=\"reference\">").nth(1).unwrap().split('<').next().unwrap().replace('-', "")
}

#[test]
fn what_is_late_is_taken_and_both_sides_see_by_how_much() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let moved = japan_day(SystemClock.now()) - Duration::days(3);
    let (draft, review) = filled_in(&mut browser, &moved.to_string());
    assert!(review.contains("Days late: 3.") && review.contains("notice--warning"), "{review}");
    assert!(review.contains("within 14 days of the move"), "what follows is said: {review}");
    let receipt = filed(&mut browser, &draft);
    assert!(receipt.contains("Days late: 3."), "{receipt}");
    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let mut desk = Visitor::signed_in(&gateway, "agency", "tanaka");
    let page = desk.get(&format!("/agency/filings/{}", number_of(&receipt))).text();
    assert!(page.contains("<strong>Days late: 3.") || page.contains("3日過ぎています"), "{page}");
}

#[test]
fn a_held_filing_counts_from_the_second_in_which_it_arrived() {
    let lists = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(last_second(SystemClock.now())));
    let wanted = Wanted { crls: Some(lists.path().to_owned()), clock: clock.clone(), ..Wanted::default() };
    let gateway = TestGateway::start_with(wanted);
    let mut browser = Browser::new(gateway.client, "en");
    let day = japan_day(clock.now());
    let (draft, review) = filled_in(&mut browser, &day.to_string());
    assert!(review.contains("In time. The last day is"), "{review}");
    let receipt = filed(&mut browser, &draft);
    assert!(receipt.contains("In time. The last day is"), "{receipt}");
    // One second later a new one would be late; what arrived stays in time.
    clock.advance(Duration::seconds(1));
    assert_ne!(japan_day(clock.now()), day);
    let again = browser.get(&format!("{draft}/receipt")).text();
    assert!(again.contains("In time. The last day is"), "{again}");
    let (_, review) = filled_in(&mut Browser::new(gateway.client, "en"), &day.to_string());
    assert!(review.contains("Days late: 1."), "{review}");
}

#[test]
fn the_catalog_says_deadlines_and_where_to_ask() {
    let gateway = TestGateway::start();
    let page = Browser::new(gateway.client, "en").get("/procedures/moving-out").text();
    for words in ["Notify before you move", "Article 24", "Where to ask", "Monday to Friday"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let data = gateway.client.send("GET", "/api/v1/procedures/moving-out", &[], b"").json();
    assert_eq!((&data["deadlines"][0]["from"], &data["form_version"]), (&"/moves_on".into(), &2.into()));
    assert!(data["offices"][0]["hours"]["ja"].is_string() && data["representation"]["age_limit"] == 15, "{data}");
}
