//! What nobody should type, in every field: it is refused in words or signed harmlessly, never a fault of the gateway and
//! never markup of a page.
use serde_json::json;

use crate::procedures_pages::{answer, begin, refused};
use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, application};
use crate::support::http::filing;
use crate::support::pki::TestPki;

const SCRIPT: &str = "\"><script>alert(1)</script>";

#[test]
fn script_in_every_field_of_every_procedure_stays_text() {
    let gateway = TestGateway::start();
    let catalog = &gateway.gateway.catalog;
    for procedure in catalog.iter() {
        let mut browser = Browser::new(gateway.client, "en");
        let draft = begin(&mut browser, procedure.code.as_str(), "sign-yamada");
        for page in &procedure.pages {
            let group = procedure.group_of(page);
            let (at, prefix) = group.map_or((page.id.clone(), String::new()), |group| {
                (format!("{}/1", page.id), format!("{}/0/", group.name()))
            });
            let asked: Vec<_> = procedure.fields_of(page).collect();
            let asked = group.map_or(asked, |group| group.fields.iter().collect());
            let mut names: Vec<String> =
                asked.iter().map(|field| format!("answers.{prefix}{}", field.name())).collect();
            names.extend(
                names
                    .clone()
                    .iter()
                    .flat_map(|name| ["era", "year", "month", "day"].map(|part| format!("{name}.{part}"))),
            );
            let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), SCRIPT)).collect();
            let answer = browser.post(&format!("{draft}/form/{at}"), &fields);
            assert!([200, 303, 404, 422].contains(&answer.status), "{at}: {}", answer.status);
            assert!(!answer.text().contains("<script>alert"), "{} {at}", procedure.code);
            assert!(!browser.get(&format!("{draft}/form/{}", page.id)).text().contains("<script>alert"), "{at}");
        }
        for common in [[("name", SCRIPT)], [("recipient", SCRIPT)]] {
            for page in ["applicant", "recipient"] {
                assert!(!browser.post(&format!("{draft}/form/{page}"), &common).text().contains("<script>alert"));
            }
        }
    }
}

#[test]
fn a_megabyte_in_a_text_field_is_too_long_and_costs_little() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let megabyte = "a".repeat(1_000_000);
    let told = refused(&mut browser, &draft, "content", &[("answers.title", &megabyte), ("answers.body", "b")]);
    assert!(told.contains("only its first 100,000 characters were kept. Use at most 200"), "{}", told.len());
    assert!(told.len() < 150_000, "the page does not give it all back");
    let larger = "a".repeat(1_100_000);
    let refused = browser.post(&format!("{draft}/form/content"), &[("answers.title", &larger)]);
    assert_eq!((refused.status, refused.text().contains("too-large")), (413, true), "{}", refused.text());
}

#[test]
fn ten_thousand_fields_are_refused_and_nothing_of_them_is_kept() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let names: Vec<String> = (0..10_000).map(|index| format!("answers.x{index}")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let refused = browser.post(&format!("{draft}/form/content"), &fields);
    assert_eq!(refused.status, 400, "{}", refused.text());
    let many: serde_json::Map<String, serde_json::Value> =
        (0..10_000).map(|index| (format!("x{index}"), json!(index))).collect();
    let mut document = application("sign-yamada");
    document["answers"] = many.into();
    let bytes = document.to_string().into_bytes();
    let signature = TestPki::shared().sign("sign-yamada", &bytes);
    let refused = gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, &[]));
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "answers-invalid"));
    assert!(refused.text().len() < 20_000, "not every fault is told");
}

#[test]
fn dates_that_never_were_and_birthdays_to_come_are_told_with_what_may_be_meant() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "child-allowance", "sign-yamada");
    let date = |era: &'static str, year: &'static str, month: &'static str, day: &'static str| {
        [
            ("answers.reason", "birth"),
            ("answers.reason_day.era", era),
            ("answers.reason_day.year", year),
            ("answers.reason_day.month", month),
            ("answers.reason_day.day", day),
        ]
    };
    for (fields, words) in [
        (date("heisei", "32", "1", "1"), "Heisei ended on 30 April 2019 (Heisei 31). Did you mean Reiwa 2?"),
        (date("reiwa", "1", "4", "30"), "Reiwa began on 1 May 2019 (Reiwa 1)"),
        (date("western", "2026", "2", "29"), "There is no such day in the calendar"),
        (date("western", "2026", "", "1"), "Enter the year, the month and the day"),
        (date("meiji", "5", "1", "1"), "Days before 1 January 1873"),
        (date("western", "x", "1", "1"), "Enter year, month and day in digits"),
        (date("\"><b>", "8", "1", "1"), "Enter year, month and day in digits"),
    ] {
        let told = refused(&mut browser, &draft, "reason", &fields);
        assert!(told.contains(words), "{words}: {told}");
        assert!(told.contains("href=\"#f-answers-reason_day\"") && told.contains(" autofocus"), "{words}");
    }
    answer(&mut browser, &draft, "filed-by", &[("answers.filed_by", "self")], "you");
    let birthday = [
        ("answers.children/0/name", "山田　一"),
        ("answers.children/0/lives_with", "together"),
        ("answers.children/0/date_of_birth.era", "western"),
        ("answers.children/0/date_of_birth.year", "2999"),
        ("answers.children/0/date_of_birth.month", "1"),
        ("answers.children/0/date_of_birth.day", "1"),
    ];
    let told = refused(&mut browser, &draft, "children/1", &birthday);
    assert!(told.contains("This day is in the future"), "{told}");
}

#[test]
fn hidden_characters_are_taken_out_with_a_word_and_names_have_no_emoji() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "general-application", "sign-yamada");
    let hidden = [("answers.title", "invoice\u{202e}fdp.exe\u{200b}"), ("answers.body", "عربي 👨\u{200d}👩 𠮷")];
    let next = answer(&mut browser, &draft, "content", &hidden, "/attachments");
    assert_eq!(next.status, 200);
    browser.post(&format!("{draft}/review"), &[]);
    let signed = browser.get(&format!("{draft}/application.json")).json();
    assert_eq!(signed["answers"], json!({"title": "invoicefdp.exe", "body": "عربي 👨\u{200d}👩 𠮷"}));

    let draft = begin(&mut browser, "moving-out", "sign-yamada");
    answer(&mut browser, &draft, "filing-as", &[("answers.filing_as", "self")], "date");
    answer(&mut browser, &draft, "destination", &[("answers.destination", "japan")], "new-address");
    for (name, words) in [
        ("山田😀", "“😀 U+1F600” cannot be used in a name"),
        ("山田\u{e000}", "“U+E000” cannot be used in a name"),
        ("ﾔﾏﾀﾞ", "“ﾔ U+FF94” cannot be used in a name"),
        ("山田<b>", "“&#60; U+003C” cannot be used in a name"),
    ] {
        let told = refused(&mut browser, &draft, "new-address", &[("answers.new_head", name)]);
        assert!(told.contains(words), "{name}: {told}");
    }
    let kept = [
        ("answers.new_municipality", "131041"),
        ("answers.new_address", "x"),
        ("answers.new_head", "葛\u{e0100}城　𠮷"),
    ];
    answer(&mut browser, &draft, "new-address", &kept, "who-moves");
}

#[test]
fn what_hides_in_a_document_that_was_made_elsewhere_is_shown_by_its_number() {
    let gateway = TestGateway::start();
    let procedure = gateway.gateway.catalog.get("general-application").unwrap();
    let shown = procedure.shown(madoguchi::procedures::Language::En, &json!({"title": "a\u{202e}b", "body": "c"}));
    assert_eq!(shown[0].value, "a⟨U+202E⟩b");
}
