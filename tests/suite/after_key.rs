//! Who did not see their access key, because the button was pressed twice or the window was closed, makes another: in the browser
//! that filed, for an hour; the first opens nothing any more.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::store::access_keys::REPLACED_WITHIN;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::Answer;
use crate::support::resident::file;
use crate::support::visitor::{Visitor, wait};

const CARD: &str = "sign-yamada";

fn key_of(page: &str) -> String {
    page.split("id=\"access-key\">")
        .nth(1)
        .unwrap_or_else(|| panic!("no key in {page}"))
        .split('<')
        .next()
        .unwrap()
        .to_owned()
}

fn draft_of(page: &str) -> String {
    let path = page.split("href=\"/apply/").nth(1).unwrap().split('/').next().unwrap();
    format!("/apply/{path}")
}

fn open(gateway: &TestGateway, number: &str, key: &str) -> Answer {
    Visitor::new(gateway).submit("/status", "/status", &[("arrival_number", number), ("access_key", key)])
}

#[test]
fn a_key_that_was_not_seen_is_made_again_in_the_browser_that_filed() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    let mut me = Visitor::new(&gateway);
    let (page, number) = file(&mut me, CARD);
    let (first, draft) = (key_of(&page), draft_of(&page));
    let (receipt, renew) = (format!("{draft}/receipt"), format!("{draft}/receipt/key"));
    assert_eq!(open(&gateway, &number, &first).status, 303);
    // What the second of two clicks leads to.
    let second = me.get(&receipt).text();
    assert!(!second.contains("access-key") && second.contains("If you did not see it"), "{second}");
    let mut stranger = Visitor::new(&gateway);
    let token = stranger.token("/status");
    assert_eq!(stranger.post(&renew, &[("csrf", &token)]).status, 404, "somebody else's receipt is none");
    assert_eq!(me.post(&renew, &[]).status, 403, "nor without the page's token");
    let made = me.submit(&receipt, &renew, &[]);
    let new = key_of(&made.text());
    assert!(made.status == 200 && new != first, "{}", made.text());
    assert_eq!(open(&gateway, &number, &first).status, 422, "the first opens nothing any more");
    assert_eq!(open(&gateway, &number, &new).status, 303);
    let lines = wait(gateway.gateway.store.audit_list(None, 100)).unwrap();
    assert_eq!(lines.iter().filter(|line| line.action == "replace_access_key").count(), 1);
    let token = me.token(&receipt);
    clock.advance(REPLACED_WITHIN + Duration::seconds(1));
    let late = me.get(&receipt).text();
    assert!(!late.contains("If you did not see it"), "{late}");
    assert_eq!(me.post(&renew, &[("csrf", &token)]).header("location"), Some(receipt.as_str()));
    assert_eq!(open(&gateway, &number, &new).status, 303, "a late wish changes nothing");
}
