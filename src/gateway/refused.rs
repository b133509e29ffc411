//! What a refusal leaves behind: one audit line, with the digest of what was refused and the code, and nothing of the
//! person.
use chrono::{DateTime, Utc};

use super::Gateway;
use super::outcome::SubmitOutcome;
use crate::store::audit::AuditEntry;
use crate::submission::received::ReceivedSubmission;

/// Something that was tried, as far as the audit trail may know it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    action: &'static str,
    at: DateTime<Utc>,
    document_sha256: [u8; 32],
}

impl Attempt {
    /// Notes what came in before it is judged.
    pub(super) fn of(action: &'static str, received: &ReceivedSubmission) -> Self {
        Self { action, at: received.received_at, document_sha256: received.application_sha256 }
    }
}

impl Gateway {
    /// Writes the audit line of a refusal. A line that cannot be written changes nothing about the answer: the refusal
    /// stands on its own, so the fault is logged.
    pub(super) async fn note_refusal(&self, attempt: Attempt, outcome: &SubmitOutcome) {
        let SubmitOutcome::Rejected(rejection) = outcome else { return };
        let entry = AuditEntry {
            at: attempt.at,
            actor: "resident".to_owned(),
            action: attempt.action,
            subject: hex::encode(attempt.document_sha256),
            outcome: rejection.code.as_str().to_owned(),
            request_id: None,
        };
        if let Err(error) = self.store.audit_append(entry).await {
            tracing::warn!(target: "madoguchi::gateway", fault = %error, "a refusal's audit line was not written");
        }
    }
}
