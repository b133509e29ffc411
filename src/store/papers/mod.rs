//! Documents that municipalities made out of the register and sealed: on disk, with their seal, before anybody gets one.
pub mod certificates;
pub mod orders;
pub mod schema;

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::audit::{self, AuditEntry};
use super::connection::{AnyConnection, on_backend};
use super::schema::documents;
use super::{Store, StoreError, blocking, from_database, parse_stored, stored_digest, to_database};
use crate::crypto::sha256;
use crate::ids::AgencyCode;
use schema::registry_papers as papers;

/// A document to be recorded, its seal verified by the caller.
#[derive(Debug, Clone)]
pub struct NewPaper {
    /// SHA-256 of its verification code.
    pub code_sha256: [u8; 32],
    /// `PaperKind::as_str`.
    pub kind: &'static str,
    /// Whose seal it is.
    pub municipality: AgencyCode,
    /// The document, PDF.
    pub bytes: Bytes,
    /// The detached seal, DER.
    pub seal: Bytes,
    /// Keyed digests of what is printed on it, JSON.
    pub facts: String,
    /// The resident record that it tells of.
    pub record_id: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who had it made: `Account::actor`, `kiosk` or the like.
    pub by: String,
}

/// A recorded document, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedPaper {
    /// Its row.
    pub id: i64,
    /// `PaperKind::as_str`.
    pub kind: String,
    /// Whose seal it is.
    pub municipality: AgencyCode,
    /// Its digest.
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: i64,
    /// The detached seal, DER.
    pub seal: Bytes,
    /// Keyed digests of what is printed on it, JSON.
    pub facts: String,
    /// The resident record that it tells of.
    pub record_id: Option<String>,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// When it was withdrawn, and why.
    pub voided: Option<(DateTime<Utc>, String)>,
}

/// By what a document is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperKey {
    /// SHA-256 of its verification code.
    Code([u8; 32]),
    /// SHA-256 of its bytes.
    Document([u8; 32]),
    /// Its row.
    Id(i64),
}

#[derive(Queryable)]
struct Row {
    id: i64,
    _code_sha256: Vec<u8>,
    kind: String,
    municipality: String,
    sha256: Vec<u8>,
    size: i64,
    seal: Vec<u8>,
    facts: String,
    record_id: Option<String>,
    issued_at: NaiveDateTime,
    _issued_by: String,
    voided_at: Option<NaiveDateTime>,
    void_reason: Option<String>,
}

impl TryFrom<Row> for IssuedPaper {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            municipality: parse_stored(&row.municipality)?,
            sha256: stored_digest(&row.sha256)?,
            size: row.size,
            seal: row.seal.into(),
            facts: row.facts,
            record_id: row.record_id,
            issued_at: from_database(row.issued_at),
            voided: row.voided_at.map(|at| (from_database(at), row.void_reason.unwrap_or_default())),
        })
    }
}

impl Store {
    /// Records a document: its bytes first, synced; then one transaction with its row and the audit line. A crash between the
    /// two leaves an object that the sweep takes away. Gives its row's number.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] where the code or the document is there already.
    pub async fn paper_add(&self, new: NewPaper) -> Result<i64, StoreError> {
        let (places, bytes) = (self.0.documents.clone(), new.bytes.clone());
        let digest = sha256(&bytes);
        blocking(move || places.put_object(&digest, &bytes)).await?;
        self.write(move |conn| note(conn, &new, digest)).await
    }

    /// A document.
    ///
    /// # Errors
    /// [`StoreError`] when the record cannot be read.
    pub async fn paper_find(&self, key: PaperKey) -> Result<Option<IssuedPaper>, StoreError> {
        self.look_up(move |conn| find(conn, key)).await
    }

    /// A document with its bytes, whose digest was checked.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes are not those that were recorded.
    pub async fn paper_read(&self, key: PaperKey) -> Result<Option<(IssuedPaper, Bytes)>, StoreError> {
        let places = self.0.documents.clone();
        self.read(move |conn| {
            let Some(paper) = find(conn, key)? else { return Ok(None) };
            let bytes = places.read(conn, paper.sha256)?;
            Ok(Some((paper, bytes)))
        })
        .await
    }

    /// Withdraws a document: whoever asks about it hears so. `false` where it is not there or was withdrawn before.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn paper_void(
        &self,
        id: i64,
        reason: &'static str,
        by: String,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| void(conn, id, reason, &by, at)).await
    }
}

/// The same inside a transaction that does more.
pub(super) fn void(
    conn: &mut AnyConnection,
    id: i64,
    reason: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let open = papers::table.find(id).filter(papers::voided_at.is_null());
    let to = (papers::voided_at.eq(Some(to_database(at))), papers::void_reason.eq(Some(reason)));
    if diesel::update(open).set(to).execute(conn)? == 0 {
        return Ok(false);
    }
    let Some(paper) = find(conn, PaperKey::Id(id))? else { return Ok(false) };
    audit::append(conn, &line(at, by, "void_paper", &paper.sha256))?;
    Ok(true)
}

fn find(conn: &mut AnyConnection, key: PaperKey) -> Result<Option<IssuedPaper>, StoreError> {
    let row: Option<Row> = match key {
        PaperKey::Id(id) => papers::table.find(id).first(conn).optional()?,
        PaperKey::Code(digest) => {
            papers::table.filter(papers::code_sha256.eq(digest.to_vec())).first(conn).optional()?
        }
        PaperKey::Document(digest) => {
            papers::table.filter(papers::sha256.eq(digest.to_vec())).first(conn).optional()?
        }
    };
    row.map(IssuedPaper::try_from).transpose()
}

fn note(conn: &mut AnyConnection, new: &NewPaper, digest: [u8; 32]) -> Result<i64, StoreError> {
    let size = i64::try_from(new.bytes.len()).map_err(|_| StoreError::Fault("a size is too large".to_owned()))?;
    let object = (documents::sha256.eq(digest.to_vec()), documents::size.eq(size), documents::place.eq("object"));
    let insert = diesel::insert_into(documents::table).values(object).on_conflict_do_nothing();
    on_backend!(&mut *conn, c => insert.execute(c))?;
    let row = (
        papers::code_sha256.eq(new.code_sha256.to_vec()),
        papers::kind.eq(new.kind),
        papers::municipality.eq(new.municipality.as_str()),
        papers::sha256.eq(digest.to_vec()),
        papers::size.eq(size),
        papers::seal.eq(new.seal.to_vec()),
        papers::facts.eq(&new.facts),
        papers::record_id.eq(new.record_id.as_deref()),
        papers::issued_at.eq(to_database(new.at)),
        papers::issued_by.eq(&new.by),
    );
    let insert = diesel::insert_into(papers::table).values(row).returning(papers::id);
    let id: i64 = on_backend!(&mut *conn, c => insert.get_result(c))?;
    audit::append(conn, &line(new.at, &new.by, "issue_paper", &digest))?;
    Ok(id)
}

/// The subject of a line is the document's digest: nothing of who it tells of.
fn line(at: DateTime<Utc>, by: &str, action: &'static str, digest: &[u8; 32]) -> AuditEntry {
    AuditEntry {
        at,
        actor: by.to_owned(),
        action,
        subject: hex::encode(digest),
        outcome: "done".to_owned(),
        request_id: None,
    }
}
