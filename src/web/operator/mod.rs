//! The operators' desk: revocation lists and how long they last, why one was refused, trust anchors, numbers, audit.
pub mod anchors;
pub mod audit;
pub mod impacts;
pub mod overview;
pub mod quarantine;
pub mod sources;
pub mod upload;

use chrono::{DateTime, Duration, Utc};

use crate::web::i18n::Language;

/// How long until `to`, or since: `3 d 4 h`, `4 h 12 min`, `12 min`, in words of the language.
pub fn countdown(language: Language, now: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let length = span(language, to - now);
    if to > now {
        language.with("operator-in", "length", length)
    } else {
        language.with("operator-ago", "length", length)
    }
}

/// How old something is.
pub fn age(language: Language, now: DateTime<Utc>, since: DateTime<Utc>) -> String {
    span(language, now - since)
}

fn span(language: Language, length: Duration) -> String {
    let minutes = length.num_minutes().unsigned_abs();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let parts: [(u64, &str); 2] = match (days, hours) {
        (0, 0) => return language.with("operator-minutes", "number", rest),
        (0, _) => [(hours, "operator-hours"), (rest, "operator-minutes")],
        _ => [(days, "operator-days"), (hours, "operator-hours")],
    };
    parts.map(|(number, key)| language.with(key, "number", number)).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_says_on_which_side_of_now_it_is() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let words = |minutes: i64| countdown(Language::En, now, now + Duration::minutes(minutes));
        assert_eq!(words(12), "in 12 min");
        assert_eq!(words(3 * 60 + 5), "in 3 h 5 min");
        assert_eq!(words(-(2 * 1440 + 60)), "2 d 1 h ago");
    }
}
