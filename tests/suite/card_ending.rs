//! The card client ends within a second when it is told to, whatever is under way; only a signature that the card is making
//! may finish.
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::pairing::{self, PageLink};
use madoguchi::card_client::token::pkcs12::Pkcs12Source;
use madoguchi::card_client::token::{CardInfo, KeyAlgorithm, PinEntry, Purpose, TokenError, TokenSession, TokenSource};
use madoguchi::card_client::{native_host, trust};
use madoguchi::clock::Stopwatch;
use serde_json::{Value, json};

use crate::support::card::{Answer, FakeGateway, GATEWAY, TestAgent, send};
use crate::support::pki::{TestPki, now};
use crate::support::reader::wait_until;

/// It is to end within a second; a test machine may be slow to run it.
const AT_ONCE: Duration = Duration::from_millis(2500);

/// Yamada's demo card in a file whose passphrase takes minutes to look at: a card that does not come back.
fn slow_card(path: &Path) {
    let pki = TestPki::shared();
    let archive = openssl::pkcs12::Pkcs12::from_der(&fs::read(pki.p12_path("sign-yamada")).unwrap()).unwrap();
    let opened = archive.parse2(&pki.pin("sign-yamada")).unwrap();
    let (key, certificate) = (opened.pkey.unwrap(), opened.cert.unwrap());
    let mut builder = openssl::pkcs12::Pkcs12::builder();
    builder.pkey(&key).cert(&certificate).mac_iter(0x01_02_03);
    let mut der = builder.build2(&pki.pin("sign-yamada")).unwrap().to_der().unwrap();
    // MacData stands last, its count of rounds (INTEGER) last in it: one octet longer.
    assert!(der.ends_with(&[0x02, 0x03, 0x01, 0x02, 0x03]) && der[1] == 0x82);
    der.truncate(der.len() - 5);
    let mac = (0..der.len() - 2).rfind(|&at| der[at] == 0x30 && usize::from(der[at + 1]) == der.len() + 5 - at - 2);
    der[mac.unwrap() + 1] += 1;
    der.extend([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]);
    let [high, low] = u16::try_from(der.len() - 4).unwrap().to_be_bytes();
    (der[2], der[3]) = (high, low);
    fs::write(path, der).unwrap();
}

/// `madoguchi-card agent` or its native messaging host as a process.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    address: Option<SocketAddr>,
    link: PageLink,
    gateway: FakeGateway,
    dir: tempfile::TempDir,
}

impl Process {
    fn start(command: &[&str], after: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().join("data"))).unwrap();
        let (gateway, origin) = (FakeGateway::new(), Origin::parse(GATEWAY).unwrap());
        trust::pin(&folder, &origin, &gateway.keys(), now()).unwrap();
        let link = pairing::pair(&folder, &origin).unwrap();
        slow_card(&dir.path().join("slow.p12"));
        let opener = dir.path().join("open.sh");
        fs::write(&opener, "#!/bin/sh\necho \"$1\" >> \"$(dirname \"$0\")/windows\"\n").unwrap();
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_madoguchi-card"))
            .arg("--data")
            .arg(folder.path())
            .args(command)
            .arg("--p12")
            .arg(dir.path().join("slow.p12"))
            .arg("--open-with")
            .arg(&opener)
            .args(after)
            .env("LANG", "en_GB.UTF-8")
            .env_remove("LC_ALL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        Self { child, input, address: None, link, gateway, dir }
    }

    fn agent(more: &[&str]) -> Self {
        let mut started = Self::start(&["agent", "--listen", "127.0.0.1:0"], more);
        let mut line = String::new();
        BufReader::new(started.child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").unwrap_or_else(|| panic!("{line}")).1;
        started.address = Some(address.parse().unwrap());
        started
    }

    fn windows(&self) -> Vec<String> {
        let opened = fs::read_to_string(self.dir.path().join("windows")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// The page of the window that was opened last, and where it lies.
    fn window(&self) -> (SocketAddr, Answer) {
        wait_until("the window", || !self.windows().is_empty());
        let opened = self.windows().pop().unwrap();
        let (host, path) = opened.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let headers = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        let address = host.parse().unwrap();
        (address, send(address, host, "GET", &format!("/{path}"), &headers, ""))
    }

    /// Everything that a browser may leave open: a connection that is kept, half a head, half a body, a question that waits.
    fn leave_open(&self) -> Vec<TcpStream> {
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
    fn begin(&self) {
        let (address, bearer) = (self.address.unwrap(), format!("Bearer {}", self.link.token));
        let headers = [("Origin", GATEWAY), ("Authorization", &bearer), ("Content-Type", "application/json")];
        let body = json!({ "mgreq": self.gateway.good() }).to_string();
        let answer = send(address, &address.to_string(), "POST", "/v1/sign", &headers, &body);
        assert_eq!(answer.status, 202, "{answer:?}");
    }

    /// Agrees in the window; the card is at work then, and stays so.
    fn agree(&self, form: &str) {
        let (address, page) = self.window();
        let headers = "Origin: null\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document";
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

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended, at once.
    fn ends(&mut self) -> ExitStatus {
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

#[test]
fn a_signal_ends_the_agent_whatever_a_browser_leaves_open() {
    for name in ["INT", "TERM"] {
        let mut agent = Process::agent(&[]);
        let open = agent.leave_open();
        agent.begin();
        agent.window();
        agent.signal(name);
        assert_eq!(agent.ends().code(), Some(0), "{name}");
        drop(open);
    }
}

#[test]
fn a_signal_ends_the_agent_while_a_card_does_not_come_back() {
    for name in ["INT", "TERM"] {
        let mut agent = Process::agent(&[]);
        let _open = agent.leave_open();
        agent.begin();
        agent.agree("checked=yes&card=0/0&pin=YAMADA01");
        agent.signal(name);
        agent.ends();
    }
}

#[test]
fn the_agent_of_a_program_that_is_gone_ends() {
    let mut agent = Process::agent(&["--until-stdin-ends"]);
    let _open = agent.leave_open();
    agent.begin();
    agent.agree("checked=yes&card=0/0&pin=YAMADA01");
    drop(agent.input.take());
    agent.ends();
}

fn native_host() -> Process {
    let caller = format!("chrome-extension://{}/", native_host::CHROMIUM_EXTENSION);
    let mut host = Process::start(&["native-host"], &["--", &caller]);
    let message = json!({ "id": 1, "origin": GATEWAY, "command": "certificate" });
    native_host::framing::write(host.input.as_mut().unwrap(), &message).unwrap();
    host
}

#[test]
fn the_native_host_ends_with_its_input_while_a_window_is_unanswered_or_a_card_does_not_come_back() {
    let mut host = native_host();
    host.window();
    drop(host.input.take());
    assert_eq!(host.ends().code(), Some(0));
    let mut host = native_host();
    host.agree("card=0/0&pin=YAMADA01");
    drop(host.input.take());
    host.ends();
    let mut host = native_host();
    host.agree("card=0/0&pin=YAMADA01");
    host.signal("TERM");
    host.ends();
}

/// Demo cards that take their time to sign.
struct Slow(Pkcs12Source, Duration);

struct SlowSession(Box<dyn TokenSession>, Duration);

impl TokenSource for Slow {
    fn cards(&self, purpose: Purpose) -> Result<Vec<CardInfo>, TokenError> {
        self.0.cards(purpose)
    }

    fn open(&self, id: &str, purpose: Purpose, pin: PinEntry<'_>) -> Result<Box<dyn TokenSession>, TokenError> {
        Ok(Box::new(SlowSession(self.0.open(id, purpose, pin)?, self.1)))
    }
}

impl TokenSession for SlowSession {
    fn certificate(&self) -> &[u8] {
        self.0.certificate()
    }

    fn algorithm(&self) -> KeyAlgorithm {
        self.0.algorithm()
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        std::thread::sleep(self.1);
        self.0.sign(message)
    }
}

#[test]
fn a_signature_that_is_being_made_finishes_and_nothing_follows_it() {
    let cards = Pkcs12Source::new(&[PathBuf::from(TestPki::shared().p12_path("sign-yamada"))]).unwrap();
    let agent = TestAgent::start_from(Arc::new(Slow(cards, Duration::from_secs(1))), true);
    let mgreqs = json!([agent.gateway.good(), agent.gateway.good()]);
    let (operation, window) = agent.begin("/v1/sign", &json!({ "mgreqs": mgreqs }));
    let page = agent.answer(&agent.open(&window), "checked=yes&action=agree");
    let told: Value = std::thread::scope(|scope| {
        scope.spawn(|| agent.answer(&page, "checked=yes&card=0&pin=YAMADA01&action=agree"));
        wait_until("the card", || agent.agent.state().card_works());
        std::thread::sleep(Duration::from_millis(300));
        let ending = agent.agent.state();
        scope.spawn(move || ending.end());
        let report = || agent.call("GET", &operation, "").json();
        wait_until("the signature", || report()["status"] == "done");
        report()["result"].clone()
    });
    assert_eq!(told["signatures"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["error"]["code"], "client-ending");
    let signature = STANDARD.decode(told["signatures"][0]["signature"].as_str().unwrap()).unwrap();
    openssl::cms::CmsContentInfo::from_der(&signature).unwrap();
    let refused = agent.call("POST", "/v1/certificate", "{}");
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (503, Some("client-ending")));
}
