//! The agency's feed. Positions are given in the order of commits, so that a reader who has seen position n has seen all
//! before it: with SQLite, which lets one transaction write at a time, at the insert; with PostgreSQL by whoever reads
//! (or the worker), under an advisory lock, to rows that are committed. A number taken before the commit would let a
//! reader pass a late one by.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{outbox, submissions};
use super::transaction::in_transaction;
use super::{Store, from_database, parse_stored, to_database};
use crate::ids::{AgencyCode, ArrivalNumber};

/// A filing came to the agency: newly received, or decided after a hold.
pub const FILED: &str = "filed";
/// The applicant withdrew it.
pub const WITHDRAWN: &str = "withdrawn";
/// A correction of it came in.
pub const CORRECTED: &str = "corrected";
/// A revocation list issued after its receipt confirmed its verdict.
pub const CONFIRMED: &str = "confirmed";
/// A later revocation list shows that its certificate had ended before its receipt.
pub const CONTESTED: &str = "contested";
/// The second opinion on it is not that of its verdict.
pub const QUESTIONED: &str = "questioned";

/// Any number, always the same: one sequencer at a time.
const SEQUENCER_LOCK: i64 = 0x6d61_646f_6665_6564;

/// An entry to be put into the feed by the transaction that makes it true.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The filing.
    pub submission_id: i64,
    /// The agency.
    pub recipient: &'a str,
    /// What happened.
    pub kind: &'static str,
    /// When.
    pub created_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = outbox)]
struct NewEntry<'a> {
    submission_id: i64,
    recipient: &'a str,
    kind: &'static str,
    created_at: NaiveDateTime,
    position: Option<i64>,
}

/// Puts entries into the outbox, within the caller's transaction.
pub(super) fn append(connection: &mut AnyConnection, entries: &[Entry<'_>]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            let last: Option<i64> = outbox::table.select(diesel::dsl::max(outbox::position)).first(sqlite)?;
            let positions = last.unwrap_or(0) + 1..;
            let rows: Vec<_> = entries.iter().zip(positions).map(|(entry, at)| row_of(entry, Some(at))).collect();
            diesel::insert_into(outbox::table).values(&rows).execute(sqlite)?;
        }
        AnyConnection::Postgresql(postgresql) => {
            let rows: Vec<_> = entries.iter().map(|entry| row_of(entry, None)).collect();
            diesel::insert_into(outbox::table).values(&rows).execute(postgresql)?;
        }
    }
    Ok(())
}

fn row_of<'a>(entry: &Entry<'a>, position: Option<i64>) -> NewEntry<'a> {
    NewEntry {
        submission_id: entry.submission_id,
        recipient: entry.recipient,
        kind: entry.kind,
        created_at: entry.created_at,
        position,
    }
}

/// One entry of an agency's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The cursor: give it as `after` to go on behind this entry.
    pub position: i64,
    /// What happened: `filed`, `withdrawn`, `corrected`, `confirmed`, `contested` or `questioned`.
    pub kind: String,
    /// The filing.
    pub arrival_number: ArrivalNumber,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// When the agency acknowledged it.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

type EntryRow = (Option<i64>, String, String, NaiveDateTime, Option<NaiveDateTime>);

impl Store {
    /// What came to the agency after `after` (0: from the beginning), oldest first, at most `limit`. Nothing is ever
    /// skipped: an entry that appears later has a later position.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn feed_after(&self, agency: AgencyCode, after: i64, limit: u32) -> Result<Vec<FeedEntry>, StoreError> {
        if !self.0.sqlite {
            self.feed_number().await?;
        }
        self.read(move |conn| {
            let rows: Vec<EntryRow> = outbox::table
                .inner_join(submissions::table)
                .filter(outbox::recipient.eq(agency.as_str()))
                .filter(outbox::position.gt(after))
                .order(outbox::position.asc())
                .limit(i64::from(limit))
                .select((
                    outbox::position,
                    outbox::kind,
                    submissions::arrival_number,
                    outbox::created_at,
                    outbox::acknowledged_at,
                ))
                .load(conn)?;
            rows.into_iter().map(entry).collect()
        })
        .await
    }

    /// The agency has everything up to `position`; gives how many entries that newly acknowledged.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn feed_acknowledge(
        &self,
        agency: AgencyCode,
        position: i64,
        at: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let open = outbox::table
                .filter(outbox::recipient.eq(agency.as_str()))
                .filter(outbox::position.le(position))
                .filter(outbox::acknowledged_at.is_null());
            Ok(diesel::update(open).set(outbox::acknowledged_at.eq(to_database(at))).execute(conn)?)
        })
        .await
    }

    /// Gives positions to entries that are committed and have none; gives how many. (With SQLite all have one.)
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn feed_number(&self) -> Result<usize, StoreError> {
        self.read(|conn| {
            let waiting = outbox::table.filter(outbox::position.is_null());
            // Asked without the lock: an entry that is committed later than this is the next reader's.
            if !diesel::select(diesel::dsl::exists(waiting)).get_result::<bool>(conn)? {
                return Ok(0);
            }
            in_transaction(conn, number_committed)
        })
        .await
    }
}

/// The lock is held until after the commit, and each statement sees what was committed when it began: so the UPDATE sees
/// the positions of everyone who had the lock before.
fn number_committed(connection: &mut AnyConnection) -> Result<usize, StoreError> {
    let AnyConnection::Postgresql(postgresql) = connection else { return Ok(0) };
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(SEQUENCER_LOCK)
        .execute(postgresql)?;
    let numbered = diesel::sql_query(
        "UPDATE outbox SET position = numbered.position FROM ( \
           SELECT id, (SELECT coalesce(max(position), 0) FROM outbox) + row_number() OVER (ORDER BY id) AS position \
           FROM outbox WHERE position IS NULL) AS numbered \
         WHERE outbox.id = numbered.id",
    )
    .execute(postgresql)?;
    Ok(numbered)
}

fn entry((position, kind, arrival_number, created_at, acknowledged_at): EntryRow) -> Result<FeedEntry, StoreError> {
    Ok(FeedEntry {
        position: position.unwrap_or_default(),
        kind,
        arrival_number: parse_stored(&arrival_number)?,
        created_at: from_database(created_at),
        acknowledged_at: acknowledged_at.map(from_database),
    })
}
