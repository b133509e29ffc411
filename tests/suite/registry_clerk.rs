//! Row 2 and the clerk's desk: a resident is entered, a code is made and told, events are noted, every look is noted.
use chrono::Duration;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::ids::AgencyCode;
use madoguchi::store::accounts::Role;

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::visitor::{Visitor, account, wait};

const SEARCH_FOR: &str = "survey.bbra-34";

fn municipality(code: &str) -> AgencyCode {
    code.parse().unwrap()
}

fn house(more: &str) -> TestGateway {
    let settings = format!(
        "[registry]\n{more}\n[[registry.municipality]]\ncode = \"131016\"\n[[registry.municipality]]\ncode = \"271004\"\n"
    );
    let gateway = TestGateway::start_with(Wanted { settings, ..Wanted::default() });
    account(&gateway, "tanaka", Role::Clerk(municipality("131016")));
    account(&gateway, "osaka", Role::Clerk(municipality("271004")));
    gateway
}

fn yesterday() -> String {
    (SystemClock.now() - Duration::days(2)).format("%Y-%m-%d").to_string()
}

/// What the form sends for somebody who moves in without a code.
fn hanako(on: &str) -> Vec<(&'static str, String)> {
    [
        ("for", "move-in.bbra-22"),
        ("kind", "move_in"),
        ("on", on),
        ("written", "山田　花子"),
        ("kana", "ヤマダ　ハナコ"),
        ("date_of_birth", "1985-04-12"),
        ("sex", "female"),
        ("address", "東京都千代田区千代田１丁目１番１号"),
        ("relation", "世帯主"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn smith(on: &str) -> Vec<(&'static str, String)> {
    let mut fields: Vec<_> = hanako(on)
        .into_iter()
        .filter(|(name, _)| !["for", "written", "kana", "date_of_birth", "sex"].contains(name))
        .collect();
    fields.extend(
        [
            ("for", "move-in.bbra-30-46"),
            ("written", "SMITH JOHN WILLIAM"),
            ("alias", "スミス　ジョン"),
            ("date_of_birth", "1978-11-03"),
            ("sex", "male"),
            ("nationality", "gbr"),
            ("status_of_residence", "技術・人文知識・国際業務"),
            ("period_until", "2030-01-31"),
            ("residence_card_number", "AB12345678CD"),
        ]
        .map(|(name, value)| (name, value.to_owned())),
    );
    fields
}

fn send(visitor: &mut Visitor, page: &str, path: &str, fields: &[(&str, String)]) -> crate::support::http::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.submit(page, path, &fields)
}

/// Enters somebody; gives the address of the record.
fn entered(visitor: &mut Visitor, fields: &[(&str, String)]) -> String {
    let answer = send(visitor, "/clerk/new", "/clerk/new", fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap()
}

#[test]
fn row_2_a_new_code_is_entered_told_once_masked_and_changed_on_request() {
    let gateway = house("");
    let mut clerk = Visitor::signed_in(&gateway, "clerk", "tanaka");
    for fields in [hanako(&yesterday()), smith(&yesterday())] {
        let record = entered(&mut clerk, &fields);
        let letters = clerk.get("/clerk/notices").text();
        let id = between(&letters, "action=\"/clerk/notices/", "\"").to_owned();
        let letter = send(&mut clerk, "/clerk/notices", &format!("/clerk/notices/{id}"), &[]);
        assert_eq!(letter.status, 200);
        let code = between(&letter.text(), "<strong>", "</strong>").to_owned();
        assert!(code.len() == 11 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        // It is shown this once; screens show the last digits alone.
        assert!(!clerk.get("/clerk/notices").text().contains(&id));
        let token = clerk.token("/clerk");
        assert_eq!(clerk.post(&format!("/clerk/notices/{id}"), &[("csrf", &token)]).status, 404);
        let shown = clerk.get(&record).text();
        assert!(shown.contains(&format!("********{}", &code[8..])) && !shown.contains(&code));
        // At rest neither the code nor a number of a card can be read.
        let database = std::fs::read(gateway.folder().join("madoguchi.db")).unwrap();
        let log = std::fs::read(gateway.folder().join("madoguchi.db-wal")).unwrap_or_default();
        for secret in [code.as_bytes(), b"AB12345678CD"] {
            assert!(![&database, &log].iter().any(|file| file.windows(secret.len()).any(|window| window == secret)));
        }
        // Another code, as its holder asked.
        let path = record.split('?').next().unwrap();
        let form = format!("{path}/events/code_changed?for=code-change.bbra-30-4");
        let seen = between(&clerk.get(&form).text(), "name=\"seen\" value=\"", "\"").to_owned();
        let fields = [("for", "code-change.bbra-30-4".to_owned()), ("seen", seen), ("on", yesterday())];
        let changed = send(&mut clerk, &form, &format!("{path}/events/code_changed"), &fields);
        assert_eq!(changed.status, 303, "{}", changed.text());
        assert!(!clerk.get(&record).text().contains(&format!("********{}", &code[8..])));
        assert!(clerk.get("/clerk/notices").text().contains("Changed code"));
        let letters = clerk.get("/clerk/notices").text();
        let id = between(&letters, "action=\"/clerk/notices/", "\"").to_owned();
        assert_eq!(send(&mut clerk, "/clerk/notices", &format!("/clerk/notices/{id}"), &[]).status, 200);
    }
}

#[test]
fn a_resident_is_found_with_a_purpose_and_every_look_is_noted() {
    let gateway = house("");
    let mut clerk = Visitor::signed_in(&gateway, "clerk", "tanaka");
    let record = entered(&mut clerk, &hanako(&yesterday()));
    let search = |clerk: &mut Visitor, purpose: &str, name: &str, code: &str| {
        let fields = [("for", purpose.to_owned()), ("name", name.to_owned()), ("code", code.to_owned())];
        send(clerk, "/clerk", "/clerk/search", &fields)
    };
    let none = search(&mut clerk, "", "山田", "");
    assert_eq!(none.status, 422);
    assert!(!none.text().contains("花子"), "without a purpose nothing is shown");
    let code = search(&mut clerk, SEARCH_FOR, "", "12345678903");
    assert_eq!(code.status, 422);
    assert!(code.text().contains("may not be used for this purpose"), "{}", code.text());
    let found = search(&mut clerk, SEARCH_FOR, "やまだ", "");
    assert_eq!(found.status, 200);
    assert!(found.text().contains("山田　花子"));
    // Another municipality's clerk finds nobody, nor the record.
    let mut osaka = Visitor::signed_in(&gateway, "clerk", "osaka");
    assert!(!search(&mut osaka, SEARCH_FOR, "山田", "").text().contains("花子"));
    assert_eq!(osaka.get(&record).status, 404);
    // The record asks for a purpose before it shows anything.
    let bare = clerk.get(record.split('?').next().unwrap());
    assert!(bare.status == 200 && !bare.text().contains("花子"));
    let log = clerk.get("/clerk/accesses").text();
    assert!(log.contains("clerk 131016 tanaka") && log.contains("Found in a search") && log.contains("article 34"));
    assert!(!log.contains("花子"), "the log names no resident");
    assert!(!osaka.get("/clerk/accesses").text().contains("tanaka"));
}

#[test]
fn events_are_noted_in_order_and_once() {
    let gateway = house("");
    let mut clerk = Visitor::signed_in(&gateway, "clerk", "tanaka");
    let record = entered(&mut clerk, &hanako(&yesterday()));
    let path = record.split('?').next().unwrap().to_owned();
    let note = |clerk: &mut Visitor, kind: &str, seen: &str, more: &[(&'static str, &str)]| {
        let form = format!("{path}/events/moved_within?for=move-within.bbra-23");
        let mut fields = vec![("for", "move-within.bbra-23".to_owned()), ("seen", seen.to_owned())];
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        send(clerk, &form, &format!("{path}/events/{kind}"), &fields)
    };
    let moved = [("on", yesterday()), ("address", "東京都千代田区霞が関２－１－２".to_owned())];
    let moved = [("on", moved[0].1.as_str()), ("address", moved[1].1.as_str()), ("relation", "世帯主")];
    assert_eq!(note(&mut clerk, "moved_within", "1", &moved).status, 303);
    let again = note(&mut clerk, "moved_within", "1", &moved);
    assert_eq!(again.status, 422);
    assert!(again.text().contains("has changed since you looked"), "{}", again.text());
    let early = note(&mut clerk, "moved_within", "2", &[("on", "2000-01-01"), moved[1], moved[2]]);
    assert!(early.text().contains("happened before the last event"), "{}", early.text());
    let empty = note(&mut clerk, "moved_within", "2", &[("on", "soon")]);
    assert!(empty.text().contains("Write a date such as"), "{}", empty.text());
    let shown = clerk.get(&record).text();
    assert!(shown.contains("霞が関２－１－２") && shown.contains("Former address"));
    // The record is as its page showed it, and not of a foreign resident.
    assert_eq!(clerk.get(&format!("{path}/events/status_changed?for=residence-status.bbra-30-50")).status, 404);
}

#[test]
fn two_people_with_one_code_are_refused() {
    let gateway = house("check_digit = false");
    let mut clerk = Visitor::signed_in(&gateway, "clerk", "tanaka");
    let with_code = |fields: Vec<(&'static str, String)>, code: &str| {
        let mut fields = fields;
        fields.push(("code", code.to_owned()));
        fields
    };
    entered(&mut clerk, &with_code(hanako(&yesterday()), "12345678900"));
    let other = send(&mut clerk, "/clerk/new", "/clerk/new", &with_code(smith(&yesterday()), "12345678900"));
    assert_eq!(other.status, 422);
    assert!(other.text().contains("has this Resident Record Code already"), "{}", other.text());
    for (code, words) in [("1234567890", "has 11 digits"), ("123456789012", "has 11 digits"), ("x", "digits only")] {
        let wrong = send(&mut clerk, "/clerk/new", "/clerk/new", &with_code(smith(&yesterday()), code));
        assert!(wrong.status == 422 && wrong.text().contains(words), "{code}: {}", wrong.text());
    }
}

#[test]
fn a_clerk_who_reads_through_the_register_is_stopped() {
    let gateway = house("looks_per_hour = 5");
    let mut clerk = Visitor::signed_in(&gateway, "clerk", "tanaka");
    let record = entered(&mut clerk, &hanako(&yesterday()));
    let statuses: Vec<u16> = (0..8).map(|_| clerk.get(&record).status).collect();
    // Entering the resident was noted too.
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429, 429, 429]);
}

#[test]
fn without_a_municipality_there_is_no_desk() {
    let gateway = TestGateway::start();
    let mut nobody = Visitor::new(&gateway);
    for path in ["/clerk", "/clerk/sign-in", "/clerk/new", "/clerk/accesses", "/clerk/notices", "/clerk/records/x"] {
        assert_eq!(nobody.get(path).status, 404, "{path}");
    }
    assert!(!gateway.folder().join("keys/registry.key").exists());
    let count = wait(gateway.gateway.store.registry_count(municipality("131016"))).unwrap();
    assert_eq!(count, 0);
}
