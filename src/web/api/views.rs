//! How recorded filings look in the API.
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::store::second_opinions::StoredOpinion;
use crate::store::submissions::{StoredDocument, StoredStatus, StoredVerdict, SubmissionRecord};

/// RFC 3339 in UTC, to the millisecond, as in receipts.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// One change of status.
#[derive(Serialize)]
pub struct ChangeView<'a> {
    from: Option<&'static str>,
    to: &'static str,
    at: String,
    /// `gateway`, `resident` or `agency`: no account is named to the other side.
    by: &'a str,
    reason: Option<&'a str>,
}

impl<'a> From<&'a StoredStatus> for ChangeView<'a> {
    fn from(change: &'a StoredStatus) -> Self {
        Self {
            from: change.from.map(|status| status.as_str()),
            to: change.to.as_str(),
            at: time(change.at),
            by: change.by.split([' ', ':']).next().unwrap_or_default(),
            reason: change.reason.as_deref(),
        }
    }
}

/// One verdict; a later one is a signed statement that names the one before it.
#[derive(Serialize)]
pub struct VerdictView<'a> {
    kind: &'a str,
    decided_at: String,
    indication: &'a str,
    sub_indication: Option<&'a str>,
    statement_jws: Option<&'a str>,
}

impl<'a> From<&'a StoredVerdict> for VerdictView<'a> {
    fn from(verdict: &'a StoredVerdict) -> Self {
        Self {
            kind: &verdict.kind,
            decided_at: time(verdict.decided_at),
            indication: &verdict.indication,
            sub_indication: verdict.sub_indication.as_deref(),
            statement_jws: verdict.statement_jws.as_deref(),
        }
    }
}

/// One document of a filing, and where its bytes are.
#[derive(Serialize)]
pub struct DocumentView<'a> {
    role: &'static str,
    ordinal: i32,
    name: &'a str,
    media_type: &'a str,
    size: i64,
    sha256: String,
    href: String,
}

impl<'a> DocumentView<'a> {
    fn new(document: &'a StoredDocument, filing: &str) -> Self {
        let role = document.role.as_str();
        Self {
            role,
            ordinal: document.ordinal,
            name: &document.name,
            media_type: &document.media_type,
            size: document.size,
            sha256: hex::encode(document.sha256),
            href: format!("/api/v1/agency/submissions/{filing}/documents/{role}/{}", document.ordinal),
        }
    }
}

/// A filing: where it stands and how it came there.
#[derive(Serialize)]
pub struct SubmissionView<'a> {
    arrival_number: &'a str,
    status: &'static str,
    revocation: &'static str,
    received_at: String,
    application_id: String,
    application_sha256: String,
    procedure: &'a str,
    recipient: &'a str,
    corrects: Option<&'a str>,
    verdicts: Vec<VerdictView<'a>>,
    history: Vec<ChangeView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<Vec<DocumentView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_opinion: Option<OpinionView<'a>>,
}

/// A second opinion that is not that of the verdict.
#[derive(Serialize)]
pub struct OpinionView<'a> {
    kind: &'a str,
    subject: &'a str,
    at: String,
}

impl<'a> From<&'a StoredOpinion> for OpinionView<'a> {
    fn from(opinion: &'a StoredOpinion) -> Self {
        Self { kind: &opinion.kind, subject: &opinion.subject, at: time(opinion.formed_at) }
    }
}

impl<'a> SubmissionView<'a> {
    /// For the resident who filed it.
    pub fn for_resident(record: &'a SubmissionRecord) -> Self {
        let filing = &record.submission;
        Self {
            arrival_number: filing.arrival_number.as_str(),
            status: filing.status.as_str(),
            revocation: filing.revocation.as_str(),
            received_at: time(filing.received_at),
            application_id: filing.application_id.to_string(),
            application_sha256: hex::encode(filing.application_sha256),
            procedure: filing.procedure.as_str(),
            recipient: filing.recipient.as_str(),
            corrects: filing.corrects.as_ref().map(|number| number.as_str()),
            verdicts: record.verdicts.iter().map(VerdictView::from).collect(),
            history: record.history.iter().map(ChangeView::from).collect(),
            documents: None,
            second_opinion: None,
        }
    }

    /// For its agency: with the documents, and the second opinion where one was noted.
    pub fn for_agency(record: &'a SubmissionRecord, opinion: Option<&'a StoredOpinion>) -> Self {
        let number = record.submission.arrival_number.as_str();
        let documents = record.documents.iter().map(|document| DocumentView::new(document, number)).collect();
        let second_opinion = opinion.map(OpinionView::from);
        Self { documents: Some(documents), second_opinion, ..Self::for_resident(record) }
    }
}
