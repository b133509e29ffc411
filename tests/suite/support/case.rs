//! One verification whose parts a test may make wrong: three tiers of RSA-2048, their lists, a signed document.
#![allow(dead_code)]
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use madoguchi::pki::certificate::Certificate;
use madoguchi::pki::crl::CrlSnapshot;
use madoguchi::pki::trust_store::TrustStore;
use madoguchi::signature::content::Content;
use madoguchi::signature::policy::SignaturePolicy;
use madoguchi::signature::verifier::{Proof, Verification, VerificationRequest, Verifier};
use madoguchi::verdict::{CheckStatus, SubIndication};
use openssl::pkey::{PKey, Private};

use super::mini_pki::*;

/// Three tiers over RSA-2048, made once.
pub struct World {
    pub root: Entity,
    pub intermediate: Entity,
    pub leaf: Entity,
    pub leaf_key: PKey<Private>,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = issue(None, &Profile::ca("Root"), rsa(2048));
    let any_policy = Profile { policy: Some(ANY_POLICY), ..Profile::ca("Intermediate") };
    let intermediate = issue(Some(&root), &any_policy, rsa(2048));
    let leaf_key = rsa(2048);
    let leaf = issue(Some(&intermediate), &Profile::leaf("Yamada Hanako"), leaf_key.clone());
    World { root, intermediate, leaf, leaf_key }
});

pub const DOCUMENT: &[u8] = b"{\"the application\": \"as it was signed\"}";

/// One verification; the default is a good one.
pub struct Case {
    pub signature: Vec<u8>,
    pub content: Option<Vec<u8>>,
    pub anchors: Vec<Vec<u8>>,
    pub extra: Vec<Vec<u8>>,
    pub crls: Vec<Vec<u8>>,
    pub at: DateTime<Utc>,
    pub signed_after: Option<DateTime<Utc>>,
    pub policy: SignaturePolicy,
}

impl Case {
    pub fn of(signature: Vec<u8>) -> Self {
        let world = &*WORLD;
        Self {
            signature,
            content: Some(DOCUMENT.to_vec()),
            anchors: vec![world.root.der()],
            extra: vec![world.intermediate.der()],
            crls: vec![world.root.crl(day(-2), day(30), &[]), world.intermediate.crl(day(-2), day(30), &[])],
            at: at(),
            signed_after: None,
            policy: SignaturePolicy::generic(),
        }
    }

    pub fn good() -> Self {
        Self::of(Cms::cades(&WORLD.leaf, DOCUMENT).build())
    }

    /// A good signature by a leaf of this profile under the intermediate.
    pub fn by(profile: &Profile) -> Self {
        let leaf = issue(Some(&WORLD.intermediate), profile, WORLD.leaf_key.clone());
        Self::of(Cms::cades(&leaf, DOCUMENT).build())
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn verify(&self) -> Verification {
        let parse = |ders: &[Vec<u8>]| -> Vec<Arc<Certificate>> {
            ders.iter().map(|der| Arc::new(Certificate::from_der(der.as_slice()).unwrap())).collect()
        };
        let extra = parse(&self.extra);
        let trust = Arc::new(TrustStore::new(parse(&self.anchors), extra.clone()));
        let (crls, _) = CrlSnapshot::from_files(&self.crls, &trust, &[], self.at, at());
        let request = VerificationRequest {
            signature: &self.signature,
            content: self.content.as_ref().map(Content::from),
            extra_certificates: &extra,
            at: self.at,
            signed_after: self.signed_after,
        };
        Verifier::new(Arc::new(self.policy.clone()), trust).verify(&crls, &request)
    }

    /// The whole's sub-indication, held against the indication, the proof and the failed checks.
    pub fn verdict(&self) -> Option<SubIndication> {
        let Verification { report, proof, undecided: _ } = self.verify();
        assert_eq!(report.indication, madoguchi::verdict::worst(report.sub_indication).0);
        let failed: Vec<_> = report
            .signatures
            .iter()
            .flat_map(|signature| &signature.checks)
            .filter(|check| check.is_failed())
            .collect();
        assert_eq!(report.sub_indication.is_none(), failed.is_empty(), "{failed:?}");
        match (proof, report.sub_indication) {
            (Proof::Verified(_), None) => (),
            (Proof::Undecided(_), Some(SubIndication::TryLater)) => (),
            (Proof::None, Some(_)) => (),
            (Proof::None, None) if report.signatures.len() > 1 => (),
            (proof, sub_indication) => panic!("{proof:?} for {sub_indication:?}"),
        }
        assert!(failed.iter().all(|check| !check.detail.is_empty() && !check.clause.is_empty()));
        report.sub_indication
    }

    /// Every check with this status, over all signatures.
    pub fn checks(&self, status: CheckStatus) -> Vec<&'static str> {
        let report = self.verify().report;
        let checks = report.signatures.iter().flat_map(|signature| &signature.checks);
        checks.filter(|check| check.status == status).map(|check| check.name).collect()
    }
}

/// Detached CAdES-B-B by the leaf over the document.
pub fn cades() -> Cms {
    Cms::cades(&WORLD.leaf, DOCUMENT)
}

/// Holds every row of `rows` to its sub-indication, and tells all that are wrong.
pub fn hold(rows: Vec<(&str, Case, SubIndication)>) {
    let mut wrong = Vec::new();
    for (what, case, expected) in rows {
        let found = case.verdict();
        if found != Some(expected) {
            let failed = case.checks(CheckStatus::Failed);
            wrong.push(format!("{what}: {found:?} for {expected:?}; failed {failed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
