//! What is to be sent. Messages of one lane to one municipality are sent one after the other, so that a withdrawal never
//! comes before what it withdraws; other lanes go on beside one that waits.
use std::collections::HashSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::network_outbox;
use crate::ids::AgencyCode;
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// How many messages to one municipality are looked at in a round.
const AT_A_TIME: i64 = 200;

/// A message to be kept until it is answered.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its identifier.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// The municipality that speaks.
    pub from: AgencyCode,
    /// The municipality that is spoken to.
    pub to: AgencyCode,
    /// Its lane: what it has to come after.
    pub lane: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// What it says, sealed.
    pub sealed: Vec<u8>,
}

/// A message whose turn it is.
#[derive(Debug, Clone)]
pub struct DueMessage {
    /// The message.
    pub message: NewMessage,
    /// How often it was tried before.
    pub attempts: u32,
}

/// How it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// `done` or `refused`.
    pub outcome: &'static str,
    /// The answer's code.
    pub code: String,
}

/// What waits for one municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub to: AgencyCode,
    /// How many messages.
    pub messages: i64,
    /// When the oldest of them was written.
    pub oldest: DateTime<Utc>,
    /// Why the oldest was not taken at its last try.
    pub last_code: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = network_outbox)]
struct Row {
    message_id: String,
    kind: String,
    from_code: String,
    to_code: String,
    lane: String,
    created_at: NaiveDateTime,
    body: Option<Vec<u8>>,
    attempts: i32,
    next_due: NaiveDateTime,
}

/// Adds a message in the transaction of what it tells; it is sent once that is on disk.
///
/// # Errors
/// [`StoreError`] when it could not be written.
pub fn enqueue(conn: &mut AnyConnection, message: &NewMessage) -> Result<(), StoreError> {
    let created_at = to_database(message.created_at);
    let row = (
        network_outbox::message_id.eq(message.id.to_string()),
        network_outbox::kind.eq(&message.kind),
        network_outbox::from_code.eq(message.from.as_str()),
        network_outbox::to_code.eq(message.to.as_str()),
        network_outbox::lane.eq(&message.lane),
        network_outbox::created_at.eq(created_at),
        network_outbox::body.eq(&message.sealed),
        network_outbox::attempts.eq(0),
        network_outbox::next_due.eq(created_at),
    );
    diesel::insert_into(network_outbox::table).values(row).execute(conn)?;
    Ok(())
}

impl Store {
    /// Keeps a message that is to be sent.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn network_outbox_add(&self, message: NewMessage) -> Result<(), StoreError> {
        self.write(move |conn| enqueue(conn, &message)).await
    }

    /// What waits, by the municipality that it is for.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_outbox_waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        self.read(|conn| {
            let waiting = network_outbox::table.filter(network_outbox::answered_at.is_null());
            let codes: Vec<String> =
                waiting.select(network_outbox::to_code).distinct().order(network_outbox::to_code).load(conn)?;
            codes.into_iter().map(|code| waiting_for(conn, &code)).collect()
        })
        .await
    }

    /// The messages for `to` whose turn it is now: the first of each lane, where it is due; in the order in which they were
    /// written.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_outbox_due(&self, to: AgencyCode, now: DateTime<Utc>) -> Result<Vec<DueMessage>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = network_outbox::table
                .filter(network_outbox::answered_at.is_null())
                .filter(network_outbox::to_code.eq(to.as_str()))
                .order(network_outbox::seq)
                .limit(AT_A_TIME)
                .select(Row::as_select())
                .load(conn)?;
            let (mut lanes, now) = (HashSet::new(), to_database(now));
            let first = rows.into_iter().filter(|row| lanes.insert(row.lane.clone()));
            first.filter(|row| row.next_due <= now).map(due_message).collect()
        })
        .await
    }

    /// Notes that a message was not taken and when it is tried again.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn network_outbox_failed(
        &self,
        id: Uuid,
        code: &'static str,
        (tried, next_due): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::update(waits(id))
                .set((
                    network_outbox::attempts.eq(network_outbox::attempts + 1),
                    network_outbox::last_tried.eq(to_database(tried)),
                    network_outbox::last_code.eq(code),
                    network_outbox::next_due.eq(to_database(next_due)),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Notes a message's answer, forgets what it said, and does in the same transaction what follows. Once: false where it
    /// was answered before.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written; the message is sent again then and answered as before.
    pub async fn network_outbox_settle<F>(
        &self,
        id: Uuid,
        settled: Settled,
        now: DateTime<Utc>,
        effect: F,
    ) -> Result<bool, StoreError>
    where
        F: FnOnce(&mut AnyConnection) -> Result<(), StoreError> + Send + 'static,
    {
        self.write(move |conn| {
            let now = to_database(now);
            let changed = diesel::update(waits(id))
                .set((
                    network_outbox::attempts.eq(network_outbox::attempts + 1),
                    network_outbox::last_tried.eq(now),
                    network_outbox::last_code.eq(None::<String>),
                    network_outbox::body.eq(None::<Vec<u8>>),
                    network_outbox::answered_at.eq(now),
                    network_outbox::outcome.eq(settled.outcome),
                    network_outbox::answer_code.eq(settled.code),
                ))
                .execute(conn)?;
            if changed == 1 {
                effect(conn)?;
            }
            Ok(changed == 1)
        })
        .await
    }

    /// Puts what waits for `to` off until `until`: the way there is closed for all of it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn network_outbox_postpone(&self, to: AgencyCode, until: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let waiting = network_outbox::table
                .filter(network_outbox::answered_at.is_null())
                .filter(network_outbox::to_code.eq(to.as_str()))
                .filter(network_outbox::next_due.lt(to_database(until)));
            diesel::update(waiting).set(network_outbox::next_due.eq(to_database(until))).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Makes what waits for `to` due now: it was heard of, or somebody mended the way.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn network_outbox_make_due(&self, to: AgencyCode, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let waiting = network_outbox::table
                .filter(network_outbox::answered_at.is_null())
                .filter(network_outbox::to_code.eq(to.as_str()));
            diesel::update(waiting).set(network_outbox::next_due.eq(to_database(now))).execute(conn)?;
            Ok(())
        })
        .await
    }
}

/// The row of a message that is not answered yet.
#[diesel::dsl::auto_type(no_type_alias)]
fn waits(id: Uuid) -> _ {
    let id: String = id.to_string();
    network_outbox::table.filter(network_outbox::message_id.eq(id)).filter(network_outbox::answered_at.is_null())
}

fn waiting_for(conn: &mut AnyConnection, code: &str) -> Result<Waiting, StoreError> {
    let of =
        network_outbox::table.filter(network_outbox::answered_at.is_null()).filter(network_outbox::to_code.eq(code));
    let messages: i64 = of.count().get_result(conn)?;
    let (oldest, last_code): (NaiveDateTime, Option<String>) =
        of.order(network_outbox::seq).select((network_outbox::created_at, network_outbox::last_code)).first(conn)?;
    Ok(Waiting { to: parse_stored(code)?, messages, oldest: from_database(oldest), last_code })
}

fn due_message(row: Row) -> Result<DueMessage, StoreError> {
    let message = NewMessage {
        id: parse_stored(&row.message_id)?,
        kind: row.kind,
        from: parse_stored(&row.from_code)?,
        to: parse_stored(&row.to_code)?,
        lane: row.lane,
        created_at: from_database(row.created_at),
        sealed: row.body.unwrap_or_default(),
    };
    Ok(DueMessage { message, attempts: u32::try_from(row.attempts).unwrap_or(0) })
}
