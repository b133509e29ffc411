//! Where somebody is told by mail that their draft ends soon: an address a draft, confirmed by the link in a first mail, and
//! deleted with the draft.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::{draft_addresses, mails};
use super::connection::AnyConnection;
use super::draft_schema::drafts;
use super::drafts::{DraftKey, open_id};
use super::mails::{Asked, MailKind, To, is_waiting, queue};
use super::{Store, StoreError, from_database, to_database};

/// The most mails to confirm that one draft sends, so that nobody is plagued through it.
const MOST_ASKED: i32 = 3;
/// Told so long before a draft ends, or after three quarters of its time where that is less.
const AHEAD: Duration = Duration::days(1);
/// The most drafts whose end is told in one round.
const A_ROUND: i64 = 200;

/// A draft's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftAddress {
    /// Random: the name in links.
    pub id: String,
    /// The address.
    pub address: String,
    /// Whether it was confirmed.
    pub confirmed: bool,
}

impl Store {
    /// Notes the address of a draft in the place of the one before, and the mail that asks for it to be confirmed. `id` is
    /// random.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is no such draft for that key, or it is filed.
    pub async fn draft_address_ask(
        &self,
        key: DraftKey,
        id: String,
        address: String,
        language: &'static str,
        now: DateTime<Utc>,
    ) -> Result<Asked, StoreError> {
        self.write(move |conn| {
            let draft = open_id(conn, &key)?.ok_or(StoreError::NotFound)?;
            let of_draft = draft_addresses::table.filter(draft_addresses::draft_id.eq(&draft));
            let before: Option<(String, String, String, i32)> = of_draft
                .select((draft_addresses::id, draft_addresses::address, draft_addresses::state, draft_addresses::asked))
                .first(conn)
                .optional()?;
            let asked = before.as_ref().map_or(0, |before| before.3);
            if before.as_ref().is_some_and(|before| before.1 == address && before.2 == "confirmed") {
                return Ok(Asked::Known);
            }
            if asked >= MOST_ASKED {
                return Ok(Asked::TooMany);
            }
            forget_of(conn, std::slice::from_ref(&draft))?;
            let row = (
                draft_addresses::id.eq(&id),
                draft_addresses::draft_id.eq(&draft),
                draft_addresses::address.eq(&address),
                draft_addresses::language.eq(language),
                draft_addresses::state.eq("asked"),
                draft_addresses::asked.eq(asked + 1),
                draft_addresses::asked_at.eq(to_database(now)),
            );
            diesel::insert_into(draft_addresses::table).values(row).execute(conn)?;
            queue(conn, To::Draft(&id), MailKind::DraftConfirm, to_database(now))?;
            Ok(Asked::Done)
        })
        .await
    }

    /// The address of a draft, if it has one that was not stopped.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn draft_address_of(&self, draft_id: String) -> Result<Option<DraftAddress>, StoreError> {
        let found: Option<(String, String, String)> = self
            .read(move |conn| {
                Ok(draft_addresses::table
                    .filter(draft_addresses::draft_id.eq(draft_id))
                    .filter(draft_addresses::address.ne(""))
                    .select((draft_addresses::id, draft_addresses::address, draft_addresses::state))
                    .first(conn)
                    .optional()?)
            })
            .await?;
        Ok(found.map(|(id, address, state)| DraftAddress { id, address, confirmed: state == "confirmed" }))
    }

    /// Puts into the outbox that drafts end soon, once for each end, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn draft_ends_tell(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        type Row = (String, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>);
        self.write(move |conn| {
            let untold =
                draft_addresses::told_for.is_null().or(draft_addresses::told_for.ne(drafts::expires_at.nullable()));
            let rows: Vec<Row> = draft_addresses::table
                .inner_join(drafts::table)
                .filter(draft_addresses::state.eq("confirmed"))
                .filter(drafts::arrival_number.is_null())
                .filter(drafts::removed_at.is_null())
                .filter(drafts::expires_at.gt(to_database(now)))
                .filter(drafts::expires_at.le(to_database(now + AHEAD)))
                .filter(untold)
                .limit(A_ROUND)
                .select((draft_addresses::id, drafts::expires_at, drafts::created_at, drafts::saved_at))
                .load(conn)?;
            let mut told = 0;
            for (id, expires_at, created_at, saved_at) in rows {
                let (end, from) = (from_database(expires_at), from_database(saved_at.unwrap_or(created_at)));
                if now < end - AHEAD.min((end - from) / 4) {
                    continue;
                }
                let row = draft_addresses::table.find(&id);
                diesel::update(row).set(draft_addresses::told_for.eq(Some(expires_at))).execute(conn)?;
                queue(conn, To::Draft(&id), MailKind::DraftEnds, to_database(now))?;
                told += 1;
            }
            Ok(told)
        })
        .await
    }
}

/// Deletes the addresses of drafts, and what waits for them.
pub(super) fn forget_of(conn: &mut AnyConnection, drafts: &[String]) -> Result<(), StoreError> {
    let of_drafts = draft_addresses::table.filter(draft_addresses::draft_id.eq_any(drafts.to_vec()));
    let ids: Vec<String> = of_drafts.select(draft_addresses::id).load(conn)?;
    if ids.is_empty() { Ok(()) } else { forget(conn, &ids) }
}

fn forget(conn: &mut AnyConnection, ids: &[String]) -> Result<(), StoreError> {
    let of_ids: Vec<Option<String>> = ids.iter().cloned().map(Some).collect();
    diesel::delete(mails::table.filter(mails::draft_address_id.eq_any(of_ids))).execute(conn)?;
    diesel::delete(draft_addresses::table.filter(draft_addresses::id.eq_any(ids.to_vec()))).execute(conn)?;
    Ok(())
}

/// Whom a mail to a draft's address goes to: its identifier, itself, and the tag of its language.
pub(super) fn to(conn: &mut AnyConnection, id: &str) -> Result<Option<(String, String, String)>, StoreError> {
    let columns = (draft_addresses::id, draft_addresses::address, draft_addresses::language);
    Ok(draft_addresses::table.find(id).select(columns).first(conn).optional()?)
}

/// Where a draft's address stands, as [`Store::mail_address_state`] tells it of a filing's.
pub(super) fn state(conn: &mut AnyConnection, id: &str) -> Result<Option<String>, StoreError> {
    Ok(draft_addresses::table.find(id).select(draft_addresses::state).first(conn).optional()?)
}

/// Confirms a draft's address that was asked after `since`; whether it is confirmed now.
pub(super) fn confirm(conn: &mut AnyConnection, id: &str, since: NaiveDateTime) -> Result<bool, StoreError> {
    let asked = draft_addresses::table.find(id).filter(draft_addresses::state.eq("asked"));
    let asked = asked.filter(draft_addresses::asked_at.gt(since));
    diesel::update(asked).set(draft_addresses::state.eq("confirmed")).execute(conn)?;
    Ok(state(conn, id)?.as_deref() == Some("confirmed"))
}

/// Stops mails to a draft's address and forgets it; what waits for it is dropped.
pub(super) fn stop(conn: &mut AnyConnection, id: &str, now: NaiveDateTime) -> Result<(), StoreError> {
    let columns = (draft_addresses::address.eq(""), draft_addresses::state.eq("stopped"));
    diesel::update(draft_addresses::table.find(id)).set(columns).execute(conn)?;
    let waiting = mails::table.filter(mails::draft_address_id.eq(Some(id))).filter(is_waiting());
    diesel::update(waiting).set((mails::state.eq("dropped"), mails::state_at.eq(now))).execute(conn)?;
    Ok(())
}

/// Forgets the addresses that were asked before `since` and never confirmed.
pub(super) fn expire(conn: &mut AnyConnection, since: NaiveDateTime) -> Result<usize, StoreError> {
    let asked = draft_addresses::table.filter(draft_addresses::state.eq("asked"));
    let over: Vec<String> = asked.filter(draft_addresses::asked_at.le(since)).select(draft_addresses::id).load(conn)?;
    over.iter().try_for_each(|id| stop(conn, id, since))?;
    Ok(over.len())
}
