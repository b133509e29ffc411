//! The audit trail: who did what, on what, and what came of it. No personal data: actors are accounts or programs,
//! subjects are arrival numbers, digests and account names.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::schema::audit;
use super::{Store, StoreError, from_database, to_database};

/// The actor of a refused filing.
pub const RESIDENT: &str = "resident";

/// One line to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `gateway`, [`RESIDENT`], or what `Account::actor` and `AgencyToken::actor` say.
    pub actor: String,
    /// What was done: a verb and a noun in snake_case.
    pub action: &'static str,
    /// On what; empty where nothing is named.
    pub subject: String,
    /// What came of it: `done`, or the code of the refusal.
    pub outcome: String,
    /// The request's identifier, as in the log.
    pub request_id: Option<String>,
}

/// One line as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// On what.
    pub subject: String,
    /// What came of it.
    pub outcome: String,
}

/// Writes a line inside a transaction that does the thing itself.
pub(super) fn append(connection: &mut AnyConnection, entry: &AuditEntry) -> Result<(), StoreError> {
    diesel::insert_into(audit::table)
        .values((
            audit::at.eq(to_database(entry.at)),
            audit::actor.eq(&entry.actor),
            audit::action.eq(entry.action),
            audit::subject.eq(&entry.subject),
            audit::outcome.eq(&entry.outcome),
            audit::request_id.eq(entry.request_id.as_deref()),
        ))
        .execute(connection)?;
    Ok(())
}

impl Store {
    /// Writes a line; it is on disk when this answers.
    ///
    /// # Errors
    /// When it could not be written: what it would tell of must not be done or shown then.
    pub async fn audit_append(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.write(move |connection| append(connection, &entry)).await
    }

    /// Writes several lines, in one transaction.
    ///
    /// # Errors
    /// When they could not be written; none is there then.
    pub async fn audit_append_all(&self, entries: Vec<AuditEntry>) -> Result<(), StoreError> {
        self.write(move |connection| entries.iter().try_for_each(|entry| append(connection, entry))).await
    }

    /// Deletes the lines that tell of residents' refused filings from before `before`; gives how many.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn audit_refusals_expire(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |connection| {
            let over = audit::table.filter(audit::at.lt(to_database(before))).filter(audit::actor.eq(RESIDENT));
            Ok(diesel::delete(over).execute(connection)?)
        })
        .await
    }

    /// The newest lines before `before` (all, where there is none), at most `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_list(&self, before: Option<i64>, limit: i64) -> Result<Vec<AuditLine>, StoreError> {
        type Row = (i64, NaiveDateTime, String, String, String, String);
        self.read(move |connection| {
            let rows: Vec<Row> = audit::table
                .filter(audit::id.lt(before.unwrap_or(i64::MAX)))
                .order(audit::id.desc())
                .limit(limit)
                .select((audit::id, audit::at, audit::actor, audit::action, audit::subject, audit::outcome))
                .load(connection)?;
            let line = |(id, at, actor, action, subject, outcome): Row| AuditLine {
                id,
                at: from_database(at),
                actor,
                action,
                subject,
                outcome,
            };
            Ok(rows.into_iter().map(line).collect())
        })
        .await
    }
}
