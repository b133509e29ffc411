//! Putting a list into quarantine, or finding that two operators have let it in.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{OPERATORS_NEEDED, QuarantineState, QuarantinedCrl, find, lock, releases};
use crate::pki::crl::{Judgement, QuarantineCase};
use crate::store::audit::{self, AuditEntry};
use crate::store::connection::{AnyConnection, on_backend};
use crate::store::crl_archive::digest_of;
use crate::store::error::StoreError;
use crate::store::schema::{crl_quarantine, crl_releases};
use crate::store::{Store, to_database};

/// What audit lines and states call the program itself.
pub const GATEWAY: &str = "gateway";

/// The most characters of where a list came from.
const SOURCE_LIMIT: usize = 500;

impl Store {
    /// Says whether a list was let in against what speaks against it, and otherwise keeps it with its bytes. The same
    /// list never has a second row. Where it is now compared with a newer list than the operators saw, what they said does
    /// not count any more.
    ///
    /// # Errors
    /// [`StoreError`] when it is not on disk.
    pub async fn crl_quarantine_judge(&self, case: QuarantineCase, at: DateTime<Utc>) -> Result<Judgement, StoreError> {
        let sha256 = digest_of(&case.record.rank)?;
        // The bytes are there before the row that speaks of them; a list that is known has them.
        let known = self.read(move |conn| Ok(find(conn, sha256)?.is_some())).await?;
        let content = if known { None } else { self.crl_bytes_put(sha256, case.record.bytes.clone()).await? };
        self.write(move |conn| {
            lock(conn, sha256)?;
            match find(conn, sha256)? {
                None => {
                    insert(conn, sha256, &case, content, at)?;
                    note(conn, sha256, &case, at)?;
                    Ok(Judgement::Kept)
                }
                Some(row) if row.state == QuarantineState::Discarded => Ok(Judgement::Discarded),
                Some(row) => judge(conn, &row, &case, at),
            }
        })
        .await
    }
}

fn judge(
    conn: &mut AnyConnection,
    row: &QuarantinedCrl,
    case: &QuarantineCase,
    at: DateTime<Utc>,
) -> Result<Judgement, StoreError> {
    let compared = case.objections.compared_with.as_ref();
    let same_list = compared.map(|other| other.sha256.clone()) == row.compared_with.map(hex::encode);
    let same_codes = case.objections.codes.iter().all(|code| row.codes.iter().any(|known| known == code));
    if same_list && same_codes {
        return match row.state {
            QuarantineState::Released | QuarantineState::LetIn => Ok(Judgement::LetIn),
            QuarantineState::Waiting if counted(conn, row.sha256)? >= OPERATORS_NEEDED => {
                set_state(conn, row.sha256, QuarantineState::Released, at)?;
                Ok(Judgement::LetIn)
            }
            _ => Ok(Judgement::Kept),
        };
    }
    // A gateway that still holds an older list than the operators saw waits for what they decide.
    let newer = compared.is_some_and(|other| row.compared_update.is_none_or(|known| other.this_update >= known));
    if newer {
        let sha256 = row.sha256;
        diesel::delete(crl_releases::table.filter(crl_releases::sha256.eq(sha256.to_vec()))).execute(conn)?;
        diesel::update(crl_quarantine::table.find(sha256.to_vec()))
            .set((
                crl_quarantine::codes.eq(case.objections.codes.join(",")),
                crl_quarantine::detail.eq(&case.objections.detail),
                crl_quarantine::diff.eq(diff_text(case)?),
                crl_quarantine::compared_with.eq(compared_digest(case)?),
                crl_quarantine::compared_update.eq(compared.map(|other| to_database(other.this_update))),
            ))
            .execute(conn)?;
        set_state(conn, sha256, QuarantineState::Waiting, at)?;
        note(conn, sha256, case, at)?;
    }
    Ok(Judgement::Kept)
}

/// How many operators let a list in whose accounts count.
pub(super) fn counted(conn: &mut AnyConnection, sha256: [u8; 32]) -> Result<usize, StoreError> {
    Ok(releases(conn, sha256)?.iter().filter(|release| release.counts).count())
}

/// Brings a list to a state, as the gateway does.
pub(super) fn set_state(
    conn: &mut AnyConnection,
    sha256: [u8; 32],
    state: QuarantineState,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(crl_quarantine::table.find(sha256.to_vec()))
        .set((
            crl_quarantine::state.eq(state.as_str()),
            crl_quarantine::state_since.eq(to_database(at)),
            crl_quarantine::state_by.eq(GATEWAY),
            crl_quarantine::state_reason.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

/// An audit line of what the gateway did with a list.
pub(super) fn line(action: &'static str, sha256: [u8; 32], outcome: &str, at: DateTime<Utc>) -> AuditEntry {
    AuditEntry {
        at,
        actor: GATEWAY.to_owned(),
        action,
        subject: hex::encode(sha256),
        outcome: outcome.to_owned(),
        request_id: None,
    }
}

fn note(
    conn: &mut AnyConnection,
    sha256: [u8; 32],
    case: &QuarantineCase,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    audit::append(conn, &line("quarantine_crl", sha256, &case.objections.codes.join(","), at))
}

fn diff_text(case: &QuarantineCase) -> Result<String, StoreError> {
    serde_json::to_string(&case.objections.diff).map_err(|error| StoreError::Fault(error.to_string()))
}

fn compared_digest(case: &QuarantineCase) -> Result<Option<Vec<u8>>, StoreError> {
    let digest = case.objections.compared_with.as_ref().map(|other| hex::decode(&other.sha256)).transpose();
    digest.map_err(|_| StoreError::Fault("a list's digest is not hexadecimal".to_owned()))
}

fn insert(
    conn: &mut AnyConnection,
    sha256: [u8; 32],
    case: &QuarantineCase,
    content: Option<Vec<u8>>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (list, objections) = (&case.record, &case.objections);
    let next_update = list.identity.next_update.unwrap_or(list.identity.this_update);
    let row = (
        crl_quarantine::sha256.eq(sha256.to_vec()),
        crl_quarantine::issuer_key.eq(list.row.issuer_key.to_vec()),
        crl_quarantine::issuer.eq(list.identity.issuer.clone()),
        crl_quarantine::scope_key.eq(list.row.scope_key.to_vec()),
        crl_quarantine::scope.eq(list.scope.clone()),
        crl_quarantine::delta.eq(list.rank.delta),
        crl_quarantine::number.eq(list.identity.number.clone()),
        crl_quarantine::this_update.eq(to_database(list.rank.this_update)),
        crl_quarantine::next_update.eq(to_database(next_update)),
        crl_quarantine::entries.eq(count(list.entries)),
        crl_quarantine::size.eq(count(list.bytes.len())),
        crl_quarantine::source.eq(case.source.chars().take(SOURCE_LIMIT).collect::<String>()),
        crl_quarantine::quarantined_at.eq(to_database(at)),
        crl_quarantine::codes.eq(objections.codes.join(",")),
        crl_quarantine::detail.eq(objections.detail.clone()),
        crl_quarantine::diff.eq(diff_text(case)?),
        crl_quarantine::compared_with.eq(compared_digest(case)?),
        crl_quarantine::compared_update
            .eq(objections.compared_with.as_ref().map(|other| to_database(other.this_update))),
        crl_quarantine::state.eq(QuarantineState::Waiting.as_str()),
        crl_quarantine::state_since.eq(to_database(at)),
        crl_quarantine::state_by.eq(GATEWAY),
        crl_quarantine::state_reason.eq(""),
        crl_quarantine::content.eq(content),
    );
    on_backend!(conn, c => diesel::insert_into(crl_quarantine::table).values(row).execute(c))?;
    Ok(())
}
