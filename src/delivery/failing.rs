//! Which sources of revocation lists operators are told of: one that fails although the next list should be there. Where the
//! list itself is soon stale, or stale, that alarm tells already.
use chrono::{DateTime, Duration, Utc};

use super::alarms::concerns::Concern;
use crate::store::alarms::CALM;
use crate::store::crl_sources::SourceState;

const EVENT: &str = "crl_source_fails";
const PAGE: &str = "/operator#sources";

/// A source that has never given a list is told of after so many failures.
const FAILURES: u32 = 3;

/// What is to be told of these sources at `now`; `soon` before its nextUpdate a list is told of as soon stale.
pub fn concerns(states: &[SourceState], soon: Duration, now: DateTime<Utc>) -> Vec<Concern> {
    states.iter().filter_map(|state| concern(state, soon, now)).collect()
}

fn concern(state: &SourceState, soon: Duration, now: DateTime<Utc>) -> Option<Concern> {
    let subject = hex::encode(state.key);
    let Some((code, detail)) = &state.last_failure else {
        let detail = format!("Source {} gives lists again.", state.name);
        return Some(Concern { event: EVENT, subject, state: CALM, detail, page: PAGE.to_owned() });
    };
    let told_by_the_list = state.next_update.is_some_and(|next| now + soon >= next);
    let due = match state.look_from {
        Some(look_from) => now >= look_from,
        None => state.failures >= FAILURES,
    };
    if told_by_the_list || !due {
        return None;
    }
    let detail = format!("Source {} has failed {} times in a row: {code}: {detail}", state.name, state.failures);
    Some(Concern::stands(EVENT, subject, detail, PAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_source_is_told_of_within_the_lead_and_not_beside_its_stale_list() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let hours = Duration::hours;
        let state = SourceState {
            key: [1; 32],
            name: "the CA".to_owned(),
            etag: None,
            last_modified: None,
            lists: Vec::new(),
            next_update: Some(now + hours(10)),
            look_from: Some(now - hours(1)),
            last_tried: Some(now),
            last_success: None,
            failures: 2,
            last_failure: Some(("timed_out".to_owned(), "it took too long".to_owned())),
            next_due: now,
            leased_until: None,
        };
        let told = |change: &dyn Fn(&mut SourceState)| {
            let mut state = state.clone();
            change(&mut state);
            concerns(&[state], hours(6), now).first().map(|concern| concern.state)
        };
        assert_eq!(told(&|_| {}), Some("alarm"));
        assert_eq!(told(&|state| state.look_from = Some(now + hours(1))), None);
        assert_eq!(told(&|state| state.next_update = Some(now + hours(5))), None);
        assert_eq!(told(&|state| (state.next_update, state.look_from) = (None, None)), None);
        assert_eq!(
            told(&|state| (state.next_update, state.look_from, state.failures) = (None, None, 3)),
            Some("alarm")
        );
        assert_eq!(told(&|state| state.last_failure = None), Some(CALM));
    }
}
