//! The impact of accepted revocation lists: which filings' signers are on them now, what was decided then, and what
//! follows. A list waits in `crl_impacts_due` from the transaction that archives it to the one that notes its impact.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{crl_archive, submissions};
use super::steps_schema::{crl_impact_filings, crl_impacts, crl_impacts_due};
use super::submissions::stored_status;
use super::{Store, from_database, stored_digest, to_database};
use crate::submission::status::{RevocationState, SubmissionStatus};

/// What follows for a filing from its signer being on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Follows {
    /// The certificate had ended before the filing arrived: its verdict is contested.
    Contested,
    /// It was contested before.
    WasContested,
    /// Nothing: the certificate ended after the filing arrived.
    EndedAfterReceipt,
    /// Nothing: it is another certificate with that issuer's name and that serial, or the entry does not count.
    StillGood,
    /// Nothing yet: the certificate is suspended.
    OnHold,
    /// Nothing: its suspension has ended (removeFromCRL).
    HoldEnded,
    /// The filing is held, and is decided by itself.
    Held,
}

impl Follows {
    /// Every value.
    pub const ALL: &[Self] = &[
        Self::Contested,
        Self::WasContested,
        Self::EndedAfterReceipt,
        Self::StillGood,
        Self::OnHold,
        Self::HoldEnded,
        Self::Held,
    ];

    /// As it stands in the database and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contested => "contested",
            Self::WasContested => "was_contested",
            Self::EndedAfterReceipt => "ended_after_receipt",
            Self::StillGood => "still_good",
            Self::OnHold => "on_hold",
            Self::HoldEnded => "hold_ended",
            Self::Held => "held",
        }
    }

    /// Reads what `as_str` wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == text)
    }
}

/// A list to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpactDue {
    /// SHA-256 of the list's DER.
    pub list: [u8; 32],
    /// The list before it in its row of numbers, of the same kind (complete or delta).
    pub before: Option<[u8; 32]>,
}

/// A filing whose signer is on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpactFiling {
    /// The filing.
    pub submission_id: i64,
    /// The CRLReason.
    pub reason: &'static str,
    /// Since when the list says so.
    pub revoked_at: DateTime<Utc>,
}

/// What running a list gave.
#[derive(Debug, Clone)]
pub struct ImpactRun {
    /// The list and the one before it.
    pub due: ImpactDue,
    /// How many entries were new or changed.
    pub entries: usize,
    /// The filings that they touch.
    pub filings: Vec<ImpactFiling>,
    /// How long it took so far.
    pub took: std::time::Duration,
}

/// A filing that is to be judged again because of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpactToJudge {
    /// The filing.
    pub submission_id: i64,
    /// The row of the list's numbers ([`super::follow_up::list_row`]).
    pub list_row: [u8; 32],
    /// When the list was issued.
    pub this_update: DateTime<Utc>,
}

impl Store {
    /// The lists that were not run yet, in the order of their acceptance, each with the one before it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn impacts_due(&self, limit: u32) -> Result<Vec<ImpactDue>, StoreError> {
        self.read(move |conn| {
            let lists: Vec<Vec<u8>> = crl_impacts_due::table
                .order((crl_impacts_due::accepted_at, crl_impacts_due::list_sha256))
                .limit(i64::from(limit))
                .select(crl_impacts_due::list_sha256)
                .load(conn)?;
            lists.iter().map(|list| Ok(ImpactDue { list: stored_digest(list)?, before: before(conn, list)? })).collect()
        })
        .await
    }

    /// Notes a run, once: false where it was noted already.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written; nothing is noted then.
    pub async fn impact_note(&self, run: ImpactRun, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(move |conn| note(conn, &run, now)).await
    }

    /// The filings that are to be judged again at `now` because of a list, each once.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn impacts_to_judge(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<ImpactToJudge>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<(i64, Vec<u8>, Vec<u8>, NaiveDateTime)> = crl_impact_filings::table
                .inner_join(crl_archive::table)
                .filter(crl_impact_filings::follows.is_null())
                .filter(crl_impact_filings::judge_after.le(to_database(now)))
                .order((crl_impact_filings::judge_after, crl_impact_filings::submission_id))
                .limit(i64::from(limit))
                .select((
                    crl_impact_filings::submission_id,
                    crl_archive::issuer_key,
                    crl_archive::scope_key,
                    crl_archive::this_update,
                ))
                .load(conn)?;
            rows.into_iter()
                .map(|(submission_id, issuer_key, scope_key, this_update)| {
                    let list_row =
                        super::follow_up::list_row(&stored_digest(&issuer_key)?, &stored_digest(&scope_key)?);
                    Ok(ImpactToJudge { submission_id, list_row, this_update: from_database(this_update) })
                })
                .collect()
        })
        .await
    }

    /// Says what follows for filings for which nothing was said yet.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn impacts_settle(&self, filings: Vec<(i64, Follows)>) -> Result<(), StoreError> {
        self.write(move |conn| {
            for (id, follows) in filings {
                let open = crl_impact_filings::table
                    .filter(crl_impact_filings::submission_id.eq(id))
                    .filter(crl_impact_filings::follows.is_null());
                diesel::update(open).set(crl_impact_filings::follows.eq(follows.as_str())).execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    /// Puts filings off that could not be judged now.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn impacts_put_off(&self, filings: Vec<i64>, until: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            for some in filings.chunks(500) {
                let open = crl_impact_filings::table
                    .filter(crl_impact_filings::submission_id.eq_any(some))
                    .filter(crl_impact_filings::follows.is_null());
                diesel::update(open).set(crl_impact_filings::judge_after.eq(to_database(until))).execute(conn)?;
            }
            Ok(())
        })
        .await
    }
}

pub(super) fn stored_revocation(text: &str) -> Result<RevocationState, StoreError> {
    RevocationState::from_text(text)
        .ok_or_else(|| StoreError::Fault("a stored revocation state is not known".to_owned()))
}

/// The list before in the same row of numbers, of the same kind.
fn before(conn: &mut AnyConnection, list: &[u8]) -> Result<Option<[u8; 32]>, StoreError> {
    type Place = (Vec<u8>, Vec<u8>, bool, Vec<u8>, NaiveDateTime);
    let (issuer_key, scope_key, delta, number_order, this_update): Place = crl_archive::table
        .find(list.to_vec())
        .select((
            crl_archive::issuer_key,
            crl_archive::scope_key,
            crl_archive::delta,
            crl_archive::number_order,
            crl_archive::this_update,
        ))
        .first(conn)?;
    let earlier = crl_archive::number_order
        .lt(number_order.clone())
        .or(crl_archive::number_order.eq(number_order).and(crl_archive::this_update.lt(this_update)));
    let found: Option<Vec<u8>> = crl_archive::table
        .filter(crl_archive::issuer_key.eq(issuer_key))
        .filter(crl_archive::scope_key.eq(scope_key))
        .filter(crl_archive::delta.eq(delta))
        .filter(earlier)
        .order((crl_archive::number_order.desc(), crl_archive::this_update.desc()))
        .select(crl_archive::sha256)
        .first(conn)
        .optional()?;
    found.as_deref().map(stored_digest).transpose()
}

fn note(conn: &mut AnyConnection, run: &ImpactRun, now: DateTime<Utc>) -> Result<bool, StoreError> {
    // Whoever takes it off the list of what is due notes it: nobody else can.
    if diesel::delete(crl_impacts_due::table.find(run.due.list.to_vec())).execute(conn)? == 0 {
        return Ok(false);
    }
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let row = (
        crl_impacts::list_sha256.eq(run.due.list.to_vec()),
        crl_impacts::before_sha256.eq(run.due.before.map(|digest| digest.to_vec())),
        crl_impacts::ran_at.eq(to_database(now)),
        crl_impacts::entries.eq(count(run.entries)),
        crl_impacts::filings.eq(count(run.filings.len())),
        crl_impacts::took_ms.eq(i64::try_from(run.took.as_millis()).unwrap_or(i64::MAX)),
    );
    on_backend!(conn, c => diesel::insert_into(crl_impacts::table).values(row).execute(c))?;
    for some in run.filings.chunks(500) {
        let ids: Vec<i64> = some.iter().map(|filing| filing.submission_id).collect();
        let then: Vec<(i64, String, String, NaiveDateTime)> = submissions::table
            .filter(submissions::id.eq_any(ids))
            .select((submissions::id, submissions::status, submissions::revocation, submissions::received_at))
            .load(conn)?;
        let then: std::collections::HashMap<i64, _> = then.into_iter().map(|row| (row.0, row)).collect();
        let mut rows = Vec::with_capacity(some.len());
        for filing in some {
            let Some((id, status, revocation, received_at)) = then.get(&filing.submission_id) else { continue };
            let at_once =
                at_once(filing, stored_status(status)?, stored_revocation(revocation)?, from_database(*received_at));
            rows.push((
                crl_impact_filings::list_sha256.eq(run.due.list.to_vec()),
                crl_impact_filings::submission_id.eq(*id),
                crl_impact_filings::reason.eq(filing.reason),
                crl_impact_filings::revoked_at.eq(to_database(filing.revoked_at)),
                crl_impact_filings::status_then.eq(status.clone()),
                crl_impact_filings::revocation_then.eq(revocation.clone()),
                crl_impact_filings::follows.eq(at_once.map(Follows::as_str)),
                crl_impact_filings::judge_after.eq(to_database(now)),
            ));
        }
        on_backend!(conn, c => diesel::insert_into(crl_impact_filings::table).values(&rows).execute(c))?;
    }
    Ok(true)
}

/// What follows without judging the filing again; none where it has to be.
fn at_once(
    filing: &ImpactFiling,
    status: SubmissionStatus,
    revocation: RevocationState,
    received_at: DateTime<Utc>,
) -> Option<Follows> {
    match (status, revocation, filing.reason) {
        (SubmissionStatus::Held, ..) => Some(Follows::Held),
        (_, _, "removeFromCRL") => Some(Follows::HoldEnded),
        _ if filing.revoked_at > received_at => Some(Follows::EndedAfterReceipt),
        (_, RevocationState::Contested, _) => Some(Follows::WasContested),
        (_, _, "certificateHold") => Some(Follows::OnHold),
        // It was withdrawn or refused while it was held: there is no verdict that could change.
        (_, RevocationState::None, _) => Some(Follows::Held),
        _ => None,
    }
}
