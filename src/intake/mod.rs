//! THE PATH: from what was received to what may be recorded. [`accept`] reads like the specification; a file a step.
mod attachments;
pub mod document;
pub mod file_kinds;
pub mod json;
mod members;
mod procedure;
pub mod signer;
mod terms;
mod text;
pub use text::file_label;
pub mod withdrawal;
pub mod zip_bounds;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::pki::certificate::Certificate;
use crate::pki::crl::CrlSnapshot;
use crate::pki::ocsp::OcspEvidence;
use crate::procedures::{AdmissibleForm, Catalog};
use crate::registry::answer::{RegistryAnswer, RegistryExcerpt};
use crate::registry::matching::{ApplicantRule, IdentifiedSigner, SignerProof};
pub use crate::settings::OnUndecided;
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
    form: AdmissibleForm,
    signer: IdentifiedSigner,
    report: Report,
}

/// Proof that a filing passed the whole path.
#[derive(Debug)]
pub struct VerifiedSubmission(Checked);

/// Proof that a filing passed the whole path but for revocation, which cannot be decided yet.
#[derive(Debug)]
pub struct HeldSubmission(Checked);

impl HeldSubmission {
    /// The verdict.
    pub fn report(&self) -> &Report {
        &self.0.report
    }
}

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
    /// The procedure and its answers, admissible.
    pub fn form(&self) -> &AdmissibleForm {
        &self.checked().form
    }
    /// The signer's certificate.
    pub fn signer(&self) -> &Arc<Certificate> {
        self.checked().signer.signer()
    }
    /// What the signer's certificate says of the person.
    pub fn attributes(&self) -> &SignerAttributes {
        self.checked().signer.attributes()
    }
    /// What the resident registry says of the signer, where one was asked.
    pub fn registry_answer(&self) -> Option<&RegistryAnswer> {
        self.checked().signer.registry()
    }
    /// The verdict.
    pub fn report(&self) -> &Report {
        &self.checked().report
    }
}

/// How much of everything a filing may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeLimits {
    /// Application document, bytes.
    pub application_bytes: usize,
    /// Signature file, bytes.
    pub signature_bytes: usize,
    /// Number of attachments.
    pub attachments: usize,
    /// One attachment, bytes.
    pub attachment_bytes: u64,
    /// From `created_at` to `expires_at`.
    pub life: chrono::Duration,
}

impl Default for IntakeLimits {
    /// 1 MiB, 1 MiB, 20 attachments of 10 MiB, 24 h.
    fn default() -> Self {
        Self {
            application_bytes: 1 << 20,
            signature_bytes: 1 << 20,
            attachments: 20,
            attachment_bytes: 10 << 20,
            life: chrono::Duration::hours(24),
        }
    }
}

/// What the path judges by that does not change while the gateway runs.
#[derive(Debug, Clone)]
pub struct IntakeRules {
    /// The gateway's own origin.
    pub origin: String,
    /// How much of everything.
    pub limits: IntakeLimits,
    /// Where revocation is undecided.
    pub on_undecided: OnUndecided,
    /// How long a filing may be held; after that it is refused.
    pub hold_for_at_most: chrono::Duration,
    /// What the applicant is compared by with the signer.
    pub applicant: ApplicantRule,
}

/// Everything `accept` judges by; it does no I/O of its own.
pub struct IntakeContext<'a> {
    /// Verifies signatures under the gateway's policy and trust state.
    pub verifier: &'a Verifier,
    /// The CRL snapshot this request keeps.
    pub crls: &'a CrlSnapshot,
    /// OCSP responses at hand, for where lists do not decide and the policy wants them.
    pub ocsp: &'a [OcspEvidence],
    /// The procedures.
    pub catalog: &'a Catalog,
    /// Origin, limits, what to do where revocation is undecided.
    pub rules: &'a IntakeRules,
    /// What was read from the resident registry about the applicant; none: it was not asked.
    pub registry: Option<&'a RegistryExcerpt>,
    /// The time of judging: when the filing was received.
    pub now: DateTime<Utc>,
    /// A time after which the signature is known to have been made: when this gateway issued the signing request.
    pub signed_after: Option<DateTime<Utc>>,
}

/// Judges a filing: the document first, which costs little, then the signature, then who signed.
///
/// # Errors
/// A [`Rejection`], which leaves nothing behind.
pub fn accept(received: ReceivedSubmission, context: &IntakeContext<'_>) -> Result<Recordable, Box<Rejection>> {
    let rules = context.rules;
    received.check_sizes(rules.limits.application_bytes, rules.limits.signature_bytes)?;
    let (document, form) = check_document(&received.application, context.catalog, rules, context.now)?;
    attachments::check_sent(&document.attachments, &received.attachments)?;
    let (report, proof) = signer::verify(&received, context)?;
    let signer = signer::identify(proof, &document.applicant, context)?;
    Ok(Checked { received, document, form, signer, report }.into())
}

/// Judges the document alone: its form, where and when it may be filed, its procedure, answers and list of attachments.
///
/// # Errors
/// A [`Rejection`] that says what is wrong where.
pub fn check_document(
    bytes: &[u8],
    catalog: &Catalog,
    rules: &IntakeRules,
    now: DateTime<Utc>,
) -> Result<(document::ApplicationDocument, AdmissibleForm), Box<Rejection>> {
    let document = document::ApplicationDocument::read(bytes)?;
    terms::check(&document.terms(), rules, now)?;
    let procedure = procedure::find(&document, catalog, now)?;
    let form = procedure::judge_answers(&document, &procedure, now)?;
    attachments::check_list(&document, &procedure, &rules.limits)?;
    Ok((document, form))
}

impl From<Checked> for Recordable {
    fn from(checked: Checked) -> Self {
        match checked.signer.proof() {
            SignerProof::Verified(_) => Self::Verified(VerifiedSubmission(checked)),
            SignerProof::Undecided(_) => Self::Held(HeldSubmission(checked)),
        }
    }
}
