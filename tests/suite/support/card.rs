//! Signing requests as a gateway makes them, and the card client's agent spoken to byte by byte.
#![allow(dead_code)]
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use madoguchi::card_client::ClientError;
use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::loopback::{AgentConfig, RunningAgent};
use madoguchi::card_client::opener::OpenWindow;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::pairing::PageLink;
use madoguchi::card_client::token::TokenSource;
use madoguchi::card_client::token::pkcs12::Pkcs12Source;
use madoguchi::card_client::{pairing, trust};
use madoguchi::clock::FixedClock;
use madoguchi::jws::{JwkSet, REQUEST_TYP, SigningKey};
use serde_json::{Value, json};

use super::pki::{TestPki, now};

/// The origin of the gateway that tests play.
pub const GATEWAY: &str = "http://127.0.0.1:8080";

/// A gateway that makes signing requests.
pub struct FakeGateway {
    /// Its request key.
    pub key: SigningKey,
}

impl FakeGateway {
    /// One with a new key.
    pub fn new() -> Self {
        Self { key: SigningKey::from_pkcs8(&SigningKey::generate_pkcs8().unwrap()).unwrap() }
    }

    /// Its key set.
    pub fn keys(&self) -> JwkSet {
        JwkSet::from_json(json!({ "keys": [self.key.jwk()] }).to_string().as_bytes()).unwrap()
    }

    /// An application document.
    pub fn document(&self) -> Vec<u8> {
        json!({
            "format": "madoguchi/application/1", "gateway": GATEWAY, "procedure": "general-application",
            "applicant": { "name": "山田　花子", "address": "東京都千代田区千代田１丁目１番１号" },
            "answers": { "title": "道路の補修", "body": "一行目\n二行目 \u{202e}\u{1b}[31m" },
            "attachments": [{ "name": "写真.png", "media_type": "image/png", "size": 5, "sha256": SHA256_OF_PHOTO }],
        })
        .to_string()
        .into_bytes()
    }

    /// The claims of a good request for `document`.
    pub fn claims(&self, document: &[u8], at: DateTime<Utc>) -> Value {
        json!({
            "iss": GATEWAY, "aud": "madoguchi-card", "jti": uuid::Uuid::new_v4().to_string(), "iat": at.timestamp(),
            "exp": (at + Duration::hours(1)).timestamp(),
            "application_sha256": hex::encode(ring::digest::digest(&ring::digest::SHA256, document)),
            "form": { "procedure": "general-application", "version": 1 },
            "display": [{ "pointer": "/applicant/name", "label": "氏名" }, { "pointer": "/answers/title", "label": "題名" },
                        { "pointer": "/answers/body", "label": "本文" }, { "pointer": "/answers/none", "label": "備考" }],
        })
    }

    /// A `.mgreq` of these claims and document.
    pub fn mgreq(&self, claims: &Value, document: &[u8]) -> Value {
        let request = self.key.sign(REQUEST_TYP, claims.to_string().as_bytes()).unwrap();
        json!({ "request_id": "r-1", "application": STANDARD.encode(document), "sha256": claims["application_sha256"],
                "not_after": "2030-01-01T00:00:00Z", "request": request })
    }

    /// A good `.mgreq`, made now.
    pub fn good(&self) -> Value {
        let document = self.document();
        self.mgreq(&self.claims(&document, now()), &document)
    }
}

/// SHA-256 of `photo`.
pub const SHA256_OF_PHOTO: &str = "55c64d0fcd6f9d5f7c828093857e3fdfda68478bb4e9bd24d481ef391c7804e8";

/// The windows that an agent opened.
#[derive(Default)]
pub struct Windows(Mutex<Vec<String>>);

impl OpenWindow for Windows {
    fn open(&self, url: &str) -> Result<(), ClientError> {
        self.0.lock().unwrap().push(url.to_owned());
        Ok(())
    }
}

impl Windows {
    /// Their addresses, in order.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// An agent with cards of the test PKI, paired with [`GATEWAY`], whose keys it trusts.
pub struct TestAgent {
    /// The agent.
    pub agent: RunningAgent,
    /// The gateway's pairing.
    pub link: PageLink,
    /// The gateway.
    pub gateway: FakeGateway,
    /// The agent's clock.
    pub clock: Arc<FixedClock>,
    /// The client's folder.
    pub folder: DataFolder,
    /// What it opened.
    pub windows: Arc<Windows>,
    _dir: tempfile::TempDir,
}

impl TestAgent {
    /// Starts one with these cards.
    pub fn start(cards: &[&str]) -> Self {
        Self::start_as(cards, true)
    }

    /// Starts one that answers pages, or one that does not.
    pub fn start_as(cards: &[&str], answers_pages: bool) -> Self {
        let files: Vec<_> = cards.iter().map(|card| TestPki::shared().p12_path(card)).collect();
        Self::start_from(Arc::new(Pkcs12Source::new(&files).unwrap()), answers_pages)
    }

    /// Starts one with the cards of this source.
    pub fn start_from(cards: Arc<dyn TokenSource>, answers_pages: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().join("data"))).unwrap();
        let gateway = FakeGateway::new();
        let origin = Origin::parse(GATEWAY).unwrap();
        trust::pin(&folder, &origin, &gateway.keys(), now()).unwrap();
        let link = pairing::pair(&folder, &origin).unwrap();
        madoguchi::card_client::phrase::choose(&folder, PHRASE).unwrap();
        let clock = Arc::new(FixedClock::new(now()));
        let windows = Arc::new(Windows::default());
        let config = AgentConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            folder: folder.clone(),
            cards,
            opener: windows.clone(),
            answers_pages,
            clock: clock.clone(),
        };
        Self { agent: RunningAgent::start(config).unwrap(), link, gateway, clock, folder, windows, _dir: dir }
    }

    /// Its own origin.
    pub fn origin(&self) -> String {
        format!("http://{}", self.agent.address())
    }

    /// A call of the interface as the paired page makes it.
    pub fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let authorization = format!("Bearer {}", self.link.token);
        let headers =
            [("Origin", GATEWAY), ("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        self.send(method, path, &headers, body)
    }

    /// Opens a page as a browser does that a program told to.
    pub fn open(&self, path: &str) -> Answer {
        let headers = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        self.send("GET", path, &headers, "")
    }

    /// Sends a form as a browser does from the agent's own page, which has no referrer.
    pub fn submit(&self, form: &str) -> Answer {
        let headers = [
            ("Origin", "null"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        self.send("POST", "/answer", &headers, form)
    }

    /// A request with exactly these headers beside Host and Content-Length.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.agent.address(), &self.agent.address().to_string(), method, path, headers, body)
    }

    /// The path of the window that was opened last.
    pub fn window(&self) -> String {
        let opened = self.windows.all();
        let last = opened.last().expect("no window was opened");
        last.strip_prefix(&self.origin()).expect("an address of the agent").to_owned()
    }

    /// Begins an operation; gives its path in the interface and the path of the window that the agent opened for it.
    pub fn begin(&self, path: &str, body: &Value) -> (String, String) {
        let answer = self.call("POST", path, &body.to_string());
        assert_eq!(answer.status, 202, "{answer:?}");
        let answer = answer.json();
        assert!(answer.get("url").is_none(), "the page must not learn the window's address: {answer}");
        (format!("/v1/operations/{}", answer["operation"].as_str().unwrap()), self.window())
    }

    /// Begins a signature.
    pub fn begin_sign(&self) -> (String, String) {
        self.begin("/v1/sign", &json!({ "language": "ja", "mgreq": self.gateway.good() }))
    }

    /// Answers the form and gives the page that follows.
    pub fn answer(&self, page: &Answer, rest: &str) -> Answer {
        let answer = self.submit(&format!("secret={}&{rest}", page.secret()));
        assert_eq!(answer.status, 303, "{answer:?}");
        let headers =
            [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        self.send("GET", answer.header("location").unwrap(), &headers, "")
    }
}

/// What stands above the PIN field.
pub const PHRASE: &str = "青い朝顔と灯台";

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, lower case, a line each.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// Its body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The secret of the form in it.
    pub fn secret(&self) -> String {
        let from = self.body.split("name=\"secret\" value=\"").nth(1).unwrap_or_else(|| panic!("no form in {self:?}"));
        from.split('"').next().unwrap().to_owned()
    }
}

/// One HTTP/1.1 request, written out.
pub fn send(address: SocketAddr, host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes()).unwrap();
    let mut raw = Vec::new();
    // A server that refuses early may reset the connection after its answer.
    let _ = stream.read_to_end(&mut raw);
    let text = String::from_utf8_lossy(&raw).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let head = head
        .lines()
        .map(|line| line.split_once(": ").map_or(line.to_owned(), |(n, v)| format!("{}: {v}", n.to_lowercase())));
    Answer { status, head: head.collect::<Vec<_>>().join("\n"), body: body.to_owned() }
}
