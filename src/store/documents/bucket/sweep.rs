//! Takes away objects that no filing speaks of, old marks, and probes whose removal failed. Why no document of a filing
//! under way can go is told in [`super`].
use std::sync::PoisonError;
use std::time::Duration;

use chrono::{DateTime, Utc};
use jiff::Timestamp;

use super::client::{Patience, Trouble};
use super::list::{Listed, Page};
use super::{BucketObjects, marks, relative};
use crate::clock::Stopwatch;
use crate::store::documents::objects::{ASKED_AT_ONCE, Digest, IsKept, Swept};
use crate::store::error::StoreError;

/// Where probes are, below the prefix of the documents.
pub(super) const PROBES: &str = ".probe/";

/// How many objects are listed at a time: the most that stores give.
const PAGE: usize = 1000;

/// No page and no removal is begun after this: the round of background work has other things to do, and the next sweep
/// goes on where this one ended.
const TAKES_AT_MOST: Duration = Duration::from_secs(20);

/// How long the looks between mark and removal may take.
const LOOKS_TAKE: Duration = Duration::from_secs(10);

/// How long the store takes a removal after that. Together they are half of [`marks::WORKS_FOR`].
const REMOVAL_IS_GOOD_FOR: Duration = Duration::from_secs(20);

impl BucketObjects {
    /// Takes away what is older than `grace` and is not kept; `grace` is longer than any filing takes from its documents
    /// to its commit. Goes through the bucket in stretches, one a call where it is large.
    ///
    /// # Errors
    /// When bucket or record cannot be read; what was taken away before that was rightly so.
    pub fn sweep(&self, grace: Duration, is_kept: &mut IsKept<'_>) -> Result<Swept, StoreError> {
        let begun = Stopwatch::start();
        let mut swept = Swept::default();
        let mut after = self.swept_to.lock().unwrap_or_else(PoisonError::into_inner).clone();
        while begun.elapsed() < TAKES_AT_MOST {
            let page = self.list("", after.as_deref(), PAGE, Patience::SWEEP)?;
            let is_whole = self.sweep_page(&page, grace, is_kept, (&begun, &mut swept))?;
            if is_whole {
                after = page.next;
                self.swept_to.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&after);
            }
            if after.is_none() {
                break;
            }
        }
        Ok(swept)
    }

    /// Whether the time sufficed for the whole page.
    fn sweep_page(
        &self,
        page: &Page,
        grace: Duration,
        is_kept: &mut IsKept<'_>,
        (begun, swept): (&Stopwatch, &mut Swept),
    ) -> Result<bool, StoreError> {
        let mut old = Vec::new();
        for object in page.objects.iter().filter(|object| is_older(object, page.now, grace)) {
            if is_leftover(object, page.now) {
                self.remove(&format!("{}{}", self.client.prefix, object.name), None, Patience::SWEEP)?;
                swept.parts += 1;
            } else if let Some(digest) = digest_of(&object.name) {
                old.push(digest);
            }
        }
        for some in old.chunks(ASKED_AT_ONCE) {
            let kept = is_kept(some)?;
            for digest in some.iter().filter(|digest| !kept.contains(*digest)) {
                if begun.elapsed() >= TAKES_AT_MOST {
                    return Ok(false);
                }
                swept.objects += usize::from(self.remove_orphan(digest, grace, is_kept)?);
            }
        }
        Ok(true)
    }

    /// Removes one object, if it is old and still nobody's now that it is marked.
    fn remove_orphan(&self, digest: &Digest, grace: Duration, is_kept: &mut IsKept<'_>) -> Result<bool, StoreError> {
        let looked = Stopwatch::start();
        let mark = self.put_mark(digest)?;
        let found = self.list(&relative(digest), None, 1, Patience::ONCE)?;
        let is_old = found.objects.first().is_some_and(|object| is_older(object, found.now, grace));
        let is_orphan = is_old && !is_kept(&[*digest])?.contains(digest);
        if !is_orphan || looked.elapsed() > LOOKS_TAKE {
            // Nothing is removed under this mark, so no writer has to know of it.
            self.remove(&mark, None, Patience::ONCE)?;
            return Ok(false);
        }
        let at = Timestamp::from_second(found.now.timestamp())
            .map_err(|_| Trouble::Away("its date is out of range".to_owned()))?;
        self.remove(&self.object(digest), Some((at, REMOVAL_IS_GOOD_FOR)), Patience::ONCE)?;
        self.finish_mark(&mark)?;
        Ok(true)
    }
}

fn is_older(object: &Listed, now: DateTime<Utc>, grace: Duration) -> bool {
    object.age(now).to_std().is_ok_and(|age| age > grace)
}

/// A mark that nobody heeds any more, or a probe.
fn is_leftover(object: &Listed, now: DateTime<Utc>) -> bool {
    object.name.starts_with(PROBES) || (object.name.starts_with(marks::MARKS) && is_older(object, now, 2 * marks::LIFE))
}

/// The digest that a name is of; anything else in the bucket is not ours to judge.
fn digest_of(name: &str) -> Option<Digest> {
    let (shelf, name) = name.split_once('/')?;
    let mut digest = [0; 32];
    hex::decode_to_slice(name, &mut digest).ok()?;
    (name.starts_with(shelf) && shelf.len() == 2).then_some(digest)
}
