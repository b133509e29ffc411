//! Signing in where the policy wants OCSP as a second source and no list decides: `openssl ocsp` as the responder.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use madoguchi::pki::certificate::Certificate;

use crate::ocsp_client::gateway;
use crate::support::desk::run;
use crate::support::gateway::TestGateway;
use crate::support::ocsp::{OpensslResponder, index_line};
use crate::support::origin::{Origin, answer};
use crate::support::pki::{TestPki, now};
use crate::support::resident::{challenge, refused, send, signed_in, try_card};
use crate::support::visitor::Visitor;
use crate::support::web_eid::AuthenticationCard;

const CA: &str = "jpki-auth-2023";
const CARD: &str = "auth-yamada";

/// `openssl ocsp` for the CA of authentication cards, with that CA's own responder certificate or another CA's.
fn responder(of: &str, status: Option<(DateTime<Utc>, &str)>) -> OpensslResponder {
    let pki = TestPki::shared();
    let folder = pki.dir().join("responders");
    let signer = (folder.join(format!("{of}.pem")), folder.join(format!("{of}.key.pem")));
    let index = index_line(&pki.certificate(CARD), status);
    OpensslResponder::start(&pki.certificate_path(CA), (&signer.0, &signer.1), &index, &["-ndays", "1"])
}

fn at(url: &str) -> (tempfile::TempDir, TestGateway) {
    let folder = tempfile::tempdir().unwrap();
    let gateway = gateway(folder.path(), url);
    (folder, gateway)
}

fn tried(gateway: &TestGateway) -> crate::support::http::Answer {
    try_card(&mut Visitor::new(gateway), &AuthenticationCard::yamada())
}

#[test]
fn an_answer_of_good_signs_in_and_says_nothing_without_a_right_token() {
    let responder = responder(CA, None);
    let (_folder, gateway) = at(&responder.url());
    signed_in(&gateway, &AuthenticationCard::yamada());
    // What the responder says of the certificate is no word on who holds its key.
    let mut visitor = Visitor::new(&gateway);
    let nonce = challenge(&mut visitor);
    let token = AuthenticationCard::yamada().token("https://evil.example", &nonce);
    assert_eq!(refused(&send(&mut visitor, &token.to_string())), (422, "sign-in-signature".to_owned()));
    // Each sign-in asks anew: an answer of before is none now.
    drop(responder);
    assert_eq!(refused(&tried(&gateway)), (503, "sign-in-undecided".to_owned()));
}

#[test]
fn an_answer_of_revoked_or_on_hold_signs_nobody_in() {
    let since = now() - Duration::days(1);
    let ended = responder(CA, Some((since, "keyCompromise")));
    let (_folder, gateway) = at(&ended.url());
    let answer = tried(&gateway);
    assert_eq!(refused(&answer), (422, "sign-in-certificate-ended".to_owned()));
    assert_eq!(answer.json()["sub_indication"], "REVOKED_NO_POE");
    let on_hold = responder(CA, Some((since, "certificateHold")));
    let (_folder, gateway) = at(&on_hold.url());
    assert_eq!(refused(&tried(&gateway)), (503, "sign-in-undecided".to_owned()));
}

#[test]
fn where_nobody_answers_as_they_must_nobody_is_signed_in_and_the_person_may_come_back() {
    let silent = Origin::start(|_, stream| answer(stream, "503 No", "", b""));
    let another_ca = responder("jpki-sign-2023", None);
    for url in [silent.url("/"), another_ca.url()] {
        let (_folder, gateway) = at(&url);
        let answer = tried(&gateway);
        assert_eq!(refused(&answer), (503, "sign-in-undecided".to_owned()), "{url}");
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(silent.asked().len(), 1);
    let certificate = Arc::new(Certificate::from_der(TestPki::shared().certificate(CARD)).unwrap());
    let (_folder, gateway) = at("http://127.0.0.1:1/");
    assert_eq!(refused(&tried(&gateway)).1, "sign-in-undecided");
    let nobody = run(gateway.gateway.store.audit_list(None, 9)).unwrap();
    let told = format!("{nobody:?}");
    assert!(!told.contains(&certificate.serial_hex()), "no certificate in the trail: {told}");
}
