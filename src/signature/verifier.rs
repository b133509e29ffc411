//! Verifying a signature: container, digest, value, attributes, chain, revocation.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cms::{CmsError, SignedData};
use super::content::{Content, MessageDigests};
use super::judge::{self, Certificates};
use super::policy::SignaturePolicy;
use super::report::{ENGINE, Report, SignatureReport, SignerAttributes};
use super::{container, judge::Judged, trust_state};
use crate::crypto::to_hex;
use crate::pki::certificate::Certificate;
use crate::pki::crl::{CrlIdentity, CrlSnapshot, OcspSource, RevocationData};
use crate::pki::ocsp::OcspEvidence;
use crate::pki::path::PathWork;
use crate::pki::trust_store::TrustStore;
use crate::verdict::{self, Check, Indication, SubIndication};

/// What is to be verified.
#[derive(Debug)]
pub struct VerificationRequest<'a> {
    /// The signature file: DER (BER outside) or PEM.
    pub signature: &'a [u8],
    /// The detached content, where there is one.
    pub content: Option<Content<'a>>,
    /// Untrusted certificates that may help.
    pub extra_certificates: &'a [Arc<Certificate>],
    /// The time at which the signature is known to exist and at which it is judged.
    pub at: DateTime<Utc>,
    /// A time after which it is known to have been made.
    pub signed_after: Option<DateTime<Utc>>,
}

/// Proof that exactly one signer's signature over the content is TOTAL_PASSED.
#[derive(Debug)]
pub struct VerifiedSignature {
    signer: Arc<Certificate>,
    attributes: SignerAttributes,
    crls: Vec<Arc<CrlIdentity>>,
}

/// Proof that everything holds but revocation, which cannot be decided yet (TRY_LATER and nothing else).
#[derive(Debug)]
pub struct UndecidedSignature {
    signer: Arc<Certificate>,
    attributes: SignerAttributes,
}

impl VerifiedSignature {
    /// The signer's certificate.
    pub fn signer(&self) -> &Arc<Certificate> {
        &self.signer
    }
    /// What it says of the person.
    pub fn attributes(&self) -> &SignerAttributes {
        &self.attributes
    }
    /// The CRLs the verdict rests on.
    pub fn crls(&self) -> &[Arc<CrlIdentity>] {
        &self.crls
    }
}

impl UndecidedSignature {
    /// The signer's certificate.
    pub fn signer(&self) -> &Arc<Certificate> {
        &self.signer
    }
    /// What it says of the person.
    pub fn attributes(&self) -> &SignerAttributes {
        &self.attributes
    }
}

/// What verification proved.
#[derive(Debug)]
pub enum Proof {
    /// TOTAL_PASSED, one signer.
    Verified(VerifiedSignature),
    /// INDETERMINATE / TRY_LATER and nothing else wrong, one signer.
    Undecided(UndecidedSignature),
    /// Neither.
    None,
}

/// The report and what it proves.
#[derive(Debug)]
pub struct Verification {
    /// For people and programs.
    pub report: Report,
    /// For the path of a submission.
    pub proof: Proof,
    /// Where nothing but revocation is undecided: the certificates of which lists do not say enough, each with its
    /// issuer. Another source may be asked about them.
    pub undecided: Vec<(Arc<Certificate>, Arc<Certificate>)>,
}

/// Verifies signatures under one policy and one trust state.
#[derive(Debug)]
pub struct Verifier {
    policy: Arc<SignaturePolicy>,
    trust: Arc<TrustStore>,
}

impl Verifier {
    /// A verifier.
    pub fn new(policy: Arc<SignaturePolicy>, trust: Arc<TrustStore>) -> Self {
        Self { policy, trust }
    }
    /// The trust state.
    pub fn trust(&self) -> &Arc<TrustStore> {
        &self.trust
    }
    /// The policy.
    pub fn policy(&self) -> &Arc<SignaturePolicy> {
        &self.policy
    }

    /// Verifies by revocation lists alone; never fails: whatever is wrong is in the report.
    pub fn verify(&self, crls: &CrlSnapshot, request: &VerificationRequest<'_>) -> Verification {
        self.verify_with(crls, &[], request)
    }

    /// The same with OCSP responses at hand, which count as far as the policy lets them.
    pub fn verify_with(
        &self,
        crls: &CrlSnapshot,
        ocsp: &[OcspEvidence],
        request: &VerificationRequest<'_>,
    ) -> Verification {
        let revocation = RevocationData { crls, ocsp: Some(OcspSource { rule: self.policy.ocsp(), evidence: ocsp }) };
        let message = container::message(request.signature);
        let read = message.as_ref().map_err(|error| *error).and_then(|message| SignedData::read(message));
        let message = match &read {
            Ok(message) => message,
            Err(error) => return self.unreadable(crls, request, *error),
        };
        let certificates = Certificates::read(message, request.extra_certificates);
        let digests = MessageDigests::of(request.content, message.content.as_ref());
        let (policy, trust, digests) = (&*self.policy, &*self.trust, &digests);
        let context = judge::Context { policy, trust, revocation, request, message, digests };
        let mut work = PathWork::default();
        let mut judged = Vec::with_capacity(message.signers.len());
        for info in &message.signers {
            judged.push(judge::judge(&context, info, &certificates, &mut work));
        }
        let only_one = judged.len() == 1;
        let (mut proof, mut undecided) = (Proof::None, Vec::new());
        let mut signatures = Vec::with_capacity(judged.len());
        for Judged { report, signer, not_revoked, undecided: of_signer } in judged {
            if let (true, Some(signer)) = (only_one, signer) {
                proof = prove(&report, signer, not_revoked);
                if matches!(proof, Proof::Undecided(_)) {
                    undecided = of_signer;
                }
            }
            signatures.push(report);
        }
        Verification { report: self.report(crls, request, signatures), proof, undecided }
    }

    /// The report on what is not a SignedData at all.
    fn unreadable(&self, crls: &CrlSnapshot, request: &VerificationRequest<'_>, error: CmsError) -> Verification {
        let detail = format!("the signature cannot be read: {error}");
        let check = Check::failed(judge::CONTAINER, judge::CONTAINER_CLAUSE, SubIndication::FormatFailure, detail);
        let report = self.report(crls, request, vec![SignatureReport::of_nothing(check)]);
        Verification { report, proof: Proof::None, undecided: Vec::new() }
    }

    /// The whole is the worst of its signatures.
    fn report(
        &self,
        crls: &CrlSnapshot,
        request: &VerificationRequest<'_>,
        signatures: Vec<SignatureReport>,
    ) -> Report {
        let found = signatures.iter().filter_map(|signature| signature.sub_indication);
        let (indication, sub_indication) = verdict::worst(found);
        Report {
            indication,
            sub_indication,
            sub_indication_urn: sub_indication.map(SubIndication::urn),
            validation_time: request.at,
            signed_after: request.signed_after,
            policy: Arc::clone(self.policy.reference()),
            trust_state: to_hex(&trust_state::digest(&self.policy, &self.trust, crls)),
            engine: ENGINE,
            signatures,
        }
    }
}

/// How large a signature file is in what costs work, seen without verifying anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// SignerInfos.
    pub signers: usize,
    /// X.509 certificates, readable or not.
    pub certificates: usize,
    /// Whether the content is inside (RFC 5652 5.2).
    pub is_attached: bool,
}

/// The shape of a signature file.
///
/// # Errors
/// Where it is not a SignedData.
pub fn shape(signature: &[u8]) -> Result<Shape, CmsError> {
    let message = container::message(signature)?;
    let read = SignedData::read(&message)?;
    Ok(Shape {
        signers: read.signers.len(),
        certificates: read.certificates.len(),
        is_attached: read.content.is_some(),
    })
}

/// The certificates that a signature file carries, as far as they can be read; none of them is believed.
pub fn embedded_certificates(signature: &[u8]) -> Vec<Arc<Certificate>> {
    let Ok(message) = container::message(signature) else { return Vec::new() };
    SignedData::read(&message).map(|message| Certificates::read(&message, &[]).into_inner()).unwrap_or_default()
}

/// What the report on the only signer proves. It reads the verdict and every check, so that neither can stand alone.
fn prove(
    report: &SignatureReport,
    signer: Arc<Certificate>,
    not_revoked: Option<crate::pki::crl::NotRevoked>,
) -> Proof {
    let Some(attributes) = report.signer.as_ref().map(|signer| signer.attributes.clone()) else { return Proof::None };
    let mut failed = report.checks.iter().filter(|check| check.is_failed()).peekable();
    match (report.indication, report.sub_indication, not_revoked) {
        (Indication::TotalPassed, None, Some(proof)) if failed.peek().is_none() => {
            Proof::Verified(VerifiedSignature { signer, attributes, crls: proof.crls().to_vec() })
        }
        (Indication::Indeterminate, Some(SubIndication::TryLater), _)
            if failed.all(|check| check.sub_indication == Some(SubIndication::TryLater)) =>
        {
            Proof::Undecided(UndecidedSignature { signer, attributes })
        }
        _ => Proof::None,
    }
}
