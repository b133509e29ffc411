//! A gateway over a CA of the test's own, and a card of it whose certificate says what the test wants; policy `generic`.
#![allow(dead_code)]
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Duration, SubsecRound, Utc};
use madoguchi::clock::{Clock, FixedClock};
use madoguchi::delivery::background::Background;
use madoguchi::delivery::fetching::Fetching;
use madoguchi::delivery::follow_up::FollowUp;
use madoguchi::gateway::Gateway;
use madoguchi::gateway::outcome::SubmitOutcome;
use madoguchi::pki::certificate::Certificate;
use madoguchi::settings::{Grace, Settings};
use madoguchi::signature::cms::build::sign_detached;
use madoguchi::signature::cms::software_key::SoftwareKey;
use madoguchi::store::submissions::SubmissionRecord;
use serde_json::json;

use super::der_pki::{CertSpec, CrlSpec, Entity};
use super::desk::{Desk, ORIGIN, rfc3339, run};
use super::pki::now;

/// The CA, its card, and the gateway that knows the CA.
pub struct World {
    pub ca: Entity,
    pub ca_certificate: Arc<Certificate>,
    pub card: Arc<Certificate>,
    pub desk: Desk,
    pub settings: Settings,
    key: SoftwareKey,
}

impl World {
    /// `card` adds to the card's certificate; `more` are settings, which begin within `[revocation]`; the policy is `generic`
    /// with these lines.
    pub fn new(card: impl FnOnce(CertSpec) -> CertSpec, policy: &str, more: &str) -> Self {
        let at = now().trunc_subsecs(0);
        let ca = Entity::new("CN=Town CA");
        let long = |spec: CertSpec| spec.valid(at - Duration::days(365), at + Duration::days(3_650));
        let ca_certificate = long(CertSpec::ca(1)).certificate(&ca, &ca);
        let holder = Entity::new("CN=Resident");
        let card = card(long(CertSpec::leaf(7))).certificate(&ca, &holder);
        let key = SoftwareKey::new(card.der().to_vec(), holder.key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for part in ["anchors", "intermediates", "crls"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        std::fs::write(folder.path().join("anchors/ca.cer"), ca_certificate.der()).unwrap();
        let generic = include_str!("../../../src/signature/policies/generic.toml");
        std::fs::write(folder.path().join("policy.toml"), format!("{generic}\n{policy}")).unwrap();
        let settings = Settings::from_text(&settings_text(more), [], folder.path()).unwrap();
        let clock = Arc::new(FixedClock::new(at));
        let gateway = Arc::new(Gateway::open(&settings, clock.clone()).unwrap());
        let desk = Desk { gateway, clock, folder };
        Self { ca, ca_certificate, card, desk, settings, key }
    }

    pub fn folder(&self) -> &Path {
        self.desk.folder.path()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.desk.clock.now()
    }

    pub fn background(&self) -> Background {
        Background::new(self.desk.gateway.clone(), &self.settings).unwrap()
    }

    pub fn fetching(&self) -> Fetching {
        Fetching::new(self.desk.gateway.clone(), &self.settings)
    }

    pub fn follow_up(&self) -> FollowUp {
        FollowUp::new(self.desk.gateway.clone(), Grace::of(&self.settings.revocation))
    }

    /// An application of the card's holder, and the signature.
    pub fn signed(&self) -> (Vec<u8>, Vec<u8>) {
        let created = self.now();
        let document = json!({
            "format": "madoguchi/application/1", "gateway": ORIGIN, "procedure": "general-application",
            "form_version": 1, "application_id": uuid::Uuid::now_v7().to_string(), "recipient": "131016",
            "created_at": rfc3339(created), "expires_at": rfc3339(created + Duration::hours(24)),
            "applicant": {"name": "Resident", "date_of_birth": null, "sex": "unknown", "address": "1-2-3 Chiyoda"},
            "answers": {"title": "Street lamp", "body": "It is out."}, "attachments": [],
        });
        let document = document.to_string().into_bytes();
        let signature = sign_detached(&document, &self.key, &[], created).unwrap();
        (document, signature)
    }

    /// Files an application of the card's holder.
    pub fn file(&self) -> SubmitOutcome {
        let (document, signature) = self.signed();
        self.desk.file_signed(&document, &signature, &[])
    }

    /// A list of the CA, issued now and fresh for a day.
    pub fn list(&self, number: u64) -> CrlSpec {
        CrlSpec::new(number).issued(self.now(), self.now() + Duration::days(1))
    }

    /// Takes a list in.
    pub fn take(&self, list: &CrlSpec) {
        self.desk.take_crl(&list.der(&self.ca)).unwrap();
    }

    pub fn record(&self, number: madoguchi::ids::ArrivalNumber) -> SubmissionRecord {
        run(self.desk.gateway.store.submission_record(number)).unwrap().unwrap()
    }
}

fn settings_text(more: &str) -> String {
    format!(
        "[server]\npublic_origin = \"{ORIGIN}\"\n[trust]\nanchors = \"anchors\"\nintermediates = \"intermediates\"\n\
         [signature]\npolicy = \"policy.toml\"\n[revocation]\ndirectory = \"crls\"\npoll = \"1s\"\n{more}"
    )
}
