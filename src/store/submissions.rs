//! Recorded filings, read back: `Stored*`, never `Verified*`. Who may see one is the caller's question.
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use subtle::ConstantTimeEq;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::row::DocumentRole;
use super::schema::submissions;
pub use super::story::{StoredDocument, StoredStatus};
use super::story::{history, stored_documents};
pub use super::verdicts::StoredVerdict;
use super::verdicts::stored_verdicts;
use super::{Store, from_database, parse_stored, stored_digest};
use crate::ids::{AgencyCode, ApplicationId, ArrivalNumber, ProcedureCode};
use crate::submission::received::{ReceivedAttachment, ReceivedSubmission};
use crate::submission::status::{RevocationState, SubmissionStatus};

/// A recorded filing.
#[derive(Debug, Clone)]
pub struct StoredSubmission {
    pub(super) id: i64,
    /// Its public name.
    pub arrival_number: ArrivalNumber,
    /// Its maker's identifier.
    pub application_id: ApplicationId,
    /// Digest of the application document.
    pub application_sha256: [u8; 32],
    /// Digest of the signature file.
    pub signature_sha256: [u8; 32],
    /// Digest of the signer's certificate.
    pub signer_sha256: [u8; 32],
    /// The procedure.
    pub procedure: ProcedureCode,
    /// Version of its form.
    pub form_version: u32,
    /// The agency.
    pub recipient: AgencyCode,
    /// Where it stands.
    pub status: SubmissionStatus,
    /// Since when.
    pub status_at: DateTime<Utc>,
    /// How firm the revocation side is.
    pub revocation: RevocationState,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The receipt, exact JSON text.
    pub receipt_json: String,
    /// The receipt as a compact JWS.
    pub receipt_jws: String,
    access_token_sha256: [u8; 32],
    /// The applicant's name as signed.
    pub applicant_name: String,
    /// The applicant's date of birth as far as signed.
    pub applicant_date_of_birth: Option<String>,
    /// One line for a queue.
    pub title: String,
    /// The filing that this one corrects.
    pub corrects: Option<ArrivalNumber>,
}

impl StoredSubmission {
    /// Whether this is the digest of the access token that the first answer gave out; in constant time.
    pub fn token_matches(&self, access_token_sha256: &[u8; 32]) -> bool {
        self.access_token_sha256.ct_eq(access_token_sha256).into()
    }

    /// Where it is in the agency's list: the cursor for the next page.
    pub fn cursor(&self) -> i64 {
        self.id
    }
}

/// A filing with everything that is known of it, but for the documents' bytes.
#[derive(Debug, Clone)]
pub struct SubmissionRecord {
    /// The filing.
    pub submission: StoredSubmission,
    /// Every status, oldest first.
    pub history: Vec<StoredStatus>,
    /// Every verdict, oldest first.
    pub verdicts: Vec<StoredVerdict>,
    /// Application, signature, attachments in order.
    pub documents: Vec<StoredDocument>,
}

/// A row of `submissions`, in the order of the table's columns.
#[derive(Queryable)]
pub(super) struct SubmissionRow {
    id: i64,
    application_id: String,
    arrival_number: String,
    application_sha256: Vec<u8>,
    signature_sha256: Vec<u8>,
    signer_sha256: Vec<u8>,
    procedure: String,
    form_version: i32,
    recipient: String,
    status: String,
    status_at: NaiveDateTime,
    revocation: String,
    received_at: NaiveDateTime,
    receipt_json: String,
    receipt_jws: String,
    access_token_sha256: Vec<u8>,
    applicant_name: String,
    applicant_date_of_birth: Option<String>,
    title: String,
    corrects: Option<String>,
    _signer_issuer: Option<Vec<u8>>,
    _signer_serial: Option<Vec<u8>>,
}

impl TryFrom<SubmissionRow> for StoredSubmission {
    type Error = StoreError;

    fn try_from(row: SubmissionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            arrival_number: parse_stored(&row.arrival_number)?,
            application_id: parse_stored(&row.application_id)?,
            application_sha256: stored_digest(&row.application_sha256)?,
            signature_sha256: stored_digest(&row.signature_sha256)?,
            signer_sha256: stored_digest(&row.signer_sha256)?,
            procedure: parse_stored(&row.procedure)?,
            form_version: u32::try_from(row.form_version).unwrap_or_default(),
            recipient: parse_stored(&row.recipient)?,
            status: stored_status(&row.status)?,
            status_at: from_database(row.status_at),
            revocation: RevocationState::from_text(&row.revocation)
                .ok_or_else(|| StoreError::Fault("a stored revocation state is not known".to_owned()))?,
            received_at: from_database(row.received_at),
            receipt_json: row.receipt_json,
            receipt_jws: row.receipt_jws,
            access_token_sha256: stored_digest(&row.access_token_sha256)?,
            applicant_name: row.applicant_name,
            applicant_date_of_birth: row.applicant_date_of_birth,
            title: row.title,
            corrects: row.corrects.as_deref().map(parse_stored).transpose()?,
        })
    }
}

/// Reads a status that this store wrote.
pub(super) fn stored_status(text: &str) -> Result<SubmissionStatus, StoreError> {
    SubmissionStatus::from_text(text).ok_or_else(|| StoreError::Fault("a stored status is not known".to_owned()))
}

/// The filing of that number.
pub(super) fn find(
    connection: &mut AnyConnection,
    arrival_number: ArrivalNumber,
) -> Result<Option<StoredSubmission>, StoreError> {
    let row: Option<SubmissionRow> = on_backend!(&mut *connection, c => submissions::table
        .filter(submissions::arrival_number.eq(arrival_number.as_str())).first(c).optional())?;
    row.map(StoredSubmission::try_from).transpose()
}

impl Store {
    /// The filing of that number.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn submission_find(&self, arrival_number: ArrivalNumber) -> Result<Option<StoredSubmission>, StoreError> {
        self.look_up(move |conn| find(conn, arrival_number)).await
    }

    /// The filing of that number with its history, verdicts and list of documents.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn submission_record(
        &self,
        arrival_number: ArrivalNumber,
    ) -> Result<Option<SubmissionRecord>, StoreError> {
        let places = self.0.documents.clone();
        self.look_up_together(move |conn| {
            let Some(submission) = find(conn, arrival_number)? else { return Ok(None) };
            Ok(Some(SubmissionRecord {
                history: history(conn, submission.id)?,
                verdicts: stored_verdicts(conn, &places, submission.id)?,
                documents: stored_documents(conn, submission.id)?,
                submission,
            }))
        })
        .await
    }

    /// One document of a filing with its bytes, whose digest was checked.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes are not those that were recorded.
    pub async fn submission_document(
        &self,
        arrival_number: ArrivalNumber,
        role: DocumentRole,
        ordinal: i32,
    ) -> Result<Option<(StoredDocument, Bytes)>, StoreError> {
        let places = self.0.documents.clone();
        self.read(move |conn| {
            let Some(submission) = find(conn, arrival_number)? else { return Ok(None) };
            let all = stored_documents(conn, submission.id)?;
            let Some(document) = all.into_iter().find(|one| one.role == role && one.ordinal == ordinal) else {
                return Ok(None);
            };
            let bytes = places.read(conn, document.sha256)?;
            Ok(Some((document, bytes)))
        })
        .await
    }

    /// A filing's documents as they were received, to be judged again: nothing in them is proven.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Damaged`] when the bytes are not those that were recorded.
    pub async fn submission_received(&self, arrival_number: ArrivalNumber) -> Result<ReceivedSubmission, StoreError> {
        let places = self.0.documents.clone();
        self.read(move |conn| {
            let submission = find(conn, arrival_number)?.ok_or(StoreError::NotFound)?;
            let mut received = ReceivedSubmission {
                application: Bytes::new(),
                application_sha256: submission.application_sha256,
                signature: Bytes::new(),
                signature_sha256: submission.signature_sha256,
                attachments: Vec::new(),
                received_at: submission.received_at,
            };
            for document in stored_documents(conn, submission.id)? {
                let bytes = places.read(conn, document.sha256)?;
                match document.role {
                    DocumentRole::Application => received.application = bytes,
                    DocumentRole::Signature => received.signature = bytes,
                    DocumentRole::Attachment => received.attachments.push(ReceivedAttachment {
                        claimed_name: document.name,
                        bytes,
                        sha256: document.sha256,
                    }),
                }
            }
            Ok(received)
        })
        .await
    }
}
