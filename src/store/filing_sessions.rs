//! Browsers in which a filing was opened with its arrival number and access key: a session opens that one filing, and those
//! of its corrections, which the same person signed.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::filing_sessions;
use super::connection::on_backend;
use super::draft_corrections;
use super::schema::submissions;
use super::submissions as filings;
use super::{Store, StoreError, from_database, parse_stored, to_database};
use crate::ids::ArrivalNumber;

/// A session ends when it was not used for so long.
pub const IDLE: Duration = Duration::minutes(30);

/// A session ends after so long in any case.
pub const AT_MOST: Duration = Duration::hours(8);

/// The use of a session is noted when it is older than this, so that reading a page seldom writes.
const NOTED_EACH: Duration = Duration::seconds(60);

impl Store {
    /// Opens a filing for the session `id_sha256`; the session `before` of the same browser ends, and those whose time is
    /// over are deleted.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such filing.
    pub async fn filing_session_open(
        &self,
        number: ArrivalNumber,
        id_sha256: [u8; 32],
        before: Option<[u8; 32]>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            let idle = filing_sessions::used_at.le(to_database(now - IDLE));
            let over = idle.or(filing_sessions::opened_at.le(to_database(now - AT_MOST)));
            diesel::delete(filing_sessions::table.filter(over)).execute(conn)?;
            if let Some(before) = before {
                diesel::delete(filing_sessions::table.find(before.to_vec())).execute(conn)?;
            }
            let row = (
                filing_sessions::id_sha256.eq(id_sha256.to_vec()),
                filing_sessions::submission_id.eq(filing.id),
                filing_sessions::opened_at.eq(to_database(now)),
                filing_sessions::used_at.eq(to_database(now)),
            );
            diesel::insert_into(filing_sessions::table).values(row).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Whether that session opens that filing, at once or as one that corrects what it opens or that it corrects; notes that
    /// it was used.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read or noted.
    pub async fn filing_session_opens(
        &self,
        id_sha256: [u8; 32],
        number: ArrivalNumber,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let used: Option<NaiveDateTime> = self
            .look_up_together(move |conn| {
                let Some(filing) = filings::find(conn, number)? else { return Ok(None) };
                let found: Option<(NaiveDateTime, String)> = on_backend!(&mut *conn, c => filing_sessions::table
                    .inner_join(submissions::table)
                    .filter(filing_sessions::id_sha256.eq(id_sha256.to_vec()))
                    .filter(filing_sessions::used_at.gt(to_database(now - IDLE)))
                    .filter(filing_sessions::opened_at.gt(to_database(now - AT_MOST)))
                    .select((filing_sessions::used_at, submissions::arrival_number)).first(c).optional())?;
                let Some((used, opened)) = found else { return Ok(None) };
                let opened: ArrivalNumber = parse_stored(&opened)?;
                if opened == number {
                    return Ok(Some(used));
                }
                let opened = filings::find(conn, opened)?.ok_or(StoreError::NotFound)?;
                Ok(draft_corrections::is_of_chain(conn, &filing, &opened)?.then_some(used))
            })
            .await?;
        let Some(used) = used.map(from_database) else { return Ok(false) };
        if now - used >= NOTED_EACH {
            self.write(move |conn| {
                let session = filing_sessions::table.find(id_sha256.to_vec());
                diesel::update(session).set(filing_sessions::used_at.eq(to_database(now))).execute(conn)?;
                Ok(())
            })
            .await?;
        }
        Ok(true)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn filing_session_end(&self, id_sha256: [u8; 32]) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::delete(filing_sessions::table.find(id_sha256.to_vec())).execute(conn)?;
            Ok(())
        })
        .await
    }
}
