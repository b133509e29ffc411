//! What alarms have told: once a change of state, again after a while, and by one gateway of several only.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;

use super::connection::AnyConnection;
use super::desk_schema::alarms;
use super::{Store, StoreError, from_database, to_database};

/// The state in which nothing is wrong.
pub const CALM: &str = "fresh";

/// How old a revocation list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Its nextUpdate is far enough away.
    Fresh,
    /// Its nextUpdate is near.
    SoonStale,
    /// Its nextUpdate has passed (or it has none): nothing rests on it any more.
    Stale,
}

impl Freshness {
    /// Judged at `now`; `soon` before its nextUpdate a list is soon stale.
    pub fn of(next_update: Option<DateTime<Utc>>, soon: Duration, now: DateTime<Utc>) -> Self {
        match next_update {
            Some(next) if now + soon < next => Self::Fresh,
            Some(next) if now < next => Self::SoonStale,
            _ => Self::Stale,
        }
    }

    /// `fresh`, `soon_stale` or `stale`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => CALM,
            Self::SoonStale => "soon_stale",
            Self::Stale => "stale",
        }
    }
}

/// The right to tell of one subject, taken by one gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmClaim {
    /// What is watched.
    pub subject: String,
    /// Its state.
    pub state: String,
    /// Since when it is in it.
    pub since: DateTime<Utc>,
    told_before: Option<NaiveDateTime>,
    told_now: NaiveDateTime,
}

#[derive(Queryable)]
struct Row {
    state: String,
    since: NaiveDateTime,
    told_at: Option<NaiveDateTime>,
}

impl Store {
    /// Notes the present state of each subject and takes the right to tell of those that are due: a state that was not
    /// told yet, or one other than [`CALM`] that was last told more than `repeat` ago. A subject that is calm when it is
    /// first seen is not told of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn alarm_claim(
        &self,
        seen: Vec<(String, &'static str)>,
        repeat: Duration,
        now: DateTime<Utc>,
    ) -> Result<Vec<AlarmClaim>, StoreError> {
        self.write(move |connection| {
            let mut claims = Vec::new();
            for (subject, state) in seen {
                claims.extend(claim_one(connection, subject, state, repeat, now)?);
            }
            Ok(claims)
        })
        .await
    }

    /// Gives rights back that could not be used, so that the next round tries again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn alarm_release(&self, claims: Vec<AlarmClaim>) -> Result<(), StoreError> {
        self.write(move |connection| {
            for claim in claims {
                let ours = alarms::table
                    .filter(alarms::subject.eq(&claim.subject))
                    .filter(alarms::state.eq(&claim.state))
                    .filter(alarms::told_at.eq(claim.told_now));
                diesel::update(ours).set(alarms::told_at.eq(claim.told_before)).execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}

/// Each step is a conditional statement of its own: where another gateway was quicker, it changes no row.
fn claim_one(
    connection: &mut AnyConnection,
    subject: String,
    state: &'static str,
    repeat: Duration,
    now: DateTime<Utc>,
) -> Result<Option<AlarmClaim>, StoreError> {
    let at = to_database(now);
    let row = |connection: &mut AnyConnection| -> QueryResult<Option<Row>> {
        alarms::table
            .filter(alarms::subject.eq(&subject))
            .select((alarms::state, alarms::since, alarms::told_at))
            .first(connection)
            .optional()
    };
    match row(connection)? {
        None => {
            let told_at = (state == CALM).then_some(at);
            let new = (
                alarms::subject.eq(&subject),
                alarms::state.eq(state),
                alarms::since.eq(at),
                alarms::told_at.eq(told_at),
            );
            diesel::insert_into(alarms::table).values(new).execute(connection)?;
        }
        Some(before) if before.state != state => {
            let same = alarms::table.filter(alarms::subject.eq(&subject)).filter(alarms::state.eq(&before.state));
            let none: Option<NaiveDateTime> = None;
            diesel::update(same)
                .set((alarms::state.eq(state), alarms::since.eq(at), alarms::told_at.eq(none)))
                .execute(connection)?;
        }
        Some(_) => {}
    }
    let Some(present) = row(connection)?.filter(|row| row.state == state) else { return Ok(None) };
    let due = match present.told_at {
        None => true,
        Some(told) => state != CALM && from_database(told) + repeat <= now,
    };
    if !due {
        return Ok(None);
    }
    let unchanged = alarms::table.filter(alarms::subject.eq(&subject)).filter(alarms::state.eq(state));
    let taken = match present.told_at {
        None => {
            diesel::update(unchanged.filter(alarms::told_at.is_null())).set(alarms::told_at.eq(at)).execute(connection)
        }
        Some(told) => {
            diesel::update(unchanged.filter(alarms::told_at.eq(told))).set(alarms::told_at.eq(at)).execute(connection)
        }
    }?;
    let since = from_database(present.since);
    let claim = AlarmClaim { subject, state: state.to_owned(), since, told_before: present.told_at, told_now: at };
    Ok((taken == 1).then_some(claim))
}
