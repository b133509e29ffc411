//! Writing a group of filings: one transaction, one sync. Exactly once is decided here, by the database's own
//! uniqueness of `application_id`, so that it also holds between gateways.
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::connection::{AnyConnection, DatabaseUrl};
use super::corrections::Claims;
use super::documents::DocumentStore;
use super::documents::segment::SegmentWriter;
use super::error::StoreError;
use super::group_parts::{insert_children, insert_documents};
use super::row::{RecordRow, RowOutcome};
use super::schema::submissions;
use super::transaction::in_transaction;
use super::trust_objects;
use super::{KnownFiling, stored_digest};
use crate::submission::status::SubmissionStatus;

/// Writes groups over one connection of its own, which it makes anew when it broke.
pub struct GroupWriter {
    database: DatabaseUrl,
    connection: Option<AnyConnection>,
    places: DocumentStore,
    segments: SegmentWriter,
}

type Outcome = Result<RowOutcome, StoreError>;

impl GroupWriter {
    /// A writer that is not connected yet.
    pub fn new(database: DatabaseUrl, places: DocumentStore) -> Self {
        let segments = SegmentWriter::new(places.segment_folder());
        Self { database, connection: None, places, segments }
    }

    /// Throws the connection away; the next group makes a new one.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Runs `work` on the connection. After an error that is temporary the connection is not used again.
    pub fn with_connection<T>(
        &mut self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.database.connect_writer()?,
        };
        let result = work(self.connection.insert(connection));
        if result.as_ref().is_err_and(StoreError::is_temporary) {
            self.disconnect();
        }
        result
    }

    /// Writes the group, each row with an outcome of its own, in the rows' order. A group that fails as a whole is tried
    /// once more (the connection may have gone stale), and then row by row, so that one row's fault is its own.
    pub fn write(&mut self, rows: &[RecordRow]) -> Vec<Outcome> {
        // In one order everywhere, so that two gateways that wait for one another's rows cannot deadlock.
        let mut sorted: Vec<(usize, &RecordRow)> = rows.iter().enumerate().collect();
        sorted.sort_by(|(_, one), (_, other)| one.application_id.cmp(&other.application_id));
        let (order, sorted): (Vec<usize>, Vec<&RecordRow>) = sorted.into_iter().unzip();
        let result = match self.write_sorted(&sorted) {
            Err(error) if error.is_temporary() && self.database.is_server() => self.write_sorted(&sorted),
            result => result,
        };
        let outcomes: Vec<Outcome> = match result {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error) if error.is_temporary() || sorted.len() == 1 => vec![Err(error); sorted.len()],
            Err(_) => self.write_one_by_one(&sorted),
        };
        let mut as_asked: Vec<(usize, Outcome)> = order.into_iter().zip(outcomes).collect();
        as_asked.sort_by_key(|(asked, _)| *asked);
        as_asked.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn write_one_by_one(&mut self, rows: &[&RecordRow]) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(rows.len());
        for row in rows {
            let outcome = match outcomes.last() {
                // The database went away: do not make the rest wait for one time-out each.
                Some(Err(error)) if error.is_temporary() => Err(error.clone()),
                _ => self.write_sorted(&[row]).map(|mut outcomes| outcomes.remove(0)),
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    fn write_sorted(&mut self, rows: &[&RecordRow]) -> Result<Vec<RowOutcome>, StoreError> {
        let mut segments = std::mem::replace(&mut self.segments, SegmentWriter::new(self.places.segment_folder()));
        let places = self.places.clone();
        let result = self.with_connection(|connection| {
            in_transaction(connection, |connection| write_group(connection, &places, &mut segments, rows))
        });
        self.segments = segments;
        result
    }
}

fn write_group(
    connection: &mut AnyConnection,
    places: &DocumentStore,
    segments: &mut SegmentWriter,
    rows: &[&RecordRow],
) -> Result<Vec<RowOutcome>, StoreError> {
    let claims = Claims::take(connection, rows)?;
    let open: Vec<&RecordRow> =
        rows.iter().zip(&claims.refused).filter(|(_, refused)| refused.is_none()).map(|(row, _)| *row).collect();
    let mut ids = insert_submissions(connection, &open)?.into_iter();
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut new = Vec::with_capacity(rows.len());
    for (row, refused) in rows.iter().zip(&claims.refused) {
        if let Some(refused) = refused {
            outcomes.push(refused.clone());
            continue;
        }
        match ids.next().flatten() {
            Some(id) => {
                new.push((id, *row));
                outcomes.push(RowOutcome::New);
            }
            None => {
                let outcome = look_at_first(connection, row)?;
                if matches!(outcome, RowOutcome::Conflict) {
                    claims.give_back(connection, row)?;
                }
                outcomes.push(outcome);
            }
        }
    }
    if !new.is_empty() {
        trust_objects::keep(connection, new.iter().flat_map(|(_, row)| &row.trust_objects))?;
        let reports = insert_documents(connection, places, segments, &new)?;
        insert_children(connection, &new, &reports)?;
    }
    Ok(outcomes)
}

#[derive(Insertable)]
#[diesel(table_name = submissions)]
struct NewSubmission<'a> {
    application_id: &'a str,
    arrival_number: &'a str,
    application_sha256: &'a [u8],
    signature_sha256: &'a [u8],
    signer_sha256: &'a [u8],
    procedure: &'a str,
    form_version: i32,
    recipient: &'a str,
    status: &'a str,
    status_at: NaiveDateTime,
    revocation: &'a str,
    received_at: NaiveDateTime,
    receipt_json: &'a str,
    receipt_jws: &'a str,
    access_token_sha256: &'a [u8],
    applicant_name: &'a str,
    applicant_date_of_birth: Option<&'a str>,
    title: &'a str,
    corrects: Option<&'a str>,
    signer_issuer: &'a [u8],
    signer_serial: &'a [u8],
}

fn new_submission(row: &RecordRow) -> NewSubmission<'_> {
    NewSubmission {
        application_id: &row.application_id,
        arrival_number: row.arrival_number.as_str(),
        application_sha256: &row.application_sha256,
        signature_sha256: &row.signature_sha256,
        signer_sha256: &row.signer_sha256,
        procedure: &row.procedure,
        form_version: row.form_version,
        recipient: &row.recipient,
        status: row.status,
        status_at: row.received_at,
        revocation: row.revocation,
        received_at: row.received_at,
        receipt_json: &row.receipt_json,
        receipt_jws: &row.receipt_jws,
        access_token_sha256: &row.access_token_sha256,
        applicant_name: &row.applicant_name,
        applicant_date_of_birth: row.applicant_date_of_birth.as_deref(),
        title: &row.title,
        corrects: row.corrects.as_deref(),
        signer_issuer: &row.signer_issuer,
        signer_serial: &row.signer_serial,
    }
}

/// Inserts what is new and gives its row's id; `None` where application_id or arrival number is taken, also by another
/// row of the same group. With PostgreSQL this waits for another gateway's transaction that has the same key in hand.
fn insert_submissions(connection: &mut AnyConnection, rows: &[&RecordRow]) -> Result<Vec<Option<i64>>, StoreError> {
    match connection {
        AnyConnection::Sqlite(sqlite) => rows
            .iter()
            .map(|row| {
                let insert = diesel::insert_into(submissions::table).values(new_submission(row));
                let insert = insert.on_conflict_do_nothing().returning(submissions::id);
                Ok(insert.get_result(sqlite).optional()?)
            })
            .collect(),
        AnyConnection::Postgresql(_) if rows.is_empty() => Ok(Vec::new()),
        AnyConnection::Postgresql(postgresql) => {
            let values: Vec<_> = rows.iter().map(|row| new_submission(row)).collect();
            let written: Vec<(i64, String, String)> = diesel::insert_into(submissions::table)
                .values(&values)
                .on_conflict_do_nothing()
                .returning((submissions::id, submissions::application_id, submissions::arrival_number))
                .get_results(postgresql)?;
            let mut by_key: std::collections::HashMap<_, _> =
                written.into_iter().map(|(id, application, arrival)| ((application, arrival), id)).collect();
            Ok(rows
                .iter()
                .map(|row| by_key.remove(&(row.application_id.clone(), row.arrival_number.to_string())))
                .collect())
        }
    }
}

#[derive(Queryable)]
struct FirstFiling {
    arrival_number: String,
    application_sha256: Vec<u8>,
    signer_sha256: Vec<u8>,
    status: String,
    receipt_json: String,
    receipt_jws: String,
}

/// Why a row was not inserted: what is recorded under its application_id.
fn look_at_first(connection: &mut AnyConnection, row: &RecordRow) -> Result<RowOutcome, StoreError> {
    let first: Option<FirstFiling> = submissions::table
        .filter(submissions::application_id.eq(&row.application_id))
        .select((
            submissions::arrival_number,
            submissions::application_sha256,
            submissions::signer_sha256,
            submissions::status,
            submissions::receipt_json,
            submissions::receipt_jws,
        ))
        .first(connection)
        .optional()?;
    let Some(first) = first else {
        return Ok(RowOutcome::ArrivalNumberTaken);
    };
    if first.arrival_number == row.arrival_number.as_str() && first.receipt_jws == row.receipt_jws {
        // Our own row: the connection went away in the moment of the commit, and the commit had been made.
        return Ok(RowOutcome::New);
    }
    let same = stored_digest(&first.application_sha256)? == row.application_sha256
        && stored_digest(&first.signer_sha256)? == row.signer_sha256;
    if !same {
        return Ok(RowOutcome::Conflict);
    }
    Ok(RowOutcome::Known(Box::new(KnownFiling {
        arrival_number: super::parse_stored(&first.arrival_number)?,
        status: SubmissionStatus::from_text(&first.status)
            .ok_or_else(|| StoreError::Fault("a stored status is not known".to_owned()))?,
        receipt_json: first.receipt_json,
        receipt_jws: first.receipt_jws,
    })))
}
