//! How it stands with the other gateways: when each was heard of last, and why it was not reached.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::network_peers;
use crate::store::connection::{AnyConnection, on_backend};
use crate::store::{Store, StoreError, from_database, to_database};

/// What is known of another gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerState {
    /// Its name.
    pub name: String,
    /// When it last answered a message.
    pub last_answered: Option<DateTime<Utc>>,
    /// When it last sent one.
    pub last_heard: Option<DateTime<Utc>>,
    /// When it last failed to answer, and why: its state where that is later than its last answer.
    pub last_failed: Option<(DateTime<Utc>, String)>,
    /// How often in a row it has failed.
    pub failures: u32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = network_peers)]
struct Row {
    name: String,
    last_answered: Option<NaiveDateTime>,
    last_heard: Option<NaiveDateTime>,
    last_failed: Option<NaiveDateTime>,
    last_code: Option<String>,
    failures: i32,
}

impl Store {
    /// What is known of every gateway that was spoken to, by name.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_peer_list(&self) -> Result<Vec<PeerState>, StoreError> {
        self.read(|conn| {
            let rows: Vec<Row> = network_peers::table.order(network_peers::name).select(Row::as_select()).load(conn)?;
            Ok(rows.into_iter().map(state).collect())
        })
        .await
    }

    /// Notes how speaking to `name` ended: answered, or why not.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn network_peer_note(
        &self,
        name: String,
        ended: Result<(), &'static str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            ensure(conn, &name)?;
            let (this, now) = (network_peers::table.find(&name), to_database(now));
            match ended {
                Ok(()) => diesel::update(this)
                    .set((network_peers::last_answered.eq(now), network_peers::failures.eq(0)))
                    .execute(conn)?,
                Err(code) => diesel::update(this)
                    .set((
                        network_peers::last_failed.eq(now),
                        network_peers::last_code.eq(code),
                        network_peers::failures.eq(network_peers::failures + 1),
                    ))
                    .execute(conn)?,
            };
            Ok(())
        })
        .await
    }
}

/// Notes that `name` sent a message.
pub(super) fn heard(conn: &mut AnyConnection, name: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    ensure(conn, name)?;
    diesel::update(network_peers::table.find(name))
        .set(network_peers::last_heard.eq(to_database(now)))
        .execute(conn)?;
    Ok(())
}

fn ensure(conn: &mut AnyConnection, name: &str) -> Result<(), StoreError> {
    let row = (network_peers::name.eq(name), network_peers::failures.eq(0));
    on_backend!(conn, c => {
        diesel::insert_into(network_peers::table).values(row).on_conflict_do_nothing().execute(c)?
    });
    Ok(())
}

fn state(row: Row) -> PeerState {
    PeerState {
        name: row.name,
        last_answered: row.last_answered.map(from_database),
        last_heard: row.last_heard.map(from_database),
        last_failed: row.last_failed.map(|at| (from_database(at), row.last_code.unwrap_or_default())),
        failures: u32::try_from(row.failures).unwrap_or(0),
    }
}
