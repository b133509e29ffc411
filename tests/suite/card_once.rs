//! A request is signed once, whatever happens in between; and keys that roll over are taken by the rule alone.
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use chrono::Duration;
use madoguchi::card_client::folder::DataFolder;
use madoguchi::card_client::origin::Origin;
use madoguchi::card_client::request::{CheckedRequest, Envelope, GatewayKeys as _};
use madoguchi::card_client::token::pkcs12::Pkcs12Source;
use madoguchi::card_client::token::{PinEntry, Purpose, TokenSession, TokenSource};
use madoguchi::card_client::trust::{self, PinnedKeys, RollingKeys};
use madoguchi::card_client::used::MOST;
use madoguchi::card_client::{ClientError, pin::Pin, signer};
use madoguchi::clock::FixedClock;
use madoguchi::jws::JwkSet;
use serde_json::{Value, json};

use crate::support::card::{FakeGateway, GATEWAY};
use crate::support::pki::{TestPki, now};

struct Desk {
    dir: tempfile::TempDir,
    folder: DataFolder,
    gateway: FakeGateway,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(Some(dir.path().join("data"))).unwrap();
        Self { dir, folder, gateway: FakeGateway::new() }
    }

    fn request(&self, mgreq: &Value) -> CheckedRequest {
        let envelope = Envelope::read(mgreq.to_string().as_bytes()).unwrap();
        CheckedRequest::check(&envelope, &self.gateway.keys(), None, now()).unwrap()
    }

    fn sign(&self, mgreq: &Value) -> Result<Vec<u8>, ClientError> {
        signer::sign(&self.request(mgreq), session().as_mut(), &self.folder, now())
    }

    fn file(&self) -> std::path::PathBuf {
        self.dir.path().join("data/used-requests.json")
    }
}

fn session() -> Box<dyn TokenSession> {
    let pki = TestPki::shared();
    let source = Pkcs12Source::new(&[pki.p12_path("sign-yamada")]).unwrap();
    let pin = Pin::new(zeroize::Zeroizing::new(pki.pin("sign-yamada"))).unwrap();
    source.open("0", Purpose::Signature, PinEntry::Typed(&pin)).unwrap()
}

#[test]
fn a_request_is_good_once_and_the_record_tells_nothing_of_it() {
    let desk = Desk::new();
    let (first, second) = (desk.gateway.good(), desk.gateway.good());
    desk.sign(&first).unwrap();
    assert_eq!(desk.sign(&first).unwrap_err().code, "request-used");
    desk.sign(&second).unwrap();
    let record = fs::read_to_string(desk.file()).unwrap();
    assert!(!record.contains("127.0.0.1") && !record.contains("山田"), "{record}");
    assert_eq!(fs::metadata(desk.file()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_record_that_is_damaged_or_full_stops_signing() {
    let desk = Desk::new();
    desk.sign(&desk.gateway.good()).unwrap();
    fs::write(desk.file(), "[{\"id\":").unwrap();
    assert_eq!(desk.sign(&desk.gateway.good()).unwrap_err().code, "input-unreadable");
    let entries = |end: i64| (0..MOST).map(|n| json!({ "id": format!("{n:064x}"), "exp": end })).collect::<Vec<_>>();
    fs::write(desk.file(), json!(entries((now() + Duration::hours(1)).timestamp())).to_string()).unwrap();
    assert_eq!(desk.sign(&desk.gateway.good()).unwrap_err().code, "used-full");
    fs::write(desk.file(), json!(entries((now() - Duration::days(3)).timestamp())).to_string()).unwrap();
    desk.sign(&desk.gateway.good()).unwrap();
    let kept: Vec<Value> = serde_json::from_slice(&fs::read(desk.file()).unwrap()).unwrap();
    assert_eq!(kept.len(), 1, "what has run out is forgotten");
}

#[test]
fn a_file_left_by_a_crash_in_the_middle_of_writing_does_no_harm() {
    let desk = Desk::new();
    let used = desk.gateway.good();
    desk.sign(&used).unwrap();
    fs::write(desk.dir.path().join("data/.used-requests.json.1.0.tmp"), "[{\"id\":").unwrap();
    assert_eq!(desk.sign(&used).unwrap_err().code, "request-used");
    desk.sign(&desk.gateway.good()).unwrap();
}

#[test]
fn the_key_for_signing_in_proves_and_never_signs_documents() {
    let pki = TestPki::shared();
    let source = Pkcs12Source::new(&[pki.p12_path("auth-yamada"), pki.p12_path("sign-yamada")]).unwrap();
    let pin = |card: &str| Pin::new(zeroize::Zeroizing::new(pki.pin(card))).unwrap();
    let mut authentication = source.open("0", Purpose::Authentication, PinEntry::Typed(&pin("auth-yamada"))).unwrap();
    let proof = signer::prove(authentication.as_mut(), b"origin and nonce", now()).unwrap();
    let algorithm = authentication.algorithm();
    algorithm.prove(&pki.certificate("auth-yamada"), b"origin and nonce", &proof).unwrap();
    assert_eq!(algorithm.jose_name(), "RS256");
    assert!(algorithm.prove(&pki.certificate("auth-yamada"), b"another", &proof).is_err());
    let refused = source.open("1", Purpose::Authentication, PinEntry::Typed(&pin("sign-yamada")));
    assert_eq!(refused.err().unwrap().code(), "certificate-purpose");
    assert_eq!(signer::prove(session().as_mut(), b"origin and nonce", now()).unwrap_err().code, "certificate-purpose");
}

#[test]
fn a_key_set_is_taken_when_it_still_holds_a_pinned_key() {
    let desk = Desk::new();
    let origin = Origin::parse(GATEWAY).unwrap();
    let (next, stranger) = (FakeGateway::new(), FakeGateway::new());
    let set = |gateways: &[&FakeGateway]| {
        let keys: Vec<_> = gateways.iter().map(|gateway| gateway.key.jwk()).collect();
        JwkSet::from_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    };
    let roll = |keys: JwkSet| trust::roll_over(&desk.folder, &origin, keys, now()).unwrap();
    assert!(roll(set(&[&desk.gateway])).is_none(), "a gateway that was never trusted");
    trust::pin(&desk.folder, &origin, &desk.gateway.keys(), now()).unwrap();
    assert!(roll(set(&[&stranger])).is_none(), "none of the pinned keys is in it");
    // A key that only bears the name of a pinned one is another key.
    let mut named = serde_json::to_value(set(&[&stranger])).unwrap();
    named["keys"][0]["kid"] = json!(desk.gateway.key.kid());
    assert!(roll(JwkSet::from_json(named.to_string().as_bytes()).unwrap()).is_none());
    assert_eq!(roll(set(&[&desk.gateway, &next])), Some(set(&[&desk.gateway, &next])));
    assert_eq!(roll(set(&[&next])), Some(set(&[&next])), "one step later the first is retired");
    assert!(roll(set(&[&desk.gateway])).is_none(), "a retired key does not come back by itself");
}

#[test]
fn a_retired_key_signs_no_request_after_its_end_and_none_a_day_later() {
    let gateway = FakeGateway::new();
    let keys = |end: Option<chrono::DateTime<chrono::Utc>>| {
        let mut set = gateway.keys();
        set.keys[0].exp = end.map(|end| end.timestamp());
        set
    };
    // Made at a time and checked at a time, with a life that whoever holds the key chose.
    let check = |end, made_at, at| {
        let document = gateway.document();
        let mut claims = gateway.claims(&document, made_at);
        claims["exp"] = json!((now() + Duration::days(3650)).timestamp());
        let mgreq = gateway.mgreq(&claims, &document);
        CheckedRequest::check(&Envelope::read(mgreq.to_string().as_bytes()).unwrap(), &keys(end), None, at)
            .map(|_| ())
            .map_err(|error| (error.code, error.detail))
    };
    let end = now();
    check(None, now(), now()).expect("a key in use");
    check(Some(end), end, end + Duration::hours(23)).expect("made before the end, within the life of a request");
    for (made_at, at) in [
        (end + Duration::seconds(1), end + Duration::minutes(1)),
        (end - Duration::minutes(5), end + Duration::hours(25)),
    ] {
        let (code, detail) = check(Some(end), made_at, at).unwrap_err();
        assert!(code == "request-signature" && detail.contains("retired"), "{code}: {detail}");
    }
}

#[test]
fn a_keys_end_is_heard_of_within_a_day_and_is_not_taken_back() {
    let (old, new) = (FakeGateway::new(), FakeGateway::new());
    let ended = |end: i64| {
        let mut jwk = old.key.jwk().clone();
        jwk.exp = Some(end);
        jwk
    };
    let desk = Desk::new();
    let end = (now() - Duration::days(2)).timestamp();
    let origin = serve(json!({ "keys": [new.key.jwk(), ended(end)] }));
    trust::pin(&desk.folder, &origin, &old.keys(), now()).unwrap();
    let keys_at = |at| {
        let rolling = RollingKeys { folder: desk.folder.clone(), clock: Arc::new(FixedClock::new(at)) };
        rolling.keys_of(origin.as_str()).unwrap().unwrap()
    };
    assert_eq!(keys_at(now() + Duration::hours(23)).find(old.key.kid()).unwrap().exp, None, "nothing is asked for yet");
    let renewed = keys_at(now() + Duration::hours(24));
    assert_eq!((renewed.keys.len(), renewed.find(old.key.kid()).unwrap().exp), (2, Some(end)));
    for (told, kept) in [(end + 500, end), (end - 500, end - 500)] {
        let set = JwkSet { keys: vec![new.key.jwk().clone(), ended(told)] };
        let rolled = trust::roll_over(&desk.folder, &origin, set, now()).unwrap().unwrap();
        assert_eq!(rolled.find(old.key.kid()).unwrap().exp, Some(kept));
    }
    let silent = JwkSet { keys: vec![new.key.jwk().clone(), old.key.jwk().clone()] };
    let rolled = trust::roll_over(&desk.folder, &origin, silent, now()).unwrap().unwrap();
    assert_eq!(rolled.find(old.key.kid()).unwrap().exp, Some(end - 500), "an end is not taken back");
    // A gateway that does not answer leaves what is pinned in use.
    let gone = Origin::parse("http://127.0.0.1:1").unwrap();
    trust::pin(&desk.folder, &gone, &old.keys(), now() - Duration::days(9)).unwrap();
    let rolling = RollingKeys { folder: desk.folder.clone(), clock: Arc::new(FixedClock::new(now())) };
    assert_eq!(rolling.keys_of(gone.as_str()).unwrap(), Some(old.keys()));
}

/// Serves this key set on this machine, for as many calls as are made.
fn serve(keys: Value) -> Origin {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = Origin::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let body = keys.to_string();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    origin
}

#[test]
fn a_request_signed_with_a_rolled_key_is_taken_and_pinned() {
    let (old, new, stranger) = (FakeGateway::new(), FakeGateway::new(), FakeGateway::new());
    let origin = serve(json!({ "keys": [new.key.jwk(), old.key.jwk()] }));
    let desk = Desk::new();
    trust::pin(&desk.folder, &origin, &old.keys(), now()).unwrap();
    let mgreq = |signer: &FakeGateway| {
        let document = String::from_utf8(signer.document()).unwrap().replace(GATEWAY, origin.as_str()).into_bytes();
        let mut claims = signer.claims(&document, now());
        claims["iss"] = json!(origin.as_str());
        Envelope::read(signer.mgreq(&claims, &document).to_string().as_bytes()).unwrap()
    };
    let pinned = PinnedKeys(desk.folder.clone());
    let rolling = RollingKeys { folder: desk.folder.clone(), clock: Arc::new(FixedClock::new(now())) };
    let code = |checked: Result<CheckedRequest, ClientError>| checked.unwrap_err().code;
    assert_eq!(code(CheckedRequest::check(&mgreq(&new), &pinned, None, now())), "request-signature");
    assert_eq!(code(CheckedRequest::check(&mgreq(&stranger), &rolling, None, now())), "request-signature");
    CheckedRequest::check(&mgreq(&new), &rolling, None, now()).unwrap();
    CheckedRequest::check(&mgreq(&new), &pinned, None, now()).expect("it is pinned from then on");
}
