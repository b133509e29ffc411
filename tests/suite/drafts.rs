//! Drafts: one of a procedure is offered instead of a second, two windows do not overwrite each other, what is discarded comes
//! back, a private link and a card open it elsewhere, and a session that is over loses nothing typed.
use std::sync::Arc;

use chrono::Duration;
use madoguchi::clock::{Clock, FixedClock, SystemClock};

use crate::support::gateway::{TestGateway, Wanted};
use crate::support::http::{Answer, Part};
use crate::support::pki::TestPki;
use crate::support::resident::{SESSION, signed_in};
use crate::support::visitor::Visitor;
use crate::support::web_eid::AuthenticationCard;

const PROCEDURE: &str = "/procedures/general-application";

/// Begins a general application; gives the path of its draft.
fn begin(visitor: &mut Visitor) -> String {
    let begun = visitor.submit(PROCEDURE, &format!("{PROCEDURE}/start"), &[("anew", "yes")]);
    begun.header("location").unwrap().strip_suffix("/form").unwrap().to_owned()
}

fn location(answer: &Answer) -> String {
    answer.header("location").unwrap_or_else(|| panic!("{}: {}", answer.status, answer.text())).to_owned()
}

/// A page of a form that a window has open: its token, and where its form is sent.
struct Window {
    token: String,
    action: String,
}

impl Window {
    fn open(visitor: &mut Visitor, path: &str) -> Self {
        let page = visitor.get(path).text();
        let of = |before: &str| {
            page.split(before)
                .nth(1)
                .unwrap_or_else(|| panic!("{before} in {page}"))
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        };
        Self { token: of("name=\"csrf\" value=\""), action: format!("{path}{}", of(&format!("formaction=\"{path}"))) }
    }

    fn send(&self, visitor: &mut Visitor, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", self.token.as_str())];
        all.extend_from_slice(fields);
        visitor.post(&self.action, &all)
    }

    /// As the page's script does while somebody types.
    fn autosave(&self, visitor: &mut Visitor, field: &str) -> Answer {
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Autosave", "1")];
        visitor.send("POST", &self.action, &headers, format!("csrf={}&{field}", self.token).as_bytes())
    }
}

/// What the page of the content is sent with.
fn content(title: &str) -> [(&'static str, &str); 2] {
    [("answers.title", title), ("answers.body", "It is out.")]
}

fn at(clock: &Arc<FixedClock>) -> TestGateway {
    TestGateway::start_with(Wanted { clock: clock.clone(), ..Wanted::default() })
}

#[test]
fn an_open_draft_is_offered_instead_of_a_second_one() {
    let gateway = TestGateway::start();
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    let offered = visitor.submit(PROCEDURE, &format!("{PROCEDURE}/start"), &[]);
    assert_eq!((offered.status, location(&offered)), (303, PROCEDURE.to_owned()));
    let page = visitor.get(PROCEDURE).text();
    assert!(page.contains(&format!("{draft}/form")) && page.contains("Begin another one"), "{page}");
    assert_eq!(visitor.get("/drafts").text().matches("/form\"").count(), 1);
    assert_ne!(begin(&mut visitor), draft, "a further one only where it is asked for");
}

#[test]
fn of_two_windows_the_later_overwrites_nothing_and_both_texts_are_kept() {
    let gateway = TestGateway::start();
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    let (page, other_page) = (format!("{draft}/form/content"), format!("{draft}/form/applicant"));
    let (one, two, elsewhere) =
        (Window::open(&mut visitor, &page), Window::open(&mut visitor, &page), Window::open(&mut visitor, &other_page));
    assert!(!location(&one.send(&mut visitor, &content("First title"))).contains("versions"));
    // The same page once more, as after the browser's "back", and another page that was open all the time.
    assert!(!location(&one.send(&mut visitor, &content("Second title"))).contains("versions"));
    let person = [("name", "山田　花子"), ("sex", "female"), ("address", "東京都千代田区千代田１丁目１番１号")];
    let kept = elsewhere.send(&mut visitor, &person);
    assert!(!location(&kept).contains("versions"), "another page of the same draft contradicts nothing");

    let later = two.send(&mut visitor, &content("Later title"));
    assert_eq!(location(&later), format!("{draft}/versions"));
    let choice = visitor.get(&format!("{draft}/versions")).text();
    assert!(
        choice.contains("Second title") && choice.contains("Later title") && choice.contains("Nothing was overwritten"),
        "{choice}"
    );
    assert!(visitor.get(&page).text().contains("Second title"), "what stood stands");
    assert_eq!(location(&visitor.get(&format!("{draft}/form"))), format!("{draft}/versions"), "the person is asked");
    assert_eq!(
        visitor.submit(&format!("{draft}/versions"), &format!("{draft}/versions"), &[("keep", "x")]).status,
        400
    );
    visitor.submit(&format!("{draft}/versions"), &format!("{draft}/versions"), &[("keep", "other")]);
    let chosen = visitor.get(&page).text();
    assert!(chosen.contains("Later title") && !chosen.contains("Second title"), "{chosen}");
    assert_eq!(visitor.get(&format!("{draft}/versions")).status, 303, "there is nothing to choose any more");
}

#[test]
fn a_page_that_came_back_with_a_fault_is_no_second_window() {
    let gateway = TestGateway::start();
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    let page = format!("{draft}/form/content");
    let window = Window::open(&mut visitor, &page);
    let wrong = window.send(&mut visitor, &content(""));
    assert_eq!(wrong.status, 422);
    let again =
        wrong.text().split(&format!("formaction=\"{page}")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(format!("{page}{again}"), window.action, "the page that comes back is the same page");
    assert!(!location(&window.send(&mut visitor, &content("First title"))).contains("versions"));
}

#[test]
fn what_is_typed_is_saved_while_it_is_typed_and_marks_no_page_as_done() {
    let gateway = TestGateway::start();
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    let page = format!("{draft}/form/applicant");
    let window = Window::open(&mut visitor, &page);
    let saved = window.autosave(&mut visitor, "name=Half+a+na");
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert!(saved.json()["text"].as_str().unwrap().starts_with("Saved at ") && saved.json()["beside"].is_null());
    assert!(visitor.get(&page).text().contains("Half a na"));
    assert_eq!(location(&visitor.get(&format!("{draft}/form"))), page, "the page is not answered by that");
    let other = Window::open(&mut visitor, &page);
    assert_eq!(other.autosave(&mut visitor, "name=Another").json()["beside"].as_str(), None);
    let late = window.autosave(&mut visitor, "name=Half+a+name").json();
    assert_eq!(late["beside"].as_str(), Some(format!("{draft}/versions").as_str()));
    assert_eq!(window.autosave(&mut Visitor::new(&gateway), "name=x").status, 403, "without its own browser's token");
}

#[test]
fn a_discarded_draft_comes_back_for_some_days() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = at(&clock);
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    Window::open(&mut visitor, &format!("{draft}/form/content")).send(&mut visitor, &content("First title"));
    let list = visitor.submit("/drafts", &format!("{draft}/discard"), &[]);
    assert_eq!(location(&list), "/drafts");
    assert_eq!(visitor.get(&format!("{draft}/form/content")).status, 404);
    assert!(visitor.get("/drafts").text().contains(&format!("{draft}/restore")));
    let mut stranger = Visitor::new(&gateway);
    assert_eq!(stranger.submit("/status", &format!("{draft}/restore"), &[]).status, 404);
    assert_eq!(visitor.submit("/status", &format!("{draft}/restore"), &[]).status, 303);
    assert!(visitor.get(&format!("{draft}/form/content")).text().contains("First title"));
    visitor.submit("/drafts", &format!("{draft}/discard"), &[]);
    clock.advance(Duration::days(7));
    assert_eq!(visitor.submit("/status", &format!("{draft}/restore"), &[]).status, 404, "it is over for good");
}

#[test]
fn a_draft_lives_on_from_when_it_was_touched_and_can_be_restored_when_it_ended() {
    let clock = Arc::new(FixedClock::new(SystemClock.now()));
    let gateway = at(&clock);
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    let page = format!("{draft}/form/content");
    clock.advance(Duration::hours(20));
    Window::open(&mut visitor, &page).send(&mut visitor, &content("First title"));
    clock.advance(Duration::hours(20));
    assert_eq!(visitor.get(&page).status, 200, "touched after twenty hours");
    assert!(visitor.get("/drafts").text().contains("Ends soon"), "its end is told beforehand");
    clock.advance(Duration::hours(5));
    assert_eq!(visitor.get(&page).status, 404);
    assert_eq!(visitor.submit("/status", &format!("{draft}/restore"), &[]).status, 303);
    assert!(visitor.get(&page).text().contains("First title"));
}

#[test]
fn a_private_link_opens_a_draft_in_another_browser_and_a_new_one_ends_it() {
    let gateway = TestGateway::start();
    let (mut mine, mut other) = (Visitor::new(&gateway), Visitor::new(&gateway));
    let draft = begin(&mut mine);
    let keep = format!("{draft}/keep");
    let link = |mine: &mut Visitor| {
        let page = mine.submit(&keep, &keep, &[("how", "link")]).text();
        let link =
            page.split("id=\"private-link\" tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        link.strip_prefix("https://madoguchi.example").unwrap().to_owned()
    };
    let first = link(&mut mine);
    assert!(!mine.get(&keep).text().contains(&first), "it is shown once");
    let form = format!("{draft}/form/content");
    assert_eq!(
        (other.get(&form).status, other.get(&first).status, other.get(&form).status),
        (404, 200, 404),
        "a look opens nothing"
    );
    assert_eq!(location(&other.submit(&first, &first, &[])), format!("{draft}/form"));
    Window::open(&mut other, &form).send(&mut other, &content("First title"));
    assert!(mine.get(&form).text().contains("First title"), "both go on with the same draft");
    assert!(other.get("/drafts").text().contains(&draft));
    let second = link(&mut mine);
    let mut third = Visitor::new(&gateway);
    assert_eq!((third.get(&first).status, third.get(&second).status), (404, 200));
    assert_eq!(third.get("/drafts/0123456789012345678901234567890123456789012").status, 404);
}

#[test]
fn a_card_opens_its_drafts_on_any_computer_and_nobody_elses() {
    let gateway = TestGateway::start();
    let card = AuthenticationCard::yamada();
    let (mut home, mut library) = (signed_in(&gateway, &card), signed_in(&gateway, &card));
    let draft = begin(&mut home);
    let form = format!("{draft}/form/applicant");
    assert_eq!(library.get(&form).status, 200);
    let mut other = signed_in(&gateway, &AuthenticationCard::of(TestPki::shared(), "auth-smith"));
    let strange: Vec<u16> = [&form, &format!("{draft}x/form/applicant")].map(|path| other.get(path).status).to_vec();
    assert_eq!(strange, [404, 404], "somebody else's looks like none");
    assert!(!other.get("/drafts").text().contains(&draft) && library.get("/drafts").text().contains(&draft));
    // Begun before signing in, kept with the card afterwards.
    let mut visitor = Visitor::new(&gateway);
    let own = begin(&mut visitor);
    visitor.set_cookie(SESSION, home.cookie(SESSION).unwrap());
    assert_eq!(library.get(&format!("{own}/form/applicant")).status, 404);
    assert_eq!(visitor.submit(&format!("{own}/keep"), &format!("{own}/keep"), &[("how", "card")]).status, 303);
    assert_eq!(library.get(&format!("{own}/form/applicant")).status, 200);
}

#[test]
fn a_session_that_is_over_in_the_middle_comes_back_to_the_same_place_with_what_was_typed() {
    let gateway = TestGateway::start();
    let card = AuthenticationCard::yamada();
    let (mut home, mut library) = (signed_in(&gateway, &card), signed_in(&gateway, &card));
    let draft = begin(&mut home);
    let page = format!("{draft}/form/applicant");
    let window = Window::open(&mut library, &page);
    let session = library.cookie(SESSION).unwrap().to_owned();
    library.set_cookie(SESSION, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let over = window.send(&mut library, &[("name", "<b>Half</b> a name"), ("address", "line one\nline two")]);
    assert_eq!(over.status, 404);
    assert!(
        over.text().contains(&format!("/sign-in?next={page}")) && over.text().contains("kept for an hour"),
        "{}",
        over.text()
    );
    assert!(library.get(&format!("/sign-in?next={page}")).text().contains(&format!("data-next=\"{page}\"")));
    // Somebody who invents an address is answered in the same words.
    let mut stranger = Visitor::new(&gateway);
    let token = stranger.token("/status");
    let invented = stranger
        .post("/apply/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/form/applicant", &[("csrf", &token), ("name", "x")]);
    assert!(invented.status == 404 && invented.text().contains("kept for an hour"));

    library.set_cookie(SESSION, &session);
    let resumed = library.get(&page).text();
    assert!(
        resumed.contains("&#60;b&#62;Half&#60;/b&#62; a name") && resumed.contains("Go on with what I typed"),
        "{resumed}"
    );
    let token = resumed.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    library.post(&page, &[("csrf", token), ("name", "Half a name"), ("address", "line one")]);
    assert!(library.get(&page).text().contains("Half a name"), "and it is asked once");
}

#[test]
fn a_double_click_on_submit_gives_one_filing_and_the_same_receipt() {
    let gateway = TestGateway::start();
    let mut visitor = Visitor::new(&gateway);
    let draft = begin(&mut visitor);
    let certificate = std::fs::read(TestPki::shared().certificate_path("sign-yamada")).unwrap();
    let token = visitor.token(&format!("{draft}/form/applicant"));
    let part = |name: &'static str, bytes| Part { name, file_name: Some("file"), bytes };
    let csrf = Part { name: "csrf", file_name: None, bytes: token.as_bytes() };
    visitor.post_parts(&format!("{draft}/certificate"), &[csrf, part("certificate", &certificate)]);
    visitor.submit(&format!("{draft}/form/applicant"), &format!("{draft}/form/applicant"), &[]);
    let answers = [("answers.title", "Street lamp"), ("answers.body", "It is out.")];
    let recipient = format!("{draft}/form/recipient");
    visitor.submit(&recipient, &recipient, &[("recipient", "131016")]);
    visitor.submit(&format!("{draft}/form/content"), &format!("{draft}/form/content"), &answers);
    let csrf = Part { name: "csrf", file_name: None, bytes: token.as_bytes() };
    let file = part("attachment", b"a note");
    let file = Part { file_name: Some("note.txt"), ..file };
    assert_eq!(visitor.post_parts(&format!("{draft}/attachments"), &[csrf, file]).status, 303);
    visitor.submit(&format!("{draft}/attachments"), &format!("{draft}/review"), &[]);
    let document = visitor.get(&format!("{draft}/application.json")).body;
    let signature = TestPki::shared().sign("sign-yamada", &document);
    let browser = visitor.cookie("__Host-madoguchi-browser").unwrap().to_owned();
    let numbers: Vec<String> = std::thread::scope(|scope| {
        let clicks: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut click = Visitor::new(&gateway);
                    click.set_cookie("__Host-madoguchi-browser", &browser);
                    let csrf = Part { name: "csrf", file_name: None, bytes: token.as_bytes() };
                    let mut answer =
                        click.post_parts(&format!("{draft}/receipt"), &[csrf, part("signature", &signature)]);
                    if answer.status == 303 {
                        answer = click.get(&location(&answer));
                    }
                    let text = answer.text();
                    assert_eq!(answer.status, 200, "{text}");
                    text.split("class=\"reference\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
                })
            })
            .collect();
        clicks.into_iter().map(|click| click.join().unwrap()).collect()
    });
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    let back = visitor.get(&format!("{draft}/review"));
    assert_eq!(location(&back), format!("{draft}/receipt"), "back after submit leads to the receipt");
}
