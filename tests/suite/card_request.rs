//! What the card client takes as a signing request, and what it shows of it.
use chrono::Duration;
use madoguchi::card_client::confirm::Review;
use madoguchi::card_client::request::{CheckedRequest, Envelope, GatewayKeys};
use madoguchi::card_client::texts::Language;
use madoguchi::card_client::{ClientError, attachments};
use madoguchi::jws::JwkSet;
use serde_json::{Value, json};

use crate::support::card::{FakeGateway, GATEWAY};
use crate::support::pki::now;

fn check(mgreq: &Value, keys: &dyn GatewayKeys) -> Result<CheckedRequest, ClientError> {
    CheckedRequest::check(&Envelope::read(mgreq.to_string().as_bytes())?, keys, Some(GATEWAY), now())
}

fn code(mgreq: &Value, keys: &dyn GatewayKeys) -> &'static str {
    check(mgreq, keys).expect_err("the request must not pass").code
}

/// Nobody is trusted.
struct Nobody;

impl GatewayKeys for Nobody {
    fn keys_of(&self, _origin: &str) -> Result<Option<JwkSet>, ClientError> {
        Ok(None)
    }
}

#[test]
fn a_good_request_passes_with_the_exact_bytes() {
    let gateway = FakeGateway::new();
    let request = check(&gateway.good(), &gateway.keys()).unwrap();
    assert_eq!(request.document(), gateway.document());
    assert_eq!(request.gateway(), GATEWAY);
}

#[test]
fn each_wrong_claim_is_refused_with_its_code() {
    let gateway = FakeGateway::new();
    let document = gateway.document();
    for (member, value, expected) in [
        ("aud", json!("somebody-else"), "request-audience"),
        ("iss", json!("http://127.0.0.1:9999"), "request-issuer"),
        ("exp", json!((now() - Duration::seconds(1)).timestamp()), "request-expired"),
        ("iat", json!((now() + Duration::minutes(6)).timestamp()), "request-not-yet-valid"),
        ("application_sha256", json!("00".repeat(32)), "request-digest"),
        ("display", json!("all"), "request-malformed"),
        ("exp", json!("tomorrow"), "request-malformed"),
    ] {
        let mut claims = gateway.claims(&document, now());
        claims[member] = value;
        assert_eq!(code(&gateway.mgreq(&claims, &document), &gateway.keys()), expected, "{member}");
    }
}

#[test]
fn a_signature_of_another_key_or_kind_is_refused() {
    let (gateway, other) = (FakeGateway::new(), FakeGateway::new());
    assert_eq!(code(&other.good(), &gateway.keys()), "request-signature");
    assert_eq!(code(&gateway.good(), &Nobody), "gateway-not-trusted");
    let mut mgreq = gateway.good();
    let document = gateway.document();
    let claims = gateway.claims(&document, now()).to_string();
    mgreq["request"] = json!(gateway.key.sign(madoguchi::jws::RECEIPT_TYP, claims.as_bytes()).unwrap());
    assert_eq!(code(&mgreq, &gateway.keys()), "request-signature");
    let mut parts: Vec<String> = gateway.good()["request"].as_str().unwrap().split('.').map(str::to_owned).collect();
    parts[2] = "A".repeat(86);
    mgreq["request"] = json!(parts.join("."));
    assert_eq!(code(&mgreq, &gateway.keys()), "request-signature");
    mgreq["request"] = json!("a.b");
    assert_eq!(code(&mgreq, &gateway.keys()), "request-malformed");
}

#[test]
fn a_changed_application_is_refused() {
    let gateway = FakeGateway::new();
    let document = gateway.document();
    let claims = gateway.claims(&document, now());
    let changed = String::from_utf8(document).unwrap().replace("道路", "橋梁").into_bytes();
    assert_eq!(code(&gateway.mgreq(&claims, &changed), &gateway.keys()), "request-digest");
}

#[test]
fn a_document_that_reads_two_ways_is_refused() {
    let gateway = FakeGateway::new();
    for (document, expected) in [
        (format!(r#"{{"format":"madoguchi/application/1","gateway":"{GATEWAY}","a":1,"a":2}}"#), "document-malformed"),
        (format!(r#"{{"format":"madoguchi/application/9","gateway":"{GATEWAY}"}}"#), "document-malformed"),
        (r#"{"format":"madoguchi/application/1","gateway":"http://127.0.0.1:9"}"#.to_owned(), "request-issuer"),
        ("not json".to_owned(), "document-malformed"),
    ] {
        let claims = gateway.claims(document.as_bytes(), now());
        assert_eq!(code(&gateway.mgreq(&claims, document.as_bytes()), &gateway.keys()), expected, "{document}");
    }
    assert!(Envelope::read(b"{}").is_err());
    let mut not_base64 = gateway.good();
    not_base64["application"] = json!("***");
    assert_eq!(code(&not_base64, &gateway.keys()), "request-malformed");
}

#[test]
fn everything_signed_is_shown_and_nothing_acts() {
    let gateway = FakeGateway::new();
    let request = check(&gateway.good(), &gateway.keys()).unwrap();
    let texts = Language::Ja.texts();
    let review = Review::of(&request, texts);
    let shown: Vec<(&str, &str)> = review.lines.iter().map(|line| (line.label.as_str(), line.value.as_str())).collect();
    assert_eq!(shown[0], ("氏名", "山田　花子"));
    assert_eq!(shown[2], ("本文", "一行目\n二行目 ⟨U+202E⟩⟨U+001B⟩[31m"));
    assert_eq!(shown[3], ("備考", "（記入なし）"));
    let others: Vec<&str> = review.others.iter().map(|line| line.label.as_str()).collect();
    assert!(others.contains(&"/applicant/address") && others.contains(&"/format"), "{others:?}");
    assert_eq!(review.attachments[0].name, "写真.png");
    let text = review.for_terminal(texts);
    for value in ["東京都千代田区千代田１丁目１番１号", "写真.png", "image/png", "道路の補修"] {
        assert!(text.contains(value), "{value} is not shown");
    }
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
}

#[test]
fn numbers_are_shown_as_they_are_signed() {
    let gateway = FakeGateway::new();
    let document = format!(
        r#"{{"format":"madoguchi/application/1","gateway":"{GATEWAY}","answers":{{"title":1.0,"body":12345678901234567890123456789,"more":[1e2,-0.10]}}}}"#
    );
    let claims = gateway.claims(document.as_bytes(), now());
    let request = check(&gateway.mgreq(&claims, document.as_bytes()), &gateway.keys()).unwrap();
    let review = Review::of(&request, Language::Ja.texts());
    assert_eq!(
        (review.lines[1].value.as_str(), review.lines[2].value.as_str()),
        ("1.0", "12345678901234567890123456789")
    );
    let others: Vec<&str> = review.others.iter().map(|line| line.value.as_str()).collect();
    assert!(others.contains(&"1e2") && others.contains(&"-0.10"), "{others:?}");
}

#[test]
fn attachments_at_hand_are_compared() {
    let gateway = FakeGateway::new();
    let request = check(&gateway.good(), &gateway.keys()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (same, other) = (dir.path().join("same"), dir.path().join("other"));
    std::fs::write(&same, "photo").unwrap();
    std::fs::write(&other, "photO").unwrap();
    let mut review = Review::of(&request, Language::En.texts());
    attachments::compare(&mut review.attachments, std::slice::from_ref(&same)).unwrap();
    assert_eq!(review.attachments[0].compared, Some(()));
    let error = attachments::compare(&mut review.attachments, &[other]).unwrap_err();
    assert_eq!(error.code, "attachment-mismatch");
    assert_eq!(attachments::compare(&mut review.attachments, &[same]).unwrap_err().code, "attachment-mismatch");
}
