//! What the signature must be for a filing to be taken: refusals with indication and failed checks, holds and decisions.
use chrono::Duration;
use madoguchi::delivery::{HeldJudge, HeldJudgement, Round, Worker, WorkerSettings};
use madoguchi::gateway::held::{HeldVerdict, Wait};
use madoguchi::gateway::make::ApplicationRequest;
use madoguchi::jws::STATEMENT_TYP;
use madoguchi::submission::rejection::RejectionCode as Code;
use madoguchi::submission::status::{RevocationState, SubmissionStatus as Status};
use madoguchi::verdict::{Indication, SubIndication as Sub};
use serde_json::{Value, json};

use crate::support::desk::{Desk, known, recorded, refusal, run, sha256};
use crate::support::pki::TestPki;

fn application(desk: &Desk, card: &str) -> Vec<u8> {
    serde_json::to_vec(&desk.document(card)).unwrap()
}

#[test]
fn a_signature_that_is_not_good_is_refused_with_its_verdict() {
    let desk = Desk::new();
    let pki = TestPki::shared();
    let good = application(&desk, "sign-yamada");
    let of_another_text = pki.sign("sign-yamada", b"another text");
    let cases = [
        ("sign-yamada", of_another_text, Sub::HashFailure),
        ("sign-yamada", b"not a signature".to_vec(), Sub::FormatFailure),
        ("sign-yamada", [pki.sign("sign-yamada", &good), vec![0]].concat(), Sub::FormatFailure),
        ("auth-yamada", pki.sign("auth-yamada", &good), Sub::ChainConstraintsFailure),
    ];
    for (card, signature, expected) in cases {
        let rejection = refusal(desk.file_signed(&good, &signature, &[]));
        assert_eq!(rejection.code, Code::SignatureRefused, "{card}");
        assert_eq!(rejection.sub_indication, Some(expected), "{card}");
        assert_eq!(rejection.indication, Some(expected.indication()));
        assert!(rejection.checks.iter().any(|check| check.sub_indication == Some(expected)), "{:?}", rejection.checks);
    }
    for (card, expected) in [("sign-tanaka", Sub::RevokedNoPoe), ("sign-sato", Sub::OutOfBoundsNotRevoked)] {
        let rejection = refusal(desk.file(card, &application(&desk, card)));
        assert_eq!((rejection.code, rejection.sub_indication), (Code::SignatureRefused, Some(expected)), "{card}");
    }
    assert_eq!(desk.count(), 0);
}

#[test]
fn cards_of_every_kind_file_under_their_policy() {
    let desk = Desk::new();
    for card in ["sign-yamada", "sign-smith", "sign-watanabe", "sign-suzuki"] {
        let (_, status, ..) = recorded(desk.file(card, &application(&desk, card)));
        assert_eq!(status, Status::Received, "{card}");
    }
    let generic = Desk::with(TestPki::shared(), "generic", "hold", &[]);
    for card in ["rsa2048-alice", "rsa3072-bob", "p256-carol", "p384-dave"] {
        let mut document = generic.document(card);
        // What the certificate does not hold is not compared.
        document["applicant"]["address"] = json!("Somewhere 1");
        let (_, status, receipt, _) = recorded(generic.file(card, &serde_json::to_vec(&document).unwrap()));
        assert_eq!((status, &receipt["verdict"]["policy"]["id"]), (Status::Received, &json!("generic")), "{card}");
        document["applicant"]["name"] = json!("Mallory");
        let rejection = refusal(generic.file(card, &serde_json::to_vec(&document).unwrap()));
        assert_eq!(rejection.code, Code::ApplicantNotSigner, "{card}");
    }
}

#[test]
fn a_policy_file_that_names_certificate_policies_holds_for_root_intermediate_and_holder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    let desk = |oid: &str| {
        let generic = include_str!("../../src/signature/policies/generic.toml");
        let text = generic.replace("certificate_policies = []", &format!("certificate_policies = [\"{oid}\"]"));
        std::fs::write(&file, text).unwrap();
        Desk::with(TestPki::shared(), file.to_str().unwrap(), "hold", &[])
    };
    let listed = desk("1.3.6.1.4.1.99999.1.1");
    for card in ["rsa2048-alice", "rsa3072-bob"] {
        let (_, status, ..) = recorded(listed.file(card, &serde_json::to_vec(&listed.document(card)).unwrap()));
        assert_eq!(status, Status::Received, "{card}");
    }
    for (desk, card) in [(&listed, "p256-carol"), (&desk("1.3.6.1.4.1.99999.1.2"), "rsa2048-alice")] {
        let rejection = refusal(desk.file(card, &serde_json::to_vec(&desk.document(card)).unwrap()));
        assert_eq!(rejection.sub_indication, Some(Sub::ChainConstraintsFailure), "{card}");
    }
}

#[test]
fn pem_is_taken_as_der_is() {
    let desk = Desk::new();
    let good = application(&desk, "sign-yamada");
    let der = TestPki::shared().sign("sign-yamada", &good);
    let base64 = openssl::base64::encode_block(&der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN CMS-----\n{}\n-----END CMS-----\n", lines.join("\n"));
    let (number, ..) = recorded(desk.file_signed(&good, pem.as_bytes(), &[]));
    assert_eq!(known(desk.file_signed(&good, &der, &[])).0, number);
}

#[test]
fn a_filing_is_recorded_exactly_once() {
    let desk = Desk::new();
    let document = desk.document("sign-yamada");
    let good = serde_json::to_vec(&document).unwrap();
    let signature = TestPki::shared().sign("sign-yamada", &good);
    let (number, _, _, jws) = recorded(desk.file_signed(&good, &signature, &[]));
    assert_eq!(known(desk.file_signed(&good, &signature, &[])), (number, jws.clone()));
    let signed_again = crate::support::pki::now() + Duration::seconds(1);
    let options = madoguchi::signature::cms::build::BuildOptions::cades(signed_again);
    let new_signature = TestPki::shared().sign_with("sign-yamada", &good, &options);
    assert_ne!(new_signature, signature);
    assert_eq!(known(desk.file_signed(&good, &new_signature, &[])), (number, jws));
    let mut other = document;
    other["answers"]["title"] = json!("別の件名");
    let rejection = refusal(desk.file("sign-yamada", &serde_json::to_vec(&other).unwrap()));
    assert_eq!((rejection.code, rejection.code.http_status()), (Code::ApplicationIdTaken, 409));
    assert_eq!(desk.count(), 1);
}

#[test]
fn what_cannot_be_decided_is_held_or_refused_as_the_setting_says() {
    let pki = TestPki::shared();
    let shard = pki.crl_id_for("sign-yamada");
    let refusing = Desk::with(pki, "jpki", "refuse", &[&shard]);
    let rejection = refusal(refusing.file("sign-yamada", &application(&refusing, "sign-yamada")));
    assert_eq!((rejection.code, rejection.code.http_status()), (Code::RevocationUndecided, 503));
    assert_eq!(rejection.sub_indication, Some(Sub::TryLater));

    let holding = Desk::with(pki, "jpki", "hold", &[]);
    let (number, status, receipt, _) = recorded(holding.file("sign-ito", &application(&holding, "sign-ito")));
    assert_eq!((status, holding.status(number)), (Status::Held, Status::Held));
    assert_eq!(receipt["verdict"]["indication"], "INDETERMINATE");
    assert_eq!(receipt["verdict"]["sub_indication"], "TRY_LATER");
    assert_eq!(receipt["verdict"]["revocation"], "none");
}

#[test]
fn a_held_filing_is_decided_by_a_later_list_and_the_statement_names_the_receipt() {
    let pki = TestPki::copy();
    let shard = pki.crl_id_for("sign-yamada");
    let desk = Desk::with(&pki, "jpki", "hold", &[&shard]);
    let (number, status, _, receipt_jws) = recorded(desk.file("sign-yamada", &application(&desk, "sign-yamada")));
    assert_eq!(status, Status::Held);
    assert_eq!(decide(&desk), (0, 0, 1), "without a list nothing is decided");

    desk.clock.advance(Duration::hours(1));
    let list = pki.authority_list("sign-yamada");
    let id = pki.authority().sign_list(&list, desk.now()).unwrap();
    desk.take_crl(&pki.crl(&id)).unwrap();
    assert_eq!(decide(&desk), (1, 0, 0));
    let record = run(desk.gateway.store.submission_record(number)).unwrap().unwrap();
    assert_eq!(
        (record.submission.status, record.submission.revocation),
        (Status::Received, RevocationState::Provisional)
    );
    let statement = record.verdicts.last().unwrap().statement_jws.clone().unwrap();
    let verified = desk.gateway.keys.set().verify(STATEMENT_TYP, &statement).unwrap();
    let said: Value = serde_json::from_slice(&verified.payload).unwrap();
    assert_eq!(said["previous_sha256"], hex::encode(sha256(receipt_jws.as_bytes())));
    assert_eq!((&said["status"], &said["verdict"]["indication"]), (&json!("received"), &json!("TOTAL_PASSED")));
    assert_eq!(record.submission.receipt_jws, receipt_jws, "the receipt never changes");
}

#[test]
fn a_held_filing_whose_card_had_ended_is_refused() {
    use madoguchi::authority::{crl::Reason, issuing::Which};
    let pki = TestPki::copy();
    let shard = pki.crl_id_for("sign-yamada");
    let desk = Desk::with(&pki, "jpki", "hold", &[&shard]);
    let (number, ..) = recorded(desk.file("sign-yamada", &application(&desk, "sign-yamada")));
    let before_it_came = desk.now() - Duration::hours(2);
    desk.clock.advance(Duration::hours(1));
    {
        let list = pki.authority_list("sign-yamada");
        let mut authority = pki.authority();
        authority.revoke(&Which::Id("sign-yamada".into()), Reason::AffiliationChanged, before_it_came).unwrap();
        authority.sign_list(&list, desk.now()).unwrap();
    }
    desk.take_crl(&pki.crl(&shard)).unwrap();
    assert_eq!(decide(&desk), (0, 1, 0));
    let record = run(desk.gateway.store.submission_record(number)).unwrap().unwrap();
    assert_eq!(record.submission.status, Status::Refused);
    let last = record.verdicts.last().unwrap();
    assert_eq!(last.sub_indication.as_deref(), Some("REVOKED_NO_POE"));
    let reason = record.history.last().unwrap().reason.clone().unwrap();
    assert!(reason.contains("change of name or address"), "{reason}");
}

#[test]
fn a_request_that_is_later_than_the_revocation_proves_that_the_signature_is() {
    let desk = Desk::new();
    let pem = std::fs::read_to_string(TestPki::shared().certificate_path("sign-tanaka")).unwrap();
    let request: ApplicationRequest = serde_json::from_value(json!({
        "procedure": "general-application", "recipient": "131016", "certificate": pem,
        "answers": {"title": "t", "body": "b"}, "language": "en",
    }))
    .unwrap();
    let made = run(desk.gateway.make_application(request)).unwrap();
    let rejection = refusal(desk.file("sign-tanaka", &made.application));
    assert_eq!((rejection.indication, rejection.sub_indication), (Some(Indication::TotalFailed), Some(Sub::Revoked)));
    // The same of a document that this gateway did not make proves nothing.
    let rejection = refusal(desk.file("sign-tanaka", &application(&desk, "sign-tanaka")));
    assert_eq!(rejection.sub_indication, Some(Sub::RevokedNoPoe));
}

#[test]
fn a_held_filing_stays_held_while_nothing_new_is_known() {
    let desk = Desk::new();
    let (number, ..) = recorded(desk.file("sign-ito", &application(&desk, "sign-ito")));
    let filing = run(desk.gateway.store.held_load(number)).unwrap().unwrap();
    assert!(matches!(desk.gateway.judge_held(&filing, desk.now(), Wait::InTime), HeldVerdict::NoList));
    desk.clock.advance(Duration::days(8));
    assert_eq!(decide(&desk), (0, 1, 0), "not for ever");
    assert_eq!(desk.status(number), Status::Refused);
    let record = run(desk.gateway.store.submission_record(number)).unwrap().unwrap();
    let statement = record.verdicts.last().unwrap().statement_jws.clone().unwrap();
    assert!(desk.gateway.keys.set().verify(STATEMENT_TYP, &statement).is_ok());
}

#[test]
fn only_a_verdict_on_the_filing_itself_ends_its_wait() {
    let pki = TestPki::copy();
    let holding = Desk::with(&pki, "jpki", "hold", &[]);
    let (number, ..) = recorded(holding.file("sign-ito", &application(&holding, "sign-ito")));
    let filing = run(holding.gateway.store.held_load(number)).unwrap().unwrap();
    let refusing = Desk::with(&pki, "jpki", "refuse", &[]);
    let verdict = refusing.gateway.judge_held(&filing, refusing.now(), Wait::InTime);
    assert!(matches!(verdict, HeldVerdict::StillHeld), "the setting is of new filings: {verdict:?}");
    let no_trust = Desk::with(&pki, "generic", "hold", &[]);
    let verdict = no_trust.gateway.judge_held(&filing, no_trust.now(), Wait::InTime);
    assert!(matches!(verdict, HeldVerdict::StillHeld), "another policy is not the filing's fault: {verdict:?}");
}

#[test]
fn a_filing_is_signed_detached_by_one_with_few_certificates() {
    use madoguchi::signature::cms::build::BuildOptions;
    let desk = Desk::new();
    let good = application(&desk, "sign-yamada");
    let pki = TestPki::shared();
    let attached = BuildOptions { attached: true, ..BuildOptions::cades(crate::support::pki::now()) };
    let rejection = refusal(desk.file_signed(&good, &pki.sign_with("sign-yamada", &good, &attached), &[]));
    assert_eq!((rejection.code, rejection.sub_indication), (Code::SignatureRefused, Some(Sub::FormatFailure)));
    assert_eq!(rejection.checks[0].name, "signature_is_detached");
    assert_eq!(desk.count(), 0);
}

/// Breaks off at the first filing; cannot decide the others.
struct BreaksOff(madoguchi::ids::ArrivalNumber);

impl HeldJudge for BreaksOff {
    fn judge(
        &self,
        filing: madoguchi::store::held::HeldFiling,
        _: chrono::DateTime<chrono::Utc>,
        wait: Wait,
    ) -> HeldJudgement {
        assert_ne!(filing.submission.arrival_number, self.0, "the judge breaks off, as it should");
        match wait {
            Wait::InTime => HeldJudgement::StillHeld,
            Wait::TooLong => HeldJudgement::TooLong { statement_jws: "overdue".to_owned() },
        }
    }
}

#[test]
fn a_held_filing_that_meets_a_fault_keeps_no_other_waiting() {
    let desk = Desk::new();
    let (bad, ..) = recorded(desk.file("sign-ito", &application(&desk, "sign-ito")));
    desk.clock.advance(Duration::seconds(1));
    let (good, ..) = recorded(desk.file("sign-ito", &application(&desk, "sign-ito")));
    desk.clock.advance(Duration::days(8));
    let judge = std::sync::Arc::new(BreaksOff(bad));
    let store = desk.gateway.store.clone();
    let worker = Worker::new(store, desk.clock.clone(), judge, WorkerSettings::default());
    assert_eq!(run(worker.round()).unwrap(), Round { received: 0, refused: 1, undecided: 1 });
    assert_eq!((desk.status(bad), desk.status(good)), (Status::Held, Status::Refused));
    // It was given back: another worker has it at once.
    assert_eq!(decide(&desk), (0, 1, 0));
}

/// One round of the worker: received, refused, undecided.
fn decide(desk: &Desk) -> (usize, usize, usize) {
    let gateway = &desk.gateway;
    let worker = Worker::new(gateway.store.clone(), desk.clock.clone(), gateway.clone(), WorkerSettings::default());
    let round = run(worker.round()).unwrap();
    (round.received, round.refused, round.undecided)
}
