//! When a source is asked next. Pure: the time, the list's times and the dice are given.
use chrono::{DateTime, Duration, Utc};

/// No source is asked more often than this, whatever happened.
pub const NOT_SOONER: Duration = Duration::seconds(30);
/// Where filings wait for a list, its source is asked this often.
pub const WHILE_FILINGS_WAIT: Duration = Duration::seconds(60);
/// The first pause after a failure; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::seconds(60);
/// The longest pause after failures, where the source's own interval is not shorter.
const LONGEST_PAUSE: Duration = Duration::hours(1);
/// The lead before nextUpdate is a tenth of the list's time, and no longer than this.
const LONGEST_LEAD: Duration = Duration::hours(6);

/// When a list was issued and when the next one was to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListTimes {
    /// thisUpdate.
    pub this_update: DateTime<Utc>,
    /// nextUpdate.
    pub next_update: DateTime<Utc>,
}

impl ListTimes {
    /// How long before nextUpdate the next list is looked for, and from when on a source that fails is told: a tenth of the
    /// list's time, at most six hours.
    pub fn lead(&self) -> Duration {
        ((self.next_update - self.this_update) / 10).clamp(Duration::zero(), LONGEST_LEAD)
    }

    /// The moment from which the next list is looked for.
    pub fn look_from(&self) -> DateTime<Utc> {
        self.next_update - self.lead()
    }
}

/// A number from 0 to 1 that spreads gateways and sources over time: what is beyond counts as the nearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dice(f64);

impl Dice {
    /// From any octets, such as random ones.
    pub fn of(octets: [u8; 4]) -> Self {
        Self(f64::from(u32::from_be_bytes(octets)) / f64::from(u32::MAX))
    }

    /// Between `low` and `high`.
    fn between(self, low: Duration, high: Duration) -> Duration {
        let span = (high - low).num_milliseconds().max(0);
        // Both fit: spans are hours.
        low + Duration::milliseconds((span as f64 * self.0) as i64)
    }
}

/// After a list came, or the source said that it is still the same: the interval, a tenth of it given or taken away; sooner
/// where the list's lead begins before that; within the lead at shares of the time that is left, so that the next list is
/// there before this one ends.
pub fn after_success(now: DateTime<Utc>, list: Option<ListTimes>, every: Duration, dice: Dice) -> DateTime<Utc> {
    let every = every.max(NOT_SOONER);
    let usual = now + dice.between(every - every / 10, every);
    let Some(list) = list else { return usual };
    let look_from = list.look_from();
    let due = if now < look_from {
        // Spread over the first tenth of the lead: many gateways of many towns wait for the same moment.
        usual.min(look_from + dice.between(Duration::zero(), list.lead() / 10))
    } else if now < list.next_update {
        let share = (list.lead() / 10).clamp(NOT_SOONER, every);
        usual.min(now + dice.between(share / 2, share))
    } else {
        usual.min(now + dice.between(FIRST_PAUSE / 2, FIRST_PAUSE))
    };
    due.max(now + NOT_SOONER)
}

/// After `failures` failures in a row, this one counted: pauses that double, half of each left to the dice.
pub fn after_failure(now: DateTime<Utc>, failures: u32, every: Duration, dice: Dice) -> DateTime<Utc> {
    let longest = every.clamp(FIRST_PAUSE, LONGEST_PAUSE);
    let doubled = FIRST_PAUSE * 2_i32.saturating_pow(failures.saturating_sub(1).min(10));
    let pause = doubled.min(longest);
    now + dice.between(pause / 2, pause).max(NOT_SOONER)
}

#[cfg(test)]
mod tests;
