//! Who is not signed in: tokens that are wrong, each with its code, and certificates that are ended, unknown or undecided.
use std::sync::Arc;

use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::clock::{Clock, FixedClock, SystemClock};
use serde_json::{Value, json};

use crate::support::gateway::{ORIGIN, TestGateway, Wanted};
use crate::support::pki::TestPki;
use crate::support::resident::{challenge, refused, send, try_card};
use crate::support::visitor::{Visitor, wait};
use crate::support::web_eid::AuthenticationCard;

/// A copy of the test PKI in which something was done to 山田's authentication card.
fn changed(change: impl FnOnce(&TestPki)) -> (TestPki, TestGateway) {
    let pki = TestPki::copy();
    change(&pki);
    let gateway = TestGateway::start_with(Wanted { crls: Some(pki.crls_dir()), ..Wanted::default() });
    (pki, gateway)
}

#[test]
fn each_wrong_token_has_its_code() {
    let gateway = TestGateway::start();
    let card = AuthenticationCard::yamada();
    let mut visitor = Visitor::new(&gateway);
    let mut tried = |make: &dyn Fn(&str) -> String| {
        let nonce = challenge(&mut visitor);
        refused(&send(&mut visitor, &make(&nonce)))
    };
    let changed = |nonce: &str, name: &str, value: Value| {
        let mut token = card.token(ORIGIN, nonce);
        token[name] = value;
        token.to_string()
    };
    let expect = |code: &str| (422, code.to_owned());
    assert_eq!(tried(&|nonce| card.token("https://evil.example", nonce).to_string()), expect("sign-in-signature"));
    assert_eq!(tried(&|_| card.token(ORIGIN, "another").to_string()), expect("sign-in-signature"));
    assert_eq!(tried(&|nonce| changed(nonce, "format", json!("web-eid:2.0"))), expect("sign-in-format"));
    assert_eq!(tried(&|nonce| changed(nonce, "format", json!("web-eid:10"))), expect("sign-in-format"));
    assert_eq!(tried(&|nonce| changed(nonce, "signature", json!(7))), expect("sign-in-token"));
    assert_eq!(tried(&|nonce| changed(nonce, "algorithm", json!("RS384"))), expect("sign-in-signature"));
    assert_eq!(tried(&|nonce| changed(nonce, "algorithm", json!("none"))), expect("sign-in-signature"));
    let twice = |nonce: &str| card.token(ORIGIN, nonce).to_string().replacen('{', "{\"format\":\"web-eid:1\",", 1);
    assert_eq!(tried(&twice), expect("sign-in-token"));
    let wrapped_twice = |nonce: &str| format!("{{\"auth-token\":{0},\"auth-token\":{0}}}", card.token(ORIGIN, nonce));
    assert_eq!(tried(&wrapped_twice), expect("sign-in-token"));
    assert_eq!(tried(&|_| "[".repeat(10_000)), expect("sign-in-token"));
    let large = |_: &str| json!({"x": "y".repeat(80_000)}).to_string();
    assert_eq!(tried(&large), (413, "too-large".to_owned()));
    let signing = AuthenticationCard::of(TestPki::shared(), "sign-yamada");
    assert_eq!(tried(&|nonce| signing.token(ORIGIN, nonce).to_string()), expect("sign-in-wrong-certificate"));
    let other_policy =
        AuthenticationCard { algorithm: "RS256", ..AuthenticationCard::of(TestPki::shared(), "rsa2048-alice") };
    assert_eq!(tried(&|nonce| other_policy.token(ORIGIN, nonce).to_string()), expect("sign-in-wrong-certificate"));
    let lines = wait(gateway.gateway.store.audit_list(None, 50)).unwrap();
    assert!(
        lines.iter().all(|line| line.action == "sign_in_card"
            && line.subject.is_empty()
            && line.outcome.starts_with("sign-in-")),
        "{lines:?}"
    );
}

#[test]
fn ended_unknown_and_undecided_certificates_sign_nobody_in() {
    let (_pki, gateway) = changed(|pki| {
        let mut authority = pki.authority();
        let now = SystemClock.now();
        authority
            .revoke(&Which::Id("auth-yamada".to_owned()), Reason::KeyCompromise, now - chrono::Duration::hours(1))
            .unwrap();
        authority.sign_lists(now).unwrap();
    });
    let revoked = try_card(&mut Visitor::new(&gateway), &AuthenticationCard::yamada());
    assert_eq!(refused(&revoked), (422, "sign-in-certificate-ended".to_owned()));
    assert_eq!(revoked.json()["sub_indication"], "REVOKED_NO_POE");

    let (_pki, gateway) = changed(|pki| std::fs::remove_file(pki.crl_path(&pki.crl_id_for("auth-yamada"))).unwrap());
    let undecided = try_card(&mut Visitor::new(&gateway), &AuthenticationCard::yamada());
    assert_eq!(refused(&undecided), (503, "sign-in-undecided".to_owned()));
    assert_eq!(
        (undecided.json()["sub_indication"].as_str(), undecided.header("retry-after").is_some()),
        (Some("TRY_LATER"), true)
    );

    let clock = Arc::new(FixedClock::new(SystemClock.now() + chrono::Duration::days(2200)));
    let gateway = TestGateway::start_with(Wanted { clock, ..Wanted::default() });
    let expired = try_card(&mut Visitor::new(&gateway), &AuthenticationCard::yamada());
    assert_eq!(refused(&expired), (422, "sign-in-certificate-ended".to_owned()));

    use crate::support::mini_pki::{DIGITAL_SIGNATURE, Profile, issue, rsa};
    let root = issue(None, &Profile::ca("Stranger"), rsa(2048));
    let now = SystemClock.now();
    let profile = Profile {
        key_usage: Some(DIGITAL_SIGNATURE),
        policy: Some("1.2.392.200149.8.5.1.3.30"),
        not_before: now - chrono::Duration::days(1),
        not_after: now + chrono::Duration::days(1),
        ..Profile::leaf("0123")
    };
    let leaf = issue(Some(&root), &profile, rsa(2048));
    let stranger = AuthenticationCard { certificate: leaf.der(), key: leaf.key.clone(), algorithm: "RS256" };
    let gateway = TestGateway::start();
    assert_eq!(refused(&try_card(&mut Visitor::new(&gateway), &stranger)), (422, "sign-in-not-trusted".to_owned()));
}
