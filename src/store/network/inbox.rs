//! What was taken. One transaction holds the nonce, the effect and the answer: a sending that was seen is told apart from a
//! message that is sent again, which gets the answer that it got before.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::peers;
use super::schema::{network_inbox, network_nonces};
use crate::ids::AgencyCode;
use crate::store::connection::{AnyConnection, on_backend};
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// A message that came in, opened.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The gateway that sent it, by its name.
    pub peer: String,
    /// The municipality that speaks.
    pub from: AgencyCode,
    /// The municipality that is spoken to.
    pub to: AgencyCode,
    /// Its identifier.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// SHA-256 over what it says.
    pub content_sha256: [u8; 32],
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The nonce of this sending.
    pub nonce: Vec<u8>,
    /// From when on this sending is refused for its age.
    pub expires_at: DateTime<Utc>,
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Whether the message was taken (else it was refused).
    pub done: bool,
    /// Stable code.
    pub code: String,
    /// A JSON object without personal data.
    pub body: String,
}

/// What became of a sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It had its effect now.
    Now(KeptAnswer),
    /// It had its effect before.
    Before(KeptAnswer),
    /// This very sending was seen.
    Replayed,
    /// Its identifier stood for something else before.
    IdReused,
}

/// A line of the inbox, for operators and clerks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxLine {
    /// The municipality that spoke.
    pub from: AgencyCode,
    /// The municipality that was spoken to.
    pub to: AgencyCode,
    /// What it was about.
    pub kind: String,
    /// When it was written at the other side.
    pub created_at: DateTime<Utc>,
    /// When it was taken.
    pub received_at: DateTime<Utc>,
    /// Whether it was taken.
    pub done: bool,
    /// The answer's code.
    pub code: String,
}

impl Store {
    /// Takes a message once. `effect` gives the answer; it runs in the transaction that notes the message, and not at all
    /// where the message is known.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written: nothing of it is left, and the sender sends again.
    pub async fn network_inbox_take<F>(
        &self,
        incoming: Incoming,
        now: DateTime<Utc>,
        effect: F,
    ) -> Result<Taken, StoreError>
    where
        F: FnOnce(&mut AnyConnection) -> Result<KeptAnswer, StoreError> + Send + 'static,
    {
        self.write(move |conn| {
            if !note_nonce(conn, &incoming, now)? {
                return Ok(Taken::Replayed);
            }
            peers::heard(conn, &incoming.peer, now)?;
            match known(conn, &incoming)? {
                Some((sha256, _)) if sha256 != incoming.content_sha256 => Ok(Taken::IdReused),
                Some((_, answer)) => Ok(Taken::Before(answer)),
                None => {
                    let answer = effect(conn)?;
                    note(conn, &incoming, &answer, now)?;
                    Ok(Taken::Now(answer))
                }
            }
        })
        .await
    }

    /// The newest messages that were taken.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn network_inbox_newest(&self, at_most: i64) -> Result<Vec<InboxLine>, StoreError> {
        type Row = (String, String, String, NaiveDateTime, NaiveDateTime, String, String);
        self.read(move |conn| {
            let columns = (
                network_inbox::from_code,
                network_inbox::to_code,
                network_inbox::kind,
                network_inbox::created_at,
                network_inbox::received_at,
                network_inbox::outcome,
                network_inbox::answer_code,
            );
            let rows: Vec<Row> =
                network_inbox::table.order(network_inbox::seq.desc()).limit(at_most).select(columns).load(conn)?;
            let line = |(from, to, kind, created_at, received_at, outcome, code): Row| {
                Ok(InboxLine {
                    from: parse_stored(&from)?,
                    to: parse_stored(&to)?,
                    kind,
                    created_at: from_database(created_at),
                    received_at: from_database(received_at),
                    done: outcome == "done",
                    code,
                })
            };
            rows.into_iter().map(line).collect()
        })
        .await
    }
}

/// Notes a sending; false where it was seen.
fn note_nonce(conn: &mut AnyConnection, incoming: &Incoming, now: DateTime<Utc>) -> Result<bool, StoreError> {
    diesel::delete(network_nonces::table.filter(network_nonces::expires_at.lt(to_database(now)))).execute(conn)?;
    let row = (
        network_nonces::peer.eq(&incoming.peer),
        network_nonces::nonce.eq(&incoming.nonce),
        network_nonces::expires_at.eq(to_database(incoming.expires_at)),
    );
    let new = on_backend!(conn, c => {
        diesel::insert_into(network_nonces::table).values(row).on_conflict_do_nothing().execute(c)?
    });
    Ok(new == 1)
}

fn known(conn: &mut AnyConnection, incoming: &Incoming) -> Result<Option<([u8; 32], KeptAnswer)>, StoreError> {
    let columns =
        (network_inbox::content_sha256, network_inbox::outcome, network_inbox::answer_code, network_inbox::answer_body);
    let found: Option<(Vec<u8>, String, String, String)> = network_inbox::table
        .filter(network_inbox::from_code.eq(incoming.from.as_str()))
        .filter(network_inbox::message_id.eq(incoming.id.to_string()))
        .select(columns)
        .first(conn)
        .optional()?;
    let answer = |(sha256, outcome, code, body): (Vec<u8>, String, String, String)| {
        Ok((crate::store::stored_digest(&sha256)?, KeptAnswer { done: outcome == "done", code, body }))
    };
    found.map(answer).transpose()
}

fn note(
    conn: &mut AnyConnection,
    incoming: &Incoming,
    answer: &KeptAnswer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        network_inbox::from_code.eq(incoming.from.as_str()),
        network_inbox::message_id.eq(incoming.id.to_string()),
        network_inbox::kind.eq(&incoming.kind),
        network_inbox::to_code.eq(incoming.to.as_str()),
        network_inbox::content_sha256.eq(incoming.content_sha256.to_vec()),
        network_inbox::created_at.eq(to_database(incoming.created_at)),
        network_inbox::received_at.eq(to_database(now)),
        network_inbox::outcome.eq(if answer.done { "done" } else { "refused" }),
        network_inbox::answer_code.eq(&answer.code),
        network_inbox::answer_body.eq(&answer.body),
    );
    diesel::insert_into(network_inbox::table).values(row).execute(conn)?;
    Ok(())
}
