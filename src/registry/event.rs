//! What happens to a record. Events are only ever added; the record is what follows from them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::code::{ResidentRecordCode, exposed};
use super::entry::Entry;
use super::record::{ForeignResident, HouseholdId, PersonName};
use crate::ids::AgencyCode;

/// Why a record was deleted without a move and without a death (article 8 of the Act, Enforcement Order article 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionReason {
    /// The municipality found that the person does not live there (article 34).
    NotResident,
    /// The person became a Japanese national or ceased to be one: another record follows.
    NationalityChanged,
    /// The period of residence ended, and the immigration authority said so (article 30-50).
    PeriodEnded,
    /// It was entered by mistake.
    Mistake,
}

impl DeletionReason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NotResident, Self::NationalityChanged, Self::PeriodEnded, Self::Mistake];

    /// The word that stands in forms and rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotResident => "not_resident",
            Self::NationalityChanged => "nationality_changed",
            Self::PeriodEnded => "period_ended",
            Self::Mistake => "mistake",
        }
    }
}

/// What changes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A child is born to residents.
    Birth {
        /// The first content of the record.
        entry: Box<Entry>,
    },
    /// The first entry: taken over by import, or made by the municipality's own authority.
    Registered {
        /// The first content of the record.
        entry: Box<Entry>,
    },
    /// Moved in from elsewhere (article 22; articles 30-46 and 30-47 for foreign residents).
    MoveIn {
        /// The first content of the record here.
        entry: Box<Entry>,
    },
    /// A move out is notified (article 24): `on` is the day of the notification.
    MoveOut {
        /// Where to; none: abroad, or not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<AgencyCode>,
        /// The address there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// The day on which the person intends to move.
        intended: NaiveDate,
    },
    /// The move out is withdrawn: the person stays.
    MoveOutWithdrawn,
    /// The person lives elsewhere since `on`: the new municipality said so (article 9), or the day of a move abroad has come.
    MovedOut {
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<AgencyCode>,
    },
    /// Moved within the municipality (article 23).
    MovedWithin {
        /// The new address, from the prefecture on.
        address: String,
        /// Seven digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        postcode: Option<String>,
        /// The household there.
        household: HouseholdId,
        /// What the person is to its head.
        relation: String,
    },
    /// The household or the relation to its head changed (article 25).
    HouseholdChanged {
        /// The household.
        household: HouseholdId,
        /// What the person is to its head.
        relation: String,
    },
    /// Names changed (marriage, correction, an alias entered or taken away).
    NameChanged {
        /// The names from now on.
        name: PersonName,
    },
    /// Nationality, status or period of residence or card number changed (article 30-50: told by the immigration authority).
    StatusChanged {
        /// From now on.
        foreign: ForeignResident,
    },
    /// Another Resident Record Code was asked for (article 30-4).
    CodeChanged {
        /// The new one.
        #[serde(with = "exposed")]
        code: ResidentRecordCode,
    },
    /// The person died.
    Death,
    /// The record is deleted for another reason.
    Deleted {
        /// Which.
        reason: DeletionReason,
    },
}

impl Change {
    /// The word that stands in rows and in the keys of texts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Birth { .. } => "birth",
            Self::Registered { .. } => "registered",
            Self::MoveIn { .. } => "move_in",
            Self::MoveOut { .. } => "move_out",
            Self::MoveOutWithdrawn => "move_out_withdrawn",
            Self::MovedOut { .. } => "moved_out",
            Self::MovedWithin { .. } => "moved_within",
            Self::HouseholdChanged { .. } => "household_changed",
            Self::NameChanged { .. } => "name_changed",
            Self::StatusChanged { .. } => "status_changed",
            Self::CodeChanged { .. } => "code_changed",
            Self::Death => "death",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// The first content, of an event that begins a record.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Birth { entry } | Self::Registered { entry } | Self::MoveIn { entry } => Some(entry),
            _ => None,
        }
    }

    /// Whether a signature certificate that tells the old name or address ends by it (article 13 of the Act on Electronic
    /// Signature Certification by JPKI: it lapses when what it certifies is not so any more).
    pub fn ends_signature_certificate(&self) -> bool {
        matches!(
            self,
            Self::MovedOut { .. }
                | Self::MovedWithin { .. }
                | Self::NameChanged { .. }
                | Self::Death
                | Self::Deleted { .. }
        )
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({})", self.kind())
    }
}

/// One event of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// From 1, without a gap.
    pub number: u64,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// When it was noted.
    pub noted_at: DateTime<Utc>,
    /// Who noted it, as audit lines name them: `clerk 131016 tanaka`, `import`, `network 141003`.
    pub noted_by: String,
    /// What changed.
    #[serde(flatten)]
    pub change: Change,
}
