//! Withdrawals: the person who filed takes a filing back, by a signed document.
use super::Gateway;
use super::judging::Judging;
use super::outcome::{Stop, SubmitOutcome, settle};
use super::person;
use super::refused::Attempt;
use crate::evidence::receipt::{self, IssuedReceipt, VerdictSummary, WithdrawalFacts};
use crate::ids::ArrivalNumber;
use crate::intake::withdrawal::VerifiedWithdrawal;
use crate::jws::JwsError;
use crate::store::StoreError;
use crate::store::withdrawals::WithdrawalOutcome;
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::{Rejection, RejectionCode};
use crate::submission::status::{RevocationState, SubmissionStatus};

impl Gateway {
    /// Takes the withdrawal of `withdrawn` in: `received.application` is the withdrawal document.
    pub async fn withdraw(&self, withdrawn: ArrivalNumber, received: ReceivedSubmission) -> SubmitOutcome {
        let about = Attempt::of("withdraw_application", &received);
        let outcome = self.take_back_once(withdrawn, received).await;
        self.note_refusal(about, &outcome);
        outcome
    }

    async fn take_back_once(&self, withdrawn: ArrivalNumber, received: ReceivedSubmission) -> SubmitOutcome {
        let (document_sha256, signature_sha256) = (received.application_sha256, received.signature_sha256);
        match self.take_back(withdrawn, received).await {
            // Withdrawn already, or the document has expired since: the same bytes again get the first receipt.
            Err(Stop::Rejected(rejection)) => {
                let known = self.store.withdrawal_replay(document_sha256, signature_sha256).await;
                settle(
                    known
                        .map_err(Stop::from)
                        .and_then(|known| known.map(SubmitOutcome::from).ok_or(Stop::Rejected(rejection))),
                )
            }
            outcome => settle(outcome),
        }
    }

    async fn take_back(&self, number: ArrivalNumber, received: ReceivedSubmission) -> Result<SubmitOutcome, Stop> {
        let judging = Judging::of(self);
        let withdrawal = judging.accept_withdrawal(received, number)?;
        self.keep_trust_state(&judging).await?;
        let original = self.store.submission_record(number).await?.ok_or(StoreError::NotFound)?;
        let signer = withdrawal.signer().signer().sha256();
        let same = person::require_same(&original, &signer, withdrawal.report(), self.rules.applicant);
        if withdrawal.document().application_sha256 != hex::encode(original.submission.application_sha256) {
            // Who neither signed the filing nor holds its document learns no more than of a number that is not there.
            if same.is_err() {
                return Err(StoreError::NotFound.into());
            }
            let detail = "application_sha256 is not the digest of the filing's application document.";
            return Err(Box::new(Rejection::new(RejectionCode::WithdrawalMismatch, detail)).into());
        }
        same?;
        let receipt = self.withdrawal_receipt(&withdrawal)?;
        let (receipt_json, receipt_jws) = (receipt.json.clone(), receipt.jws.clone());
        match self.store.withdrawal_record(withdrawal, receipt).await? {
            WithdrawalOutcome::New => Ok(SubmitOutcome::New {
                arrival_number: number,
                status: SubmissionStatus::Withdrawn,
                receipt_json,
                receipt_jws,
                access_token: None,
            }),
            WithdrawalOutcome::Known(known) => Ok(known.into()),
            WithdrawalOutcome::Conflict => {
                let detail = "Another document, or the same signed by another, is recorded under this withdrawal_id.";
                Err(Box::new(Rejection::new(RejectionCode::ApplicationIdTaken, detail)).into())
            }
        }
    }

    fn withdrawal_receipt(&self, withdrawal: &VerifiedWithdrawal) -> Result<IssuedReceipt, JwsError> {
        let (document, received) = (withdrawal.document(), withdrawal.received());
        let facts = WithdrawalFacts {
            arrival_number: document.arrival_number,
            received_at: received.received_at,
            withdrawal_id: document.withdrawal_id,
            application_sha256: &document.application_sha256,
            withdrawal_sha256: hex::encode(received.application_sha256),
            signature_sha256: hex::encode(received.signature_sha256),
            verdict: VerdictSummary::of(withdrawal.report(), RevocationState::Provisional),
        };
        receipt::issue_withdrawal(&self.keys, &facts)
    }
}
