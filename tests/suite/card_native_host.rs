//! The native messaging host: framed messages in and out, as a browser's extension sends them.
use std::io::{PipeWriter, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use madoguchi::card_client::ClientError;
use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::loopback::AgentConfig;
use madoguchi::card_client::native_host::{CHROMIUM_EXTENSION, check_caller, framing, serve};
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::token::pkcs12::Pkcs12Source;
use madoguchi::card_client::{phrase, trust};
use madoguchi::clock::FixedClock;
use serde_json::{Value, json};

use crate::support::card::{FakeGateway, GATEWAY, PHRASE, Windows, send};
use crate::support::pki::{TestPki, now};

/// What the host writes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Host {
    gateway: FakeGateway,
    windows: Arc<Windows>,
    written: Written,
    input: Option<PipeWriter>,
    thread: Option<JoinHandle<Result<(), ClientError>>>,
    _dir: tempfile::TempDir,
}

impl Host {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().join("data"))).unwrap();
        let gateway = FakeGateway::new();
        trust::pin(&folder, &Origin::parse(GATEWAY).unwrap(), &gateway.keys(), now()).unwrap();
        phrase::choose(&folder, PHRASE).unwrap();
        let windows = Arc::new(Windows::default());
        let config = AgentConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            folder,
            cards: Arc::new(Pkcs12Source::new(&[TestPki::shared().p12_path("sign-yamada")]).unwrap()),
            opener: windows.clone(),
            answers_pages: false,
            clock: Arc::new(FixedClock::new(now())),
        };
        let (reader, writer) = std::io::pipe().unwrap();
        let written = Written::default();
        let output = Box::new(written.clone());
        let thread = std::thread::spawn(move || serve(config, reader, output, |_| Ok(())));
        Self { gateway, windows, written, input: Some(writer), thread: Some(thread), _dir: dir }
    }

    fn tell(&mut self, message: &Value) {
        framing::write(self.input.as_mut().unwrap(), message).unwrap();
    }

    /// The answer to the message `id`, waited for.
    fn answer(&self, id: u64) -> Value {
        for _ in 0..400 {
            let bytes = self.written.0.lock().unwrap().clone();
            let mut input = bytes.as_slice();
            while let Ok(Some(message)) = framing::read(&mut input) {
                if message["id"] == id {
                    return message;
                }
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("no answer to {id}");
    }

    /// Opens the window that was opened last and answers its form.
    fn agree(&self, form: &str) -> String {
        let opened = self.windows.all();
        let rest = opened.last().expect("no window").strip_prefix("http://").unwrap().to_owned();
        let (host, path) = rest.split_once('/').unwrap();
        let address: SocketAddr = host.parse().unwrap();
        let headers = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        let page = send(address, host, "GET", &format!("/{path}"), &headers, "");
        let headers = [
            ("Origin", "null"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let body = format!("secret={}&{form}", page.secret());
        assert_eq!(send(address, host, "POST", "/answer", &headers, &body).status, 303);
        page.body
    }

    fn windows_after(&self, wanted: usize) {
        for _ in 0..400 {
            if self.windows.all().len() == wanted {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("{} windows, not {wanted}", self.windows.all().len());
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.input.take());
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(_))), "the host did not end with its input");
    }
}

#[test]
fn certificate_and_signature_take_one_pin() {
    let mut host = Host::start();
    host.tell(&json!({ "id": 1, "origin": GATEWAY, "command": "status" }));
    assert_eq!(host.answer(1)["ok"]["trusted"], true);
    host.tell(&json!({ "id": 2, "origin": GATEWAY, "command": "certificate", "language": "en" }));
    host.windows_after(1);
    let page = host.agree("card=0&pin=YAMADA01&keep=yes&action=agree");
    assert!(page.contains(GATEWAY) && page.contains(PHRASE), "{page}");
    assert_eq!(host.answer(2)["ok"]["card"], "sign-yamada");
    let mgreqs = json!([host.gateway.good()]);
    host.tell(&json!({ "id": 3, "origin": GATEWAY, "command": "sign", "language": "ja", "mgreqs": mgreqs }));
    host.windows_after(2);
    let page = host.agree("checked=yes&action=agree");
    assert!(page.contains("道路の補修") && !page.contains("id=\"pin\""), "{page}");
    assert_eq!(host.answer(3)["ok"]["signatures"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_hostile_pages_send_opens_no_window() {
    let mut host = Host::start();
    let stranger = FakeGateway::new();
    let forged = [
        (json!({ "origin": "https://evil.example", "command": "certificate" }), "gateway-not-trusted"),
        (
            json!({ "origin": "https://evil.example", "command": "authenticate", "nonce": "A".repeat(44) }),
            "gateway-not-trusted",
        ),
        (
            json!({ "origin": "https://evil.example", "command": "sign", "mgreqs": [host.gateway.good()] }),
            "gateway-not-trusted",
        ),
        (json!({ "origin": GATEWAY, "command": "sign", "mgreqs": [stranger.good()] }), "request-signature"),
        (json!({ "origin": GATEWAY, "command": "sign", "mgreqs": [] }), "request-malformed"),
        (json!({ "origin": GATEWAY, "command": "sign", "hash": "00" }), "message-malformed"),
        (json!({ "origin": GATEWAY, "command": "authenticate", "nonce": "short" }), "nonce-malformed"),
        (json!({ "origin": GATEWAY, "command": "shell" }), "message-malformed"),
        (json!({ "command": "certificate" }), "gateway-not-trusted"),
    ];
    for (id, (mut message, code)) in forged.into_iter().enumerate() {
        message["id"] = json!(id);
        host.tell(&message);
        let answer = host.answer(u64::try_from(id).unwrap());
        assert_eq!(answer["error"]["code"], code, "{message}");
        assert!(answer["error"]["webeid"].as_str().unwrap().starts_with("ERR_WEBEID_"), "{answer}");
    }
    assert!(host.windows.all().is_empty());
}

#[test]
fn a_page_that_is_left_ends_its_own_operation_alone() {
    let mut host = Host::start();
    host.tell(&json!({ "id": 1, "origin": GATEWAY, "command": "certificate" }));
    host.windows_after(1);
    host.tell(&json!({ "id": 2, "origin": "https://evil.example", "command": "cancel", "of": 1 }));
    host.answer(2);
    host.tell(&json!({ "id": 3, "origin": GATEWAY, "command": "cancel", "of": 1 }));
    assert_eq!(host.answer(1)["error"]["code"], "cancelled");
}

#[test]
fn a_broken_stream_ends_the_host() {
    let mut host = Host::start();
    host.input.as_mut().unwrap().write_all(&u32::MAX.to_ne_bytes()).unwrap();
    let ended = host.thread.take().unwrap().join().unwrap();
    assert_eq!(ended.unwrap_err().code, "too-large");
    host.thread = Some(std::thread::spawn(|| Ok(())));
}

#[test]
fn only_our_extension_starts_the_host() {
    let ours = format!("chrome-extension://{CHROMIUM_EXTENSION}/");
    let from = |caller: &str, more: Option<&str>| check_caller(&[caller.to_owned()], more).is_ok();
    assert!(from(&ours, None) && from("card@madoguchi.example", None));
    assert!(from("chrome-extension://abcdefghabcdefghabcdefghabcdefgh/", Some("abcdefghabcdefghabcdefghabcdefgh")));
    for wrong in
        ["", "chrome-extension://abcdefghabcdefghabcdefghabcdefgh/", &ours[..ours.len() - 1], "https://evil.example"]
    {
        assert!(!from(wrong, None), "{wrong}");
    }
    assert!(check_caller(&[], None).is_err());
}
