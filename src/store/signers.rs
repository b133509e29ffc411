//! The index of signers: which filings were signed with a certificate, by its issuer's name and serial number. It is
//! filled off the path of a submission, in sorted batches, because an index of random keys costs each entry a page.
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::{held, submissions};
use super::steps_schema::{signer_issuers, signers};
use super::{Store, stored_digest};

/// A certificate that signed a filing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignerRow {
    /// SHA-256 of the issuer's name in its normal form.
    pub issuer: [u8; 32],
    /// Content octets of the serial number.
    pub serial: Vec<u8>,
    /// The filing.
    pub submission_id: i64,
}

/// How many serials one statement asks for: far below SQLite's 32,766 binds.
const ASKED_AT_ONCE: usize = 500;

/// Puts rows into the index, in its own order; those that are there stay.
pub(super) fn insert(connection: &mut AnyConnection, rows: &[SignerRow]) -> Result<(), StoreError> {
    let mut ids = HashMap::new();
    for row in rows {
        if let Entry::Vacant(unknown) = ids.entry(row.issuer) {
            unknown.insert(issuer_id_made(connection, &row.issuer)?);
        }
    }
    let mut sorted: Vec<(i64, &[u8], i64)> = rows
        .iter()
        .filter_map(|row| Some((*ids.get(&row.issuer)?, row.serial.as_slice(), row.submission_id)))
        .collect();
    sorted.sort_unstable();
    for some in sorted.chunks(ASKED_AT_ONCE) {
        let values: Vec<_> = some
            .iter()
            .map(|(issuer, serial, filing)| {
                (signers::issuer_id.eq(*issuer), signers::serial.eq(*serial), signers::submission_id.eq(*filing))
            })
            .collect();
        on_backend!(connection, c => {
            diesel::insert_into(signers::table).values(&values).on_conflict_do_nothing().execute(c)?
        });
    }
    Ok(())
}

fn issuer_id(connection: &mut AnyConnection, name_sha256: &[u8; 32]) -> Result<Option<i64>, StoreError> {
    let row = signer_issuers::table.filter(signer_issuers::name_sha256.eq(name_sha256.to_vec()));
    Ok(row.select(signer_issuers::id).first(connection).optional()?)
}

fn issuer_id_made(connection: &mut AnyConnection, name_sha256: &[u8; 32]) -> Result<i64, StoreError> {
    if let Some(id) = issuer_id(connection, name_sha256)? {
        return Ok(id);
    }
    let row = signer_issuers::name_sha256.eq(name_sha256.to_vec());
    on_backend!(connection, c => {
        diesel::insert_into(signer_issuers::table).values(row).on_conflict_do_nothing().execute(c)?
    });
    issuer_id(connection, name_sha256)?.ok_or(StoreError::NotFound)
}

impl Store {
    /// Puts rows into the index.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn signers_insert(&self, rows: Vec<SignerRow>) -> Result<(), StoreError> {
        self.write(move |conn| insert(conn, &rows)).await
    }

    /// The filings that were signed with certificates of one issuer: each as the position in `serials` and the filing.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn signers_find(&self, issuer: [u8; 32], serials: Vec<Vec<u8>>) -> Result<Vec<SignerRow>, StoreError> {
        self.read(move |conn| {
            let Some(id) = issuer_id(conn, &issuer)? else { return Ok(Vec::new()) };
            let mut found = Vec::new();
            for some in serials.chunks(ASKED_AT_ONCE) {
                let rows: Vec<(Vec<u8>, i64)> = signers::table
                    .filter(signers::issuer_id.eq(id))
                    .filter(signers::serial.eq_any(some))
                    .select((signers::serial, signers::submission_id))
                    .load(conn)?;
                found.extend(rows.into_iter().map(|(serial, submission_id)| SignerRow {
                    issuer,
                    serial,
                    submission_id,
                }));
            }
            Ok(found)
        })
        .await
    }

    /// All filings signed with certificates of one issuer, where they are no more than `limit`; none where they are more.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn signers_of(&self, issuer: [u8; 32], limit: u32) -> Result<Option<Vec<SignerRow>>, StoreError> {
        self.read(move |conn| {
            let Some(id) = issuer_id(conn, &issuer)? else { return Ok(Some(Vec::new())) };
            let rows: Vec<(Vec<u8>, i64)> = signers::table
                .filter(signers::issuer_id.eq(id))
                .select((signers::serial, signers::submission_id))
                .limit(i64::from(limit) + 1)
                .load(conn)?;
            if rows.len() > limit as usize {
                return Ok(None);
            }
            let row = |(serial, submission_id)| SignerRow { issuer, serial, submission_id };
            Ok(Some(rows.into_iter().map(row).collect()))
        })
        .await
    }

    /// Every filing signed with a certificate of one issuer.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn signers_filings_of(&self, issuer: [u8; 32]) -> Result<Vec<i64>, StoreError> {
        self.read(move |conn| {
            let Some(id) = issuer_id(conn, &issuer)? else { return Ok(Vec::new()) };
            Ok(signers::table.filter(signers::issuer_id.eq(id)).select(signers::submission_id).load(conn)?)
        })
        .await
    }

    /// Who signed the filings that are held: those come into the index when they are decided.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn signers_held(&self) -> Result<Vec<SignerRow>, StoreError> {
        self.read(|conn| {
            type Row = (i64, Option<Vec<u8>>, Option<Vec<u8>>);
            let rows: Vec<Row> = held::table
                .inner_join(submissions::table)
                .select((submissions::id, submissions::signer_issuer, submissions::signer_serial))
                .load(conn)?;
            let known = rows.into_iter().filter_map(|(id, issuer, serial)| Some((id, issuer?, serial?)));
            known
                .map(|(submission_id, issuer, serial)| {
                    Ok(SignerRow { issuer: stored_digest(&issuer)?, serial, submission_id })
                })
                .collect()
        })
        .await
    }
}
