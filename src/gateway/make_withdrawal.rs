//! Making a withdrawal document for a resident to sign, with the request that their card client shows.
use chrono::SubsecRound as _;
use uuid::Uuid;

use super::Gateway;
use super::make::MakeError;
use super::outcome::{Stop, sha256};
use crate::evidence::request::{self, WithdrawalFacts, WithdrawalRequestFacts};
use crate::intake::withdrawal::{FORMAT, WithdrawalDocument};
use crate::procedures::Language;
use crate::store::StoreError;
use crate::store::submissions::StoredSubmission;
use crate::store::withdrawal_requests::WithdrawalRequest;
use crate::submission::status::SubmissionStatus;

impl Gateway {
    /// Makes the withdrawal of a filing, to be signed by who filed it, and keeps it in place of one made before.
    ///
    /// # Errors
    /// A refusal where the filing does not stand where it can be withdrawn, or the reason cannot be part of the document.
    pub async fn make_withdrawal(
        &self,
        filing: &StoredSubmission,
        reason: String,
        language: Language,
    ) -> Result<WithdrawalRequest, MakeError> {
        Ok(self.compose_withdrawal(filing, reason, language).await?)
    }

    async fn compose_withdrawal(
        &self,
        filing: &StoredSubmission,
        reason: String,
        language: Language,
    ) -> Result<WithdrawalRequest, Stop> {
        if !filing.status.may_become(SubmissionStatus::Withdrawn) {
            return Err(StoreError::StatusConflict { found: filing.status }.into());
        }
        let now = self.clock.now().trunc_subsecs(0);
        let document = WithdrawalDocument {
            format: FORMAT.to_owned(),
            gateway: self.rules.origin.clone(),
            withdrawal_id: Uuid::new_v4(),
            arrival_number: filing.arrival_number,
            application_sha256: hex::encode(filing.application_sha256),
            reason,
            created_at: now,
            expires_at: now + self.rules.limits.life,
        };
        let bytes = serde_json::to_vec_pretty(&document)
            .map_err(|_| StoreError::Fault("a withdrawal cannot be written as JSON".to_owned()))?;
        // The bytes pass what they will have to pass when they come back signed.
        WithdrawalDocument::read(&bytes)?;
        let request_id = Uuid::new_v4().to_string();
        let facts = WithdrawalRequestFacts {
            origin: &self.rules.origin,
            request_id: &request_id,
            document: &WithdrawalFacts {
                created_at: document.created_at,
                expires_at: document.expires_at,
                reason: &document.reason,
            },
            document_sha256: sha256(&bytes),
            procedure: filing.procedure.as_str(),
            form_version: filing.form_version,
            language,
        };
        let request_jws = request::issue_withdrawal(&self.keys, &facts)?;
        let made = WithdrawalRequest { request_id, document: bytes, request_jws, not_after: document.expires_at };
        self.store.withdrawal_request_put(filing.arrival_number, made.clone()).await?;
        Ok(made)
    }
}
