//! A computer that others use too: finishing wipes, signed in or not; without use everything is closed, and what was typed is
//! kept; no personal page is stored by a browser.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::{FixedClock, SystemClock};
use madoguchi::web::routes::ROUTES;

use crate::procedures_pages::{answer, begin};
use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::Answer;
use crate::support::resident;
use crate::support::web_eid::AuthenticationCard;

const EVERYTHING: &str = "\"cache\", \"cookies\", \"storage\"";

fn timed() -> (Arc<FixedClock>, TestGateway) {
    use madoguchi::clock::Clock as _;
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    (clock, gateway)
}

/// Posts without following, so that the answer's own headers are seen.
fn finish(browser: &mut Browser) -> Answer {
    let page = browser.get("/shared-computer");
    assert_eq!(page.status, 200, "{}", page.text());
    let token = page.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let body = format!("csrf={token}");
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")];
    browser.call("POST", "/shared-computer/finish", &headers, body.as_bytes())
}

#[test]
fn finishing_wipes_what_is_here_and_says_before_what_nothing_else_opens() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let typed = [("answers.title", "Street lamp"), ("answers.body", "It is out.")];
    answer(&mut browser, &draft, "content", &typed, "/attachments");
    let page = browser.get(&format!("{draft}/form/content")).text();
    assert!(page.contains("href=\"/shared-computer\"") && page.contains("Finish and wipe"), "{page}");
    let told = browser.get("/shared-computer").text();
    assert!(told.contains("Drafts that only this browser opens") && told.contains(&format!("{draft}/keep")), "{told}");
    let kept = browser.post(&format!("{draft}/keep"), &[("how", "link")]).text();
    let link = kept.split("/drafts/").nth(1).unwrap().split('<').next().unwrap().trim().to_owned();
    assert!(!browser.get("/shared-computer").text().contains("Drafts that only this browser opens"));

    let done = finish(&mut browser);
    assert_eq!((done.status, done.header("clear-site-data")), (303, Some(EVERYTHING)), "{}", done.text());
    assert_eq!(done.header("location"), Some("/finished"));
    let ended = done.headers.iter().filter(|(name, value)| name == "set-cookie" && value.contains("Max-Age=0"));
    assert!(ended.count() >= 5, "{:?}", done.headers);
    let page = Browser::new(gateway.client, "en").get("/finished").text();
    assert!(page.contains("Finished and wiped") && page.contains("data-wiped"), "{page}");

    let mut other = Browser::new(gateway.client, "en");
    assert_eq!(other.get(&format!("{draft}/form/content")).status, 404);
    other.get(&format!("/drafts/{link}"));
    other.post(&format!("/drafts/{link}"), &[]);
    assert!(other.get(&format!("{draft}/form/content")).text().contains("It is out."), "the link opens it again");
}

#[test]
fn a_shared_computer_closes_by_itself_and_what_was_typed_is_kept() {
    let (clock, gateway) = timed();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let typed = [("answers.title", "Street lamp"), ("answers.body", "It is out.")];
    answer(&mut browser, &draft, "content", &typed, "/attachments");
    let kept = browser.post(&format!("{draft}/keep"), &[("how", "link")]).text();
    let link = kept.split("/drafts/").nth(1).unwrap().split('<').next().unwrap().trim().to_owned();
    let content = format!("{draft}/form/content");
    assert!(!browser.get(&content).text().contains("data-ending"), "nobody said that it is shared");

    browser.get("/shared-computer");
    let on = browser.post("/shared-computer", &[("shared", "yes")]).text();
    assert!(on.contains("In use as a shared computer"), "{on}");
    let page = browser.get(&content).text();
    assert!(page.contains("<body data-shared>") && page.contains("data-ending=\"900\""), "{page}");
    for _ in 0..3 {
        clock.advance(Duration::minutes(14));
        assert_eq!(browser.get(&content).status, 200, "each use begins it anew");
    }
    clock.advance(Duration::minutes(16));
    let over = browser.get(&content);
    assert_eq!(over.status, 404);
    assert!(over.text().contains("private link"), "the page says how to go on: {}", over.text());
    assert!(browser.get("/shared-computer").text().contains("In use as a shared computer"), "it still is one");
    browser.get(&format!("/drafts/{link}"));
    browser.post(&format!("/drafts/{link}"), &[]);
    assert!(browser.get(&content).text().contains("It is out."));
    let off = browser.post("/shared-computer", &[("shared", "no")]).text();
    assert!(off.contains("This is a shared computer"), "{off}");
    assert_eq!(browser.post("/shared-computer", &[("shared", "maybe")]).status, 400);
}

#[test]
fn signing_out_asks_first_where_a_draft_would_be_lost_and_wipes_otherwise() {
    let gateway = TestGateway::start();
    let mut visitor = resident::signed_in(&gateway, &AuthenticationCard::yamada());
    let page = visitor.get("/account").text();
    assert!(page.contains("data-ending=\"1140\""), "20 minutes, less the minute to which use is noted: {page}");
    // A draft that is begun while signed in is the card's.
    let start = "/procedures/general-application";
    visitor.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    let out = visitor.submit("/account", "/account/sign-out", &[]);
    assert_eq!((out.header("location"), out.header("clear-site-data")), (Some("/sign-in"), Some(EVERYTHING)));

    // One that was begun before is not.
    let mut visitor = crate::support::visitor::Visitor::new(&gateway);
    visitor.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    let answer = resident::try_card(&mut visitor, &AuthenticationCard::yamada());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let out = visitor.submit("/account", "/account/sign-out", &[]);
    assert_eq!((out.header("location"), out.header("clear-site-data")), (Some("/shared-computer"), None));
    let done = visitor.submit("/shared-computer", "/shared-computer/finish", &[]);
    assert_eq!((done.header("location"), done.header("clear-site-data")), (Some("/finished"), Some(EVERYTHING)));
    assert_eq!(visitor.get("/account").header("location"), Some("/sign-in"));
}

#[test]
fn after_the_time_is_over_signing_in_leads_back_to_the_same_place() {
    let (clock, gateway) = timed();
    let mut visitor = resident::signed_in(&gateway, &AuthenticationCard::yamada());
    let start = "/procedures/general-application";
    let begun = visitor.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    let page = format!("{}/applicant", begun.header("location").unwrap());
    clock.advance(Duration::minutes(21));
    assert_eq!(visitor.get("/account/data").header("location"), Some("/sign-in?next=/account/data"));
    let late = visitor.get(&format!("/finished?late=1&next={page}")).text();
    assert!(late.contains(&format!("href=\"/sign-in?next={page}\"")), "{late}");
    let foreign = visitor.get("/finished?late=1&next=//evil.example/").text();
    assert!(!foreign.contains("/sign-in?next="), "{foreign}");
    let again = resident::try_card(&mut visitor, &AuthenticationCard::yamada());
    assert_eq!(again.status, 200);
    assert_eq!(visitor.get(&format!("/sign-in?next={page}")).header("location"), Some(page.as_str()));
    assert_eq!(visitor.get(&page).status, 200);
}

#[test]
fn no_page_with_something_personal_on_it_is_stored() {
    let gateway = TestGateway::start();
    let mut visitor = resident::signed_in(&gateway, &AuthenticationCard::yamada());
    let (_, number) = resident::file(&mut visitor, "sign-yamada");
    let linked = visitor.get("/account").text();
    visitor.submit("/account", "/account/links", &[("link", &resident::link_id(&linked)), ("answer", "link")]);
    let start = "/procedures/general-application";
    let begun = visitor.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    let draft = begun.header("location").unwrap().split('/').nth(2).unwrap().to_owned();
    let mut seen = 0;
    for route in ROUTES.iter().filter(|route| route.method == "GET") {
        let personal = [
            "/apply/",
            "/drafts",
            "/filings/",
            "/account",
            "/status",
            "/mail/",
            "/shared",
            "/finished",
            "/sign-in",
            "/auth",
        ];
        if !personal.iter().any(|start| route.path.starts_with(start)) {
            continue;
        }
        let path =
            route.path.replace("{arrival_number}", &number).replace("{draft}", &draft).replace("{page}", "applicant");
        let path = path
            .replace("{number}", "1")
            .replace("{link}", "none")
            .replace("{id}", "1")
            .replace("{tag}", "x")
            .replace("{upload}", "1");
        let answer = visitor.get(&path);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}: {answer:?}");
        seen += 1;
    }
    assert!(seen >= 30, "{seen} pages");
}
