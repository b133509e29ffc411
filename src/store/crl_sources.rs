//! Sources of revocation lists, shared by all gateways: one takes a source that is due in hand (a lease, by a conditional
//! UPDATE), asks it, and notes how that ended; the others take the lists from the archive. A lease that ran out is another's.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::crl_sources;
use super::{Store, from_database, stored_digest, to_database};

/// What the record knows of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// SHA-256 of its URL.
    pub key: [u8; 32],
    /// What operators call it.
    pub name: String,
    /// ETag of the answer that its lists came with.
    pub etag: Option<String>,
    /// Last-Modified of that answer.
    pub last_modified: Option<String>,
    /// Hex SHA-256 of the lists that it gave last.
    pub lists: Vec<String>,
    /// nextUpdate of the first of them to end.
    pub next_update: Option<DateTime<Utc>>,
    /// From when on its failing is told.
    pub look_from: Option<DateTime<Utc>>,
    /// When it was asked last.
    pub last_tried: Option<DateTime<Utc>>,
    /// When it last gave lists, or said that they are still the same.
    pub last_success: Option<DateTime<Utc>>,
    /// How often in a row it has failed.
    pub failures: u32,
    /// Code and sentence of the last failure, where the last look was one.
    pub last_failure: Option<(String, String)>,
    /// When it is asked next.
    pub next_due: DateTime<Utc>,
    /// Until when a gateway has it in hand.
    pub leased_until: Option<DateTime<Utc>>,
}

/// How a look at a source ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSuccess {
    /// ETag of the answer.
    pub etag: Option<String>,
    /// Last-Modified of the answer.
    pub last_modified: Option<String>,
    /// Hex SHA-256 of the lists.
    pub lists: Vec<String>,
    /// nextUpdate of the first of them to end.
    pub next_update: Option<DateTime<Utc>>,
    /// From when on its failing is told.
    pub look_from: Option<DateTime<Utc>>,
}

/// How a look at a source failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFailure {
    /// The stable code.
    pub code: &'static str,
    /// A sentence without a URL.
    pub detail: String,
}

/// Who may take a source in hand, and when.
#[derive(Debug, Clone)]
pub struct SourceLease {
    /// Which gateway.
    pub by: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when it is its.
    pub until: DateTime<Utc>,
    /// Where filings wait: it may be taken although it is not due, if it was asked last before this.
    pub or_last_tried_before: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = crl_sources)]
struct Row {
    url_sha256: Vec<u8>,
    name: String,
    etag: Option<String>,
    last_modified: Option<String>,
    lists: String,
    next_update: Option<NaiveDateTime>,
    look_from: Option<NaiveDateTime>,
    last_tried: Option<NaiveDateTime>,
    last_success: Option<NaiveDateTime>,
    failures: i32,
    last_code: Option<String>,
    last_detail: Option<String>,
    next_due: NaiveDateTime,
    leased_until: Option<NaiveDateTime>,
}

impl Row {
    fn state(self) -> Result<SourceState, StoreError> {
        Ok(SourceState {
            key: stored_digest(&self.url_sha256)?,
            name: self.name,
            etag: self.etag,
            last_modified: self.last_modified,
            lists: self.lists.split_whitespace().map(str::to_owned).collect(),
            next_update: self.next_update.map(from_database),
            look_from: self.look_from.map(from_database),
            last_tried: self.last_tried.map(from_database),
            last_success: self.last_success.map(from_database),
            failures: u32::try_from(self.failures).unwrap_or(0),
            last_failure: self.last_code.map(|code| (code, self.last_detail.unwrap_or_default())),
            next_due: from_database(self.next_due),
            leased_until: self.leased_until.map(from_database),
        })
    }
}

impl Store {
    /// Makes rows for sources (key and name) that have none, due at once; a name that was changed is the new one.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn crl_source_ensure(
        &self,
        sources: Vec<([u8; 32], String)>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            for (key, name) in sources {
                let row = (
                    crl_sources::url_sha256.eq(key.to_vec()),
                    crl_sources::name.eq(&name),
                    crl_sources::lists.eq(""),
                    crl_sources::failures.eq(0),
                    crl_sources::next_due.eq(to_database(now)),
                );
                on_backend!(conn, c => diesel::insert_into(crl_sources::table)
                    .values(row)
                    .on_conflict(crl_sources::url_sha256)
                    .do_nothing()
                    .execute(c))?;
                let renamed = crl_sources::table.find(key.to_vec()).filter(crl_sources::name.ne(&name));
                diesel::update(renamed).set(crl_sources::name.eq(&name)).execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    /// Takes a source in hand that is due and in nobody's; gives what is known of it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn crl_source_lease(&self, key: [u8; 32], lease: SourceLease) -> Result<Option<SourceState>, StoreError> {
        self.write(move |conn| {
            let now = to_database(lease.now);
            let free = crl_sources::leased_until.is_null().or(crl_sources::leased_until.lt(now));
            let set = (crl_sources::leased_until.eq(to_database(lease.until)), crl_sources::leased_by.eq(&lease.by));
            let this = || crl_sources::table.find(key.to_vec()).filter(free);
            let mut taken = diesel::update(this().filter(crl_sources::next_due.le(now))).set(set).execute(conn)?;
            if let (0, Some(before)) = (taken, lease.or_last_tried_before) {
                let waited = crl_sources::last_tried.lt(to_database(before));
                taken = diesel::update(this().filter(waited)).set(set).execute(conn)?;
            }
            if taken == 0 {
                return Ok(None);
            }
            state_of(conn, key)
        })
        .await
    }

    /// Notes how the look of `by` ended and gives the source back, to be asked again at `next_due`. Whether it was still
    /// its: a lease that ran out meanwhile is another's, and what that one found stands.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn crl_source_done(
        &self,
        key: [u8; 32],
        by: String,
        ended: Result<SourceSuccess, SourceFailure>,
        (tried, next_due): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let tried = to_database(tried);
            let mine = crl_sources::table.find(key.to_vec()).filter(crl_sources::leased_by.eq(&by));
            let back = (
                crl_sources::last_tried.eq(tried),
                crl_sources::next_due.eq(to_database(next_due)),
                crl_sources::leased_until.eq(None::<NaiveDateTime>),
                crl_sources::leased_by.eq(None::<String>),
            );
            let changed = match ended {
                Ok(good) => diesel::update(mine)
                    .set((
                        back,
                        crl_sources::etag.eq(good.etag),
                        crl_sources::last_modified.eq(good.last_modified),
                        crl_sources::lists.eq(good.lists.join(" ")),
                        crl_sources::next_update.eq(good.next_update.map(to_database)),
                        crl_sources::look_from.eq(good.look_from.map(to_database)),
                        crl_sources::last_success.eq(tried),
                        crl_sources::failures.eq(0),
                        crl_sources::last_code.eq(None::<String>),
                        crl_sources::last_detail.eq(None::<String>),
                    ))
                    .execute(conn)?,
                Err(bad) => diesel::update(mine)
                    .set((
                        back,
                        crl_sources::failures.eq(crl_sources::failures + 1),
                        crl_sources::last_code.eq(bad.code),
                        crl_sources::last_detail.eq(bad.detail),
                    ))
                    .execute(conn)?,
            };
            Ok(changed == 1)
        })
        .await
    }

    /// Makes a source due now; whether there is one of that key.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn crl_source_make_due(&self, key: [u8; 32], now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let this = crl_sources::table.find(key.to_vec());
            Ok(diesel::update(this).set(crl_sources::next_due.eq(to_database(now))).execute(conn)? == 1)
        })
        .await
    }

    /// What is known of every source that any gateway has asked, by name.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn crl_source_list(&self) -> Result<Vec<SourceState>, StoreError> {
        self.read(|conn| {
            let order = (crl_sources::name, crl_sources::url_sha256);
            let rows: Vec<Row> = crl_sources::table.order(order).select(Row::as_select()).load(conn)?;
            rows.into_iter().map(Row::state).collect()
        })
        .await
    }
}

fn state_of(conn: &mut AnyConnection, key: [u8; 32]) -> Result<Option<SourceState>, StoreError> {
    let row: Option<Row> = crl_sources::table.find(key.to_vec()).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::state).transpose()
}
