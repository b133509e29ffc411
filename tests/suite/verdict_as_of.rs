//! A verdict is a function of document, signature, trust state, policy and time: a recorded one is made again byte for byte,
//! when lists, anchors and policy have long changed. On SQLite and PostgreSQL.
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use madoguchi::authority::crl::Reason;
use madoguchi::authority::issuing::Which;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::delivery::background::Background;
use madoguchi::gateway::Gateway;
use madoguchi::gateway::outcome::SubmitOutcome;
use madoguchi::gateway::trust_state::{AsOfError, make_again};
use madoguchi::ids::ArrivalNumber;
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlSnapshot;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::settings::Settings;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::report::ENGINE;
use madoguchi::signature::verifier::{VerificationRequest, Verifier};
use serde_json::Value;

use crate::support::desk::{Desk, recorded, run};
use crate::support::gateway::application;
use crate::support::pki::{TestPki, now};
use crate::support::postgres::{Postgres, shared};

const CARD: &str = "sign-smith";

/// A gateway over a PKI of its own, with its settings in a file.
struct Place {
    pki: TestPki,
    folder: tempfile::TempDir,
    database: String,
    server: Option<Arc<Postgres>>,
}

impl Place {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("record.db").display());
        Self { pki: TestPki::copy(), folder, database, server: None }
    }

    fn postgresql() -> Self {
        let server = shared();
        let database = server.new_database();
        Self { pki: TestPki::copy(), folder: tempfile::tempdir().unwrap(), database, server: Some(server) }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("madoguchi.toml")
    }

    /// Starts a gateway under a policy; it has looked at its lists.
    fn start(&self, policy: &str) -> (Arc<Gateway>, Background) {
        let text = format!(
            "[server]\npublic_origin = \"https://madoguchi.example\"\n[database]\nurl = {:?}\n[trust]\nanchors = {:?}\n\
             intermediates = {:?}\n[revocation]\ndirectory = {:?}\n[signature]\npolicy = {policy:?}\n",
            self.database,
            self.pki.anchors_dir(),
            self.pki.intermediates_dir(),
            self.pki.crls_dir()
        );
        fs::write(self.config(), text).unwrap();
        let settings = Settings::load(&self.config()).unwrap();
        let gateway = Arc::new(Gateway::open(&settings, Arc::new(SystemClock)).unwrap());
        let mut background = Background::new(gateway.clone(), &settings).unwrap();
        background.take_in_lists();
        (gateway, background)
    }

    fn file(&self, gateway: &Gateway) -> SubmitOutcome {
        let bytes = serde_json::to_vec(&application(CARD)).unwrap();
        let signature = self.pki.sign(CARD, &bytes);
        let digest = |bytes: &[u8]| madoguchi::crypto::sha256(bytes);
        let received = madoguchi::submission::received::ReceivedSubmission {
            application_sha256: digest(&bytes),
            signature_sha256: digest(&signature),
            application: bytes.into(),
            signature: signature.into(),
            attachments: Vec::new(),
            received_at: SystemClock.now(),
        };
        run(gateway.submit(received))
    }

    /// The card's certificate is revoked and lists are signed anew.
    fn revoke(&self) {
        let mut authority = self.pki.authority();
        authority.revoke(&Which::Id(CARD.into()), Reason::AffiliationChanged, now()).unwrap();
        authority.sign_lists(SystemClock.now()).unwrap();
    }

    fn verify(&self, number: ArrivalNumber, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
        command.args(["verify", "--as-of", number.as_str(), "--config"]).arg(self.config()).args(more);
        command.output().unwrap()
    }

    /// Changes rows behind the gateway's back.
    fn tamper(&self, sqlite: &str, postgresql: &str) {
        match &self.server {
            None => {
                let output = Command::new("python3")
                    .args([
                        "-c",
                        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()",
                    ])
                    .arg(self.folder.path().join("record.db"))
                    .arg(sqlite)
                    .output()
                    .unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            }
            Some(server) => {
                server.psql(self.database.rsplit('/').next().unwrap(), postgresql).unwrap();
            }
        }
    }
}

fn recorded_report(gateway: &Gateway, number: ArrivalNumber, at: usize) -> String {
    run(gateway.store.submission_record(number)).unwrap().unwrap().verdicts[at].report.clone()
}

fn made_again_when_everything_has_changed(place: &Place) {
    let (gateway, mut background) = place.start("jpki");
    let (number, ..) = recorded(place.file(&gateway));
    let report = recorded_report(&gateway, number, 0);
    let read: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((read["engine"].as_str(), read["trust_state"].as_str().map(str::len)), (Some(ENGINE), Some(64)));
    place.revoke();
    assert!(background.take_in_lists() > 0, "newer lists came in");
    assert!(matches!(place.file(&gateway), SubmitOutcome::Rejected(_)), "now it is revoked");
    drop((gateway, background));
    // Another policy, and an anchor less.
    let (gateway, _background) = place.start("generic");
    let again = make_again(&gateway.store, number).unwrap();
    assert!(again.len() == 1 && again[0].is_the_same(), "{}\n{report}", again[0].report);
    let output = place.verify(number, &["--json"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{report}\n"));
    assert!(told.contains("the same byte for byte"), "{told}");
}

#[test]
fn a_recorded_verdict_is_made_again_byte_for_byte_when_lists_and_policy_have_changed_sqlite() {
    made_again_when_everything_has_changed(&Place::sqlite());
}

#[test]
fn a_recorded_verdict_is_made_again_byte_for_byte_when_lists_and_policy_have_changed_postgres() {
    made_again_when_everything_has_changed(&Place::postgresql());
}

fn tampering_is_told(place: &Place) {
    let (gateway, _background) = place.start("jpki");
    let (number, ..) = recorded(place.file(&gateway));
    let first = recorded_report(&gateway, number, 0);
    // The row that speaks of the list that the verdict rests on.
    place.tamper(
        "UPDATE trust_objects SET content = CAST(content || x'20' AS BLOB) WHERE CAST(content AS TEXT) LIKE 'anchor %'",
        "UPDATE trust_objects SET content = content || '\\x20' WHERE substr(content, 1, 7) = convert_to('anchor ', 'UTF8')",
    );
    assert!(matches!(make_again(&gateway.store, number), Err(AsOfError::Kept(_))));
    let output = place.verify(number, &[]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(66), "{told}");
    assert!(told.contains("is not the one that was kept"), "{told}");
    place.tamper(
        "DELETE FROM trust_objects WHERE CAST(content AS TEXT) LIKE 'anchor %'",
        "DELETE FROM trust_objects WHERE substr(content, 1, 7) = convert_to('anchor ', 'UTF8')",
    );
    let told = make_again(&gateway.store, number).unwrap_err().to_string();
    assert!(told.contains("is missing"), "{told}");
    assert!(first.contains("TOTAL_PASSED"));
}

#[test]
fn a_kept_trust_state_that_was_changed_or_taken_away_is_told_sqlite() {
    tampering_is_told(&Place::sqlite());
}

#[test]
fn a_kept_trust_state_that_was_changed_or_taken_away_is_told_postgres() {
    tampering_is_told(&Place::postgresql());
}

#[test]
fn a_report_that_was_changed_in_the_record_differs_from_the_verdict_made_again_postgres() {
    let place = Place::postgresql();
    let (gateway, _background) = place.start("jpki");
    let (number, ..) = recorded(place.file(&gateway));
    let change = "UPDATE verdicts SET report = replace(report, 'TOTAL_PASSED', 'TOTAL_FAILED')";
    place.tamper("", change);
    let output = place.verify(number, &[]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(70), "{told}");
    assert!(told.starts_with("TOTAL_PASSED") && told.contains("DIFFERS"), "{told}");
}

#[test]
fn as_of_says_what_is_wrong_with_its_arguments() {
    let place = Place::sqlite();
    let (gateway, _background) = place.start("jpki");
    let (number, ..) = recorded(place.file(&gateway));
    let nobody: ArrivalNumber = "0000000000000000".parse().unwrap();
    for (number, more, status, words) in [
        (nobody, vec![], 66, "no filing of that arrival number"),
        (number, vec!["--verdict", "2"], 64, "the filing has 1"),
        (number, vec!["--at", "2026-01-01T00:00:00Z"], 64, "cannot be used with"),
    ] {
        let output = place.verify(number, &more);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{told}");
        assert!(told.contains(words), "{told}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(["verify", "--as-of", number.as_str()]).output();
    assert_eq!(output.unwrap().status.code(), Some(64), "it needs the configuration");
}

#[test]
fn a_held_filings_verdicts_are_both_made_again() {
    let id = TestPki::shared().crl_id_for(CARD);
    let desk = Desk::with(TestPki::shared(), "jpki", "hold", &[&id]);
    let application = serde_json::to_vec(&desk.document(CARD)).unwrap();
    let (number, ..) = recorded(desk.file(CARD, &application));
    desk.take_crl(&TestPki::shared().crl(&id)).unwrap();
    let text = format!(
        "[server]\npublic_origin = \"https://madoguchi.example\"\n[trust]\nanchors = {:?}\nintermediates = {:?}\n",
        TestPki::shared().anchors_dir(),
        TestPki::shared().intermediates_dir()
    );
    let settings = Settings::from_text(&text, Vec::new(), desk.folder.path()).unwrap();
    let mut background = Background::new(desk.gateway.clone(), &settings).unwrap();
    run(background.round());
    let again = make_again(&desk.gateway.store, number).unwrap();
    let kinds: Vec<&str> = again.iter().map(|one| one.recorded.kind.as_str()).collect();
    assert_eq!(kinds, ["first", "held_decision"]);
    assert!(again.iter().all(|one| one.is_the_same()));
    let states: Vec<Value> = again.iter().map(|one| serde_json::from_str::<Value>(&one.report).unwrap()).collect();
    assert_ne!(states[0]["trust_state"], states[1]["trust_state"], "a list came in between");
}

#[test]
fn a_verdict_depends_on_the_set_of_lists_and_certificates_and_not_on_their_order() {
    let pki = TestPki::shared();
    let content = b"content";
    let signature = pki.sign(CARD, content);
    let at = now();
    let report = |turned: bool| {
        let certificates = |mut ders: Vec<Vec<u8>>| {
            if turned {
                ders.reverse();
            }
            ders.into_iter().map(|der| Arc::new(Certificate::from_der(der).unwrap())).collect::<Vec<_>>()
        };
        let trust = Arc::new(TrustStore::new(certificates(pki.anchors()), certificates(pki.intermediates())));
        let mut lists = pki.crls();
        if turned {
            lists.reverse();
        }
        let (crls, _) = CrlSnapshot::from_files(&lists, &trust, &[], at, at);
        let request = VerificationRequest {
            signature: &signature,
            content: Some(content.as_slice().into()),
            extra_certificates: &[],
            at,
            signed_after: None,
        };
        serde_json::to_string(&Verifier::new(Arc::new(SignaturePolicy::jpki()), trust).verify(&crls, &request).report)
            .unwrap()
    };
    assert_eq!(report(false), report(true));
}
