//! Finished documents of agencies: each with the detached seal under which it was verified, on disk before anybody is told.
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::official_documents;
use super::audit::{self, AuditEntry};
use super::connection::{AnyConnection, on_backend};
use super::notices::{self, NoticeKind};
use super::schema::documents;
use super::submissions::{self as filings, StoredSubmission};
use super::{Store, StoreError, blocking, from_database, stored_digest, to_database};
use crate::crypto::sha256;
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::submission::status::SubmissionStatus;

/// The most documents of one filing.
pub const MAX_DOCUMENTS: i64 = 50;

/// A document to be recorded, its seal verified by the caller.
#[derive(Debug, Clone)]
pub struct NewOfficialDocument {
    /// Of which filing.
    pub arrival_number: ArrivalNumber,
    /// The agency that sends it.
    pub agency: AgencyCode,
    /// The agency's account as `Account::actor` says.
    pub by: String,
    /// File name: a label, never a path.
    pub name: String,
    /// Media type, by its content.
    pub media_type: String,
    /// The document.
    pub bytes: Bytes,
    /// The detached signature as it was uploaded.
    pub seal: Bytes,
    /// The verification report, JSON.
    pub report: String,
    /// When it was uploaded, and the seal verified.
    pub at: DateTime<Utc>,
}

/// A recorded document, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialDocument {
    /// Its name in addresses.
    pub id: i64,
    /// File name: a label, never a path.
    pub name: String,
    /// Media type, by its content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Its digest.
    pub sha256: [u8; 32],
    /// The detached signature as it was uploaded.
    pub seal: Bytes,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
    /// By which account.
    pub uploaded_by: String,
    /// The verification report, JSON.
    pub report: String,
    /// When the person fetched it first.
    pub fetched_at: Option<DateTime<Utc>>,
}

/// What became of recording one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficialOutcome {
    /// It is on disk.
    Done,
    /// The same document was sent before.
    Known,
    /// There are [`MAX_DOCUMENTS`] already.
    Full,
}

#[derive(Queryable)]
struct Row {
    id: i64,
    _submission_id: i64,
    name: String,
    media_type: String,
    size: i64,
    sha256: Vec<u8>,
    seal: Vec<u8>,
    uploaded_at: NaiveDateTime,
    uploaded_by: String,
    report: String,
    fetched_at: Option<NaiveDateTime>,
}

impl TryFrom<Row> for OfficialDocument {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            sha256: stored_digest(&row.sha256)?,
            seal: row.seal.into(),
            uploaded_at: from_database(row.uploaded_at),
            uploaded_by: row.uploaded_by,
            report: row.report,
            fetched_at: row.fetched_at.map(from_database),
        })
    }
}

impl Store {
    /// Records a document: its bytes first, synced; then one transaction with its row, the resident's notice and the audit
    /// line. A crash between the two leaves an object that the sweep takes away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is another agency's, held or refused; [`StoreError::StatusConflict`] where the
    /// applicant has withdrawn it.
    pub async fn official_add(&self, new: NewOfficialDocument) -> Result<OfficialOutcome, StoreError> {
        let (places, bytes) = (self.0.documents.clone(), new.bytes.clone());
        let digest = sha256(&bytes);
        blocking(move || places.put_object(&digest, &bytes)).await?;
        self.write(move |conn| note(conn, &new, digest)).await
    }

    /// The documents of a filing, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn official_list(&self, number: ArrivalNumber) -> Result<Vec<OfficialDocument>, StoreError> {
        self.look_up_together(move |conn| match filings::find(conn, number)? {
            Some(filing) => documents_of(conn, &filing),
            None => Ok(Vec::new()),
        })
        .await
    }

    /// One document of a filing with its bytes, whose digest was checked.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes are not those that were recorded.
    pub async fn official_find(
        &self,
        number: ArrivalNumber,
        id: i64,
    ) -> Result<Option<(OfficialDocument, Bytes)>, StoreError> {
        let places = self.0.documents.clone();
        self.read(move |conn| {
            let Some(filing) = filings::find(conn, number)? else { return Ok(None) };
            let row: Option<Row> = official_documents::table
                .find(id)
                .filter(official_documents::submission_id.eq(filing.id))
                .first(conn)
                .optional()?;
            let Some(row) = row else { return Ok(None) };
            let document = OfficialDocument::try_from(row)?;
            let bytes = places.read(conn, document.sha256)?;
            Ok(Some((document, bytes)))
        })
        .await
    }

    /// Notes that the person fetched it, where they had not before.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn official_fetched(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let first = official_documents::table.find(id).filter(official_documents::fetched_at.is_null());
            diesel::update(first).set(official_documents::fetched_at.eq(Some(to_database(now)))).execute(conn)?;
            Ok(())
        })
        .await
    }
}

fn note(conn: &mut AnyConnection, new: &NewOfficialDocument, digest: [u8; 32]) -> Result<OfficialOutcome, StoreError> {
    let filing = filings::find(conn, new.arrival_number)?.ok_or(StoreError::NotFound)?;
    let hidden = matches!(filing.status, SubmissionStatus::Held | SubmissionStatus::Refused);
    if new.agency != filing.recipient || hidden {
        return Err(StoreError::NotFound);
    }
    if filing.status == SubmissionStatus::Withdrawn {
        return Err(StoreError::StatusConflict { found: filing.status });
    }
    let there = official_documents::table.filter(official_documents::submission_id.eq(filing.id));
    if there.count().get_result::<i64>(conn)? >= MAX_DOCUMENTS {
        return Ok(OfficialOutcome::Full);
    }
    let size = i64::try_from(new.bytes.len()).map_err(|_| StoreError::Fault("a size is too large".to_owned()))?;
    let object = (documents::sha256.eq(digest.to_vec()), documents::size.eq(size), documents::place.eq("object"));
    let insert = diesel::insert_into(documents::table).values(object).on_conflict_do_nothing();
    on_backend!(&mut *conn, c => insert.execute(c))?;
    let row = (
        official_documents::submission_id.eq(filing.id),
        official_documents::name.eq(&new.name),
        official_documents::media_type.eq(&new.media_type),
        official_documents::size.eq(size),
        official_documents::sha256.eq(digest.to_vec()),
        official_documents::seal.eq(new.seal.to_vec()),
        official_documents::uploaded_at.eq(to_database(new.at)),
        official_documents::uploaded_by.eq(&new.by),
        official_documents::report.eq(&new.report),
    );
    let insert = diesel::insert_into(official_documents::table).values(row).on_conflict_do_nothing();
    if on_backend!(&mut *conn, c => insert.execute(c))? == 0 {
        return Ok(OfficialOutcome::Known);
    }
    notices::add(conn, filing.id, NoticeKind::Document, to_database(new.at))?;
    let line = AuditEntry {
        at: new.at,
        actor: new.by.clone(),
        action: "send_official_document",
        subject: format!("{} {}", new.arrival_number, hex::encode(digest)),
        outcome: "done".to_owned(),
        request_id: None,
    };
    audit::append(conn, &line)?;
    Ok(OfficialOutcome::Done)
}

/// The official documents of a filing, oldest first.
pub(super) fn documents_of(
    conn: &mut AnyConnection,
    filing: &StoredSubmission,
) -> Result<Vec<OfficialDocument>, StoreError> {
    let rows: Vec<Row> = on_backend!(&mut *conn, c => official_documents::table
        .filter(official_documents::submission_id.eq(filing.id))
        .order(official_documents::id).load(c))?;
    rows.into_iter().map(OfficialDocument::try_from).collect()
}
