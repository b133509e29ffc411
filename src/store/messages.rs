//! What resident and agency write to each other about a filing. Messages are only ever added.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::{filing_messages, filing_messages_read};
use super::audit::{self, AuditEntry};
use super::connection::{AnyConnection, on_backend};
use super::notices::{self, NoticeKind};
use super::submissions::{self as filings, StoredSubmission};
use super::{Store, StoreError, from_database, to_database};
use crate::ids::{AgencyCode, ArrivalNumber};
use crate::submission::status::SubmissionStatus;

/// The longest message, in characters.
pub const MAX_CHARACTERS: usize = 4000;

/// The most messages about one filing.
pub const MAX_MESSAGES: i64 = 500;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Who filed.
    Resident,
    /// Who decides.
    Agency,
}

impl Author {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Agency => "agency",
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// About which filing.
    pub arrival_number: ArrivalNumber,
    /// The agency that writes; none where the resident does.
    pub agency: Option<AgencyCode>,
    /// `resident`, or the agency's account as `Account::actor` says.
    pub actor: String,
    /// Plain text, at most [`MAX_CHARACTERS`].
    pub body: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A message as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Grows with time.
    pub id: i64,
    /// Who wrote it.
    pub author: Author,
    /// The agency's account; `resident`.
    pub actor: String,
    /// When.
    pub sent_at: DateTime<Utc>,
    /// Plain text.
    pub body: String,
}

/// What became of sending one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is on disk.
    Done,
    /// There are [`MAX_MESSAGES`] already.
    Full,
}

impl Store {
    /// Records a message; what an agency writes is a notice for the resident and an audit line in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] (also where it is another agency's, or held and an agency writes).
    pub async fn message_send(&self, new: NewMessage) -> Result<Sent, StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, new.arrival_number)?.ok_or(StoreError::NotFound)?;
            let hidden = matches!(filing.status, SubmissionStatus::Held | SubmissionStatus::Refused);
            if new.agency.is_some_and(|agency| agency != filing.recipient || hidden) {
                return Err(StoreError::NotFound);
            }
            let there = filing_messages::table.filter(filing_messages::submission_id.eq(filing.id));
            if there.count().get_result::<i64>(conn)? >= MAX_MESSAGES {
                return Ok(Sent::Full);
            }
            let author = if new.agency.is_some() { Author::Agency } else { Author::Resident };
            let row = (
                filing_messages::submission_id.eq(filing.id),
                filing_messages::author.eq(author.as_str()),
                filing_messages::actor.eq(&new.actor),
                filing_messages::sent_at.eq(to_database(new.at)),
                filing_messages::body.eq(&new.body),
            );
            on_backend!(&mut *conn, c => diesel::insert_into(filing_messages::table).values(row).execute(c))?;
            if author == Author::Agency {
                notices::add(conn, filing.id, NoticeKind::Message, to_database(new.at))?;
            }
            let line = AuditEntry {
                at: new.at,
                actor: new.actor,
                action: "send_message",
                subject: new.arrival_number.to_string(),
                outcome: "done".to_owned(),
                request_id: None,
            };
            audit::append(conn, &line)?;
            Ok(Sent::Done)
        })
        .await
    }

    /// The messages about a filing, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn messages_list(&self, number: ArrivalNumber) -> Result<Vec<Message>, StoreError> {
        self.look_up_together(move |conn| match filings::find(conn, number)? {
            Some(filing) => messages_of(conn, &filing),
            None => Ok(Vec::new()),
        })
        .await
    }

    /// Notes that the agency has read up to message `id`.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn messages_read(&self, number: ArrivalNumber, id: i64) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            let row = (filing_messages_read::submission_id.eq(filing.id), filing_messages_read::message_id.eq(id));
            let insert = diesel::insert_into(filing_messages_read::table).values(row).on_conflict_do_nothing();
            on_backend!(&mut *conn, c => insert.execute(c))?;
            let before = filing_messages_read::table
                .filter(filing_messages_read::submission_id.eq(filing.id))
                .filter(filing_messages_read::message_id.lt(id));
            diesel::update(before).set(filing_messages_read::message_id.eq(id)).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Of these filings (by their cursors), those with a message of the resident that the agency has not read.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn messages_unread(&self, filings: Vec<i64>) -> Result<Vec<i64>, StoreError> {
        self.read(move |conn| {
            let newest: Vec<(i64, Option<i64>)> = filing_messages::table
                .filter(filing_messages::submission_id.eq_any(filings.clone()))
                .filter(filing_messages::author.eq(Author::Resident.as_str()))
                .group_by(filing_messages::submission_id)
                .select((filing_messages::submission_id, diesel::dsl::max(filing_messages::id)))
                .load(conn)?;
            let read: Vec<(i64, i64)> =
                filing_messages_read::table.filter(filing_messages_read::submission_id.eq_any(filings)).load(conn)?;
            let is_read = |filing: i64, id: i64| read.iter().any(|(of, upto)| *of == filing && *upto >= id);
            let unread = newest.into_iter().filter(|(filing, id)| !is_read(*filing, id.unwrap_or_default()));
            Ok(unread.map(|(filing, _)| filing).collect())
        })
        .await
    }
}

/// The messages about a filing, oldest first.
pub(super) fn messages_of(conn: &mut AnyConnection, filing: &StoredSubmission) -> Result<Vec<Message>, StoreError> {
    type Row = (i64, String, String, NaiveDateTime, String);
    let rows: Vec<Row> = on_backend!(&mut *conn, c => filing_messages::table
        .filter(filing_messages::submission_id.eq(filing.id))
        .order(filing_messages::id)
        .select((
            filing_messages::id,
            filing_messages::author,
            filing_messages::actor,
            filing_messages::sent_at,
            filing_messages::body,
        )).load(c))?;
    let read = |(id, author, actor, sent_at, body): Row| {
        let author = if author == Author::Agency.as_str() { Author::Agency } else { Author::Resident };
        Message { id, author, actor, sent_at: from_database(sent_at), body }
    };
    Ok(rows.into_iter().map(read).collect())
}
