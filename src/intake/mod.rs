//! THE PATH: from what was received to what may be recorded. `accept` reads like the specification; a file a step.
pub mod document;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::ids::{AgencyCode, ApplicationId, ProcedureCode};
use crate::pki::certificate::Certificate;
use crate::pki::crl::CrlSnapshot;
use crate::signature::report::{Report, SignerAttributes};
use crate::signature::verifier::Verifier;
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::Rejection;
use crate::submission::status::{RevocationState, SubmissionStatus};

/// What a filing consists of once every check of the path has passed, but for what its wrapper says about revocation.
#[derive(Debug)]
struct Checked {
    received: ReceivedSubmission,
    document: document::ApplicationDocument,
    signer: Arc<Certificate>,
    attributes: SignerAttributes,
    report: Report,
}

/// Proof that a filing passed the whole path.
#[derive(Debug)]
pub struct VerifiedSubmission(Checked);

/// Proof that a filing passed the whole path but for revocation, which cannot be decided yet.
#[derive(Debug)]
pub struct HeldSubmission(Checked);

/// What may be recorded: one of the two proofs.
#[derive(Debug)]
pub enum Recordable {
    /// To be recorded as received.
    Verified(VerifiedSubmission),
    /// To be recorded as held.
    Held(HeldSubmission),
}

impl Recordable {
    fn checked(&self) -> &Checked {
        match self {
            Self::Verified(VerifiedSubmission(checked)) | Self::Held(HeldSubmission(checked)) => checked,
        }
    }
    /// The status it is recorded with.
    pub fn status(&self) -> SubmissionStatus {
        match self {
            Self::Verified(_) => SubmissionStatus::Received,
            Self::Held(_) => SubmissionStatus::Held,
        }
    }
    /// The revocation state it is recorded with.
    pub fn revocation(&self) -> RevocationState {
        match self {
            Self::Verified(_) => RevocationState::Provisional,
            Self::Held(_) => RevocationState::None,
        }
    }
    /// What arrived: bytes, digests, time.
    pub fn received(&self) -> &ReceivedSubmission {
        &self.checked().received
    }
    /// The application document, parsed.
    pub fn document(&self) -> &document::ApplicationDocument {
        &self.checked().document
    }
    /// The signer's certificate.
    pub fn signer(&self) -> &Arc<Certificate> {
        &self.checked().signer
    }
    /// What the signer's certificate says of the person.
    pub fn attributes(&self) -> &SignerAttributes {
        &self.checked().attributes
    }
    /// The verdict.
    pub fn report(&self) -> &Report {
        &self.checked().report
    }
}

/// Everything `accept` judges by; it does no I/O of its own.
pub struct IntakeContext<'a> {
    /// Verifies signatures under the gateway's policy and trust state.
    pub verifier: &'a Verifier,
    /// The CRL snapshot this request keeps.
    pub crls: &'a CrlSnapshot,
    /// The gateway's own origin.
    pub origin: &'a str,
    /// The time of judging: when the filing was received.
    pub now: DateTime<Utc>,
}

/// Judges a filing.
///
/// # Errors
/// A [`Rejection`], which leaves nothing behind.
pub fn accept(_received: ReceivedSubmission, _context: &IntakeContext<'_>) -> Result<Recordable, Rejection> {
    unimplemented!()
}

/// (used by document.rs) keeps the imports of the ids in one place.
#[allow(dead_code)]
type Ids = (ApplicationId, ProcedureCode, AgencyCode);
