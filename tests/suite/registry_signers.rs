//! Who signs, as the resident registry knows them: kept with the filing as evidence, decided by a clerk where no rule does.
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::gateway::registry::questions::{Choice, Decided};
use madoguchi::jws::REGISTRY_ANSWER_TYP;
use madoguchi::registry::event::Change;
use madoguchi::registry::record::{HouseholdId, Sex};
use madoguchi::store::accounts::Role;
use serde_json::{Value, json};

use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::postgres;
use crate::support::residents::{TWO, enter, entry, note, smith, yamada};
use crate::support::visitor::{Visitor, account, wait};

/// A gateway that keeps two registries; `more` settings beside.
pub fn with_registry(more: &str) -> TestGateway {
    TestGateway::start_with(Wanted { settings: format!("{TWO}{more}"), ..Wanted::default() })
}

/// An agency's API token.
pub fn token_of(gateway: &TestGateway, agency: &str) -> String {
    let added = gateway.gateway.store.agency_token_add(agency.parse().unwrap(), "test", SystemClock.now());
    wait(added).unwrap().secret.to_string()
}

/// Files a document and gives the registry's answers as its evidence has them, and the receipt.
fn evidence(gateway: &TestGateway, card: &str, document: &Value) -> (Vec<Value>, String) {
    let answer = gateway.file(card, document.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let number = answer.json()["arrival_number"].as_str().unwrap().to_owned();
    (answers(gateway, &number), number)
}

/// The registry's answers about a filing.
pub fn answers(gateway: &TestGateway, number: &str) -> Vec<Value> {
    let path = format!("/api/v1/agency/submissions/{number}/evidence");
    let evidence = gateway.client.get_with(&path, &token_of(gateway, "131016")).json();
    evidence["registry"].as_array().cloned().unwrap_or_default()
}

fn answer(gateway: &TestGateway, card: &str) -> Value {
    let (mut all, _) = evidence(gateway, card, &application(card));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// The whole of one question: open at receipt, decided by a clerk, known when asked again.
fn an_open_question_is_decided(gateway: &TestGateway) {
    let written =
        entry(&gateway.gateway, "渡\u{2a4b3}　一郎", "1950-02", Sex::Male, "東京都千代田区霞が関二丁目１番２号");
    let record = enter(&gateway.gateway, "131016", written);
    let (first, number) = evidence(gateway, "sign-watanabe", &application("sign-watanabe"));
    assert_eq!((&first[0]["answer"], &first[0]["record_digest"]), (&json!("undecided"), &Value::Null));
    assert!(first[0]["reasons"].as_array().unwrap().contains(&json!("name:substitute_unknown")), "{first:?}");

    let municipality = "131016".parse().unwrap();
    let store = &gateway.gateway.store;
    let waiting = wait(store.registry_questions(municipality, 10)).unwrap();
    assert_eq!(waiting.len(), 1, "asked by filings and by whoever else, it waits once");
    let id = waiting[0].id;
    let other = wait(gateway.gateway.registry_question("141003".parse().unwrap(), id, "clerk other")).unwrap();
    assert!(other.is_none(), "another municipality's clerks do not see it");
    let question = wait(gateway.gateway.registry_question(municipality, id, "clerk 131016 sato")).unwrap().unwrap();
    assert_eq!(question.records[0].id, record.id);
    let looks = wait(store.registry_accesses_of(record.id, None, 10)).unwrap();
    assert_eq!((looks[0].viewer.as_str(), looks[0].action.as_str()), ("clerk 131016 sato", "view"), "{looks:?}");

    let decide = |choice| wait(gateway.gateway.registry_decide(municipality, id, choice, "clerk 131016 sato")).unwrap();
    assert_eq!(decide(Choice::Record(record.id, [0; 32])), Decided::Changed, "not the state that was looked at");
    assert_eq!(decide(Choice::Record(record.id, record.digest)), Decided::Done(1));
    assert_eq!(decide(Choice::Nobody), Decided::Before);
    let after = answers(gateway, &number);
    assert_eq!((after.len(), &after[1]["answer"], &after[1]["by_clerk"]), (2, &json!("match"), &json!(true)));
    assert_eq!(after[1]["record_digest"], hex::encode(record.digest));
    assert_eq!(after[0], first[0], "what was answered at receipt stays");

    let again = answer(gateway, "sign-watanabe");
    assert_eq!((&again["answer"], &again["by_clerk"]), (&json!("match"), &json!(true)));
    let moved = Change::MovedWithin {
        address: "東京都千代田区九段南１丁目２番１号".to_owned(),
        postcode: None,
        household: HouseholdId::made_at(SystemClock.now()),
        relation: "世帯主".to_owned(),
    };
    note(&gateway.gateway, &record, moved);
    let later = answer(gateway, "sign-watanabe");
    assert_eq!(later["answer"], "undecided", "what was decided holds for the record as it stood: {later}");
}

#[test]
fn what_no_rule_decides_is_decided_by_a_clerk() {
    an_open_question_is_decided(&with_registry(""));
}

#[test]
fn the_same_on_postgresql() {
    let server = postgres::shared();
    let database = format!("[database]\nurl = \"{}\"\n", server.new_database());
    an_open_question_is_decided(&with_registry(&database));
}

#[test]
fn a_clerk_sees_both_sides_and_decides() {
    let gateway = with_registry("");
    let written =
        entry(&gateway.gateway, "渡\u{2a4b3}　一郎", "1950-02", Sex::Male, "東京都千代田区霞が関二丁目１番２号");
    let record = enter(&gateway.gateway, "131016", written);
    let (_, number) = evidence(&gateway, "sign-watanabe", &application("sign-watanabe"));
    account(&gateway, "sato", Role::Clerk("131016".parse().unwrap()));
    account(&gateway, "kato", Role::Clerk("141003".parse().unwrap()));
    let mut clerk = Visitor::signed_in(&gateway, "clerk", "sato");
    let list = clerk.get("/clerk/matches").text();
    let path = list.split("href=\"/clerk/matches/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/clerk/matches/{path}");
    let page = clerk.get(&path).text();
    for shown in
        ["渡辺　一郎", "渡\u{2a4b3}　一郎", "霞が関２－１－２", "霞が関二丁目１番２号", "a substitute for a character"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let mut other = Visitor::signed_in(&gateway, "clerk", "kato");
    assert!(!other.get("/clerk/matches").text().contains(&path));
    assert_eq!(other.get(&path).status, 404);
    let nothing = clerk.submit(&path, &path, &[]);
    assert!(nothing.status == 422 && nothing.text().contains("Choose a record"), "{}", nothing.text());
    let old = format!("{}.{}", record.id, "00".repeat(32));
    assert_eq!(clerk.submit(&path, &path, &[("choice", &old)]).status, 409, "not the state that was looked at");
    let choice = format!("{}.{}", record.id, record.digest_hex());
    let decided = clerk.submit(&path, &path, &[("choice", &choice)]);
    assert_eq!((decided.status, decided.header("location")), (303, Some("/clerk/matches?done=1")));
    assert!(clerk.get("/clerk/matches?done=1").text().contains("Nothing waits for a decision."));
    assert_eq!(clerk.submit("/clerk/password", &path, &[("choice", "nobody")]).status, 409, "decided before");
    assert_eq!(answers(&gateway, &number)[1]["answer"], "match");
    let looks = wait(gateway.gateway.store.registry_accesses_of(record.id, None, 10)).unwrap();
    assert!(looks.iter().any(|look| look.viewer == "clerk 131016 sato" && look.action == "view"), "{looks:?}");
}

#[test]
fn a_japanese_and_a_foreign_resident_are_matched_and_the_answer_is_signed() {
    let gateway = with_registry("");
    for (card, municipality, who) in
        [("sign-yamada", "131016", yamada(&gateway.gateway)), ("sign-smith", "141003", smith(&gateway.gateway))]
    {
        let record = enter(&gateway.gateway, municipality, who);
        let answer = answer(&gateway, card);
        assert_eq!((&answer["answer"], &answer["municipality"]), (&json!("match"), &json!(municipality)), "{answer}");
        assert_eq!(answer["reasons"], json!(["address:width", "address:notation"]));
        assert_eq!(answer["record_digest"], hex::encode(record.digest));
        let statement =
            gateway.gateway.keys.set().verify(REGISTRY_ANSWER_TYP, answer["statement_jws"].as_str().unwrap());
        let statement: Value = serde_json::from_slice(&statement.unwrap().payload).unwrap();
        for member in ["answer", "reasons", "municipality", "record_digest", "asked_at", "purpose", "legal_basis"] {
            assert_eq!(statement[member], answer[member], "{member}");
        }
        let looks = wait(gateway.gateway.store.registry_accesses_of(record.id, None, 10)).unwrap();
        let look = &looks[0];
        assert_eq!(
            (look.viewer.as_str(), look.purpose.as_str(), look.basis.as_str(), look.outcome.as_str()),
            ("agency 131016", "online-application", "bbra-30-10", "match")
        );
    }
}

#[test]
fn two_people_with_the_same_four_attributes_are_not_guessed_between() {
    let gateway = with_registry("");
    enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let answer = answer(&gateway, "sign-yamada");
    assert_eq!((&answer["answer"], &answer["reasons"]), (&json!("undecided"), &json!(["several_records"])));
}

#[test]
fn a_dead_persons_certificate_signs_nothing() {
    let gateway = with_registry("");
    let record = enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let document = application("sign-yamada").to_string();
    let recorded = gateway.file("sign-yamada", document.as_bytes());
    assert_eq!(recorded.status, 201);
    note(&gateway.gateway, &record, Change::Death);
    let refused = gateway.file("sign-yamada", application("sign-yamada").to_string().as_bytes());
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "holder-deceased"), "{}", refused.text());
    let again = gateway.file("sign-yamada", document.as_bytes());
    assert_eq!(again.status, 200, "what was recorded while she lived stays recorded");
    assert_eq!(again.json()["receipt"], recorded.json()["receipt"]);
}

#[test]
fn a_record_that_changes_between_signing_and_receipt_is_answered_as_it_stands_at_receipt() {
    let gateway = with_registry("");
    let record = enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let document = application("sign-yamada");
    let moved = Change::MovedWithin {
        address: "東京都千代田区九段南１丁目２番１号".to_owned(),
        postcode: None,
        household: HouseholdId::made_at(SystemClock.now()),
        relation: "世帯主".to_owned(),
    };
    let now = note(&gateway.gateway, &record, moved);
    let (answers, _) = evidence(&gateway, "sign-yamada", &document);
    assert_eq!((&answers[0]["answer"], &answers[0]["reasons"]), (&json!("moved"), &json!(["address:former_address"])));
    assert_eq!(answers[0]["record_digest"], hex::encode(now.digest), "of the state that was looked at");
}

#[test]
fn without_a_registry_nothing_is_asked_and_nothing_is_told() {
    let gateway = TestGateway::start();
    let (answers, number) = evidence(&gateway, "sign-yamada", &application("sign-yamada"));
    assert!(answers.is_empty());
    let evidence = format!("/api/v1/agency/submissions/{number}/evidence");
    assert!(gateway.client.get_with(&evidence, &token_of(&gateway, "131016")).json().get("registry").is_none());
    assert_eq!(gateway.client.get("/clerk/matches").status, 404);
}

#[test]
fn nobody_here_is_no_match_and_the_filing_is_taken() {
    let gateway = with_registry("");
    let answer = answer(&gateway, "sign-yamada");
    assert_eq!((&answer["answer"], &answer["municipality"]), (&json!("no_match"), &Value::Null));
}
