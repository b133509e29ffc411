//! Moving to another municipality with one visit (article 24-2 of the Act), at both ends.
//!
//! ```text
//! old municipality                                   new municipality
//! filing moving-out -> MoveOut noted, row `sending`
//!                      move.notice  ------------>    row `expected`
//!                      row `told`
//!                                                    the visit: a filing that the person signs with the card at the counter;
//!                                                    the clerk completes: MoveIn noted, row `completed`
//! MovedOut noted, row `completed`   <------------    move.completed
//! ```
//! A withdrawal goes the same way and in the same lane; the new municipality may refuse (`move.refused`), and what was told
//! is deleted where nobody comes in time. Each arrow is one transaction at each end.
mod arrive;
mod notify;
mod person;
mod settle;
mod visit;
mod withdraw;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

pub use visit::{MoveInDone, MoveInVisit};

use super::Network;
use crate::ids::AgencyCode;
use crate::network::message::Message;
use crate::store::StoreError;
use crate::store::connection::AnyConnection;
use crate::store::network::outbox;
use crate::store::registry::RegistryRefusal;

/// A person notified moving out to there.
const NOTICE: &str = "move.notice";
/// The person stays.
const WITHDRAWN: &str = "move.withdrawn";
/// The new municipality does not enter the person.
const REFUSED: &str = "move.refused";
/// The person moved in.
const COMPLETED: &str = "move.completed";

/// Why a move is not taken a step on; nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// No such move is known in this municipality.
    #[error("no such move is known in this municipality")]
    Unknown,
    /// It does not stand where the step begins.
    #[error("the move is {0}, which does not allow this")]
    State(String),
    /// The filing that was named is not the one that is needed.
    #[error("the filing is not one that the person signed for this move: {0}")]
    Filing(&'static str),
    /// A word that is none of the reasons for a refusal.
    #[error("choose why the move is refused")]
    Reason,
    /// The period of residence of a foreign resident has ended.
    #[error("the period of residence has ended: the immigration authority has to be asked first")]
    PeriodEnded,
    /// The registry does not take the entry.
    #[error(transparent)]
    Registry(#[from] RegistryRefusal),
    /// This gateway keeps no registry, or is on no network.
    #[error("this gateway keeps no registry of the municipality, or is on no network")]
    NoRegistry,
    /// The record does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MoveError {
    /// A stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown-move",
            Self::State(_) => "move-state",
            Self::Filing(_) => "move-filing",
            Self::Reason => "refusal-reason",
            Self::PeriodEnded => "period-of-residence-ended",
            Self::Registry(refusal) => refusal.code(),
            Self::NoRegistry => "no-registry",
            Self::Store(_) => "record",
        }
    }
}

/// Where what is told of a move is sealed for; the lane of its messages too.
fn place(id: Uuid) -> String {
    format!("move {id}")
}

/// Keeps a message about a move, in the lane of that move, inside the transaction of what it tells.
fn tell<T: Serialize>(
    conn: &mut AnyConnection,
    network: &Network,
    between: (AgencyCode, AgencyCode),
    (kind, id, body): (&str, Uuid, &T),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let body = serde_json::to_value(body).map_err(|_| StoreError::Fault("a message cannot be written".to_owned()))?;
    let message = Message::new(kind, between, now, body);
    outbox::enqueue(conn, &network.keep(&message, &place(id))?)
}
