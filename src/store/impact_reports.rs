//! The impact of revocation lists as operators see it: arrival numbers and dates, and nothing of a person.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::error::StoreError;
use super::impacts::{Follows, stored_revocation};
use super::schema::{crl_archive, submissions};
use super::steps_schema::{crl_impact_filings, crl_impacts};
use super::submissions::stored_status;
use super::{Store, from_database, parse_stored, stored_digest};
use crate::ids::ArrivalNumber;
use crate::submission::status::{RevocationState, SubmissionStatus};

/// An impact as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImpact {
    /// SHA-256 of the list's DER.
    pub list: [u8; 32],
    /// The list before it.
    pub before: Option<[u8; 32]>,
    /// The CA's name.
    pub issuer: String,
    /// Which certificates it speaks of.
    pub scope: String,
    /// CRL number.
    pub number: Option<String>,
    /// When it was run.
    pub ran_at: DateTime<Utc>,
    /// How many entries were new or changed.
    pub entries: i64,
    /// How many filings they touch.
    pub filings: i64,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// One filing of an impact as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImpactFiling {
    /// The filing.
    pub arrival_number: ArrivalNumber,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The CRLReason.
    pub reason: String,
    /// Since when the list says so.
    pub revoked_at: DateTime<Utc>,
    /// Where the filing stood.
    pub status_then: SubmissionStatus,
    /// How firm its verdict was.
    pub revocation_then: RevocationState,
    /// What follows; none until it was judged again.
    pub follows: Option<Follows>,
}

impl Store {
    /// The impacts, newest first; with `at_least` those alone that touch so many filings.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn impacts_list(&self, at_least: u32, limit: u32) -> Result<Vec<StoredImpact>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<ImpactRow> = crl_impacts::table
                .inner_join(crl_archive::table)
                .filter(crl_impacts::filings.ge(i64::from(at_least)))
                .order((crl_impacts::ran_at.desc(), crl_impacts::list_sha256))
                .limit(i64::from(limit))
                .select(COLUMNS)
                .load(conn)?;
            rows.into_iter().map(stored).collect()
        })
        .await
    }

    /// What lists say of one filing, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn impacts_of_filing(&self, number: ArrivalNumber) -> Result<Vec<StoredImpactFiling>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<FilingRow> = crl_impact_filings::table
                .inner_join(submissions::table)
                .filter(submissions::arrival_number.eq(number.as_str()))
                .order((crl_impact_filings::judge_after, crl_impact_filings::list_sha256))
                .select(FILING_COLUMNS)
                .load(conn)?;
            rows.into_iter().map(stored_filing).collect()
        })
        .await
    }

    /// The impact of one list, and the first `limit` filings of it; none where the list is not known or was not run yet.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn impact_find(
        &self,
        list: [u8; 32],
        limit: u32,
    ) -> Result<Option<(StoredImpact, Vec<StoredImpactFiling>)>, StoreError> {
        self.read(move |conn| {
            let row: Option<ImpactRow> = crl_impacts::table
                .inner_join(crl_archive::table)
                .filter(crl_impacts::list_sha256.eq(list.to_vec()))
                .select(COLUMNS)
                .first(conn)
                .optional()?;
            let Some(row) = row else { return Ok(None) };
            Ok(Some((stored(row)?, filings_of(conn, list, limit)?)))
        })
        .await
    }
}

type ImpactRow = ((Vec<u8>, Option<Vec<u8>>, NaiveDateTime, i64, i64, i64), (String, String, Option<String>));

type Columns = (
    (
        crl_impacts::list_sha256,
        crl_impacts::before_sha256,
        crl_impacts::ran_at,
        crl_impacts::entries,
        crl_impacts::filings,
        crl_impacts::took_ms,
    ),
    (crl_archive::issuer, crl_archive::scope, crl_archive::number),
);

const COLUMNS: Columns = (
    (
        crl_impacts::list_sha256,
        crl_impacts::before_sha256,
        crl_impacts::ran_at,
        crl_impacts::entries,
        crl_impacts::filings,
        crl_impacts::took_ms,
    ),
    (crl_archive::issuer, crl_archive::scope, crl_archive::number),
);

fn stored(
    ((list, before, ran_at, entries, filings, took_ms), (issuer, scope, number)): ImpactRow,
) -> Result<StoredImpact, StoreError> {
    Ok(StoredImpact {
        list: stored_digest(&list)?,
        before: before.as_deref().map(stored_digest).transpose()?,
        issuer,
        scope,
        number,
        ran_at: from_database(ran_at),
        entries,
        filings,
        took_ms,
    })
}

type FilingRow = (String, NaiveDateTime, String, NaiveDateTime, String, String, Option<String>);

fn filings_of(conn: &mut AnyConnection, list: [u8; 32], limit: u32) -> Result<Vec<StoredImpactFiling>, StoreError> {
    let rows: Vec<FilingRow> = crl_impact_filings::table
        .inner_join(submissions::table)
        .filter(crl_impact_filings::list_sha256.eq(list.to_vec()))
        .order(crl_impact_filings::submission_id)
        .limit(i64::from(limit))
        .select(FILING_COLUMNS)
        .load(conn)?;
    rows.into_iter().map(stored_filing).collect()
}

fn stored_follows(text: &str) -> Result<Follows, StoreError> {
    Follows::from_text(text).ok_or_else(|| StoreError::Fault("what follows from a list is not known".to_owned()))
}

type FilingColumns = (
    submissions::arrival_number,
    submissions::received_at,
    crl_impact_filings::reason,
    crl_impact_filings::revoked_at,
    crl_impact_filings::status_then,
    crl_impact_filings::revocation_then,
    crl_impact_filings::follows,
);

const FILING_COLUMNS: FilingColumns = (
    submissions::arrival_number,
    submissions::received_at,
    crl_impact_filings::reason,
    crl_impact_filings::revoked_at,
    crl_impact_filings::status_then,
    crl_impact_filings::revocation_then,
    crl_impact_filings::follows,
);

fn stored_filing(
    (number, received_at, reason, revoked_at, status, revocation, follows): FilingRow,
) -> Result<StoredImpactFiling, StoreError> {
    Ok(StoredImpactFiling {
        arrival_number: parse_stored(&number)?,
        received_at: from_database(received_at),
        reason,
        revoked_at: from_database(revoked_at),
        status_then: stored_status(&status)?,
        revocation_then: stored_revocation(&revocation)?,
        follows: follows.as_deref().map(stored_follows).transpose()?,
    })
}
