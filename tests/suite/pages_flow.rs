//! The residents' pages over HTTP, without JavaScript: from the list of procedures to the receipt and the status, and
//! what happens when something is wrong on the way.
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted, applicant};
use crate::support::http::{Answer, sha256_hex};
use crate::support::pki::TestPki;

const ANSWERS: [(&str, &str); 2] = [
    ("answers.title", "街灯の修理"),
    ("answers.body", "3番地の前の街灯が消えています。\r\n<b>修理</b>をお願いします。"),
];

/// What a PNG begins with, and a little more.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// Begins a general application and gives the path of its draft.
fn begin(browser: &mut Browser) -> String {
    browser.get("/procedures/general-application");
    let form = browser.post("/procedures/general-application/start", &[("anew", "yes")]);
    assert_eq!(form.status, 303, "{}", form.text());
    let page = browser.get(form.header("x-was-at").unwrap());
    page.header("location").unwrap().strip_suffix("/form/applicant").unwrap().to_owned()
}

/// Begins one and fills it in with the certificate of `card`, up to the page of the attachments.
pub fn fill_in(browser: &mut Browser, card: &str) -> String {
    let draft = begin(browser);
    let certificate = std::fs::read(TestPki::shared().certificate_path(card)).unwrap();
    let read = browser.upload(&format!("{draft}/certificate"), &[("certificate", "card.pem", &certificate)]);
    assert_eq!(read.status, 200, "{}", read.text());
    let next = browser.post(&format!("{draft}/form/applicant"), &[]);
    assert_eq!(next.header("x-was-at"), Some(format!("{draft}/form/recipient").as_str()), "{}", next.text());
    let next = browser.post(&format!("{draft}/form/recipient"), &[("recipient", "千代田区")]);
    assert_eq!(next.header("x-was-at"), Some(format!("{draft}/form/content").as_str()), "{}", next.text());
    let attachments = browser.post(&format!("{draft}/form/content"), &ANSWERS);
    assert_eq!(attachments.header("x-was-at"), Some(format!("{draft}/attachments").as_str()), "{}", attachments.text());
    draft
}

/// Fills one in, reviews it and gives the draft's path and the document to be signed.
fn review(browser: &mut Browser, card: &str) -> (String, Vec<u8>) {
    let draft = fill_in(browser, card);
    let review = browser.post(&format!("{draft}/review"), &[]);
    assert_eq!(review.status, 200, "{}", review.text());
    let document = browser.get(&format!("{draft}/application.json"));
    assert_eq!(document.status, 200);
    (draft, document.body)
}

fn submit(browser: &mut Browser, draft: &str, signature: &[u8]) -> Answer {
    browser.get(&format!("{draft}/sign"));
    browser.upload(&format!("{draft}/receipt"), &[("signature", "application.p7s", signature)])
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}")).1;
    rest.split(after).next().unwrap()
}

#[test]
fn an_application_goes_from_the_form_to_the_receipt_without_javascript() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "ja");
    let draft = fill_in(&mut browser, "sign-yamada");
    let files: [(&str, &str, &[u8]); 2] =
        [("attachment", "C:\\図面\\地図.png", PNG), ("attachment", "notes.txt", b"text")];
    let listed = browser.upload(&format!("{draft}/attachments"), &files).text();
    assert!(listed.contains("地図.png") && listed.contains("notes.txt") && !listed.contains("C:\\"), "{listed}");
    let left = browser.post(&format!("{draft}/attachments/1/remove"), &[]).text();
    assert!(left.contains("地図.png") && !left.contains("notes.txt"));

    let review = browser.post(&format!("{draft}/review"), &[]).text();
    let document = browser.get(&format!("{draft}/application.json"));
    assert_eq!(document.header("content-disposition"), Some("attachment; filename=\"application.json\""));
    let signed: Value = document.json();
    let person = applicant("sign-yamada");
    assert_eq!(signed["applicant"], person);
    assert_eq!(signed["answers"]["body"], "3番地の前の街灯が消えています。\n<b>修理</b>をお願いします。");
    assert_eq!(signed["attachments"][0]["sha256"], sha256_hex(PNG));
    for shown in
        [person["name"].as_str().unwrap(), person["address"].as_str().unwrap(), "街灯の修理", "千代田区（131016）"]
    {
        assert!(review.contains(shown), "{shown}");
    }
    assert!(!review.contains("<b>修理") && review.contains(&sha256_hex(&document.body)));
    let request = browser.get(&format!("{draft}/application.mgreq")).json();
    assert_eq!(STANDARD.decode(request["application"].as_str().unwrap()).unwrap(), document.body);
    assert_eq!(request["request"].as_str().unwrap().split('.').count(), 3);

    let signature = TestPki::shared().sign("sign-yamada", &document.body);
    let receipt = submit(&mut browser, &draft, &signature);
    assert_eq!((receipt.status, receipt.header("cache-control")), (200, Some("no-store")), "{}", receipt.text());
    let text = receipt.text();
    let (number, key) =
        (between(&text, "class=\"reference\">", "<").to_owned(), between(&text, "id=\"access-key\">", "<").to_owned());
    assert_eq!(number.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
    follow_up(&mut browser, &draft, &number, &key, &signature);
}

/// What comes after the receipt: it can be read again without the key, sent again, kept, and looked up.
fn follow_up(browser: &mut Browser, draft: &str, number: &str, key: &str, signature: &[u8]) {
    let again = browser.get(&format!("{draft}/receipt")).text();
    assert!(again.contains(number) && !again.contains(key));
    let twice = submit(browser, draft, signature).text();
    assert!(twice.contains(number) && !twice.contains(key));
    let jws = browser.get(&format!("{draft}/receipt.jws"));
    assert_eq!((jws.header("content-type"), jws.text().split('.').count()), (Some("application/jose"), 3));
    let receipt = browser.get(&format!("{draft}/receipt.json")).json();
    assert_eq!(receipt["arrival_number"], number.replace('-', ""));

    browser.get("/status");
    let found = browser.post("/status", &[("arrival_number", number), ("access_key", key)]);
    assert_eq!(found.status, 200, "{}", found.text());
    assert!(found.text().contains("受付済み") && found.text().contains("一般申請"));
    for (number, key, words) in [
        (number, "of-another-filing", "見つかりません"),
        ("1234-5678-9012-3456", key, "打ち間違い"),
        ("12", key, "16桁"),
    ] {
        let refused = browser.post("/status", &[("arrival_number", number), ("access_key", key)]);
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains(words), "{}", refused.text());
        assert!(!refused.text().contains(key), "the key is not written into the page again");
    }
}

#[test]
fn what_was_typed_stays_when_something_is_wrong_with_it() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser);
    let long = "x".repeat(201);
    for (step, fields, told) in [
        (
            "applicant",
            vec![("name", "Smith \"Jo\""), ("date_of_birth", "31.12.1980")],
            vec![("sex", "Sex: Choose one"), ("date_of_birth", "Date of birth: Enter the date like")],
        ),
        ("recipient", vec![("recipient", "999999")], vec![("recipient", "Municipality: Check the municipality")]),
        (
            "content",
            vec![("answers.title", long.as_str())],
            vec![("answers-title", "Title: Use at most 200 characters"), ("answers-body", "Text: Fill this in")],
        ),
    ] {
        let page = format!("{draft}/form/{step}");
        let answer = browser.post(&page, &fields);
        let text = answer.text();
        assert_eq!(answer.status, 422, "{step}");
        for (id, words) in told {
            assert!(text.contains(&format!("<a href=\"#f-{id}\">{words}")), "{id}: {text}");
            assert!(text.contains(&format!("id=\"f-{id}-error\"")), "{id}");
        }
        assert!(text.contains("<title>Error: ") && text.contains(" autofocus"), "{step}");
        let later = browser.get(&page).text();
        for (_, value) in fields {
            assert!(later.contains(&value.replace('"', "&#34;")), "{value} is there when one comes back");
        }
    }
    let early = browser.get(&format!("{draft}/review"));
    assert_eq!(early.header("location"), Some(format!("{draft}/form").as_str()), "nothing to review yet");
    let overview = browser.get("/procedures/general-application").text();
    assert!(overview.contains(&format!("{draft}/form")), "the draft is offered again");
    let gone = browser.post(&format!("{draft}/discard"), &[]);
    assert_eq!(gone.status, 200);
    assert_eq!(browser.get(&format!("{draft}/form")).status, 404);
}

#[test]
fn a_certificate_locks_the_applicant_and_a_file_without_a_person_does_not() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser);
    let refused = browser.upload(&format!("{draft}/certificate"), &[("certificate", "x.pem", b"no certificate")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("No certificate of a person"));
    let certificate = STANDARD.encode(TestPki::shared().certificate("sign-smith"));
    let locked =
        browser.upload(&format!("{draft}/certificate"), &[("certificate", "x", certificate.as_bytes())]).text();
    let name = applicant("sign-smith")["name"].as_str().unwrap().to_owned();
    assert!(locked.contains(&format!("value=\"{name}\"")) && locked.contains("readonly"), "{locked}");
    let refused = browser.post(&format!("{draft}/form/applicant"), &[("name", "Somebody Else")]);
    assert_eq!(refused.status, 422, "a locked field is not overwritten");
    assert!(refused.text().contains("Full name: This was taken from your certificate"), "{}", refused.text());
    assert!(!browser.get(&format!("{draft}/form/applicant")).text().contains("Somebody Else"));
    assert!(!browser.post(&format!("{draft}/unlock"), &[]).text().contains("readonly"));
}

#[test]
fn a_draft_is_seen_by_its_own_browser_alone_and_not_for_longer_than_a_day() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() });
    let (mut mine, mut other) = (Browser::new(gateway.client, "ja"), Browser::new(gateway.client, "ja"));
    let (draft, _) = review(&mut mine, "sign-yamada");
    other.get("/procedures/general-application");
    for page in [
        "form",
        "form/content",
        "attachments",
        "review",
        "sign",
        "receipt",
        "application.json",
        "application.mgreq",
        "receipt.jws",
    ] {
        assert_eq!(other.get(&format!("{draft}/{page}")).status, 404, "{page}");
    }
    for action in ["form/applicant", "form/content", "review", "unlock"] {
        assert_eq!(other.post(&format!("{draft}/{action}"), &[]).status, 404, "{action}");
    }
    other.post(&format!("{draft}/discard"), &[]);
    other.post(&format!("{draft}/attachments/0/remove"), &[]);
    assert_eq!(mine.get(&format!("{draft}/review")).status, 200, "another browser changed nothing");
    clock.advance(chrono::Duration::hours(24));
    assert_eq!(mine.get(&format!("{draft}/form")).status, 404);
    clock.advance(chrono::Duration::days(7));
    let purged = actix_web::rt::System::new()
        .block_on(gateway.gateway.store.drafts_expire(chrono::Duration::days(7), clock.now()))
        .unwrap();
    assert_eq!(purged, 1);
}

#[test]
fn nothing_changes_without_the_token_of_a_page() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = fill_in(&mut browser, "sign-yamada");
    browser.forget_token();
    assert_eq!(browser.post("/procedures/general-application/start", &[("anew", "yes")]).status, 403);
    for action in ["form/content", "review", "unlock", "discard", "attachments/0/remove"] {
        assert_eq!(browser.post(&format!("{draft}/{action}"), &[]).status, 403, "{action}");
    }
    for action in ["attachments", "receipt", "certificate"] {
        assert_eq!(browser.upload(&format!("{draft}/{action}"), &[]).status, 403, "{action}");
    }
    assert_eq!(browser.upload("/verify", &[("signature", "x", b"x")]).status, 403);
    assert_eq!(browser.post("/status", &[]).status, 403);
    assert_eq!(browser.get(&format!("{draft}/attachments")).status, 200);
}

#[test]
fn a_refused_signature_is_explained_and_can_be_made_again() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let (draft, document) = review(&mut browser, "sign-yamada");
    let pki = TestPki::shared();
    for (signature, status, words) in [
        (Vec::new(), 422, "Choose the signature file"),
        (b"not a signature".to_vec(), 422, "not a signature file of the form"),
        (pki.sign("sign-yamada", b"another document"), 422, "not the one that was signed"),
        (pki.sign("auth-yamada", &document), 422, "is not one for signing"),
        (pki.sign("sign-smith", &document), 422, "The applicant is not the person who signed"),
    ] {
        let refused = submit(&mut browser, &draft, &signature);
        assert_eq!(refused.status, status, "{words}");
        assert!(refused.text().contains(words), "{words}: {}", refused.text());
        assert!(refused.text().contains("role=\"alert\""), "{words}");
    }
    let (tanaka, document_of_tanaka) = review(&mut browser, "sign-tanaka");
    let ended = submit(&mut browser, &tanaka, &pki.sign("sign-tanaka", &document_of_tanaka)).text();
    assert!(
        ended.contains("moved or changed their name") && ended.contains("Renew it at your municipality"),
        "{ended}"
    );
    let right = submit(&mut browser, &draft, &pki.sign("sign-yamada", &document));
    assert_eq!(right.status, 200, "{}", right.text());
    assert!(right.text().contains("access-key"));
}

#[test]
fn a_filing_whose_certificate_cannot_be_judged_yet_is_shown_as_held() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let (draft, document) = review(&mut browser, "sign-ito");
    let held = submit(&mut browser, &draft, &TestPki::shared().sign("sign-ito", &document)).text();
    assert!(held.contains("Your application is on hold") && held.contains("access-key"), "{held}");
}

#[test]
fn anyone_can_have_a_signature_checked() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let (content, signature) = (b"a letter".as_slice(), TestPki::shared().sign("sign-yamada", b"a letter"));
    browser.get("/verify");
    for (content, heading, more) in [
        (Some(content), "The signature is valid", "TOTAL_PASSED"),
        (Some(b"another letter".as_slice()), "The signature is not valid", "HASH_FAILURE"),
        (None, "could not be confirmed", "SIGNED_DATA_NOT_FOUND"),
    ] {
        let files =
            [("signature", "s.p7s", signature.as_slice()), ("content", "letter.txt", content.unwrap_or_default())];
        let verdict = browser.upload("/verify", &files);
        assert_eq!(verdict.status, 200);
        assert!(verdict.text().contains(heading) && verdict.text().contains(more), "{}", verdict.text());
        browser.get("/verify");
    }
    let nothing = browser.upload("/verify", &[("signature", "", b"")]);
    assert_eq!(nothing.status, 422);
    assert!(nothing.text().contains("Choose a signature file"));
}

#[test]
fn every_check_of_a_report_is_told_in_words() {
    use madoguchi::web::i18n::Language;
    let (gateway, pki) = (TestGateway::start(), TestPki::shared());
    for card in ["sign-yamada", "auth-yamada", "sign-tanaka", "sign-sato", "sign-ito", "rsa2048-alice", "p256-carol"] {
        let report = gateway.gateway.validate(&pki.sign(card, b"x"), Some(b"x"));
        let names: Vec<&str> = report.signatures.iter().flat_map(|one| &one.checks).map(|check| check.name).collect();
        assert!(names.len() > 20, "{card}: {names:?}");
        for name in names {
            for language in Language::ALL {
                let key = format!("check-{}", name.replace('_', "-"));
                assert!(language.find(&key).is_some(), "{key} is missing in {}", language.tag());
            }
        }
    }
}

#[test]
fn pages_come_in_the_language_that_was_asked_for() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en-GB, ja;q=0.5");
    assert_eq!(browser.get("/").header("content-language"), Some("en"));
    assert!(browser.get("/?lang=ja").text().contains("<html lang=\"ja\">"));
    assert_eq!(browser.get("/procedures").header("content-language"), Some("ja"), "the choice is remembered");
    let missing = browser.get("/nothing-here");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("ページが見つかりません") && missing.text().contains("not-found"));
    for page in ["/help", "/privacy", "/problems", "/problems/signature-refused", "/status", "/verify"] {
        let answer = browser.get(page);
        assert_eq!(answer.status, 200, "{page}");
        let text = answer.text();
        assert!(!text.contains(" style=") && !text.contains("<script>") && !text.contains("onclick"), "{page}");
        assert!(text.contains("<main") && text.contains("skip-link"), "{page}");
    }
}

#[test]
fn an_embedded_file_may_be_kept_for_good_and_changes_its_name_with_its_content() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let home = browser.get("/").text();
    let address = between(&home, "<link rel=\"stylesheet\" href=\"", "\"").to_owned();
    let css = browser.get(&address);
    assert_eq!(css.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(address.contains(&sha256_hex(&css.body)[..16]), "{address}");
    assert_eq!(browser.get("/assets/app.css").status, 404);
}
