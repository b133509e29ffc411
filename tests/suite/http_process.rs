//! `madoguchi serve` as a process: start and stop, TLS, an unavailable database, and what its log and figures tell.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use madoguchi::clock::Stopwatch;

use serde_json::json;

use crate::http_filings::sign_with_openssl;
use crate::support::browser::Browser;
use crate::support::gateway::{ORIGIN, applicant, application, settings_text};
use crate::support::http::{Answer, BOUNDARY, Client, filing, read_answer, sha256_hex};
use crate::support::pki::TestPki;

/// A gateway in a process of its own, with everything it writes to standard error.
struct Process {
    child: Child,
    client: Client,
    log: Arc<Mutex<String>>,
    folder: tempfile::TempDir,
}

impl Process {
    fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (pki, file) = (TestPki::shared(), folder.path().join("madoguchi.toml"));
        let text = settings_text(pki.dir(), &pki.crls_dir(), "hold", settings);
        std::fs::write(&file, text).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["serve", "--config"])
            .arg(&file)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, written) = (BufReader::new(child.stderr.take().unwrap()), log.clone());
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut log = written.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let address = wait_for(|| {
            let log = log.lock().unwrap();
            let line = log.lines().find(|line| line.starts_with("madoguchi: listening on "))?;
            Some(line.rsplit_once("//").unwrap().1.parse().unwrap())
        });
        Self { child, client: Client { address }, log, folder }
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    fn terminate(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for<T>(mut ready: impl FnMut() -> Option<T>) -> T {
    let begun = Stopwatch::start();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited for too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn server(more: &str) -> String {
    format!("[server]\nlisten = \"127.0.0.1:0\"\npublic_origin = \"{ORIGIN}\"\n{more}")
}

fn post(client: Client, document: &[u8]) -> Answer {
    client.post_multipart("/api/v1/submissions", &filing(document, &sign_with_openssl("sign-yamada", document), &[]))
}

#[test]
fn told_to_stop_it_finishes_the_filing_that_is_under_way() {
    let mut process = Process::start(&server(""));
    let document = application("sign-yamada").to_string().into_bytes();
    let body = filing(&document, &sign_with_openssl("sign-yamada", &document), &[]);
    let mut stream = process.client.connect();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let length = body.len();
    write!(
        stream,
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&body[..length / 2]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    process.terminate();
    wait_for(|| process.log().contains("stopping").then_some(()));
    std::thread::sleep(Duration::from_millis(200));
    stream.write_all(&body[length / 2..]).unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 201);
    assert!(process.child.wait().unwrap().success());
    assert!(TcpStream::connect(process.client.address).is_err());
}

#[test]
fn wrong_settings_stop_the_start_with_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.toml");
    std::fs::write(&file, "[server]\nlissten = \"127.0.0.1:0\"\n").unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(["serve", "--config"]).arg(&file).output().unwrap();
    assert_eq!(done.status.code(), Some(64));
    let text = String::from_utf8(done.stderr).unwrap();
    assert!(text.contains("server.lissten") && text.contains("allowed"), "{text}");
}

#[test]
fn neither_log_nor_figures_nor_refusals_repeat_what_a_person_wrote() {
    let process = Process::start(&format!("{}[log]\nformat = \"json\"\nlevel = \"trace\"\n", server("")));
    let mut document = application("sign-yamada");
    let applicant = applicant("sign-yamada");
    document["answers"] = json!({"title": "MARKERTITLE", "body": "MARKERBODY"});
    let attachment = b"MARKERCONTENT";
    document["attachments"] = json!([{"name": "MARKERFILE.txt", "media_type": "text/markertype",
        "size": attachment.len(), "sha256": sha256_hex(attachment)}]);
    let bytes = document.to_string().into_bytes();
    let signature = sign_with_openssl("sign-yamada", &bytes);
    let body = filing(&bytes, &signature, &[("MARKERFILE.txt", attachment)]);
    let filed = process.client.post_multipart("/api/v1/submissions", &body);
    assert_eq!(filed.status, 201, "{}", filed.text());
    let token = filed.json()["access_token"].as_str().unwrap().to_owned();
    let number = filed.json()["arrival_number"].as_str().unwrap().to_owned();
    process.client.get_with(&format!("/api/v1/submissions/{number}"), &token);

    document["applicant"]["name"] = json!("MARKERNAME");
    document["applicant"]["address"] = json!("MARKERADDRESS");
    document["MARKERMEMBER"] = json!("MARKERVALUE");
    let refused = post(process.client, document.to_string().as_bytes());
    assert_eq!(refused.status, 422);
    let broken = process.client.send(
        "POST",
        "/api/v1/applications?MARKERQUERY=1",
        &[("Content-Type", "application/json")],
        br#"{"procedure": "MARKERPROCEDURE", "applicant": "MARKERAPPLICANT"}"#,
    );
    assert_eq!(broken.status, 400);

    let metrics = process.client.get("/metrics").text();
    wait_for(|| process.log().contains("GET /metrics").then_some(()));
    let log = process.log();
    assert!(log.lines().filter(|line| line.starts_with('{')).count() > 3, "{log}");
    let mut secrets = vec!["MARKER".to_owned(), "markertype".to_owned(), token];
    for field in ["name", "address", "date_of_birth"] {
        secrets.push(applicant[field].as_str().unwrap().to_owned());
    }
    for (place, text) in [("log", &log), ("metrics", &metrics)] {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "the {place} repeats {secret}: {text}");
        }
    }
    for answer in [&refused, &broken] {
        for marker in ["MARKERNAME", "MARKERADDRESS", "MARKERVALUE", "MARKERPROCEDURE", "MARKERAPPLICANT"] {
            assert!(!answer.text().contains(marker), "{}", answer.text());
        }
    }
    assert!(metrics.contains("madoguchi_verification_seconds_bucket"), "{metrics}");
    assert!(metrics.contains("madoguchi_commit_seconds_count 1"), "{metrics}");
    assert!(metrics.contains("madoguchi_crl_seconds_to_next_update{"), "{metrics}");
    assert!(metrics.contains("madoguchi_refusals_total{code="), "{metrics}");
}

#[test]
fn a_database_that_is_locked_away_is_503_and_the_filing_goes_through_afterwards() {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let process = Process::start(&server(""));
    let database = process.folder.path().join("madoguchi.db");
    let mut resident = Browser::new(process.client, "en");
    assert_eq!(resident.get("/procedures/general-application").status, 200);
    let mut intruder = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    intruder.batch_execute("PRAGMA busy_timeout = 10000; BEGIN EXCLUSIVE").unwrap();
    let document = application("sign-yamada").to_string().into_bytes();
    let answer = post(process.client, &document);
    assert_eq!((answer.status, answer.problem_code().as_str()), (503, "storage-unavailable"));
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.text().contains("lock"), "internals do not leak: {}", answer.text());
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("is not known") && detail.contains("send the same bytes again"), "{detail}");
    let page = resident.post("/procedures/general-application/start", &[("anew", "yes")]);
    assert_eq!(page.status, 503);
    let text = page.text();
    assert!(text.contains("may or may not have been recorded") && text.contains("the same receipt"), "{text}");
    for untrue in ["othing was kept", "othing was recorded", "othing was taken"] {
        assert!(!text.contains(untrue), "{untrue}: {text}");
    }
    let begun = Stopwatch::start();
    assert_eq!(process.client.get("/readyz").json()["database"], "unavailable");
    assert!(begun.elapsed() < Duration::from_secs(15), "who asks whether it is ready is not kept waiting");
    assert_eq!(process.client.get("/healthz").status, 200);
    intruder.batch_execute("ROLLBACK").unwrap();
    assert_eq!(post(process.client, &document).status, 201, "the same filing goes through");
    wait_for(|| (process.client.get("/readyz").status == 200).then_some(()));
}

#[test]
fn tls_is_served_with_the_configured_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("tls.pem"), folder.path().join("tls.key"));
    self_signed(&certificate, &key);
    let process = Process::start(&server(&format!("tls_certificate = {certificate:?}\ntls_key = {key:?}\n")));
    let mut connector = openssl::ssl::SslConnector::builder(openssl::ssl::SslMethod::tls()).unwrap();
    connector.set_ca_file(&certificate).unwrap();
    let stream = process.client.connect();
    let mut stream = connector.build().connect("localhost", stream).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 200);
    assert!(["TLSv1.3", "TLSv1.2"].contains(&stream.ssl().version_str()));
    let mut plain = process.client.connect();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

fn self_signed(certificate: &Path, key: &Path) {
    let done = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-out"])
        .arg(certificate)
        .arg("-keyout")
        .arg(key)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
