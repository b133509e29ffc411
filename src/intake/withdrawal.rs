//! The withdrawal document `madoguchi/withdrawal/1`: signed by the person who filed, it takes a filing back.
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::document::{open, refuse, refuse_unknown, sha256, time};
use super::members::Members;
use super::terms::{self, Terms};
use super::{IntakeContext, signer, text};
use crate::ids::ArrivalNumber;
use crate::registry::matching::SignerProof;
use crate::signature::report::Report;
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};

/// The format's name.
pub const FORMAT: &str = "madoguchi/withdrawal/1";

/// The longest reason, in characters.
const REASON_CHARACTERS: usize = 2000;

/// The parsed document.
#[derive(Debug, Clone, Serialize)]
pub struct WithdrawalDocument {
    /// [`FORMAT`].
    pub format: String,
    /// The gateway's origin.
    pub gateway: String,
    /// The identifier its maker gives it: makes it exactly-once.
    pub withdrawal_id: Uuid,
    /// Which filing.
    pub arrival_number: ArrivalNumber,
    /// Hex SHA-256 of that filing's application document.
    pub application_sha256: String,
    /// Why; may be empty.
    pub reason: String,
    /// When it was made, by its maker's clock.
    pub created_at: DateTime<Utc>,
    /// Until when it may be filed.
    pub expires_at: DateTime<Utc>,
}

impl WithdrawalDocument {
    /// Reads the document's bytes: strict I-JSON of exactly this form.
    ///
    /// # Errors
    /// `document-not-json`, `document-duplicate-name`, `withdrawal-format` or `document-unknown-field`.
    pub fn read(bytes: &[u8]) -> Result<Self, Box<Rejection>> {
        let mut members = open(bytes, FORMAT, RejectionCode::WithdrawalFormat)?;
        let document = read_members(&mut members).map_err(|fault| refuse(RejectionCode::WithdrawalFormat, fault))?;
        refuse_unknown(members.left().collect())?;
        Ok(document)
    }
}

fn read_members(members: &mut Members) -> Result<WithdrawalDocument, FieldFault> {
    let document = WithdrawalDocument {
        format: FORMAT.to_owned(),
        gateway: members.text("gateway")?,
        withdrawal_id: withdrawal_id(members)?,
        arrival_number: members.parsed("arrival_number", "must be an arrival number of 16 digits")?,
        application_sha256: sha256(members, "application_sha256")?,
        reason: members.text("reason")?,
        created_at: time(members, "created_at")?,
        expires_at: time(members, "expires_at")?,
    };
    if !text::is_text(&document.reason, REASON_CHARACTERS) {
        return Err(members.fault(
            "reason",
            "too-long",
            "must have at most 2000 characters, and no control characters",
        ));
    }
    Ok(document)
}

fn withdrawal_id(members: &mut Members) -> Result<Uuid, FieldFault> {
    const FORM: &str = "must be a UUID in lower case with hyphens";
    let text = members.text("withdrawal_id")?;
    let uuid = Uuid::try_parse(&text).map_err(|_| members.fault("withdrawal_id", "wrong-form", FORM))?;
    // One spelling alone: another spelling of the same UUID would be another key.
    if uuid.hyphenated().to_string() == text {
        Ok(uuid)
    } else {
        Err(members.fault("withdrawal_id", "wrong-form", FORM))
    }
}

/// Proof that a withdrawal is of its form, is meant for this gateway and time, and carries one person's good signature
/// whose certificate is known not to be revoked. Whether that person is the one who filed is the caller's question:
/// it needs the record.
#[derive(Debug)]
pub struct VerifiedWithdrawal {
    received: ReceivedSubmission,
    document: WithdrawalDocument,
    proof: SignerProof,
    report: Report,
}

impl VerifiedWithdrawal {
    /// What arrived.
    pub fn received(&self) -> &ReceivedSubmission {
        &self.received
    }

    /// The document.
    pub fn document(&self) -> &WithdrawalDocument {
        &self.document
    }

    /// Who signed it.
    pub fn signer(&self) -> &SignerProof {
        &self.proof
    }

    /// The verdict.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Judges a withdrawal of the filing `arrival_number`. One that cannot be decided now is refused (503), never held:
/// the filing stays as it is, and the person can try again.
///
/// # Errors
/// A [`Rejection`], which leaves nothing behind.
pub fn accept(
    received: ReceivedSubmission,
    arrival_number: ArrivalNumber,
    context: &IntakeContext<'_>,
) -> Result<VerifiedWithdrawal, Box<Rejection>> {
    let limits = &context.rules.limits;
    received.check_sizes(limits.application_bytes, limits.signature_bytes)?;
    let document = WithdrawalDocument::read(&received.application)?;
    let terms = Terms { gateway: &document.gateway, created_at: document.created_at, expires_at: document.expires_at };
    terms::check(&terms, context.rules, context.now)?;
    if document.arrival_number != arrival_number {
        let detail = "The withdrawal names another filing than the one it was sent to.";
        return Err(Box::new(Rejection::new(RejectionCode::WithdrawalMismatch, detail)));
    }
    if !received.attachments.is_empty() {
        let detail = "A withdrawal has no attachments.";
        return Err(Box::new(Rejection::new(RejectionCode::AttachmentNotListed, detail)));
    }
    let (report, proof) = signer::verify_decided(&received, context)?;
    Ok(VerifiedWithdrawal { received, document, proof, report })
}
