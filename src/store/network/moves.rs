//! Moves between municipalities: a row at each end, and how far the filings that begin them were followed.
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::network_moves;
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::registry::record::RecordId;
use crate::store::connection::{AnyConnection, on_backend};
use crate::store::steps_schema::follow_up;
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// Which end of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The municipality that the person leaves.
    Out,
    /// The one that they come to.
    In,
}

impl Direction {
    /// `out` or `in`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
        }
    }
}

/// One end of a move.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMove {
    /// The move.
    pub id: Uuid,
    /// Which end this is.
    pub direction: Direction,
    /// The municipality of this end.
    pub municipality: AgencyCode,
    /// That of the other.
    pub other: AgencyCode,
    /// The record of this end.
    pub record: Option<RecordId>,
    /// The filing that notified it here.
    pub filing: Option<ArrivalNumber>,
    /// Where it stands: a stable word.
    pub state: String,
    /// Why, where that is to be told.
    pub reason: Option<String>,
    /// The day as it was notified.
    pub intended: NaiveDate,
    /// What was told of the person, sealed.
    pub body: Option<Vec<u8>>,
    /// When the row was made.
    pub noted_at: DateTime<Utc>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
}

impl std::fmt::Debug for StoredMove {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredMove")
            .field("id", &self.id)
            .field("direction", &self.direction)
            .field("state", &self.state)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What becomes of a move; what is none stays as it was.
#[derive(Debug, Clone, Default)]
pub struct MoveStep {
    /// The states that it may stand in before.
    pub from: &'static [&'static str],
    /// The state afterwards.
    pub to: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// The record that it has now.
    pub record: Option<RecordId>,
    /// The filing that it has now.
    pub filing: Option<ArrivalNumber>,
    /// Whether what was told of the person is forgotten.
    pub forget: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = network_moves)]
struct Row {
    id: String,
    direction: String,
    municipality: String,
    other: String,
    record_id: Option<String>,
    filing: Option<String>,
    state: String,
    reason: Option<String>,
    intended: String,
    body: Option<Vec<u8>>,
    noted_at: NaiveDateTime,
    changed_at: NaiveDateTime,
}

impl Row {
    fn stored(self) -> Result<StoredMove, StoreError> {
        Ok(StoredMove {
            id: parse_stored(&self.id)?,
            direction: if self.direction == "out" { Direction::Out } else { Direction::In },
            municipality: parse_stored(&self.municipality)?,
            other: parse_stored(&self.other)?,
            record: self.record_id.as_deref().map(parse_stored).transpose()?,
            filing: self.filing.as_deref().map(parse_stored).transpose()?,
            state: self.state,
            reason: self.reason,
            intended: parse_stored(&self.intended)?,
            body: self.body,
            noted_at: from_database(self.noted_at),
            changed_at: from_database(self.changed_at),
        })
    }
}

/// Adds one end of a move, inside a transaction. False where it is there.
///
/// # Errors
/// [`StoreError`] when it could not be written.
pub fn add(conn: &mut AnyConnection, one: &StoredMove) -> Result<bool, StoreError> {
    let row = (
        network_moves::id.eq(one.id.to_string()),
        network_moves::direction.eq(one.direction.as_str()),
        network_moves::municipality.eq(one.municipality.as_str()),
        network_moves::other.eq(one.other.as_str()),
        network_moves::record_id.eq(one.record.map(|record| record.to_string())),
        network_moves::filing.eq(one.filing.map(|filing| filing.to_string())),
        network_moves::state.eq(&one.state),
        network_moves::reason.eq(&one.reason),
        network_moves::intended.eq(one.intended.to_string()),
        network_moves::body.eq(&one.body),
        network_moves::noted_at.eq(to_database(one.noted_at)),
        network_moves::changed_at.eq(to_database(one.changed_at)),
    );
    let new = on_backend!(conn, c => {
        diesel::insert_into(network_moves::table).values(row).on_conflict_do_nothing().execute(c)?
    });
    Ok(new == 1)
}

/// One end of a move, inside a transaction.
///
/// # Errors
/// [`StoreError`] when it could not be read.
pub fn find(conn: &mut AnyConnection, id: Uuid, direction: Direction) -> Result<Option<StoredMove>, StoreError> {
    let this = network_moves::table.find((id.to_string(), direction.as_str()));
    let row: Option<Row> = this.select(Row::as_select()).first(conn).optional()?;
    row.map(Row::stored).transpose()
}

/// Takes a move one step on, inside a transaction. False where it does not stand in one of the states that the step begins in.
///
/// # Errors
/// [`StoreError`] when it could not be written.
pub fn step(
    conn: &mut AnyConnection,
    (id, direction): (Uuid, Direction),
    step: &MoveStep,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Some(before) = find(conn, id, direction)?.filter(|before| step.from.contains(&before.state.as_str())) else {
        return Ok(false);
    };
    let this =
        network_moves::table.find((id.to_string(), direction.as_str())).filter(network_moves::state.eq(before.state));
    let record = step.record.or(before.record).map(|record| record.to_string());
    let filing = step.filing.or(before.filing).map(|filing| filing.to_string());
    let changed = diesel::update(this)
        .set((
            network_moves::state.eq(step.to),
            network_moves::reason.eq(&step.reason),
            network_moves::record_id.eq(record),
            network_moves::filing.eq(filing),
            network_moves::body.eq(if step.forget { None } else { before.body }),
            network_moves::changed_at.eq(to_database(now)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The ends of moves that a filing began, inside a transaction.
///
/// # Errors
/// [`StoreError`] when it could not be read.
pub fn of_filing(conn: &mut AnyConnection, filing: ArrivalNumber) -> Result<Vec<StoredMove>, StoreError> {
    let of = network_moves::table.filter(network_moves::filing.eq(filing.as_str()));
    let rows: Vec<Row> = of.order(network_moves::id).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::stored).collect()
}

/// Notes that the filings of `municipality` were followed up to `to`, inside a transaction. False where another was quicker.
///
/// # Errors
/// [`StoreError`] when it could not be written.
pub fn followed(conn: &mut AnyConnection, municipality: AgencyCode, from: i64, to: i64) -> Result<bool, StoreError> {
    let name = follower(municipality);
    let row = (follow_up::name.eq(&name), follow_up::position.eq(0_i64));
    on_backend!(conn, c => diesel::insert_into(follow_up::table).values(row).on_conflict_do_nothing().execute(c)?);
    let this = follow_up::table.find(&name).filter(follow_up::position.eq(from));
    Ok(diesel::update(this).set(follow_up::position.eq(to)).execute(conn)? == 1)
}

fn follower(municipality: AgencyCode) -> String {
    format!("moves-{municipality}")
}

impl Store {
    /// How far the filings of `municipality` were followed.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_moves_followed(&self, municipality: AgencyCode) -> Result<i64, StoreError> {
        self.look_up(move |conn| {
            let this = follow_up::table.find(follower(municipality)).select(follow_up::position);
            Ok(this.first(conn).optional()?.unwrap_or(0))
        })
        .await
    }

    /// The moves of one end of a municipality, the newest change first; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_moves_list(
        &self,
        municipality: AgencyCode,
        direction: Direction,
        limit: i64,
    ) -> Result<Vec<StoredMove>, StoreError> {
        self.look_up(move |conn| {
            let rows: Vec<Row> = network_moves::table
                .filter(network_moves::municipality.eq(municipality.as_str()))
                .filter(network_moves::direction.eq(direction.as_str()))
                .order((network_moves::changed_at.desc(), network_moves::id))
                .limit(limit)
                .select(Row::as_select())
                .load(conn)?;
            rows.into_iter().map(Row::stored).collect()
        })
        .await
    }

    /// The moves in that are expected with an intended day before `day`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_moves_overdue(&self, day: NaiveDate) -> Result<Vec<StoredMove>, StoreError> {
        self.look_up(move |conn| {
            let rows: Vec<Row> = network_moves::table
                .filter(network_moves::direction.eq("in"))
                .filter(network_moves::state.eq("expected"))
                .filter(network_moves::intended.lt(day.to_string()))
                .limit(100)
                .select(Row::as_select())
                .load(conn)?;
            rows.into_iter().map(Row::stored).collect()
        })
        .await
    }

    /// One end of a move.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_move(&self, id: Uuid, direction: Direction) -> Result<Option<StoredMove>, StoreError> {
        self.look_up(move |conn| find(conn, id, direction)).await
    }
}
