//! `madoguchi-card agent` or its native messaging host as a process, and the windows that it opens.
#![allow(dead_code)]
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::pairing::{self, PageLink};
use madoguchi::card_client::trust;
use madoguchi::clock::Stopwatch;
use serde_json::{Value, json};

use super::card::{Answer, FakeGateway, GATEWAY, send};
use super::pki::now;
use super::reader::wait_until;

/// It is to end within a second; a test machine may be slow to run it.
const AT_ONCE: Duration = Duration::from_millis(2500);

/// `madoguchi-card agent` or its native messaging host as a process.
pub struct Process {
    child: Child,
    /// Its standard input.
    pub input: Option<ChildStdin>,
    /// Where the agent listens.
    pub address: Option<SocketAddr>,
    link: PageLink,
    /// The gateway that it trusts and is paired with.
    pub gateway: FakeGateway,
    dir: tempfile::TempDir,
}

impl Process {
    /// Starts it with the cards that `cards` names, for which it gets a folder, and with these variables.
    pub fn start(
        command: &[&str],
        cards: impl FnOnce(&Path) -> Vec<String>,
        after: &[&str],
        environment: &[(&str, &Path)],
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().join("data"))).unwrap();
        let (gateway, origin) = (FakeGateway::new(), Origin::parse(GATEWAY).unwrap());
        trust::pin(&folder, &origin, &gateway.keys(), now()).unwrap();
        let link = pairing::pair(&folder, &origin).unwrap();
        let opener = dir.path().join("open.sh");
        fs::write(&opener, "#!/bin/sh\necho \"$1\" >> \"$(dirname \"$0\")/windows\"\n").unwrap();
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi-card"))
            .arg("--data")
            .arg(folder.path())
            .args(command)
            .args(cards(dir.path()))
            .arg("--open-with")
            .arg(&opener)
            .args(after)
            .env("LANG", "en_GB.UTF-8")
            .env_remove("LC_ALL")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        Self { child, input, address: None, link, gateway, dir }
    }

    /// Starts the agent.
    pub fn agent(cards: impl FnOnce(&Path) -> Vec<String>, more: &[&str], environment: &[(&str, &Path)]) -> Self {
        let mut started = Self::start(&["agent", "--listen", "127.0.0.1:0"], cards, more, environment);
        let mut line = String::new();
        BufReader::new(started.child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap_or_else(|| panic!("{line}")).1;
        started.address = Some(address.parse().unwrap());
        started
    }

    /// A call of the paired page.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let (address, bearer) = (self.address.unwrap(), format!("Bearer {}", self.link.token));
        let headers = [("Origin", GATEWAY), ("Authorization", &bearer), ("Content-Type", "application/json")];
        send(address, &address.to_string(), method, path, &headers, &body.to_string())
    }

    /// Begins an operation; gives its path in the interface, and its window.
    pub fn ask(&self, path: &str, body: &Value) -> (String, Answer) {
        let before = self.windows().len();
        let answer = self.call("POST", path, body);
        assert_eq!(answer.status, 202, "{answer:?}");
        wait_until("the window", || self.windows().len() > before);
        (format!("/v1/operations/{}", answer.json()["operation"].as_str().unwrap()), self.window().1)
    }

    /// Answers the form of a window; gives the page that follows.
    pub fn answer(&self, page: &Answer, form: &str) -> Answer {
        let address = self.address.unwrap();
        let mut headers = vec![
            ("Origin", "null"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let body = format!("secret={}&{form}", page.secret());
        let answer = send(address, &address.to_string(), "POST", "/answer", &headers, &body);
        assert_eq!(answer.status, 303, "{answer:?}");
        headers.truncate(4);
        send(address, &address.to_string(), "GET", answer.header("location").unwrap(), &headers[1..], "")
    }

    fn windows(&self) -> Vec<String> {
        let opened = fs::read_to_string(self.dir.path().join("windows")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// The page of the window that was opened last, and where it lies.
    pub fn window(&self) -> (SocketAddr, Answer) {
        wait_until("the window", || !self.windows().is_empty());
        let opened = self.windows().pop().unwrap();
        let (host, path) = opened.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let headers = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        let address = host.parse().unwrap();
        (address, send(address, host, "GET", &format!("/{path}"), &headers, ""))
    }

    /// Everything that a browser may leave open: a connection that is kept, half a head, half a body, a question that waits.
    pub fn leave_open(&self) -> Vec<TcpStream> {
        let (address, token) = (self.address.unwrap(), &self.link.token);
        let head = format!("Host: {address}\r\nOrigin: {GATEWAY}\r\nAuthorization: Bearer {token}\r\n");
        let sent = [
            format!("GET /v1/status HTTP/1.1\r\n{head}\r\n"),
            "GET /v1/sta".to_owned(),
            format!("POST /v1/sign HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{"),
            String::new(),
        ];
        let open = |text: String| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            stream
        };
        let mut open: Vec<TcpStream> = sent.into_iter().map(open).collect();
        let mut answered = [0u8; 12];
        open[0].read_exact(&mut answered).unwrap();
        assert_eq!(&answered, b"HTTP/1.1 200");
        open
    }

    /// Begins a signature whose window nobody answers.
    pub fn begin(&self) {
        self.ask("/v1/sign", &json!({ "mgreq": self.gateway.good() }));
    }

    /// Agrees in the window; the card is at work then, and stays so.
    pub fn agree(&self, address: SocketAddr, page: &Answer, form: &str) {
        let headers =
            "Origin: null\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document";
        let body = format!("secret={}&{form}&action=agree", page.secret());
        let request = format!(
            "POST /answer HTTP/1.1\r\nHost: {address}\r\n{headers}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
        let read = stream.read(&mut [0u8; 1]);
        assert!(read.is_err(), "the card was to be at work: {read:?}");
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended, at once.
    pub fn ends(&mut self) -> ExitStatus {
        let waited = Stopwatch::start();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(waited.elapsed() < AT_ONCE, "it did not end within {AT_ONCE:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ended by itself where the test is good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
