//! Revocation lists that wait for operators: what each says of itself, what speaks against it, who lets it in. The bytes
//! lie as those of the archive do, and are on disk before anything speaks of them.
mod judge;
mod operators;
mod rounds;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

pub use operators::{Act, OperatorAct};

use super::connection::AnyConnection;
use super::desk_schema::accounts;
use super::error::StoreError;
use super::schema::{crl_quarantine, crl_releases};
use super::{Store, crl_bytes, from_database, stored_digest};
use crate::pki::crl::{ListDiff, ListRow};

/// How many operators let a list in.
pub const OPERATORS_NEEDED: usize = 2;

/// The states from which a list may still come into use.
const OPEN: [&str; 2] = ["waiting", "released"];

/// Where a quarantined list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuarantineState {
    /// It waits for operators.
    Waiting,
    /// Two have let it in, and it is on its way: nobody takes it back any more.
    Released,
    /// It was let in and is archived.
    LetIn,
    /// An operator refused it for good.
    Discarded,
    /// A list that was issued later is in use.
    Overtaken,
}

impl QuarantineState {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Released, Self::LetIn, Self::Discarded, Self::Overtaken];

    /// As it is stored and shown to programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Released => "released",
            Self::LetIn => "let_in",
            Self::Discarded => "discarded",
            Self::Overtaken => "overtaken",
        }
    }

    /// Whether it may still come into use.
    pub fn is_open(self) -> bool {
        OPEN.contains(&self.as_str())
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| StoreError::Fault("a quarantined list has a state that is not known".to_owned()))
    }
}

/// A quarantined list, without its bytes and its difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedCrl {
    /// SHA-256 of its DER.
    pub sha256: [u8; 32],
    /// The row of numbers that it would count in.
    pub row: ListRow,
    /// The CA's name, RFC 4514.
    pub issuer: String,
    /// Which certificates it speaks of, for people.
    pub scope: String,
    /// Whether it only tells what changed since a complete list.
    pub delta: bool,
    /// CRL number in decimal.
    pub number: Option<String>,
    /// When it was issued.
    pub this_update: DateTime<Utc>,
    /// When the next one was to come.
    pub next_update: DateTime<Utc>,
    /// How many entries it has.
    pub entries: i64,
    /// Octets of its DER.
    pub size: i64,
    /// Where it came from.
    pub source: String,
    /// When it was quarantined.
    pub quarantined_at: DateTime<Utc>,
    /// The codes of what speaks against it.
    pub codes: Vec<String>,
    /// The same in sentences.
    pub detail: String,
    /// SHA-256 of the newest list it was compared with.
    pub compared_with: Option<[u8; 32]>,
    /// That list's thisUpdate.
    pub compared_update: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: QuarantineState,
    /// Since when.
    pub state_since: DateTime<Utc>,
    /// Who brought it there: an account as audit lines name it, or `gateway`.
    pub state_by: String,
    /// Why, in an operator's words; empty where none were given.
    pub state_reason: String,
}

/// One operator's word that a list be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The account.
    pub account_id: String,
    /// Its sign-in name then.
    pub login: String,
    /// Why.
    pub reason: String,
    /// When.
    pub released_at: DateTime<Utc>,
    /// Whether the account is still there, an operator's, and not locked.
    pub counts: bool,
}

/// All there is to show of a quarantined list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinedDetail {
    /// The list.
    pub list: QuarantinedCrl,
    /// What is different.
    pub diff: ListDiff,
    /// Who let it in, the first first.
    pub releases: Vec<Release>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = crl_quarantine)]
struct Row {
    sha256: Vec<u8>,
    issuer_key: Vec<u8>,
    issuer: String,
    scope_key: Vec<u8>,
    scope: String,
    delta: bool,
    number: Option<String>,
    this_update: NaiveDateTime,
    next_update: NaiveDateTime,
    entries: i64,
    size: i64,
    source: String,
    quarantined_at: NaiveDateTime,
    codes: String,
    detail: String,
    compared_with: Option<Vec<u8>>,
    compared_update: Option<NaiveDateTime>,
    state: String,
    state_since: NaiveDateTime,
    state_by: String,
    state_reason: String,
}

impl Row {
    fn list(self) -> Result<QuarantinedCrl, StoreError> {
        Ok(QuarantinedCrl {
            sha256: stored_digest(&self.sha256)?,
            row: ListRow { issuer_key: stored_digest(&self.issuer_key)?, scope_key: stored_digest(&self.scope_key)? },
            issuer: self.issuer,
            scope: self.scope,
            delta: self.delta,
            number: self.number,
            this_update: from_database(self.this_update),
            next_update: from_database(self.next_update),
            entries: self.entries,
            size: self.size,
            source: self.source,
            quarantined_at: from_database(self.quarantined_at),
            codes: self.codes.split(',').map(str::to_owned).collect(),
            detail: self.detail,
            compared_with: self.compared_with.as_deref().map(stored_digest).transpose()?,
            compared_update: self.compared_update.map(from_database),
            state: QuarantineState::read(&self.state)?,
            state_since: from_database(self.state_since),
            state_by: self.state_by,
            state_reason: self.state_reason,
        })
    }
}

impl Store {
    /// The lists that wait, the newest first, and at most `decided` others after them.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn crl_quarantine_list(&self, decided: i64) -> Result<Vec<QuarantinedCrl>, StoreError> {
        self.read(move |conn| {
            let newest = crl_quarantine::quarantined_at.desc();
            let waiting = crl_quarantine::table.filter(crl_quarantine::state.eq_any(OPEN)).order(newest);
            let mut rows: Vec<Row> = waiting.select(Row::as_select()).load(conn)?;
            let others = crl_quarantine::table.filter(crl_quarantine::state.ne_all(OPEN)).order(newest);
            rows.extend(others.limit(decided).select(Row::as_select()).load::<Row>(conn)?);
            rows.into_iter().map(Row::list).collect()
        })
        .await
    }

    /// How many lists wait for operators, or for the gateway to take them in.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be counted.
    pub async fn crl_quarantine_waiting(&self) -> Result<i64, StoreError> {
        self.read(|conn| {
            let waiting = crl_quarantine::table.filter(crl_quarantine::state.eq_any(OPEN));
            Ok(waiting.count().get_result(conn)?)
        })
        .await
    }

    /// One list with its difference and its releases; none where there is none of that digest.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn crl_quarantine_find(&self, sha256: [u8; 32]) -> Result<Option<QuarantinedDetail>, StoreError> {
        self.read(move |conn| {
            let Some(list) = find(conn, sha256)? else { return Ok(None) };
            let diff = crl_quarantine::table.find(sha256.to_vec()).select(crl_quarantine::diff);
            let diff: String = diff.first(conn)?;
            let diff = serde_json::from_str(&diff)
                .map_err(|_| StoreError::Fault("a stored difference of lists cannot be read".to_owned()))?;
            Ok(Some(QuarantinedDetail { list, diff, releases: releases(conn, sha256)? }))
        })
        .await
    }

    /// A quarantined list's DER.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Damaged`] when the bytes are not those that were quarantined.
    pub async fn crl_quarantine_read(&self, sha256: [u8; 32]) -> Result<Vec<u8>, StoreError> {
        let documents = self.0.documents.clone();
        self.read(move |conn| {
            let row = crl_quarantine::table.find(sha256.to_vec());
            let (size, content): (i64, Option<Vec<u8>>) =
                row.select((crl_quarantine::size, crl_quarantine::content)).first(conn)?;
            crl_bytes::stored(&documents, sha256, content, size)
        })
        .await
    }
}

fn find(conn: &mut AnyConnection, sha256: [u8; 32]) -> Result<Option<QuarantinedCrl>, StoreError> {
    let row: Option<Row> =
        crl_quarantine::table.find(sha256.to_vec()).select(Row::as_select()).first(conn).optional()?;
    row.map(Row::list).transpose()
}

/// Who let a list in, the first first.
fn releases(conn: &mut AnyConnection, sha256: [u8; 32]) -> Result<Vec<Release>, StoreError> {
    type Row = (String, String, String, NaiveDateTime);
    let rows: Vec<Row> = crl_releases::table
        .filter(crl_releases::sha256.eq(sha256.to_vec()))
        .order((crl_releases::released_at, crl_releases::account_id))
        .select((crl_releases::account_id, crl_releases::login, crl_releases::reason, crl_releases::released_at))
        .load(conn)?;
    let ids: Vec<&String> = rows.iter().map(|row| &row.0).collect();
    let good: Vec<String> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .filter(accounts::locked.eq(false))
        .filter(accounts::role.eq("operator"))
        .select(accounts::id)
        .load(conn)?;
    let release = |(account_id, login, reason, released_at): Row| Release {
        counts: good.contains(&account_id),
        account_id,
        login,
        reason,
        released_at: from_database(released_at),
    };
    Ok(rows.into_iter().map(release).collect())
}

/// Until the transaction ends nobody else changes this list's row. SQLite has one writer anyway.
fn lock(conn: &mut AnyConnection, sha256: [u8; 32]) -> Result<(), StoreError> {
    if let AnyConnection::Postgresql(postgresql) = conn {
        let number = sha256.iter().take(8).fold(0i64, |number, octet| (number << 8) | i64::from(*octet));
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(number).execute(postgresql)?;
    }
    Ok(())
}
