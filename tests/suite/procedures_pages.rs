//! Procedures of different shapes through their pages, without JavaScript: conditions, groups, eras, documents that depend on
//! answers, what was typed put into the usual form, and answers of pages that are not asked any more.
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, applicant};
use crate::support::http::Answer;
use crate::support::pki::TestPki;

/// Begins a procedure with the certificate of `card`, for Chiyoda; gives the path of its draft.
pub fn begin(browser: &mut Browser, code: &str, card: &str) -> String {
    browser.get(&format!("/procedures/{code}"));
    let form = browser.post(&format!("/procedures/{code}/start"), &[]);
    let draft = form.header("x-was-at").unwrap().strip_suffix("/form").unwrap().to_owned();
    browser.get(&format!("{draft}/form/applicant"));
    let certificate = std::fs::read(TestPki::shared().certificate_path(card)).unwrap();
    browser.upload(&format!("{draft}/certificate"), &[("certificate", "card.pem", &certificate)]);
    answer(browser, &draft, "applicant", &[], "recipient");
    browser.post(&format!("{draft}/form/recipient"), &[("recipient", "131016")]);
    draft
}

/// Posts a page that is right, and sees where it leads.
#[track_caller]
pub fn answer(browser: &mut Browser, draft: &str, page: &str, fields: &[(&str, &str)], next: &str) -> Answer {
    let answer = browser.post(&format!("{draft}/form/{page}"), fields);
    let wanted = if next.starts_with('/') { format!("{draft}{next}") } else { format!("{draft}/form/{next}") };
    assert_eq!(answer.header("x-was-at"), Some(wanted.as_str()), "{page}: {}", answer.text());
    answer
}

/// Posts a page that has something wrong on it; gives the page.
#[track_caller]
pub fn refused(browser: &mut Browser, draft: &str, page: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(&format!("{draft}/form/{page}"), fields);
    assert_eq!(answer.status, 422, "{page}: {}", answer.text());
    answer.text()
}

fn date(name: &str, era: &str, year: &str, month: &str, day: &str) -> Vec<(String, String)> {
    let parts = [("era", era), ("year", year), ("month", month), ("day", day)];
    parts.map(|(part, value)| (format!("answers.{name}.{part}"), value.to_owned())).to_vec()
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn member(index: usize, name: &str, year: &str) -> Vec<(String, String)> {
    let at = format!("members/{index}");
    let mut fields = date(&format!("{at}/date_of_birth"), "heisei", year, "4", "1");
    fields.push((format!("answers.{at}/name"), name.to_owned()));
    fields.push((format!("answers.{at}/kana"), "ﾔﾏﾀﾞ ﾀﾛｳ".to_owned()));
    fields.push((format!("answers.{at}/relation"), "child".to_owned()));
    fields
}

fn signed(browser: &mut Browser, draft: &str) -> Value {
    browser.get(&format!("{draft}/application.json")).json()
}

#[test]
fn moving_out_asks_for_the_members_of_the_household_one_at_a_time() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "ja");
    let draft = begin(&mut browser, "moving-out", "sign-yamada");
    answer(&mut browser, &draft, "filing-as", &[("answers.filing_as", "self")], "date");
    answer(&mut browser, &draft, "date", &borrowed(&date("moves_on", "reiwa", "８", "12", "1")), "destination");
    answer(&mut browser, &draft, "destination", &[("answers.destination", "japan")], "new-address");
    let address = [
        ("answers.new_postcode", "〒160-0023"),
        ("answers.new_municipality", "新宿区"),
        ("answers.new_address", "西新宿二丁目8番1号"),
        ("answers.new_head", "山田　太郎"),
    ];
    let next = answer(&mut browser, &draft, "new-address", &address, "who-moves");
    assert!(next.text().contains("ハイフンや空白を取りました"), "what was changed is told: {}", next.text());
    answer(&mut browser, &draft, "who-moves", &[("answers.movers", "with-others")], "members");
    let first = browser.get(&format!("{draft}/form/members"));
    assert_eq!(first.header("location"), Some(format!("{draft}/form/members/1").as_str()), "one there has to be");
    answer(&mut browser, &draft, "members/1", &borrowed(&member(0, "山田　太郎", "20")), "members");
    answer(&mut browser, &draft, "members", &[("more", "yes")], "members/2");
    let unfinished = refused(&mut browser, &draft, "members/2", &[("answers.members/1/relation", "other")]);
    assert!(unfinished.contains("id=\"f-answers-members-1-relation_words-error\""), "{unfinished}");
    answer(&mut browser, &draft, "members/2", &borrowed(&member(1, "山田　次郎", "22")), "members");
    let list = answer(&mut browser, &draft, "members", &[("more", "yes")], "members/3");
    assert_eq!(list.status, 200);
    let list = answer(&mut browser, &draft, "members/3", &borrowed(&member(2, "山田　三郎", "24")), "members").text();
    assert_eq!(list.matches("全角カタカナに変えました").count(), 1, "what was changed just now is told: {list}");
    browser.post(&format!("{draft}/form/members/2/remove"), &[]);
    answer(&mut browser, &draft, "members", &[("more", "no")], "contact");
    answer(&mut browser, &draft, "contact", &[("answers.telephone", "０９０－１２３４－５６７８")], "/attachments");
    let review = browser.post(&format!("{draft}/review"), &[]).text();
    let document = signed(&mut browser, &draft);
    assert_eq!(
        document["answers"],
        json!({
            "filing_as": "self", "moves_on": "2026-12-01", "destination": "japan", "new_postcode": "1600023", "new_municipality": "131041",
            "new_address": "西新宿二丁目8番1号", "new_head": "山田　太郎", "movers": "with-others",
            "members": [
                {"name": "山田　太郎", "kana": "ヤマダ タロウ", "date_of_birth": "2008-04-01", "relation": "child"},
                {"name": "山田　三郎", "kana": "ヤマダ タロウ", "date_of_birth": "2012-04-01", "relation": "child"},
            ],
            "telephone": "09012345678",
        })
    );
    for shown in [
        "2026年12月1日（令和8年）",
        "〒160-0023",
        "新宿区（131041）",
        "国内の別の市区町村",
        "世帯の人 2: 氏名",
        "2012年4月1日（平成24年）",
    ] {
        assert!(review.contains(shown), "{shown}: {review}");
    }
    files(&gateway, &mut browser, &draft);
}

/// Signs what is reviewed and files it; the agency's page shows it under its labels.
fn files(gateway: &TestGateway, browser: &mut Browser, draft: &str) {
    let document = browser.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign("sign-yamada", &document);
    browser.get(&format!("{draft}/sign"));
    let receipt = browser.upload(&format!("{draft}/receipt"), &[("signature", "application.p7s", &signature)]);
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    assert!(gateway.gateway.catalog.version("moving-out", 2).is_some());
}

#[test]
fn a_change_from_the_review_comes_back_and_what_is_not_asked_any_more_is_dropped() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "moving-out", "sign-yamada");
    answer(&mut browser, &draft, "filing-as", &[("answers.filing_as", "self")], "date");
    answer(&mut browser, &draft, "date", &borrowed(&date("moves_on", "western", "2026", "12", "1")), "destination");
    answer(&mut browser, &draft, "destination", &[("answers.destination", "abroad")], "abroad");
    answer(&mut browser, &draft, "abroad", &[("answers.country", "Brazil")], "who-moves");
    answer(&mut browser, &draft, "who-moves", &[("answers.movers", "self")], "contact");
    answer(&mut browser, &draft, "contact", &[("answers.telephone", "0312345678")], "/attachments");
    let review = browser.post(&format!("{draft}/review"), &[]).text();
    assert!(review.contains(&format!("{draft}/form/destination?from=review")), "{review}");
    assert_eq!(signed(&mut browser, &draft)["answers"]["country"], "Brazil");

    // Another destination asks for other things first, and only then leads back.
    let opened = browser.get(&format!("{draft}/form/destination?from=review")).text();
    assert!(opened.contains("name=\"from\" value=\"review\"") && opened.contains(&format!("{draft}/review\"")));
    let changed = [("answers.destination", "japan"), ("from", "review")];
    answer(&mut browser, &draft, "destination", &changed, "new-address?from=review");
    let address = [
        ("answers.new_municipality", "131041"),
        ("answers.new_address", "西新宿2-8-1"),
        ("answers.new_head", "SMITH JOHN"),
        ("from", "review"),
    ];
    answer(&mut browser, &draft, "new-address", &address, "/review");
    let answers = signed(&mut browser, &draft)["answers"].clone();
    assert!(answers.get("country").is_none() && answers["new_municipality"] == "131041", "{answers}");
    // Back again: what was typed before is still there.
    let again = [("answers.destination", "abroad"), ("from", "review")];
    answer(&mut browser, &draft, "destination", &again, "/review");
    assert_eq!(signed(&mut browser, &draft)["answers"]["country"], "Brazil");
}

#[test]
fn an_allowance_is_claimed_with_what_the_certificate_says_and_documents_that_the_answers_ask_for() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "child-allowance", "sign-yamada");
    let you = answer(&mut browser, &draft, "filed-by", &[("answers.filed_by", "self")], "you").text();
    let person = applicant("sign-yamada");
    assert!(you.contains(person["name"].as_str().unwrap()) && you.contains("readonly"), "{you}");
    let changed = refused(&mut browser, &draft, "you", &[("answers.own_name", "Somebody Else")]);
    assert!(changed.contains("taken from your certificate and cannot be changed"), "{changed}");
    answer(&mut browser, &draft, "you", &[], "reason");
    let mut reason = date("reason_day", "western", "2026", "11", "1");
    reason.push(("answers.reason".to_owned(), "birth".to_owned()));
    answer(&mut browser, &draft, "reason", &borrowed(&reason), "capacity");
    answer(&mut browser, &draft, "capacity", &[("answers.capacity", "guardian")], "children");
    let mut child = date("children/0/date_of_birth", "western", "2026", "11", "1");
    child.extend(
        [("name", "山田　一"), ("lives_with", "together")]
            .map(|(name, value)| (format!("answers.children/0/{name}"), value.to_owned())),
    );
    answer(&mut browser, &draft, "children/1", &borrowed(&child), "children");
    answer(&mut browser, &draft, "children", &[("more", "no")], "apart");
    answer(&mut browser, &draft, "apart", &[("answers.lives_apart", "false")], "pension");
    answer(&mut browser, &draft, "pension", &[("answers.pension", "none")], "public-account");
    answer(&mut browser, &draft, "public-account", &[("answers.public_account", "true")], "contact");
    answer(&mut browser, &draft, "contact", &[("answers.telephone", "03-1234-5678")], "declaration");
    let declined = refused(&mut browser, &draft, "declaration", &[("answers.declared", "false")]);
    assert!(declined.contains("only if the answer is yes"), "{declined}");
    let files = answer(&mut browser, &draft, "declaration", &[("answers.declared", "true")], "/attachments").text();
    assert!(files.contains("Proof that you are the guardian") && !files.contains("Mandate"), "{files}");
    let early = browser.post(&format!("{draft}/review"), &[]);
    assert!(early.text().contains("Documents are missing"), "{}", early.text());
    browser.upload(&format!("{draft}/attachments"), &[("attachment", "register.pdf", b"%PDF-1.4")]);
    let review = browser.post(&format!("{draft}/review"), &[]);
    assert_eq!(review.status, 200, "{}", review.text());
    let document = signed(&mut browser, &draft);
    assert_eq!(document["answers"]["own_name"], person["name"]);
    assert_eq!(document["answers"]["own_born"], person["date_of_birth"]);
    assert!(document["answers"].get("bank_code").is_none(), "{document}");
}

#[test]
fn an_alias_is_asked_for_in_the_letters_that_it_can_have() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "alias", "sign-smith");
    answer(&mut browser, &draft, "whom", &[("answers.for_whom", "self")], "names");
    let names = [
        ("answers.alphabet_name", "ｓｍｉｔｈ john"),
        ("answers.card_number", "ab 12345678 cd"),
        ("answers.nationality", "Brazil"),
    ];
    answer(&mut browser, &draft, "names", &names, "what");
    answer(&mut browser, &draft, "what", &[("answers.what", "record")], "alias");
    let latin = refused(&mut browser, &draft, "alias", &[("answers.alias", "青木 John"), ("answers.alias_kana", "x")]);
    assert!(latin.contains("“J U+004A” cannot be used in an alias") && latin.contains("“x U+0078”"), "{latin}");
    let alias = [("answers.alias", "青木　健"), ("answers.alias_kana", "あおき　ｹﾝ")];
    answer(&mut browser, &draft, "alias", &alias, "ground");
    answer(&mut browser, &draft, "ground", &[("answers.ground", "parent")], "explanation");
    answer(&mut browser, &draft, "explanation", &[("answers.explanation", "family")], "contact");
    answer(&mut browser, &draft, "contact", &[("answers.telephone", "0312345678")], "/attachments");
    assert_eq!(browser.post(&format!("{draft}/review"), &[]).status, 200);
    let answers = signed(&mut browser, &draft)["answers"].clone();
    assert_eq!((&answers["alphabet_name"], &answers["card_number"]), (&json!("SMITH JOHN"), &json!("AB12345678CD")));
    assert_eq!((&answers["alias"], &answers["alias_kana"]), (&json!("青木　健"), &json!("アオキ　ケン")));
}

#[test]
fn a_page_that_is_not_asked_leads_to_the_form_and_another_is_none() {
    let gateway = TestGateway::start();
    let mut browser = Browser::new(gateway.client, "en");
    let draft = begin(&mut browser, "moving-out", "sign-yamada");
    answer(&mut browser, &draft, "filing-as", &[("answers.filing_as", "self")], "date");
    assert_eq!(browser.get(&format!("{draft}/form/abroad")).header("location"), Some(format!("{draft}/form").as_str()));
    for none in ["form/nothing", "form/members/1", "form/date/1", "form/members/99999999999999999999"] {
        assert_eq!(browser.get(&format!("{draft}/{none}")).status, 404, "{none}");
    }
    let procedure = browser.get("/procedures/alias").text();
    assert!(procedure.contains("Article 30-16, paragraph (1)") && procedure.contains("(depends on your answers)"));
}
