//! What follows here from the other side's answer about a move, in the transaction that notes the answer.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::withdraw::note_stays;
use super::{COMPLETED, NOTICE, WITHDRAWN};
use crate::gateway::Gateway;
use crate::gateway::network::effects::Consequence;
use crate::network::answer::{Answer, Outcome};
use crate::network::message::Message;
use crate::store::StoreError;
use crate::store::connection::AnyConnection;
use crate::store::network::moves::{self, Direction, MoveStep};
use crate::store::registry::Vault;

impl Gateway {
    /// What follows from the answer to a message about a move; none where it was about something else.
    pub(in crate::gateway::network) fn move_consequence(
        &self,
        message: &Message,
        answer: &Answer,
    ) -> Option<Consequence> {
        let id: Uuid = message.body.get("move")?.as_str()?.parse().ok()?;
        let (vault, now) = (self.registry()?.vault().clone(), self.clock.now());
        let refused = (answer.outcome == Outcome::Refused).then(|| answer.code.clone());
        match message.kind.as_str() {
            NOTICE => Some(Box::new(move |conn| after_notice(conn, id, refused, now))),
            WITHDRAWN => Some(Box::new(move |conn| after_withdrawal(conn, &vault, id, refused, now))),
            COMPLETED => Some(Box::new(move |conn| after_completion(conn, id, refused, now))),
            _ => None,
        }
    }
}

fn after_notice(
    conn: &mut AnyConnection,
    id: Uuid,
    refused: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let to = if refused.is_some() { "refused" } else { "told" };
    let step = MoveStep { from: &["sending"], to, reason: refused, ..MoveStep::default() };
    moves::step(conn, (id, Direction::Out), &step, now).map(drop)
}

/// The person stays, unless they moved in there meanwhile: then the new municipality says so itself.
fn after_withdrawal(
    conn: &mut AnyConnection,
    vault: &Vault,
    id: Uuid,
    refused: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let this = (id, Direction::Out);
    if refused.as_deref() == Some("completed") {
        let step = MoveStep { from: &["withdrawing"], to: "told", reason: refused, ..MoveStep::default() };
        return moves::step(conn, this, &step, now).map(drop);
    }
    match moves::find(conn, id, Direction::Out)?.filter(|found| found.state == "withdrawing") {
        Some(found) => note_stays(conn, vault, &found, now),
        None => Ok(()),
    }
}

/// The old municipality has no record to end any more: the entry here stands, and the clerk sees why.
fn after_completion(
    conn: &mut AnyConnection,
    id: Uuid,
    refused: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(reason) = refused else { return Ok(()) };
    let step = MoveStep { from: &["completed"], to: "completed", reason: Some(reason), ..MoveStep::default() };
    moves::step(conn, (id, Direction::In), &step, now).map(drop)
}
