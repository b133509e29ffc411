//! What lies around a filing and is shown on its page: read together, in one view of the record.
use super::correction_requests::{CorrectionRequest, wanted_of};
use super::draft_corrections::{CorrectedBy, corrections_of};
use super::messages::{Message, messages_of};
use super::notices::{Notice, notices_of};
use super::official_documents::{OfficialDocument, documents_of};
use super::submissions::StoredSubmission;
use super::{Store, StoreError};

/// What lies around a filing.
#[derive(Debug)]
pub struct FilingAround {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// The notices, the newest first, a hundred at most.
    pub notices: Vec<Notice>,
    /// What the agency waits for, where it waits for a correction.
    pub wanted: Option<CorrectionRequest>,
    /// The official documents, oldest first.
    pub documents: Vec<OfficialDocument>,
    /// The filings that correct it, the oldest first.
    pub corrected_by: Vec<CorrectedBy>,
}

impl Store {
    /// What lies around a filing.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn filing_around(&self, filing: &StoredSubmission) -> Result<FilingAround, StoreError> {
        let filing = filing.clone();
        self.look_up_together(move |conn| {
            Ok(FilingAround {
                messages: messages_of(conn, &filing)?,
                notices: notices_of(conn, &filing)?,
                wanted: wanted_of(conn, &filing)?,
                documents: documents_of(conn, &filing)?,
                corrected_by: corrections_of(conn, &filing)?,
            })
        })
        .await
    }
}
