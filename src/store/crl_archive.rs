//! The archive of accepted revocation lists: what each says of itself in a row; its bytes, packed, in a file beside the
//! documents (SQLite) or in the row (PostgreSQL, so that every gateway has them). Both are on disk before
//! [`Store::crl_archive_put`] answers, and nothing here is ever changed or taken away.
//!
//! The archive is also what holds the CRL numbers: a list older than the newest of its row is not taken, across restarts
//! and between gateways.
use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::{AnyConnection, on_backend};
use super::crl_bytes;
use super::error::StoreError;
use super::schema::crl_archive;
use super::steps_schema::crl_impacts_due;
use super::{Store, from_database, stored_digest, to_database};
use crate::pki::crl::{CrlRefusal, KeepOrder, ListRank, ListRecord, ListRow};

/// What became of a list that was given to the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Archived {
    /// It is there, since then.
    Since(DateTime<Utc>),
    /// A newer one of its row is there.
    Behind(CrlRefusal),
}

/// An archived list, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedCrl {
    /// SHA-256 of its DER.
    pub sha256: [u8; 32],
    /// The row of numbers that it counts in.
    pub row: ListRow,
    /// Its place in the row.
    pub rank: ListRank,
    /// The CA's name, RFC 4514.
    pub issuer: String,
    /// When the next one was to come.
    pub next_update: DateTime<Utc>,
    /// When it was accepted first.
    pub accepted_at: DateTime<Utc>,
}

/// What a rank is made of: number_order, this_update, delta, sha256.
type RankRow = (Vec<u8>, NaiveDateTime, bool, Vec<u8>);

/// The newest lists of a row, and which numbering they count in: a CA that begins its numbers anew begins another.
struct Newest {
    ranks: Vec<ListRank>,
    numbering: i32,
}

impl Store {
    /// Archives a list. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when it is not on disk; nothing speaks of it then.
    pub async fn crl_archive_put(
        &self,
        list: ListRecord,
        order: KeepOrder,
        accepted_at: DateTime<Utc>,
    ) -> Result<Archived, StoreError> {
        let sha256 = digest_of(&list.rank)?;
        let asked = list.clone();
        // Asked before the work of packing, and once more where nobody else can write.
        if let Some(known) = self.read(move |conn| standing(conn, sha256, &asked, order)).await? {
            return Ok(known);
        }
        let content = self.crl_bytes_put(sha256, list.bytes.clone()).await?;
        self.write(move |conn| {
            lock(conn, &list.row)?;
            if let Some(known) = standing(conn, sha256, &list, order)? {
                return Ok(known);
            }
            let Newest { ranks, numbering } = newest(conn, &list.row)?;
            let begins = order == KeepOrder::Anew && list.rank.begins_anew(&ranks);
            insert(conn, sha256, &list, (content, numbering + i32::from(begins)), accepted_at)?;
            Ok(Archived::Since(from_database(to_database(accepted_at))))
        })
        .await
    }

    /// The newest complete list and the newest delta of a row of numbers.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn crl_archive_newest(&self, row: ListRow) -> Result<Vec<ListRank>, StoreError> {
        self.read(move |conn| Ok(newest(conn, &row)?.ranks)).await
    }

    /// When a list was accepted first; none where it is not archived.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn crl_archive_since(&self, sha256: [u8; 32]) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(move |conn| since(conn, sha256)).await
    }

    /// The lists that are not stale at `at`, of each row the newest complete one and the newest delta; oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn crl_archive_fresh(&self, at: DateTime<Utc>) -> Result<Vec<ArchivedCrl>, StoreError> {
        self.read(move |conn| {
            type Row = (RankRow, (Vec<u8>, Vec<u8>, i32), (String, NaiveDateTime, NaiveDateTime));
            let rows: Vec<Row> = crl_archive::table
                .filter(crl_archive::next_update.ge(to_database(at)))
                .order((
                    crl_archive::issuer_key,
                    crl_archive::scope_key,
                    crl_archive::delta,
                    crl_archive::numbering.desc(),
                    crl_archive::number_order.desc(),
                    crl_archive::this_update.desc(),
                ))
                .select((
                    (crl_archive::number_order, crl_archive::this_update, crl_archive::delta, crl_archive::sha256),
                    (crl_archive::issuer_key, crl_archive::scope_key, crl_archive::numbering),
                    (crl_archive::issuer, crl_archive::next_update, crl_archive::accepted_at),
                ))
                .load(conn)?;
            let mut found: Vec<(ArchivedCrl, i32)> = Vec::new();
            for (rank, (issuer_key, scope_key, numbering), (issuer, next_update, accepted_at)) in rows {
                let sha256 = stored_digest(&rank.3)?;
                let row = ListRow { issuer_key: stored_digest(&issuer_key)?, scope_key: stored_digest(&scope_key)? };
                let (rank, next_update) = (rank_of(rank), from_database(next_update));
                let accepted_at = from_database(accepted_at);
                // The first of each row is its newest.
                if found.last().is_none_or(|(last, _)| last.row != row || last.rank.delta != rank.delta) {
                    found.push((ArchivedCrl { sha256, row, rank, issuer, next_update, accepted_at }, numbering));
                }
            }
            let mut found = of_the_newest_numbering(found);
            found.sort_by_key(|list| (list.rank.this_update, list.rank.delta));
            Ok(found)
        })
        .await
    }

    /// A list's DER.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Damaged`] when the bytes are not those that were archived.
    pub async fn crl_archive_read(&self, sha256: [u8; 32]) -> Result<Vec<u8>, StoreError> {
        let documents = self.0.documents.clone();
        self.read(move |conn| {
            let row = crl_archive::table.find(sha256.to_vec()).select((crl_archive::size, crl_archive::content));
            let (size, content): (i64, Option<Vec<u8>>) = row.first(conn)?;
            crl_bytes::stored(&documents, sha256, content, size)
        })
        .await
    }
}

/// Without the lists and deltas of a numbering that their CA has given up.
fn of_the_newest_numbering(found: Vec<(ArchivedCrl, i32)>) -> Vec<ArchivedCrl> {
    let mut newest: HashMap<ListRow, i32> = HashMap::new();
    for (list, numbering) in &found {
        let known = newest.entry(list.row.clone()).or_default();
        *known = (*known).max(*numbering);
    }
    let current = found.into_iter().filter(|(list, numbering)| newest.get(&list.row) == Some(numbering));
    current.map(|(list, _)| list).collect()
}

/// What there is to say of a list without archiving it now.
fn standing(
    conn: &mut AnyConnection,
    sha256: [u8; 32],
    list: &ListRecord,
    order: KeepOrder,
) -> Result<Option<Archived>, StoreError> {
    let newest = newest(conn, &list.row)?.ranks;
    let refused = match order {
        KeepOrder::Any => None,
        KeepOrder::Anew if list.rank.begins_anew(&newest) => None,
        KeepOrder::NotOlder | KeepOrder::Anew => list.rank.may_follow(&newest).err(),
    };
    match refused {
        Some(refusal) => Ok(Some(Archived::Behind(refusal))),
        None => Ok(since(conn, sha256)?.map(Archived::Since)),
    }
}

fn since(conn: &mut AnyConnection, sha256: [u8; 32]) -> Result<Option<DateTime<Utc>>, StoreError> {
    let row = crl_archive::table.find(sha256.to_vec()).select(crl_archive::accepted_at);
    let accepted_at: Option<NaiveDateTime> = row.first(conn).optional()?;
    Ok(accepted_at.map(from_database))
}

fn newest(conn: &mut AnyConnection, row: &ListRow) -> Result<Newest, StoreError> {
    let mut found = Vec::new();
    for delta in [false, true] {
        let newest: Option<(RankRow, i32)> = crl_archive::table
            .filter(crl_archive::issuer_key.eq(row.issuer_key.to_vec()))
            .filter(crl_archive::scope_key.eq(row.scope_key.to_vec()))
            .filter(crl_archive::delta.eq(delta))
            .order((crl_archive::numbering.desc(), crl_archive::number_order.desc(), crl_archive::this_update.desc()))
            .select((
                (crl_archive::number_order, crl_archive::this_update, crl_archive::delta, crl_archive::sha256),
                crl_archive::numbering,
            ))
            .first(conn)
            .optional()?;
        found.extend(newest);
    }
    let numbering = found.iter().map(|(_, numbering)| *numbering).max().unwrap_or_default();
    let ranks = found.into_iter().filter(|(_, its)| *its == numbering).map(|(rank, _)| rank_of(rank)).collect();
    Ok(Newest { ranks, numbering })
}

fn rank_of((number_order, this_update, delta, sha256): RankRow) -> ListRank {
    let this_update = from_database(this_update);
    ListRank { number: number_order.get(2..).map(Into::into), this_update, delta, sha256: hex::encode(sha256) }
}

/// A number so that octets compare as numbers do.
fn number_order(number: Option<&[u8]>) -> Result<Vec<u8>, StoreError> {
    let Some(number) = number else { return Ok(Vec::new()) };
    let length = u16::try_from(number.len()).map_err(|_| StoreError::Fault("the CRL number is too long".to_owned()))?;
    Ok([&length.to_be_bytes(), number].concat())
}

pub(super) fn digest_of(rank: &ListRank) -> Result<[u8; 32], StoreError> {
    let mut digest = [0; 32];
    hex::decode_to_slice(&rank.sha256, &mut digest)
        .map_err(|_| StoreError::Fault("a list's digest is not 32 bytes".to_owned()))?;
    Ok(digest)
}

/// Until the transaction ends nobody else adds to this row of numbers. SQLite has one writer anyway.
pub(super) fn lock(conn: &mut AnyConnection, row: &ListRow) -> Result<(), StoreError> {
    if let AnyConnection::Postgresql(postgresql) = conn {
        let folded = row.issuer_key.iter().zip(row.scope_key).map(|(key, scope)| key ^ scope);
        let number = folded.take(8).fold(0i64, |number, octet| (number << 8) | i64::from(octet));
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(number).execute(postgresql)?;
    }
    Ok(())
}

fn insert(
    conn: &mut AnyConnection,
    sha256: [u8; 32],
    list: &ListRecord,
    (content, numbering): (Option<Vec<u8>>, i32),
    accepted_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let next_update = list.identity.next_update.unwrap_or(list.identity.this_update);
    let row = (
        crl_archive::sha256.eq(sha256.to_vec()),
        crl_archive::issuer_key.eq(list.row.issuer_key.to_vec()),
        crl_archive::issuer.eq(list.identity.issuer.clone()),
        crl_archive::scope_key.eq(list.row.scope_key.to_vec()),
        crl_archive::scope.eq(list.scope.clone()),
        crl_archive::delta.eq(list.rank.delta),
        crl_archive::number.eq(list.rank.number.as_ref().map(|_| list.rank.number_text())),
        crl_archive::number_order.eq(number_order(list.rank.number.as_deref())?),
        crl_archive::base.eq(list.base.clone()),
        crl_archive::this_update.eq(to_database(list.rank.this_update)),
        crl_archive::next_update.eq(to_database(next_update)),
        crl_archive::accepted_at.eq(to_database(accepted_at)),
        crl_archive::entries.eq(count(list.entries)),
        crl_archive::size.eq(count(list.bytes.len())),
        crl_archive::content.eq(content),
        crl_archive::numbering.eq(numbering),
    );
    on_backend!(conn, c => diesel::insert_into(crl_archive::table).values(row).execute(c))?;
    // To be run against the filings, from this transaction on.
    let due =
        (crl_impacts_due::list_sha256.eq(sha256.to_vec()), crl_impacts_due::accepted_at.eq(to_database(accepted_at)));
    on_backend!(conn, c => diesel::insert_into(crl_impacts_due::table).values(due).execute(c))?;
    Ok(())
}
