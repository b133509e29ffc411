//! The sources of revocation lists, as `madoguchi crl status` tells of them.
use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::gateway::lists;
use crate::settings::RevocationSettings;
use crate::store::Store;
use crate::store::crl_sources::SourceState;

/// A source.
#[derive(Debug, Serialize)]
pub struct SourceView {
    name: String,
    last_success: Option<DateTime<Utc>>,
    last_tried: Option<DateTime<Utc>>,
    next_due: DateTime<Utc>,
    failures: u32,
    code: Option<String>,
    detail: Option<String>,
}

impl From<SourceState> for SourceView {
    fn from(state: SourceState) -> Self {
        let (code, detail) = state.last_failure.unzip();
        let SourceState { name, last_success, last_tried, next_due, failures, .. } = state;
        Self { name, last_success, last_tried, next_due, failures, code, detail }
    }
}

/// What the record knows of sources; none where the settings know of none.
pub fn views(record: &Store, settings: &RevocationSettings) -> Vec<SourceView> {
    use crate::settings::FollowPoints;
    if settings.source.is_empty() && settings.follow_distribution_points == FollowPoints::Never {
        return Vec::new();
    }
    let states = lists::wait(record.crl_source_list()).unwrap_or_else(|error| {
        eprintln!("madoguchi crl: the sources are not known: {error}");
        Vec::new()
    });
    states.into_iter().map(SourceView::from).collect()
}

/// For people: a line each.
pub fn text(sources: &[SourceView], out: &mut String) {
    for source in sources {
        let time = |at: Option<DateTime<Utc>>| at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
        let state = match (&source.code, &source.detail) {
            (Some(code), Some(detail)) => format!("fails ({} in a row): {code}: {detail}", source.failures),
            _ => "works".to_owned(),
        };
        let (fetched, next) = (time(source.last_success), source.next_due.to_rfc3339());
        // Writing to a String cannot fail.
        let _ = writeln!(out, "source {}: {state}; last fetched {fetched}; next {next}", source.name);
    }
}
