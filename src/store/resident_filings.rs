//! The filings that an account's links open: those of the linked signature certificates, from the filing on that made
//! the link.
//!
//! There is no index of signers on `submissions` itself, because it would cost each filing a page. So three places are
//! asked, which together have every filing: the index of signers, the tail of the feed that has not been entered there
//! yet (a second's worth), and the filings that are held.
use std::collections::BTreeMap;

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::resident_links::{LinkState, of_account};
use super::resident_schema::resident_links;
use super::resident_sessions::ResidentId;
use super::schema::{held, outbox, submissions};
use super::steps_schema::{follow_up, signer_issuers, signers};
use super::submissions::{StoredSubmission, SubmissionRow};
use super::{Store, StoreError};

/// The tail of the feed is read no further than this: a gateway whose background work stands still shows less for now.
const TAIL: i64 = 5_000;

/// What a link opens.
struct Opened {
    signer_sha256: Vec<u8>,
    from: i64,
    issuer: Option<Vec<u8>>,
    serial: Option<Vec<u8>>,
}

impl Store {
    /// The filings that an account sees, the newest first, `limit` at most.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_filings(&self, account: ResidentId, limit: u32) -> Result<Vec<StoredSubmission>, StoreError> {
        self.read(move |conn| {
            let mut found = BTreeMap::new();
            for link in opened(conn, &account)? {
                let ids = ids_of(conn, &link, i64::from(limit))?;
                let rows: Vec<SubmissionRow> = submissions::table
                    .filter(submissions::id.eq_any(ids))
                    .filter(submissions::id.ge(link.from))
                    .filter(submissions::signer_sha256.eq(&link.signer_sha256))
                    .load(conn)?;
                for row in rows {
                    let filing = StoredSubmission::try_from(row)?;
                    found.insert(std::cmp::Reverse(filing.id), filing);
                }
            }
            Ok(found.into_values().take(limit as usize).collect())
        })
        .await
    }
}

fn opened(conn: &mut AnyConnection, account: &ResidentId) -> Result<Vec<Opened>, StoreError> {
    type Row = (Vec<u8>, i64, Option<Vec<u8>>, Option<Vec<u8>>);
    let rows: Vec<Row> = of_account(account)
        .inner_join(submissions::table)
        .filter(resident_links::state.eq(LinkState::Linked.as_str()))
        .select((
            resident_links::signer_sha256,
            resident_links::submission_id,
            submissions::signer_issuer,
            submissions::signer_serial,
        ))
        .load(conn)?;
    let one = |(signer_sha256, from, issuer, serial)| Opened { signer_sha256, from, issuer, serial };
    Ok(rows.into_iter().map(one).collect())
}

/// Filings that may be the link's: what is not of its certificate is left out by who asks.
fn ids_of(conn: &mut AnyConnection, link: &Opened, limit: i64) -> Result<Vec<i64>, StoreError> {
    let mut ids = vec![link.from];
    if let (Some(issuer), Some(serial)) = (&link.issuer, &link.serial) {
        let indexed: Vec<i64> = signers::table
            .inner_join(signer_issuers::table)
            .filter(signer_issuers::name_sha256.eq(issuer))
            .filter(signers::serial.eq(serial))
            .filter(signers::submission_id.ge(link.from))
            .order(signers::submission_id.desc())
            .limit(limit)
            .select(signers::submission_id)
            .load(conn)?;
        ids.extend(indexed);
    }
    let waiting: Vec<i64> = held::table
        .inner_join(submissions::table)
        .filter(submissions::signer_sha256.eq(&link.signer_sha256))
        .limit(limit)
        .select(submissions::id)
        .load(conn)?;
    ids.extend(waiting);
    ids.extend(tail(conn, &link.signer_sha256)?);
    Ok(ids)
}

/// Filings of a certificate in the part of the feed that the index of signers does not have yet.
fn tail(conn: &mut AnyConnection, signer: &[u8]) -> Result<Vec<i64>, StoreError> {
    let followed: Option<i64> =
        follow_up::table.find(super::follow_up::FEED).select(follow_up::position).first(conn).optional()?;
    let last: Option<i64> = outbox::table.select(diesel::dsl::max(outbox::id)).first(conn)?;
    let not_yet = outbox::position.gt(followed.unwrap_or_default()).or(outbox::position.is_null());
    let newest: Vec<(i64, Vec<u8>)> = outbox::table
        .inner_join(submissions::table)
        .filter(outbox::id.gt(last.unwrap_or_default() - TAIL))
        .filter(not_yet)
        .select((submissions::id, submissions::signer_sha256))
        .load(conn)?;
    Ok(newest.into_iter().filter(|(_, of)| of == signer).map(|(id, _)| id).collect())
}
