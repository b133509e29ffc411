//! Large documents in a bucket of an S3 store: an object each, `<prefix>/<aa>/<digest>`, put there before the transaction
//! that speaks of it. The store must show what was written to whoever reads or lists after it, as Amazon's does.
//!
//! # Writing beside a sweep
//! There is no lock that every gateway and the store share. What stands in for it is an order of steps:
//!
//! - A sweeper first puts a **mark** `.condemned/<digest>/<sweeper>`, *then* looks how old the object is, and removes it
//!   only when it is older than the grace and the record does not speak of it. Its removal reaches the object at most
//!   [`marks::WORKS_FOR`] after the mark was put: it is signed beforehand with the store's own time and for a short while,
//!   so that the store refuses it afterwards wherever it lingered. When the store has answered, the mark is made `done`.
//! - A writer puts the object, which makes it young, *then* looks for marks. One that is put later is of a sweeper who
//!   will find the object young. One that is there may be of a sweeper who looked before: the writer puts the object again
//!   until it was put after every mark had been done. Marks stay for [`marks::LIFE`], so none can come and go unseen
//!   between the two steps of a writer.
//!
//! A sweeper that dies in between leaves a mark, which counts as done once its removal cannot arrive any more.
//!
//! All this holds between gateways of one database. A prefix belongs to one database: another's sweepers would find
//! nobody who speaks of its objects.
pub mod client;
mod list;
mod marks;
pub mod options;
mod sweep;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use rusty_s3::S3Action as _;
use uuid::Uuid;

use super::damaged;
use super::objects::Digest;
use crate::clock::Stopwatch;
use crate::store::error::StoreError;
use client::{Call, Client, Patience, Trouble};
use options::BucketOptions;

/// Lets the store refuse what did not arrive whole.
const CHECKSUM: &str = "x-amz-checksum-sha256";

/// How long a filing waits for a sweeper that holds the same content.
const WAITS: Duration = Duration::from_secs(8);

/// How long it pauses meanwhile.
const PAUSE: Duration = Duration::from_millis(250);

/// Large documents as objects of a bucket. Cloning gives another handle to the same.
#[derive(Debug, Clone)]
pub struct BucketObjects {
    client: Client,
    /// After which name the next sweep goes on; none: at the beginning.
    swept_to: Arc<Mutex<Option<String>>>,
}

impl BucketObjects {
    /// Those of a bucket, which is not asked yet.
    pub fn new(options: &BucketOptions) -> Self {
        Self { client: Client::new(options), swept_to: Arc::default() }
    }

    /// Whether the bucket is there and can be listed with these credentials.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), Trouble> {
        self.list("", None, 1, Patience::FILING).map(drop)
    }

    /// Puts a document, so that it stays whatever sweepers do meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store does not take it now, or a sweeper holds the content for too long.
    pub fn put(&self, sha256: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let waited = Stopwatch::start();
        let patience = Patience::FILING.for_bytes(bytes.len() as u64);
        let mut seen_before = None;
        loop {
            let begun = Stopwatch::start();
            self.write(&self.object(sha256), bytes, STANDARD.encode(sha256), patience)?;
            let marks = self.marks(sha256)?;
            // An older mark than that may have left the list before it was looked at.
            let in_time = begun.elapsed() < marks::LIFE - marks::WORKS_FOR;
            let done = marks.iter().all(|mark| mark.is_done);
            if in_time && (marks.is_empty() || done && seen_before.as_ref() == Some(&marks)) {
                return Ok(());
            }
            if waited.elapsed() > WAITS {
                return Err(StoreError::Unavailable("the bucket of documents: this content is being swept".to_owned()));
            }
            if !done {
                std::thread::sleep(PAUSE);
            }
            seen_before = Some(marks);
        }
    }

    /// Puts an object of its own name and takes it away.
    ///
    /// # Errors
    /// When the store does not take it.
    pub fn probe(&self) -> Result<(), StoreError> {
        let (name, text) = (format!("{}{}{}", self.client.prefix, sweep::PROBES, Uuid::new_v4()), b"a probe");
        let checksum = STANDARD.encode(digest::digest(&digest::SHA256, text));
        self.write(&name, text, checksum, Patience::PROBE)?;
        Ok(self.remove(&name, None, Patience::PROBE)?)
    }

    /// Reads a document of `size` bytes; the caller checks its digest.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is gone or longer; [`StoreError::Unavailable`] when it cannot be read now.
    pub fn read(&self, sha256: &Digest, size: i64) -> Result<Vec<u8>, StoreError> {
        let size = u64::try_from(size).unwrap_or_default();
        let name = self.object(sha256);
        let action = self.client.bucket.get_object(Some(&self.client.credentials), &name);
        // One byte more shows that it is longer.
        let call = Call { limit: size + 1, ..Call::plain(action) };
        match self.client.send(&call, Patience::FILING.for_bytes(size)) {
            Ok(answer) => Ok(answer.bytes),
            Err(Trouble::Missing) => Err(damaged(*sha256, "its object is gone")),
            Err(Trouble::TooLong) => Err(damaged(*sha256, "its object is too long")),
            Err(trouble) => Err(trouble.into()),
        }
    }

    fn write(&self, name: &str, bytes: &[u8], checksum: String, patience: Patience) -> Result<(), Trouble> {
        let mut action = self.client.bucket.put_object(Some(&self.client.credentials), name);
        action.headers_mut().insert(CHECKSUM, checksum.clone());
        let call = Call { body: Some(bytes), header: Some((CHECKSUM, checksum)), ..Call::plain(action) };
        self.client.send(&call, patience).map(drop)
    }

    /// Removes an object; one that is not there is no trouble. `signed` is when and for how long the request is good.
    fn remove(
        &self,
        name: &str,
        signed: Option<(jiff::Timestamp, Duration)>,
        patience: Patience,
    ) -> Result<(), Trouble> {
        let action = self.client.bucket.delete_object(Some(&self.client.credentials), name);
        match self.client.send(&Call { signed, ..Call::plain(action) }, patience) {
            Ok(_) | Err(Trouble::Missing) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }

    fn object(&self, sha256: &Digest) -> String {
        format!("{}{}", self.client.prefix, relative(sha256))
    }
}

/// The name below the prefix, made of a digest alone, never of a file name.
fn relative(sha256: &Digest) -> String {
    let digest = hex::encode(sha256);
    let (shelf, _) = digest.split_at(2);
    format!("{shelf}/{digest}")
}
