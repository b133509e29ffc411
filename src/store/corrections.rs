//! One correction each time that an agency asks for one, and one by the applicant's own wish before it decides. Which one is decided here, in the transaction that records it,
//! by the database's own uniqueness of the request: so it also holds between gateways.
use std::collections::HashSet;

use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::row::{RecordRow, RowOutcome};
use super::schema::{corrections, status_history, submissions};
use super::submissions as filings;
use crate::submission::status::SubmissionStatus;

/// The group's rows, parted by whether what they correct still waits for a correction.
pub(super) struct Claims {
    /// For each row, what became of it already: it must not be recorded. None: it may be.
    pub(super) refused: Vec<Option<RowOutcome>>,
    made: HashSet<String>,
}

impl Claims {
    /// Takes for each correction among `rows` the request that it answers, where that is open. In the requests' order, so
    /// that two gateways that wait for one another's cannot deadlock.
    pub(super) fn take(connection: &mut AnyConnection, rows: &[&RecordRow]) -> Result<Self, StoreError> {
        let mut claims = Self { refused: vec![None; rows.len()], made: HashSet::new() };
        let mut wanted = Vec::new();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.corrects.is_some()) {
            match open_request(connection, row)? {
                Request::Open(id) => wanted.push((id, index, *row)),
                Request::NoneNeeded => {}
                Request::Closed(found) => claims.refuse(index, RowOutcome::NotCorrectable(found)),
            }
        }
        wanted.sort_by_key(|(id, index, _)| (*id, *index));
        for (id, index, row) in wanted {
            match claim(connection, id, &row.application_id)? {
                Claim::Made => drop(claims.made.insert(row.application_id.clone())),
                Claim::OwnAlready => {}
                Claim::Another => claims.refuse(index, RowOutcome::AnotherCorrection),
            }
        }
        Ok(claims)
    }

    fn refuse(&mut self, index: usize, outcome: RowOutcome) {
        if let Some(refused) = self.refused.get_mut(index) {
            *refused = Some(outcome);
        }
    }

    /// Gives back what this transaction took for a row that was not recorded after all.
    pub(super) fn give_back(&self, connection: &mut AnyConnection, row: &RecordRow) -> Result<(), StoreError> {
        if self.made.contains(&row.application_id) { release(connection, &row.application_id) } else { Ok(()) }
    }
}

enum Request {
    /// The row of the history by which the agency asked; without one, the row by which the filing came where it stands:
    /// what its applicant corrects by themselves.
    Open(i64),
    /// The correction is recorded already, or what it corrects is not: nothing is to be decided here.
    NoneNeeded,
    Closed(SubmissionStatus),
}

fn open_request(connection: &mut AnyConnection, row: &RecordRow) -> Result<Request, StoreError> {
    let recorded: Option<i64> = submissions::table
        .filter(submissions::application_id.eq(&row.application_id))
        .select(submissions::id)
        .first(connection)
        .optional()?;
    let original: Option<(i64, String)> = submissions::table
        .filter(submissions::arrival_number.eq(row.corrects.as_deref().unwrap_or_default()))
        .select((submissions::id, submissions::status))
        .first(connection)
        .optional()?;
    let (None, Some((id, status))) = (recorded, original) else { return Ok(Request::NoneNeeded) };
    let status = filings::stored_status(&status)?;
    if !status.takes_correction() {
        return Ok(Request::Closed(status));
    }
    let request: Option<i64> = status_history::table
        .filter(status_history::submission_id.eq(id))
        .filter(status_history::to_status.eq(status.as_str()))
        .select(diesel::dsl::max(status_history::id))
        .first(connection)?;
    Ok(request.map_or(Request::Closed(status), Request::Open))
}

enum Claim {
    Made,
    OwnAlready,
    Another,
}

/// With PostgreSQL this waits for another gateway's transaction that has the same request in hand.
fn claim(connection: &mut AnyConnection, request_id: i64, application_id: &str) -> Result<Claim, StoreError> {
    let row = (corrections::request_id.eq(request_id), corrections::application_id.eq(application_id));
    let insert = diesel::insert_into(corrections::table).values(row).on_conflict_do_nothing();
    if on_backend!(&mut *connection, c => insert.execute(c))? == 1 {
        return Ok(Claim::Made);
    }
    let taken: String = corrections::table.find(request_id).select(corrections::application_id).first(connection)?;
    Ok(if taken == application_id { Claim::OwnAlready } else { Claim::Another })
}

/// What a correction took is open again: it was refused or withdrawn while it was held.
pub(super) fn release(connection: &mut AnyConnection, application_id: &str) -> Result<(), StoreError> {
    let taken = corrections::table.filter(corrections::application_id.eq(application_id));
    diesel::delete(taken).execute(connection)?;
    Ok(())
}
