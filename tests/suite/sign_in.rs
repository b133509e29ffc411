//! Signing in with a card over HTTP: the demo card's authentication certificate, challenges, the ecosystem's own forms of a
//! token, and the bounds.
use std::sync::Arc;

use madoguchi::clock::{Clock, FixedClock, SystemClock};
use serde_json::json;

use crate::support::gateway::{ORIGIN, TestGateway, Wanted};
use crate::support::resident::{CHALLENGE, SESSION, challenge, refused, send, try_card};
use crate::support::visitor::{Visitor, wait};
use crate::support::web_eid::AuthenticationCard;

#[test]
fn the_demo_cards_holder_signs_in_and_out() {
    let gateway = TestGateway::start();
    let mut visitor = Visitor::new(&gateway);
    let closed = visitor.get("/account");
    assert_eq!((closed.status, closed.header("location")), (303, Some("/sign-in")));
    let page = visitor.get("/sign-in").text();
    assert!(page.contains("data-sign-in-button") && page.contains("ERR_WEBEID_NATIVE_UNAVAILABLE"));
    let answer = try_card(&mut visitor, &AuthenticationCard::yamada());
    assert_eq!((answer.status, answer.json()), (200, json!({"location": "/account"})), "{}", answer.text());
    let cookie = answer.headers.iter().find(|(_, value)| value.starts_with(SESSION)).unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.1.contains(attribute), "{cookie:?}");
    }
    assert_eq!(visitor.cookie(CHALLENGE), None, "the challenge's cookie is taken back");
    let account = visitor.get("/account").text();
    assert!(account.contains("Signed in with a card") && account.contains("No signature certificate is linked"));
    assert!(!account.contains("山田") && !account.contains("花子"), "the certificate carries no name");
    assert_eq!(visitor.get("/sign-in").header("location"), Some("/account"));
    let (old, staff) = (visitor.cookie(SESSION).unwrap().to_owned(), visitor.get("/agency"));
    assert_eq!(staff.header("location"), Some("/agency/sign-in?next=/agency"), "a resident is no staff");
    let out = visitor.submit("/account", "/account/sign-out", &[]);
    assert_eq!((out.status, out.header("clear-site-data")), (303, Some("\"cache\", \"cookies\", \"storage\"")));
    visitor.set_cookie(SESSION, &old);
    assert_eq!(visitor.get("/account").status, 303, "the session is over, whoever kept its cookie");
    let lines = wait(gateway.gateway.store.audit_list(None, 10)).unwrap();
    let told: Vec<_> =
        lines.iter().map(|line| (line.actor.as_str(), line.action.as_str(), line.outcome.as_str())).collect();
    assert_eq!(told, [("resident", "sign_out_card", "done"), ("resident", "sign_in_card", "done")]);
}

#[test]
fn a_challenge_is_answered_once_in_time_and_by_its_own_browser() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    let card = AuthenticationCard::yamada();
    let (mut mine, mut other) = (Visitor::new(&gateway), Visitor::new(&gateway));
    let gone = (422, "sign-in-challenge".to_owned());
    let wrong = (422, "sign-in-signature".to_owned());
    let token = card.token(ORIGIN, "never given").to_string();
    assert_eq!(refused(&send(&mut mine, &token)), gone, "no challenge at all");

    let nonce = challenge(&mut mine);
    assert_eq!(nonce.len(), 44, "256 bits in base64");
    let token = card.token(ORIGIN, &nonce).to_string();
    assert_eq!(refused(&send(&mut Visitor::new(&gateway), &token)), gone, "another browser without a challenge");
    challenge(&mut other);
    assert_eq!(refused(&send(&mut other, &token)), wrong, "another browser with its own");
    let cookie = mine.cookie(CHALLENGE).unwrap().to_owned();
    assert_eq!(send(&mut mine, &token).status, 200);
    mine.set_cookie(CHALLENGE, &cookie);
    assert_eq!(refused(&send(&mut mine, &token)), gone, "a second time");

    let spent = challenge(&mut mine);
    assert_eq!(refused(&send(&mut mine, "{}")).1, "sign-in-token");
    assert_eq!(refused(&send(&mut mine, &card.token(ORIGIN, &spent).to_string())), gone, "one try, good or bad");

    let first = challenge(&mut mine);
    challenge(&mut mine);
    assert_eq!(refused(&send(&mut mine, &card.token(ORIGIN, &first).to_string())), wrong, "a newer one took its place");

    let late = challenge(&mut mine);
    clock.advance(chrono::Duration::seconds(300));
    assert_eq!(refused(&send(&mut mine, &card.token(ORIGIN, &late).to_string())), gone, "five minutes");
    let in_time = challenge(&mut mine);
    clock.advance(chrono::Duration::seconds(299));
    assert_eq!(send(&mut mine, &card.token(ORIGIN, &in_time).to_string()).status, 200);
    clock.advance(chrono::Duration::minutes(19));
    assert_eq!(mine.get("/account").status, 200);
    clock.advance(chrono::Duration::minutes(21));
    assert_eq!(mine.get("/account").status, 303, "idle");
}

#[test]
fn tokens_come_as_the_ecosystems_examples_send_them() {
    let gateway = TestGateway::start();
    let card = AuthenticationCard::yamada();
    for wrap in ["", "auth-token", "authToken"] {
        let mut visitor = Visitor::new(&gateway);
        let nonce = challenge(&mut visitor);
        let token = card.token(ORIGIN, &nonce);
        let body = if wrap.is_empty() { token } else { json!({ wrap: token }) };
        assert_eq!(send(&mut visitor, &body.to_string()).status, 200, "{wrap}");
    }
    let mut visitor = Visitor::new(&gateway);
    let nonce = challenge(&mut visitor);
    let token = card.token(ORIGIN, &nonce).to_string();
    let form = visitor.send("POST", "/auth/login", &[("Content-Type", "text/plain")], token.as_bytes());
    assert_eq!((form.status, form.problem_code()), (415, "unsupported-media-type".to_owned()));
    for (name, value) in
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example")]
    {
        let headers = [("Content-Type", "application/json"), (name, value)];
        let answer = visitor.send("POST", "/auth/login", &headers, token.as_bytes());
        assert_eq!((answer.status, answer.problem_code()), (403, "forbidden".to_owned()), "{name}: {value}");
    }
    let headers = [("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(visitor.send("POST", "/auth/login", &headers, token.as_bytes()).status, 200, "and it was not spent");
}

#[test]
fn challenges_and_tries_are_bounded_and_the_whole_can_be_switched_off() {
    let wanted =
        |settings: &str| TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    let full = wanted("[sign_in]\nchallenges = 2\n");
    let (mut first, mut second) = (Visitor::new(&full), Visitor::new(&full));
    challenge(&mut first);
    challenge(&mut first);
    challenge(&mut second);
    let answer = Visitor::new(&full).get("/auth/challenge");
    assert_eq!((answer.status, answer.problem_code()), (503, "overloaded".to_owned()));
    let slow = wanted("[limits]\nrequests_per_minute = 600\n[sign_in]\ntries_per_minute = 3\n");
    let mut visitor = Visitor::new(&slow);
    let statuses: Vec<u16> = (0..4).map(|_| visitor.get("/auth/challenge").status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    assert_eq!(visitor.get("/").status, 200, "other pages are not slowed down");
    let off = wanted("[sign_in]\nenabled = false\n");
    let mut visitor = Visitor::new(&off);
    assert_eq!(visitor.get("/auth/challenge").status, 404);
    assert_eq!((visitor.get("/sign-in").status, visitor.get("/").text().contains("href=\"/account\"")), (404, false));
}
