//! One judgement's view: the trust state and revocation lists it began with, kept to its end.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Gateway;
use crate::clock::Stopwatch;
use crate::crypto::to_hex;
use crate::ids::ArrivalNumber;
use crate::intake::withdrawal::{self, VerifiedWithdrawal};
use crate::intake::{self, IntakeContext, IntakeRules, Recordable};
use crate::pki::certificate::Certificate;
use crate::pki::crl::CrlSnapshot;
use crate::pki::ocsp::{OcspEvidence, OcspUse};
use crate::procedures::Catalog;
use crate::registry::answer::RegistryExcerpt;
use crate::signature::report::Report;
use crate::signature::trust_state::{self, Digest, TrustState};
use crate::signature::verifier::{Verification, VerificationRequest, Verifier};
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::{Rejection, RejectionCode};
use crate::telemetry;

/// A signature file larger than this is judged beside the web workers: it may cost many certificates' checks.
const JUDGED_IN_PLACE: usize = 64 * 1024;

/// What a filing is judged by: one trust state and one snapshot of revocation lists for every pass of one judgement.
#[derive(Clone)]
pub(super) struct Judging {
    verifier: Arc<Verifier>,
    crls: Arc<CrlSnapshot>,
    /// OCSP responses, where the policy wants them and lists do not decide.
    ocsp: Arc<[OcspEvidence]>,
    catalog: Arc<Catalog>,
    rules: Arc<IntakeRules>,
    /// What was read from the resident registry about the applicant.
    registry: Option<Arc<RegistryExcerpt>>,
}

impl Judging {
    /// What the gateway judges by at this moment.
    pub(super) fn of(gateway: &Gateway) -> Self {
        Self {
            verifier: gateway.verifier(),
            crls: gateway.crls.current(),
            ocsp: Arc::default(),
            catalog: gateway.catalog.clone(),
            rules: gateway.rules.clone(),
            registry: None,
        }
    }

    /// The same with what was read from the resident registry about the applicant.
    pub(super) fn with_registry(self, registry: Option<Arc<RegistryExcerpt>>) -> Self {
        Self { registry, ..self }
    }

    /// What was read from the resident registry about the applicant.
    pub(super) fn registry(&self) -> Option<&RegistryExcerpt> {
        self.registry.as_deref()
    }

    /// The revocation lists.
    pub(super) fn crls(&self) -> &CrlSnapshot {
        &self.crls
    }

    /// The digest of the trust state that it judges in.
    pub(super) fn trust_state_digest(&self) -> Digest {
        trust_state::digest(self.verifier.policy(), self.verifier.trust(), &self.crls)
    }

    /// That trust state, to be kept.
    pub(super) fn trust_state(&self) -> TrustState {
        TrustState::of(self.verifier.policy(), self.verifier.trust(), &self.crls)
    }

    /// One pass through the path.
    pub(super) fn accept(
        &self,
        received: ReceivedSubmission,
        signed_after: Option<DateTime<Utc>>,
    ) -> Result<Recordable, Box<Rejection>> {
        let watch = Stopwatch::start();
        let context = self.context(received.received_at, signed_after);
        let judged = intake::accept(received, &context);
        telemetry::note_verification(watch.elapsed());
        judged
    }

    /// The same of a withdrawal of the filing of that number.
    pub(super) fn accept_withdrawal(
        &self,
        received: ReceivedSubmission,
        number: ArrivalNumber,
    ) -> Result<VerifiedWithdrawal, Box<Rejection>> {
        let context = self.context(received.received_at, None);
        withdrawal::accept(received, number, &context)
    }

    fn context(&self, now: DateTime<Utc>, signed_after: Option<DateTime<Utc>>) -> IntakeContext<'_> {
        IntakeContext {
            verifier: &self.verifier,
            crls: &self.crls,
            ocsp: &self.ocsp,
            catalog: &self.catalog,
            rules: &self.rules,
            registry: self.registry(),
            now,
            signed_after,
        }
    }

    /// The same, on a thread of its own where the signature file is large.
    pub(super) async fn accept_beside(
        &self,
        received: ReceivedSubmission,
        signed_after: Option<DateTime<Utc>>,
    ) -> Result<Recordable, Box<Rejection>> {
        if received.signature.len() <= JUDGED_IN_PLACE {
            return self.accept(received, signed_after);
        }
        let judging = self.clone();
        let judged = tokio::task::spawn_blocking(move || judging.accept(received, signed_after)).await;
        judged.unwrap_or_else(|_| {
            tracing::error!(target: "madoguchi::gateway", "judging a filing broke off");
            Err(Box::new(Rejection::new(RejectionCode::Internal, "The gateway met a fault; it is logged.")))
        })
    }

    /// The certificate behind a filing's signature alone, judged as of `at`; on a thread of its own where the file is
    /// large.
    pub(super) async fn certificate_beside(&self, received: ReceivedSubmission, at: DateTime<Utc>) -> Option<[u8; 32]> {
        if received.signature.len() <= JUDGED_IN_PLACE {
            return self.certificate_of(&received, at);
        }
        let judging = self.clone();
        tokio::task::spawn_blocking(move || judging.certificate_of(&received, at)).await.ok().flatten()
    }

    fn certificate_of(&self, received: &ReceivedSubmission, at: DateTime<Utc>) -> Option<[u8; 32]> {
        intake::signer::certificate_of(received, &self.context(at, None))
    }

    /// The report on a filing's signature alone.
    pub(super) fn report(&self, received: &ReceivedSubmission, signed_after: Option<DateTime<Utc>>) -> Report {
        self.verify(received, signed_after).report
    }

    /// Whether the policy wants OCSP where lists do not decide.
    pub(super) fn asks_ocsp(&self) -> bool {
        self.verifier.policy().ocsp().ask == OcspUse::WhenUndecided
    }

    /// Whether the policy wants OCSP where lists do not decide, and it has not been asked yet.
    pub(super) fn may_ask_ocsp(&self) -> bool {
        self.asks_ocsp() && self.ocsp.is_empty()
    }

    /// The same view with OCSP responses at hand.
    pub(super) fn with_ocsp(&self, ocsp: impl Into<Arc<[OcspEvidence]>>) -> Self {
        Self { ocsp: ocsp.into(), ..self.clone() }
    }

    /// Where nothing but revocation is undecided, the certificates that lists say too little of, each with its issuer.
    pub(super) fn undecided(
        &self,
        received: &ReceivedSubmission,
        signed_after: Option<DateTime<Utc>>,
    ) -> Vec<(Arc<Certificate>, Arc<Certificate>)> {
        self.verify(received, signed_after).undecided
    }

    /// The OCSP responses that the verdict rests on, each with the certificate's SHA-256 and when newer information is
    /// due.
    pub(super) fn ocsp_used(
        &self,
        received: &ReceivedSubmission,
        signed_after: Option<DateTime<Utc>>,
    ) -> Vec<([u8; 32], Option<DateTime<Utc>>, OcspEvidence)> {
        let report = self.report(received, signed_after);
        let statuses = report.signatures.iter().flat_map(|signature| &signature.revocation);
        let used = statuses.filter_map(|status| {
            let identity = status.ocsp.as_ref()?;
            let mut certificate = [0; 32];
            hex::decode_to_slice(&*status.certificate, &mut certificate).ok()?;
            let response = self.ocsp.iter().find(|one| to_hex(&one.sha256()) == identity.sha256)?;
            Some((certificate, identity.next_update, response.clone()))
        });
        used.collect()
    }

    fn verify(&self, received: &ReceivedSubmission, signed_after: Option<DateTime<Utc>>) -> Verification {
        let request = VerificationRequest {
            signature: &received.signature,
            content: Some(received.application.as_ref().into()),
            extra_certificates: &[],
            at: received.received_at,
            signed_after,
        };
        self.verifier.verify_with(&self.crls, &self.ocsp, &request)
    }
}
