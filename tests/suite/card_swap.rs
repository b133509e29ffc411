//! A card that is taken out while it is open for a site, and what comes into its reader then: only the card whose certificate the
//! site was given signs for it.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::card::Answer;
use crate::support::card_process::Process;
use crate::support::pki::TestPki;
use crate::support::reader::{Card, PIN, Readers, YAMADA, opensc};

const SMITH: Card<'static> = Card { signer: "sign-smith", options: &[] };

/// The ways to the card that this was built with.
fn ways() -> Vec<Vec<String>> {
    let mut ways = vec![vec!["--pkcs11".to_owned(), opensc().to_str().unwrap().to_owned()]];
    if cfg!(feature = "pcsc") {
        ways.push(vec!["--pcsc".to_owned()]);
    }
    ways
}

/// The form that chooses the one card of a page and gives it the PIN.
fn with_pin(page: &Answer) -> String {
    let from = page.body.split("name=\"card\" value=\"").nth(1).unwrap_or_else(|| panic!("no card in {page:?}"));
    let id: String = from.split('"').next().unwrap().bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("card={id}&pin={PIN}")
}

fn agent(readers: &Readers, way: &[String]) -> Process {
    let socket = readers.socket();
    Process::agent(|_| way.to_vec(), &[], &[("PCSCLITE_CSOCK_NAME", &socket)])
}

/// Reads the certificate of the card that is there and keeps it open; gives the certificate.
fn read(agent: &Process) -> Vec<u8> {
    let (operation, page) = agent.ask("/v1/certificate", &json!({ "language": "en" }));
    let done = agent.answer(&page, &format!("{}&keep=yes&action=agree", with_pin(&page)));
    assert!(done.body.contains("stays open"), "{done:?}");
    STANDARD.decode(told(agent, &operation)["result"]["certificate"].as_str().unwrap()).unwrap()
}

fn told(agent: &Process, operation: &str) -> Value {
    agent.call("GET", operation, &json!({})).json()
}

fn begin_sign(agent: &Process) -> (String, Answer) {
    agent.ask("/v1/sign", &json!({ "language": "en", "mgreq": agent.gateway.good() }))
}

/// The open card is gone: the signature without a PIN fails, and says so.
fn the_open_card_is_gone(agent: &Process) {
    let (operation, page) = begin_sign(agent);
    assert!(!page.body.contains("id=\"pin\""), "{page:?}");
    agent.answer(&page, "checked=yes&action=agree");
    let code = told(agent, &operation)["error"]["code"].clone();
    assert!(["card-removed", "card-changed"].iter().any(|known| code == *known), "{code}");
}

#[test]
fn another_card_in_the_same_reader_does_not_sign_and_the_same_one_put_back_does() {
    for way in ways() {
        let readers = Readers::start();
        let card = readers.insert(0, &YAMADA);
        let agent = agent(&readers, &way);
        assert_eq!(read(&agent), TestPki::shared().certificate("sign-yamada"));
        drop(card);
        readers.wait_for_card(0, false);
        let other = readers.insert(0, &SMITH);
        the_open_card_is_gone(&agent);
        assert!(!other.log().contains("VERIFY sign PIN: "), "the PIN was given to another card: {}", other.log());
        let (operation, page) = begin_sign(&agent);
        let page = agent.answer(&page, &format!("checked=yes&{}&action=agree", with_pin(&page)));
        assert!(page.body.contains("this is another card than before"), "{page:?}");
        assert_eq!((told(&agent, &operation)["status"].as_str(), other.signatures()), (Some("waiting"), 0));
        drop(other);
        readers.wait_for_card(0, false);
        let card = readers.insert(0, &YAMADA);
        let page = agent.answer(&page, "action=again");
        agent.answer(&page, &format!("checked=yes&{}&action=agree", with_pin(&page)));
        let told = told(&agent, &operation);
        assert_eq!((told["status"].as_str(), card.signatures()), (Some("done"), 1), "{told}");
        let certificate = STANDARD.decode(told["result"]["certificate"].as_str().unwrap()).unwrap();
        assert_eq!(certificate, TestPki::shared().certificate("sign-yamada"));
    }
}

#[test]
fn the_same_card_put_back_in_signs_with_its_pin() {
    for way in ways() {
        let readers = Readers::start();
        let card = readers.insert(0, &YAMADA);
        let agent = agent(&readers, &way);
        read(&agent);
        card.toggle();
        readers.wait_for_card(0, false);
        card.toggle();
        readers.wait_for_card(0, true);
        the_open_card_is_gone(&agent);
        let (operation, page) = begin_sign(&agent);
        agent.answer(&page, &format!("checked=yes&{}&action=agree", with_pin(&page)));
        assert_eq!(told(&agent, &operation)["status"], "done");
    }
}

#[test]
fn another_card_signs_once_its_own_certificate_was_read() {
    let readers = Readers::start();
    let card = readers.insert(0, &YAMADA);
    let agent = agent(&readers, &ways()[0]);
    read(&agent);
    drop(card);
    readers.wait_for_card(0, false);
    let other = readers.insert(0, &SMITH);
    assert_eq!(read(&agent), TestPki::shared().certificate("sign-smith"));
    let (operation, page) = begin_sign(&agent);
    agent.answer(&page, "checked=yes&action=agree");
    assert_eq!((told(&agent, &operation)["status"].as_str(), other.signatures()), (Some("done"), 1));
}
