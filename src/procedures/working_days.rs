//! Days on which offices are closed: Saturdays, Sundays, national holidays, and 29 December to 3 January (行政機関の休日に関する法律
//! article 1; 地方自治法 article 4-2 paragraph 2, with the days that ordinances name for the turn of the year).
use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;

use super::definition::Day;

const HOLIDAYS: &str = include_str!("standard/holidays.toml");
/// The longest that offices are ever closed on end, with room to spare.
const MOST_CLOSED: u64 = 31;

#[derive(Deserialize)]
struct Listed {
    first_year: i32,
    last_year: i32,
    days: Vec<Day>,
}

struct Holidays {
    years: std::ops::RangeInclusive<i32>,
    days: BTreeSet<NaiveDate>,
}

fn holidays() -> &'static Holidays {
    static HELD: OnceLock<Holidays> = OnceLock::new();
    HELD.get_or_init(|| {
        // A file that cannot be read covers no year: every answer is then "not known", never a wrong one.
        let listed: Listed =
            toml::from_str(HOLIDAYS).unwrap_or(Listed { first_year: 1, last_year: 0, days: Vec::new() });
        Holidays {
            years: listed.first_year..=listed.last_year,
            days: listed.days.into_iter().map(|day| day.0).collect(),
        }
    })
}

/// The years whose holidays are known: first and last.
pub fn years() -> (i32, i32) {
    (*holidays().years.start(), *holidays().years.end())
}

/// Whether offices are closed on a day; none where its year's holidays are not known and the day decides by nothing else.
pub fn is_closed(day: NaiveDate) -> Option<bool> {
    let turn_of_year = matches!((day.month(), day.day()), (12, 29..) | (1, ..=3));
    if turn_of_year || matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        return Some(true);
    }
    let known = holidays();
    known.years.contains(&day.year()).then(|| known.days.contains(&day))
}

/// The day itself where offices are open on it, or the next one on which they are; none where that is not known.
pub fn open_from(day: NaiveDate) -> Option<NaiveDate> {
    for later in 0..MOST_CLOSED {
        let day = day.checked_add_days(Days::new(later))?;
        if !is_closed(day)? {
            return Some(day);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn offices_are_open_again_after_weekends_holidays_and_the_turn_of_the_year() {
        for (from, open) in [
            ("2026-11-20", "2026-11-20"),
            ("2026-11-21", "2026-11-24"),
            ("2026-11-23", "2026-11-24"),
            ("2026-05-02", "2026-05-07"),
            ("2026-09-19", "2026-09-24"),
            ("2026-12-29", "2027-01-04"),
            ("2024-12-28", "2025-01-06"),
            ("2027-03-20", "2027-03-23"),
            ("2024-02-29", "2024-02-29"),
        ] {
            assert_eq!(open_from(day(from)), Some(day(open)), "{from}");
        }
    }

    #[test]
    fn outside_the_years_that_are_known_nothing_is_guessed() {
        assert_eq!(years(), (2024, 2027));
        assert_eq!(open_from(day("2027-12-31")), None, "4 January 2028 may be a holiday for all that is known");
        assert_eq!([is_closed(day("2028-01-03")), is_closed(day("2028-01-08"))], [Some(true); 2]);
        assert_eq!([is_closed(day("2028-01-04")), is_closed(day("2023-12-28"))].iter().flatten().count(), 0);
    }

    /// The list against the act itself: its fixed days, its Mondays, substitutes after Sundays, days between two holidays.
    #[test]
    fn the_list_is_what_the_act_says() {
        for year in years().0..=years().1 {
            let date = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
            let monday = |month, nth| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, nth).unwrap();
            let fixed = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)];
            let mut named: BTreeSet<NaiveDate> = fixed.into_iter().map(|(month, day)| date(month, day)).collect();
            named.extend([monday(1, 2), monday(7, 3), monday(9, 3), monday(10, 2)]);
            let listed: BTreeSet<NaiveDate> =
                holidays().days.iter().copied().filter(|day| day.year() == year).collect();
            let equinoxes = [(3, 19..=22), (9, 21..=24)].map(|(month, days)| {
                let mut of_month =
                    days.map(|day| date(month, day)).filter(|day| listed.contains(day) && !named.contains(day));
                // The autumnal one may follow a day that is a holiday only because it lies between two.
                let all: Vec<NaiveDate> = of_month.by_ref().collect();
                let substitute = |day: &NaiveDate| {
                    all.contains(&day.pred_opt().unwrap()) && day.pred_opt().unwrap().weekday() == Weekday::Sun
                };
                let between = |day: &NaiveDate| {
                    named.contains(&day.pred_opt().unwrap()) && all.contains(&day.succ_opt().unwrap())
                };
                let left: Vec<NaiveDate> =
                    all.iter().copied().filter(|day| !substitute(day) && !between(day)).collect();
                assert_eq!(left.len(), 1, "{year}: {left:?}");
                left[0]
            });
            named.extend(equinoxes);
            let mut wanted = named.clone();
            for day in named.iter().filter(|day| day.weekday() == Weekday::Sun) {
                let substitute = day.iter_days().skip(1).find(|day| !named.contains(day)).unwrap();
                wanted.insert(substitute);
            }
            for day in &named {
                let (next, after) = (*day + Days::new(1), *day + Days::new(2));
                if named.contains(&after) && !named.contains(&next) && next.weekday() != Weekday::Sun {
                    wanted.insert(next);
                }
            }
            assert_eq!(listed, wanted, "{year}");
        }
    }
}
