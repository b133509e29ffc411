//! Refusals that help: what happened, what is kept, what to do, where to ask; in every language, for every code. Nothing that
//! was typed is lost by a refusal.
use madoguchi::submission::rejection::RejectionCode;
use madoguchi::web::i18n::Language;

use crate::procedures_pages::{answer, begin};
use crate::support::browser::Browser;
use crate::support::gateway::TestGateway;
use crate::support::pki::TestPki;

/// The text after a heading, up to the next one.
fn under<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let rest = page.split_once(&format!("<h2>{heading}</h2>"))?.1;
    rest.split("<h2>").next()
}

fn words(html: &str) -> usize {
    let mut inside = false;
    html.chars()
        .filter(|c| match c {
            '<' => {
                inside = true;
                false
            }
            '>' => {
                inside = false;
                false
            }
            c => !inside && !c.is_whitespace(),
        })
        .count()
}

#[test]
fn every_refusal_says_what_happened_what_is_kept_what_to_do_and_where_in_every_language() {
    let gateway = TestGateway::start();
    for language in Language::ALL {
        let mut browser = Browser::new(gateway.client, "ja");
        browser.get(&format!("/problems?lang={}", language.tag()));
        for code in RejectionCode::ALL {
            let page = browser.get(&format!("/problems/{}?lang={}", code.as_str(), language.tag())).text();
            for part in ["what", "kept", "do", "where"] {
                let heading = language.t(&format!("problem-heading-{part}"));
                let text = under(&page, &heading)
                    .unwrap_or_else(|| panic!("{}: no {part} in {}", code.as_str(), language.tag()));
                assert!(words(text) >= 8, "{}: {part} in {}: {text}", code.as_str(), language.tag());
            }
        }
    }
}

#[test]
fn a_refused_signature_names_the_office_its_hours_and_when_it_came() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let typed = [("answers.title", "Street lamp"), ("answers.body", "It is out.")];
    answer(&mut browser, &draft, "content", &typed, "/attachments");
    browser.post(&format!("{draft}/review"), &[]);
    browser.get(&format!("{draft}/sign"));
    let wrong = TestPki::shared().sign("sign-smith", b"another document");
    let refused = browser.upload(&format!("{draft}/receipt"), &[("signature", "a.p7s", &wrong)]);
    assert_eq!(refused.status, 422);
    let page = refused.text();
    for part in ["problem-heading-do", "problem-heading-kept", "problem-heading-where"] {
        assert!(under(&page, &Language::En.t(part)).is_some_and(|text| words(text) > 8), "{part}: {page}");
    }
    assert!(page.contains("The general counter of the municipality") && page.contains("Monday to Friday"), "{page}");
    assert!(page.contains("When this reached us") && page.contains("(Reiwa"), "{page}");
    assert!(browser.get(&format!("{draft}/form/content")).text().contains("It is out."), "what was typed is kept");
}

#[test]
fn what_was_typed_into_a_form_that_was_not_taken_is_shown_and_the_draft_is_as_it_was() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let typed = [("answers.title", "Street lamp"), ("answers.body", "It is out.")];
    answer(&mut browser, &draft, "content", &typed, "/attachments");
    browser.forget_token();
    let path = format!("{draft}/form/content");
    let refused = browser.post(&path, &[("answers.title", "New <b>title</b>"), ("answers.body", "A long new text.")]);
    assert_eq!(refused.status, 403);
    let page = refused.text();
    assert!(page.contains("What you typed") && page.contains("A long new text."), "{page}");
    assert!(page.contains("New &#60;b&#62;title") && !page.contains("New <b>title"), "{page}");
    assert!(browser.get(&path).text().contains("It is out."));
    // Too large a form changes nothing either.
    let large = browser.post(&path, &[("answers.body", &"x".repeat(1_200_000))]);
    assert_eq!(large.status, 413, "{}", large.text());
    assert!(under(&large.text(), "What is kept").is_some() && under(&large.text(), "Where to ask").is_some());
    assert!(browser.get(&path).text().contains("It is out."));
}

#[test]
fn a_draft_that_is_not_open_here_leads_to_where_it_is() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let path = "/apply/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/form/applicant";
    let page = browser.get(path);
    assert_eq!(page.status, 404);
    assert!(page.text().contains(&format!("href=\"/sign-in?next={path}\"")), "{}", page.text());
    let other = browser.get("/procedures/none");
    assert!(other.status == 404 && !other.text().contains("/sign-in?next="), "{}", other.text());
}

#[test]
fn a_lost_card_has_a_page_that_is_reached_from_where_people_look() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    for path in ["/", "/sign-in", "/status"] {
        assert!(browser.get(path).text().contains("href=\"/lost-card\""), "{path}");
    }
    for language in Language::ALL {
        let page = browser.get(&format!("/lost-card?lang={}", language.tag())).text();
        for needed in ["tel:0120950178", "0120-95-0178", "href=\"/status\""] {
            assert!(page.contains(needed), "{needed} in {}", language.tag());
        }
    }
}
