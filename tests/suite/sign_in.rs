//! Signing in with a card over HTTP: the demo card's authentication certificate, challenges, what is refused and why,
//! the account, links and what they open.
use std::sync::Arc;

use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use serde_json::{Value, json};

use crate::support::gateway::{ORIGIN, TestGateway, Wanted};
use crate::support::http::{Answer, Part};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, wait};
use crate::support::web_eid::AuthenticationCard;

const SESSION: &str = "__Host-madoguchi-resident-session";
const CHALLENGE: &str = "__Host-madoguchi-sign-in";

fn challenge(visitor: &mut Visitor) -> String {
    let answer = visitor.get("/auth/challenge");
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{}", answer.text());
    answer.json()["nonce"].as_str().unwrap().to_owned()
}

fn send(visitor: &mut Visitor, token: &str) -> Answer {
    visitor.send("POST", "/auth/login", &[("Content-Type", "application/json")], token.as_bytes())
}

fn try_card(visitor: &mut Visitor, card: &AuthenticationCard) -> Answer {
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
fn refused(answer: &Answer) -> (u16, String) {
    assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{}", answer.text());
    assert!(!answer.headers.iter().any(|(_, value)| value.starts_with(SESSION)), "{answer:?}");
    (answer.status, answer.problem_code())
}

/// A copy of the test PKI in which something was done to 山田's authentication card.
fn changed(change: impl FnOnce(&TestPki)) -> (TestPki, TestGateway) {
    let pki = TestPki::copy();
    change(&pki);
    let gateway = TestGateway::start_with(Wanted { crls: Some(pki.crls_dir()), ..Wanted::default() });
    (pki, gateway)
}

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
    assert_eq!((out.status, out.header("clear-site-data")), (303, Some("\"cache\"")));
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
fn each_wrong_token_has_its_code() {
    let gateway = TestGateway::start();
    let card = AuthenticationCard::yamada();
    let mut visitor = Visitor::new(&gateway);
    let mut tried = |make: &dyn Fn(&str) -> String| {
        let nonce = challenge(&mut visitor);
        refused(&send(&mut visitor, &make(&nonce)))
    };
    let changed = |nonce: &str, name: &str, value: Value| {
        let mut token = card.token(ORIGIN, nonce);
        token[name] = value;
        token.to_string()
    };
    let expect = |code: &str| (422, code.to_owned());
    assert_eq!(tried(&|nonce| card.token("https://evil.example", nonce).to_string()), expect("sign-in-signature"));
    assert_eq!(tried(&|_| card.token(ORIGIN, "another").to_string()), expect("sign-in-signature"));
    assert_eq!(tried(&|nonce| changed(nonce, "format", json!("web-eid:2.0"))), expect("sign-in-format"));
    assert_eq!(tried(&|nonce| changed(nonce, "format", json!("web-eid:10"))), expect("sign-in-format"));
    assert_eq!(tried(&|nonce| changed(nonce, "signature", json!(7))), expect("sign-in-token"));
    assert_eq!(tried(&|nonce| changed(nonce, "algorithm", json!("RS384"))), expect("sign-in-signature"));
    assert_eq!(tried(&|nonce| changed(nonce, "algorithm", json!("none"))), expect("sign-in-signature"));
    let twice = |nonce: &str| card.token(ORIGIN, nonce).to_string().replacen('{', "{\"format\":\"web-eid:1\",", 1);
    assert_eq!(tried(&twice), expect("sign-in-token"));
    let wrapped_twice = |nonce: &str| format!("{{\"auth-token\":{0},\"auth-token\":{0}}}", card.token(ORIGIN, nonce));
    assert_eq!(tried(&wrapped_twice), expect("sign-in-token"));
    assert_eq!(tried(&|_| "[".repeat(10_000)), expect("sign-in-token"));
    let large = |_: &str| json!({"x": "y".repeat(80_000)}).to_string();
    assert_eq!(tried(&large), (413, "too-large".to_owned()));
    let signing = AuthenticationCard::of(TestPki::shared(), "sign-yamada");
    assert_eq!(tried(&|nonce| signing.token(ORIGIN, nonce).to_string()), expect("sign-in-wrong-certificate"));
    let other_policy =
        AuthenticationCard { algorithm: "RS256", ..AuthenticationCard::of(TestPki::shared(), "rsa2048-alice") };
    assert_eq!(tried(&|nonce| other_policy.token(ORIGIN, nonce).to_string()), expect("sign-in-wrong-certificate"));
    let lines = wait(gateway.gateway.store.audit_list(None, 50)).unwrap();
    assert!(
        lines.iter().all(|line| line.action == "sign_in_card"
            && line.subject.is_empty()
            && line.outcome.starts_with("sign-in-")),
        "{lines:?}"
    );
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
fn ended_unknown_and_undecided_certificates_sign_nobody_in() {
    let (_pki, gateway) = changed(|pki| {
        let mut authority = pki.authority();
        let now = SystemClock.now();
        authority
            .revoke(&Which::Id("auth-yamada".to_owned()), Reason::KeyCompromise, now - chrono::Duration::hours(1))
            .unwrap();
        authority.sign_lists(now).unwrap();
    });
    let revoked = try_card(&mut Visitor::new(&gateway), &AuthenticationCard::yamada());
    assert_eq!(refused(&revoked), (422, "sign-in-certificate-ended".to_owned()));
    assert_eq!(revoked.json()["sub_indication"], "REVOKED_NO_POE");

    let (_pki, gateway) = changed(|pki| std::fs::remove_file(pki.crl_path(&pki.crl_id_for("auth-yamada"))).unwrap());
    let undecided = try_card(&mut Visitor::new(&gateway), &AuthenticationCard::yamada());
    assert_eq!(refused(&undecided), (503, "sign-in-undecided".to_owned()));
    assert_eq!(
        (undecided.json()["sub_indication"].as_str(), undecided.header("retry-after").is_some()),
        (Some("TRY_LATER"), true)
    );

    let clock = Arc::new(FixedClock::new(SystemClock.now() + chrono::Duration::days(2200)));
    let gateway = TestGateway::start_with(Wanted { clock, ..Wanted::default() });
    let expired = try_card(&mut Visitor::new(&gateway), &AuthenticationCard::yamada());
    assert_eq!(refused(&expired), (422, "sign-in-certificate-ended".to_owned()));

    use crate::support::mini_pki::{DIGITAL_SIGNATURE, Profile, issue, rsa};
    let root = issue(None, &Profile::ca("Stranger"), rsa(2048));
    let now = SystemClock.now();
    let profile = Profile {
        key_usage: Some(DIGITAL_SIGNATURE),
        policy: Some("1.2.392.200149.8.5.1.3.30"),
        not_before: now - chrono::Duration::days(1),
        not_after: now + chrono::Duration::days(1),
        ..Profile::leaf("0123")
    };
    let leaf = issue(Some(&root), &profile, rsa(2048));
    let stranger = AuthenticationCard { certificate: leaf.der(), key: leaf.key.clone(), algorithm: "RS256" };
    let gateway = TestGateway::start();
    assert_eq!(refused(&try_card(&mut Visitor::new(&gateway), &stranger)), (422, "sign-in-not-trusted".to_owned()));
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

/// Files an application through the pages, signed with `card`; gives the receipt page and the arrival number.
fn file(visitor: &mut Visitor, card: &str) -> (String, String) {
    let start = "/procedures/general-application";
    let begun = visitor.submit(start, &format!("{start}/start"), &[("recipient", "131016")]);
    let form = begun.header("location").unwrap().to_owned();
    let draft = form.strip_suffix("/form").unwrap().to_owned();
    let upload = |visitor: &mut Visitor, page: &str, path: &str, name: &str, bytes: &[u8]| {
        let token = visitor.token(page);
        let parts = [
            Part { name: "csrf", file_name: None, bytes: token.as_bytes() },
            Part { name, file_name: Some("file"), bytes },
        ];
        visitor.post_parts(path, &parts)
    };
    let certificate = std::fs::read(TestPki::shared().certificate_path(card)).unwrap();
    assert_eq!(upload(visitor, &form, &format!("{draft}/certificate"), "certificate", &certificate).status, 303);
    let answers = [("recipient", "131016"), ("answers.title", "Street lamp"), ("answers.body", "It is out.")];
    assert_eq!(visitor.submit(&form, &form, &answers).status, 303);
    let review = visitor.submit(&format!("{draft}/attachments"), &format!("{draft}/review"), &[]);
    assert!([200, 303].contains(&review.status), "{}", review.text());
    let document = visitor.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign(card, &document);
    let receipt = upload(visitor, &format!("{draft}/sign"), &format!("{draft}/receipt"), "signature", &signature);
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    let page = receipt.text();
    let number = page.split("class=\"reference\">").nth(1).unwrap().split('<').next().unwrap().replace('-', "");
    (page, number)
}

fn link_id(page: &str) -> String {
    page.split("name=\"link\" value=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no link in {page}"))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

fn answer(visitor: &mut Visitor, said: &str) -> u16 {
    let link = link_id(&visitor.get("/account").text());
    visitor.submit("/account", "/account/links", &[("link", &link), ("answer", said)]).status
}

fn api(visitor: &mut Visitor, number: &str) -> u16 {
    visitor.send("GET", &format!("/api/v1/submissions/{number}"), &[], b"").status
}

#[test]
fn a_filing_made_while_signed_in_is_linked_when_the_person_says_so_and_until_they_undo_it() {
    let gateway = TestGateway::start();
    let mut mine = signed_in(&gateway, &AuthenticationCard::yamada());
    let (_, before) = file(&mut Visitor::new(&gateway), "sign-yamada");
    let (receipt, number) = file(&mut mine, "sign-yamada");
    assert!(receipt.contains("You are signed in") && receipt.contains("href=\"/account\""), "{receipt}");
    let account = mine.get("/account").text();
    assert!(account.contains("Is this your certificate?") && account.contains("Nothing to show yet"));
    assert_eq!(api(&mut mine, &number), 401, "nothing is opened before the person says yes");
    assert_eq!(mine.get(&format!("/account/filings/{number}")).status, 404);

    assert_eq!(answer(&mut mine, "link"), 303);
    let account = mine.get("/account").text();
    assert!(account.contains(&format!("/account/filings/{number}")) && account.contains("Linked since"), "{account}");
    assert!(!account.contains(&before), "what was filed before stays closed");
    assert_eq!((api(&mut mine, &number), api(&mut mine, &before)), (200, 401));
    assert_eq!(mine.get(&format!("/api/v1/submissions/{number}/receipt")).status, 200);
    let page = mine.get(&format!("/account/filings/{number}"));
    assert!(page.status == 200 && page.text().contains("Back to my filings"), "{}", page.text());
    let (receipt, later) = file(&mut mine, "sign-yamada");
    assert!(!receipt.contains("You are signed in"), "it is linked already");
    assert_eq!(api(&mut mine, &later), 200);

    let bearer = [("Authorization", "Bearer 0123456789abcdefghij")];
    let wrong = mine.send("GET", &format!("/api/v1/submissions/{number}"), &bearer, b"");
    assert_eq!(wrong.status, 401, "a token that is given is what counts");
    let mut nobody = Visitor::new(&gateway);
    assert_eq!((api(&mut nobody, &number), nobody.get(&format!("/account/filings/{number}")).status), (401, 303));

    assert_eq!(answer(&mut mine, "undo"), 303);
    let account = mine.get("/account").text();
    assert!(account.contains("Undone") && !account.contains(&format!("/account/filings/{number}")));
    assert_eq!(api(&mut mine, &number), 401);
    let lines = wait(gateway.gateway.store.audit_list(None, 50)).unwrap();
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.action.contains("link"))
        .map(|line| (line.action.as_str(), line.subject.as_str()))
        .collect();
    assert_eq!(told, [("undo_link", number.as_str()), ("link_certificate", number.as_str())]);
    assert!(lines.iter().all(|line| !format!("{line:?}").contains("山田")), "no name in the trail");
}

/// A second authentication card, of somebody else, in a PKI of the same CAs.
fn second_card() -> (TestPki, AuthenticationCard) {
    let pki = TestPki::copy();
    let mut declared =
        pki.authority().declarations().cards.iter().find(|card| card.id == "auth-yamada").unwrap().clone();
    declared.id = "auth-other".to_owned();
    pki.authority().issue(&declared, SystemClock.now()).unwrap();
    let card = AuthenticationCard::of(&pki, "auth-other");
    (pki, card)
}

#[test]
fn nobody_sees_another_persons_filings_and_filing_for_others_links_nothing_unasked() {
    let gateway = TestGateway::start();
    let (_pki, other_card) = second_card();
    let mut mine = signed_in(&gateway, &AuthenticationCard::yamada());
    let mut other = signed_in(&gateway, &other_card);
    let (_, number) = file(&mut mine, "sign-yamada");
    assert_eq!(answer(&mut mine, "link"), 303);
    let id = link_id(&mine.get("/account").text());
    assert_eq!((api(&mut other, &number), other.get(&format!("/account/filings/{number}")).status), (401, 404));
    for said in ["link", "undo", "refuse"] {
        let strange = other.submit("/account", "/account/links", &[("link", &id), ("answer", said)]);
        assert_eq!(strange.status, 404, "{said}: another account's link");
    }
    assert_eq!(mine.submit("/account", "/account/links", &[("link", &id), ("answer", "give")]).status, 400);

    let (_, for_smith) = file(&mut mine, "sign-smith");
    assert_eq!(answer(&mut mine, "link"), 409, "an account is for one person");
    assert_eq!(api(&mut mine, &for_smith), 401);
    assert_eq!(answer(&mut mine, "refuse"), 303);
    assert!(mine.get("/account").text().contains("Not linked"));

    let (_, taken) = file(&mut other, "sign-yamada");
    assert_eq!(answer(&mut other, "link"), 303);
    assert_eq!((api(&mut other, &taken), api(&mut other, &number)), (200, 401), "from its own filing on");
    assert_eq!(api(&mut mine, &number), 401);
    assert!(mine.get("/account").text().contains("Linked to another account"), "and who lost it is told");
    let forged = other.post("/account/links", &[("csrf", "x"), ("link", &id), ("answer", "undo")]);
    assert_eq!(forged.status, 403);
    let mut stranger = Visitor::new(&gateway);
    let token = stranger.token("/status");
    stranger.set_cookie(SESSION, other.cookie(SESSION).unwrap());
    let planted = stranger.post("/account/sign-out", &[("csrf", &token)]);
    assert_eq!(planted.status, 403, "a token of before the sign-in is none of the account's");
}
