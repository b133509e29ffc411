//! Marks of sweepers that are about to remove an object; why they are there is told in [`super`].
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use uuid::Uuid;

use super::BucketObjects;
use super::client::{Patience, Trouble};
use crate::store::documents::objects::Digest;

/// Where marks are, below the prefix of the documents.
pub(super) const MARKS: &str = ".condemned/";

/// How long a mark is heeded, and stays.
pub(super) const LIFE: Duration = Duration::from_secs(600);

/// How long after its mark was put a removal can reach the object: what the sweeper takes for its looks, and what the
/// signature of the removal is good for, with half a minute for clocks of the store that differ.
pub(super) const WORKS_FOR: Duration = Duration::from_secs(60);

/// A mark as a writer sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    name: String,
    /// Its removal has been done, or cannot come any more.
    pub is_done: bool,
}

/// More marks than a content ever has; a writer that meets so many waits as for one that is not done.
const MOST: usize = 100;

impl BucketObjects {
    /// The marks that are heeded.
    pub(super) fn marks(&self, sha256: &Digest) -> Result<Vec<Mark>, Trouble> {
        let page = self.list(&folder(sha256), None, MOST, Patience::FILING)?;
        // A mark is younger than nothing by the store's clock of whole seconds: not over, and heeded.
        let exceeds = |age: chrono::Duration, limit| age.to_std().is_ok_and(|age| age > limit);
        let marks = page.objects.into_iter().filter_map(|mark| {
            let age = mark.age(page.now);
            let is_over = mark.size > 0 || exceeds(age, WORKS_FOR);
            (!exceeds(age, LIFE)).then_some(Mark { name: mark.name, is_done: is_over && page.next.is_none() })
        });
        Ok(marks.collect())
    }

    /// Puts a new mark: its name in the bucket.
    pub(super) fn put_mark(&self, sha256: &Digest) -> Result<String, Trouble> {
        let name = format!("{}{}{}", self.client.prefix, folder(sha256), Uuid::new_v4());
        self.write_mark(&name, b"")?;
        Ok(name)
    }

    /// Tells writers that its removal has been done.
    pub(super) fn finish_mark(&self, name: &str) -> Result<(), Trouble> {
        self.write_mark(name, b"done")
    }

    fn write_mark(&self, name: &str, text: &[u8]) -> Result<(), Trouble> {
        self.write(name, text, STANDARD.encode(digest::digest(&digest::SHA256, text)), Patience::ONCE)
    }
}

fn folder(sha256: &Digest) -> String {
    format!("{MARKS}{}/", hex::encode(sha256))
}
