//! Moving to another municipality with one visit (article 24-2 of the Act): what the old municipality tells the new one before
//! the visit, and the days that count. The forms here are the bodies of network messages; `Debug` shows nothing of a person.
use std::fmt;

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code::{ResidentRecordCode, exposed};
use super::entry::{self, PartFault};
use super::record::{BirthDate, ForeignResident, PersonName, ResidentRecord, Sex};

/// `move.notice`: a person notified moving out to there (article 24-2 paragraph 4: the items of article 7 that the
/// Enforcement Order names go to the new municipality).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveNotice {
    /// The move: the same in everything that is said of it.
    #[serde(rename = "move")]
    pub id: Uuid,
    /// The Resident Record Code, which the person keeps (article 30-3 does not give another).
    #[serde(with = "exposed")]
    pub code: ResidentRecordCode,
    /// Names.
    pub name: PersonName,
    /// Date of birth.
    pub date_of_birth: BirthDate,
    /// Sex.
    pub sex: Sex,
    /// Where the person lives until then.
    pub from_address: String,
    /// What the person is to the head of the household there.
    pub relation: String,
    /// Of a foreign resident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignResident>,
    /// The day on which the person intends to move.
    pub intended: NaiveDate,
    /// The address there, as far as the person said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_address: Option<String>,
    /// The day of the notification.
    pub notified_on: NaiveDate,
}

/// `move.withdrawn`: the person stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveWithdrawn {
    /// The move.
    #[serde(rename = "move")]
    pub id: Uuid,
}

/// `move.refused`: the new municipality does not enter the person, or the time for the visit has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveRefused {
    /// The move.
    #[serde(rename = "move")]
    pub id: Uuid,
    /// A stable word: see [`REFUSALS`].
    pub reason: String,
}

/// `move.completed`: the person moved in (article 9 paragraph 1: the new municipality tells the old one).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveCompleted {
    /// The move.
    #[serde(rename = "move")]
    pub id: Uuid,
    /// Since which day the person lives there.
    pub on: NaiveDate,
}

/// Why a new municipality may refuse.
pub const REFUSALS: &[&str] = &["no_such_address", "not_the_person", "period_of_residence_ended", "lapsed"];

/// The days that count, from settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveDeadlines {
    /// Within so many days of moving one notifies moving in (article 22 paragraph 1; article 30-46 for foreign residents).
    pub move_in_within: Duration,
    /// So many days after the intended day what was told is deleted again where nobody came: the visit then needs the paper
    /// certificate of moving out (the ordinance's limit for the special provision; a setting because it is the ministry's).
    pub visit_within: Duration,
}

/// How a move in stands to the days that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeliness {
    /// In time.
    InTime,
    /// Later than [`MoveDeadlines::move_in_within`]: it is entered all the same, and the clerk is told (article 52 paragraph 2).
    Late,
}

impl MoveDeadlines {
    /// How a move on day `moved` that is notified on day `today` stands.
    pub fn move_in(&self, moved: NaiveDate, today: NaiveDate) -> Timeliness {
        if today - moved > self.move_in_within { Timeliness::Late } else { Timeliness::InTime }
    }

    /// Whether what was told of a move is to be deleted again on day `today`.
    pub fn has_lapsed(&self, intended: NaiveDate, today: NaiveDate) -> bool {
        today - intended > self.visit_within
    }
}

impl MoveNotice {
    /// What is told of `record`, whose move out was just notified.
    pub fn of(id: Uuid, record: &ResidentRecord, intended: NaiveDate, new_address: Option<String>) -> Self {
        Self {
            id,
            code: record.code.clone(),
            name: record.name.clone(),
            date_of_birth: record.date_of_birth,
            sex: record.sex,
            from_address: record.address.text.clone(),
            relation: record.relation.clone(),
            foreign: record.foreign.clone(),
            intended,
            new_address,
            notified_on: record.last_on,
        }
    }

    /// Every part that has not the form it needs: another gateway is believed who it is, not what it writes.
    pub fn faults(&self) -> Vec<PartFault> {
        let mut faults = entry::name_faults(&self.name);
        faults.extend(entry::address_fault(&self.from_address));
        faults.extend(entry::relation_fault(&self.relation));
        faults.extend(self.new_address.as_deref().and_then(entry::address_fault));
        faults.extend(self.foreign.iter().flat_map(entry::foreign_faults));
        faults
    }
}

impl fmt::Debug for MoveNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MoveNotice({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_that_count_are_counted_to_the_last_one() {
        let deadlines = MoveDeadlines { move_in_within: Duration::days(14), visit_within: Duration::days(30) };
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert_eq!(deadlines.move_in(day(1), day(15)), Timeliness::InTime);
        assert_eq!(deadlines.move_in(day(1), day(16)), Timeliness::Late);
        let after = |days: i64| day(1) + Duration::days(days);
        assert!(!deadlines.has_lapsed(day(1), after(30)) && deadlines.has_lapsed(day(1), after(31)));
    }
}
