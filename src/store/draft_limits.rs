//! What drafts may take up: they are kept for anyone who comes, so their number and their bytes have an end.
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::AnyConnection;
use super::drafts::DraftKey;
use super::error::StoreError;
use super::schema::{draft_attachments, drafts};
use super::{Store, to_database};

/// What a draft without text and files is counted as, in bytes: its row.
const ROW: u64 = 512;

/// What drafts may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftLimits {
    /// How long an untouched draft is kept.
    pub life: chrono::Duration,
    /// Drafts of one browser that are not filed.
    pub per_browser: u32,
    /// Bytes of one draft's attachments together.
    pub attachments: u64,
    /// Bytes of all drafts together.
    pub all: u64,
}

impl Default for DraftLimits {
    fn default() -> Self {
        Self { life: chrono::Duration::hours(24), per_browser: 20, attachments: 50 << 20, all: 4 << 30 }
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
        let key = key.clone();
        self.read(move |conn| {
            if begins {
                let open: i64 = drafts::table
                    .filter(drafts::owner_sha256.eq(key.owner_sha256.to_vec()))
                    .filter(drafts::arrival_number.is_null())
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
            let full = all_bytes(conn)?.saturating_add(more) > limits.all;
            Ok(full.then_some(DraftsFull::All))
        })
        .await
    }
}

/// Bytes of all drafts. Both databases know a value's length without reading it.
fn all_bytes(conn: &mut AnyConnection) -> Result<u64, StoreError> {
    let files: i64 =
        draft_attachments::table.select(sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)")).get_result(conn)?;
    let (rows, texts): (i64, i64) = drafts::table
        .select((
            sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
            sql::<BigInt>("CAST(COALESCE(SUM(OCTET_LENGTH(input)), 0) AS BIGINT)"),
        ))
        .get_result(conn)?;
    let [files, rows, texts] = [files, rows, texts].map(|number| u64::try_from(number).unwrap_or_default());
    Ok(files.saturating_add(texts).saturating_add(rows.saturating_mul(ROW)))
}
