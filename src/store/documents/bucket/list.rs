//! What is in a bucket, by the store's clock.
use chrono::{DateTime, Duration, Utc};
use rusty_s3::actions::ListObjectsV2;

use super::BucketObjects;
use super::client::{Call, Patience, Trouble};

/// A stretch of a list.
pub(super) struct Page {
    /// What time it was by the store's clock.
    pub now: DateTime<Utc>,
    pub objects: Vec<Listed>,
    /// After which name it goes on; none: this was the last.
    pub next: Option<String>,
}

/// An object.
pub(super) struct Listed {
    /// Its name without the documents' prefix.
    pub name: String,
    pub written: DateTime<Utc>,
    pub size: u64,
}

impl Listed {
    /// How long ago it was written.
    pub fn age(&self, now: DateTime<Utc>) -> Duration {
        now - self.written
    }
}

impl BucketObjects {
    /// At most `most` of the objects whose name begins so, after `after`.
    pub(super) fn list(
        &self,
        beginning: &str,
        after: Option<&str>,
        most: usize,
        patience: Patience,
    ) -> Result<Page, Trouble> {
        let client = &self.client;
        let mut action = client.bucket.list_objects_v2(Some(&client.credentials));
        action.with_prefix(format!("{}{beginning}", client.prefix));
        action.with_max_keys(most);
        if let Some(after) = after {
            action.with_start_after(format!("{}{after}", client.prefix));
        }
        let answer = client.send(&Call::plain(action), patience)?;
        let now = answer.date.ok_or_else(|| Trouble::Away("its answer has no date".to_owned()))?;
        let unread = || Trouble::Away("its list cannot be read".to_owned());
        let text = std::str::from_utf8(&answer.bytes).map_err(|_| unread())?;
        let list = ListObjectsV2::parse_response(text).map_err(|_| unread())?;
        let mut objects = Vec::with_capacity(list.contents.len());
        let mut last = None;
        for object in list.contents {
            let name = object.key.strip_prefix(&client.prefix).ok_or_else(unread)?.to_owned();
            let written = object.last_modified.as_deref().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
            let written = written.ok_or_else(unread)?.to_utc();
            last = Some(name.clone());
            objects.push(Listed { name, written, size: object.size.unwrap_or_default() });
        }
        // Going on after a name lets a later sweep go on too, which a token of the store's may not.
        let next = list.next_continuation_token.and(last);
        Ok(Page { now, objects, next })
    }
}
