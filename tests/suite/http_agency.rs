//! Following a filing with its token, taking it back, correcting it; and the agency's side of it.
use std::time::Duration;

use chrono::SecondsFormat;
use madoguchi::clock::{Clock, Stopwatch, SystemClock};
use serde_json::{Value, json};

use crate::http_filings::sign_with_openssl;
use crate::support::gateway::{ORIGIN, TestGateway, application};
use crate::support::http::{filing, sha256_hex};
use crate::support::pki::TestPki;

fn token_for(gateway: &TestGateway, agency: &str) -> String {
    let (store, agency) = (gateway.gateway.store.clone(), agency.parse().unwrap());
    let issued = actix_web::rt::System::new().block_on(store.agency_token_add(agency, "test", SystemClock.now()));
    issued.unwrap().secret.to_string()
}

/// A recorded filing: its document, its number and its token.
fn recorded(gateway: &TestGateway) -> (Vec<u8>, String, String) {
    let bytes = application("sign-yamada").to_string().into_bytes();
    let answer = gateway.file("sign-yamada", &bytes);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    (bytes, text("arrival_number"), text("access_token"))
}

/// The agency asks for a correction of the filing.
fn ask_for_correction(gateway: &TestGateway, number: &str) {
    let change = madoguchi::store::statuses::StatusChange {
        arrival_number: number.parse().unwrap(),
        agency: Some("131016".parse().unwrap()),
        to: madoguchi::submission::status::SubmissionStatus::CorrectionRequested,
        at: SystemClock.now(),
        by: "agency test".to_owned(),
        reason: Some("Which house?".to_owned()),
    };
    let store = gateway.gateway.store.clone();
    actix_web::rt::System::new().block_on(store.submission_change_status(change)).unwrap();
}

#[test]
fn a_filing_is_opened_by_its_own_token_and_by_no_other() {
    let gateway = TestGateway::start();
    let (bytes, number, token) = recorded(&gateway);
    let (_, _, other) = recorded(&gateway);
    let path = format!("/api/v1/submissions/{number}");
    let body = gateway.client.get_with(&path, &token).json();
    assert_eq!((&body["status"], &body["revocation"]), (&json!("received"), &json!("provisional")));
    assert_eq!(body["application_sha256"], sha256_hex(&bytes));
    assert_eq!(body["verdicts"][0]["indication"], "TOTAL_PASSED");
    assert_eq!((&body["history"][0]["from"], &body["history"][0]["to"]), (&Value::Null, &json!("received")));
    let grouped = format!("{}-{}-{}-{}", &number[..4], &number[4..8], &number[8..12], &number[12..]);
    assert_eq!(gateway.client.get_with(&format!("/api/v1/submissions/{grouped}"), &token).status, 200);

    let unknown = madoguchi::ids::ArrivalNumber::random(&ring::rand::SystemRandom::new()).unwrap();
    let strangers = [
        gateway.client.get(&path),
        gateway.client.get_with(&path, &other),
        gateway.client.get_with(&path, "0123456789abcdef"),
        gateway.client.get_with(&format!("/api/v1/submissions/{unknown}"), &token),
        gateway.client.get_with("/api/v1/submissions/nonsense", &token),
        gateway.client.get_with(&format!("{path}/receipt"), &other),
    ];
    for answer in &strangers {
        assert_eq!((answer.status, &answer.body), (401, &strangers[0].body), "no answer tells what exists");
    }
}

#[test]
fn the_receipt_never_changes() {
    let gateway = TestGateway::start();
    let bytes = application("sign-yamada").to_string().into_bytes();
    let first = gateway.file("sign-yamada", &bytes).json();
    let path = format!("/api/v1/submissions/{}/receipt", first["arrival_number"].as_str().unwrap());
    let receipt = gateway.client.get_with(&path, first["access_token"].as_str().unwrap());
    assert_eq!(receipt.json(), json!({"receipt": first["receipt"], "receipt_jws": first["receipt_jws"]}));
}

#[test]
fn the_person_who_filed_takes_it_back_and_nobody_else_does() {
    let gateway = TestGateway::start();
    let (bytes, number, token) = recorded(&gateway);
    let now = SystemClock.now();
    let withdrawal = json!({
        "format": "madoguchi/withdrawal/1", "gateway": ORIGIN, "withdrawal_id": uuid::Uuid::now_v7().to_string(),
        "arrival_number": number, "application_sha256": sha256_hex(&bytes), "reason": "filed by mistake",
        "created_at": now.to_rfc3339_opts(SecondsFormat::Secs, true),
        "expires_at": (now + chrono::Duration::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true),
    })
    .to_string()
    .into_bytes();
    let path = format!("/api/v1/submissions/{number}/withdrawal");
    let by = |card: &str| {
        let body = filing(&withdrawal, &sign_with_openssl(card, &withdrawal), &[]);
        gateway.client.post_multipart(&path, &body)
    };
    let other = by("sign-smith");
    assert!((400..500).contains(&other.status), "{}", other.text());
    let done = by("sign-yamada");
    assert_eq!(done.status, 201, "{}", done.text());
    assert_eq!(done.json()["status"], "withdrawn");
    assert_eq!(gateway.client.get_with(&format!("/api/v1/submissions/{number}"), &token).json()["status"], "withdrawn");
    let again = by("sign-yamada");
    assert_eq!((again.status, &again.json()["receipt_jws"]), (200, &done.json()["receipt_jws"]));
}

#[test]
fn a_correction_that_was_asked_for_is_a_filing_of_its_own_and_marks_the_first() {
    let gateway = TestGateway::start();
    let (bytes, number, token) = recorded(&gateway);
    let correct = format!("/api/v1/submissions/{number}/corrections");
    let mut document = application("sign-yamada");
    document["corrects"] = json!({"arrival_number": number, "application_sha256": sha256_hex(&bytes)});
    let correction = document.to_string().into_bytes();
    let body = filing(&correction, &sign_with_openssl("sign-yamada", &correction), &[]);
    ask_for_correction(&gateway, &number);
    let done = gateway.client.post_multipart(&correct, &body);
    assert_eq!(done.status, 201, "{}", done.text());
    assert_ne!(done.json()["arrival_number"], number);
    let first = gateway.client.get_with(&format!("/api/v1/submissions/{number}"), &token).json();
    assert_eq!(first["status"], "corrected");
    let second = done.json();
    let path = format!("/api/v1/submissions/{}", second["arrival_number"].as_str().unwrap());
    let seen = gateway.client.get_with(&path, second["access_token"].as_str().unwrap()).json();
    assert_eq!((&seen["corrects"], &seen["status"]), (&json!(number), &json!("received")));
    let another = madoguchi::ids::ArrivalNumber::random(&ring::rand::SystemRandom::new()).unwrap();
    let mut document = application("sign-yamada");
    document["corrects"] = json!({"arrival_number": number, "application_sha256": sha256_hex(&bytes)});
    let stray = document.to_string().into_bytes();
    let stray = filing(&stray, &sign_with_openssl("sign-yamada", &stray), &[]);
    let elsewhere = gateway.client.post_multipart(&format!("/api/v1/submissions/{another}/corrections"), &stray);
    assert_eq!((elsewhere.status, elsewhere.problem_code().as_str()), (422, "corrects-unknown"));
    // The same document is the same filing, wherever it is sent (public contract section 4).
    for path in [&correct, &format!("/api/v1/submissions/{another}/corrections"), "/api/v1/submissions"] {
        let again = gateway.client.post_multipart(path, &body);
        assert_eq!((again.status, &again.json()["receipt_jws"]), (200, &second["receipt_jws"]), "{path}");
        let signed_anew = filing(&correction, &sign_with_openssl("sign-yamada", &correction), &[]);
        let again = gateway.client.post_multipart(path, &signed_anew);
        assert_eq!((again.status, &again.json()["receipt_jws"]), (200, &second["receipt_jws"]), "{path}");
    }
}

#[test]
fn the_feed_shows_an_agency_its_own_filings_in_order_and_skips_none() {
    let gateway = TestGateway::start();
    let (own, other) = (token_for(&gateway, "131016"), token_for(&gateway, "271004"));
    let numbers: Vec<String> = (0..5).map(|_| recorded(&gateway).1).collect();
    let page = |after: i64, limit: u32| {
        let path = format!("/api/v1/agency/submissions?after={after}&limit={limit}");
        gateway.client.get_with(&path, &own).json()
    };
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = page(after, 2);
        let entries = page["entries"].as_array().unwrap().clone();
        if entries.is_empty() {
            break;
        }
        seen.extend(entries.iter().map(|entry| entry["arrival_number"].as_str().unwrap().to_owned()));
        after = page["next"].as_i64().unwrap();
        assert_eq!(entries.last().unwrap()["cursor"], after);
    }
    assert_eq!(seen, numbers);
    let theirs = gateway.client.get_with("/api/v1/agency/submissions", &other).json();
    assert_eq!(theirs, json!({"entries": [], "next": 0}));

    let acknowledge = |token: &str, through: i64| {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str())];
        gateway.client.post_json("/api/v1/agency/acknowledgements", &headers, &json!({"through": through})).json()
    };
    assert_eq!(acknowledge(&other, after), json!({"acknowledged": 0}));
    assert_eq!(acknowledge(&own, after), json!({"acknowledged": 5}));
    assert!(page(0, 10)["entries"][0]["acknowledged_at"].is_string());
    for wrong in ["after=-1", "after=x", "limit=0", "limit=1001", "wait=31", "other=1"] {
        let answer = gateway.client.get_with(&format!("/api/v1/agency/submissions?{wrong}"), &own);
        assert_eq!((answer.status, answer.problem_code().as_str()), (400, "bad-request"), "{wrong}");
    }
}

#[test]
fn a_reader_may_wait_for_what_comes() {
    let gateway = TestGateway::start();
    let token = token_for(&gateway, "131016");
    let client = gateway.client;
    let begun = Stopwatch::start();
    let empty = client.get_with("/api/v1/agency/submissions?wait=1", &token).json();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(empty["entries"], json!([]));
    let reader = std::thread::spawn(move || client.get_with("/api/v1/agency/submissions?wait=20", &token).json());
    std::thread::sleep(Duration::from_millis(300));
    let (_, number, _) = recorded(&gateway);
    assert_eq!(reader.join().unwrap()["entries"][0]["arrival_number"], number);
}

#[test]
fn an_agency_reads_its_filing_and_decides_and_the_resident_sees_the_reason() {
    let gateway = TestGateway::start();
    let (own, other) = (token_for(&gateway, "131016"), token_for(&gateway, "271004"));
    let (bytes, number, token) = recorded(&gateway);
    let path = format!("/api/v1/agency/submissions/{number}");
    let filing = gateway.client.get_with(&path, &own).json();
    let documents = filing["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 2);
    let document = gateway.client.get_with(documents[0]["href"].as_str().unwrap(), &own);
    assert_eq!((document.status, &document.body), (200, &bytes));
    assert!(document.header("content-disposition").unwrap().starts_with("attachment"));
    assert_eq!(document.header("content-type"), Some("application/octet-stream"));
    assert!(document.header("content-security-policy").unwrap().contains("sandbox"));
    let evidence = gateway.client.get_with(&format!("{path}/evidence"), &own).json();
    assert_eq!(evidence["verdicts"][0]["report"]["indication"], "TOTAL_PASSED");

    let none = format!("{path}/documents/attachment/0");
    for hidden in [path.as_str(), documents[0]["href"].as_str().unwrap(), &format!("{path}/evidence")] {
        assert_eq!(gateway.client.get_with(hidden, &other).status, 404, "{hidden}");
    }
    assert_eq!(gateway.client.get_with(&none, &own).status, 404);

    let decide = |token: &str, body: Value| {
        let bearer = format!("Bearer {token}");
        let answer = gateway.client.post_json(&format!("{path}/decision"), &[("Authorization", &bearer)], &body);
        (answer.status, answer.json())
    };
    assert_eq!(decide(&other, json!({"decision": "accept"})).0, 404);
    assert_eq!(decide(&own, json!({"decision": "reject"})).0, 400, "a rejection has a reason");
    assert_eq!(decide(&own, json!({"decision": "maybe"})).0, 400);
    let done = decide(&own, json!({"decision": "reject", "reason": "The lamp is not ours."}));
    assert_eq!(done, (200, json!({"arrival_number": number, "status": "rejected"})));
    let again = decide(&own, json!({"decision": "accept"}));
    assert_eq!((again.0, &again.1["code"]), (409, &json!("status-conflict")));
    let seen = gateway.client.get_with(&format!("/api/v1/submissions/{number}"), &token).json();
    let last = seen["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["to"], &last["by"], &last["reason"]),
        (&json!("rejected"), &json!("agency"), &json!("The lamp is not ours."))
    );
}

#[test]
fn of_two_corrections_in_flight_at_once_one_is_recorded_and_the_other_told() {
    let gateway = TestGateway::start();
    let (bytes, number, _) = recorded(&gateway);
    ask_for_correction(&gateway, &number);
    let bodies: Vec<Vec<u8>> = (0..8)
        .map(|_| {
            let mut document = application("sign-yamada");
            document["corrects"] = json!({"arrival_number": number, "application_sha256": sha256_hex(&bytes)});
            let correction = document.to_string().into_bytes();
            filing(&correction, &TestPki::shared().sign("sign-yamada", &correction), &[])
        })
        .collect();
    let path = format!("/api/v1/submissions/{number}/corrections");
    let (client, start) = (gateway.client, std::sync::Barrier::new(bodies.len()));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let mut sent = Vec::new();
        for body in &bodies {
            let (path, start) = (&path, &start);
            sent.push(scope.spawn(move || {
                start.wait();
                client.post_multipart(path, body)
            }));
        }
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let recorded = answers.iter().filter(|answer| answer.status == 201).count();
    let told =
        answers.iter().filter(|answer| answer.status == 409 && answer.problem_code() == "status-conflict").count();
    assert_eq!((recorded, told), (1, bodies.len() - 1));
}
