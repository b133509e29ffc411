//! What the gateway takes at once and keeps for anyone who comes has an end, and says so; attachments go to an agency's
//! program only past the malware scanner, under a name that cannot harm.
use std::io::Write;
use std::time::Duration;

use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use serde_json::json;

use crate::desk_filings::filed;
use crate::support::browser::Browser;
use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::http::{Answer, BOUNDARY, filing, read_answer};
use crate::support::pki::TestPki;
use crate::support::visitor::wait;

fn with(settings: &str) -> TestGateway {
    TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() })
}

#[test]
fn uploads_beyond_the_room_for_all_of_them_are_told_to_come_again() {
    let web = |config: &mut madoguchi::web::config::WebConfig| config.uploads_in_flight = 300_000;
    let gateway = TestGateway::start_with(Wanted { web, ..Wanted::default() });
    let bytes = application("sign-yamada").to_string().into_bytes();
    let signature = TestPki::shared().sign("sign-yamada", &bytes);
    let padding = vec![0; 200_000];
    let large = filing(&bytes, &signature, &[("plan.pdf", &padding)]);
    // One that has sent most of its body, and takes its time with the rest.
    let mut slow = gateway.client.connect();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let length = large.len();
    write!(
        slow,
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    slow.write_all(&large[..length - 100]).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let refused = gateway.client.post_multipart("/api/v1/submissions", &large);
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(refused.problem_code(), "overloaded");
    assert_eq!(refused.header("retry-after"), Some("5"));
    // What is small still finds room, and the room is given back.
    assert_eq!(gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, &[])).status, 201);
    slow.write_all(&large[length - 100..]).unwrap();
    assert_eq!(read_answer(&mut slow, false).status, 200, "known by now, whatever else came with it");
    let begun = Stopwatch::start();
    while gateway.client.post_multipart("/api/v1/submissions", &large).status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

fn start(browser: &mut Browser) -> Answer {
    browser.get("/procedures/general-application");
    browser.post("/procedures/general-application/start", &[("anew", "yes")])
}

#[test]
fn a_browser_has_so_many_drafts_and_another_browser_has_its_own() {
    let gateway = with("[limits]\nrequests_per_minute = 0\ndrafts_per_browser = 2\n");
    let mut browser = Browser::new(gateway.client, "en");
    let first = start(&mut browser);
    assert_eq!((first.status, start(&mut browser).status), (303, 303));
    let refused = start(&mut browser);
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("too-many-drafts") && refused.text().contains("begun too many applications"));
    assert_eq!(start(&mut Browser::new(gateway.client, "en")).status, 303);
    let form = first.header("x-was-at").unwrap().to_owned();
    browser.get(&format!("{form}/applicant"));
    browser.post(&form.replace("/form", "/discard"), &[]);
    assert_eq!(start(&mut browser).status, 303, "a draft that was discarded makes room");
}

#[test]
fn the_files_of_a_draft_and_all_drafts_together_have_an_end() {
    let gateway = with("[limits]\nrequests_per_minute = 0\ndraft_attachments = \"100KiB\"\ndrafts = \"200KiB\"\n");
    let mut browser = Browser::new(gateway.client, "en");
    let draft = crate::pages_flow::fill_in(&mut browser, "sign-yamada");
    let page = format!("{draft}/attachments");
    let file = vec![b'x'; 80 << 10];
    let kept = browser.upload(&page, &[("attachment", "one.txt", &file)]);
    assert!(kept.status == 200 && kept.text().contains("one.txt"));
    let together = browser.upload(&page, &[("attachment", "two.txt", &file)]);
    assert_eq!(together.status, 422);
    assert!(together.text().contains("too large together") && !together.text().contains("<dt>two.txt</dt>"));

    let mut other = Browser::new(gateway.client, "en");
    let draft = crate::pages_flow::fill_in(&mut other, "sign-yamada");
    let second = format!("{draft}/attachments");
    assert_eq!(other.upload(&second, &[("attachment", "one.txt", &file)]).status, 200);
    let small = vec![b'x'; 19 << 10];
    let mut third = Browser::new(gateway.client, "en");
    let draft = crate::pages_flow::fill_in(&mut third, "sign-yamada");
    let third_page = format!("{draft}/attachments");
    assert_eq!(third.upload(&third_page, &[("attachment", "small.txt", &small)]).status, 200);
    let full = third.upload(&third_page, &[("attachment", "more.txt", &file)]);
    assert_eq!(full.status, 422);
    assert!(full.text().contains("no room for further files"), "{}", full.text());
    // Fill the rest, and no draft can be begun.
    for number in 0..40 {
        let name = format!("rest{number}.txt");
        third.upload(&third_page, &[("attachment", &name, &vec![b'x'; 1 << 10])]);
    }
    let mut late = Browser::new(gateway.client, "en");
    let begun: Vec<u16> = (0..4).map(|_| start(&mut late).status).collect();
    assert_eq!(begun.last(), Some(&503), "{begun:?}");
    assert!(start(&mut late).text().contains("drafts-full"));
}

fn token(gateway: &TestGateway) -> String {
    let added = gateway.gateway.store.agency_token_add("131016".parse().unwrap(), "test", SystemClock.now());
    wait(added).unwrap().secret.to_string()
}

#[test]
fn an_agencys_program_gets_attachments_only_past_the_scanner() {
    let gateway = with("[scanner]\ncommand = [\"sh\", \"-c\", \"grep -q virus && exit 1; exit 0\"]\n");
    let token_of_agency = token(&gateway);
    let number = filed(&gateway, "Two files", &[("good.txt", b"fine"), ("bad.txt", b"a virus")]);
    let path = |role: &str| format!("/api/v1/agency/submissions/{number}/documents/{role}");
    let good = gateway.client.get_with(&path("attachment/0"), &token_of_agency);
    assert_eq!((good.status, good.body.as_slice()), (200, b"fine".as_slice()));
    let bad = gateway.client.get_with(&path("attachment/1"), &token_of_agency);
    assert_eq!((bad.status, bad.problem_code().as_str()), (422, "attachment-refused"));
    assert!(!bad.text().contains("a virus"));

    let gateway = with("[scanner]\nclamd = \"127.0.0.1:1\"\n");
    let token_of_agency = token(&gateway);
    let number = filed(&gateway, "One file", &[("good.txt", b"fine")]);
    let path = |role: &str| format!("/api/v1/agency/submissions/{number}/documents/{role}");
    let unscanned = gateway.client.get_with(&path("attachment/0"), &token_of_agency);
    assert_eq!((unscanned.status, unscanned.problem_code().as_str()), (503, "scanner-unavailable"));
    assert!(unscanned.header("retry-after").is_some());
    assert_eq!(gateway.client.get_with(&path("application/0"), &token_of_agency).status, 200, "we made sense of that");
    let document = gateway.client.get("/api/openapi.json").json();
    let answers = &document["paths"]["/api/v1/agency/submissions/{arrival_number}/documents/{role}/{ordinal}"]["get"];
    for status in ["422", "503"] {
        let told = answers["responses"][status]["description"].as_str().unwrap();
        assert!(told.contains("malware scanner"), "{status}: {told}");
    }
}

#[test]
fn the_name_of_an_attachment_cannot_break_out_of_its_header() {
    let gateway = TestGateway::start();
    let token = token(&gateway);
    let long = format!("{}.pdf", "住".repeat(80));
    let names = ["a;x='b%20.pdf", "住民票 (1).pdf", &long];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, name.as_bytes())).collect();
    let number = filed(&gateway, "Names", &files);
    let header = |ordinal: usize| {
        let path = format!("/api/v1/agency/submissions/{number}/documents/attachment/{ordinal}");
        let answer = gateway.client.get_with(&path, &token);
        assert_eq!((answer.status, answer.header("x-content-type-options")), (200, Some("nosniff")));
        assert_eq!(answer.body, names[ordinal].as_bytes());
        answer.header("content-disposition").unwrap().to_owned()
    };
    assert_eq!(header(0), "attachment; filename=\"a;x=_b_20.pdf\"; filename*=UTF-8''a%3Bx%3D%27b%2520.pdf");
    assert_eq!(
        header(1),
        "attachment; filename=\"___ (1).pdf\"; filename*=UTF-8''%E4%BD%8F%E6%B0%91%E7%A5%A8%20%281%29.pdf"
    );
    let cut = header(2);
    assert!(cut.len() < 1000 && cut.ends_with("%E4%BD%8F.pdf"), "{cut}");
    let quoted = json!({"name": "a\"b.pdf"});
    assert_eq!(
        madoguchi::web::download::disposition(quoted["name"].as_str().unwrap()).1,
        "attachment; filename=\"a_b.pdf\""
    );
}
