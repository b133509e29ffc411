//! The operators' pages of quarantined lists: what is shown, who may do what, and that nothing is done without a token.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::pki::crl::{
    Compared, CrlIdentity, EntryChange, GoneEntry, Judgement, ListBytes, ListDiff, ListRank, ListRecord, ListRow,
    Objections, QuarantineCase,
};
use madoguchi::store::accounts::Role;

use crate::support::archive::issued;
use crate::support::der_pki::*;
use crate::support::gateway::TestGateway;
use crate::support::http::sha256_hex;
use crate::support::visitor::{Visitor, account, wait};

/// A gateway with three operators and a list in quarantine; the list's digest.
fn house() -> (TestGateway, String) {
    let gateway = TestGateway::start();
    for login in ["suzuki", "tanaka", "yamada"] {
        account(&gateway, login, Role::Operator);
    }
    let digest = quarantined(&gateway, 11);
    (gateway, digest)
}

/// Puts a list of a CA that the gateway does not know into quarantine.
fn quarantined(gateway: &TestGateway, number: u64) -> String {
    let der =
        issued(number, 3).entry(entry(&[9], at() - Duration::days(1), &[reason(0)])).der(&Entity::new("CN=Other"));
    let sha256 = sha256_hex(&der);
    let was = "2026-03-01T00:00:00Z keyCompromise".to_owned();
    let diff = ListDiff {
        lost: 1_200,
        changed: 1,
        lost_entries: vec![GoneEntry { serial: "0a0b".to_owned(), was: was.clone() }],
        changed_entries: vec![EntryChange {
            serial: "0c".to_owned(),
            was,
            is: "2026-03-02T00:00:00Z superseded".to_owned(),
        }],
        ..ListDiff::default()
    };
    let this_update = at() - Duration::hours(3);
    let identity = CrlIdentity {
        issuer: "CN=Other <b>".to_owned(),
        number: Some(number.to_string()),
        this_update,
        next_update: Some(at() + Duration::days(1)),
        sha256: sha256.clone(),
    };
    let record = ListRecord {
        row: ListRow { issuer_key: [1; 32], scope_key: [2; 32] },
        rank: ListRank { number: Some(Box::new([11])), this_update, delta: false, sha256: sha256.clone() },
        identity: Arc::new(identity),
        base: None,
        scope: "all certificates".to_owned(),
        entries: 1,
        bytes: ListBytes::in_memory(der),
    };
    let compared_with = Some(Compared { sha256: "ab".repeat(32), this_update: at() - Duration::hours(9) });
    let objections =
        Objections { codes: vec!["entries_lost"], detail: "1200 entries are missing".to_owned(), diff, compared_with };
    let case = QuarantineCase { record, source: "list.crl".to_owned(), objections };
    assert_eq!(wait(gateway.gateway.store.crl_quarantine_judge(case, at())).unwrap(), Judgement::Kept);
    sha256
}

#[test]
fn an_operator_sees_what_speaks_against_a_list_and_two_let_it_in() {
    let (gateway, digest) = house();
    let path = format!("/operator/quarantine/{digest}");
    let mut suzuki = Visitor::signed_in(&gateway, "operator", "suzuki");
    assert!(suzuki.get("/operator").text().contains("1 list is quarantined"));
    let listed = suzuki.get("/operator/quarantine").text();
    assert!(
        listed.contains(&path) && listed.contains("Waiting") && listed.contains("CN=Other &#60;b&#62;"),
        "{listed}"
    );
    let page = suzuki.get(&path).text();
    for shown in
        ["0a0b", "keyCompromise", "superseded", "1200", "list.crl", "entries_lost", "unspecified_reason_is_left_out"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(page.contains("Nobody yet. Two operators are needed."));
    // Without a reason or a choice nothing is done, and what was typed stays.
    let seen = "ab".repeat(32);
    let send = |visitor: &mut Visitor, act: &str, reason: &str, seen: &str| {
        visitor.submit(&path, &path, &[("act", act), ("reason", reason), ("seen", seen)])
    };
    assert_eq!(send(&mut suzuki, "release", " ", &seen).status, 422);
    let unchosen = send(&mut suzuki, "", "they called", &seen);
    assert_eq!((unchosen.status, unchosen.text().contains("they called")), (422, true));
    assert_eq!(send(&mut suzuki, "reopen", "no such choice here", &seen).status, 422);
    // What was not shown is not let in.
    assert_eq!(send(&mut suzuki, "release", "they called", &"cd".repeat(32)).status, 409);
    assert_eq!(send(&mut suzuki, "release", "they called", &seen).status, 303);
    assert_eq!(send(&mut suzuki, "release", "again", &seen).status, 422, "the choice is not there any more");
    let mut tanaka = Visitor::signed_in(&gateway, "operator", "tanaka");
    let page = tanaka.get(&path).text();
    assert!(page.contains("<strong>suzuki</strong>") && page.contains("they called"), "the second sees who was first");
    assert_eq!(send(&mut tanaka, "release", "I asked too", &seen).status, 303);
    assert_eq!(send(&mut suzuki, "take_back", "", &seen).status, 303);
    assert_eq!(send(&mut suzuki, "release", "sure now", &seen).status, 303);
    // Its CA is not trusted here: every other check is made again, and it waits anew.
    let round = madoguchi::gateway::quarantine::round(&gateway.gateway).unwrap();
    assert_eq!((round.let_in, round.failed, round.waiting), (0, 1, 1));
    let page = suzuki.get(&path).text();
    assert!(page.contains("unknown_issuer") && page.contains("Nobody yet"), "{page}");
    let audit = suzuki.get("/operator/audit").text();
    for action in ["quarantine_crl", "release_crl", "take_back_release_of_crl", "let_in_crl", "act_on_quarantined_crl"]
    {
        assert!(audit.contains(action), "{action}");
    }
}

#[test]
fn one_operator_refuses_a_list_for_good_and_another_looks_at_it_again() {
    let (gateway, digest) = house();
    let path = format!("/operator/quarantine/{digest}");
    let mut suzuki = Visitor::signed_in(&gateway, "operator", "suzuki");
    let act =
        |visitor: &mut Visitor, act: &str| visitor.submit(&path, &path, &[("act", act), ("reason", "forged?")]).status;
    assert_eq!(act(&mut suzuki, "discard"), 303);
    let page = suzuki.get(&path).text();
    assert!(
        page.contains("Refused for good") && page.contains("operator suzuki") && page.contains("forged?"),
        "{page}"
    );
    assert!(!suzuki.get("/operator").text().contains("is quarantined"));
    let mut yamada = Visitor::signed_in(&gateway, "operator", "yamada");
    assert_eq!(act(&mut yamada, "reopen"), 303);
    assert!(yamada.get("/operator").text().contains("1 list is quarantined"));
    assert_eq!(yamada.get("/operator/quarantine/xyz").status, 404);
}
