//! The agencies' desk: queue, one filing, its files, the decision, the export, and what is left in the audit trail.
use madoguchi::store::accounts::Role;

use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::http::{filing, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::visitor::{Visitor, account, wait};

const CARD: &str = "sign-yamada";

fn staffed(settings: &str) -> (TestGateway, Visitor) {
    let gateway = TestGateway::start_with(Wanted { settings: settings.to_owned(), ..Wanted::default() });
    account(&gateway, "tanaka", Role::Agency("131016".parse().unwrap()));
    let visitor = Visitor::signed_in(&gateway, "agency", "tanaka");
    (gateway, visitor)
}

/// Files an application with this title and attachments; gives its arrival number.
pub fn filed(gateway: &TestGateway, title: &str, attachments: &[(&str, &[u8])]) -> String {
    let mut document = application(CARD);
    document["answers"]["title"] = title.into();
    let listed = attachments.iter().map(|(name, bytes)| {
        serde_json::json!({"name": name, "media_type": "text/html", "size": bytes.len(), "sha256": sha256_hex(bytes)})
    });
    document["attachments"] = listed.collect();
    let bytes = document.to_string().into_bytes();
    let signature = TestPki::shared().sign(CARD, &bytes);
    let answer = gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, attachments));
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["arrival_number"].as_str().unwrap().to_owned()
}

#[test]
fn a_filing_is_read_with_its_verdict_and_every_look_leaves_a_line() {
    let (gateway, mut visitor) = staffed("");
    let number = filed(&gateway, "<b>Street lamp</b>", &[]);
    let queue = visitor.get("/agency").text();
    assert!(queue.contains("&#60;b&#62;Street lamp") && queue.contains(&number), "{queue}");
    let path = format!("/agency/filings/{number}");
    let page = visitor.get(&path).text();
    for part in ["&#60;b&#62;Street lamp", "The lamp before house 3 is out.\nPlease repair it.", "TOTAL_PASSED"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("Not revoked by the newest list at receipt") && page.contains("OU=JPKI"));
    let lines = wait(gateway.gateway.store.audit_list(None, 10)).unwrap();
    let line = &lines[0];
    assert_eq!(
        (line.actor.as_str(), line.action.as_str(), line.subject.as_str()),
        ("agency 131016 tanaka", "view_filing", number.as_str())
    );
}

#[test]
fn the_queue_is_filtered_and_shows_nothing_of_another_agency() {
    let (gateway, mut visitor) = staffed("");
    let number = filed(&gateway, "First", &[]);
    filed(&gateway, "Second", &[]);
    let shown = |visitor: &mut Visitor, query: &str| {
        let page = visitor.get(&format!("/agency?{query}")).text();
        (page.contains(">First<"), page.contains(">Second<"))
    };
    assert_eq!(shown(&mut visitor, ""), (true, true));
    assert_eq!(shown(&mut visitor, &format!("number={number}")), (true, false));
    assert_eq!(shown(&mut visitor, "status=accepted"), (false, false));
    assert_eq!(shown(&mut visitor, "from=2000-01-01&to=2000-01-02"), (false, false));
    assert_eq!(shown(&mut visitor, "procedure=general-application&status=received"), (true, true));
    account(&gateway, "osaka", Role::Agency("271004".parse().unwrap()));
    let mut other = Visitor::signed_in(&gateway, "agency", "osaka");
    assert_eq!(shown(&mut other, ""), (false, false));
    assert_eq!(other.get(&format!("/agency/filings/{number}")).status, 404);
    assert!(!other.get("/agency/filings.csv").text().contains("First"));
}

#[test]
fn a_decision_needs_its_reason_and_a_second_one_is_told_kindly() {
    let (gateway, mut visitor) = staffed("");
    let number = filed(&gateway, "Lamp", &[]);
    let page = format!("/agency/filings/{number}");
    let path = format!("{page}/decision");
    let missing = visitor.submit(&page, &path, &[("decision", "reject"), ("reason", "")]);
    assert_eq!(missing.status, 422);
    assert!(missing.text().contains("A rejection needs a reason"));
    let mut colleague = Visitor::signed_in(&gateway, "agency", "tanaka");
    let late_token = colleague.token(&page);
    let done = visitor.submit(&page, &path, &[("decision", "reject"), ("reason", "The lamp is private.")]);
    assert_eq!((done.status, done.header("location")), (303, Some(format!("{page}?done=1").as_str())));
    let shown = visitor.get(&format!("{page}?done=1")).text();
    assert!(shown.contains("The lamp is private.") && shown.contains("The filing is now: Rejected"));
    let late = colleague.post(&path, &[("csrf", &late_token), ("decision", "accept"), ("reason", "")]);
    assert_eq!(late.status, 409);
    assert!(late.text().contains("Somebody was quicker: the filing is now “Rejected”"));
    let record = wait(gateway.gateway.store.submission_record(number.parse().unwrap())).unwrap().unwrap();
    let last = record.history.last().unwrap();
    assert_eq!((last.to.as_str(), last.reason.as_deref()), ("rejected", Some("The lamp is private.")));
    assert_eq!(last.by, "agency 131016 tanaka");
}

#[test]
fn files_are_downloads_that_cannot_harm() {
    let (gateway, mut visitor) = staffed("");
    let html = b"<script>alert(1)</script>";
    let number = filed(&gateway, "With a page", &[("見取図.html", html)]);
    let attachment = visitor.get(&format!("/agency/filings/{number}/documents/attachment/0"));
    assert_eq!((attachment.status, attachment.body.as_slice()), (200, html.as_slice()));
    assert_eq!(attachment.header("content-type"), Some("application/octet-stream"));
    assert_eq!(attachment.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(attachment.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    let name = attachment.header("content-disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"___.html\"; filename*=UTF-8''%E8%A6%8B%E5%8F%96%E5%9B%B3.html");
    for (role, status) in [("application/0", 200), ("signature/0", 200), ("attachment/1", 404), ("other/0", 404)] {
        assert_eq!(visitor.get(&format!("/agency/filings/{number}/documents/{role}")).status, status, "{role}");
    }
}

#[test]
fn an_attachment_that_the_scanner_refuses_or_cannot_judge_is_not_handed_out() {
    let (gateway, mut visitor) =
        staffed("[scanner]\ncommand = [\"sh\", \"-c\", \"grep -q virus && exit 1; exit 0\"]\n");
    let number = filed(&gateway, "Two files", &[("good.txt", b"fine"), ("bad.txt", b"a virus")]);
    let path = |ordinal: u8| format!("/agency/filings/{number}/documents/attachment/{ordinal}");
    assert_eq!(visitor.get(&path(0)).body, b"fine");
    let refused = visitor.get(&path(1));
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("The malware scanner found something harmful"));
    let (gateway, mut visitor) = staffed("[scanner]\nclamd = \"127.0.0.1:1\"\n");
    let number = filed(&gateway, "One file", &[("good.txt", b"fine")]);
    let unscanned = visitor.get(&format!("/agency/filings/{number}/documents/attachment/0"));
    assert_eq!(unscanned.status, 503);
    assert!(!unscanned.text().contains("fine\n"));
}

#[test]
fn the_export_is_a_spreadsheet_that_runs_nothing() {
    let (gateway, mut visitor) = staffed("");
    filed(&gateway, "=HYPERLINK(\"http://evil.example\")", &[]);
    filed(&gateway, "Lamp, \"broken\"", &[]);
    let export = visitor.get("/agency/filings.csv");
    assert_eq!(export.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(export.header("content-disposition").unwrap().starts_with("attachment"));
    assert!(export.body.starts_with(b"\xef\xbb\xbf"));
    let text = export.text();
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let titles: Vec<String> = rows.records().map(|row| row.unwrap()[3].to_owned()).collect();
    assert_eq!(titles, ["'=HYPERLINK(\"http://evil.example\")", "Lamp, \"broken\""]);
}
