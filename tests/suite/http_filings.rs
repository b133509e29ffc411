//! Filings over HTTP, signed by OpenSSL: recorded, known, held, refused.
use std::process::Command;

use madoguchi::jws::{JwkSet, RECEIPT_TYP};
use serde_json::{Value, json};

use crate::support::gateway::{ORIGIN, TestGateway, Wanted, application};
use crate::support::http::{Answer, filing, sha256_hex};
use crate::support::pki::TestPki;

/// A detached CAdES signature as OpenSSL's command line makes it.
pub fn sign_with_openssl(card: &str, content: &[u8]) -> Vec<u8> {
    let (pki, folder) = (TestPki::shared(), tempfile::tempdir().unwrap());
    let (input, output) = (folder.path().join("content"), folder.path().join("signature"));
    std::fs::write(&input, content).unwrap();
    let done = Command::new("openssl")
        .args(["cms", "-sign", "-cades", "-binary", "-md", "sha256", "-outform", "DER"])
        .arg("-signer")
        .arg(pki.certificate_path(card))
        .arg("-inkey")
        .arg(pki.key_path(card))
        .arg("-in")
        .arg(&input)
        .arg("-out")
        .arg(&output)
        .output()
        .expect("openssl");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(&output).unwrap()
}

fn post(gateway: &TestGateway, application: &[u8], signature: &[u8], attachments: &[(&str, &[u8])]) -> Answer {
    gateway.client.post_multipart("/api/v1/submissions", &filing(application, signature, attachments))
}

fn refused(gateway: &TestGateway, document: &Value, attachments: &[(&str, &[u8])]) -> (u16, String) {
    let bytes = document.to_string().into_bytes();
    let answer = post(gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), attachments);
    (answer.status, answer.problem_code())
}

#[test]
fn a_filing_is_recorded_once_and_known_ever_after() {
    let gateway = TestGateway::start();
    let bytes = application("sign-yamada").to_string().into_bytes();
    let signature = sign_with_openssl("sign-yamada", &bytes);
    let first = post(&gateway, &bytes, &signature, &[]);
    assert_eq!(first.status, 201, "{}", first.text());
    let body = first.json();
    let number = body["arrival_number"].as_str().unwrap();
    assert_eq!(first.header("location"), Some(format!("/api/v1/submissions/{number}").as_str()));
    assert_eq!(body["status"], "received");
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["access_token", "arrival_number", "receipt", "receipt_jws", "status"]);
    let receipt = &body["receipt"];
    assert_eq!(receipt["arrival_number"], number);
    assert_eq!(receipt["application_sha256"], sha256_hex(&bytes));
    assert_eq!(receipt["signature_sha256"], sha256_hex(&signature));
    assert_eq!(receipt["verdict"]["indication"], "TOTAL_PASSED");
    assert_eq!(receipt["verdict"]["revocation"], "provisional");
    assert!(!receipt["verdict"]["crls"].as_array().unwrap().is_empty());

    let keys = JwkSet::from_json(&gateway.client.get("/.well-known/jwks.json").body).unwrap();
    let signed = keys.verify(RECEIPT_TYP, body["receipt_jws"].as_str().unwrap()).unwrap();
    assert_eq!(&serde_json::from_slice::<Value>(&signed.payload).unwrap(), receipt);

    for again in [signature.clone(), sign_with_openssl("sign-yamada", &bytes)] {
        let known = post(&gateway, &bytes, &again, &[]);
        assert_eq!(known.status, 200, "{}", known.text());
        assert_eq!(known.json()["receipt_jws"], body["receipt_jws"]);
        assert!(known.json().get("access_token").is_none());
    }
}

#[test]
fn two_identical_posts_at_once_are_one_filing() {
    let gateway = TestGateway::start();
    let bytes = application("sign-yamada").to_string().into_bytes();
    let body = filing(&bytes, &sign_with_openssl("sign-yamada", &bytes), &[]);
    let client = gateway.client;
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let body = body.clone();
            std::thread::spawn(move || client.post_multipart("/api/v1/submissions", &body))
        })
        .collect();
    let answers: Vec<Answer> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    let first = answers[0].json()["receipt_jws"].clone();
    assert!(answers.iter().all(|answer| answer.json()["receipt_jws"] == first));
}

#[test]
fn another_document_under_a_recorded_id_is_a_conflict() {
    let gateway = TestGateway::start();
    let mut document = application("sign-yamada");
    assert_eq!(gateway.file("sign-yamada", document.to_string().as_bytes()).status, 201);
    document["answers"]["title"] = json!("Another");
    assert_eq!(refused(&gateway, &document, &[]), (409, "application-id-taken".to_owned()));
}

#[test]
fn what_is_wrong_inside_the_parts_is_told_with_its_code() {
    let gateway = TestGateway::start();
    let with = |pointer: &str, value: Value| {
        let mut document = application("sign-yamada");
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let mut unknown = application("sign-yamada");
    unknown["surplus"] = json!(1);
    let listed = json!([{"name": "a.txt", "media_type": "text/plain", "size": 1, "sha256": "0".repeat(64)}]);
    let cases = [
        (with("/gateway", json!("https://other.example")), "wrong-gateway"),
        (with("/expires_at", json!("2020-01-01T00:00:00Z")), "document-expired"),
        (with("/procedure", json!("no-such-procedure")), "unknown-procedure"),
        (with("/form_version", json!(99)), "form-version"),
        (with("/answers/title", json!("")), "answers-invalid"),
        (with("/applicant/name", json!("Somebody Else")), "applicant-not-signer"),
        (with("/attachments", listed), "attachment-missing"),
        (unknown, "document-unknown-field"),
        (json!([1, 2]), "document-format"),
    ];
    for (document, code) in cases {
        assert_eq!(refused(&gateway, &document, &[]), (422, code.to_owned()));
    }
    let surplus = refused(&gateway, &application("sign-yamada"), &[("a.txt", b"x")]);
    assert_eq!(surplus, (422, "attachment-not-listed".to_owned()));
    let noise = post(&gateway, b"{no json", &sign_with_openssl("sign-yamada", b"{no json"), &[]);
    assert_eq!((noise.status, noise.problem_code().as_str()), (422, "document-not-json"));
    let twice = application("sign-yamada").to_string().replacen('{', "{\"format\":\"madoguchi/application/1\",", 1);
    let answer = post(&gateway, twice.as_bytes(), &sign_with_openssl("sign-yamada", twice.as_bytes()), &[]);
    assert_eq!((answer.status, answer.problem_code().as_str()), (422, "document-duplicate-name"));
}

#[test]
fn a_refused_signature_comes_with_its_verdict_and_the_failed_checks() {
    let gateway = TestGateway::start();
    let bytes = application("sign-yamada").to_string().into_bytes();
    let other = application("sign-yamada").to_string().into_bytes();
    let signature = sign_with_openssl("sign-yamada", &bytes);
    let answer = post(&gateway, &other, &signature, &[]);
    assert_eq!((answer.status, answer.problem_code().as_str()), (422, "signature-refused"));
    let body = answer.json();
    assert_eq!(body["type"], format!("{ORIGIN}/problems/signature-refused"));
    assert_eq!((&body["indication"], &body["sub_indication"]), (&json!("TOTAL_FAILED"), &json!("HASH_FAILURE")));
    let checks = body["checks"].as_array().unwrap();
    assert!(
        !checks.is_empty() && checks.iter().all(|check| check["status"] == "failed" && check["clause"].is_string())
    );

    let revoked = application("sign-tanaka").to_string().into_bytes();
    let body = post(&gateway, &revoked, &sign_with_openssl("sign-tanaka", &revoked), &[]).json();
    assert_eq!((&body["indication"], &body["sub_indication"]), (&json!("INDETERMINATE"), &json!("REVOKED_NO_POE")));
    let wrong_kind = sign_with_openssl("auth-yamada", &other);
    let body = post(&gateway, &other, &wrong_kind, &[]).json();
    assert_eq!(
        (&body["code"], &body["sub_indication"]),
        (&json!("signature-refused"), &json!("CHAIN_CONSTRAINTS_FAILURE"))
    );
    let noise = post(&gateway, &other, &[0x30; 5000], &[]).json();
    assert_eq!(noise["sub_indication"], "FORMAT_FAILURE");
}

#[test]
fn where_revocation_is_undecided_the_filing_is_held_and_decided_later() {
    let crls = tempfile::tempdir().unwrap();
    let gateway = TestGateway::start_with(Wanted { crls: Some(crls.path().to_owned()), ..Wanted::default() });
    let bytes = application("sign-yamada").to_string().into_bytes();
    let held = post(&gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), &[]);
    assert_eq!(held.status, 202, "{}", held.text());
    let body = held.json();
    assert_eq!((&body["status"], &body["receipt"]["verdict"]["revocation"]), (&json!("held"), &json!("none")));
    let (number, token) = (body["arrival_number"].as_str().unwrap(), body["access_token"].as_str().unwrap());
    let status = || gateway.client.get_with(&format!("/api/v1/submissions/{number}"), token).json();
    assert_eq!(status()["status"], "held");
    // Sent again while it is held it is the same filing: 200, as for any other (public contract section 4).
    let again = post(&gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), &[]);
    assert_eq!((again.status, &again.json()["status"]), (200, &json!("held")));
    assert_eq!((&again.json()["receipt_jws"], &again.json()["access_token"]), (&body["receipt_jws"], &Value::Null));

    std::fs::write(crls.path().join("shard.crl"), TestPki::shared().crl_for("sign-yamada")).unwrap();
    let mut background = gateway.background();
    actix_web::rt::System::new().block_on(background.round());
    let decided = status();
    assert_eq!((&decided["status"], &decided["revocation"]), (&json!("received"), &json!("provisional")));
    let verdicts = decided["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 2);
    assert!(verdicts[1]["statement_jws"].is_string());
    let known = post(&gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), &[]);
    assert_eq!((known.status, &known.json()["receipt_jws"]), (200, &body["receipt_jws"]));
}

#[test]
fn by_setting_an_undecided_filing_is_refused_for_now() {
    let crls = tempfile::tempdir().unwrap();
    let crls = Some(crls.path().to_owned());
    let gateway = TestGateway::start_with(Wanted { on_undecided: "refuse", crls, ..Wanted::default() });
    let bytes = application("sign-yamada").to_string().into_bytes();
    let answer = post(&gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), &[]);
    assert_eq!((answer.status, answer.problem_code().as_str()), (503, "revocation-undecided"));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.json()["sub_indication"], "TRY_LATER");
}

#[test]
fn attachments_come_with_the_filing_and_are_what_was_signed() {
    let gateway = TestGateway::start();
    let attachment = b"a plan of the street";
    let mut document = application("sign-yamada");
    let name = "street \u{5730}\u{56f3} (1).txt";
    document["attachments"] = json!([{"name": name, "media_type": "text/plain", "size": attachment.len(),
        "sha256": sha256_hex(attachment)}]);
    let bytes = document.to_string().into_bytes();
    let signature = sign_with_openssl("sign-yamada", &bytes);
    let swapped = post(&gateway, &bytes, &signature, &[(name, b"a PLAN of the street")]);
    assert_eq!((swapped.status, swapped.problem_code().as_str()), (422, "attachment-mismatch"));
    let answer = post(&gateway, &bytes, &signature, &[(name, attachment)]);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["receipt"]["attachments"][0]["name"], name);
}

#[test]
fn an_application_made_here_is_signed_and_filed() {
    let gateway = TestGateway::start();
    let certificate = std::fs::read_to_string(TestPki::shared().certificate_path("sign-yamada")).unwrap();
    let made = gateway.client.post_json(
        "/api/v1/applications",
        &[],
        &json!({"procedure": "general-application", "recipient": "131016", "certificate": certificate,
            "answers": {"title": "Street lamp", "body": "It is dark."}}),
    );
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(made["application"].as_str().unwrap()).unwrap();
    assert_eq!(made["sha256"], sha256_hex(&bytes));
    assert_eq!(made["request"].as_str().unwrap().split('.').count(), 3);
    assert!(made["request_id"].is_string() && made["not_after"].is_string());
    let answer = post(&gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), &[]);
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[test]
fn any_signature_is_validated_and_nothing_is_kept() {
    use crate::support::http::{Part, multipart};
    let gateway = TestGateway::start();
    let content = b"anything at all";
    let signature = sign_with_openssl("sign-yamada", content);
    let parts = |content: &'static [u8]| {
        multipart(&[
            Part { name: "signature", file_name: None, bytes: &signature },
            Part { name: "content", file_name: None, bytes: content },
        ])
    };
    let report = gateway.client.post_multipart("/api/v1/validations", &parts(content));
    assert_eq!(report.status, 200);
    assert_eq!(report.json()["indication"], "TOTAL_PASSED", "{}", report.text());
    assert_eq!(report.json()["signatures"].as_array().unwrap().len(), 1);
    let wrong = gateway.client.post_multipart("/api/v1/validations", &parts(b"something else")).json();
    assert_eq!((&wrong["indication"], &wrong["sub_indication"]), (&json!("TOTAL_FAILED"), &json!("HASH_FAILURE")));
    let alone = multipart(&[Part { name: "signature", file_name: None, bytes: &signature }]);
    let alone = gateway.client.post_multipart("/api/v1/validations", &alone).json();
    assert_eq!(alone["sub_indication"], "SIGNED_DATA_NOT_FOUND");
}

#[test]
fn more_attachments_than_any_application_may_list_are_refused_as_such() {
    let gateway = TestGateway::start();
    let names: Vec<String> = (0..21).map(|number| format!("{number}.txt")).collect();
    let attachments: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    let mut document = application("sign-yamada");
    let listed =
        |name: &String| json!({"name": name, "media_type": "text/plain", "size": 1, "sha256": sha256_hex(b"x")});
    document["attachments"] = names.iter().map(listed).collect();
    let code = (422, "too-many-attachments".to_owned());
    assert_eq!(refused(&gateway, &document, &attachments), code, "21 listed and 21 sent");
    assert_eq!(refused(&gateway, &document, &attachments[..20]), code, "21 listed");
    document["attachments"] = names[..20].iter().map(listed).collect();
    assert_eq!(refused(&gateway, &document, &attachments), code, "21 sent");
    let bytes = document.to_string().into_bytes();
    let taken = post(&gateway, &bytes, &sign_with_openssl("sign-yamada", &bytes), &attachments[..20]);
    assert_eq!(taken.status, 201, "{}", taken.text());
}
