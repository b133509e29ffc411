//! The second step as people and programs see it: the API, the agency's feed, the pages, `verify-receipt` and `crl impact`.
use std::process::Command;
use std::sync::Arc;

use chrono::{Duration, SubsecRound};
use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::clock::{Clock, FixedClock};
use madoguchi::store::accounts::Role;
use serde_json::{Value, json};

use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::http::filing;
use crate::support::pki::{TestPki, now};
use crate::support::visitor::{Visitor, account, wait};

const CARD: &str = "sign-yamada";

struct Seen {
    gateway: TestGateway,
    clock: Arc<FixedClock>,
    pki: TestPki,
    number: String,
    token: String,
}

impl Seen {
    fn filed() -> Self {
        let (pki, clock) = (TestPki::copy(), Arc::new(FixedClock::new(now().trunc_subsecs(3))));
        let crls = Some(pki.crls_dir());
        let gateway = TestGateway::start_with(Wanted { crls, clock: clock.clone(), ..Wanted::default() });
        let bytes = application(CARD).to_string().into_bytes();
        let signature = TestPki::shared().sign(CARD, &bytes);
        let answer = gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, &[]));
        assert_eq!(answer.status, 201, "{}", answer.text());
        let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        Self { number: text("arrival_number"), token: text("access_token"), gateway, clock, pki }
    }

    /// A list of now comes in, after `change`, and the gateway makes its round.
    fn list(&self, change: impl FnOnce(&mut madoguchi::authority::Authority)) {
        let list = self.pki.authority_list(CARD);
        let mut authority = self.pki.authority();
        change(&mut authority);
        authority.sign_list(&list, self.clock.now()).unwrap();
        drop(authority);
        let mut background = self.gateway.background();
        actix_web::rt::System::new().block_on(background.round());
    }

    fn status(&self) -> Value {
        self.gateway.client.get_with(&format!("/api/v1/submissions/{}", self.number), &self.token).json()
    }

    fn status_page(&self) -> String {
        let mut visitor = Visitor::new(&self.gateway);
        let opened =
            visitor.submit("/status", "/status", &[("arrival_number", &self.number), ("access_key", &self.token)]);
        let page = visitor.get(opened.header("location").unwrap());
        assert_eq!(page.status, 200, "{}", page.text());
        page.text()
    }

    fn revoke_before_receipt(&self) {
        let before = self.clock.now() - Duration::hours(5);
        self.list(|authority| {
            authority.revoke(&Which::Id(CARD.into()), Reason::KeyCompromise, before).map(drop).unwrap();
        });
    }

    /// Runs `madoguchi verify-receipt` over these files.
    fn verify(&self, receipt: &Value, statements: &Value) -> (i32, Value) {
        let folder = self.gateway.folder();
        let write = |name: &str, text: String| {
            std::fs::write(folder.join(name), text).unwrap();
            folder.join(name)
        };
        let keys = write("jwks.json", self.gateway.gateway.keys.set_json().to_owned());
        let receipt = write("receipt.json", receipt.to_string());
        let statements = write("status.json", statements.to_string());
        let output = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .arg("verify-receipt")
            .arg(receipt)
            .args(["--json", "--keys"])
            .arg(keys)
            .arg("--statement")
            .arg(statements)
            .output()
            .unwrap();
        (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
    }
}

#[test]
fn a_confirmed_filing_is_told_in_api_and_pages() {
    let seen = Seen::filed();
    assert!(seen.status_page().contains("It is checked once more against the next word"));
    seen.clock.advance(Duration::hours(2));
    seen.list(|_| ());
    let status = seen.status();
    assert_eq!((&status["revocation"], &status["status"]), (&json!("confirmed"), &json!("received")));
    let verdicts = status["verdicts"].as_array().unwrap();
    assert_eq!((verdicts.len(), &verdicts[1]["kind"]), (2, &json!("confirmed")));
    let page = seen.status_page();
    assert!(page.contains("it was valid when it arrived") && page.contains("Certificate confirmed"), "{page}");
    assert!(page.contains(verdicts[1]["statement_jws"].as_str().unwrap()), "the statement is there to be kept");
    assert!(page.contains("download=\"evidence-") && page.contains("href=\"data:application/json;base64,"));
}

#[test]
fn a_contested_filing_is_told_to_resident_agency_and_operator() {
    let seen = Seen::filed();
    account(&seen.gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    account(&seen.gateway, "suzuki", Role::Operator);
    seen.clock.advance(Duration::hours(2));
    seen.list(|_| ());
    seen.clock.advance(Duration::hours(2));
    let mut agency = Visitor::signed_in(&seen.gateway, "agency", "tanaka");
    assert_eq!(contested_alone(&mut agency, &seen), (false, true));
    seen.revoke_before_receipt();
    let status = seen.status();
    assert_eq!((&status["revocation"], &status["status"]), (&json!("contested"), &json!("received")));
    let page = seen.status_page();
    assert!(page.contains("Your application is not refused by this alone"), "{page}");

    let queue = agency.get("/agency").text();
    assert!(queue.contains("tag--red\">Contested<"), "{queue}");
    assert_eq!(contested_alone(&mut agency, &seen), (true, true));
    let filing = agency.get(&format!("/agency/filings/{}", seen.number)).text();
    for words in ["what follows is yours to decide", "card or key in other hands", "The verdict is contested"] {
        assert!(filing.contains(words), "{words}: {filing}");
    }
    let feed = wait(seen.gateway.gateway.store.feed_after("131016".parse().unwrap(), 0, 10)).unwrap();
    let kinds: Vec<&str> = feed.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["filed", "confirmed", "contested"]);
    the_feed_over_http_says_the_same(&seen);

    let mut operator = Visitor::signed_in(&seen.gateway, "operator", "suzuki");
    assert!(operator.get("/operator").text().contains("1 filing is contested."));
    let impacts = operator.get("/operator/impacts").text();
    let link = impacts.split("href=\"/operator/impacts/").nth(1).unwrap().split('"').next().unwrap();
    let impact = operator.get(&format!("/operator/impacts/{link}")).text();
    let grouped = seen.number.parse::<madoguchi::ids::ArrivalNumber>().unwrap().grouped();
    assert!(impact.contains(&grouped) && impact.contains("The verdict is contested"), "{impact}");
    for personal in ["山田", "Street lamp", &seen.token, "serial"] {
        assert!(!impact.contains(personal), "{personal} is nothing for operators");
    }
    assert_eq!(operator.get(&format!("/operator/impacts/{}", "0".repeat(64))).status, 404);
    assert_eq!(operator.get("/operator/impacts/nothing").status, 404);
    the_command_says_the_same(&seen, link);
}

/// Whether the filing is shown where contested ones alone are asked for, and where all are.
fn contested_alone(agency: &mut Visitor, seen: &Seen) -> (bool, bool) {
    let link = format!("/agency/filings/{}", seen.number);
    let shows = |agency: &mut Visitor, path: &str| agency.get(path).text().contains(&link);
    (shows(agency, "/agency?certificate=contested"), shows(agency, "/agency"))
}

/// As the agency's program sees it, and what it finds under the filing then.
fn the_feed_over_http_says_the_same(seen: &Seen) {
    let store = &seen.gateway.gateway.store;
    let token = wait(store.agency_token_add("131016".parse().unwrap(), "test", seen.clock.now())).unwrap();
    let token = token.secret.to_string();
    let get = |path: &str| seen.gateway.client.get_with(path, &token).json();
    let feed = get("/api/v1/agency/submissions");
    let told: Vec<(&Value, &Value)> =
        feed["entries"].as_array().unwrap().iter().map(|one| (&one["event"], &one["arrival_number"])).collect();
    let number = json!(seen.number);
    assert_eq!(told, [(&json!("filed"), &number), (&json!("confirmed"), &number), (&json!("contested"), &number)]);
    let filing = get(&format!("/api/v1/agency/submissions/{}", seen.number));
    assert_eq!(filing["revocation"], "contested", "{filing}");
    // Whoever has read up to the confirmation learns of the rest alone.
    let after = &feed["entries"][1]["cursor"];
    let rest = get(&format!("/api/v1/agency/submissions?after={after}"));
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["entries"][0]["event"]), (1, &json!("contested")));
}

fn the_command_says_the_same(seen: &Seen, list: &str) {
    let folder = seen.gateway.folder();
    let text = crate::support::gateway::settings_text(seen.pki.dir(), &seen.pki.crls_dir(), "hold", "");
    std::fs::write(folder.join("impact.toml"), text).unwrap();
    let crl_impact = |digest: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["crl", "impact", "--json", "--config"]).arg(folder.join("impact.toml")).args(digest);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default())
    };
    let (code, lists) = crl_impact(&[]);
    assert_eq!((code, &lists[0]["sha256"], &lists[0]["filings"]), (0, &json!(list), &json!(1)));
    let (code, one) = crl_impact(&[list]);
    assert_eq!((code, &one["filings"][0]["arrival_number"]), (0, &json!(seen.number)));
    assert_eq!(
        (&one["filings"][0]["follows"], &one["filings"][0]["revocation_then"]),
        (&json!("contested"), &json!("confirmed"))
    );
    assert_eq!(crl_impact(&["00"]).0, 64);
    assert_eq!(crl_impact(&[&"0".repeat(64)]).0, 66);
}

#[test]
fn the_chain_of_statements_is_verified_and_nobody_can_shorten_it() {
    let seen = Seen::filed();
    seen.clock.advance(Duration::hours(2));
    seen.list(|_| ());
    seen.clock.advance(Duration::hours(2));
    seen.revoke_before_receipt();
    let path = format!("/api/v1/submissions/{}/receipt", seen.number);
    let receipt = seen.gateway.client.get_with(&path, &seen.token).json();
    let status = seen.status();
    let (code, found) = seen.verify(&receipt, &status);
    assert_eq!((code, &found["result"]), (0, &json!("valid")), "{found}");
    let told: Vec<&Value> = found["statements"].as_array().unwrap().iter().map(|one| &one["revocation"]).collect();
    assert_eq!(told, ["confirmed", "contested"]);
    let mut shortened = status.clone();
    shortened["verdicts"].as_array_mut().unwrap().remove(1);
    let (code, found) = seen.verify(&receipt, &shortened);
    assert_eq!((code, &found["result"]), (1, &json!("invalid")));
    assert!(found["fault"].as_str().unwrap().contains("does not name the one before it"), "{found}");
}

#[test]
fn a_list_that_cannot_be_run_against_the_filings_is_told_until_it_can() {
    let seen = Seen::filed();
    account(&seen.gateway, "suzuki", Role::Operator);
    let mut operator = Visitor::signed_in(&seen.gateway, "operator", "suzuki");
    let store = &seen.gateway.gateway.store;
    let due = wait(store.impacts_due(100)).unwrap();
    let (damaged, name) = (due[0].list, hex::encode(due[0].list));
    let (shelf, rest) = name.split_at(2);
    let file = seen.gateway.folder().join("documents/crls").join(shelf).join(rest);
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, b"something else").unwrap();
    let round = || actix_web::rt::System::new().block_on(async { seen.gateway.background().round().await });
    for _ in 0..2 {
        round();
        let left: Vec<[u8; 32]> = wait(store.impacts_due(100)).unwrap().into_iter().map(|one| one.list).collect();
        assert_eq!(left, [damaged], "it keeps no other list waiting");
        let page = operator.get("/operator").text();
        assert!(page.contains("1 list cannot be run against the filings") && page.contains(&name), "{page}");
    }
    assert!(
        !seen.gateway.gateway.impact_failures.note(damaged, seen.gateway.gateway.impact_failures.all()[0].1.clone())
    );
    std::fs::write(&file, bytes).unwrap();
    round();
    assert!(wait(store.impact_find(damaged, 1)).unwrap().is_some());
    round();
    assert!(!operator.get("/operator").text().contains("cannot be run against the filings"));
}
