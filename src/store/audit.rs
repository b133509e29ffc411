//! The audit trail: who did what, on what, and what came of it. No personal data: actors are accounts or programs,
//! subjects are arrival numbers, digests and account names.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::schema::audit;
use super::{Store, StoreError, from_database, to_database};

/// One line to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `gateway`, `resident`, or what `Account::actor` and `AgencyToken::actor` say.
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
