//! Filing for somebody else with one's own card: a parent, a guardian, a representative with a mandate; what is signed, shown
//! and refused.
use chrono::{Datelike, Days, NaiveDate, Utc};
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::procedures::definition::japan_day;
use madoguchi::procedures::{Catalog, Procedure, Subject};
use madoguchi::store::accounts::Role;
use madoguchi::submission::applicant::Applicant;
use serde_json::{Value, json};

use crate::procedures_pages::{answer, begin, refused};
use crate::support::browser::Browser;
use crate::support::gateway::{ORIGIN, TestGateway, applicant};
use crate::support::http::{filing, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account};

const CARD: &str = "sign-yamada";

fn today() -> NaiveDate {
    japan_day(SystemClock.now())
}

/// The day on which somebody was born who is `years` old from today on.
fn born(years: i32) -> NaiveDate {
    let today = today();
    today
        .with_year(today.year() - years)
        .unwrap_or_else(|| NaiveDate::from_ymd_opt(today.year() - years, 3, 1).unwrap())
}

fn represented(day: NaiveDate) -> Vec<(String, String)> {
    let mut fields = vec![
        ("answers.represented_name".to_owned(), "山田　一".to_owned()),
        ("answers.represented_address".to_owned(), "東京都千代田区霞が関2-1-2".to_owned()),
        ("answers.represented_born.era".to_owned(), "western".to_owned()),
    ];
    for (part, number) in
        [("year", day.year().to_string()), ("month", day.month().to_string()), ("day", day.day().to_string())]
    {
        fields.push((format!("answers.represented_born.{part}"), number));
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn a_parent_files_for_a_child_with_the_parents_own_card_and_everybody_sees_for_whom() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "resident-record-copy", CARD);
    let who = browser.get(&format!("{draft}/form/applicant")).text();
    assert!(who.contains("read your own card here all the same"), "{who}");
    let page = answer(&mut browser, &draft, "filing-as", &[("answers.filing_as", "parent")], "represented").text();
    assert!(page.contains("Enter the person for whom you file, not yourself"), "{page}");

    // Fifteen today is not under fifteen; one day younger is.
    let old = refused(&mut browser, &draft, "represented", &borrowed(&represented(born(15))));
    assert!(old.contains("On the day of filing this person is 15 or older"), "{old}");
    let future = refused(&mut browser, &draft, "represented", &borrowed(&represented(today() + Days::new(1))));
    assert!(future.contains("This day is in the future"), "{future}");
    let me = applicant(CARD);
    let mut myself = represented(me["date_of_birth"].as_str().unwrap().parse().unwrap());
    myself[0].1 = me["name"].as_str().unwrap().replace('　', " ");
    let same = refused(&mut browser, &draft, "represented", &borrowed(&myself));
    assert!(same.contains("This is you, who sign"), "{same}");
    let child = represented(born(15) + Days::new(1));
    answer(&mut browser, &draft, "represented", &borrowed(&child), "scope");

    answer(&mut browser, &draft, "scope", &[("answers.scope", "individual")], "copies");
    answer(&mut browser, &draft, "copies", &[("answers.copies", "1")], "purpose");
    let files = answer(&mut browser, &draft, "purpose", &[("answers.purpose", "school")], "/attachments").text();
    assert!(files.contains("Proof that you have custody") && !files.contains("Mandate"), "{files}");
    let early = browser.post(&format!("{draft}/review"), &[]).text();
    assert!(early.contains("Documents are missing"), "{early}");
    browser.upload(&format!("{draft}/attachments"), &[("attachment", "register.pdf", b"%PDF-1.4")]);
    let review = browser.post(&format!("{draft}/review"), &[]).text();
    for words in
        ["Who signs (you)", "Filed for", "山田　一 (A child under 15: I am the parent with custody", "Article 824"]
    {
        assert!(review.contains(words), "{words}: {review}");
    }
    let bytes = browser.get(&format!("{draft}/application.json")).body;
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(document["applicant"], me, "the applicant is who signs");
    assert_eq!(document["answers"]["represented_name"], "山田　一");
    browser.get(&format!("{draft}/sign"));
    let signature = TestPki::shared().sign(CARD, &bytes);
    let receipt = browser.upload(&format!("{draft}/receipt"), &[("signature", "a.p7s", &signature)]);
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    assert!(receipt.text().contains("山田　一 (A child under 15"), "{}", receipt.text());
    let number =
        receipt.text().split("class=\"reference\">").nth(1).unwrap().split('<').next().unwrap().replace('-', "");
    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let desk = Visitor::signed_in(&gateway, "agency", "tanaka").get(&format!("/agency/filings/{number}")).text();
    assert!(desk.contains("山田　一") && desk.contains("824"), "{desk}");
}

#[test]
fn for_oneself_nothing_more_is_asked_and_no_file_is_taken() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "resident-record-copy", CARD);
    answer(&mut browser, &draft, "filing-as", &[("answers.filing_as", "self")], "scope");
    answer(&mut browser, &draft, "scope", &[("answers.scope", "individual")], "copies");
    answer(&mut browser, &draft, "copies", &[("answers.copies", "1")], "purpose");
    let review = answer(&mut browser, &draft, "purpose", &[("answers.purpose", "bank")], "/review").text();
    assert!(!review.contains("Filed for") && review.contains("Applicant"), "{review}");
}

/// A document as a program makes it: for somebody whom the signer represents.
fn document(answers: Value, attachments: &[(&str, &[u8])]) -> Vec<u8> {
    let now = SystemClock.now();
    let time = |at: chrono::DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let listed: Vec<Value> = attachments
        .iter()
        .map(|(name, bytes)| json!({"name": name, "media_type": "application/pdf", "size": bytes.len(), "sha256": sha256_hex(bytes)}))
        .collect();
    let document = json!({
        "format": "madoguchi/application/1", "gateway": ORIGIN, "procedure": "resident-record-copy", "form_version": 2,
        "application_id": uuid::Uuid::now_v7().to_string(), "recipient": "131016", "created_at": time(now),
        "expires_at": time(now + chrono::Duration::hours(1)), "applicant": applicant(CARD), "answers": answers,
        "attachments": listed,
    });
    serde_json::to_vec(&document).unwrap()
}

fn answers(capacity: &str, born: NaiveDate) -> Value {
    json!({"filing_as": capacity, "represented_name": "鈴木　花", "represented_born": born.to_string(),
        "represented_address": "東京都", "scope": "individual", "copies": 1, "purpose": "x"})
}

#[test]
fn documents_of_programs_are_held_to_the_same() {
    let gateway = TestGateway::start();
    let file = |answers: Value, attachments: &[(&str, &[u8])]| {
        let document = document(answers, attachments);
        let signature = TestPki::shared().sign(CARD, &document);
        gateway.client.post_multipart("/api/v1/submissions", &filing(&document, &signature, attachments))
    };
    let proof: &[(&str, &[u8])] = &[("proof.pdf", b"%PDF-1.4")];
    let child = born(15) + Days::new(1);
    for capacity in ["guardian", "parent", "representative", "adult-guardian"] {
        let without = file(answers(capacity, child), &[]);
        assert_eq!((without.status, without.problem_code().as_str()), (422, "attachments-wanted"), "{capacity}");
    }
    let old = file(answers("guardian", born(15)), proof);
    assert_eq!((old.status, old.json()["faults"][0]["code"].clone()), (422, json!("not-under-age")), "{}", old.text());
    assert_eq!(old.json()["faults"][0]["pointer"], "/represented_born");
    let me = applicant(CARD);
    let mut myself = answers("representative", me["date_of_birth"].as_str().unwrap().parse().unwrap());
    myself["represented_name"] = me["name"].clone();
    let same = file(myself, proof);
    assert_eq!((same.status, same.json()["faults"][0]["code"].clone()), (422, json!("same-as-signer")));
    let mut none = answers("parent", child);
    none.as_object_mut().unwrap().remove("represented_name");
    assert_eq!(file(none, proof).json()["faults"][0]["code"], "required");
    let mut nobody = answers("self", child);
    assert_eq!(file(nobody.clone(), &[]).json()["faults"][0]["code"], "not-asked");
    nobody["filing_as"] = json!("uncle");
    assert_eq!(file(nobody, &[]).json()["faults"][0]["code"], "not-offered");
    for (capacity, day) in [("guardian", child), ("representative", born(40)), ("adult-guardian", born(80))] {
        let taken = file(answers(capacity, day), proof);
        assert_eq!(taken.status, 201, "{capacity}: {}", taken.text());
    }
}

#[test]
fn the_age_is_reckoned_on_the_day_of_filing_in_japan() {
    let catalog = Catalog::builtin().unwrap();
    let procedure = catalog.get("resident-record-copy").unwrap();
    let person = Applicant { name: "山田".into(), date_of_birth: None, sex: None, address: None };
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let codes = |filed_on: &str| {
        let subject = Subject { applicant: &person, today: day("2026-11-23"), filed_on: day(filed_on) };
        let faults = procedure.faults(&answers("parent", day("2011-11-24")), &subject, 10);
        faults.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("2026-11-23"), Vec::<&str>::new());
    assert_eq!(codes("2026-11-24"), ["not-under-age"], "made the day before, filed on the birthday");
    // A form of its own pages is held to the same rule.
    let alias = catalog.get("alias").unwrap();
    let subject = Subject::on_the_day(&person, day("2026-11-23"));
    let child = json!({"for_whom": "child", "child_name": "x", "child_born": "2011-11-23", "child_relation": "parent"});
    assert!(
        alias
            .faults(&child, &subject, 50)
            .iter()
            .any(|fault| fault.code == "not-under-age" && fault.pointer == "/child_born")
    );
}

#[test]
fn a_definition_that_says_who_files_wrongly_is_told_where() {
    let text = include_str!("../../src/procedures/builtin/resident-record-copy.toml");
    for (from, to, key) in [
        ("age_limit = 15", "age_limit = 0", "representation.age_limit"),
        ("capacities = [\"parent\", \"guardian\", \"adult-guardian\", \"representative\"]\n", "", "representation"),
        ("pointer = \"/scope\"", "pointer = \"/represented_name\"", "field[0].pointer"),
    ] {
        let faults = Procedure::from_toml(&text.replace(from, to)).unwrap_err();
        assert!(faults.iter().any(|fault| fault.key == key && fault.line > 0), "{key}: {faults:?}");
    }
    let unknown = text.replace("\"adult-guardian\"", "\"neighbour\"");
    assert!(Procedure::from_toml(&unknown).is_err());
}
