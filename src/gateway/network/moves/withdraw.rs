//! A move out is withdrawn: the new municipality is told first, and the record says that the person stays once it has answered.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{MoveError, WITHDRAWN, tell};
use crate::gateway::Gateway;
use crate::gateway::network::Network;
use crate::ids::AgencyCode;
use crate::procedures::definition::japan_day;
use crate::registry::event::Change;
use crate::registry::moving::MoveWithdrawn;
use crate::store::StoreError;
use crate::store::connection::AnyConnection;
use crate::store::network::moves::{self, Direction, MoveStep, StoredMove};
use crate::store::registry::events::note;
use crate::store::registry::{NewEvent, Vault};

impl Gateway {
    /// Withdraws a move out of `municipality`, for `by` (as audit lines name them).
    ///
    /// # Errors
    /// [`MoveError`]; a move that is completed is not withdrawn any more.
    pub async fn move_withdraw(&self, municipality: AgencyCode, id: Uuid, by: String) -> Result<(), MoveError> {
        let (Some(network), Some(registry)) = (self.network.clone(), self.registry()) else {
            return Err(MoveError::NoRegistry);
        };
        let (vault, now) = (registry.vault().clone(), self.clock.now());
        let done = self.store.write(move |conn| {
            let found = moves::find(conn, id, Direction::Out)?.filter(|found| found.municipality == municipality);
            let Some(found) = found else { return Ok(Err(MoveError::Unknown)) };
            let done = withdraw(conn, (&network, &vault), &found, &by, now)?;
            Ok(if done { Ok(()) } else { Err(MoveError::State(found.state)) })
        });
        done.await?
    }
}

/// Withdraws, inside a transaction. False where the move does not stand where that can be done.
pub(super) fn withdraw(
    conn: &mut AnyConnection,
    (network, vault): (&Network, &Vault),
    found: &StoredMove,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    if found.state == "refused" {
        // The new municipality knows nothing of it any more.
        return note_stays(conn, vault, found, now).map(|()| true);
    }
    let reason = Some(by.to_owned());
    let step = MoveStep { from: &["sending", "told"], to: "withdrawing", reason, ..MoveStep::default() };
    if !moves::step(conn, (found.id, Direction::Out), &step, now)? {
        return Ok(false);
    }
    let between = (found.municipality, found.other);
    tell(conn, network, between, (WITHDRAWN, found.id, &MoveWithdrawn { id: found.id }), now)?;
    Ok(true)
}

/// Notes in the record that the person stays, and ends the move.
pub(super) fn note_stays(
    conn: &mut AnyConnection,
    vault: &Vault,
    found: &StoredMove,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut reason = found.reason.clone();
    if let Some(record) = found.record {
        let event = NewEvent {
            record,
            seen: None,
            on: japan_day(now),
            noted_at: now,
            noted_by: "withdrawal of a move".to_owned(),
            change: Change::MoveOutWithdrawn,
        };
        // A record that ended meanwhile (a death) says more than a withdrawal.
        if let Err(refusal) = note(conn, vault, event)? {
            reason = Some(refusal.code().to_owned());
        }
    }
    let step = MoveStep { from: &["withdrawing", "refused"], to: "withdrawn", reason, ..MoveStep::default() };
    moves::step(conn, (found.id, Direction::Out), &step, now).map(drop)
}
