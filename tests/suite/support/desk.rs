//! A gateway on a temporary SQLite file that trusts the test PKI, and documents to file with it.
#![allow(dead_code)]
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Duration, SecondsFormat, SubsecRound, Utc};
use madoguchi::clock::{Clock, FixedClock};
use madoguchi::gateway::Gateway;
use madoguchi::gateway::make::applicant_of;
use madoguchi::gateway::outcome::SubmitOutcome;
use madoguchi::ids::ArrivalNumber;
use madoguchi::registry::matching::ApplicantRule;
use madoguchi::settings::Settings;
use madoguchi::submission::received::{ReceivedAttachment, ReceivedSubmission};
use madoguchi::submission::rejection::Rejection;
use madoguchi::submission::status::SubmissionStatus;
use serde_json::{Value, json};

use super::pki::{TestPki, now};

/// The origin of every test gateway.
pub const ORIGIN: &str = "https://madoguchi.example";

/// A gateway with a clock that stands.
pub struct Desk {
    pub gateway: Arc<Gateway>,
    pub clock: Arc<FixedClock>,
    pub folder: tempfile::TempDir,
}

impl Desk {
    /// Under policy `jpki`, with every CRL that is fresh.
    pub fn new() -> Self {
        Self::with(TestPki::shared(), "jpki", "hold", &[])
    }

    /// Under a policy and a way with what is undecided; the CRLs whose ids are `left_out` are not taken in.
    pub fn with(pki: &TestPki, policy: &str, on_undecided: &str, left_out: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[server]\npublic_origin = \"{ORIGIN}\"\n[trust]\nanchors = {:?}\nintermediates = {:?}\n\
             [revocation]\non_undecided = \"{on_undecided}\"\n[signature]\npolicy = \"{policy}\"\n",
            pki.anchors_dir(),
            pki.intermediates_dir()
        );
        let settings = Settings::from_text(&text, Vec::new(), folder.path()).unwrap();
        let clock = Arc::new(FixedClock::new(now().trunc_subsecs(3)));
        let gateway = Arc::new(Gateway::open(&settings, clock.clone()).unwrap());
        let this = Self { gateway, clock, folder };
        for entry in std::fs::read_dir(pki.crls_dir()).unwrap() {
            let path = entry.unwrap().path();
            let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if !left_out.contains(&id.as_str()) {
                // A list that is stale on purpose may be refused; the others are needed and each test would tell.
                let _ = this.take_crl(&std::fs::read(path).unwrap());
            }
        }
        this
    }

    /// Offers a CRL.
    pub fn take_crl(&self, crl: &[u8]) -> Result<(), String> {
        let verifier = self.gateway.verifier();
        self.gateway.crls.offer(crl, verifier.trust(), self.now()).map(|_| ()).map_err(|refusal| refusal.to_string())
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A good document of the card's holder, to be changed at will.
    pub fn document(&self, card: &str) -> Value {
        let rule = if card.contains("sign-") || card.contains("auth-") {
            ApplicantRule::FourAttributes
        } else {
            ApplicantRule::CommonName
        };
        let pem = std::fs::read_to_string(TestPki::shared().certificate_path(card)).unwrap();
        // An authentication certificate names nobody: its holder is the one of the signing card.
        let applicant = applicant_of(&pem, rule).unwrap_or_else(|_| {
            let signing = TestPki::shared().certificate_path(&card.replace("auth-", "sign-"));
            applicant_of(&std::fs::read_to_string(signing).unwrap(), rule).unwrap()
        });
        let created = self.now().trunc_subsecs(0);
        json!({
            "format": "madoguchi/application/1", "gateway": ORIGIN, "procedure": "general-application",
            "form_version": 1, "application_id": uuid::Uuid::now_v7().to_string(), "recipient": "131016",
            "created_at": rfc3339(created), "expires_at": rfc3339(created + Duration::hours(24)),
            "applicant": applicant, "answers": {"title": "件名", "body": "一行目\n二行目"}, "attachments": [],
        })
    }

    /// The withdrawal of a filing.
    pub fn withdrawal(&self, number: ArrivalNumber, application: &[u8]) -> Value {
        let created = self.now().trunc_subsecs(0);
        json!({
            "format": "madoguchi/withdrawal/1", "gateway": ORIGIN, "withdrawal_id": uuid::Uuid::now_v7().to_string(),
            "arrival_number": number, "application_sha256": hex::encode(sha256(application)), "reason": "事情が変わりました",
            "created_at": rfc3339(created), "expires_at": rfc3339(created + Duration::hours(1)),
        })
    }

    /// What the server hands over when these bytes were uploaded now.
    pub fn received(&self, application: &[u8], signature: &[u8], attachments: &[(&str, &[u8])]) -> ReceivedSubmission {
        ReceivedSubmission {
            application: Bytes::copy_from_slice(application),
            application_sha256: sha256(application),
            signature: Bytes::copy_from_slice(signature),
            signature_sha256: sha256(signature),
            attachments: attachments
                .iter()
                .map(|(name, bytes)| ReceivedAttachment {
                    claimed_name: (*name).to_owned(),
                    bytes: Bytes::copy_from_slice(bytes),
                    sha256: sha256(bytes),
                })
                .collect(),
            received_at: self.now(),
        }
    }

    /// Signs `application` with `card` and files it.
    pub fn file(&self, card: &str, application: &[u8]) -> SubmitOutcome {
        self.file_signed(application, &TestPki::shared().sign(card, application), &[])
    }

    /// Files bytes as they are.
    pub fn file_signed(&self, application: &[u8], signature: &[u8], attachments: &[(&str, &[u8])]) -> SubmitOutcome {
        let received = self.received(application, signature, attachments);
        run(self.gateway.submit(received))
    }

    /// The status of a filing.
    pub fn status(&self, number: ArrivalNumber) -> SubmissionStatus {
        run(self.gateway.store.submission_find(number)).unwrap().unwrap().status
    }

    /// How many filings are in the record.
    pub fn count(&self) -> usize {
        let agency = "131016".parse().unwrap();
        let listed = run(self.gateway.store.agency_counts(agency)).unwrap();
        listed.iter().map(|(_, count)| usize::try_from(*count).unwrap()).sum()
    }
}

/// Runs a future to its end.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// RFC 3339, to the second.
pub fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().try_into().unwrap()
}

/// The refusal, where it is one.
pub fn refusal(outcome: SubmitOutcome) -> Rejection {
    match outcome {
        SubmitOutcome::Rejected(rejection) => *rejection,
        other => panic!("not refused: {other:?}"),
    }
}

/// The number of a filing that was recorded now, its status, and its receipt as JSON and as JWS.
pub fn recorded(outcome: SubmitOutcome) -> (ArrivalNumber, SubmissionStatus, Value, String) {
    match outcome {
        SubmitOutcome::New { arrival_number, status, receipt_json, receipt_jws, .. } => {
            (arrival_number, status, serde_json::from_str(&receipt_json).unwrap(), receipt_jws)
        }
        other => panic!("not recorded: {other:?}"),
    }
}

/// The number and the receipt of a filing that was known.
pub fn known(outcome: SubmitOutcome) -> (ArrivalNumber, String) {
    match outcome {
        SubmitOutcome::Known { arrival_number, receipt_jws, .. } => (arrival_number, receipt_jws),
        other => panic!("not known: {other:?}"),
    }
}
