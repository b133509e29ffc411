//! What operators do with a quarantined list: let it in, take that back, refuse it for good, look at it again. Each act is
//! one transaction with its audit line.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::judge::{counted, set_state};
use super::{OPERATORS_NEEDED, QuarantineState, QuarantinedCrl, find, lock, releases};
use crate::store::accounts::Account;
use crate::store::audit::{self, AuditEntry};
use crate::store::connection::AnyConnection;
use crate::store::error::StoreError;
use crate::store::schema::{crl_quarantine, crl_releases};
use crate::store::{Store, to_database};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Lets the list in, as one of two.
    Release,
    /// Takes the own release back.
    TakeBack,
    /// Refuses the list for good.
    Discard,
    /// Looks at a list again that was refused for good: it waits, and nobody has let it in.
    Reopen,
}

impl Act {
    fn action(self) -> &'static str {
        match self {
            Self::Release => "release_crl",
            Self::TakeBack => "take_back_release_of_crl",
            Self::Discard => "discard_crl",
            Self::Reopen => "reopen_crl",
        }
    }
}

/// One operator's act on one list.
#[derive(Debug, Clone)]
pub struct OperatorAct {
    /// The list.
    pub sha256: [u8; 32],
    /// What.
    pub act: Act,
    /// Who.
    pub by: Account,
    /// Why; empty only for [`Act::TakeBack`].
    pub reason: String,
    /// What the operator saw: the digest of the list that it was compared with, so that nobody lets in what was not
    /// shown.
    pub seen: Option<[u8; 32]>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Does it. A release of an operator who has released it already changes nothing. Gives where the list stands then:
    /// [`QuarantineState::Released`] when this was the second release that counts.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::StatusConflict`] when the list does not stand where that can be done, or
    /// is compared with another list by now.
    pub async fn crl_quarantine_act(&self, act: OperatorAct) -> Result<QuarantineState, StoreError> {
        self.write(move |conn| {
            lock(conn, act.sha256)?;
            let list = find(conn, act.sha256)?.ok_or(StoreError::NotFound)?;
            let mut outcome = "done";
            let state = match act.act {
                Act::Release if releases(conn, act.sha256)?.iter().any(|one| one.account_id == act.by.id) => {
                    outcome = "released_already";
                    list.state
                }
                Act::Release => release(conn, &list, &act)?,
                Act::TakeBack => take_back(conn, &list, &act)?,
                Act::Discard => by_one(conn, &list, &act, QuarantineState::Discarded)?,
                Act::Reopen => by_one(conn, &list, &act, QuarantineState::Waiting)?,
            };
            let entry = AuditEntry {
                at: act.at,
                actor: act.by.actor(),
                action: act.act.action(),
                subject: hex::encode(act.sha256),
                outcome: outcome.to_owned(),
                request_id: None,
            };
            audit::append(conn, &entry)?;
            Ok(state)
        })
        .await
    }
}

fn conflict(list: &QuarantinedCrl) -> StoreError {
    StoreError::QuarantineConflict { state: list.state.as_str() }
}

fn release(conn: &mut AnyConnection, list: &QuarantinedCrl, act: &OperatorAct) -> Result<QuarantineState, StoreError> {
    if list.state != QuarantineState::Waiting || act.seen != list.compared_with {
        return Err(conflict(list));
    }
    diesel::insert_into(crl_releases::table)
        .values((
            crl_releases::sha256.eq(act.sha256.to_vec()),
            crl_releases::account_id.eq(&act.by.id),
            crl_releases::login.eq(&act.by.login),
            crl_releases::reason.eq(&act.reason),
            crl_releases::released_at.eq(to_database(act.at)),
        ))
        .execute(conn)?;
    if counted(conn, act.sha256)? < OPERATORS_NEEDED {
        return Ok(QuarantineState::Waiting);
    }
    Ok(QuarantineState::Released)
}

fn take_back(
    conn: &mut AnyConnection,
    list: &QuarantinedCrl,
    act: &OperatorAct,
) -> Result<QuarantineState, StoreError> {
    if list.state != QuarantineState::Waiting {
        return Err(conflict(list));
    }
    let own = crl_releases::table.find((act.sha256.to_vec(), &act.by.id));
    match diesel::delete(own).execute(conn)? {
        0 => Err(conflict(list)),
        _ => Ok(QuarantineState::Waiting),
    }
}

/// What one operator does alone; whoever let the list in has not any more.
fn by_one(
    conn: &mut AnyConnection,
    list: &QuarantinedCrl,
    act: &OperatorAct,
    to: QuarantineState,
) -> Result<QuarantineState, StoreError> {
    let from = if to == QuarantineState::Discarded { QuarantineState::Waiting } else { QuarantineState::Discarded };
    if list.state != from {
        return Err(conflict(list));
    }
    diesel::delete(crl_releases::table.filter(crl_releases::sha256.eq(act.sha256.to_vec()))).execute(conn)?;
    set_state(conn, act.sha256, to, act.at)?;
    diesel::update(crl_quarantine::table.find(act.sha256.to_vec()))
        .set((crl_quarantine::state_by.eq(act.by.actor()), crl_quarantine::state_reason.eq(&act.reason)))
        .execute(conn)?;
    Ok(to)
}
