//! Recording a filing: the one step that ends in [`RecordedSubmission`].
use super::error::StoreError;
use super::registry::filings::FilingNote;
use super::row::{RecordRow, RowOutcome};
use super::{Store, blocking};
use crate::evidence::receipt::IssuedReceipt;
use crate::ids::ArrivalNumber;
use crate::intake::Recordable;
use crate::signature::trust_state::Object;
use crate::submission::status::SubmissionStatus;

/// Proof that a filing is on disk, synced.
#[derive(Debug)]
pub struct RecordedSubmission {
    arrival_number: ArrivalNumber,
    status: SubmissionStatus,
}

impl RecordedSubmission {
    /// Its number.
    pub fn arrival_number(&self) -> ArrivalNumber {
        self.arrival_number
    }

    /// Its first status.
    pub fn status(&self) -> SubmissionStatus {
        self.status
    }
}

/// A filing that was recorded before, as it is answered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFiling {
    /// The first filing's number.
    pub arrival_number: ArrivalNumber,
    /// Its status now.
    pub status: SubmissionStatus,
    /// Receipt JSON.
    pub receipt_json: String,
    /// Receipt JWS.
    pub receipt_jws: String,
}

/// What became of recording.
#[derive(Debug)]
pub enum RecordOutcome {
    /// New, on disk.
    New(RecordedSubmission),
    /// The same document by the same certificate was recorded before: its first receipt.
    Known(KnownFiling),
    /// Another document (or signer) is recorded under this application_id.
    Conflict,
    /// The receipt's arrival number is another filing's: draw again, issue a new receipt, and record again.
    ArrivalNumberTaken(Box<Recordable>),
    /// What it corrects does not wait for a correction: where that stands.
    NotCorrectable(SubmissionStatus),
    /// Another correction of the same filing was recorded first.
    AnotherCorrection,
}

impl Store {
    /// Records a filing: returns only when it is on disk. Waits in a group with what else waits. `trust_objects`: what its
    /// verdict's trust state consists of, where that is not known to be kept; `registry`: what the resident registry answered
    /// about its signer. Both are kept in the same transaction.
    ///
    /// # Errors
    /// When it could not be written; nothing is left then, but for the case that the connection went away in the very
    /// moment of the commit: filing it again then gives [`RecordOutcome::Known`].
    pub async fn record(
        &self,
        submission: Recordable,
        receipt: IssuedReceipt,
        access_token_sha256: [u8; 32],
        (trust_objects, registry): (Vec<Object>, Option<Box<FilingNote>>),
    ) -> Result<RecordOutcome, StoreError> {
        let (arrival_number, status) = (receipt.arrival_number, submission.status());
        let row = RecordRow { trust_objects, registry, ..RecordRow::new(&submission, receipt, access_token_sha256)? };
        Ok(match self.record_row(row).await? {
            RowOutcome::New => RecordOutcome::New(RecordedSubmission { arrival_number, status }),
            RowOutcome::Known(known) => RecordOutcome::Known(*known),
            RowOutcome::Conflict => RecordOutcome::Conflict,
            RowOutcome::ArrivalNumberTaken => RecordOutcome::ArrivalNumberTaken(Box::new(submission)),
            RowOutcome::NotCorrectable(found) => RecordOutcome::NotCorrectable(found),
            RowOutcome::AnotherCorrection => RecordOutcome::AnotherCorrection,
        })
    }

    /// Puts the large documents on disk, then hands the row to the writer.
    pub(super) async fn record_row(&self, row: RecordRow) -> Result<RowOutcome, StoreError> {
        let large: Vec<_> = row.documents.iter().filter(|document| !document.is_small()).cloned().collect();
        if !large.is_empty() {
            let documents = self.0.documents.clone();
            blocking(move || {
                large.iter().try_for_each(|document| documents.put_object(&document.sha256, &document.bytes))
            })
            .await?;
        }
        self.0.writer.record(row).await
    }
}
