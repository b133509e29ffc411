//! Every refusal of the application document, each with its exact code; and that a refused one leaves nothing behind.
use chrono::Duration;
use madoguchi::submission::rejection::RejectionCode as Code;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::desk::{Desk, known, recorded, refusal, rfc3339, sha256};
use crate::support::pki::TestPki;

const CARD: &str = "sign-yamada";

#[test]
fn a_good_document_is_recorded_and_its_receipt_says_what_the_contract_says() {
    let desk = Desk::new();
    let attachments: [(&str, &[u8]); 2] = [("住民票.pdf", b"%PDF-"), ("b.txt", b"")];
    let mut document = desk.document(CARD);
    document["attachments"] = listed(&attachments);
    let application = serde_json::to_vec_pretty(&document).unwrap();
    let signature = TestPki::shared().sign(CARD, &application);
    let (number, status, receipt, jws) = recorded(desk.file_signed(&application, &signature, &attachments));
    assert_eq!(status.as_str(), "received");
    assert_eq!(receipt["arrival_number"], number.as_str());
    assert_eq!(receipt["application_id"], document["application_id"]);
    assert_eq!(receipt["procedure"], "general-application");
    assert_eq!(receipt["recipient"], "131016");
    assert_eq!(receipt["application_sha256"], hex::encode(sha256(&application)));
    assert_eq!(receipt["signature_sha256"], hex::encode(sha256(&signature)));
    assert_eq!(receipt["attachments"], document["attachments"]);
    let verdict = &receipt["verdict"];
    assert_eq!((&verdict["indication"], &verdict["sub_indication"]), (&json!("TOTAL_PASSED"), &Value::Null));
    assert_eq!(verdict["policy"]["id"], "jpki");
    assert_eq!(verdict["revocation"], "provisional");
    assert_eq!(verdict["crls"].as_array().unwrap().len(), 1);
    assert_eq!(verdict["crls"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["issuer", "number", "sha256"]);
    let members: Vec<_> = receipt.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members.len(), 9, "{members:?}");
    let verified = desk.gateway.keys.set().verify("madoguchi-receipt+jws", &jws).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&verified.payload).unwrap(), receipt);
}

#[test]
fn every_wrong_document_gets_its_own_code_and_leaves_nothing() {
    let desk = Desk::new();
    for (what, code, change) in WRONG_DOCUMENTS {
        let mut document = desk.document(CARD);
        change(&mut document, &desk);
        let application = serde_json::to_vec(&document).unwrap();
        let rejection = refusal(desk.file(CARD, &application));
        assert_eq!(rejection.code, *code, "{what}: {}", rejection.detail);
        assert!(rejection.indication.is_none(), "{what}");
        assert!(!rejection.detail.contains("山田"), "{what}");
    }
    assert_eq!(desk.count(), 0);
}

type Change = fn(&mut Value, &Desk);

const WRONG_DOCUMENTS: &[(&str, Code, Change)] = &[
    ("another format", Code::DocumentFormat, |d, _| d["format"] = json!("madoguchi/application/2")),
    ("a withdrawal", Code::DocumentFormat, |d, _| d["format"] = json!("madoguchi/withdrawal/1")),
    ("no format", Code::DocumentFormat, |d, _| remove(d, "", "format")),
    ("not an object", Code::DocumentFormat, |d, _| *d = json!([])),
    ("a member missing", Code::DocumentFormat, |d, _| remove(d, "", "answers")),
    ("a member of another type", Code::DocumentFormat, |d, _| d["form_version"] = json!("1")),
    ("a UUID of version 4", Code::DocumentFormat, |d, _| {
        d["application_id"] = json!("2a1e5c9e-1b1a-4b6e-9d53-0d5b7f4d1c11")
    }),
    ("an upper-case UUID", Code::DocumentFormat, |d, _| {
        d["application_id"] = json!(d["application_id"].as_str().unwrap().to_uppercase())
    }),
    ("a recipient with a wrong check digit", Code::DocumentFormat, |d, _| d["recipient"] = json!("131017")),
    ("a time without zone", Code::DocumentFormat, |d, _| d["created_at"] = json!("2026-04-01T09:00:00")),
    ("a birthday that is none", Code::DocumentFormat, |d, _| d["applicant"]["date_of_birth"] = json!("1980-13-01")),
    ("a sex that is none", Code::DocumentFormat, |d, _| d["applicant"]["sex"] = json!("1")),
    ("an unknown field", Code::DocumentUnknownField, |d, _| d["priority"] = json!("high")),
    ("an unknown field of the applicant", Code::DocumentUnknownField, |d, _| d["applicant"]["kana"] = json!("ヤ")),
    ("an unknown field of an attachment", Code::DocumentUnknownField, |d, _| {
        d["attachments"] = listed(&[("a", b"x")]);
        d["attachments"][0]["path"] = json!("/");
    }),
    ("another gateway", Code::WrongGateway, |d, _| d["gateway"] = json!("https://other.example")),
    ("the gateway with a slash", Code::WrongGateway, |d, _| d["gateway"] = json!("https://madoguchi.example/")),
    ("expired", Code::DocumentExpired, |d, desk| {
        d["created_at"] = json!(rfc3339(desk.now() - Duration::hours(25)));
        d["expires_at"] = json!(rfc3339(desk.now() - Duration::hours(1)));
    }),
    ("made in the future", Code::DocumentNotYetValid, |d, desk| {
        d["created_at"] = json!(rfc3339(desk.now() + Duration::minutes(6)));
    }),
    ("good for too long", Code::DocumentLifeTooLong, |d, desk| {
        d["expires_at"] = json!(rfc3339(desk.now() + Duration::hours(25)));
    }),
    ("an unknown procedure", Code::UnknownProcedure, |d, _| d["procedure"] = json!("no-such-procedure")),
    ("an old form", Code::FormVersion, |d, _| d["form_version"] = json!(2)),
    ("answers without a title", Code::AnswersInvalid, |d, _| remove(d, "/answers", "title")),
    ("answers with an unknown field", Code::AnswersInvalid, |d, _| d["answers"]["x"] = json!(1)),
    ("a title of 201", Code::AnswersInvalid, |d, _| d["answers"]["title"] = json!("件".repeat(201))),
    ("answers that are text", Code::AnswersInvalid, |d, _| d["answers"] = json!("text")),
    ("a name like a path", Code::DocumentFormat, |d, _| d["attachments"] = listed(&[("../a", b"x")])),
    ("a digest in capitals", Code::DocumentFormat, |d, _| {
        d["attachments"] = listed(&[("a", b"x")]);
        d["attachments"][0]["sha256"] = json!("A".repeat(64));
    }),
    ("21 attachments", Code::TooManyAttachments, |d, _| {
        let one = listed(&[("a", b"x")])[0].clone();
        d["attachments"] = (0..21).map(|_| one.clone()).collect();
    }),
    ("one name twice", Code::AttachmentTwice, |d, _| d["attachments"] = listed(&[("a", b"x"), ("a", b"y")])),
    ("too large", Code::AttachmentTooLarge, |d, _| {
        d["attachments"] = listed(&[("a", b"x")]);
        d["attachments"][0]["size"] = json!(10_485_761);
    }),
    ("an attachment that was not sent", Code::AttachmentMissing, |d, _| d["attachments"] = listed(&[("a", b"x")])),
    ("another name", Code::ApplicantNotSigner, |d, _| d["applicant"]["name"] = json!("佐藤　次郎")),
    ("another spelling", Code::ApplicantNotSigner, |d, _| {
        d["applicant"]["name"] = json!(d["applicant"]["name"].as_str().unwrap().replace('\u{3000}', " "))
    }),
    ("no address", Code::ApplicantNotSigner, |d, _| d["applicant"]["address"] = Value::Null),
    ("half a birthday", Code::ApplicantNotSigner, |d, _| d["applicant"]["date_of_birth"] = json!("1980")),
    ("a filing that is not there", Code::CorrectsUnknown, |d, _| {
        d["corrects"] = json!({"arrival_number": "0000000000000000", "application_sha256": "0".repeat(64)});
    }),
];

#[test]
fn every_wrong_text_gets_its_own_code() {
    let desk = Desk::new();
    let good = serde_json::to_string(&desk.document(CARD)).unwrap();
    let cases: Vec<(&str, Code, Vec<u8>)> = vec![
        ("not JSON", Code::DocumentNotJson, b"hello".to_vec()),
        ("XML", Code::DocumentNotJson, b"<application/>".to_vec()),
        ("a byte order mark", Code::DocumentNotJson, format!("\u{FEFF}{good}").into()),
        ("UTF-16", Code::DocumentNotJson, good.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("not UTF-8", Code::DocumentNotJson, [good.as_bytes(), b"\xFF"].concat()),
        ("something after it", Code::DocumentNotJson, format!("{good} {good}").into()),
        ("cut short", Code::DocumentNotJson, good.as_bytes()[..good.len() - 1].to_vec()),
        ("half a surrogate pair", Code::DocumentNotJson, good.replace("件名", "\\ud83d").into()),
        ("a noncharacter", Code::DocumentNotJson, good.replace("件名", "\u{FFFF}").into()),
        ("a large number", Code::DocumentNotJson, good.replace("\"form_version\":1", "\"form_version\":1e99").into()),
        ("500,000 deep", Code::DocumentNotJson, "[".repeat(500_000).into()),
        ("a name twice", Code::DocumentDuplicateName, good.replacen('{', "{\"recipient\":\"131016\",", 1).into()),
        (
            "a name twice, below",
            Code::DocumentDuplicateName,
            good.replace("\"title\"", "\"body\":\"x\",\"title\"").into(),
        ),
        (
            "a name twice, escaped",
            Code::DocumentDuplicateName,
            good.replace("\"title\"", "\"\\u0062ody\":\"\",\"title\"").into(),
        ),
        ("nothing", Code::PartMissing, Vec::new()),
        ("more than 1 MiB", Code::TooLarge, good.replacen('{', &format!("{{{}", " ".repeat(1 << 20)), 1).into()),
    ];
    for (what, code, application) in cases {
        let rejection = refusal(desk.file(CARD, &application));
        assert_eq!(rejection.code, code, "{what}: {}", rejection.detail);
    }
    assert_eq!(desk.count(), 0);
}

#[test]
fn the_attachments_sent_are_the_attachments_signed() {
    let desk = Desk::new();
    let mut document = desk.document(CARD);
    document["attachments"] = listed(&[("a.pdf", b"first"), ("b.pdf", b"second")]);
    let application = serde_json::to_vec(&document).unwrap();
    let signature = TestPki::shared().sign(CARD, &application);
    let cases: [(&str, Code, &[(&str, &[u8])]); 7] = [
        ("none sent", Code::AttachmentMissing, &[]),
        ("one missing", Code::AttachmentMissing, &[("a.pdf", b"first")]),
        ("one more", Code::AttachmentNotListed, &[("a.pdf", b"first"), ("b.pdf", b"second"), ("c.pdf", b"third")]),
        ("another name", Code::AttachmentNotListed, &[("a.pdf", b"first"), ("B.pdf", b"second")]),
        ("one twice", Code::PartTwice, &[("a.pdf", b"first"), ("b.pdf", b"second"), ("a.pdf", b"first")]),
        ("swapped", Code::AttachmentMismatch, &[("a.pdf", b"second"), ("b.pdf", b"first")]),
        ("changed, same size", Code::AttachmentMismatch, &[("a.pdf", b"firsT"), ("b.pdf", b"second")]),
    ];
    for (what, code, sent) in cases {
        assert_eq!(refusal(desk.file_signed(&application, &signature, sent)).code, code, "{what}");
    }
    let in_another_order: [(&str, &[u8]); 2] = [("b.pdf", b"second"), ("a.pdf", b"first")];
    let (number, ..) = recorded(desk.file_signed(&application, &signature, &in_another_order));
    // Sent again in whatever shape, it is the filing that was recorded.
    assert_eq!(known(desk.file_signed(&application, &signature, &[])).0, number);
}

#[test]
fn a_filing_is_known_again_after_its_document_has_expired() {
    let desk = Desk::new();
    let application = serde_json::to_vec(&desk.document(CARD)).unwrap();
    let signature = TestPki::shared().sign(CARD, &application);
    let (number, _, _, jws) = recorded(desk.file_signed(&application, &signature, &[]));
    desk.clock.advance(Duration::hours(30));
    assert_eq!(known(desk.file_signed(&application, &signature, &[])), (number, jws));
    let another = TestPki::shared().sign("sign-smith", &application);
    assert_eq!(refusal(desk.file_signed(&application, &another, &[])).code, Code::DocumentExpired);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_a_signed_document_is_recorded(position in 0_usize..900, byte in any::<u8>(), cut in any::<bool>()) {
        thread_local! {
            static DESK: (Desk, Vec<u8>, Vec<u8>) = {
                let desk = Desk::new();
                let application = serde_json::to_vec(&desk.document(CARD)).unwrap();
                let signature = TestPki::shared().sign(CARD, &application);
                (desk, application, signature)
            };
        }
        DESK.with(|(desk, application, signature)| {
            let mut changed = application.clone();
            let position = position % changed.len();
            if cut { changed.truncate(position) } else { changed[position] = byte }
            if changed != *application {
                let rejection = refusal(desk.file_signed(&changed, signature, &[]));
                assert!(rejection.code.http_status() == 422 || rejection.code == Code::PartMissing, "{rejection:?}");
            }
        });
    }
}

fn remove(document: &mut Value, pointer: &str, name: &str) {
    document.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name).unwrap();
}

/// The list of these files.
fn listed(files: &[(&str, &[u8])]) -> Value {
    let list = files.iter().map(|(name, bytes)| {
        json!({"name": name, "media_type": "application/pdf", "size": bytes.len(), "sha256": hex::encode(sha256(bytes))})
    });
    list.collect()
}
