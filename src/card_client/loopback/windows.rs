//! How many windows a site may open. A window that the person agreed to does not count; those that were closed, refused or
//! left alone do. So a site that asks and asks ends with an error code, not with a screen full of windows.
use std::collections::VecDeque;

use chrono::{DateTime, Duration, Utc};

use crate::card_client::ClientError;

/// Windows of one site without an agreement within [`WITHIN_MINUTES`].
const OF_ONE_SITE: usize = 5;
/// Windows of all sites together.
const OF_ALL: usize = 20;
const WITHIN_MINUTES: i64 = 5;

/// The windows that were opened lately and not agreed to.
#[derive(Debug, Default)]
pub struct Windows(VecDeque<(String, DateTime<Utc>)>);

impl Windows {
    /// Counts one more window of `origin`.
    ///
    /// # Errors
    /// `too-many` when there were too many lately.
    pub fn opened(&mut self, origin: &str, now: DateTime<Utc>) -> Result<(), ClientError> {
        self.0.retain(|(_, at)| now - *at < Duration::minutes(WITHIN_MINUTES));
        let of_this = self.0.iter().filter(|(other, _)| other == origin).count();
        if of_this >= OF_ONE_SITE || self.0.len() >= OF_ALL {
            let detail =
                format!("windows were opened again and again without an agreement; wait {WITHIN_MINUTES} minutes");
            return Err(ClientError::refused("too-many", "too many windows", detail));
        }
        self.0.push_back((origin.to_owned(), now));
        Ok(())
    }

    /// The person agreed to what `origin` asked.
    pub fn agreed(&mut self, origin: &str) {
        self.0.retain(|(other, _)| other != origin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_ends_and_an_agreement_or_time_begins_anew() {
        let (mut windows, now) = (Windows::default(), chrono::DateTime::<Utc>::UNIX_EPOCH);
        for _ in 0..OF_ONE_SITE {
            windows.opened("a", now).unwrap();
        }
        assert_eq!(windows.opened("a", now).unwrap_err().code, "too-many");
        windows.opened("b", now).unwrap();
        windows.agreed("a");
        windows.opened("a", now).unwrap();
        for _ in 0..OF_ONE_SITE {
            let _ = windows.opened("a", now);
        }
        assert!(windows.opened("a", now).is_err());
        windows.opened("a", now + Duration::minutes(WITHIN_MINUTES)).unwrap();
    }

    #[test]
    fn many_sites_together_are_bounded_too() {
        let (mut windows, now) = (Windows::default(), chrono::DateTime::<Utc>::UNIX_EPOCH);
        for site in 0..OF_ALL {
            windows.opened(&site.to_string(), now).unwrap();
        }
        assert_eq!(windows.opened("one more", now).unwrap_err().code, "too-many");
    }
}
