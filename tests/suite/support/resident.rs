//! Residents who sign in with their card, file through the pages and answer links.
#![allow(dead_code)]
use serde_json::json;

use super::gateway::{ORIGIN, TestGateway};
use super::http::{Answer, Part};
use super::pki::TestPki;
use super::visitor::Visitor;
use super::web_eid::AuthenticationCard;

pub const SESSION: &str = "__Host-madoguchi-resident-session";
pub const CHALLENGE: &str = "__Host-madoguchi-sign-in";

pub fn challenge(visitor: &mut Visitor) -> String {
    let answer = visitor.get("/auth/challenge");
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{}", answer.text());
    answer.json()["nonce"].as_str().unwrap().to_owned()
}

pub fn send(visitor: &mut Visitor, token: &str) -> Answer {
    visitor.send("POST", "/auth/login", &[("Content-Type", "application/json")], token.as_bytes())
}

pub fn try_card(visitor: &mut Visitor, card: &AuthenticationCard) -> Answer {
    let nonce = challenge(visitor);
    send(visitor, &card.token(ORIGIN, &nonce).to_string())
}

/// Somebody who signed in with that card.
pub fn signed_in(gateway: &TestGateway, card: &AuthenticationCard) -> Visitor {
    let mut visitor = Visitor::new(gateway);
    let answer = try_card(&mut visitor, card);
    assert_eq!((answer.status, answer.json()), (200, json!({"location": "/account"})));
    assert_eq!(visitor.get("/account").status, 200);
    visitor
}

/// The code of a refusal, which holds a sentence and keeps nobody signed in.
#[track_caller]
pub fn refused(answer: &Answer) -> (u16, String) {
    assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{}", answer.text());
    assert!(!answer.headers.iter().any(|(_, value)| value.starts_with(SESSION)), "{answer:?}");
    (answer.status, answer.problem_code())
}

/// Sends a file to `path` as the form on `page` does.
fn upload(visitor: &mut Visitor, page: &str, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let token = visitor.token(page);
    let parts = [
        Part { name: "csrf", file_name: None, bytes: token.as_bytes() },
        Part { name, file_name: Some("file"), bytes },
    ];
    visitor.post_parts(path, &parts)
}

/// Fills in an application through the pages, up to the review, for the holder of `card`; gives the draft's path.
pub fn fill_in(visitor: &mut Visitor, card: &str) -> String {
    let start = "/procedures/general-application";
    let begun = visitor.submit(start, &format!("{start}/start"), &[("anew", "yes")]);
    let form = begun.header("location").unwrap().to_owned();
    let draft = form.strip_suffix("/form").unwrap().to_owned();
    let certificate = std::fs::read(TestPki::shared().certificate_path(card)).unwrap();
    let (page, to) = (format!("{form}/applicant"), format!("{draft}/certificate"));
    assert_eq!(upload(visitor, &page, &to, "certificate", &certificate).status, 303);
    let pages: [(&str, &[(&str, &str)]); 3] = [
        ("applicant", &[]),
        ("recipient", &[("recipient", "131016")]),
        ("content", &[("answers.title", "Street lamp"), ("answers.body", "It is out.")]),
    ];
    for (page, answers) in pages {
        let page = format!("{form}/{page}");
        assert_eq!(visitor.submit(&page, &page, answers).status, 303);
    }
    let review = visitor.submit(&format!("{draft}/attachments"), &format!("{draft}/review"), &[]);
    assert!([200, 303].contains(&review.status), "{}", review.text());
    draft
}

/// Files an application through the pages, signed with `card`; gives the receipt page and the arrival number.
pub fn file(visitor: &mut Visitor, card: &str) -> (String, String) {
    let draft = fill_in(visitor, card);
    let document = visitor.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign(card, &document);
    let receipt = upload(visitor, &format!("{draft}/sign"), &format!("{draft}/receipt"), "signature", &signature);
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    let page = receipt.text();
    let number = page.split("class=\"reference\">").nth(1).unwrap().split('<').next().unwrap().replace('-', "");
    (page, number)
}

pub fn link_id(page: &str) -> String {
    page.split("name=\"link\" value=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no link in {page}"))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

pub fn answer(visitor: &mut Visitor, said: &str) -> u16 {
    let link = link_id(&visitor.get("/account").text());
    visitor.submit("/account", "/account/links", &[("link", &link), ("answer", said)]).status
}

pub fn api(visitor: &mut Visitor, number: &str) -> u16 {
    visitor.send("GET", &format!("/api/v1/submissions/{number}"), &[], b"").status
}
