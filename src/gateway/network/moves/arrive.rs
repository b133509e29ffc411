//! What messages about moves do here: each is a closure for the transaction in which the message is taken.
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{COMPLETED, NOTICE, REFUSED, WITHDRAWN, place};
use crate::gateway::Gateway;
use crate::gateway::network::effects::Effect;
use crate::ids::AgencyCode;
use crate::network::answer::Answer;
use crate::network::message::Message;
use crate::procedures::definition::japan_day;
use crate::registry::code::ResidentRecordCode;
use crate::registry::event::Change;
use crate::registry::moving::{MoveCompleted, MoveNotice, MoveRefused, MoveWithdrawn, REFUSALS};
use crate::store::StoreError;
use crate::store::connection::AnyConnection;
use crate::store::network::moves::{self, Direction, MoveStep, StoredMove};
use crate::store::registry::events::note;
use crate::store::registry::records;
use crate::store::registry::{NewEvent, Vault};

/// Who speaks, to whom, and when.
type Said = (AgencyCode, AgencyCode, DateTime<Utc>);

fn refused(code: &'static str) -> Effect {
    Box::new(move |_| Ok(Answer::refused(code)))
}

fn body<T: DeserializeOwned>(message: &Message) -> Option<T> {
    serde_json::from_value(message.body.clone()).ok()
}

impl Gateway {
    /// What a message about a move does here; none where it is about something else.
    pub(in crate::gateway::network) fn move_effect(&self, message: &Message) -> Option<Effect> {
        if ![NOTICE, WITHDRAWN, REFUSED, COMPLETED].contains(&message.kind.as_str()) {
            return None;
        }
        let registry = self.registry().filter(|registry| registry.municipality(message.to).is_some());
        let Some(registry) = registry else { return Some(refused("no_registry")) };
        let (vault, said) = (registry.vault().clone(), (message.from, message.to, self.clock.now()));
        let effect = match message.kind.as_str() {
            NOTICE => body(message).map(|notice| on_notice(vault, notice, said)),
            WITHDRAWN => body(message).map(|body| -> Effect { Box::new(move |conn| on_withdrawn(conn, &body, said)) }),
            REFUSED => body(message).map(|body| -> Effect { Box::new(move |conn| on_refused(conn, &body, said)) }),
            _ => body(message).map(|body| -> Effect { Box::new(move |conn| on_completed(conn, &vault, &body, said)) }),
        };
        Some(effect.unwrap_or_else(|| refused("wrong_body")))
    }
}

fn on_notice(vault: Vault, notice: MoveNotice, (from, to, now): Said) -> Effect {
    if !notice.faults().is_empty() {
        return refused("wrong_parts");
    }
    if ResidentRecordCode::parse(notice.code.expose(), vault.rule()).is_err() {
        return refused("wrong_code");
    }
    Box::new(move |conn| {
        let row = StoredMove {
            id: notice.id,
            direction: Direction::In,
            municipality: to,
            other: from,
            record: None,
            filing: None,
            state: "expected".to_owned(),
            reason: None,
            intended: notice.intended,
            body: Some(vault.seal(&place(notice.id), &notice)?),
            noted_at: now,
            changed_at: now,
        };
        Ok(if moves::add(conn, &row)? { Answer::taken() } else { Answer::refused("known_move") })
    })
}

/// The end of a move that these two municipalities share; anybody else's is as if it were not there.
fn shared(
    conn: &mut AnyConnection,
    (id, direction): (Uuid, Direction),
    (from, to, _): Said,
) -> Result<Option<StoredMove>, StoreError> {
    Ok(moves::find(conn, id, direction)?.filter(|found| (found.other, found.municipality) == (from, to)))
}

fn on_withdrawn(conn: &mut AnyConnection, body: &MoveWithdrawn, said: Said) -> Result<Answer, StoreError> {
    let this = (body.id, Direction::In);
    let Some(found) = shared(conn, this, said)? else { return Ok(Answer::refused("no_such_move")) };
    if found.state == "completed" {
        return Ok(Answer::refused("completed"));
    }
    let step = MoveStep { from: &["expected"], to: "withdrawn", forget: true, ..MoveStep::default() };
    moves::step(conn, this, &step, said.2)?;
    Ok(Answer::taken())
}

fn on_refused(conn: &mut AnyConnection, body: &MoveRefused, said: Said) -> Result<Answer, StoreError> {
    let this = (body.id, Direction::Out);
    if !REFUSALS.contains(&body.reason.as_str()) {
        return Ok(Answer::refused("wrong_body"));
    }
    if shared(conn, this, said)?.is_none() {
        return Ok(Answer::refused("no_such_move"));
    }
    let reason = Some(body.reason.clone());
    let step = MoveStep { from: &["sending", "told"], to: "refused", reason, ..MoveStep::default() };
    moves::step(conn, this, &step, said.2)?;
    Ok(Answer::taken())
}

fn on_completed(
    conn: &mut AnyConnection,
    vault: &Vault,
    body: &MoveCompleted,
    said: Said,
) -> Result<Answer, StoreError> {
    let ((from, _, now), this) = (said, (body.id, Direction::Out));
    let Some(found) = shared(conn, this, said)? else { return Ok(Answer::refused("no_such_move")) };
    let record = found.record.map(|id| records::find(conn, vault, id)).transpose()?.flatten();
    let Some(record) = record else { return Ok(Answer::refused("no_such_move")) };
    if found.state == "completed" {
        return Ok(Answer::taken());
    }
    let states: &'static [&'static str] = &["sending", "told", "withdrawing", "refused"];
    if !states.contains(&found.state.as_str()) {
        return Ok(Answer::refused("ended"));
    }
    let event = NewEvent {
        record: record.id,
        seen: None,
        // Who moved before notifying it lives there since before; the old record then ends with its last event.
        on: body.on.max(record.last_on).min(japan_day(now)),
        noted_at: now,
        noted_by: format!("network {from}"),
        change: Change::MovedOut { to: Some(from) },
    };
    let (to, answer, reason) = match note(conn, vault, event)? {
        Ok(_) => ("completed", Answer::taken(), None),
        Err(refusal) => ("clerk", Answer::refused("record_ended"), Some(refusal.code().to_owned())),
    };
    moves::step(conn, this, &MoveStep { from: states, to, reason, ..MoveStep::default() }, now)?;
    Ok(answer)
}
