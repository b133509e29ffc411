//! Who looked at records, for what and on which clause of the Act. Lines name accounts and programs, never what was looked for.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::registry_accesses as table;
use crate::ids::AgencyCode;
use crate::registry::purpose::Permit;
use crate::registry::record::RecordId;
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewAccess {
    /// When.
    pub at: DateTime<Utc>,
    /// The record; none where none was found.
    pub record: Option<RecordId>,
    /// Whose register.
    pub municipality: AgencyCode,
    /// Who, as audit lines name them.
    pub viewer: String,
    /// `search`, `view`, `history`, `event`, `identity`, `copy` ...
    pub action: &'static str,
    /// That it was allowed, for what and on which clause.
    pub permit: Permit,
    /// What came of it: `shown`, `match`, `no_match` ...
    pub outcome: &'static str,
}

/// A line as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The record.
    pub record: Option<RecordId>,
    /// Whose register.
    pub municipality: AgencyCode,
    /// Who.
    pub viewer: String,
    /// What they did.
    pub action: String,
    /// For what.
    pub purpose: String,
    /// On which clause.
    pub basis: String,
    /// What came of it.
    pub outcome: String,
}

#[derive(Queryable)]
struct Row {
    id: i64,
    at: NaiveDateTime,
    record_id: Option<String>,
    municipality: String,
    viewer: String,
    action: String,
    purpose: String,
    basis: String,
    outcome: String,
    _kept_until: NaiveDateTime,
}

impl Row {
    fn access(self) -> Result<Access, StoreError> {
        Ok(Access {
            id: self.id,
            at: from_database(self.at),
            record: self.record_id.as_deref().map(parse_stored).transpose()?,
            municipality: parse_stored(&self.municipality)?,
            viewer: self.viewer,
            action: self.action,
            purpose: self.purpose,
            basis: self.basis,
            outcome: self.outcome,
        })
    }
}

/// Writes a line inside the transaction that does the thing itself.
///
/// # Errors
/// When it could not be written: what it would tell of must not be shown then.
pub fn append(connection: &mut AnyConnection, line: &NewAccess) -> Result<(), StoreError> {
    let purpose = line.permit.purpose();
    let kept = Duration::days(i64::from(purpose.note_kept_days));
    diesel::insert_into(table::table)
        .values((
            table::at.eq(to_database(line.at)),
            table::record_id.eq(line.record.map(|record| record.to_string())),
            table::municipality.eq(line.municipality.as_str()),
            table::viewer.eq(&line.viewer),
            table::action.eq(line.action),
            table::purpose.eq(purpose.code),
            table::basis.eq(line.permit.basis().code),
            table::outcome.eq(line.outcome),
            table::kept_until.eq(to_database(line.at + kept)),
        ))
        .execute(connection)?;
    Ok(())
}

impl Store {
    /// Writes lines, in one transaction; they are on disk when this answers.
    ///
    /// # Errors
    /// When they could not be written: what they would tell of must not be shown then.
    pub async fn registry_access_note(&self, lines: Vec<NewAccess>) -> Result<(), StoreError> {
        self.write(move |connection| lines.iter().try_for_each(|line| append(connection, line))).await
    }

    /// Who looked at a record, newest first, before the line `before` where one is named.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_accesses_of(
        &self,
        record: RecordId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Access>, StoreError> {
        self.look_up(move |connection| {
            let rows: Vec<Row> = table::table
                .filter(table::record_id.eq(record.to_string()))
                .filter(table::id.lt(before.unwrap_or(i64::MAX)))
                .order(table::id.desc())
                .limit(limit)
                .load(connection)?;
            rows.into_iter().map(Row::access).collect()
        })
        .await
    }

    /// Who looked at records of a municipality, newest first: for data protection.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_accesses_list(
        &self,
        municipality: AgencyCode,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Access>, StoreError> {
        self.look_up(move |connection| {
            let rows: Vec<Row> = table::table
                .filter(table::municipality.eq(municipality.as_str().to_owned()))
                .filter(table::id.lt(before.unwrap_or(i64::MAX)))
                .order(table::id.desc())
                .limit(limit)
                .load(connection)?;
            rows.into_iter().map(Row::access).collect()
        })
        .await
    }

    /// How many lines a viewer has caused since `since`: for limits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_accesses_count(&self, viewer: &str, since: DateTime<Utc>) -> Result<i64, StoreError> {
        let viewer = viewer.to_owned();
        self.look_up(move |connection| {
            let lines = table::table.filter(table::viewer.eq(viewer)).filter(table::at.ge(to_database(since)));
            Ok(lines.count().get_result(connection)?)
        })
        .await
    }

    /// Deletes lines whose time is over; gives how many. `at_most` ends them sooner than their purpose does.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn registry_accesses_expire(
        &self,
        now: DateTime<Utc>,
        at_most: Option<Duration>,
    ) -> Result<usize, StoreError> {
        self.write(move |connection| {
            let over = table::table.filter(table::kept_until.lt(to_database(now)));
            let mut deleted = diesel::delete(over).execute(connection)?;
            if let Some(at_most) = at_most {
                let over = table::table.filter(table::at.lt(to_database(now - at_most)));
                deleted += diesel::delete(over).execute(connection)?;
            }
            Ok(deleted)
        })
        .await
    }
}
