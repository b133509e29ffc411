//! Verifying a signature: container, digest, value, attributes, chain, revocation.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::policy::SignaturePolicy;
use super::report::{Report, SignerAttributes};
use crate::pki::certificate::Certificate;
use crate::pki::crl::{CrlIdentity, CrlSnapshot};
use crate::pki::trust_store::TrustStore;

/// What is to be verified.
#[derive(Debug)]
pub struct VerificationRequest<'a> {
    /// The signature file: DER (BER outside) or PEM.
    pub signature: &'a [u8],
    /// The detached content, where there is one.
    pub content: Option<&'a [u8]>,
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
    crls: Vec<CrlIdentity>,
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
    pub fn crls(&self) -> &[CrlIdentity] {
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
    /// Verifies; never fails: whatever is wrong is in the report.
    pub fn verify(&self, _crls: &CrlSnapshot, _request: &VerificationRequest<'_>) -> Verification {
        unimplemented!()
    }
}
