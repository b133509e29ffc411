//! How long drafts live: lists of them, discarding and restoring, private links, and deleting those whose time is over.
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use super::after_schema::draft_corrections;
use super::connection::{AnyConnection, on_backend};
use super::draft_schema::{draft_attachments, draft_browsers, draft_parked, drafts};
use super::drafts::{DraftKey, ids_of, of_key_also_removed, open_id};
use super::error::StoreError;
use super::one_of::one_of;
use super::{Store, from_database, to_database};

/// The most drafts that a list shows.
const LISTED: i64 = 50;
/// The most that one round deletes: nobody who files waits for long.
const A_ROUND: i64 = 100;

/// A draft as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDraft {
    /// Its address.
    pub id: String,
    /// Code of the procedure.
    pub procedure: String,
    /// When it was saved last, or begun.
    pub saved_at: DateTime<Utc>,
    /// Until when it can be gone on with; where it is over or was discarded, until when it can be restored.
    pub until: DateTime<Utc>,
    /// Whether it is over or was discarded.
    pub is_over: bool,
}

impl Store {
    /// The drafts of a browser and of whoever is signed in that are not filed: those that can be gone on with, then those that
    /// can be restored for `restore` after their end, each with what was saved last first.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn drafts_of(
        &self,
        owner_sha256: [u8; 32],
        holder_sha256: Option<[u8; 32]>,
        restore: Duration,
        now: DateTime<Utc>,
    ) -> Result<Vec<ListedDraft>, StoreError> {
        type Row = (
            String,
            String,
            chrono::NaiveDateTime,
            Option<chrono::NaiveDateTime>,
            chrono::NaiveDateTime,
            Option<chrono::NaiveDateTime>,
        );
        let rows: Vec<Row> = self
            .look_up_together(move |conn| {
                let ids = ids_of(conn, owner_sha256, holder_sha256)?;
                let newest = drafts::table
                    .filter(drafts::arrival_number.is_null())
                    .filter(drafts::expires_at.gt(to_database(now - restore)))
                    .order(drafts::created_at.desc())
                    .limit(LISTED)
                    .select((
                        drafts::id,
                        drafts::procedure,
                        drafts::created_at,
                        drafts::saved_at,
                        drafts::expires_at,
                        drafts::removed_at,
                    ));
                Ok(match conn {
                    AnyConnection::Sqlite(c) => newest.filter(one_of(drafts::id, &ids)).load(c)?,
                    AnyConnection::Postgresql(c) => newest.filter(drafts::id.eq_any(ids)).load(c)?,
                })
            })
            .await?;
        let one = |(id, procedure, created_at, saved_at, expires_at, removed_at): Row| {
            let expires_at = from_database(expires_at);
            let over = removed_at.map(from_database).unwrap_or(expires_at).min(expires_at);
            let is_over = over <= now;
            let until = if is_over { over + restore } else { expires_at };
            let saved_at = from_database(saved_at.unwrap_or(created_at));
            ListedDraft { id, procedure, saved_at, until, is_over }
        };
        let mut listed: Vec<_> = rows.into_iter().map(one).filter(|draft| draft.until > now).collect();
        listed.sort_by_key(|draft| (draft.is_over, std::cmp::Reverse(draft.saved_at)));
        Ok(listed)
    }

    /// The drafts of a browser that nothing else opens: no card holds them, and no private link was made.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn drafts_only_here(
        &self,
        owner_sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Vec<ListedDraft>, StoreError> {
        type Row = (String, String, chrono::NaiveDateTime, Option<chrono::NaiveDateTime>, chrono::NaiveDateTime);
        let rows: Vec<Row> = self
            .look_up(move |conn| {
                let mine = drafts::table
                    .filter(drafts::owner_sha256.eq(owner_sha256.to_vec()))
                    .filter(drafts::arrival_number.is_null().and(drafts::removed_at.is_null()))
                    .filter(drafts::holder_sha256.is_null().and(drafts::link_sha256.is_null()))
                    .filter(drafts::expires_at.gt(to_database(now)));
                let newest = mine.order(drafts::created_at.desc()).limit(LISTED);
                let columns = (drafts::id, drafts::procedure, drafts::created_at, drafts::saved_at, drafts::expires_at);
                Ok(on_backend!(&mut *conn, c => newest.select(columns).load(c))?)
            })
            .await?;
        let one = |(id, procedure, created_at, saved_at, expires_at): Row| {
            let saved_at = from_database(saved_at.unwrap_or(created_at));
            ListedDraft { id, procedure, saved_at, until: from_database(expires_at), is_over: false }
        };
        Ok(rows.into_iter().map(one).collect())
    }

    /// Discards a draft; it can be restored for some days.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_discard(&self, key: DraftKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(id) = open_id(conn, &key)? else { return Ok(()) };
            diesel::update(drafts::table.find(id)).set(drafts::removed_at.eq(Some(to_database(now)))).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Restores a draft that was discarded, or whose time was over, `restore` ago at most; it is kept until `expires_at`.
    /// Tells whether there is one.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_restore(
        &self,
        key: DraftKey,
        restore: Duration,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let since = to_database(now - restore);
            let found: Option<(String, chrono::NaiveDateTime)> = of_key_also_removed!(key)
                .filter(drafts::arrival_number.is_null())
                .filter(drafts::expires_at.gt(since))
                .filter(drafts::removed_at.is_null().or(drafts::removed_at.gt(Some(since))))
                .select((drafts::id, drafts::expires_at))
                .first(conn)
                .optional()?;
            let Some((id, before)) = found else { return Ok(false) };
            let columns = (
                drafts::removed_at.eq(None::<chrono::NaiveDateTime>),
                drafts::expires_at.eq(before.max(to_database(expires_at))),
            );
            diesel::update(drafts::table.find(id)).set(columns).execute(conn)?;
            Ok(true)
        })
        .await
    }

    /// Gives a draft a private link, in place of the one that it has, and keeps it until `expires_at`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_give_link(
        &self,
        key: DraftKey,
        link_sha256: [u8; 32],
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            let Some(id) = open_id(conn, &key)? else { return Ok(()) };
            let draft = drafts::table.find(id);
            let before: chrono::NaiveDateTime = draft.clone().select(drafts::expires_at).first(conn)?;
            let columns = (
                drafts::link_sha256.eq(Some(link_sha256.to_vec())),
                drafts::expires_at.eq(before.max(to_database(expires_at))),
            );
            diesel::update(draft).set(columns).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Keeps a draft for whoever is signed in, where it is nobody's yet, until `expires_at`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_give_holder(&self, key: DraftKey, expires_at: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let (Some(id), Some(holder)) = (open_id(conn, &key)?, key.holder_sha256) else { return Ok(()) };
            let draft = drafts::table.find(id).filter(drafts::holder_sha256.is_null());
            let columns =
                (drafts::holder_sha256.eq(Some(holder.to_vec())), drafts::expires_at.eq(to_database(expires_at)));
            diesel::update(draft).set(columns).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// The procedure of the draft behind a private link, unless it is filed, discarded or over.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn draft_of_link(
        &self,
        link_sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(String, String)>, StoreError> {
        self.read(move |conn| of_link(conn, link_sha256, now)).await
    }

    /// Opens a draft to a browser by its private link, and gives its address.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_open_by_link(
        &self,
        link_sha256: [u8; 32],
        owner_sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        self.write(move |conn| {
            let Some((id, _)) = of_link(conn, link_sha256, now)? else { return Ok(None) };
            let row = (draft_browsers::owner_sha256.eq(owner_sha256.to_vec()), draft_browsers::draft_id.eq(id.clone()));
            diesel::delete(draft_browsers::table.find((owner_sha256.to_vec(), id.clone()))).execute(conn)?;
            diesel::insert_into(draft_browsers::table).values(row).execute(conn)?;
            Ok(Some(id))
        })
        .await
    }

    /// Deletes drafts that were over or discarded more than `restore` ago, a bounded number of them, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn drafts_expire(&self, restore: Duration, now: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let before = to_database(now - restore);
            let over = drafts::table.filter(drafts::expires_at.le(before));
            let mut ids: Vec<String> = over.select(drafts::id).limit(A_ROUND).load(conn)?;
            let discarded = drafts::table.filter(drafts::removed_at.le(Some(before)));
            ids.extend(discarded.select(drafts::id).limit(A_ROUND).load::<String>(conn)?);
            delete(conn, &ids)?;
            super::draft_uploads::delete_stale(conn, now)?;
            let hour = to_database(now - Duration::hours(1));
            diesel::delete(draft_parked::table.filter(draft_parked::parked_at.le(hour))).execute(conn)?;
            Ok(ids.len())
        })
        .await
    }
}

fn of_link(
    conn: &mut AnyConnection,
    link_sha256: [u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<(String, String)>, StoreError> {
    Ok(drafts::table
        .filter(drafts::link_sha256.eq(Some(link_sha256.to_vec())))
        .filter(drafts::removed_at.is_null())
        .filter(drafts::arrival_number.is_null())
        .filter(drafts::expires_at.gt(to_database(now)))
        .select((drafts::id, drafts::procedure))
        .first(conn)
        .optional()?)
}

fn delete(conn: &mut AnyConnection, ids: &[String]) -> Result<(), StoreError> {
    super::draft_uploads::delete_of(conn, ids)?;
    super::draft_addresses::forget_of(conn, ids)?;
    let corrections = draft_corrections::table.filter(draft_corrections::draft_id.eq_any(ids.to_vec()));
    diesel::delete(corrections).execute(conn)?;
    diesel::delete(draft_attachments::table.filter(draft_attachments::draft_id.eq_any(ids.to_vec()))).execute(conn)?;
    diesel::delete(draft_browsers::table.filter(draft_browsers::draft_id.eq_any(ids.to_vec()))).execute(conn)?;
    diesel::delete(drafts::table.filter(drafts::id.eq_any(ids.to_vec()))).execute(conn)?;
    Ok(())
}
