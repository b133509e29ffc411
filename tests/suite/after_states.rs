//! How firm the certificate's side of a filing is, said in plain words on its page in every language; and a filing's page that
//! was closed in the middle, to which one comes back with what was typed.
use std::sync::Arc;

use diesel::prelude::*;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::store::filing_sessions::IDLE;
use madoguchi::store::schema::submissions;
use madoguchi::submission::status::RevocationState;
use madoguchi::web::i18n::Language;

use crate::after_receipt::{file, number_of, opened};
use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::http::filing;
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, wait};

/// What a person must be able to read of each state, in some languages beside the words that the catalogue of texts has.
const PLAIN: [(&str, &str, &str); 4] = [
    ("none", "en", "could not be found out yet"),
    ("provisional", "en", "You need not do anything"),
    ("confirmed", "en", "it was valid when it arrived"),
    ("contested", "en", "Your application is not refused by this alone"),
];

/// The page's text without its tags, as somebody reads it.
fn read(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    main.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text)).collect::<Vec<_>>().join(" ")
}

fn set(gateway: &TestGateway, state: RevocationState) {
    let work = move |conn: &mut _| {
        diesel::update(submissions::table).set(submissions::revocation.eq(state.as_str())).execute(conn)?;
        Ok(())
    };
    wait(gateway.gateway.store.write(work)).unwrap();
}

/// Sees on the page, in every language, what the state is called and what it means.
fn is_said(visitor: &mut Visitor, page: &str, state: RevocationState) {
    let mut seen = Vec::new();
    for language in Language::ALL.iter().copied() {
        let text = read(&visitor.get(&format!("{page}?lang={}", language.tag())).text());
        let name = language.t(&format!("revocation-state-{}", state.as_str())).into_owned();
        let meaning = language.t(&format!("steps-dyn-resident-{}", state.as_str())).into_owned();
        let (name, meaning) = (name.replace('\'', "&#39;"), meaning.replace('\'', "&#39;"));
        assert!(text.contains(&name) && text.contains(&meaning), "{} {}: {text}", language.tag(), state.as_str());
        for (of, tag, words) in PLAIN {
            assert!(of != state.as_str() || tag != language.tag() || text.contains(words), "{words}: {text}");
        }
        for jargon in [
            "CRL",
            "OCSP",
            "revocation list",
            "失効リスト",
            "失效列表",
            "실효 목록",
            "lista de revogação",
            "provisional",
        ] {
            assert!(!text.contains(jargon), "{} {}: {jargon} is no plain word", language.tag(), state.as_str());
        }
        seen.push(meaning);
    }
    seen.dedup();
    assert_eq!(seen.len(), 7, "each language has words of its own");
}

#[test]
fn provisional_confirmed_and_contested_are_said_in_plain_words_in_every_language() {
    let gateway = TestGateway::start();
    let filed = file(&gateway, "Lamp", &[]);
    let (page, mut me) = (format!("/filings/{}", number_of(&filed)), opened(&gateway, &filed));
    for state in [RevocationState::Provisional, RevocationState::Confirmed, RevocationState::Contested] {
        set(&gateway, state);
        is_said(&mut me, &page, state);
    }
    let contested = me.get(&format!("{page}?lang=en")).text();
    assert!(contested.contains("notice--warning"), "what somebody should read first stands out");
}

#[test]
fn a_held_filing_says_that_it_waits_whose_turn_it_is_and_that_its_time_counts() {
    let crls = tempfile::tempdir().unwrap();
    let gateway = TestGateway::start_with(Wanted { crls: Some(crls.path().to_owned()), ..Wanted::default() });
    let bytes = application("sign-yamada").to_string().into_bytes();
    let signature = TestPki::shared().sign("sign-yamada", &bytes);
    let held = gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, &[]));
    assert_eq!(held.status, 202);
    let filed = held.json();
    let (page, mut me) = (format!("/filings/{}", number_of(&filed)), opened(&gateway, &filed));
    is_said(&mut me, &page, RevocationState::None);
    for language in Language::ALL.iter().copied() {
        let text = read(&me.get(&format!("{page}?lang={}", language.tag())).text());
        for key in ["status-name-held", "status-next-held", "after-dyn-gateway-acts"] {
            let words = language.t(key).replace('\'', "&#39;");
            assert!(text.contains(&words), "{}: {words}: {text}", language.tag());
        }
    }
}

#[test]
fn a_message_that_was_written_when_the_session_was_over_is_not_lost() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    let filed = file(&gateway, "Lamp", &[]);
    let (number, key) = (number_of(&filed), filed["access_token"].as_str().unwrap());
    let (page, mut me) = (format!("/filings/{number}"), opened(&gateway, &filed));
    let token = me.token(&page);
    clock.advance(IDLE + chrono::Duration::minutes(1));
    let written = "<b>Line</b> one\nline \"two\"";
    let over = me.post(&format!("{page}/messages"), &[("csrf", &token), ("body", written)]);
    assert!(over.status == 401 && over.text().contains("was not sent yet"), "{}", over.text());
    assert!(over.text().contains("&#60;b&#62;Line&#60;/b&#62; one\nline &#34;two&#34;"), "{}", over.text());
    let form = [("csrf", token.as_str()), ("arrival_number", &number), ("access_key", "wrong"), ("message", written)];
    let wrong = me.post("/status", &form);
    assert!(
        wrong.status == 422 && wrong.text().contains("line &#34;two&#34;"),
        "a wrong key loses nothing: {}",
        wrong.text()
    );
    let back =
        me.post("/status", &[("csrf", &token), ("arrival_number", &number), ("access_key", key), ("message", written)]);
    assert!(back.status == 200 && back.text().contains("one\nline &#34;two&#34;</textarea>"), "{}", back.text());
    assert_eq!(
        wait(gateway.gateway.store.messages_list(number.parse().unwrap())).unwrap().len(),
        0,
        "and nothing was sent"
    );
    assert_eq!(me.submit(&page, &format!("{page}/messages"), &[("body", written)]).status, 303);
}

#[test]
fn who_opens_a_filing_again_comes_back_to_the_page_that_was_asked_for_and_to_no_other() {
    let gateway = TestGateway::start();
    let filed = file(&gateway, "Lamp", &[]);
    let (number, key) = (number_of(&filed), filed["access_token"].as_str().unwrap());
    let mut me = Visitor::new(&gateway);
    let asked = format!("/filings/{number}/withdrawal");
    let form = me.get(&asked).header("location").unwrap().to_owned();
    assert_eq!(form, format!("/status?closed=1&next={asked}"));
    let page = me.get(&form).text();
    assert!(page.contains(&format!("name=\"next\" value=\"{asked}\"")), "{page}");
    let open = |me: &mut Visitor, next: &str| {
        let fields = [("arrival_number", number.as_str()), ("access_key", key), ("next", next)];
        me.submit("/status", "/status", &fields).header("location").unwrap().to_owned()
    };
    assert_eq!(open(&mut me, &asked), asked);
    for strange in
        ["https://evil.example/", "//evil.example", "/filings/0000000000000000/mail", "/account", "/filings/x\r\ny"]
    {
        assert_eq!(open(&mut me, strange), format!("/filings/{number}"), "{strange}");
    }
    let unsafe_page = Visitor::new(&gateway).get("/filings/%22%3E/withdrawal").header("location").unwrap().to_owned();
    assert_eq!(unsafe_page, "/status?closed=1");
}
