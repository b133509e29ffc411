//! The parts of a group beside the filings' own rows: documents, verdicts, first status, place in the feed.
use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};

use super::connection::{AnyConnection, on_backend};
use super::documents::segment::{SegmentWriter, Stretch};
use super::documents::{DocumentStore, Place};
use super::error::StoreError;
use super::feed;
use super::registry::filings;
use super::row::{DocumentRow, RecordRow};
use super::schema::{documents, held, status_history, submission_documents, verdicts};

#[derive(Insertable)]
#[diesel(table_name = documents)]
struct NewDocument<'a> {
    sha256: &'a [u8],
    size: i64,
    place: &'static str,
    segment: Option<i64>,
    segment_offset: Option<i64>,
    content: Option<&'a [u8]>,
}

/// Keeps the group's documents, each content once, and gives where each filing's report lies (none: in its row).
/// Segments are synced here, before the commit.
pub fn insert_documents(
    connection: &mut AnyConnection,
    places: &DocumentStore,
    segments: &mut SegmentWriter,
    new: &[(i64, &RecordRow)],
) -> Result<Vec<Option<Stretch>>, StoreError> {
    let mut seen = HashSet::new();
    let mut wanted: Vec<_> =
        new.iter().flat_map(|(_, row)| &row.documents).filter(|document| seen.insert(document.sha256)).collect();
    wanted.sort_by_key(|document| document.sha256);
    match connection {
        AnyConnection::Sqlite(sqlite) => lay_in_segment(sqlite, places, segments, &wanted, new),
        AnyConnection::Postgresql(postgresql) => {
            insert_rows(postgresql, places, &wanted)?;
            Ok(vec![None; new.len()])
        }
    }
}

/// SQLite: small documents and reports in a segment, one write and one sync for the group.
fn lay_in_segment(
    sqlite: &mut SqliteConnection,
    places: &DocumentStore,
    segments: &mut SegmentWriter,
    wanted: &[&DocumentRow],
    new: &[(i64, &RecordRow)],
) -> Result<Vec<Option<Stretch>>, StoreError> {
    let reservation = segments.reserve()?;
    let mut appended = segments.room();
    for document in wanted {
        let place = places.place_for(document.bytes.len());
        let in_segment = place == Place::Segment;
        let offset = position(reservation.offset + appended.len() as u64)?;
        let row = NewDocument {
            sha256: &document.sha256,
            size: position(document.bytes.len() as u64)?,
            place: place.as_str(),
            segment: in_segment.then_some(reservation.number),
            segment_offset: in_segment.then_some(offset),
            content: None,
        };
        let insert = diesel::insert_into(documents::table).values(row).on_conflict_do_nothing();
        if insert.execute(sqlite)? == 1 && in_segment {
            appended.extend_from_slice(&document.bytes);
        }
    }
    let mut reports = Vec::with_capacity(new.len());
    for (_, row) in new {
        let offset = position(reservation.offset + appended.len() as u64)?;
        let size = position(row.report.len() as u64)?;
        reports.push(Some(Stretch { segment: reservation.number, offset, size }));
        appended.extend_from_slice(row.report.as_bytes());
    }
    segments.append(reservation, appended)?;
    Ok(reports)
}

/// PostgreSQL: small documents in rows, one statement for the group.
fn insert_rows(
    postgresql: &mut PgConnection,
    places: &DocumentStore,
    wanted: &[&DocumentRow],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(wanted.len());
    for document in wanted {
        let place = places.place_for(document.bytes.len());
        rows.push(NewDocument {
            sha256: &document.sha256,
            size: position(document.bytes.len() as u64)?,
            place: place.as_str(),
            segment: None,
            segment_offset: None,
            content: (place == Place::Row).then_some(&document.bytes[..]),
        });
    }
    diesel::insert_into(documents::table).values(&rows).on_conflict_do_nothing().execute(postgresql)?;
    Ok(())
}

fn position(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Fault("a position is too large".to_owned()))
}

#[derive(Insertable)]
#[diesel(table_name = submission_documents)]
struct NewSubmissionDocument<'a> {
    submission_id: i64,
    role: &'static str,
    ordinal: i32,
    name: &'a str,
    media_type: &'a str,
    size: i64,
    sha256: &'a [u8],
}

#[derive(Insertable)]
#[diesel(table_name = verdicts)]
struct NewVerdict<'a> {
    submission_id: i64,
    kind: &'static str,
    decided_at: NaiveDateTime,
    indication: &'a str,
    sub_indication: Option<&'a str>,
    report: &'a str,
    report_segment: Option<i64>,
    report_offset: Option<i64>,
    report_size: Option<i64>,
    report_sha256: Option<[u8; 32]>,
}

#[derive(Insertable)]
#[diesel(table_name = status_history)]
struct FirstStatus<'a> {
    submission_id: i64,
    to_status: &'a str,
    changed_at: NaiveDateTime,
    changed_by: &'static str,
}

/// Writes what hangs on the new filings' ids. `reports`: where each one's report lies.
pub fn insert_children(
    connection: &mut AnyConnection,
    new: &[(i64, &RecordRow)],
    reports: &[Option<Stretch>],
) -> Result<(), StoreError> {
    let mut attached = Vec::with_capacity(new.len() * 2);
    for (id, row) in new {
        for document in &row.documents {
            attached.push(NewSubmissionDocument {
                submission_id: *id,
                role: document.role.as_str(),
                ordinal: document.ordinal,
                name: &document.name,
                media_type: &document.media_type,
                size: position(document.bytes.len() as u64)?,
                sha256: &document.sha256,
            });
        }
    }
    let first_verdicts: Vec<_> =
        new.iter().zip(reports).map(|((id, row), place)| first_verdict(*id, row, *place)).collect();
    let first_statuses: Vec<_> = new.iter().map(|(id, row)| first_status(*id, row)).collect();
    on_backend!(connection, c => {
        // Far below PostgreSQL's 65,535 binds a statement.
        for some in attached.chunks(1000) {
            diesel::insert_into(submission_documents::table).values(some).execute(c)?;
        }
        diesel::insert_into(verdicts::table).values(&first_verdicts).execute(c)?;
        diesel::insert_into(status_history::table).values(&first_statuses).execute(c)?;
    });
    insert_held(connection, new)?;
    for (id, row) in new {
        if let Some(note) = &row.registry {
            filings::append(connection, *id, note)?;
        }
    }
    let filed: Vec<_> = new
        .iter()
        .filter(|(_, row)| row.held_scope.is_none())
        .map(|(id, row)| feed::Entry {
            submission_id: *id,
            recipient: &row.recipient,
            kind: feed::FILED,
            created_at: row.received_at,
        })
        .collect();
    feed::append(connection, &filed)
}

fn first_verdict<'a>(submission_id: i64, row: &'a RecordRow, place: Option<Stretch>) -> NewVerdict<'a> {
    NewVerdict {
        submission_id,
        kind: "first",
        decided_at: row.received_at,
        indication: row.indication,
        sub_indication: row.sub_indication,
        report: if place.is_some() { "" } else { &row.report },
        report_segment: place.map(|place| place.segment),
        report_offset: place.map(|place| place.offset),
        report_size: place.map(|place| place.size),
        report_sha256: place.map(|_| row.report_sha256),
    }
}

fn first_status<'a>(submission_id: i64, row: &'a RecordRow) -> FirstStatus<'a> {
    FirstStatus { submission_id, to_status: row.status, changed_at: row.received_at, changed_by: "gateway" }
}

fn insert_held(connection: &mut AnyConnection, new: &[(i64, &RecordRow)]) -> Result<(), StoreError> {
    let waiting: Vec<_> = new
        .iter()
        .filter_map(|(id, row)| {
            let scope = row.held_scope?;
            let since = held::held_since.eq(row.received_at);
            Some((held::submission_id.eq(*id), since, held::scope.eq(scope.to_vec())))
        })
        .collect();
    if !waiting.is_empty() {
        on_backend!(connection, c => diesel::insert_into(held::table).values(&waiting).execute(c))?;
    }
    Ok(())
}
