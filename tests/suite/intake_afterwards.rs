//! What a resident can do with a filing afterwards: withdraw it, and correct it when the agency asks. And the making of
//! documents for residents.
use base64::Engine;
use chrono::Duration;
use madoguchi::gateway::make::{ApplicationRequest, MadeApplication, MakeError};
use madoguchi::gateway::outcome::SubmitOutcome;
use madoguchi::ids::ArrivalNumber;
use madoguchi::jws::REQUEST_TYP;
use madoguchi::jws::claims::RequestClaims;
use madoguchi::store::correction_requests::CorrectionWanted;
use madoguchi::store::statuses::StatusChange;
use madoguchi::submission::rejection::RejectionCode as Code;
use madoguchi::submission::status::SubmissionStatus as Status;
use serde_json::{Value, json};

use crate::support::desk::{Desk, known, recorded, refusal, run, sha256};
use crate::support::pki::TestPki;

const CARD: &str = "sign-yamada";

fn filed(desk: &Desk) -> (ArrivalNumber, Vec<u8>) {
    let application = serde_json::to_vec(&desk.document(CARD)).unwrap();
    (recorded(desk.file(CARD, &application)).0, application)
}

fn withdraw(desk: &Desk, number: ArrivalNumber, card: &str, document: &Value) -> SubmitOutcome {
    let bytes = serde_json::to_vec(document).unwrap();
    let signature = TestPki::shared().sign(card, &bytes);
    run(desk.gateway.withdraw(number, desk.received(&bytes, &signature, &[])))
}

#[test]
fn the_person_who_filed_takes_it_back_once() {
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let document = desk.withdrawal(number, &application);
    let bytes = serde_json::to_vec(&document).unwrap();
    let signature = TestPki::shared().sign(CARD, &bytes);
    let send = || run(desk.gateway.withdraw(number, desk.received(&bytes, &signature, &[])));
    let (answered, status, receipt, jws) = recorded(send());
    assert_eq!((answered, status, desk.status(number)), (number, Status::Withdrawn, Status::Withdrawn));
    assert_eq!(receipt["withdrawal_id"], document["withdrawal_id"]);
    assert_eq!(receipt["application_sha256"], hex::encode(sha256(&application)));
    assert!(desk.gateway.keys.set().verify("madoguchi-receipt+jws", &jws).is_ok());
    assert_eq!(known(send()), (number, jws.clone()));
    desk.clock.advance(Duration::hours(2));
    assert_eq!(known(send()), (number, jws), "also when it has expired");
    let again = desk.withdrawal(number, &application);
    assert_eq!(refusal(withdraw(&desk, number, CARD, &again)).code, Code::StatusConflict);
    let stored = run(desk.gateway.store.withdrawal_find(number)).unwrap().unwrap();
    assert_eq!(stored.document.as_ref(), serde_json::to_vec(&document).unwrap());
    let feed = run(desk.gateway.store.feed_after("131016".parse().unwrap(), 0, 10)).unwrap();
    assert_eq!(feed.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(), ["filed", "withdrawn"]);
}

#[test]
fn every_wrong_withdrawal_gets_its_own_code_and_changes_nothing() {
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let (other, _) = filed(&desk);
    let cases: [(&str, Code, fn(&mut Value)); 8] = [
        ("another format", Code::WithdrawalFormat, |d| d["format"] = json!("madoguchi/application/1")),
        ("a member missing", Code::WithdrawalFormat, |d| drop(d.as_object_mut().unwrap().remove("reason"))),
        ("an id that is none", Code::WithdrawalFormat, |d| d["withdrawal_id"] = json!("1")),
        ("an unknown field", Code::DocumentUnknownField, |d| d["x"] = json!(1)),
        ("another gateway", Code::WrongGateway, |d| d["gateway"] = json!("https://other.example")),
        ("expired", Code::DocumentExpired, |d| d["expires_at"] = json!("2020-01-01T00:00:00Z")),
        ("another document", Code::WithdrawalMismatch, |d| d["application_sha256"] = json!("0".repeat(64))),
        ("a reason of 2,001", Code::WithdrawalFormat, |d| d["reason"] = json!("x".repeat(2001))),
    ];
    for (what, code, change) in cases {
        let mut document = desk.withdrawal(number, &application);
        change(&mut document);
        let rejection = refusal(withdraw(&desk, number, CARD, &document));
        assert_eq!(rejection.code, code, "{what}: {}", rejection.detail);
    }
    let good = desk.withdrawal(number, &application);
    assert_eq!(refusal(withdraw(&desk, other, CARD, &good)).code, Code::WithdrawalMismatch);
    assert_eq!(refusal(withdraw(&desk, number, "sign-smith", &good)).code, Code::NotTheApplicant);
    assert_eq!(refusal(withdraw(&desk, number, "sign-tanaka", &good)).code, Code::SignatureRefused);
    let nobody: ArrivalNumber = "0000000000000000".parse().unwrap();
    let unknown = refusal(withdraw(&desk, nobody, CARD, &desk.withdrawal(nobody, b"")));
    let strange = refusal(withdraw(&desk, number, "sign-smith", &desk.withdrawal(number, b"")));
    assert_eq!((unknown.code, strange.code, unknown.detail), (Code::NotFound, Code::NotFound, strange.detail));
    assert_eq!((desk.status(number), desk.status(other)), (Status::Received, Status::Received));
}

#[test]
fn one_withdrawal_id_names_one_document() {
    let desk = Desk::new();
    let (first, application) = filed(&desk);
    let (second, other) = filed(&desk);
    let document = desk.withdrawal(first, &application);
    recorded(withdraw(&desk, first, CARD, &document));
    let mut another = desk.withdrawal(second, &other);
    another["withdrawal_id"] = document["withdrawal_id"].clone();
    let rejection = refusal(withdraw(&desk, second, CARD, &another));
    assert_eq!((rejection.code.http_status(), desk.status(second)), (409, Status::Received));
}

fn ask_for_correction(desk: &Desk, number: ArrivalNumber) {
    agency_moves(desk, number, Status::CorrectionRequested);
}

fn agency_moves(desk: &Desk, number: ArrivalNumber, to: Status) {
    let change = StatusChange {
        arrival_number: number,
        agency: Some("131016".parse().unwrap()),
        to,
        at: desk.now(),
        by: "clerk".into(),
        reason: Some("内容を直してください".into()),
    };
    run(desk.gateway.store.submission_change_status(change)).unwrap();
}

fn correction(desk: &Desk, card: &str, number: ArrivalNumber, application: &[u8]) -> Value {
    let mut document = desk.document(card);
    document["corrects"] = json!({"arrival_number": number, "application_sha256": hex::encode(sha256(application))});
    document
}

fn correct(desk: &Desk, number: ArrivalNumber, card: &str, document: &Value) -> SubmitOutcome {
    let bytes = serde_json::to_vec(document).unwrap();
    let signature = TestPki::shared().sign(card, &bytes);
    run(desk.gateway.correct(number, desk.received(&bytes, &signature, &[])))
}

#[test]
fn a_correction_is_a_filing_of_its_own_that_names_the_first() {
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let document = correction(&desk, CARD, number, &application);
    ask_for_correction(&desk, number);
    let (new, status, ..) = recorded(correct(&desk, number, CARD, &document));
    assert_ne!(new, number);
    assert_eq!((status, desk.status(number)), (Status::Received, Status::Corrected));
    assert_eq!(known(correct(&desk, number, CARD, &document)).0, new);
    let another = correction(&desk, CARD, number, &application);
    assert_eq!(refusal(correct(&desk, number, CARD, &another)).code, Code::StatusConflict, "it is corrected already");
    agency_moves(&desk, number, Status::UnderReview);
    assert_eq!(known(correct(&desk, number, CARD, &document)).0, new, "whatever became of the first since");
    let stored = run(desk.gateway.store.submission_find(new)).unwrap().unwrap();
    assert_eq!(stored.corrects, Some(number));
}

#[test]
fn an_applicant_corrects_by_themselves_until_the_agency_decides() {
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let document = correction(&desk, CARD, number, &application);
    assert_eq!(recorded(correct(&desk, number, CARD, &document)).1, Status::Received);
    assert_eq!(desk.status(number), Status::Corrected);
    let another = correction(&desk, CARD, number, &application);
    assert_eq!(refusal(correct(&desk, number, CARD, &another)).code, Code::StatusConflict, "one at a time");
    let (decided, application) = filed(&desk);
    agency_moves(&desk, decided, Status::Accepted);
    let late = correction(&desk, CARD, decided, &application);
    assert_eq!(refusal(correct(&desk, decided, CARD, &late)).code, Code::StatusConflict, "it is decided");
}

#[test]
fn a_partial_correction_changes_the_marked_fields_and_nothing_else() {
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let change = StatusChange {
        arrival_number: number,
        agency: Some("131016".parse().unwrap()),
        to: Status::CorrectionRequested,
        at: desk.now(),
        by: "agency 131016 tanaka".to_owned(),
        reason: Some("Which lamp?".to_owned()),
    };
    let wanted = CorrectionWanted::Partial(vec!["body".to_owned()]);
    run(desk.gateway.store.correction_request(change, wanted.clone())).unwrap();
    let asked = run(desk.gateway.store.correction_wanted(number)).unwrap().unwrap();
    assert_eq!((asked.wanted, asked.text.as_str()), (wanted, "Which lamp?"));
    let mut beyond = correction(&desk, CARD, number, &application);
    beyond["answers"]["body"] = json!("The lamp before house 7.");
    beyond["answers"]["title"] = json!("Another title");
    let refused = refusal(correct(&desk, number, CARD, &beyond));
    assert_eq!(refused.code, Code::CorrectionBeyondMarked);
    assert_eq!(refused.faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/answers/title"]);
    let mut good = correction(&desk, CARD, number, &application);
    good["answers"]["body"] = json!("The lamp before house 7.");
    assert_eq!(recorded(correct(&desk, number, CARD, &good)).1, Status::Received);
    assert_eq!(desk.status(number), Status::Corrected);
    assert_eq!(run(desk.gateway.store.correction_wanted(number)).unwrap(), None);
}

#[test]
fn a_correction_by_a_stranger_or_of_something_else_is_refused() {
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let (other, _) = filed(&desk);
    ask_for_correction(&desk, number);
    let strange = correction(&desk, "sign-smith", number, &application);
    assert_eq!(refusal(correct(&desk, number, "sign-smith", &strange)).code, Code::NotTheApplicant);
    let good = correction(&desk, CARD, number, &application);
    assert_eq!(refusal(correct(&desk, other, CARD, &good)).code, Code::CorrectsUnknown);
    assert_eq!(refusal(correct(&desk, number, CARD, &desk.document(CARD))).code, Code::CorrectsUnknown);
    let mut wrong = correction(&desk, CARD, number, b"another document");
    assert_eq!(refusal(correct(&desk, number, CARD, &wrong)).code, Code::CorrectsUnknown);
    wrong = good.clone();
    wrong["recipient"] = json!("271004");
    assert_eq!(refusal(correct(&desk, number, CARD, &wrong)).code, Code::CorrectsUnknown);
    assert_eq!(desk.status(number), Status::CorrectionRequested);
}

fn make(desk: &Desk, request: Value) -> Result<MadeApplication, MakeError> {
    let request: ApplicationRequest = serde_json::from_value(request).unwrap();
    run(desk.gateway.make_application(request))
}

fn refused(made: Result<MadeApplication, MakeError>) -> Code {
    match made {
        Err(MakeError::Rejected(rejection)) => rejection.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_made_application_is_what_its_signer_files() {
    let desk = Desk::new();
    let der = base64::engine::general_purpose::STANDARD.encode(TestPki::shared().certificate(CARD));
    let made = make(
        &desk,
        json!({"procedure": "general-application", "recipient": "131016", "certificate": der,
               "answers": {"title": "件名", "body": "本文"}}),
    )
    .unwrap();
    assert_eq!(made.sha256, sha256(&made.application));
    let token = desk.gateway.keys.set().verify(REQUEST_TYP, &made.request_jws).unwrap();
    let claims: RequestClaims = serde_json::from_slice(&token.payload).unwrap();
    assert_eq!((claims.iss.as_str(), claims.aud.as_str()), ("https://madoguchi.example", "madoguchi-card"));
    assert_eq!((claims.jti, claims.exp), (made.request_id.clone(), made.not_after.timestamp()));
    assert_eq!(claims.application_sha256, hex::encode(made.sha256));
    let document: Value = serde_json::from_slice(&made.application).unwrap();
    for line in &claims.display {
        assert!(document.pointer(&line.pointer).is_some_and(Value::is_string), "{}", line.pointer);
    }
    assert!(claims.display.iter().any(|line| line.label == "件名" && line.pointer == "/answers/title"));
    let (_, status, ..) = recorded(desk.file(CARD, &made.application));
    assert_eq!(status, Status::Received);
}

#[test]
fn a_request_that_cannot_become_a_document_is_refused_as_the_document_would_be() {
    let desk = Desk::new();
    let applicant = json!({"name": "山田", "date_of_birth": null, "sex": null, "address": null});
    let base = || {
        json!({"procedure": "general-application", "recipient": "131016", "applicant": applicant,
               "answers": {"title": "t", "body": "b"}})
    };
    let cases: [(&str, Code, fn(&mut Value)); 8] = [
        ("an unknown procedure", Code::UnknownProcedure, |r| r["procedure"] = json!("x")),
        ("an unknown recipient", Code::UnknownRecipient, |r| r["recipient"] = json!("131017")),
        ("wrong answers", Code::AnswersInvalid, |r| r["answers"]["title"] = json!("")),
        ("nobody", Code::BadRequest, |r| r["applicant"] = Value::Null),
        ("both", Code::BadRequest, |r| r["certificate"] = json!("AAAA")),
        ("a name of two lines", Code::DocumentFormat, |r| r["applicant"]["name"] = json!("a\nb")),
        ("too long", Code::TooLarge, |r| r["answers"]["x"] = json!("x".repeat(1 << 20))),
        ("a path", Code::DocumentFormat, |r| {
            r["attachments"] = json!([{"name": "/etc", "media_type": "a/b", "size": 1, "sha256": "0".repeat(64)}])
        }),
    ];
    for (what, code, change) in cases {
        let mut request = base();
        change(&mut request);
        assert_eq!(refused(make(&desk, request)), code, "{what}");
    }
    let mut request = base();
    request.as_object_mut().unwrap().remove("applicant");
    request["certificate"] = json!(std::fs::read_to_string(TestPki::shared().certificate_path("auth-yamada")).unwrap());
    assert_eq!(refused(make(&desk, request)), Code::BadRequest, "the authentication certificate names nobody");
}

#[test]
fn a_refusal_leaves_one_audit_line_without_personal_data() {
    let desk = Desk::new();
    let good = serde_json::to_vec(&desk.document("sign-yamada")).unwrap();
    let rejection = refusal(desk.file("sign-smith", &good));
    // It is written beside the answer.
    let lines = (0..200).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        Some(run(desk.gateway.store.audit_list(None, 10)).unwrap()).filter(|lines| !lines.is_empty())
    });
    let lines = lines.unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!((line.action.as_str(), line.outcome.as_str()), ("file_application", rejection.code.as_str()));
    assert_eq!(line.subject, hex::encode(sha256(&good)));
    assert_eq!(desk.count(), 0);
}

/// Public contract section 4: the same document with a new signature by the same certificate is the same filing, also
/// when the document, or the certificate, has ended since.
#[test]
fn a_recorded_document_that_has_expired_is_known_by_a_new_signature_of_the_same_certificate() {
    use madoguchi::signature::cms::build::BuildOptions;
    let desk = Desk::new();
    let (number, application) = filed(&desk);
    let receipt = run(desk.gateway.store.submission_find(number)).unwrap().unwrap().receipt_jws;
    let anew = |card: &str, content: &[u8], days: i64| {
        let at = crate::support::pki::now() + Duration::days(days);
        TestPki::shared().sign_with(card, content, &BuildOptions::cades(at))
    };
    for days in [2, 30, 4000] {
        desk.clock.advance(Duration::days(days));
        let signature = anew(CARD, &application, days);
        assert_eq!(known(desk.file_signed(&application, &signature, &[])), (number, receipt.clone()), "{days} days");
    }
    // Another person's signature, one that does not verify, and one over another document are told nothing of it.
    let other = desk.document("sign-smith");
    let strangers = [
        anew("sign-smith", &application, 1),
        anew("auth-yamada", &application, 1),
        anew(CARD, &serde_json::to_vec(&other).unwrap(), 1),
        b"no signature".to_vec(),
    ];
    for signature in strangers {
        assert_eq!(refusal(desk.file_signed(&application, &signature, &[])).code, Code::DocumentExpired);
    }
    // What was never recorded has simply expired.
    let mut never = desk.document(CARD);
    never["expires_at"] = json!("2020-01-02T00:00:00Z");
    never["created_at"] = json!("2020-01-01T00:00:00Z");
    let never = serde_json::to_vec(&never).unwrap();
    assert_eq!(refusal(desk.file_signed(&never, &anew(CARD, &never, 1), &[])).code, Code::DocumentExpired);
    assert_eq!(desk.count(), 1);
}
