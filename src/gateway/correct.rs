//! Corrections: an application that names the filing it corrects, by the same person, while the agency waits for it.
use chrono::{DateTime, Utc};

use super::Gateway;
use super::outcome::{Stop, SubmitOutcome};
use super::person;
use crate::ids::ArrivalNumber;
use crate::intake::Recordable;
use crate::store::StoreError;
use crate::store::statuses::StatusChange;
use crate::submission::rejection::{Rejection, RejectionCode};
use crate::submission::status::SubmissionStatus;

impl Gateway {
    /// The filing that `submission` corrects, where it is a correction. `asked` is the filing it was sent to.
    pub(super) async fn find_original(
        &self,
        submission: &Recordable,
        asked: Option<ArrivalNumber>,
    ) -> Result<Option<ArrivalNumber>, Stop> {
        let unknown = |detail: &str| Err(Box::new(Rejection::new(RejectionCode::CorrectsUnknown, detail)).into());
        let document = submission.document();
        let Some(corrects) = &document.corrects else {
            return match asked {
                Some(_) => {
                    unknown("The document does not say which filing it corrects: its member corrects is missing.")
                }
                None => Ok(None),
            };
        };
        if asked.is_some_and(|asked| asked != corrects.arrival_number) {
            return unknown("The document corrects another filing than the one it was sent to.");
        }
        let found = self.store.submission_record(corrects.arrival_number).await?;
        // A stranger learns nothing: no such number, and a number whose document is another, are told alike.
        let Some(original) =
            found.filter(|found| hex::encode(found.submission.application_sha256) == corrects.application_sha256)
        else {
            return unknown("No filing of that number and document is known here.");
        };
        person::require_same(&original, &submission.signer().sha256(), submission.report(), self.rules.applicant)?;
        let filed = &original.submission;
        if (&filed.procedure, filed.recipient) != (&document.procedure, document.recipient) {
            return unknown("A correction is of the same procedure and for the same agency as what it corrects.");
        }
        let open = match filed.status {
            SubmissionStatus::CorrectionRequested => true,
            // Filed again after it was recorded, a correction finds its original corrected already; another does not.
            SubmissionStatus::Corrected => {
                let sha256 = submission.received().application_sha256;
                let first = self.store.submission_first(document.application_id, sha256).await?;
                first.is_some_and(|first| first.signer_sha256 == submission.signer().sha256())
            }
            _ => false,
        };
        if open {
            Ok(Some(filed.arrival_number))
        } else {
            Err(StoreError::StatusConflict { found: filed.status }.into())
        }
    }

    /// The original is corrected once the correction is recorded and not held. Doing it again changes nothing, so a
    /// correction that was recorded before a crash is noted when it is sent again.
    pub(super) async fn note_correction(
        &self,
        original: ArrivalNumber,
        outcome: &SubmitOutcome,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let status = match outcome {
            SubmitOutcome::New { status, .. } | SubmitOutcome::Known { status, .. } => *status,
            _ => return Ok(()),
        };
        if status == SubmissionStatus::Held { Ok(()) } else { self.mark_corrected(original, at).await }
    }

    pub(super) async fn mark_corrected(&self, original: ArrivalNumber, at: DateTime<Utc>) -> Result<(), StoreError> {
        let change = StatusChange {
            arrival_number: original,
            agency: None,
            to: SubmissionStatus::Corrected,
            at,
            by: "resident".to_owned(),
            reason: None,
        };
        match self.store.submission_change_status(change).await {
            Ok(_) | Err(StoreError::StatusConflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
