//! What the background work does with quarantined lists: those that two operators let in, and those overtaken.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::judge::{counted, line, set_state};
use super::{OPEN, OPERATORS_NEEDED, QuarantineState, Row, find, lock};
use crate::store::connection::AnyConnection;
use crate::store::error::StoreError;
use crate::store::schema::{crl_archive, crl_quarantine, crl_releases};
use crate::store::{Store, audit, stored_digest, to_database};

impl Store {
    /// The lists that two operators have let in, and that are not in yet: the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn crl_quarantine_due(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        self.read(|conn| {
            let rows: Vec<(Vec<u8>, String)> = crl_quarantine::table
                .filter(crl_quarantine::state.eq_any(OPEN))
                .order(crl_quarantine::this_update)
                .select((crl_quarantine::sha256, crl_quarantine::state))
                .load(conn)?;
            let mut due = Vec::new();
            for (sha256, state) in rows {
                let sha256 = stored_digest(&sha256)?;
                let released = state == QuarantineState::Released.as_str();
                if released || counted(conn, sha256)? >= OPERATORS_NEEDED {
                    due.push(sha256);
                }
            }
            Ok(due)
        })
        .await
    }

    /// Notes that a list which two operators let in is archived and in use. Where it is so already, nothing changes.
    ///
    /// # Errors
    /// [`StoreError`] when it is not on disk; it is noted in the next round then.
    pub async fn crl_quarantine_let_in(&self, sha256: [u8; 32], at: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            lock(conn, sha256)?;
            let is_let_in = find(conn, sha256)?.is_none_or(|list| list.state == QuarantineState::LetIn);
            if is_let_in {
                return Ok(());
            }
            set_state(conn, sha256, QuarantineState::LetIn, at)?;
            audit::append(conn, &line("let_in_crl", sha256, "done", at))
        })
        .await
    }

    /// Notes that a list which two operators let in fails another check now: it waits again, and nobody has let it in.
    ///
    /// # Errors
    /// [`StoreError`] when it is not on disk.
    pub async fn crl_quarantine_failed(
        &self,
        sha256: [u8; 32],
        code: &'static str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            lock(conn, sha256)?;
            diesel::delete(crl_releases::table.filter(crl_releases::sha256.eq(sha256.to_vec()))).execute(conn)?;
            set_state(conn, sha256, QuarantineState::Waiting, at)?;
            diesel::update(crl_quarantine::table.find(sha256.to_vec()))
                .set(crl_quarantine::state_reason.eq(code))
                .execute(conn)?;
            audit::append(conn, &line("let_in_crl", sha256, code, at))
        })
        .await
    }

    /// Marks the lists that wait or are on their way, of whose row one that was issued later is archived, and those that are archived themselves
    /// (a gateway that held nothing to compare them with took them in); gives how many.
    ///
    /// # Errors
    /// [`StoreError`] when the record does not answer.
    pub async fn crl_quarantine_overtake(&self, at: DateTime<Utc>) -> Result<usize, StoreError> {
        let moves = self.read(needless).await?;
        if moves.is_empty() {
            return Ok(0);
        }
        self.write(move |conn| {
            let mut marked = 0;
            for (sha256, to) in moves {
                lock(conn, sha256)?;
                if find(conn, sha256)?.is_some_and(|list| list.state.is_open()) {
                    set_state(conn, sha256, to, at)?;
                    let action = if to == QuarantineState::LetIn { "let_in_crl" } else { "overtake_crl" };
                    audit::append(conn, &line(action, sha256, "done", at))?;
                    marked += 1;
                }
            }
            Ok(marked)
        })
        .await
    }
}

/// The lists that need not wait any more, with where they go.
fn needless(conn: &mut AnyConnection) -> Result<Vec<([u8; 32], QuarantineState)>, StoreError> {
    let open = crl_quarantine::table.filter(crl_quarantine::state.eq_any(OPEN));
    let rows: Vec<Row> = open.select(Row::as_select()).load(conn)?;
    let mut moves = Vec::new();
    for row in rows {
        let list = row.list()?;
        let of_row = crl_archive::table
            .filter(crl_archive::issuer_key.eq(list.row.issuer_key.to_vec()))
            .filter(crl_archive::scope_key.eq(list.row.scope_key.to_vec()))
            .filter(crl_archive::delta.eq(list.delta))
            .filter(crl_archive::this_update.ge(to_database(list.this_update)));
        let newer: Vec<Vec<u8>> = of_row.select(crl_archive::sha256).limit(2).load(conn)?;
        match newer.iter().any(|other| *other == list.sha256) {
            true => moves.push((list.sha256, QuarantineState::LetIn)),
            false if !newer.is_empty() => moves.push((list.sha256, QuarantineState::Overtaken)),
            false => {}
        }
    }
    Ok(moves)
}
