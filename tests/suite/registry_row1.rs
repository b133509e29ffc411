//! Row 1: identity verification. An agency asks, with purpose and legal basis; the answer is one word, logged, limited, and
//! the resident sees it. And row 5: the answer takes the place of a copy of the Resident Record.
use madoguchi::gateway::registry::identity::IdentityRefusal;
use madoguchi::registry::event::Change;
use madoguchi::registry::purpose::{Asker, permit};
use madoguchi::registry::query::{ClaimedPerson, IdentityQuery};
use madoguchi::registry::record::{ResidentRecord, Sex};
use madoguchi::store::accounts::Role;
use serde_json::{Value, json};

use crate::registry_signers::{answers, token_of, with_registry};
use crate::support::gateway::{TestGateway, applicant, application};
use crate::support::http::Answer;
use crate::support::pki::TestPki;
use crate::support::resident;
use crate::support::residents::{enter, note, smith, yamada};
use crate::support::visitor::{Visitor, account, wait};
use crate::support::web_eid::AuthenticationCard;

const PATH: &str = "/api/v1/agency/identity";

fn question(card: &str) -> Value {
    let mut question = applicant(card);
    question["purpose"] = json!("child-allowance");
    question["legal_basis"] = json!("bbra-30-10");
    question
}

fn ask(gateway: &TestGateway, token: &str, question: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    gateway.client.post_json(PATH, &[("Authorization", &bearer)], question)
}

fn with(question: &Value, member: &str, value: &str) -> Value {
    let mut question = question.clone();
    question[member] = json!(value);
    question
}

/// What an agency is told of a resident through their life, and what they see of it.
fn is_told(gateway: &TestGateway, token: &str, card: &str, record: &ResidentRecord) {
    let question = question(card);
    let answer = ask(gateway, token, &question);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["result"], &body["record_digest"]), (&json!("match"), &json!(hex::encode(record.digest))));
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["answered_at", "record_digest", "result"], "nothing more of the record");
    for (member, value) in
        [("name", "別人　太郎"), ("address", "東京都千代田区永田町1-7-1"), ("date_of_birth", "1970-01-01")]
    {
        let other = ask(gateway, token, &with(&question, member, value)).json();
        assert_eq!((&other["result"], other.get("record_digest")), (&json!("no_match"), None), "{member}");
    }
    let code = record.code.expose();
    assert_eq!(ask(gateway, token, &with(&question, "code", code)).json()["result"], "match");
    let another = gateway.gateway.registry().unwrap().vault().random_code().unwrap();
    assert_eq!(ask(gateway, token, &with(&question, "code", another.expose())).json()["result"], "no_match");
    let looks = wait(gateway.gateway.store.registry_accesses_of(record.id, None, 50)).unwrap();
    assert_eq!(looks.len(), 2, "the resident sees each look at their record: {looks:?}");
    let look = &looks[0];
    assert_eq!(
        (look.purpose.as_str(), look.basis.as_str(), look.outcome.as_str()),
        ("child-allowance", "bbra-30-10", "match")
    );
    assert!(look.viewer.starts_with("agency 131016 token"), "{}", look.viewer);
}

#[test]
fn row_1_identity_verification() {
    let gateway = with_registry("");
    let token = token_of(&gateway, "131016");
    let hanako = enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let john = enter(&gateway.gateway, "141003", smith(&gateway.gateway));
    is_told(&gateway, &token, "sign-yamada", &hanako);
    is_told(&gateway, &token, "sign-smith", &john);
    note(&gateway.gateway, &hanako, Change::MovedOut { to: Some("271004".parse().unwrap()) });
    note(&gateway.gateway, &john, Change::Death);
    for (card, result) in [("sign-yamada", "moved"), ("sign-smith", "dead")] {
        let answer = ask(&gateway, &token, &question(card)).json();
        assert_eq!((&answer["result"], answer.get("record_digest")), (&json!(result), None));
    }
}

#[test]
fn a_question_without_purpose_or_legal_basis_is_not_answered() {
    let gateway = with_registry("");
    let token = token_of(&gateway, "131016");
    let record = enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let good = question("sign-yamada");
    for (member, value, status) in [
        ("legal_basis", "", 403),
        ("legal_basis", "because", 403),
        ("legal_basis", "bbra-22", 403),
        ("purpose", "", 403),
        ("purpose", "move-in", 403),
        ("name", " ", 400),
        ("date_of_birth", "1985-4-12", 400),
        ("sex", "x", 400),
        ("address", "", 400),
        ("code", "1234567890", 400),
        ("code", "123456789012", 400),
        ("colour", "red", 400),
    ] {
        let answer = ask(&gateway, &token, &with(&good, member, value));
        assert_eq!(answer.status, status, "{member} = {value}: {}", answer.text());
    }
    let code = record.code.expose();
    let last = if code.ends_with('0') { '1' } else { '0' };
    let wrong_digit = format!("{}{last}", &code[..10]);
    assert_eq!(ask(&gateway, &token, &with(&good, "code", &wrong_digit)).status, 400, "a wrong check digit");
    let mut licence = with(&with(&good, "purpose", "licences"), "legal_basis", "bbra-30-9");
    assert_eq!(ask(&gateway, &token, &licence).status, 200);
    licence["code"] = json!(code);
    assert_eq!(ask(&gateway, &token, &licence).status, 403, "the Act does not allow the code there");
    assert_eq!(gateway.client.post_json(PATH, &[], &good).status, 401);
    let looks = wait(gateway.gateway.store.registry_accesses_of(record.id, None, 50)).unwrap();
    assert_eq!(looks.len(), 1, "what was refused looked at nothing");
}

#[test]
fn ten_thousand_questions_in_a_row_are_limited_and_the_limit_is_noted_once() {
    let gateway = with_registry("[registry]\nqueries_per_hour = 50\n");
    let record = enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let person = applicant("sign-yamada");
    let text = |member: &str| person[member].as_str().unwrap().to_owned();
    let query = IdentityQuery {
        person: ClaimedPerson {
            name: text("name"),
            date_of_birth: text("date_of_birth"),
            sex: Sex::Female,
            address: text("address"),
        },
        code: None,
        permit: permit(Asker::Agency, "child-allowance", "bbra-30-10", false).unwrap(),
        asked_by: "agency 131016 sato".to_owned(),
    };
    let agency = "131016".parse().unwrap();
    let (answered, limited) = wait(async {
        let (mut answered, mut limited) = (0, 0);
        for _ in 0..10_000 {
            match gateway.gateway.registry_identity(&query, agency).await {
                Ok(_) => answered += 1,
                Err(IdentityRefusal::Limited) => limited += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        (answered, limited)
    });
    assert_eq!((answered, limited), (50, 9_950));
    let lines = wait(gateway.gateway.store.registry_accesses_list(agency, None, 1000)).unwrap();
    assert_eq!(lines.iter().filter(|line| line.outcome == "limited").count(), 1);
    assert_eq!(lines.len(), 51);
    assert_eq!(wait(gateway.gateway.store.registry_accesses_of(record.id, None, 100)).unwrap().len(), 50);
    let other = IdentityQuery { asked_by: "agency 131016 kato".to_owned(), ..query };
    assert!(wait(gateway.gateway.registry_identity(&other, agency)).is_ok(), "each asker has a limit of their own");
}

#[test]
fn an_agencys_page_asks_and_says_what_is_wrong() {
    let gateway = with_registry("");
    enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let mut visitor = Visitor::signed_in(&gateway, "agency", "tanaka");
    assert!(visitor.get("/agency").text().contains("/agency/identity"));
    let path = "/agency/identity";
    let empty = visitor.submit(path, path, &[("name", "山田　花子")]);
    assert_eq!(empty.status, 422);
    assert!(empty.text().contains("Choose a purpose: without one nothing is answered."), "{}", empty.text());
    let good = [
        ("purpose", "child-allowance"),
        ("legal_basis", "bbra-30-10"),
        ("name", "山田　花子"),
        ("date_of_birth", "1985-04-12"),
        ("sex", "female"),
        ("address", "東京都千代田区千代田１－１－１"),
    ];
    let answer = visitor.submit(path, path, &good);
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("The data are those of a current record"), "{}", answer.text());
    let unwarranted = visitor.submit(path, path, &[&good[..1], &[("legal_basis", "bbra-30-9")], &good[2..]].concat());
    assert!(unwarranted.text().contains("The purpose does not rest on this clause."), "{}", unwarranted.text());
}

#[test]
fn a_resident_sees_who_looked_at_their_record_and_why() {
    let gateway = with_registry("");
    enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    let mut hanako = resident::signed_in(&gateway, &AuthenticationCard::yamada());
    let before = hanako.get("/account/accesses");
    assert!(before.status == 200 && before.text().contains("is not known yet"), "{}", before.text());
    resident::file(&mut hanako, "sign-yamada");
    let offer = resident::link_id(&hanako.get("/account").text());
    hanako.submit("/account", "/account/links", &[("link", &offer), ("answer", "link")]);
    assert_eq!(ask(&gateway, &token_of(&gateway, "131016"), &question("sign-yamada")).status, 200);
    let page = hanako.get("/account/accesses").text();
    for shown in ["Chiyoda City (131016)", "Child allowance", "Online application", "Act, article 30-10"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("token"), "offices are named, their programs and staff are not: {page}");
    let korean = hanako.get("/account/accesses?lang=ko").text();
    assert!(korean.contains("법적 근거") && korean.contains("lang=\"en\""), "{korean}");
    let mut stranger = resident::signed_in(&gateway, &AuthenticationCard::of(TestPki::shared(), "auth-smith"));
    assert!(!stranger.get("/account/accesses").text().contains("Child allowance"));
}

/// A claim for child allowance by the holder of `card`.
fn claim(card: &str) -> Value {
    let mut document = application(card);
    document["procedure"] = json!("child-allowance");
    document["answers"] = json!({
        "filed_by": "self", "own_name": document["applicant"]["name"], "own_born": document["applicant"]["date_of_birth"],
        "reason": "birth", "reason_day": "2026-11-01", "capacity": "parent",
        "children": [{"name": "山田　一", "date_of_birth": "2026-11-01", "lives_with": "together"}],
        "lives_apart": false, "pension": "none", "public_account": true, "telephone": "0312345678", "declared": true,
    });
    document
}

#[test]
fn row_5_a_copy_of_the_resident_record_need_not_be_attached() {
    let gateway = with_registry("");
    enter(&gateway.gateway, "131016", yamada(&gateway.gateway));
    enter(&gateway.gateway, "141003", smith(&gateway.gateway));
    let before = gateway.client.get("/procedures/child-allowance?lang=en").text();
    assert!(before.contains("Need not be attached") && before.contains("A copy of your Resident Record"), "{before}");
    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let mut agency = Visitor::signed_in(&gateway, "agency", "tanaka");
    for (card, found) in [("sign-yamada", "match"), ("sign-smith", "match"), ("sign-suzuki", "no_match")] {
        let filed = gateway.file(card, claim(card).to_string().as_bytes());
        assert_eq!(filed.status, 201, "{}", filed.text());
        let number = filed.json()["arrival_number"].as_str().unwrap().to_owned();
        let evidence = answers(&gateway, &number);
        assert_eq!(
            (&evidence[0]["answer"], &evidence[0]["purpose"], &evidence[0]["legal_basis"]),
            (&json!(found), &json!("child-allowance"), &json!("bbra-30-10")),
        );
        let page = agency.get(&format!("/agency/filings/{number}")).text();
        assert!(page.contains("A copy of your Resident Record"), "{page}");
        let replaced = !page.contains("does not take its place");
        assert_eq!(replaced, found == "match", "{page}");
    }
    let without = TestGateway::start();
    assert!(!without.client.get("/procedures/child-allowance?lang=en").text().contains("Need not be attached"));
}
