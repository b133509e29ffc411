//! Documents by their digest. Small ones are rows (PostgreSQL) or stretches of an append-only segment (SQLite: a trial
//! wrote 7,734 filings a second so, against 4,951 with rows); large ones are files named by the digest, or objects of a
//! bucket. All are on disk, synced, before the transaction that speaks of them is committed. Reading back checks the
//! digest.
pub mod bucket;
pub mod files;
pub mod objects;
pub mod segment;

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use diesel::prelude::*;
use ring::digest;

use bucket::BucketObjects;
use files::FileObjects;
use objects::{Objects, ObjectsAt, Swept};
use segment::Stretch;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::documents;
use super::stored_digest;

/// Documents up to this many bytes go through the writer; larger ones are files of their own, so that one filing with
/// big attachments does not make the others' group wait.
pub const SMALL_DOCUMENT: usize = 64 * 1024;

/// Name of the folder of archived revocation lists.
const CRL_FOLDER: &str = "crls";

/// Where the bytes of a document are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Column `content`.
    Row,
    /// A stretch of a segment.
    Segment,
    /// A file or an object of a bucket, named by the digest.
    Object,
}

impl Place {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Segment => "segment",
            Self::Object => "object",
        }
    }
}

/// The folder of documents, and where the large ones are.
#[derive(Debug, Clone)]
pub struct DocumentStore {
    folder: PathBuf,
    objects: Objects,
    /// Archived revocation lists: never swept.
    crls: FileObjects,
    segments: bool,
}

#[derive(Queryable)]
struct StoredPlace {
    size: i64,
    place: String,
    segment: Option<i64>,
    segment_offset: Option<i64>,
    content: Option<Vec<u8>>,
}

impl DocumentStore {
    /// Opens the folder, and makes it where it is not there. With rows and a bucket no folder is needed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, segments: bool, at: &ObjectsAt) -> Result<Self, StoreError> {
        let objects = match at {
            ObjectsAt::Folder => Objects::Files(FileObjects::new(folder.join(files::FOLDER))),
            ObjectsAt::Bucket(bucket) => Objects::Bucket(Arc::new(BucketObjects::new(bucket))),
        };
        let in_files = matches!(objects, Objects::Files(_));
        if in_files {
            std::fs::create_dir_all(folder.join(files::FOLDER))?;
        }
        if in_files || segments {
            make_folder(folder)?;
        }
        let crls = FileObjects::new(folder.join(CRL_FOLDER));
        Ok(Self { folder: folder.to_owned(), objects, crls, segments })
    }

    /// Where a document of this size goes.
    pub fn place_for(&self, size: usize) -> Place {
        match (size <= SMALL_DOCUMENT, self.segments) {
            (false, _) => Place::Object,
            (true, true) => Place::Segment,
            (true, false) => Place::Row,
        }
    }

    /// The folder of the segments.
    pub fn segment_folder(&self) -> PathBuf {
        self.folder.join(segment::FOLDER)
    }

    /// Writes a large document, so that it is on disk. The same work is done whether it was there before or not.
    ///
    /// # Errors
    /// When disk or bucket does not take it.
    pub fn put_object(&self, sha256: &[u8; 32], bytes: &[u8]) -> Result<(), StoreError> {
        self.objects.put(sha256, bytes)
    }

    /// Where packed revocation lists are kept in files: with SQLite. With PostgreSQL they are rows.
    pub fn crl_files(&self) -> Option<&FileObjects> {
        self.segments.then_some(&self.crls)
    }

    /// Writes a file or an object and takes it away.
    ///
    /// # Errors
    /// When disk or bucket does not take it.
    pub fn check_writable(&self) -> Result<(), StoreError> {
        self.objects.probe()
    }

    /// Takes away the large documents that no filing speaks of and that are older than `grace`.
    ///
    /// # Errors
    /// When folder, bucket or record cannot be read.
    pub fn sweep(&self, connection: &mut AnyConnection, grace: Duration) -> Result<Swept, StoreError> {
        self.objects.sweep(grace, &mut |digests| recorded(connection, digests))
    }

    /// Reads a document back and checks its digest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Damaged`] when the bytes are not those that were recorded.
    pub fn read(&self, connection: &mut AnyConnection, sha256: [u8; 32]) -> Result<Bytes, StoreError> {
        let stored: StoredPlace = documents::table
            .find(sha256.to_vec())
            .select((
                documents::size,
                documents::place,
                documents::segment,
                documents::segment_offset,
                documents::content,
            ))
            .first(connection)?;
        let bytes = match (stored.place.as_str(), stored.segment, stored.segment_offset, stored.content) {
            ("row", _, _, Some(content)) => content,
            ("segment", Some(segment), Some(offset), _) => {
                let stretch = Stretch { segment, offset, size: stored.size };
                segment::read(&self.segment_folder(), stretch).map_err(|error| unread(sha256, &error))?
            }
            ("object", ..) => self.objects.read(&sha256, stored.size)?,
            _ => return Err(damaged(sha256, "its row does not say where it is")),
        };
        if i64::try_from(bytes.len()) != Ok(stored.size) {
            return Err(damaged(sha256, "its bytes are not those that were recorded"));
        }
        as_recorded(sha256, bytes).map(Bytes::from)
    }

    /// Reads a stretch of a segment back and checks its digest.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes are not those that were recorded.
    pub fn read_stretch(&self, sha256: [u8; 32], stretch: Stretch) -> Result<Vec<u8>, StoreError> {
        let bytes = segment::read(&self.segment_folder(), stretch).map_err(|error| unread(sha256, &error))?;
        as_recorded(sha256, bytes)
    }
}

/// Makes the folders of the segments and the lists, and those that lead to them.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(folder.join(segment::FOLDER))?;
    std::fs::create_dir_all(folder.join(CRL_FOLDER))?;
    // A file is no safer than the names of the folders that lead to it.
    File::open(folder)?.sync_all()?;
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

pub(super) fn as_recorded(sha256: [u8; 32], bytes: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    if digest::digest(&digest::SHA256, &bytes).as_ref() == sha256 {
        return Ok(bytes);
    }
    Err(damaged(sha256, "its bytes are not those that were recorded"))
}

/// Those of these digests that the record speaks of.
fn recorded(connection: &mut AnyConnection, digests: &[[u8; 32]]) -> Result<HashSet<[u8; 32]>, StoreError> {
    let wanted: Vec<Vec<u8>> = digests.iter().map(|digest| digest.to_vec()).collect();
    let query = documents::table.filter(documents::sha256.eq_any(wanted)).select(documents::sha256);
    let found: Vec<Vec<u8>> = on_backend!(connection, c => query.load(c))?;
    found.iter().map(|digest| stored_digest(digest)).collect()
}

pub(super) fn damaged(sha256: [u8; 32], what: &str) -> StoreError {
    StoreError::Damaged(format!("{}: {what}", hex::encode(sha256)))
}

pub(super) fn unread(sha256: [u8; 32], error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::NotFound => damaged(sha256, "its file is gone"),
        std::io::ErrorKind::UnexpectedEof => damaged(sha256, "its file is too short"),
        _ => StoreError::Unavailable(format!("a document cannot be read: {error}")),
    }
}
