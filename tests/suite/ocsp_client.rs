//! The gateway as an OCSP client: `openssl ocsp` as the responder, and servers that answer badly.
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use madoguchi::gateway::ocsp_client::{OcspClient, Pair};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::ocsp::{CertStatus, NonceRule, OcspEvidence, OcspRule, Question, judge};
use madoguchi::settings::{OcspSettings, Period};
use serde_json::Value;

use crate::support::desk::run;
use crate::support::gateway::{TestGateway, Wanted, application};
use crate::support::ocsp::{OpensslResponder, index_line};
use crate::support::origin::{Asked, Origin, answer};
use crate::support::pki::{TestPki, now};

const CA: &str = "jpki-sign-2023";
const CARD: &str = "sign-yamada";

fn certificate(id: &str) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(TestPki::shared().certificate(id)).unwrap())
}

fn pair() -> Pair {
    (certificate(CARD), certificate(CA))
}

fn settings(url: &str) -> OcspSettings {
    OcspSettings {
        responder: Some(url.to_owned()),
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        patience: Period::seconds(5),
        ..OcspSettings::default()
    }
}

fn ask(settings: &OcspSettings) -> Option<OcspEvidence> {
    let client = Arc::new(OcspClient::new(settings));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    run(client.ask(&[pair()], &clock)).pop()
}

/// `openssl ocsp` for the CA of signing cards, with the CA's own responder certificate, or another.
fn responder(index: &str, signer: Option<(&Path, &Path)>, more: &[&str]) -> OpensslResponder {
    let pki = TestPki::shared();
    let folder = pki.dir().join("responders");
    let own = (folder.join(format!("{CA}.pem")), folder.join(format!("{CA}.key.pem")));
    let signer = signer.unwrap_or((&own.0, &own.1));
    OpensslResponder::start(&pki.certificate_path(CA), signer, index, more)
}

fn good() -> String {
    index_line(certificate(CARD).der(), None)
}

fn revoked(at: DateTime<Utc>, reason: &str) -> String {
    index_line(certificate(CARD).der(), Some((at, reason)))
}

/// What an answer comes to at a time: its status, or the checks that failed.
fn judged(evidence: &OcspEvidence, at: DateTime<Utc>, nonce: NonceRule) -> Result<CertStatus, Vec<&'static str>> {
    let (card, issuer) = pair();
    let question = Question { certificate: &card, issuer: &issuer, at };
    let judged = judge(evidence, &question, &OcspRule { nonce, ..OcspRule::WHEN_UNDECIDED }, &mut |_| false);
    let failed = judged.checks.iter().filter(|check| check.is_failed()).map(|check| check.name).collect();
    judged.answer.map(|(status, _)| status).ok_or(failed)
}

fn strictly(evidence: &OcspEvidence) -> Result<CertStatus, Vec<&'static str>> {
    judged(evidence, now(), NonceRule::Required)
}

#[test]
fn openssl_answers_good_revoked_and_unknown() {
    let at = DateTime::from_timestamp(now().timestamp() - 86_400, 0).unwrap();
    let cases = [
        (good(), CertStatus::Good),
        (revoked(at, "keyCompromise"), CertStatus::Revoked { at, reason: Some(1) }),
        (revoked(at, "certificateHold"), CertStatus::Revoked { at, reason: Some(6) }),
        (index_line(certificate("sign-smith").der(), None), CertStatus::Unknown),
    ];
    for (index, expected) in cases {
        for more in [&["-ndays", "1"][..], &[], &["-ndays", "1", "-resp_key_id"]] {
            let responder = responder(&index, None, more);
            let evidence = ask(&settings(&responder.url())).unwrap();
            assert_eq!(evidence.nonce.as_ref().map(|nonce| nonce.len()), Some(32));
            assert_eq!(strictly(&evidence), Ok(expected), "{more:?}");
        }
    }
}

#[test]
fn the_issuer_itself_may_sign() {
    let pki = TestPki::shared();
    let (certificate, key) = (pki.certificate_path(CA), pki.key_path(CA));
    let responder = responder(&good(), Some((&certificate, &key)), &["-ndays", "1"]);
    assert_eq!(strictly(&ask(&settings(&responder.url())).unwrap()), Ok(CertStatus::Good));
}

#[test]
fn an_answer_to_another_request_is_a_replay() {
    let responder = responder(&good(), None, &["-ndays", "1"]);
    let (first, second) = (ask(&settings(&responder.url())).unwrap(), ask(&settings(&responder.url())).unwrap());
    assert_ne!(first.nonce, second.nonce);
    let replayed = OcspEvidence { der: first.der.clone(), ..second };
    assert_eq!(strictly(&replayed), Err(vec!["ocsp_nonce_agrees"]));
    assert_eq!(judged(&replayed, now(), NonceRule::Optional), Err(vec!["ocsp_nonce_agrees"]));
}

#[test]
fn an_expired_answer_and_a_tampered_one_say_nothing() {
    let responder = responder(&good(), None, &["-ndays", "1"]);
    let evidence = ask(&settings(&responder.url())).unwrap();
    let later = now() + chrono::Duration::days(2);
    assert_eq!(judged(&evidence, later, NonceRule::Required), Err(vec!["ocsp_answer_is_fresh"]));
    let mut der = evidence.der.to_vec();
    // The status: good, which is 80 00, becomes unknown, which is 82 00.
    let place = der.windows(3).position(|octets| octets == [0x80, 0x00, 0x18]).unwrap();
    der[place] = 0x82;
    let tampered = OcspEvidence { der: der.into(), ..evidence };
    assert_eq!(strictly(&tampered), Err(vec!["ocsp_signature_verifies"]));
}

#[test]
fn an_answer_by_one_who_may_not_say_so_says_nothing() {
    let pki = TestPki::shared();
    let folder = pki.dir().join("responders");
    let of = |ca: &str| (folder.join(format!("{ca}.pem")), folder.join(format!("{ca}.key.pem")));
    // A card of the CA is no delegate; neither is another CA's, nor that of the same name's other generation.
    let card = (pki.certificate_path("sign-smith"), pki.key_path("sign-smith"));
    for (certificate, key) in [card, of("tt-p256"), of("jpki-sign-2019")] {
        let responder = responder(&good(), Some((&certificate, &key)), &["-ndays", "1"]);
        let evidence = ask(&settings(&responder.url())).unwrap();
        assert_eq!(strictly(&evidence), Err(vec!["ocsp_responder_is_authorised"]), "{}", certificate.display());
    }
}

#[test]
fn servers_that_answer_badly_give_nothing_and_are_left_alone_for_a_while() {
    let html: fn(&Asked, &mut TcpStream) =
        |_, stream| answer(stream, "200 OK", "Content-Type: text/html\r\n", b"<html>");
    let large: fn(&Asked, &mut TcpStream) = |_, stream| answer(stream, "200 OK", "", &vec![0x30; 300_000]);
    let wrong: fn(&Asked, &mut TcpStream) = |_, stream| answer(stream, "500 Oh", "", b"");
    let elsewhere: fn(&Asked, &mut TcpStream) =
        |_, stream| answer(stream, "302 Found", "Location: http://127.0.0.1:1/\r\n", b"");
    let empty: fn(&Asked, &mut TcpStream) = |_, stream| answer(stream, "200 OK", "", b"");
    for handler in [html, large, wrong, elsewhere, empty] {
        let origin = Origin::start(handler);
        let client = Arc::new(OcspClient::new(&settings(&origin.url("/"))));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        for _ in 0..3 {
            assert!(run(client.ask(&[pair()], &clock)).is_empty());
        }
        assert_eq!(origin.asked().len(), 1, "it is not asked again at once");
        assert_eq!(origin.asked()[0].header("content-type"), Some("application/ocsp-request"));
    }
}

#[test]
fn a_slow_responder_keeps_nobody_waiting_and_private_addresses_are_not_asked() {
    let slow = Origin::start(|_, _| std::thread::sleep(Duration::from_secs(20)));
    let begun = Stopwatch::start();
    let hurried = OcspSettings { patience: Period::seconds(1), ..settings(&slow.url("/")) };
    assert!(ask(&hurried).is_none());
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let open = Origin::start(|_, stream| answer(stream, "200 OK", "", b""));
    assert!(ask(&OcspSettings { allow: Vec::new(), ..settings(&open.url("/")) }).is_none());
    assert!(open.asked().is_empty(), "127.0.0.1 is reached only where a setting allows it");
}

/// A gateway without any list, under a policy that asks for OCSP.
pub fn gateway(folder: &Path, url: &str) -> TestGateway {
    let policy = folder.join("policy.toml");
    let jpki = include_str!("../../src/signature/policies/jpki.toml").replace("id = \"jpki\"", "id = \"jpki-ocsp\"");
    std::fs::write(&policy, format!("{jpki}\n[revocation]\nocsp = \"when_undecided\"\nnonce = \"required\"\n"))
        .unwrap();
    let lists = folder.join("lists");
    std::fs::create_dir_all(&lists).unwrap();
    let settings = format!(
        "[signature]\npolicy = {policy:?}\n[ocsp]\nresponder = \"{url}\"\nallow = [\"127.0.0.1/32\"]\npatience = \"5s\"\n"
    );
    TestGateway::start_with(Wanted { settings, crls: Some(lists), ..Wanted::default() })
}

fn report_of(gateway: &TestGateway, number: &str) -> Value {
    let store = &gateway.gateway.store;
    let record = run(store.submission_record(number.parse().unwrap())).unwrap().unwrap();
    serde_json::from_str(&record.verdicts.last().unwrap().report).unwrap()
}

#[test]
fn a_filing_that_lists_leave_undecided_is_decided_by_an_answer_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let responder = responder(&good(), None, &["-ndays", "1"]);
    let gateway = gateway(folder.path(), &responder.url());
    let filed = gateway.file(CARD, application(CARD).to_string().as_bytes());
    assert_eq!(filed.status, 201, "{}", filed.text());
    let number = filed.json()["arrival_number"].as_str().unwrap().to_owned();
    let report = report_of(&gateway, &number);
    let status = &report["signatures"][0]["revocation"][0];
    assert_eq!((&status["status"], &status["crl"]), (&"good".into(), &Value::Null));
    assert_eq!(status["ocsp"]["responder"], format!("CN=OCSP responder of {CA},C=JP"));
    let mut sha256 = [0; 32];
    hex::decode_to_slice(status["ocsp"]["sha256"].as_str().unwrap(), &mut sha256).unwrap();
    let kept = run(gateway.gateway.store.ocsp_response_read(sha256)).unwrap().unwrap();
    assert_eq!(kept.sha256(), sha256);
    assert_eq!(strictly(&kept), Ok(CertStatus::Good));
    // The verdict can be made again.
    let again = madoguchi::gateway::trust_state::make_again(&gateway.gateway.store, number.parse().unwrap()).unwrap();
    assert!(!again.is_empty() && again.iter().all(|verdict| verdict.is_the_same()), "{again:?}");
    // Another filing by the same card is decided by the same answer, also when nobody answers any more.
    drop(responder);
    assert_eq!(gateway.file(CARD, application(CARD).to_string().as_bytes()).status, 201);
}

#[test]
fn an_answer_that_calls_it_revoked_refuses_the_filing() {
    let folder = tempfile::tempdir().unwrap();
    let responder =
        responder(&revoked(now() - chrono::Duration::days(1), "affiliationChanged"), None, &["-ndays", "1"]);
    let gateway = gateway(folder.path(), &responder.url());
    let refused = gateway.file(CARD, application(CARD).to_string().as_bytes());
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(refused.json()["sub_indication"], "REVOKED_NO_POE");
}

#[test]
fn a_filing_is_held_where_nobody_answers_and_decided_when_somebody_does() {
    let folder = tempfile::tempdir().unwrap();
    let silent = Origin::start(|_, stream| answer(stream, "503 No", "", b""));
    let mut gateway = gateway(folder.path(), &silent.url("/"));
    let filed = gateway.file(CARD, application(CARD).to_string().as_bytes());
    assert_eq!(filed.status, 202, "{}", filed.text());
    let number = filed.json()["arrival_number"].as_str().unwrap().to_owned();
    gateway.stop();
    // The same gateway after a restart, with a responder that answers.
    let responder = responder(&good(), None, &["-ndays", "1"]);
    let mut settings = gateway.settings.clone();
    settings.ocsp.responder = Some(responder.url());
    let opened = madoguchi::gateway::Gateway::open(&settings, Arc::new(SystemClock)).unwrap();
    let mut background = madoguchi::delivery::background::Background::new(Arc::new(opened), &settings).unwrap();
    run(background.round());
    let report = report_of(&gateway, &number);
    assert_eq!(report["indication"], "TOTAL_PASSED", "{report}");
    assert!(report["signatures"][0]["revocation"][0]["ocsp"]["sha256"].is_string());
    let again = madoguchi::gateway::trust_state::make_again(&gateway.gateway.store, number.parse().unwrap()).unwrap();
    assert!(again.len() == 2 && again.iter().all(|verdict| verdict.is_the_same()));
}
