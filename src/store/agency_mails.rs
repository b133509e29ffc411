//! New filings gathered for the mails to agencies: the feed is followed, off the path of a submission.
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use std::collections::BTreeMap;

use super::after_schema::mails;
use super::connection::on_backend;
use super::mails::{MailKind, To, is_waiting, queue};
use super::schema::outbox;
use super::steps_schema::follow_up;
use super::{Store, StoreError, feed, to_database};
use crate::ids::AgencyCode;

/// The name of the position in `follow_up`.
const FEED: &str = "agency_mails";

/// Entries that are looked at in one transaction.
const AT_A_TIME: i64 = 5_000;

impl Store {
    /// Follows the feed and puts a mail into the outbox for each of `agencies` that new filings came to: the filings of
    /// `gather` are one mail. The first time it begins with what comes from then on.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read or written; nothing is followed then.
    pub async fn agency_mails_gather(
        &self,
        agencies: Vec<AgencyCode>,
        now: DateTime<Utc>,
        gather: Duration,
    ) -> Result<(), StoreError> {
        if agencies.is_empty() {
            return Ok(());
        }
        self.feed_number().await?;
        self.write(move |conn| {
            let newest: Option<i64> = outbox::table.select(diesel::dsl::max(outbox::position)).first(conn)?;
            let newest = newest.unwrap_or_default();
            let from: Option<i64> = follow_up::table.find(FEED).select(follow_up::position).first(conn).optional()?;
            let Some(from) = from else {
                let row = (follow_up::name.eq(FEED), follow_up::position.eq(newest));
                let insert = diesel::insert_into(follow_up::table).values(row).on_conflict_do_nothing();
                on_backend!(&mut *conn, c => insert.execute(c))?;
                return Ok(());
            };
            if from == newest {
                return Ok(());
            }
            let entries: Vec<(Option<i64>, String, String)> = outbox::table
                .filter(outbox::position.gt(from))
                .order(outbox::position)
                .limit(AT_A_TIME)
                .select((outbox::position, outbox::recipient, outbox::kind))
                .load(conn)?;
            let Some(to) = entries.iter().filter_map(|entry| entry.0).next_back() else { return Ok(()) };
            let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
            for (_, recipient, kind) in &entries {
                if kind == feed::FILED && agencies.iter().any(|agency| agency.as_str() == recipient) {
                    *counts.entry(recipient).or_default() += 1;
                }
            }
            for (agency, count) in counts {
                let waiting =
                    mails::table.filter(mails::agency.eq(agency)).filter(is_waiting()).filter(mails::tries.eq(0));
                if diesel::update(waiting).set(mails::filings.eq(mails::filings + count)).execute(conn)? == 0 {
                    queue(conn, To::Agency(agency), MailKind::Filings(count), to_database(now + gather))?;
                }
            }
            let position = follow_up::table.find(FEED).filter(follow_up::position.eq(from));
            if diesel::update(position).set(follow_up::position.eq(to)).execute(conn)? == 0 {
                return Err(StoreError::Unavailable("another gateway followed the feed".to_owned()));
            }
            Ok(())
        })
        .await
    }
}
