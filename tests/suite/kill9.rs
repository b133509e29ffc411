//! `kill -9` of the real gateway under load, on both databases: every filing that was answered 201 is there whole after
//! the restart, nothing is there by half, and whoever got no answer may simply send again. A killed process never shows a
//! missing fsync: strace sees the syncs before the 201.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use madoguchi::ids::ArrivalNumber;
use madoguchi::store::agency_queue::SubmissionFilter;
use madoguchi::store::{Store, StoreOptions};
use serde_json::Value;

use crate::support::gateway::{ORIGIN, application, settings_text};
use crate::support::http::{BOUNDARY, Client, filing, sha256_hex};
use crate::support::pki::TestPki;
use crate::support::postgres;

const CARD: &str = "sign-yamada";

#[test]
fn sqlite_loses_nothing_when_killed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    killed_under_load(folder.path(), &url);
}

#[test]
fn postgresql_loses_nothing_when_killed() {
    let server = postgres::shared();
    let folder = tempfile::tempdir().unwrap();
    killed_under_load(folder.path(), &server.new_database());
}

/// A filing as it was posted, and the answer where one came.
struct Posted {
    application: Vec<u8>,
    attachment: Vec<u8>,
    signature: Vec<u8>,
    answer: Option<Value>,
}

fn killed_under_load(folder: &Path, url: &str) {
    let mut answered = 0;
    for round in 0..4_u32 {
        let posted = Mutex::new(Vec::new());
        let (mut gateway, address) = start(folder, url, Command::new(env!("CARGO_BIN_EXE_madoguchi")));
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for lane in 0..6 {
                let (posted, stop) = (&posted, &stop);
                scope.spawn(move || post_until(stop, address, lane, posted));
            }
            std::thread::sleep(Duration::from_millis(700 + 450 * u64::from(round)) + random_pause());
            gateway.kill().unwrap();
            gateway.wait().unwrap();
            stop.store(true, Ordering::Relaxed);
        });
        let posted = posted.into_inner().unwrap();
        answered += posted.iter().filter(|one| one.answer.is_some()).count();
        let (mut again, address) = start(folder, url, Command::new(env!("CARGO_BIN_EXE_madoguchi")));
        for one in &posted {
            check(Client { address }, one);
        }
        again.kill().unwrap();
        again.wait().unwrap();
        check_whole(folder, url, &posted);
    }
    assert!(answered > 20, "only {answered} filings were answered: that is no load");
}

fn random_pause() -> Duration {
    Duration::from_millis(u64::from(uuid::Uuid::new_v4().as_bytes()[0]))
}

/// Starts the gateway and gives the address that it says.
fn start(folder: &Path, url: &str, mut command: Command) -> (Child, SocketAddr) {
    let pki = TestPki::shared();
    let config = folder.join("madoguchi.toml");
    let more = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\npublic_origin = \"{ORIGIN}\"\nworkers = 2\n[database]\nurl = {url:?}\n"
    );
    std::fs::write(&config, settings_text(pki.dir(), &pki.crls_dir(), "hold", &more)).unwrap();
    let mut child =
        command.args(["serve", "--config"]).arg(config).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let address = loop {
        let line = lines.next().unwrap_or_else(|| panic!("the gateway does not start: {said:?}")).unwrap();
        if let Some((_, address)) = line.split_once("listening on http://") {
            break address.parse().unwrap();
        }
        said.push(line);
    };
    // What it says later must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address)
}

fn post_until(stop: &AtomicBool, address: SocketAddr, lane: usize, posted: &Mutex<Vec<Posted>>) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        // Every fourth has an attachment that is a file of its own, the others one that goes into the group.
        let size = if number % 4 == 0 { 200_000 } else { 5_000 };
        let attachment = format!("{lane}/{number}{}", "a".repeat(size)).into_bytes();
        let mut document = application(CARD);
        document["attachments"] = serde_json::json!([{"name": "a.bin", "media_type": "application/octet-stream",
            "size": attachment.len(), "sha256": sha256_hex(&attachment)}]);
        let application = document.to_string().into_bytes();
        let signature = TestPki::shared().sign(CARD, &application);
        let answer = try_post(address, &filing(&application, &signature, &[("a.bin", &attachment)]));
        if let Some((status, body)) = &answer {
            assert_eq!(*status, 201, "{body}");
        }
        let answer = answer.map(|(_, body)| body);
        posted.lock().unwrap().push(Posted { application, attachment, signature, answer });
    }
}

/// Status and body, where a whole answer came before the gateway was gone.
fn try_post(address: SocketAddr, body: &[u8]) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let head = format!(
        "POST /api/v1/submissions HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut raw = Vec::new();
    let _ = stream.read_to_end(&mut raw);
    let text = String::from_utf8(raw).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

/// After the restart: what was answered is there, and sending it again gives the first receipt; what was not answered
/// can be sent again, and is recorded once.
fn check(client: Client, one: &Posted) {
    let again = client.post_multipart(
        "/api/v1/submissions",
        &filing(&one.application, &one.signature, &[("a.bin", &one.attachment)]),
    );
    let Some(first) = &one.answer else {
        assert!([200, 201].contains(&again.status), "{}", again.text());
        return;
    };
    assert_eq!(again.status, 200, "acknowledged and lost: {}", again.text());
    assert_eq!(again.json()["receipt_jws"], first["receipt_jws"]);
    let (number, token) = (first["arrival_number"].as_str().unwrap(), first["access_token"].as_str().unwrap());
    let status = client.get_with(&format!("/api/v1/submissions/{number}"), token);
    assert_eq!((status.status, &status.json()["status"]), (200, &Value::from("received")));
}

/// Every filing in the record has all its parts, and every document's digest is right; there are exactly as many as
/// were posted up to now and sent again.
fn check_whole(folder: &Path, url: &str, posted: &[Posted]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = Store::open(&StoreOptions::new(url.parse().unwrap(), folder.join("documents"))).unwrap();
    runtime.block_on(async {
        let agency = "131016".parse().unwrap();
        let (mut after, mut recorded) = (0, std::collections::HashSet::new());
        loop {
            let some = store.agency_submissions_export(agency, SubmissionFilter::default(), after, 200).await.unwrap();
            let Some(last) = some.last() else { break };
            after = last.cursor();
            for filing in some {
                check_filing(&store, filing.arrival_number).await;
                assert!(recorded.insert(filing.application_sha256), "one document, two filings");
            }
        }
        for one in posted {
            let digest = sha256_hex(&one.application);
            assert!(recorded.iter().any(|known| hex::encode(known) == digest));
        }
        let fed = store.feed_after(agency, 0, 1_000_000).await.unwrap();
        assert_eq!(fed.len(), recorded.len(), "each filing is in the agency's feed, once");
    });
}

async fn check_filing(store: &Store, number: ArrivalNumber) {
    let record = store.submission_record(number).await.unwrap().unwrap();
    assert_eq!((record.documents.len(), record.verdicts.len(), record.history.len()), (3, 1, 1), "{number}");
    for document in &record.documents {
        let found = store.submission_document(number, document.role, document.ordinal).await.unwrap();
        assert_eq!(found.unwrap().1.len() as i64, document.size, "{number}");
    }
}

#[test]
fn strace_sees_the_syncs_before_the_201() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    let trace = folder.path().join("trace");
    let mut strace = Command::new("strace");
    // -D: the gateway is our child, and strace watches from beside.
    strace.args(["-D", "-f", "-y", "-s", "40", "-o"]).arg(&trace);
    strace.args(["-e", "trace=pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2"]);
    strace.arg(env!("CARGO_BIN_EXE_madoguchi"));
    let (mut gateway, address) = start(folder.path(), &url, strace);
    let attachment = vec![b'a'; 200_000];
    let mut document = application(CARD);
    document["attachments"] = serde_json::json!([{"name": "a.bin", "media_type": "application/octet-stream",
        "size": attachment.len(), "sha256": sha256_hex(&attachment)}]);
    let application = document.to_string().into_bytes();
    let signature = TestPki::shared().sign(CARD, &application);
    let (status, body) = try_post(address, &filing(&application, &signature, &[("a.bin", &attachment)])).unwrap();
    assert_eq!(status, 201, "{body}");
    std::thread::sleep(Duration::from_millis(500));
    gateway.kill().unwrap();
    gateway.wait().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let answered = first(&lines, 0, &["HTTP/1.1 201"]).expect("the answer is in the trace");
    let before = &lines[..answered];
    // The large attachment: its bytes, their sync, its name, the folder's sync. (Large: not in the group.)
    let part_synced = first(before, 0, &["sync", ".part>"]).expect("the large document is synced");
    let renamed = first(before, part_synced, &["rename", ".part"]).expect("and then gets its name");
    let shelf_synced = first(before, renamed, &["sync", "/objects/"]).expect("which is synced too");
    // The group: the segment's bytes, their sync, the commit's frames, their sync.
    let segment_written = last(before, &["pwrite64", ".seg>"]).expect("the segment is written");
    let segment_synced = first(before, segment_written, &["sync", ".seg>"]).expect("and synced");
    let log_written = last(before, &["pwrite64", ".db-wal>"]).expect("the commit is written");
    let log_synced = first(before, log_written, &["sync", ".db-wal>"]).expect("and synced");
    assert!(shelf_synced < segment_written && segment_synced < log_written && log_written < log_synced, "{trace}");
}

fn first(lines: &[&str], from: usize, parts: &[&str]) -> Option<usize> {
    (from..lines.len()).find(|index| parts.iter().all(|part| lines[*index].contains(part)))
}

fn last(lines: &[&str], parts: &[&str]) -> Option<usize> {
    (0..lines.len()).rev().find(|index| parts.iter().all(|part| lines[*index].contains(part)))
}
