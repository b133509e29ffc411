//! What drafts may take up: they are kept for anyone who comes, so their number and their bytes have an end.
use chrono::{DateTime, Duration, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::AnyConnection;
use super::draft_schema::{draft_attachments, draft_uploads, drafts};
use super::drafts::{DraftKey, ids_of};
use super::error::StoreError;
use super::{Store, to_database};

/// What a draft without text and files is counted as, in bytes: its row.
const ROW: u64 = 512;
/// For how long a count of all drafts is good.
const COUNT_SECONDS: i64 = 10;

/// What drafts may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftLimits {
    /// How long an untouched draft is kept.
    pub life: chrono::Duration,
    /// The same of one that is kept for somebody who signs in, or has a private link.
    pub kept: chrono::Duration,
    /// For how long one that is over or was discarded can be restored.
    pub restore: chrono::Duration,
    /// Drafts of one browser that are not filed.
    pub per_browser: u32,
    /// Bytes of one draft's attachments together.
    pub attachments: u64,
    /// Bytes of all drafts together.
    pub all: u64,
}

impl Default for DraftLimits {
    fn default() -> Self {
        Self {
            life: chrono::Duration::hours(24),
            kept: chrono::Duration::days(30),
            restore: chrono::Duration::days(7),
            per_browser: 20,
            attachments: 50 << 20,
            all: 4 << 30,
        }
    }
}

/// What stands against a further draft or a further file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftsFull {
    /// The browser has as many drafts as it may.
    Browser,
    /// The draft's files have as many bytes as they may.
    Bytes,
    /// All drafts together take up what they may.
    All,
}

impl Store {
    /// Whether there is room for `more` bytes in drafts, of `key`'s browser or anyone's. `begins`: a draft is begun.
    ///
    /// Read beside the writer and not with it: two that come together may both be let in, which a limit of this kind
    /// bears, and nobody who files waits for the counting.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn drafts_room(
        &self,
        key: &DraftKey,
        limits: DraftLimits,
        more: u64,
        begins: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<DraftsFull>, StoreError> {
        let full = self.own_room(key.clone(), limits, more, begins, now).await?;
        if full.is_some() {
            return Ok(full);
        }
        if self.drafts_bytes(now).await?.saturating_add(more) > limits.all {
            return Ok(Some(DraftsFull::All));
        }
        // What is let in now counts at once, before all are counted anew.
        let counts = more.saturating_add(if begins { ROW } else { 0 });
        if let Ok(mut counted) = self.0.drafts_counted.lock() {
            *counted = counted.map(|(at, bytes)| (at, bytes.saturating_add(counts)));
        }
        Ok(None)
    }

    /// Whether there is room within what a browser, and one draft, may have.
    async fn own_room(
        &self,
        key: DraftKey,
        limits: DraftLimits,
        more: u64,
        begins: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<DraftsFull>, StoreError> {
        self.read(move |conn| {
            if begins {
                let ids = ids_of(conn, key.owner_sha256, key.holder_sha256)?;
                let open: i64 = drafts::table
                    .filter(drafts::id.eq_any(ids))
                    .filter(drafts::arrival_number.is_null())
                    .filter(drafts::removed_at.is_null())
                    .filter(drafts::expires_at.gt(to_database(now)))
                    .count()
                    .get_result(conn)?;
                if open >= i64::from(limits.per_browser) {
                    return Ok(Some(DraftsFull::Browser));
                }
            } else if more > 0 {
                let of_draft = draft_attachments::table.filter(draft_attachments::draft_id.eq(key.id));
                let files: i64 =
                    of_draft.select(sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)")).get_result(conn)?;
                if u64::try_from(files).unwrap_or(u64::MAX).saturating_add(more) > limits.attachments {
                    return Ok(Some(DraftsFull::Bytes));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Bytes of all drafts, as they were some seconds ago at most: however many people type at once, they are counted once.
    async fn drafts_bytes(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let counted = self.0.drafts_counted.lock().map(|counted| *counted).unwrap_or_default();
        let fresh = counted.filter(|(at, _)| (now - *at).abs() < Duration::seconds(COUNT_SECONDS));
        if let Some((_, bytes)) = fresh {
            return Ok(bytes);
        }
        let bytes = self.read(all_bytes).await?;
        if let Ok(mut counted) = self.0.drafts_counted.lock() {
            *counted = Some((now, bytes));
        }
        Ok(bytes)
    }
}

/// Bytes of all drafts. Both databases know a value's length without reading it.
fn all_bytes(conn: &mut AnyConnection) -> Result<u64, StoreError> {
    let sum = || sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)");
    let files: i64 = draft_attachments::table.select(sum()).get_result(conn)?;
    let uploads: i64 = draft_uploads::table.select(sum()).get_result(conn)?;
    let (rows, texts): (i64, i64) = drafts::table
        .select((
            sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
            sql::<BigInt>("CAST(COALESCE(SUM(OCTET_LENGTH(input)), 0) AS BIGINT)"),
        ))
        .get_result(conn)?;
    let [files, rows, texts] =
        [files.saturating_add(uploads), rows, texts].map(|number| u64::try_from(number).unwrap_or_default());
    Ok(files.saturating_add(texts).saturating_add(rows.saturating_mul(ROW)))
}
