//! What a resident is to hear of their filing: noted by the transaction that makes it true, shown in the portal, and mailed
//! to the addresses that they confirmed.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::after_schema::filing_notices;
use super::connection::{AnyConnection, on_backend};
use super::one_of::one_of;
use super::submissions::{self as filings, StoredSubmission};
use super::{Store, StoreError, from_database, mails, to_database};
use crate::ids::ArrivalNumber;
use crate::submission::status::SubmissionStatus;

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// The filing stands elsewhere now.
    Status(SubmissionStatus),
    /// The agency wrote a message.
    Message,
    /// The agency sent an official document.
    Document,
    /// A later revocation list contests the certificate.
    Contested,
}

impl NoticeKind {
    /// As it stands in the database.
    fn text(self) -> String {
        match self {
            Self::Status(status) => format!("status:{}", status.as_str()),
            Self::Message => "message".to_owned(),
            Self::Document => "document".to_owned(),
            Self::Contested => "contested".to_owned(),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "message" => Some(Self::Message),
            "document" => Some(Self::Document),
            "contested" => Some(Self::Contested),
            other => SubmissionStatus::from_text(other.strip_prefix("status:")?).map(Self::Status),
        }
    }

    /// Whether it is mailed too. That somebody began to look at a filing is not: too many mails are read by nobody.
    fn is_mailed(self) -> bool {
        self != Self::Status(SubmissionStatus::UnderReview)
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Grows with time.
    pub id: i64,
    /// What it tells.
    pub kind: NoticeKind,
    /// When it happened.
    pub made_at: DateTime<Utc>,
    /// When the person saw it.
    pub read_at: Option<DateTime<Utc>>,
}

/// Notes one, within the caller's transaction.
pub(super) fn add(
    connection: &mut AnyConnection,
    submission_id: i64,
    kind: NoticeKind,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    let row = (
        filing_notices::submission_id.eq(submission_id),
        filing_notices::kind.eq(kind.text()),
        filing_notices::made_at.eq(at),
    );
    on_backend!(&mut *connection, c => diesel::insert_into(filing_notices::table).values(row).execute(c))?;
    if kind.is_mailed() { mails::queue_notice(connection, submission_id, at) } else { Ok(()) }
}

impl Store {
    /// The notices of a filing, the newest first, a hundred at most.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn notices_list(&self, number: ArrivalNumber) -> Result<Vec<Notice>, StoreError> {
        self.look_up_together(move |conn| match filings::find(conn, number)? {
            Some(filing) => notices_of(conn, &filing),
            None => Ok(Vec::new()),
        })
        .await
    }

    /// Marks the notices up to `id` as read.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn notices_read(&self, number: ArrivalNumber, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let filing = filings::find(conn, number)?.ok_or(StoreError::NotFound)?;
            let unread = filing_notices::table
                .filter(filing_notices::submission_id.eq(filing.id))
                .filter(filing_notices::id.le(id))
                .filter(filing_notices::read_at.is_null());
            diesel::update(unread).set(filing_notices::read_at.eq(Some(to_database(now)))).execute(conn)?;
            Ok(())
        })
        .await
    }
}

/// Of these filings (by their places), how many notices of each are not read; those without any are left out.
pub(super) fn unread(connection: &mut AnyConnection, filings: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let unread = filing_notices::table
        .filter(filing_notices::read_at.is_null())
        .group_by(filing_notices::submission_id)
        .select((filing_notices::submission_id, diesel::dsl::count_star()));
    Ok(match connection {
        AnyConnection::Sqlite(c) => unread.filter(one_of(filing_notices::submission_id, filings)).load(c)?,
        AnyConnection::Postgresql(c) => {
            unread.filter(filing_notices::submission_id.eq_any(filings.to_vec())).load(c)?
        }
    })
}

/// The notices of a filing, the newest first, a hundred at most.
pub(super) fn notices_of(conn: &mut AnyConnection, filing: &StoredSubmission) -> Result<Vec<Notice>, StoreError> {
    type Row = (i64, String, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = on_backend!(&mut *conn, c => filing_notices::table
        .filter(filing_notices::submission_id.eq(filing.id))
        .order(filing_notices::id.desc())
        .limit(100)
        .select((filing_notices::id, filing_notices::kind, filing_notices::made_at, filing_notices::read_at)).load(c))?;
    let read = |(id, kind, made_at, read_at): Row| {
        let kind = NoticeKind::from_text(&kind)
            .ok_or_else(|| StoreError::Fault("a stored notice is of no known kind".to_owned()))?;
        Ok(Notice { id, kind, made_at: from_database(made_at), read_at: read_at.map(from_database) })
    };
    rows.into_iter().map(read).collect()
}
