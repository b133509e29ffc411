//! How many messages a minute a peer may send: a gateway that went wild does not take the others' turn.
use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};

/// Counts by name and minute.
#[derive(Debug)]
pub(super) struct MinuteLimit {
    at_most: u32,
    counts: Mutex<HashMap<String, (i64, u32)>>,
}

impl MinuteLimit {
    /// At most so many; 0: any number.
    pub(super) fn new(at_most: u32) -> Self {
        Self { at_most, counts: Mutex::default() }
    }

    /// Counts one of `name`; false where it is one too many. Names are those of peers, so that there are few.
    pub(super) fn lets(&self, name: &str, now: DateTime<Utc>) -> bool {
        if self.at_most == 0 {
            return true;
        }
        let minute = now.timestamp().div_euclid(60);
        let mut counts = self.counts.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let count = counts.entry(name.to_owned()).or_insert((minute, 0));
        if count.0 != minute {
            *count = (minute, 0);
        }
        count.1 = count.1.saturating_add(1);
        count.1 <= self.at_most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_its_own_minute() {
        let limit = MinuteLimit::new(2);
        let at = |second: i64| DateTime::from_timestamp(second, 0).unwrap();
        assert_eq!([0, 1, 59].map(|second| limit.lets("a", at(second))), [true, true, false]);
        assert!(limit.lets("b", at(59)) && limit.lets("a", at(60)));
        assert!((0..1000).all(|_| MinuteLimit::new(0).lets("a", at(0))));
    }
}
