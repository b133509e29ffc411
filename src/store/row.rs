//! What the writer is handed: a filing as plain columns, worked out by the caller so that the one writer does not have
//! to. Public callers cannot make one: `Store::record` takes the proof types.
use bytes::Bytes;
use chrono::NaiveDateTime;

use super::documents::SMALL_DOCUMENT;
use super::error::StoreError;
use super::registry::filings::FilingNote;
use super::{KnownFiling, to_database};
use crate::crypto::sha256;
use crate::evidence::receipt::IssuedReceipt;
use crate::ids::ArrivalNumber;
use crate::intake::Recordable;
use crate::pki::certificate::Certificate;
use crate::signature::report::Report;
use crate::signature::trust_state::Object;
use crate::submission::status::SubmissionStatus;

/// What a document is in its filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentRole {
    /// The application document.
    Application,
    /// The signature file as received.
    Signature,
    /// An attachment.
    Attachment,
}

impl DocumentRole {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Signature => "signature",
            Self::Attachment => "attachment",
        }
    }

    /// Reads what `as_str` wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Application, Self::Signature, Self::Attachment].into_iter().find(|role| role.as_str() == text)
    }
}

/// One document of a filing to be recorded.
#[derive(Debug, Clone)]
pub struct DocumentRow {
    /// What it is.
    pub role: DocumentRole,
    /// Its place among those of its role.
    pub ordinal: i32,
    /// File name, a label.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Its digest.
    pub sha256: [u8; 32],
    /// Its bytes.
    pub bytes: Bytes,
}

impl DocumentRow {
    /// Whether it is kept as a row or in a segment rather than as a file of its own.
    pub fn is_small(&self) -> bool {
        self.bytes.len() <= SMALL_DOCUMENT
    }
}

/// One filing to be recorded.
#[derive(Debug, Clone)]
pub struct RecordRow {
    /// See the migration for the columns.
    pub application_id: String,
    pub arrival_number: ArrivalNumber,
    pub application_sha256: [u8; 32],
    pub signature_sha256: [u8; 32],
    pub signer_sha256: [u8; 32],
    pub procedure: String,
    pub form_version: i32,
    pub recipient: String,
    pub status: &'static str,
    pub revocation: &'static str,
    pub received_at: NaiveDateTime,
    pub receipt_json: String,
    pub receipt_jws: String,
    pub access_token_sha256: [u8; 32],
    pub applicant_name: String,
    pub applicant_date_of_birth: Option<String>,
    pub title: String,
    pub corrects: Option<String>,
    pub indication: &'static str,
    pub sub_indication: Option<&'static str>,
    pub signer_issuer: [u8; 32],
    pub signer_serial: Vec<u8>,
    pub held_scope: Option<[u8; 32]>,
    pub report: String,
    pub report_sha256: [u8; 32],
    pub documents: Vec<DocumentRow>,
    /// What the verdict's trust state consists of, where that is not known to be kept.
    pub trust_objects: Vec<Object>,
    /// What the resident registry answered about the signer.
    pub registry: Option<Box<FilingNote>>,
}

/// What became of one row.
#[derive(Debug, Clone)]
pub enum RowOutcome {
    /// Written.
    New,
    /// The same document by the same certificate is there.
    Known(Box<KnownFiling>),
    /// Another document or signer is there under this application_id.
    Conflict,
    /// The arrival number is another filing's.
    ArrivalNumberTaken,
    /// What it corrects does not wait for a correction: where that stands.
    NotCorrectable(SubmissionStatus),
    /// Another correction of the same filing was recorded first.
    AnotherCorrection,
}

impl RecordRow {
    /// The columns of a filing.
    ///
    /// # Errors
    /// [`StoreError::Fault`] when the report cannot be written as JSON.
    pub fn new(filing: &Recordable, receipt: IssuedReceipt, access_token_sha256: [u8; 32]) -> Result<Self, StoreError> {
        let (document, received, report) = (filing.document(), filing.received(), filing.report());
        let documents = document_rows(filing);
        let report_text = report_text(report)?;
        Ok(Self {
            application_id: document.application_id.to_string(),
            arrival_number: receipt.arrival_number,
            application_sha256: received.application_sha256,
            signature_sha256: received.signature_sha256,
            signer_sha256: filing.signer().sha256(),
            procedure: document.procedure.to_string(),
            form_version: i32::try_from(document.form_version).unwrap_or(i32::MAX),
            recipient: document.recipient.to_string(),
            status: filing.status().as_str(),
            revocation: filing.revocation().as_str(),
            received_at: to_database(receipt.received_at),
            receipt_json: receipt.json,
            receipt_jws: receipt.jws,
            access_token_sha256,
            applicant_name: document.applicant.name.clone(),
            applicant_date_of_birth: document.applicant.date_of_birth.clone(),
            title: title(document),
            corrects: document.corrects.as_ref().map(|corrects| corrects.arrival_number.to_string()),
            indication: report.indication.as_str(),
            sub_indication: report.sub_indication.map(crate::verdict::SubIndication::as_str),
            signer_issuer: sha256(filing.signer().issuer_normal()),
            signer_serial: filing.signer().serial().to_vec(),
            held_scope: matches!(filing, Recordable::Held(_)).then(|| held_scope(filing.signer())),
            report_sha256: sha256(report_text.as_bytes()),
            report: report_text,
            documents,
            trust_objects: Vec::new(),
            registry: None,
        })
    }

    /// Bytes that go through the writer.
    pub fn small_bytes(&self) -> usize {
        self.documents.iter().filter(|document| document.is_small()).map(|document| document.bytes.len()).sum()
    }
}

/// What decides which revocation list a certificate needs: the CA by name and key, and the distribution points.
fn held_scope(certificate: &Certificate) -> [u8; 32] {
    let mut parts = Vec::new();
    let mut put = |part: &[u8]| {
        parts.extend_from_slice(&(part.len() as u64).to_be_bytes());
        parts.extend_from_slice(part);
    };
    put(certificate.issuer_normal());
    put(certificate.authority_key_id().unwrap_or_default());
    for point in certificate.distribution_points() {
        let issuers = point.crl_issuer.as_deref().unwrap_or_default();
        point.names.iter().chain(issuers).for_each(|name| put(&name.normal));
        put(&point.reasons.map_or([0xff; 2], u16::to_be_bytes));
    }
    sha256(&parts)
}

/// The report as JSON, in one piece of memory: one is about 6 KiB.
fn report_text(report: &Report) -> Result<String, StoreError> {
    const USUAL: usize = 8 << 10;
    let mut text = Vec::with_capacity(USUAL);
    let written = serde_json::to_writer(&mut text, report).ok().and_then(|()| String::from_utf8(text).ok());
    written.ok_or_else(|| StoreError::Fault("the report cannot be written as JSON".to_owned()))
}

/// The line in the agency's queue: what the applicant called it, where the form has such a field.
fn title(document: &crate::intake::document::ApplicationDocument) -> String {
    let given = document.answers.get("title").and_then(serde_json::Value::as_str);
    given.unwrap_or_else(|| document.procedure.as_str()).chars().take(200).collect()
}

/// The application first, then the signature, then the attachments as the application lists them.
fn document_rows(filing: &Recordable) -> Vec<DocumentRow> {
    let received = filing.received();
    let mut rows = vec![
        DocumentRow {
            role: DocumentRole::Application,
            ordinal: 0,
            name: "application.json".to_owned(),
            media_type: "application/json".to_owned(),
            sha256: received.application_sha256,
            bytes: received.application.clone(),
        },
        DocumentRow {
            role: DocumentRole::Signature,
            ordinal: 0,
            name: "application.json.p7s".to_owned(),
            media_type: "application/pkcs7-signature".to_owned(),
            sha256: received.signature_sha256,
            bytes: received.signature.clone(),
        },
    ];
    for (ordinal, listed) in filing.document().attachments.iter().enumerate() {
        let found = received.attachments.iter().find(|sent| hex::encode(sent.sha256) == listed.sha256);
        if let (Some(sent), Ok(ordinal)) = (found, i32::try_from(ordinal)) {
            rows.push(DocumentRow {
                role: DocumentRole::Attachment,
                ordinal,
                name: listed.name.clone(),
                media_type: listed.media_type.clone(),
                sha256: sent.sha256,
                bytes: sent.bytes.clone(),
            });
        }
    }
    rows
}
