//! Letters that tell a person of their new Resident Record Code (article 30-3 of the Act: in writing, without delay).
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::registry_code_notices as table;
use crate::ids::AgencyCode;
use crate::registry::record::{RecordId, ResidentRecord};
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// Why there is a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeReason {
    /// The person never had a code.
    New,
    /// They asked for another.
    Changed,
}

impl NoticeReason {
    /// `new` or `changed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
        }
    }
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeNotice {
    /// Its identifier (a UUID).
    pub id: String,
    /// The record whose code it tells.
    pub record: RecordId,
    /// Whose register.
    pub municipality: AgencyCode,
    /// `new` or `changed`.
    pub reason: String,
    /// When the code was entered.
    pub made_at: DateTime<Utc>,
    /// When it was printed, and by whom.
    pub printed: Option<(DateTime<Utc>, String)>,
}

type Row = (String, String, String, String, NaiveDateTime, Option<NaiveDateTime>, Option<String>);

fn notice((id, record, municipality, reason, made_at, printed_at, by): Row) -> Result<CodeNotice, StoreError> {
    Ok(CodeNotice {
        id,
        record: parse_stored(&record)?,
        municipality: parse_stored(&municipality)?,
        reason,
        made_at: from_database(made_at),
        printed: printed_at.map(from_database).zip(by),
    })
}

pub(super) fn add(
    connection: &mut AnyConnection,
    record: &ResidentRecord,
    reason: NoticeReason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(table::table)
        .values((
            table::id.eq(Uuid::new_v4().to_string()),
            table::record_id.eq(record.id.to_string()),
            table::municipality.eq(record.municipality.as_str()),
            table::reason.eq(reason.as_str()),
            table::made_at.eq(to_database(now)),
        ))
        .execute(connection)?;
    Ok(())
}

impl Store {
    /// The letters of a municipality that wait to be printed, oldest first; at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_notices_waiting(
        &self,
        municipality: AgencyCode,
        limit: i64,
    ) -> Result<Vec<CodeNotice>, StoreError> {
        self.look_up(move |connection| {
            let rows: Vec<Row> = table::table
                .filter(table::municipality.eq(municipality.as_str().to_owned()))
                .filter(table::printed_at.is_null())
                .order(table::made_at)
                .limit(limit)
                .load(connection)?;
            rows.into_iter().map(notice).collect()
        })
        .await
    }

    /// One letter.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn registry_notice(&self, id: &str) -> Result<Option<CodeNotice>, StoreError> {
        let id = id.to_owned();
        self.look_up(move |connection| {
            let row: Option<Row> = table::table.find(id).first(connection).optional()?;
            row.map(notice).transpose()
        })
        .await
    }

    /// Notes that a letter was printed. False where it was before: it tells a code and is printed once.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn registry_notice_printed(&self, id: &str, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (id, by) = (id.to_owned(), by.to_owned());
        self.write(move |connection| {
            let waiting = table::table.filter(table::id.eq(id)).filter(table::printed_at.is_null());
            let printed = diesel::update(waiting)
                .set((table::printed_at.eq(to_database(now)), table::printed_by.eq(by)))
                .execute(connection)?;
            Ok(printed == 1)
        })
        .await
    }
}
