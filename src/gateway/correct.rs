//! Corrections: an application that names the filing it corrects, by the same person: while the agency
//! waits for it, or by the applicant's own wish before the agency decides.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Gateway;
use super::outcome::{Stop, SubmitOutcome};
use super::person;
use crate::ids::ArrivalNumber;
use crate::intake::Recordable;
use crate::intake::document::ApplicationDocument;
use crate::procedures::opened::opened;
use crate::store::correction_requests::{ATTACHMENTS, CorrectionRequest, CorrectionWanted};
use crate::store::statuses::StatusChange;
use crate::store::{DocumentRole, StoreError};
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};
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
            status if status.takes_correction() => true,
            // Filed again after it was recorded, a correction finds its original corrected already; another does not.
            SubmissionStatus::Corrected => {
                let sha256 = submission.received().application_sha256;
                let first = self.store.submission_first(document.application_id, sha256).await?;
                first.is_some_and(|first| first.signer_sha256 == submission.signer().sha256())
            }
            _ => false,
        };
        if !open {
            return Err(StoreError::StatusConflict { found: filed.status }.into());
        }
        self.require_marked(filed.arrival_number, document).await?;
        Ok(Some(filed.arrival_number))
    }

    /// A partial correction changes what the agency marked, and nothing else.
    async fn require_marked(&self, number: ArrivalNumber, document: &ApplicationDocument) -> Result<(), Stop> {
        let wanted = self.store.correction_wanted(number).await?;
        if let Some(CorrectionRequest { wanted: CorrectionWanted::Partial(marked), .. }) = wanted {
            let first = self.store.submission_document(number, DocumentRole::Application, 0).await?;
            let (_, first) = first.ok_or(StoreError::NotFound)?;
            let first = ApplicationDocument::read(&first)?;
            let version = self.catalog.version(document.procedure.as_str(), document.form_version);
            let fields = version.map(|procedure| procedure.fields.as_slice()).unwrap_or_default();
            let beyond = beyond_marked(&first, document, &opened(fields, &marked));
            if !beyond.is_empty() {
                let detail = "The agency asked for the marked fields to be corrected; others were changed too.";
                return Err(Box::new(
                    Rejection::new(RejectionCode::CorrectionBeyondMarked, detail).with_faults(beyond),
                )
                .into());
            }
        }
        Ok(())
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

/// The parts of a partial correction that were changed although they are not open to it.
fn beyond_marked(first: &ApplicationDocument, now: &ApplicationDocument, open: &BTreeSet<String>) -> Vec<FieldFault> {
    let is_marked = |name: &str| open.contains(name);
    let fault = |pointer: String| FieldFault::new(&pointer, "not-marked", "must stay as it was filed");
    let none = serde_json::Map::new();
    let members =
        |document: &ApplicationDocument| document.answers.as_object().cloned().unwrap_or_else(|| none.clone());
    let (before, after) = (members(first), members(now));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| !is_marked(name) && before.get(*name) != after.get(*name));
    let mut faults: Vec<FieldFault> = changed.map(|name| fault(format!("/answers/{name}"))).collect();
    if !is_marked(ATTACHMENTS) && first.attachments != now.attachments {
        faults.push(fault("/attachments".to_owned()));
    }
    faults
}
