//! The card client ends within a second when it is told to, whatever is under way; only a signature that the card is making
//! may finish.
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use madoguchi::card_client::native_host;
use madoguchi::card_client::token::pkcs12::Pkcs12Source;
use madoguchi::card_client::token::{CardInfo, KeyAlgorithm, PinEntry, Purpose, TokenError, TokenSession, TokenSource};
use serde_json::{Value, json};

use crate::support::card::{GATEWAY, TestAgent};
use crate::support::card_process::Process;
use crate::support::pki::TestPki;
use crate::support::reader::wait_until;

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

fn slow_cards(folder: &Path) -> Vec<String> {
    let card = folder.join("slow.p12");
    slow_card(&card);
    vec!["--p12".to_owned(), card.to_str().unwrap().to_owned()]
}

#[test]
fn a_signal_ends_the_agent_whatever_a_browser_leaves_open() {
    for name in ["INT", "TERM"] {
        let mut agent = Process::agent(slow_cards, &[], &[]);
        let open = agent.leave_open();
        agent.begin();
        agent.signal(name);
        assert_eq!(agent.ends().code(), Some(0), "{name}");
        drop(open);
    }
}

#[test]
fn a_signal_ends_the_agent_while_a_card_does_not_come_back() {
    for name in ["INT", "TERM"] {
        let mut agent = Process::agent(slow_cards, &[], &[]);
        let _open = agent.leave_open();
        let (_, page) = agent.ask("/v1/sign", &json!({ "mgreq": agent.gateway.good() }));
        agent.agree(agent.address.unwrap(), &page, "checked=yes&card=0/0&pin=YAMADA01");
        agent.signal(name);
        agent.ends();
    }
}

#[test]
fn the_agent_of_a_program_that_is_gone_ends() {
    let mut agent = Process::agent(slow_cards, &["--until-stdin-ends"], &[]);
    let _open = agent.leave_open();
    let (_, page) = agent.ask("/v1/sign", &json!({ "mgreq": agent.gateway.good() }));
    agent.agree(agent.address.unwrap(), &page, "checked=yes&card=0/0&pin=YAMADA01");
    drop(agent.input.take());
    agent.ends();
}

fn native_host() -> Process {
    let caller = format!("chrome-extension://{}/", native_host::CHROMIUM_EXTENSION);
    let mut host = Process::start(&["native-host"], slow_cards, &["--", &caller], &[]);
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
    let (address, page) = host.window();
    host.agree(address, &page, "card=0/0&pin=YAMADA01");
    drop(host.input.take());
    host.ends();
    let mut host = native_host();
    let (address, page) = host.window();
    host.agree(address, &page, "card=0/0&pin=YAMADA01");
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
    let cards = Pkcs12Source::new(&[TestPki::shared().p12_path("sign-yamada")]).unwrap();
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
