//! What the agency's feed tells of new filings is followed here, off the path of a submission: who signed goes into the
//! index of signers, and a provisional verdict onto the list of those that await a later revocation list. The feed is in
//! the order of commits, so that "followed up to position n" leaves nothing out.
use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::connection::{AnyConnection, on_backend};
use super::documents::DocumentStore;
use super::error::StoreError;
use super::schema::{crl_archive, outbox, submissions, verdicts};
use super::signers::{self, SignerRow};
use super::steps_schema::{awaiting, follow_up};
use super::{Store, feed, from_database, stored_digest, to_database};
use crate::crypto::sha256;
use crate::evidence::receipt::CrlReference;
use crate::settings::Grace;
use crate::signature::verifier::embedded_certificates;
use crate::submission::status::RevocationState;

pub(super) const FEED: &str = "feed";

/// The row of lists of which it is not known which list decided.
pub const NO_LIST: [u8; 32] = [0; 32];

/// What was followed.
#[derive(Debug, Default, Clone)]
pub struct Followed {
    /// How many filings.
    pub filings: usize,
    /// The rows of lists that new ones of them await.
    pub list_rows: Vec<[u8; 32]>,
    /// Whether the feed has nothing more now.
    pub caught_up: bool,
}

/// Digest of a row of lists: of issuer_key and scope_key.
pub fn list_row(issuer_key: &[u8; 32], scope_key: &[u8; 32]) -> [u8; 32] {
    sha256(&[issuer_key.as_slice(), scope_key].concat())
}

#[derive(Queryable)]
struct NewFiling {
    id: i64,
    received_at: NaiveDateTime,
    revocation: String,
    receipt_json: String,
    signer_issuer: Option<Vec<u8>>,
    signer_serial: Option<Vec<u8>>,
    signer_sha256: Vec<u8>,
    signature_sha256: Vec<u8>,
}

/// What is read of a receipt.
#[derive(Deserialize)]
struct Receipt {
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Verdict {
    revocation: RevocationState,
    crls: Vec<CrlReference>,
}

/// What is read of a report, where the receipt was one of a held filing.
#[derive(Deserialize)]
struct Report {
    signatures: Vec<ReportSignature>,
}

#[derive(Deserialize)]
struct ReportSignature {
    revocation: Vec<ReportStatus>,
}

#[derive(Deserialize)]
struct ReportStatus {
    crl: Option<CrlReference>,
}

struct Awaiting {
    submission_id: i64,
    list_row: [u8; 32],
    needs_after: NaiveDateTime,
}

/// What one look at the feed gave.
struct Found {
    from: i64,
    to: i64,
    entries: usize,
    signers: Vec<SignerRow>,
    awaiting: Vec<Awaiting>,
}

impl Store {
    /// Follows the feed by up to `limit` entries. Of two gateways that do it at once one does it, and the other nothing.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read or written; nothing is followed then.
    pub async fn follow_up(&self, grace: Grace, limit: u32) -> Result<Followed, StoreError> {
        if !self.0.sqlite {
            self.feed_number().await?;
        }
        let places = self.0.documents.clone();
        let found = self.read(move |conn| look(conn, &places, &grace, limit)).await?;
        let mut followed = Followed { caught_up: found.entries < limit as usize, ..Followed::default() };
        if found.to == found.from {
            return Ok(followed);
        }
        let (filings, mut rows) = (found.signers.len(), list_rows(&found));
        if self.write(move |conn| note(conn, &found)).await? {
            followed.filings = filings;
            followed.list_rows.append(&mut rows);
        } else {
            // Another was quicker: where it is now, it says itself.
            followed.caught_up = false;
        }
        Ok(followed)
    }
}

fn list_rows(found: &Found) -> Vec<[u8; 32]> {
    let mut rows: Vec<[u8; 32]> = found.awaiting.iter().map(|one| one.list_row).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn look(conn: &mut AnyConnection, places: &DocumentStore, grace: &Grace, limit: u32) -> Result<Found, StoreError> {
    let from: i64 = follow_up::table.find(FEED).select(follow_up::position).first(conn)?;
    let entries: Vec<(Option<i64>, String, i64)> = outbox::table
        .filter(outbox::position.gt(from))
        .order(outbox::position.asc())
        .limit(i64::from(limit))
        .select((outbox::position, outbox::kind, outbox::submission_id))
        .load(conn)?;
    let to = entries.last().and_then(|(position, ..)| *position).unwrap_or(from);
    let mut found = Found { from, to, entries: entries.len(), signers: Vec::new(), awaiting: Vec::new() };
    if entries.is_empty() {
        return Ok(found);
    }
    let filed: Vec<i64> = entries.iter().filter(|(_, kind, _)| kind == feed::FILED).map(|(.., id)| *id).collect();
    let filings: Vec<NewFiling> = submissions::table
        .filter(submissions::id.eq_any(filed))
        .order(submissions::id)
        .select((
            submissions::id,
            submissions::received_at,
            submissions::revocation,
            submissions::receipt_json,
            submissions::signer_issuer,
            submissions::signer_serial,
            submissions::signer_sha256,
            submissions::signature_sha256,
        ))
        .load(conn)?;
    let mut known_rows = HashMap::new();
    for filing in filings {
        if filing.revocation == RevocationState::Provisional.as_str() {
            found.awaiting.push(awaits(conn, &filing, grace, &mut known_rows)?);
        }
        match signer_of(conn, places, filing)? {
            Ok(row) => found.signers.push(row),
            Err(id) => {
                tracing::error!(target: "madoguchi::follow_up", filing = id, "no certificate of its signer is found")
            }
        }
    }
    Ok(found)
}

/// Which list the verdict rests on, and how late another has to be issued to confirm it.
fn awaits(
    conn: &mut AnyConnection,
    filing: &NewFiling,
    grace: &Grace,
    known_rows: &mut HashMap<String, [u8; 32]>,
) -> Result<Awaiting, StoreError> {
    let list = deciding_list(conn, filing)?;
    let row = match &list {
        None => NO_LIST,
        Some(list) => match known_rows.get(&list.sha256) {
            Some(row) => *row,
            None => {
                let row = row_of_list(conn, &list.sha256)?;
                known_rows.insert(list.sha256.clone(), row);
                row
            }
        },
    };
    let period = grace.for_issuer(list.as_ref().map_or("", |list| &list.issuer));
    let late = from_database(filing.received_at).checked_add_signed(period);
    let needs_after = late.map_or(filing.received_at, to_database);
    Ok(Awaiting { submission_id: filing.id, list_row: row, needs_after })
}

/// The list by which the signer's own certificate was good: the first that the verdict names.
fn deciding_list(conn: &mut AnyConnection, filing: &NewFiling) -> Result<Option<CrlReference>, StoreError> {
    let receipt: Receipt = serde_json::from_str(&filing.receipt_json)
        .map_err(|_| StoreError::Fault("a stored receipt cannot be read".to_owned()))?;
    if receipt.verdict.revocation != RevocationState::None {
        return Ok(receipt.verdict.crls.into_iter().next());
    }
    let report: Option<String> = verdicts::table
        .filter(verdicts::submission_id.eq(filing.id))
        .order(verdicts::id.desc())
        .select(verdicts::report)
        .first(conn)
        .optional()?;
    let report: Option<Report> = report.and_then(|text| serde_json::from_str(&text).ok());
    let status = report.and_then(|report| report.signatures.into_iter().next()?.revocation.into_iter().next());
    Ok(status.and_then(|status| status.crl))
}

fn row_of_list(conn: &mut AnyConnection, sha256_hex: &str) -> Result<[u8; 32], StoreError> {
    let Ok(digest) = hex::decode(sha256_hex) else { return Ok(NO_LIST) };
    let keys: Option<(Vec<u8>, Vec<u8>)> = crl_archive::table
        .find(digest)
        .select((crl_archive::issuer_key, crl_archive::scope_key))
        .first(conn)
        .optional()?;
    let Some((issuer_key, scope_key)) = keys else { return Ok(NO_LIST) };
    Ok(list_row(&stored_digest(&issuer_key)?, &stored_digest(&scope_key)?))
}

/// Who signed. Rows of earlier versions do not say it: there it is in the signature file.
fn signer_of(
    conn: &mut AnyConnection,
    places: &DocumentStore,
    filing: NewFiling,
) -> Result<Result<SignerRow, i64>, StoreError> {
    if let (Some(issuer), Some(serial)) = (&filing.signer_issuer, filing.signer_serial) {
        return Ok(Ok(SignerRow { issuer: stored_digest(issuer)?, serial, submission_id: filing.id }));
    }
    let signature = match places.read(conn, stored_digest(&filing.signature_sha256)?) {
        Err(StoreError::Damaged(_)) => return Ok(Err(filing.id)),
        signature => signature?,
    };
    let signer = embedded_certificates(&signature).into_iter().find(|one| one.sha256()[..] == filing.signer_sha256[..]);
    Ok(signer.map_or(Err(filing.id), |signer| {
        let (issuer, serial) = (sha256(signer.issuer_normal()), signer.serial().to_vec());
        Ok(SignerRow { issuer, serial, submission_id: filing.id })
    }))
}

/// False where another gateway has followed the same entries meanwhile.
fn note(conn: &mut AnyConnection, found: &Found) -> Result<bool, StoreError> {
    let mine = follow_up::table.find(FEED).filter(follow_up::position.eq(found.from));
    if diesel::update(mine).set(follow_up::position.eq(found.to)).execute(conn)? == 0 {
        return Ok(false);
    }
    signers::insert(conn, &found.signers)?;
    for some in found.awaiting.chunks(500) {
        let rows: Vec<_> = some
            .iter()
            .map(|one| {
                (
                    awaiting::submission_id.eq(one.submission_id),
                    awaiting::list_row.eq(one.list_row.to_vec()),
                    awaiting::needs_after.eq(one.needs_after),
                )
            })
            .collect();
        on_backend!(conn, c => {
            diesel::insert_into(awaiting::table).values(&rows).on_conflict_do_nothing().execute(c)?
        });
    }
    Ok(true)
}
