//! Large documents, wherever they are: files of a folder ([`FileObjects`]) or objects of a bucket ([`BucketObjects`]).
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::bucket::BucketObjects;
use super::bucket::options::BucketOptions;
use super::files::FileObjects;
use super::unread;
use crate::store::error::StoreError;

/// How many digests the record is asked about at a time.
pub(super) const ASKED_AT_ONCE: usize = 500;

/// A document's digest.
pub type Digest = [u8; 32];

/// Tells which of these digests the record speaks of.
pub type IsKept<'a> = dyn FnMut(&[Digest]) -> Result<HashSet<Digest>, StoreError> + 'a;

/// What a sweep took away.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Documents that no filing speaks of.
    pub objects: usize,
    /// What else was left: files whose writing was cut short, old marks and probes of a bucket.
    pub parts: usize,
}

/// Where large documents go.
#[derive(Debug, Clone)]
pub enum ObjectsAt {
    /// Into the folder of documents.
    Folder,
    /// Into a bucket.
    Bucket(Box<BucketOptions>),
}

/// Large documents.
#[derive(Debug, Clone)]
pub enum Objects {
    /// Files.
    Files(FileObjects),
    /// Objects of a bucket.
    Bucket(Arc<BucketObjects>),
}

impl Objects {
    /// Writes a document, so that it is on disk; where it is there already it is replaced by the same bytes and young
    /// again.
    ///
    /// # Errors
    /// When disk or bucket does not take it.
    pub fn put(&self, sha256: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Files(files) => Ok(files.put(sha256, bytes)?),
            Self::Bucket(bucket) => bucket.put(sha256, bytes),
        }
    }

    /// Writes something and takes it away: whether a document could be written now.
    ///
    /// # Errors
    /// When disk or bucket does not take it.
    pub fn probe(&self) -> Result<(), StoreError> {
        match self {
            Self::Files(files) => Ok(files.probe()?),
            Self::Bucket(bucket) => bucket.probe(),
        }
    }

    /// Reads a document of `size` bytes; the caller checks its digest.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is gone or longer; [`StoreError::Unavailable`] when it cannot be read now.
    pub fn read(&self, sha256: &Digest, size: i64) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Files(files) => files.read(sha256).map_err(|error| unread(*sha256, &error)),
            Self::Bucket(bucket) => bucket.read(sha256, size),
        }
    }

    /// Takes away what is older than `grace` and is not kept. `grace` is longer than any filing takes from its documents
    /// to its commit.
    ///
    /// # Errors
    /// When disk, bucket or record cannot be read; what was taken away before that was rightly so.
    pub fn sweep(&self, grace: Duration, is_kept: &mut IsKept<'_>) -> Result<Swept, StoreError> {
        match self {
            Self::Files(files) => files.sweep(grace, is_kept),
            Self::Bucket(bucket) => bucket.sweep(grace, is_kept),
        }
    }
}
