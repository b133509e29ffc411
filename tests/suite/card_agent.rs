//! The loopback agent: what a paired page gets, and what a person sees. What hostile pages get is in `card_hostile.rs`.
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use madoguchi::card_client::diagnosis::{Examination, State};
use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::pin::Pin;
use madoguchi::card_client::request::{CheckedRequest, Envelope};
use madoguchi::card_client::signer;
use madoguchi::card_client::texts::Language;
use madoguchi::card_client::token::pkcs12::Pkcs12Source;
use madoguchi::card_client::token::{PinEntry, Purpose, TokenSource};
use madoguchi::card_client::used::UsedRequests;
use serde_json::json;

use crate::support::card::{GATEWAY, PHRASE, TestAgent};
use crate::support::pki::{TestPki, now};

const SIGN: &str = "checked=yes&card=0&pin=YAMADA01&action=agree";

#[test]
fn a_certificate_is_read_after_the_pin() {
    let agent = TestAgent::start(&["sign-yamada", "sign-smith"]);
    let (operation, window) = agent.begin("/v1/certificate", &json!({ "language": "en" }));
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    let page = agent.open(&window);
    assert!(page.body.contains("Read your certificate") && page.body.contains(GATEWAY), "{page:?}");
    assert!(page.body.contains("sign-smith") && !page.body.contains("<script"));
    let done = agent.answer(&page, "card=1&pin=SMITH001&action=agree");
    assert!(done.body.contains("Your certificate was read"), "{done:?}");
    let told = agent.call("GET", &operation, "").json();
    assert_eq!((&told["status"], &told["result"]["card"]), (&json!("done"), &json!("sign-smith")));
    let read = STANDARD.decode(told["result"]["certificate"].as_str().unwrap()).unwrap();
    assert_eq!(read, TestPki::shared().certificate("sign-smith"));
    // The card that was opened is chosen in the next window.
    let (_, window) = agent.begin_sign();
    assert!(agent.open(&window).body.contains("value=\"1\" checked"));
}

/// OpenSSL takes the signature over the gateway's own document.
fn assert_signed(agent: &TestAgent, told: &serde_json::Value) {
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
fn an_application_is_shown_and_signed() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let page = agent.open(&window);
    for shown in [
        "山田　花子",
        "道路の補修",
        "一行目\n二行目 ⟨U+202E⟩⟨U+001B⟩[31m",
        "写真.png",
        "東京都千代田区",
        "残り回数: 5",
        PHRASE,
    ] {
        assert!(page.body.contains(shown), "{shown} is not in {page:?}");
    }
    assert!(page.body.find(PHRASE) < page.body.find("id=\"pin\""), "the phrase stands above the PIN field");
    let done = agent.answer(&page, SIGN);
    assert!(done.body.contains("署名しました"), "{done:?}");
    assert_signed(&agent, &agent.call("GET", &operation, "").json());
}

#[test]
fn one_pin_reads_the_certificate_and_signs_what_is_then_shown() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (_, window) = agent.begin("/v1/certificate", &json!({}));
    let done = agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&keep=yes&action=agree");
    assert!(done.body.contains("開いたまま"), "{done:?}");
    let (operation, window) = agent.begin_sign();
    let page = agent.open(&window);
    assert!(page.body.contains("道路の補修") && page.body.contains("先ほどの暗証番号で開いています"), "{page:?}");
    assert!(!page.body.contains("id=\"pin\""), "no second PIN");
    let page = agent.answer(&page, "action=agree");
    assert!(page.body.contains("チェックを入れてください"), "an agreement without the tick: {page:?}");
    assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    agent.answer(&page, "checked=yes&action=agree");
    assert_signed(&agent, &agent.call("GET", &operation, "").json());
    // The card is closed after it: the next signature wants the PIN.
    let (_, window) = agent.begin_sign();
    assert!(agent.open(&window).body.contains("id=\"pin\""));
}

#[test]
fn a_card_is_held_open_for_five_minutes_until_closed_and_for_one_site() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let read = || {
        let (_, window) = agent.begin("/v1/certificate", &json!({}));
        agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&keep=yes&action=agree")
    };
    let asks_pin = || agent.open(&agent.begin_sign().1).body.contains("id=\"pin\"");
    read();
    agent.clock.advance(Duration::minutes(5));
    assert!(asks_pin(), "after its time");
    let done = read();
    agent.answer(&done, "action=close");
    assert!(asks_pin(), "after the person closed it");
    let (_, window) = agent.begin("/v1/certificate", &json!({}));
    agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&action=agree");
    assert!(asks_pin(), "the person did not want it kept open");
    read();
    let (_, window) = agent.begin_sign();
    agent.answer(&agent.open(&window), "action=refuse");
    assert!(asks_pin(), "after a refusal");
}

#[test]
fn several_filings_are_each_shown_and_signed_with_one_pin() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let mgreqs = json!([agent.gateway.good(), agent.gateway.good(), agent.gateway.good()]);
    let (operation, window) = agent.begin("/v1/sign", &json!({ "language": "en", "mgreqs": mgreqs }));
    let mut page = agent.open(&window);
    for number in ["1 / 3", "2 / 3"] {
        assert!(page.body.contains(number) && !page.body.contains("id=\"pin\""), "{page:?}");
        page = agent.answer(&page, "checked=yes&action=agree");
        assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    }
    assert!(page.body.contains("3 / 3") && page.body.contains("id=\"pin\""), "{page:?}");
    agent.answer(&page, SIGN);
    let told = agent.call("GET", &operation, "").json();
    assert_eq!(told["result"]["signatures"].as_array().map(Vec::len), Some(3), "{told}");
    // One that is refused ends them all.
    let mgreqs = json!([agent.gateway.good(), agent.gateway.good()]);
    let (operation, window) = agent.begin("/v1/sign", &json!({ "mgreqs": mgreqs }));
    let page = agent.answer(&agent.open(&window), "checked=yes&action=agree");
    agent.answer(&page, "action=refuse");
    assert_eq!(agent.call("GET", &operation, "").json()["error"]["code"], "user-cancelled");
    for wrong in [json!([]), json!(vec![agent.gateway.good(); 21])] {
        let answer = agent.call("POST", "/v1/sign", &json!({ "mgreqs": wrong }).to_string());
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (422, Some("request-malformed")));
    }
}

#[test]
fn twenty_applications_of_a_mebibyte_are_taken_at_once_and_what_is_longer_names_the_limit() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let mut document: serde_json::Value = serde_json::from_slice(&agent.gateway.document()).unwrap();
    let room = (1 << 20) - document.to_string().len();
    document["answers"]["body"] = json!("x".repeat(room));
    let document = document.to_string().into_bytes();
    assert!(document.len() > 1_000_000 && document.len() <= 1 << 20);
    let mgreq = || agent.gateway.mgreq(&agent.gateway.claims(&document, now()), &document);
    let mgreqs: Vec<_> = (0..20).map(|_| mgreq()).collect();
    let answer = agent.call("POST", "/v1/sign", &json!({ "mgreqs": mgreqs }).to_string());
    assert_eq!(answer.status, 202, "{answer:?}");
    assert!(agent.open(&agent.window()).body.contains("1 / 20"));
    let answer = agent.call("POST", "/v1/sign", &json!({ "mgreqs": "x".repeat(31 << 20) }).to_string());
    let error = answer.json()["error"].clone();
    assert_eq!((answer.status, error["code"].as_str()), (413, Some("too-large")));
    assert!(error["detail"].as_str().unwrap().contains("30 MiB"), "{error}");
    assert_eq!(agent.call("POST", "/v1/certificate", &"x".repeat(1 << 20)).status, 413);
}

#[test]
fn no_card_signs_with_the_certificate_for_signing_in() {
    let agent = TestAgent::start(&["auth-yamada"]);
    let pin = TestPki::shared().pin("auth-yamada");
    let (operation, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), &format!("checked=yes&card=0&pin={pin}&action=agree"));
    assert!(page.body.contains("この電子証明書はこの用途に使えません"), "{page:?}");
    assert!(agent.call("GET", &operation, "").json().get("result").is_none());
    // Nor does the signer itself, whatever a token gives it.
    let source = Pkcs12Source::new(&[TestPki::shared().p12_path("auth-yamada")]).unwrap();
    let pin = Pin::new(zeroize::Zeroizing::new(pin)).unwrap();
    let mut session = source.open("0", Purpose::Authentication, PinEntry::Typed(&pin)).unwrap();
    let envelope: Envelope = serde_json::from_value(agent.gateway.good()).unwrap();
    let request = CheckedRequest::check(&envelope, &agent.gateway.keys(), None, now()).unwrap();
    let error = signer::sign(&request, session.as_mut(), &agent.folder, now()).unwrap_err();
    assert_eq!(error.code, "certificate-purpose");
    signer::prove(session.as_mut(), b"message", now()).unwrap();
}

#[test]
fn a_request_is_signed_once() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let mgreq = agent.gateway.good();
    let (_, window) = agent.begin("/v1/sign", &json!({ "mgreq": mgreq }));
    agent.answer(&agent.open(&window), SIGN);
    let again = agent.call("POST", "/v1/sign", &json!({ "mgreq": mgreq }).to_string());
    assert_eq!((again.status, again.json()["error"]["code"].as_str()), (422, Some("request-used")), "no window opens");
    let other = agent.gateway.good();
    let twice = agent.call("POST", "/v1/sign", &json!({ "mgreqs": [other, other] }).to_string());
    assert_eq!((twice.status, twice.json()["error"]["code"].as_str()), (422, Some("request-used")));
}

#[test]
fn what_was_signed_before_a_failure_is_given_out() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let [first, second] = [agent.gateway.good(), agent.gateway.good()];
    let (operation, window) = agent.begin("/v1/sign", &json!({ "language": "en", "mgreqs": [first, second] }));
    let page = agent.answer(&agent.open(&window), "checked=yes&action=agree");
    // Meanwhile another program of this person signs the second.
    let envelope: Envelope = serde_json::from_value(second).unwrap();
    let request = CheckedRequest::check(&envelope, &agent.gateway.keys(), None, now()).unwrap();
    UsedRequests::take(&agent.folder, now()).unwrap().record(&request).unwrap();
    let done = agent.answer(&page, SIGN);
    assert!(done.body.contains("Only some of the applications were signed"), "{done:?}");
    let result = &agent.call("GET", &operation, "").json()["result"];
    assert_eq!(result["signatures"].as_array().map(Vec::len), Some(1));
    assert_eq!(result["error"]["code"], "request-used");
}

#[test]
fn every_answer_forbids_frames_scripts_and_keeping() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (_, window) = agent.begin_sign();
    for answer in
        [agent.open(&window), agent.open("/p/none"), agent.call("GET", "/v1/status", ""), agent.open("/nothing")]
    {
        let csp = answer.header("content-security-policy").unwrap();
        assert!(
            csp.contains("frame-ancestors 'none'") && csp.contains("default-src 'none'") && !csp.contains("unsafe"),
            "{csp}"
        );
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
    }
}

#[test]
fn a_wrong_pin_tells_the_tries_left_and_then_locks() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let mut page = agent.open(&window);
    for left in [4, 3, 2, 1] {
        page = agent.answer(&page, "checked=yes&card=0&pin=WRONG999&action=agree");
        let body = &page.body;
        assert!(body.contains("role=\"alert\"") && body.contains(&format!("残り回数: {left}")), "{body}");
        assert!(!body.contains("WRONG999"), "the PIN came back");
        assert_eq!(agent.call("GET", &operation, "").json()["status"], "waiting");
    }
    page = agent.answer(&page, "checked=yes&card=0&pin=WRONG999&action=agree");
    assert!(page.body.contains("ロック"), "{page:?}");
    assert_eq!(agent.call("GET", &operation, "").json()["error"]["code"], "pin-locked");
    let (operation, window) = agent.begin_sign();
    agent.answer(&agent.open(&window), SIGN);
    assert_eq!(
        agent.call("GET", &operation, "").json()["error"]["code"],
        "pin-locked",
        "the right PIN opened a locked card"
    );
}

#[test]
fn a_right_pin_restores_the_tries() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (_, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), "checked=yes&card=0&pin=WRONG999&action=agree");
    agent.answer(&page, SIGN);
    let (_, window) = agent.begin_sign();
    assert!(agent.open(&window).body.contains("残り回数: 5"));
}

#[test]
fn what_the_person_leaves_out_is_said() {
    let agent = TestAgent::start(&["sign-yamada", "sign-smith"]);
    let (_, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&action=agree");
    assert!(page.body.contains("チェックを入れてください"), "{page:?}");
    let page = agent.answer(&page, "checked=yes&pin=YAMADA01&action=agree");
    assert!(page.body.contains("カードを選んでください") && page.body.contains("role=\"alert\""), "{page:?}");
    let page = agent.answer(&page, "checked=yes&card=7&pin=YAMADA01&action=agree");
    assert!(page.body.contains("カードを選んでください"), "{page:?}");
    let page = agent.answer(&page, "checked=yes&card=0&pin=&action=agree");
    assert!(page.body.contains("暗証番号を入力してください") && page.body.contains("残り回数: 5"), "{page:?}");
}

#[test]
fn a_person_who_refuses_signs_nothing() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (operation, window) = agent.begin_sign();
    let page = agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&action=refuse");
    assert!(page.body.contains("署名も読み取りも行っていません"), "{page:?}");
    let told = agent.call("GET", &operation, "").json();
    assert_eq!((&told["status"], &told["error"]["code"]), (&json!("ended"), &json!("user-cancelled")));
    assert_eq!(told["error"]["webeid"], "ERR_WEBEID_USER_CANCELLED");
    assert!(told.get("result").is_none());
}

#[test]
fn signing_in_makes_a_web_eid_token_over_origin_and_nonce() {
    let agent = TestAgent::start(&["auth-yamada"]);
    let nonce = STANDARD.encode([9u8; 33]);
    let (operation, window) = agent.begin("/v1/authenticate", &json!({ "language": "en", "challenge_nonce": nonce }));
    let page = agent.open(&window);
    assert!(page.body.contains("Sign in with your card") && page.body.contains(GATEWAY), "{page:?}");
    agent.answer(&page, &format!("card=0&pin={}&action=agree", TestPki::shared().pin("auth-yamada")));
    let token = agent.call("GET", &operation, "").json()["result"].clone();
    assert_eq!((&token["format"], &token["algorithm"]), (&json!("web-eid:1.0"), &json!("RS256")), "{token}");
    let certificate = STANDARD.decode(token["unverifiedCertificate"].as_str().unwrap()).unwrap();
    assert_eq!(certificate, TestPki::shared().certificate("auth-yamada"));
    let key = openssl::x509::X509::from_der(&certificate).unwrap().public_key().unwrap();
    let mut verifier = openssl::sign::Verifier::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    for part in [GATEWAY.as_bytes(), nonce.as_bytes()] {
        verifier.update(ring::digest::digest(&ring::digest::SHA256, part).as_ref()).unwrap();
    }
    assert!(verifier.verify(&STANDARD.decode(token["signature"].as_str().unwrap()).unwrap()).unwrap());
    let answer = agent.call("POST", "/v1/authenticate", &json!({ "challenge_nonce": "short" }).to_string());
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (422, Some("nonce-malformed")));
}

#[test]
fn status_tells_the_agent_from_another_program() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let found = |folder: &DataFolder, at: SocketAddr, language: Language| {
        let module = Some("/nonexistent.so".into());
        let looked = Examination { folder, module, online: false, agent: at, language, now: now() }.findings().unwrap();
        let of = |name: &str| looked.iter().find(|finding| finding.name == name).unwrap().clone();
        (of("agent"), of("phrase"))
    };
    let (proven, phrase) = found(&agent.folder, agent.agent.address(), Language::En);
    assert_eq!((proven.state, proven.code), (State::Ok, None), "{proven:?}");
    assert!(proven.told.contains("proved its key") && phrase.state == State::Ok && !phrase.told.contains(PHRASE));
    // Another agent, with another person's pairing of the same origin: it answers, and proves nothing.
    let other = TestAgent::start(&["sign-smith"]);
    let (another, _) = found(&agent.folder, other.agent.address(), Language::Ja);
    assert_eq!((another.state, another.code), (State::Problem, Some("agent-key")), "{another:?}");
    assert!(another.told.contains("署名アプリのエージェントではないプログラム"), "{another:?}");
    // A program that takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (another, _) = found(&agent.folder, silent.local_addr().unwrap(), Language::En);
    assert_eq!(another.code, Some("agent-key"));
    let dir = tempfile::tempdir().unwrap();
    let empty = DataFolder::new(Some(dir.path().join("data"))).unwrap();
    let (unknown, phrase) = found(&empty, agent.agent.address(), Language::En);
    assert_eq!(unknown.state, State::Warning);
    assert_eq!((phrase.state, phrase.code), (State::Warning, Some("phrase-none")));
    drop(silent);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(found(&agent.folder, nobody, Language::En).0.state, State::Ok);
}

#[test]
fn a_signing_card_does_not_sign_in() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let nonce = STANDARD.encode([9u8; 33]);
    let (operation, window) = agent.begin("/v1/authenticate", &json!({ "challenge_nonce": nonce }));
    agent.answer(&agent.open(&window), "card=0&pin=YAMADA01&action=agree");
    let told = agent.call("GET", &operation, "").json();
    assert!(told.get("result").is_none(), "{told}");
    let source = Pkcs12Source::new(&[TestPki::shared().p12_path("sign-yamada")]).unwrap();
    let pin = Pin::new(zeroize::Zeroizing::new("YAMADA01".to_owned())).unwrap();
    let mut session = source.open("0", Purpose::Signature, PinEntry::Typed(&pin)).unwrap();
    let error = signer::prove(session.as_mut(), b"message", now()).unwrap_err();
    assert_eq!(error.code, "certificate-purpose");
}

#[test]
fn time_cancelling_and_newer_requests_end_an_operation() {
    let agent = TestAgent::start(&["sign-yamada"]);
    let (first, window) = agent.begin_sign();
    let page = agent.open(&window);
    let (second, _) = agent.begin_sign();
    assert_eq!(agent.call("GET", &first, "").json()["error"]["code"], "replaced");
    assert_eq!(agent.submit(&format!("secret={}&{SIGN}", page.secret())).status, 410);
    assert_eq!(agent.call("DELETE", &second, "").status, 204);
    assert_eq!(agent.call("GET", &second, "").json()["error"]["code"], "cancelled");
    let (third, window) = agent.begin_sign();
    let page = agent.open(&window);
    agent.clock.advance(Duration::seconds(301));
    assert_eq!(agent.submit(&format!("secret={}&{SIGN}", page.secret())).status, 410);
    assert_eq!(agent.call("GET", &third, "").json()["error"]["code"], "expired");
}
