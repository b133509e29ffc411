//! What a gateway does for its own upkeep: refused filings' attachments go, readiness is tried in earnest, and refusals'
//! audit lines neither hold an answer up nor stay for ever.
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use madoguchi::store::audit::AuditEntry;
use serde_json::json;

use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::http::{Answer, filing, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::visitor::wait;

const LARGE: usize = 100 * 1024;

fn post_with_attachment(gateway: &TestGateway, document: &mut serde_json::Value, attachment: &[u8]) -> Answer {
    document["attachments"] = json!([{"name": "plan.pdf", "media_type": "application/pdf",
        "size": attachment.len(), "sha256": sha256_hex(attachment)}]);
    let bytes = document.to_string().into_bytes();
    let signature = TestPki::shared().sign("sign-yamada", &bytes);
    gateway.client.post_multipart("/api/v1/submissions", &filing(&bytes, &signature, &[("plan.pdf", attachment)]))
}

fn object(gateway: &TestGateway, bytes: &[u8]) -> PathBuf {
    let name = sha256_hex(bytes);
    gateway.folder().join("documents/objects").join(&name[..2]).join(&name[2..])
}

fn age(path: &Path) {
    std::fs::File::options().write(true).open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
}

#[test]
fn the_attachment_of_a_409_is_removed_and_that_of_a_filing_stays() {
    let gateway = TestGateway::start();
    let (kept, left) = (vec![1; LARGE], vec![2; LARGE]);
    let mut document = application("sign-yamada");
    assert_eq!(post_with_attachment(&gateway, &mut document, &kept).status, 201);
    let taken = post_with_attachment(&gateway, &mut document, &left);
    assert_eq!((taken.status, taken.problem_code().as_str()), (409, "application-id-taken"));
    assert!(object(&gateway, &left).exists(), "it was written before the record said no");
    age(&object(&gateway, &left));
    age(&object(&gateway, &kept));
    wait(gateway.background().round());
    assert!(!object(&gateway, &left).exists());
    assert!(object(&gateway, &kept).exists());
}

#[test]
fn readiness_is_lost_with_the_folder_of_documents() {
    let gateway = TestGateway::start();
    let ready = gateway.client.get("/readyz");
    assert_eq!((ready.status, &ready.json()["documents"]), (200, &json!("writable")));
    std::fs::remove_dir_all(gateway.folder().join("documents/objects")).unwrap();
    let lost = gateway.client.get("/readyz");
    assert_eq!(lost.status, 503);
    let body = lost.json();
    assert_eq!((&body["status"], &body["database"]), (&json!("not_ready"), &json!("writable")));
    assert_eq!(body["documents"], "unavailable");
}

#[test]
fn a_refusal_is_answered_while_its_audit_line_cannot_be_written() {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let gateway = TestGateway::start();
    let database = gateway.folder().join("madoguchi.db");
    let mut intruder = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    intruder.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
    let begun = Stopwatch::start();
    let refused = gateway.file("sign-yamada", b"{}");
    assert_eq!((refused.status, refused.problem_code().as_str()), (422, "document-format"));
    assert!(begun.elapsed() < Duration::from_secs(5), "the answer waited for the audit line: {:?}", begun.elapsed());
    let lines = || wait(gateway.gateway.store.audit_list(None, 10)).unwrap();
    assert!(lines().is_empty());
    intruder.batch_execute("ROLLBACK").unwrap();
    let begun = Stopwatch::start();
    while lines().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the line is written once the record takes it");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(lines()[0].outcome, "document-format");
}

#[test]
fn audit_lines_of_refusals_go_after_their_time_and_those_of_staff_stay() {
    let settings = "[limits]\nrequests_per_minute = 0\nrefusals_kept = \"30d\"\n".to_owned();
    let gateway = TestGateway::start_with(Wanted { settings, ..Wanted::default() });
    let now = SystemClock.now();
    let store = &gateway.gateway.store;
    for (actor, days) in [("resident", 31), ("resident", 29), ("operator chief", 400)] {
        let line = AuditEntry {
            at: now - chrono::Duration::days(days),
            actor: actor.to_owned(),
            action: "file_application",
            subject: days.to_string(),
            outcome: "document-expired".to_owned(),
            request_id: None,
        };
        wait(store.audit_append(line)).unwrap();
    }
    wait(gateway.background().round());
    let left: Vec<String> = wait(store.audit_list(None, 10)).unwrap().into_iter().map(|line| line.subject).collect();
    assert_eq!(left, ["400", "29"]);
}
