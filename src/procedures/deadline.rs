//! Deadlines of procedures: reckoned in days of Japan from a day that was answered, held against the moment at which the
//! application arrived. A filing that is late is taken all the same; everybody sees that it is late, and by how much.
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::check::check_conditions;
use super::definition::{Definition, japan_day};
use super::field::Condition;
use super::kinds::date;
use super::place::Faults;
use super::text::Text;
use super::working_days;

/// The longest period of a deadline, in days.
const LONGEST: u32 = 3660;

/// By when something has to be filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// What people call it: "within 14 days of moving in".
    pub label: Text,
    /// The clause that it stands on.
    pub clause: Text,
    /// What follows where it has passed.
    #[serde(default)]
    pub late: Text,
    /// Pointer of the date from which it is reckoned.
    pub from: String,
    /// So many days after that day, which itself is not counted (民法第140条); 0: on that day at the latest.
    pub within_days: u32,
    /// It applies only where these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applies_if: Vec<Condition>,
}

/// How a filing stands to a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeliness {
    /// It arrived in time.
    InTime,
    /// It arrived so many days after the last one.
    Late(i64),
    /// The last day may have moved to a later one, in a year whose holidays are not known here.
    Undecided,
}

/// A deadline reckoned for a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoned {
    /// The last day; where offices are closed on it, the next one on which they are open.
    pub last_day: NaiveDate,
    /// The day on which the period ends by itself, where that is another one.
    pub moved_from: Option<NaiveDate>,
    /// How the filing stands to it.
    pub timeliness: Timeliness,
}

impl Deadline {
    /// Reckons it for answers that arrived at a moment; none where it does not apply to them.
    pub fn reckon(&self, answers: &Value, arrived: DateTime<Utc>) -> Option<Reckoned> {
        self.reckon_on(answers, japan_day(arrived))
    }

    /// The same of answers that arrive on a day in Japan.
    pub fn reckon_on(&self, answers: &Value, arrived: NaiveDate) -> Option<Reckoned> {
        let none = Map::new();
        let members = answers.as_object().unwrap_or(&none);
        if !self.applies_if.iter().all(|condition| condition.holds(members)) {
            return None;
        }
        let from = date::from_iso(members.get(self.from.trim_start_matches('/'))?.as_str()?)?;
        let end = from.checked_add_days(Days::new(u64::from(self.within_days)))?;
        // Only a period moves (地方自治法第4条の2第4項, 行政機関の休日に関する法律第2条); "beforehand" is a day, not a period.
        let open = if self.within_days == 0 { Some(end) } else { working_days::open_from(end) };
        let Some(last_day) = open else {
            let timeliness = if arrived <= end { Timeliness::InTime } else { Timeliness::Undecided };
            return Some(Reckoned { last_day: end, moved_from: None, timeliness });
        };
        let late = arrived.signed_duration_since(last_day).num_days();
        let timeliness = if late > 0 { Timeliness::Late(late) } else { Timeliness::InTime };
        Some(Reckoned { last_day, moved_from: (last_day != end).then_some(end), timeliness })
    }
}

/// What must hold of the deadlines of a definition.
pub(super) fn check(definition: &Definition, faults: &mut Faults<'_>) {
    for (index, deadline) in definition.deadlines.iter().enumerate() {
        let key = format!("deadline[{index}]");
        super::check::required(&format!("{key}.label"), &deadline.label, faults);
        super::check::required(&format!("{key}.clause"), &deadline.clause, faults);
        super::check::optional(&format!("{key}.late"), &deadline.late, faults);
        let field = definition.fields.iter().find(|field| field.pointer == deadline.from);
        if field.is_none_or(|field| !field.kind.is_date()) {
            faults.note(format!("{key}.from"), "is not the pointer of a date", "name a field of the kind \"date\"");
        }
        if deadline.within_days > LONGEST {
            faults.note(format!("{key}.within_days"), "is too long", format!("at most {LONGEST} days are taken"));
        }
        check_conditions(&format!("{key}.applies_if"), &deadline.applies_if, &definition.fields, faults);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn deadline(within_days: u32) -> Deadline {
        let text: Text = toml::from_str("ja = \"x\"").unwrap();
        let (label, clause) = (text.clone(), text);
        Deadline { label, clause, late: Text::default(), from: "/day".to_owned(), within_days, applies_if: Vec::new() }
    }

    fn reckoned(within_days: u32, day: &str, arrived: &str) -> (String, Option<String>, Timeliness) {
        let found = deadline(within_days).reckon(&json!({ "day": day }), arrived.parse().unwrap()).unwrap();
        (found.last_day.to_string(), found.moved_from.map(|day| day.to_string()), found.timeliness)
    }

    #[test]
    fn a_day_ends_at_midnight_in_japan() {
        // 6 October 2026, a Tuesday, and 14 days: 20 October, a Tuesday.
        let day = |arrived| reckoned(14, "2026-10-06", arrived).2;
        assert_eq!(day("2026-10-20T23:59:59+09:00"), Timeliness::InTime);
        assert_eq!(day("2026-10-20T14:59:59.999Z"), Timeliness::InTime);
        assert_eq!(day("2026-10-21T00:00:00+09:00"), Timeliness::Late(1));
        assert_eq!(day("2026-10-20T15:00:00Z"), Timeliness::Late(1));
        assert_eq!(day("2026-11-20T00:00:00+09:00"), Timeliness::Late(31));
        assert_eq!(day("2020-01-01T00:00:00Z"), Timeliness::InTime, "before it began");
    }

    #[test]
    fn a_period_that_ends_on_a_closed_day_ends_on_the_next_open_one_and_a_day_does_not_move() {
        let moved = |day: &str| Some(day.to_owned());
        let end = |day: &str, arrived: &str| reckoned(14, day, arrived);
        let in_time = |last: &str, from: &str| (last.to_owned(), moved(from), Timeliness::InTime);
        // The end of the year: 15 December and 14 days is the 29th.
        assert_eq!(end("2026-12-15", "2027-01-04T23:59:59+09:00"), in_time("2027-01-04", "2026-12-29"));
        assert_eq!(end("2026-12-15", "2027-01-05T00:00:00+09:00").2, Timeliness::Late(1));
        // 23 November 2026 is a holiday on a Monday.
        assert_eq!(end("2026-11-09", "2026-11-24T09:00:00+09:00"), in_time("2026-11-24", "2026-11-23"));
        // A leap day counts as a day: 15 February 2024 and 14 days.
        assert_eq!(end("2024-02-15", "2024-02-29T23:59:59+09:00"), ("2024-02-29".to_owned(), None, Timeliness::InTime));
        assert_eq!(end("2024-02-15", "2024-03-01T00:00:00+09:00").2, Timeliness::Late(1));
        assert_eq!(end("2025-02-15", "2025-03-03T00:00:00+09:00"), in_time("2025-03-03", "2025-03-01"));
        // "Beforehand" is no period: a Sunday stays a Sunday.
        assert_eq!(
            reckoned(0, "2026-11-22", "2026-11-22T23:59:59+09:00"),
            ("2026-11-22".to_owned(), None, Timeliness::InTime)
        );
        assert_eq!(reckoned(0, "2026-11-22", "2026-11-23T00:00:00+09:00").2, Timeliness::Late(1));
    }

    #[test]
    fn where_holidays_are_not_known_only_what_is_certain_is_said() {
        let day = |arrived| reckoned(14, "2027-12-17", arrived);
        assert_eq!(day("2027-12-31T23:59:59+09:00").2, Timeliness::InTime);
        assert_eq!(day("2028-01-04T00:00:00+09:00"), ("2027-12-31".to_owned(), None, Timeliness::Undecided));
    }

    #[test]
    fn a_deadline_applies_only_where_its_conditions_hold_and_its_day_was_answered() {
        let conditions: Vec<Condition> =
            vec![Condition { field: "/why".into(), is: vec![json!("moved")], is_not: vec![] }];
        let deadline = Deadline { applies_if: conditions, ..deadline(15) };
        let now = "2026-10-20T00:00:00Z".parse().unwrap();
        assert!(deadline.reckon(&json!({"why": "moved", "day": "2026-10-06"}), now).is_some());
        for answers in [
            json!({"why": "born", "day": "2026-10-06"}),
            json!({"why": "moved"}),
            json!({"why": "moved", "day": "2026-13-06"}),
            json!({"why": "moved", "day": 3}),
            json!([]),
        ] {
            assert_eq!(deadline.reckon(&answers, now), None, "{answers}");
        }
    }

    proptest! {
        /// Whatever the day, the period and the moment: never a panic, and never late before the period ended.
        #[test]
        fn nothing_is_late_before_its_period_ended(days in 0_i64..500_000, within in 0_u32..4000, at in -8_000_000_000_000_i64..8_000_000_000_000) {
            let day = NaiveDate::from_ymd_opt(1873, 1, 1).unwrap() + chrono::Duration::days(days);
            let arrived = DateTime::from_timestamp_millis(at).unwrap();
            if let Some(found) = deadline(within).reckon(&json!({ "day": date::iso(day) }), arrived) {
                let end = found.moved_from.unwrap_or(found.last_day);
                prop_assert!(found.timeliness == Timeliness::InTime || japan_day(arrived) > end);
                prop_assert!(found.last_day >= end);
            }
        }
    }
}
