//! A form that changes: drafts are carried over or say why not, filings keep the version they were signed under, drafts of
//! definitions are for agencies alone.
use std::sync::Arc;

use madoguchi::clock::{Clock, FixedClock, SystemClock};
use madoguchi::store::accounts::Role;

use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account};

const FIRST: &str = r#"
code = "pool"
form_version = 1
recipients = "every-municipality"
fee_yen = 0
title = { ja = "プール", en = "Pool" }
summary = { ja = "プールの利用", en = "Using the pool" }
agency = { ja = "区", en = "The city" }
attachments = { at_most = 0 }

[[field]]
pointer = "/name_of_pool"
kind = "line"
label = { ja = "プール", en = "Which pool" }

[[field]]
pointer = "/lane"
kind = "choice"
label = { ja = "コース", en = "Lane" }
choices = [
    { value = "slow", label = { ja = "遅い", en = "Slow" } },
    { value = "fast", label = { ja = "速い", en = "Fast" } },
]

[[field]]
pointer = "/shoe_size"
kind = "number"
label = { ja = "靴", en = "Shoe size" }
"#;

/// The second version: one field under another name, one choice gone, one field gone, a new one.
fn second(more: &str) -> String {
    let text = FIRST.replace("form_version = 1", &format!("form_version = 2\n{more}"));
    let text = text.replace("\"/name_of_pool\"", "\"/pool\"\nwas = [\"/name_of_pool\"]");
    let text = text.replace(
        "{ value = \"fast\", label = { ja = \"速い\", en = \"Fast\" } }",
        "{ value = \"mixed\", label = { ja = \"混合\", en = \"Mixed\" } }",
    );
    let start = text.find("[[field]]\npointer = \"/shoe_size\"").unwrap();
    let day = "[[field]]\npointer = \"/day\"\nkind = \"date\"\nlabel = { ja = \"日\", en = \"Day\" }\n";
    format!("{}{day}", &text[..start])
}

struct House {
    gateway: TestGateway,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

/// A gateway whose form changes in two days.
fn house(more: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let from = (clock.now() + chrono::Duration::hours(9) + chrono::Duration::days(2)).format("%Y-%m-%d");
    std::fs::write(folder.path().join("1.toml"), FIRST).unwrap();
    std::fs::write(folder.path().join("2.toml"), second(&format!("valid_from = \"{from}\"\n{more}"))).unwrap();
    let draft = FIRST
        .replace("form_version = 1", "form_version = 3\nstate = \"draft\"")
        .replace("Which pool", "Which of the pools");
    std::fs::write(folder.path().join("3.toml"), draft).unwrap();
    let settings = format!(
        "[catalog]\ndirectory = {:?}\n[limits]\nrequests_per_minute = 0\ndraft_life = \"7d\"\nrequest_life = \"7d\"\n",
        folder.path()
    );
    let gateway = TestGateway::start_with(Wanted { settings, clock: clock.clone(), ..Wanted::default() });
    House { gateway, clock, _folder: folder }
}

fn begun(browser: &mut Browser) -> String {
    let draft = crate::procedures_pages::begin(browser, "pool", "sign-yamada");
    for (page, name, value) in
        [("name-of-pool", "name_of_pool", "Kanda"), ("lane", "lane", "fast"), ("shoe-size", "shoe_size", "26")]
    {
        let answer = browser.post(&format!("{draft}/form/{page}"), &[(&format!("answers.{name}"), value)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    draft
}

#[test]
fn a_draft_of_an_old_version_is_carried_over_field_by_field() {
    let house = house("");
    let mut browser = Browser::new(house.gateway.client, "en");
    let draft = begun(&mut browser);
    house.clock.advance(chrono::Duration::days(3));
    let way = browser.get(&format!("{draft}/form")).header("location").map(str::to_owned);
    assert_eq!(way, Some(format!("{draft}/form/pool")), "pages are looked at once more");
    let page = browser.get(&format!("{draft}/form/pool")).text();
    assert!(page.contains("This form has changed") && page.contains("value=\"Kanda\""), "{page}");
    for aside in ["This choice is not offered any more", "The new form does not ask for it", "Shoe size"] {
        assert!(page.contains(aside), "{aside}: {page}");
    }
    for (page, fields) in [
        ("pool", vec![("answers.pool", "Kanda")]),
        ("lane", vec![("answers.lane", "mixed")]),
        ("day", vec![("answers.day.year", "2026"), ("answers.day.month", "12"), ("answers.day.day", "1")]),
    ] {
        assert_eq!(browser.post(&format!("{draft}/form/{page}"), &fields).status, 200);
    }
    let signed = browser.get(&format!("{draft}/application.json")).json();
    assert_eq!(signed["form_version"], 2);
    assert_eq!(signed["answers"], serde_json::json!({"pool": "Kanda", "lane": "mixed", "day": "2026-12-01"}));
}

#[test]
fn a_form_that_takes_nothing_over_says_why() {
    let house = house("not_carried_over = { ja = \"全面改正\", en = \"The law was made anew.\" }");
    let mut browser = Browser::new(house.gateway.client, "en");
    let draft = begun(&mut browser);
    house.clock.advance(chrono::Duration::days(3));
    let page = browser.get(&format!("{draft}/form/pool")).text();
    assert!(
        page.contains("The law was made anew.") && page.contains("Kanda") && !page.contains("value=\"Kanda\""),
        "{page}"
    );
}

#[test]
fn a_filing_keeps_the_version_that_it_was_made_under_and_a_new_one_of_it_is_refused() {
    let house = house("");
    let mut browser = Browser::new(house.gateway.client, "en");
    let draft = begun(&mut browser);
    let document = browser.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign("sign-yamada", &document);
    house.clock.advance(chrono::Duration::days(3));
    let review = browser.get(&format!("{draft}/review"));
    assert!(review.status == 200 && review.text().contains("Shoe size"), "{}", review.text());
    browser.get(&format!("{draft}/sign"));
    let receipt = browser.upload(&format!("{draft}/receipt"), &[("signature", "a.p7s", &signature)]);
    assert_eq!(receipt.status, 200, "made while version 1 was taken: {}", receipt.text());
    let mut late: serde_json::Value = serde_json::from_slice(&document).unwrap();
    late["created_at"] = serde_json::json!(house.clock.now().to_rfc3339());
    late["expires_at"] = serde_json::json!((house.clock.now() + chrono::Duration::days(1)).to_rfc3339());
    late["application_id"] = serde_json::json!(crate::support::gateway::application("sign-yamada")["application_id"]);
    let refused = house.gateway.file("sign-yamada", late.to_string().as_bytes());
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "form-version"), "{}", refused.text());
}

#[test]
fn a_draft_definition_is_looked_at_by_agencies_and_filed_by_nobody() {
    let house = house("");
    let mut browser = Browser::new(house.gateway.client, "en");
    assert!(browser.get("/procedures/pool").text().contains("Pool"));
    let listed = house.gateway.client.get("/api/v1/procedures/pool").json();
    assert_eq!(listed["form_version"], 1);
    account(&house.gateway, "chiyoda", Role::Agency("131016".parse().unwrap()));
    let mut agency = Visitor::signed_in(&house.gateway, "agency", "chiyoda");
    let list = agency.get("/agency/procedures?lang=en").text();
    for state in ["Draft", "Taken now", "Taken later"] {
        assert!(list.contains(state), "{state}: {list}");
    }
    let one = "/agency/procedures/pool/3";
    let overview = agency.get(one).text();
    assert!(overview.contains("This is a draft.") && overview.contains("Which of the pools"), "{overview}");
    let first = agency.submit(one, &format!("{one}/preview"), &[]).text();
    assert!(
        first.contains("Nothing that you type is kept or filed") && first.contains("Which of the pools"),
        "{first}"
    );
    let wrong = agency.submit(one, &format!("{one}/preview"), &[("step", "name-of-pool")]);
    assert_eq!(wrong.status, 422);
    let carried = "{\"name_of_pool\":\"Kanda\",\"lane\":\"slow\"}";
    let fields = [("step", "shoe-size"), ("carried", carried), ("answers.shoe_size", "26")];
    let end = agency.submit(one, &format!("{one}/preview"), &fields).text();
    assert!(end.contains("End of the preview") && end.contains("&#34;shoe_size&#34;: 26"), "{end}");
    for none in ["/agency/procedures/pool/9", "/agency/procedures/none/1"] {
        assert_eq!(agency.get(none).status, 404, "{none}");
    }
}
