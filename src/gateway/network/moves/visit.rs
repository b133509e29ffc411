//! The one visit at the new municipality: the person signs the notification of moving in at the counter with the card (its PIN
//! proves that they hold it), and the clerk completes the move. Or refuses it; or nobody comes, and what was told is deleted.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::person::{Applicant, is_of_notice};
use super::{COMPLETED, MoveError, REFUSED, place, tell};
use crate::gateway::Gateway;
use crate::gateway::network::Network;
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::procedures::definition::japan_day;
use crate::registry::entry::{Entry, FormerAddress};
use crate::registry::event::Change;
use crate::registry::moving::{MoveCompleted, MoveNotice, MoveRefused, REFUSALS, Timeliness};
use crate::registry::purpose::{Asker, permit};
use crate::registry::record::{HouseholdId, RecordId, ResidentRecord};
use crate::store::connection::AnyConnection;
use crate::store::network::moves::{self, Direction, MoveStep, StoredMove};
use crate::store::registry::accesses::{self, NewAccess};
use crate::store::registry::events::{enter, note};
use crate::store::registry::records;
use crate::store::registry::{NewEvent, NewRecord, Vault};
use crate::store::{DocumentRole, StoreError};

/// The procedure that is signed at the counter.
const PROCEDURE: &str = "moving-in";

/// What the clerk enters.
#[derive(Clone)]
pub struct MoveInVisit {
    /// The clerk's municipality.
    pub municipality: AgencyCode,
    /// The move.
    pub id: Uuid,
    /// The notification of moving in that the person signed here.
    pub filing: ArrivalNumber,
    /// Since which day the person lives here.
    pub on: NaiveDate,
    /// The address here, from the prefecture on.
    pub address: String,
    /// Seven digits.
    pub postcode: Option<String>,
    /// The household that they join; none: one of their own.
    pub household: Option<HouseholdId>,
    /// What they are to its head.
    pub relation: String,
    /// The clerk, as audit lines name them.
    pub by: String,
}

impl std::fmt::Debug for MoveInVisit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MoveInVisit({})", self.id)
    }
}

/// What was done.
#[derive(Debug, Clone)]
pub struct MoveInDone {
    /// The record here.
    pub record: ResidentRecord,
    /// Whether it was notified in time (article 22).
    pub timeliness: Timeliness,
}

#[derive(Deserialize)]
struct Document {
    applicant: Applicant,
}

impl Gateway {
    /// Completes a move in: the record begins here, and the old municipality is told.
    ///
    /// # Errors
    /// [`MoveError`]; nothing is left behind then.
    pub async fn move_in_complete(&self, visit: MoveInVisit) -> Result<MoveInDone, MoveError> {
        let (Some(network), Some(registry)) = (self.network.clone(), self.registry()) else {
            return Err(MoveError::NoRegistry);
        };
        let (vault, now) = (registry.vault().clone(), self.clock.now());
        let signed = self.signed_here(visit.municipality, visit.filing).await?;
        let timeliness = network.deadlines.move_in(visit.on, japan_day(now));
        // A refusal travels as the error of the transaction, so that nothing of a visit is left that was refused half-way.
        let (tell, told) = std::sync::mpsc::channel();
        let done = self.store.write(move |conn| match complete(conn, (&network, &vault), &visit, &signed, now) {
            Ok(record) => Ok(record),
            Err(MoveError::Store(error)) => Err(error),
            Err(refusal) => {
                let _ = tell.send(refusal);
                Err(StoreError::Fault("a visit was refused".to_owned()))
            }
        });
        let ended = done.await;
        match (ended, told.try_recv()) {
            (Ok(record), _) => Ok(MoveInDone { record, timeliness }),
            (Err(_), Ok(refusal)) => Err(refusal),
            (Err(error), Err(_)) => Err(error.into()),
        }
    }

    /// The applicant of a notification of moving in that was received here, as its signature proved them.
    async fn signed_here(&self, municipality: AgencyCode, number: ArrivalNumber) -> Result<Applicant, MoveError> {
        let filing = self.store.submission_find(number).await?;
        let filing = filing.ok_or(MoveError::Filing("there is none of that number"))?;
        if filing.procedure.as_str() != PROCEDURE || filing.recipient != municipality {
            return Err(MoveError::Filing("it is another procedure's or another municipality's"));
        }
        let found = self.store.submission_document(number, DocumentRole::Application, 0).await?;
        let document: Option<Document> = found.and_then(|(_, bytes)| serde_json::from_slice(&bytes).ok());
        document.map(|document| document.applicant).ok_or(MoveError::Filing("it cannot be read"))
    }

    /// Refuses a move in, for one of [`REFUSALS`]; the old municipality is told.
    ///
    /// # Errors
    /// [`MoveError`].
    pub async fn move_in_refuse(&self, municipality: AgencyCode, id: Uuid, reason: &str) -> Result<(), MoveError> {
        let network = self.network.clone().ok_or(MoveError::NoRegistry)?;
        let reason = REFUSALS.iter().copied().find(|one| *one == reason).ok_or(MoveError::Reason)?;
        let now = self.clock.now();
        let done = self.store.write(move |conn| {
            let found = moves::find(conn, id, Direction::In)?.filter(|found| found.municipality == municipality);
            let Some(found) = found else { return Ok(Err(MoveError::Unknown)) };
            let refused = end_unvisited(conn, &network, &found, ("refused", reason), now)?;
            Ok(if refused { Ok(()) } else { Err(MoveError::State(found.state)) })
        });
        done.await?
    }

    /// Deletes what was told of moves for which nobody came in time, and tells the old municipalities.
    pub(super) async fn moves_lapse(&self) -> Result<(), StoreError> {
        let Some(network) = self.network.clone() else { return Ok(()) };
        let (now, deadlines) = (self.clock.now(), network.deadlines);
        let today = japan_day(now);
        for found in self.store.network_moves_overdue(today - deadlines.visit_within).await? {
            if deadlines.has_lapsed(found.intended, today) {
                let network = network.clone();
                let lapse = move |conn: &mut AnyConnection| {
                    end_unvisited(conn, &network, &found, ("lapsed", "lapsed"), now).map(drop)
                };
                self.store.write(lapse).await?;
            }
        }
        Ok(())
    }
}

fn end_unvisited(
    conn: &mut AnyConnection,
    network: &Network,
    found: &StoredMove,
    (to, reason): (&'static str, &str),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let said = MoveRefused { id: found.id, reason: reason.to_owned() };
    let reason = Some(said.reason.clone());
    let step = MoveStep { from: &["expected"], to, reason, forget: true, ..MoveStep::default() };
    if !moves::step(conn, (found.id, Direction::In), &step, now)? {
        return Ok(false);
    }
    tell(conn, network, (found.municipality, found.other), (REFUSED, found.id, &said), now)?;
    Ok(true)
}

fn complete(
    conn: &mut AnyConnection,
    (network, vault): (&Network, &Vault),
    visit: &MoveInVisit,
    signed: &Applicant,
    now: DateTime<Utc>,
) -> Result<ResidentRecord, MoveError> {
    let found = moves::find(conn, visit.id, Direction::In)?.filter(|found| found.municipality == visit.municipality);
    let found = found.ok_or(MoveError::Unknown)?;
    let Some(body) = found.body.as_deref().filter(|_| found.state == "expected") else {
        return Err(MoveError::State(found.state));
    };
    if !moves::of_filing(conn, visit.filing)?.is_empty() {
        return Err(MoveError::Filing("another move was completed with it"));
    }
    let notice: MoveNotice = vault.open(&place(visit.id), body)?;
    if !is_of_notice(signed, &notice) {
        return Err(MoveError::Filing("somebody else signed it"));
    }
    if notice.foreign.as_ref().is_some_and(|foreign| foreign.has_ended_on(japan_day(now))) {
        return Err(MoveError::PeriodEnded);
    }
    end_own_record(conn, vault, &found, visit, now)?;
    let record = enter(conn, vault, beginning(visit, &found, notice, now))??;
    let (new, filing) = (Some(record.id), Some(visit.filing));
    let from: &'static [&'static str] = &["expected"];
    let step = MoveStep { from, to: "completed", record: new, filing, forget: true, reason: None };
    moves::step(conn, (found.id, Direction::In), &step, now)?;
    accesses::append(conn, &look(&record, visit, now)?)?;
    let said = MoveCompleted { id: found.id, on: visit.on };
    tell(conn, network, (found.municipality, found.other), (COMPLETED, found.id, &said), now)?;
    Ok(record)
}

/// Where this gateway keeps the old municipality's registry too, the old record ends in the same transaction: nobody has two
/// current records of one code.
fn end_own_record(
    conn: &mut AnyConnection,
    vault: &Vault,
    found: &StoredMove,
    visit: &MoveInVisit,
    now: DateTime<Utc>,
) -> Result<(), MoveError> {
    let Some(old) = moves::find(conn, found.id, Direction::Out)? else { return Ok(()) };
    let record = old.record.map(|id| records::find(conn, vault, id)).transpose()?.flatten();
    let Some(record) = record.filter(ResidentRecord::is_current) else { return Ok(()) };
    let event = NewEvent {
        record: record.id,
        seen: None,
        on: visit.on.max(record.last_on).min(japan_day(now)),
        noted_at: now,
        noted_by: visit.by.clone(),
        change: Change::MovedOut { to: Some(visit.municipality) },
    };
    note(conn, vault, event)??;
    let from: &'static [&'static str] = &["sending", "told", "withdrawing", "refused"];
    let step = MoveStep { from, to: "completed", ..MoveStep::default() };
    moves::step(conn, (found.id, Direction::Out), &step, now)?;
    Ok(())
}

fn beginning(visit: &MoveInVisit, found: &StoredMove, notice: MoveNotice, now: DateTime<Utc>) -> NewRecord {
    let entry = Entry {
        code: notice.code,
        name: notice.name,
        date_of_birth: notice.date_of_birth,
        sex: notice.sex,
        address: visit.address.clone(),
        postcode: visit.postcode.clone(),
        household: visit.household.unwrap_or_else(|| HouseholdId::made_at(now)),
        relation: visit.relation.clone(),
        resident_since: visit.on,
        from: Some(FormerAddress { municipality: Some(found.other), text: notice.from_address }),
        foreign: notice.foreign,
    };
    NewRecord {
        id: RecordId::made_at(now),
        municipality: visit.municipality,
        on: visit.on,
        noted_at: now,
        noted_by: visit.by.clone(),
        change: Change::MoveIn { entry: Box::new(entry) },
        code_is_new: false,
    }
}

/// The resident sees that their record was made from what the old municipality told, and on which clause.
fn look(record: &ResidentRecord, visit: &MoveInVisit, now: DateTime<Utc>) -> Result<NewAccess, StoreError> {
    let permit = permit(Asker::Municipality, "move-transfer", "bbra-24-2", true);
    Ok(NewAccess {
        at: now,
        record: Some(record.id),
        municipality: visit.municipality,
        viewer: visit.by.clone(),
        action: "move",
        permit: permit.map_err(|fault| StoreError::Fault(fault.to_string()))?,
        outcome: "shown",
    })
}
