//! An agency's feed: what came to it, in an order in which nothing is ever skipped.
use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::json;
use super::views::time;
use crate::clock::Stopwatch;
use crate::gateway::Gateway;
use crate::store::feed::FeedEntry;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::agency_program::AgencyProgram;
use crate::web::extract::body::JsonBody;
use crate::web::problem::Problem;

/// The most entries of one answer.
const LIMIT: u32 = 1000;
/// The most seconds that a reader may wait for something new.
const WAIT: u64 = 30;
/// How often the record is asked while a reader waits.
const PAUSE: Duration = Duration::from_millis(250);

/// Where to go on, how many, and how long to wait for the first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedQuery {
    #[serde(default)]
    after: i64,
    #[serde(default = "default_limit")]
    limit: u32,
    #[serde(default)]
    wait: u64,
}

fn default_limit() -> u32 {
    100
}

/// One entry.
#[derive(Serialize)]
struct EntryView<'a> {
    cursor: i64,
    event: &'a str,
    arrival_number: &'a str,
    at: String,
    acknowledged_at: Option<String>,
    href: String,
}

impl<'a> From<&'a FeedEntry> for EntryView<'a> {
    fn from(entry: &'a FeedEntry) -> Self {
        Self {
            cursor: entry.position,
            event: &entry.kind,
            arrival_number: entry.arrival_number.as_str(),
            at: time(entry.created_at),
            acknowledged_at: entry.acknowledged_at.map(time),
            href: format!("/api/v1/agency/submissions/{}", entry.arrival_number),
        }
    }
}

/// `GET /api/v1/agency/submissions?after={cursor}&limit=&wait=`.
///
/// # Errors
/// 401 without an agency's token, 400 for parameters out of range.
pub async fn list_feed(
    gateway: web::Data<Gateway>,
    program: AgencyProgram,
    query: Result<web::Query<FeedQuery>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let query = checked(query)?;
    let stopwatch = Stopwatch::start();
    let entries = loop {
        let entries = gateway.store.feed_after(program.0.agency, query.after, query.limit).await?;
        if !entries.is_empty() || stopwatch.elapsed().as_secs() >= query.wait {
            break entries;
        }
        tokio::time::sleep(PAUSE).await;
    };
    let next = entries.last().map_or(query.after, |entry| entry.position);
    json(&json!({ "entries": entries.iter().map(EntryView::from).collect::<Vec<_>>(), "next": next }))
}

fn checked(query: Result<web::Query<FeedQuery>, actix_web::Error>) -> Result<FeedQuery, Problem> {
    let query = query.ok().map(web::Query::into_inner);
    query.filter(|query| query.after >= 0 && (1..=LIMIT).contains(&query.limit) && query.wait <= WAIT).ok_or_else(
        || {
            let detail =
                format!("after is a cursor, limit a number from 1 to {LIMIT}, wait a number of seconds to {WAIT}.");
            Problem::new(RejectionCode::BadRequest, detail)
        },
    )
}

/// What the agency has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The cursor of the last entry that is safe in the agency's own system.
    through: i64,
}

/// `POST /api/v1/agency/acknowledgements`. The token is judged before the body, so that strangers learn nothing.
///
/// # Errors
/// 401 without an agency's token.
pub async fn post_acknowledgement(
    gateway: web::Data<Gateway>,
    program: AgencyProgram,
    body: Result<JsonBody<Acknowledgement>, Problem>,
) -> Result<HttpResponse, Problem> {
    let now = gateway.clock.now();
    let through = body?.0.through;
    let acknowledged = gateway.store.feed_acknowledge(program.0.agency, through, now).await?;
    json(&json!({ "acknowledged": acknowledged }))
}
