//! A reader that takes the PIN on its own keys, by a double (tests/card/pinpad_module.c): no PIN passes through this program.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::card::Answer;
use crate::support::card_process::Process;
use crate::support::client::{Client, Said, finish};
use crate::support::pki::TestPki;
use crate::support::softhsm::{PIN, Token, module};

/// A token behind the keys.
struct Pad {
    token: Token,
    keys: String,
}

impl Pad {
    /// What its keys will be pressed to, one word for each time that it asks.
    fn typing(keys: &[&str]) -> Self {
        let pad = Self { token: Token::with("sign-yamada"), keys: keys.join(",") };
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/card/pinpad_module.c");
        let built = Command::new("gcc")
            .args(["-O1", "-Wall", "-Wno-cast-function-type", "-fPIC", "-shared", "-Wl,-z,nodelete", "-o"])
            .arg(pad.module())
            .arg(source)
            .status();
        assert!(built.expect("gcc is not installed: tests/run installs it").success());
        pad
    }

    fn module(&self) -> String {
        self.token.path("pinpad.so").to_str().unwrap().to_owned()
    }

    fn environment(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("SOFTHSM2_CONF", self.token.config()),
            ("PINPAD_MODULE", module().into()),
            ("PINPAD_KEYS", self.keys.clone().into()),
            ("PINPAD_LOG", self.token.path("pinpad.log")),
        ]
    }

    /// How often a PIN was given: always on the keys.
    fn asked(&self) -> usize {
        let log = fs::read_to_string(self.token.path("pinpad.log")).unwrap_or_default();
        assert!(log.lines().all(|line| line == "keys"), "the program gave a PIN: {log}");
        log.lines().count()
    }

    fn client(&self, language: &str) -> Client {
        let client =
            self.environment().into_iter().fold(Client::new(), |client, (name, value)| client.with(name, value));
        client.with("LANG", language)
    }

    /// Signs on a terminal, where the person says yes to the application and types nothing else.
    fn sign(&self, client: &Client, request: &str) -> Said {
        let command = client.command(&["sign", request, "--pkcs11", &self.module()]);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let line: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let mut terminal = Command::new("script");
        terminal.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
        terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        for (name, _) in command.get_envs().filter(|(_, value)| value.is_none()) {
            terminal.env_remove(name);
        }
        let mut child =
            terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bsdutils");
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"yes\n").unwrap();
        let input = child.stdin.take();
        let said = finish(child);
        drop(input);
        said
    }
}

#[test]
fn a_terminal_sends_the_person_to_the_keys() {
    for (language, told) in [
        ("en_GB.UTF-8", "Type the PIN on the reader's own keys"),
        ("ja_JP.UTF-8", "カードリーダーのボタンで暗証番号を入力"),
    ] {
        let pad = Pad::typing(&["wrong", PIN]);
        let client = pad.client(language);
        let request = client.request("a.mgreq");
        let said = pad.sign(&client, &request);
        said.worked().told(told).told("pin-wrong");
        assert!(!said.out.contains(PIN), "{said:?}");
        assert_eq!(pad.asked(), 2, "a wrong PIN may be typed again on the keys");
        client.accepted(&request, "jpki");
    }
}

#[test]
fn what_ends_at_the_keys_has_a_code_and_signs_nothing() {
    for (keys, code, asked) in [
        (&["cancel", PIN][..], "pin-pad-cancelled", 1),
        (&["wrong", "cancel"], "pin-pad-cancelled", 2),
        // Of three tries one is left: it is not asked for by itself.
        (&["wrong", "wrong", "wrong"], "pin-wrong", 2),
    ] {
        let pad = Pad::typing(keys);
        let client = pad.client("en_GB.UTF-8");
        let request = client.request("a.mgreq");
        let said = pad.sign(&client, &request);
        assert_eq!(said.status, Some(1), "{said:?}");
        assert!(said.out.trim_end().lines().any(|line| line.contains(&format!("({code})"))), "{code}: {said:?}");
        assert_eq!(pad.asked(), asked, "{said:?}");
        client.not_signed(&request);
    }
}

#[test]
fn a_pin_from_standard_input_is_not_given_to_it() {
    let pad = Pad::typing(&[PIN]);
    let client = pad.client("en_GB.UTF-8");
    let request = client.request("a.mgreq");
    client.sign(&request, &["--pkcs11", &pad.module()], PIN).refused("pin-pad-needed");
    client.not_signed(&request);
    assert_eq!(pad.asked(), 0);
    client.run(&["status", "--pkcs11", &pad.module()], "").told("Type the PIN on the reader's own keys");
}

fn agent(pad: &Pad) -> Process {
    let environment = pad.environment();
    let environment: Vec<(&str, &Path)> = environment.iter().map(|(name, value)| (*name, value.as_path())).collect();
    Process::agent(|_| vec!["--pkcs11".to_owned(), pad.module()], &[], &environment)
}

/// The form that chooses the one card of a page.
fn chosen(page: &Answer, rest: &str) -> String {
    let from = page.body.split("name=\"card\" value=\"").nth(1).unwrap_or_else(|| panic!("no card in {page:?}"));
    let id: String = from.split('"').next().unwrap().bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("card={id}&checked=yes&action=agree{rest}")
}

fn assert_signed(agent: &Process, told: &Value) {
    let signature = STANDARD.decode(told["result"]["signatures"][0]["signature"].as_str().unwrap()).unwrap();
    let mut cms = openssl::cms::CmsContentInfo::from_der(&signature).unwrap();
    let mut store = openssl::x509::store::X509StoreBuilder::new().unwrap();
    for anchor in TestPki::shared().anchors() {
        store.add_cert(openssl::x509::X509::from_der(&anchor).unwrap()).unwrap();
    }
    let options = openssl::cms::CMSOptions::BINARY | openssl::cms::CMSOptions::NO_SIGNER_CERT_VERIFY;
    cms.verify(None, Some(&store.build()), Some(&agent.gateway.document()), None, options).unwrap();
}

#[test]
fn the_window_has_no_pin_field() {
    let pad = Pad::typing(&["cancel", "wrong", "wrong", PIN]);
    let agent = agent(&pad);
    for (language, told) in [("ja", "カードリーダーのキーで暗証番号を入力"), ("en", "enter the PIN on the reader")]
    {
        let (path, page) = agent.ask("/v1/certificate", &json!({ "language": language }));
        assert!(page.body.contains(told) && !page.body.contains("id=\"pin\""), "{page:?}");
        assert_eq!(agent.answer(&page, "action=refuse").status, 200);
        assert_eq!(agent.call("GET", &path, &json!({})).json()["error"]["code"], "user-cancelled");
    }
    let (path, page) = agent.ask("/v1/sign", &json!({ "mgreq": agent.gateway.good(), "language": "en" }));
    assert!(page.body.contains("enter the PIN on the reader") && !page.body.contains("id=\"pin\""), "{page:?}");
    // A PIN that comes all the same goes no further.
    let page = agent.answer(&page, &chosen(&page, "&pin=YAMADA01"));
    assert!(page.body.contains("typed on the reader") && pad.asked() == 0, "{page:?}");
    let page = agent.answer(&page, &chosen(&page, ""));
    assert!(page.body.contains("the PIN entry at the reader was ended") && pad.asked() == 1, "{page:?}");
    let page = agent.answer(&page, &chosen(&page, ""));
    assert!(page.body.contains("the PIN is wrong") && page.body.contains("fewer than all"), "{page:?}");
    let page = agent.answer(&page, &chosen(&page, ""));
    assert!(page.body.contains("the PIN is wrong") && page.body.contains("how many) → "), "{page:?}");
    let done = agent.answer(&page, &chosen(&page, ""));
    assert!(done.body.contains("class=\"done\""), "{done:?}");
    assert_eq!(pad.asked(), 4);
    assert_signed(&agent, &agent.call("GET", &path, &json!({})).json());
}
