//! The filings that an account's links open: those of the linked signature certificates, from the filing on that made
//! the link. They are read a page at a time, by the filing that the page before ended with.
//!
//! There is no index of signers on `submissions` itself, because it would cost each filing a page. So three places are
//! asked, which together have every filing: the index of signers, the tail of the feed that has not been entered there
//! yet (a second's worth), and the filings that are held.
use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::one_of::one_of;
use super::resident_links::{LinkState, of_account};
use super::resident_schema::resident_links;
use super::resident_sessions::ResidentId;
use super::schema::{held, outbox, submissions};
use super::steps_schema::{follow_up, signer_issuers, signers};
use super::submissions::stored_status;
use super::{Store, StoreError, from_database, notices, parse_stored};
use crate::ids::{AgencyCode, ArrivalNumber, ProcedureCode};
use crate::submission::status::SubmissionStatus;

/// The tail of the feed is read no further than this: a gateway whose background work stands still shows less for now.
const TAIL: i64 = 5_000;

/// Filings are counted up to here; what is more is "more than".
pub const COUNTED: usize = 1_000;

/// A filing as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFiling {
    /// Its public name.
    pub arrival_number: ArrivalNumber,
    /// The procedure.
    pub procedure: ProcedureCode,
    /// The agency.
    pub recipient: AgencyCode,
    /// One line on what it is about.
    pub title: String,
    /// Where it stands.
    pub status: SubmissionStatus,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// How many of its notices the person has not read.
    pub unread: i64,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingsPage {
    /// The newest first.
    pub filings: Vec<ListedFiling>,
    /// How many newer ones there are, [`COUNTED`] at most.
    pub newer: usize,
    /// How many there are in all, [`COUNTED`] at most.
    pub total: usize,
    /// Whether there are older ones.
    pub is_more: bool,
}

/// What a link opens.
struct Opened {
    signer_sha256: Vec<u8>,
    from: i64,
    issuer: Option<Vec<u8>>,
    serial: Option<Vec<u8>>,
}

impl Store {
    /// A page of the filings that an account sees: those older than `after`, or the newest. None where `after` is no filing
    /// that the account sees, be it another's or nobody's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_filings(
        &self,
        account: ResidentId,
        after: Option<ArrivalNumber>,
        limit: usize,
    ) -> Result<Option<FilingsPage>, StoreError> {
        self.look_up_together(move |conn| {
            let links = opened(conn, &account)?;
            let before = match after {
                None => i64::MAX,
                Some(number) => match seen_id(conn, &links, number)? {
                    Some(id) => id,
                    None => return Ok(None),
                },
            };
            // The count's ids are the page's too, but for a page behind the end of the count.
            let counted = ids_of(conn, &links, i64::MAX, COUNTED)?;
            let newer = counted.iter().take_while(|id| **id >= before).count();
            let mut ids: Vec<i64> = counted.iter().skip(newer).take(limit + 1).copied().collect();
            if counted.len() == COUNTED && ids.len() <= limit {
                ids = ids_of(conn, &links, before, limit + 1)?;
            }
            let is_more = ids.len() > limit;
            ids.truncate(limit);
            Ok(Some(FilingsPage { filings: listed(conn, &ids)?, newer, total: counted.len(), is_more }))
        })
        .await
    }
}

fn opened(conn: &mut AnyConnection, account: &ResidentId) -> Result<Vec<Opened>, StoreError> {
    type Row = (Vec<u8>, i64, Option<Vec<u8>>, Option<Vec<u8>>);
    let rows: Vec<Row> = on_backend!(&mut *conn, c => of_account(account)
        .inner_join(submissions::table)
        .filter(resident_links::state.eq(LinkState::Linked.as_str()))
        .select((
            resident_links::signer_sha256,
            resident_links::submission_id,
            submissions::signer_issuer,
            submissions::signer_serial,
        )).load(c))?;
    let one = |(signer_sha256, from, issuer, serial)| Opened { signer_sha256, from, issuer, serial };
    Ok(rows.into_iter().map(one).collect())
}

/// The place of a filing, where a link opens it.
fn seen_id(conn: &mut AnyConnection, links: &[Opened], number: ArrivalNumber) -> Result<Option<i64>, StoreError> {
    let found: Option<(i64, Vec<u8>)> = submissions::table
        .filter(submissions::arrival_number.eq(number.to_string()))
        .select((submissions::id, submissions::signer_sha256))
        .first(conn)
        .optional()?;
    let opens = |id: i64, signer: &[u8]| links.iter().any(|link| link.signer_sha256 == signer && link.from <= id);
    Ok(found.filter(|(id, signer)| opens(*id, signer)).map(|(id, _)| id))
}

/// The newest filings before `before` that the links open, `limit` at most, the newest first.
fn ids_of(conn: &mut AnyConnection, links: &[Opened], before: i64, limit: usize) -> Result<Vec<i64>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut ids = BTreeSet::new();
    for link in links {
        let of_link = [
            vec![link.from],
            indexed(conn, link, before, most)?,
            waiting(conn, link, before, most)?,
            tail(conn, link)?,
        ];
        ids.extend(of_link.into_iter().flatten().filter(|id| (link.from..before).contains(id)).map(Reverse));
    }
    Ok(ids.into_iter().map(|Reverse(id)| id).take(limit).collect())
}

fn indexed(conn: &mut AnyConnection, link: &Opened, before: i64, most: i64) -> Result<Vec<i64>, StoreError> {
    let (Some(issuer), Some(serial)) = (&link.issuer, &link.serial) else { return Ok(Vec::new()) };
    // Generations of a CA may give one serial twice under one name: the certificate itself decides.
    let of_link = signers::table
        .inner_join(signer_issuers::table)
        .inner_join(submissions::table)
        .filter(signer_issuers::name_sha256.eq(issuer))
        .filter(signers::serial.eq(serial))
        .filter(signers::submission_id.ge(link.from))
        .filter(signers::submission_id.lt(before))
        .filter(submissions::signer_sha256.eq(&link.signer_sha256));
    Ok(
        on_backend!(&mut *conn, c => of_link.order(signers::submission_id.desc()).limit(most).select(signers::submission_id).load(c))?,
    )
}

/// Filings of a certificate that are held.
fn waiting(conn: &mut AnyConnection, link: &Opened, before: i64, most: i64) -> Result<Vec<i64>, StoreError> {
    Ok(on_backend!(&mut *conn, c => held::table
        .inner_join(submissions::table)
        .filter(submissions::signer_sha256.eq(&link.signer_sha256))
        .filter(submissions::id.lt(before))
        .order(submissions::id.desc())
        .limit(most)
        .select(submissions::id).load(c))?)
}

/// Filings of a certificate in the part of the feed that the index of signers does not have yet.
fn tail(conn: &mut AnyConnection, link: &Opened) -> Result<Vec<i64>, StoreError> {
    let followed: Option<i64> = on_backend!(&mut *conn, c => follow_up::table.find(super::follow_up::FEED).select(follow_up::position).first(c).optional())?;
    let last: Option<i64> = on_backend!(&mut *conn, c => outbox::table.select(diesel::dsl::max(outbox::id)).first(c))?;
    let not_yet = outbox::position.gt(followed.unwrap_or_default()).or(outbox::position.is_null());
    Ok(on_backend!(&mut *conn, c => outbox::table
        .inner_join(submissions::table)
        .filter(outbox::id.gt(last.unwrap_or_default() - TAIL))
        .filter(not_yet)
        .filter(submissions::signer_sha256.eq(&link.signer_sha256))
        .select(submissions::id).load(c))?)
}

/// What a list shows of these filings, in the same order.
fn listed(conn: &mut AnyConnection, ids: &[i64]) -> Result<Vec<ListedFiling>, StoreError> {
    type Row = (i64, String, String, String, String, String, NaiveDateTime);
    let unread = notices::unread(conn, ids)?;
    let newest = submissions::table.order(submissions::id.desc()).select((
        submissions::id,
        submissions::arrival_number,
        submissions::procedure,
        submissions::recipient,
        submissions::title,
        submissions::status,
        submissions::received_at,
    ));
    let rows: Vec<Row> = match conn {
        AnyConnection::Sqlite(c) => newest.filter(one_of(submissions::id, ids)).load(c)?,
        AnyConnection::Postgresql(c) => newest.filter(submissions::id.eq_any(ids.to_vec())).load(c)?,
    };
    let one = |(id, number, procedure, recipient, title, status, received_at): Row| {
        Ok(ListedFiling {
            arrival_number: parse_stored(&number)?,
            procedure: parse_stored(&procedure)?,
            recipient: parse_stored(&recipient)?,
            title,
            status: stored_status(&status)?,
            received_at: from_database(received_at),
            unread: unread.iter().find(|(of, _)| *of == id).map_or(0, |(_, count)| *count),
        })
    };
    rows.into_iter().map(one).collect()
}
