//! Filings whose verdict awaits a later revocation list, and the second step over them: confirmed, or contested. A step is
//! one transaction: the filing's state, the verdict with its signed statement, the agency's feed, what a list's impact
//! said of it. It is made only where the filing still stands as it was read, so that it is made once, whoever makes it.
use bytes::Bytes;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::impacts::Follows;
use super::notices::{self, NoticeKind};
use super::row::DocumentRole;
use super::schema::{submissions, verdicts};
use super::steps_schema::{awaiting, crl_impact_filings};
use super::story::stored_documents;
use super::submissions::{StoredSubmission, SubmissionRow};
use super::{Store, feed, stored_digest, to_database};
use crate::submission::status::RevocationState;
use crate::verdict::{Indication, SubIndication};

/// A filing to be judged again: its documents but for attachments, and what a new statement has to name.
#[derive(Debug, Clone)]
pub struct StepFiling {
    /// The filing as recorded.
    pub submission: StoredSubmission,
    /// The application document's exact bytes.
    pub application: Bytes,
    /// The signature file.
    pub signature: Bytes,
    /// The last verdict's signed statement; none where the receipt is the last word.
    pub last_statement: Option<String>,
}

/// A second step to be noted.
#[derive(Debug, Clone)]
pub struct Step {
    /// The filing as it was read: the step is made only where it still stands so.
    pub submission: StoredSubmission,
    /// Confirmed or contested.
    pub to: RevocationState,
    /// The verdict's indication.
    pub indication: Indication,
    /// And sub-indication.
    pub sub_indication: Option<SubIndication>,
    /// The whole report, JSON text.
    pub report: String,
    /// The signed statement, which names the one before it.
    pub statement_jws: String,
}

impl Step {
    /// The filing's number in the record.
    pub fn filing(&self) -> i64 {
        self.submission.id
    }
}

impl Store {
    /// The filings that await a list of `list_row` and that one issued at `this_update` may confirm, in the order in which
    /// they arrived.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn awaiting_due(
        &self,
        list_row: [u8; 32],
        this_update: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<i64>, StoreError> {
        self.read(move |conn| {
            let due = awaiting::table
                .filter(awaiting::list_row.eq(list_row.to_vec()))
                .filter(awaiting::needs_after.lt(to_database(this_update)));
            let order = (awaiting::needs_after, awaiting::submission_id);
            Ok(due.order(order).limit(i64::from(limit)).select(awaiting::submission_id).load(conn)?)
        })
        .await
    }

    /// The rows of lists that filings await.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn awaiting_rows(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        self.read(|conn| {
            let rows: Vec<Vec<u8>> = awaiting::table.select(awaiting::list_row).distinct().load(conn)?;
            rows.iter().map(|row| stored_digest(row)).collect()
        })
        .await
    }

    /// Puts filings off that could not be judged by a list: only one issued later than `needs_after` may confirm them.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn awaiting_put_off(&self, filings: Vec<i64>, needs_after: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            for some in filings.chunks(500) {
                diesel::update(awaiting::table.filter(awaiting::submission_id.eq_any(some)))
                    .set(awaiting::needs_after.eq(to_database(needs_after)))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    /// Lets filings await lists of another row: of those that one rests on (they share the reasons), that row's is the one
    /// that is missing. Each with the row, and the time after which a list of it may confirm the filing.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn awaiting_other_lists(&self, filings: Vec<(i64, [u8; 32], DateTime<Utc>)>) -> Result<(), StoreError> {
        if filings.is_empty() {
            return Ok(());
        }
        self.write(move |conn| {
            for (filing, list_row, needs_after) in filings {
                diesel::update(awaiting::table.find(filing))
                    .set((awaiting::list_row.eq(list_row.to_vec()), awaiting::needs_after.eq(to_database(needs_after))))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
    }

    /// Everything that judging these filings again takes, in the order given. One that cannot be read is none.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub async fn steps_load(&self, filings: Vec<i64>) -> Result<Vec<Option<StepFiling>>, StoreError> {
        let places = self.0.documents.clone();
        self.read(move |conn| {
            let mut loaded = Vec::with_capacity(filings.len());
            for id in filings {
                loaded.push(match load(conn, &places, id) {
                    Err(error) if error.is_temporary() => return Err(error),
                    Err(error) => {
                        tracing::error!(target: "madoguchi::steps", filing = id, %error, "a filing cannot be judged again");
                        None
                    }
                    Ok(filing) => Some(filing),
                });
            }
            Ok(loaded)
        })
        .await
    }

    /// Notes steps; gives for each whether it was made. One whose filing stands elsewhere by now is left out.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be written; none of them is made then.
    pub async fn steps_note(&self, steps: Vec<Step>, at: DateTime<Utc>) -> Result<Vec<bool>, StoreError> {
        self.write(move |conn| steps.iter().map(|step| note(conn, step, at)).collect()).await
    }

    /// How many filings await a later list.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn awaiting_count(&self) -> Result<i64, StoreError> {
        self.read(|conn| Ok(awaiting::table.count().get_result(conn)?)).await
    }
}

fn load(conn: &mut AnyConnection, places: &super::documents::DocumentStore, id: i64) -> Result<StepFiling, StoreError> {
    let row: SubmissionRow = submissions::table.find(id).first(conn)?;
    let last: Option<Option<String>> = verdicts::table
        .filter(verdicts::submission_id.eq(id))
        .order(verdicts::id.desc())
        .select(verdicts::statement_jws)
        .first(conn)
        .optional()?;
    let (mut application, mut signature) = (Bytes::new(), Bytes::new());
    for document in stored_documents(conn, id)? {
        match document.role {
            DocumentRole::Application => application = places.read(conn, document.sha256)?,
            DocumentRole::Signature => signature = places.read(conn, document.sha256)?,
            DocumentRole::Attachment => {}
        }
    }
    Ok(StepFiling { submission: row.try_into()?, application, signature, last_statement: last.flatten() })
}

fn note(conn: &mut AnyConnection, step: &Step, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let (filing, at) = (&step.submission, to_database(at));
    let as_read = submissions::table
        .filter(submissions::id.eq(filing.id))
        .filter(submissions::revocation.eq(filing.revocation.as_str()))
        .filter(submissions::status.eq(filing.status.as_str()));
    if diesel::update(as_read).set(submissions::revocation.eq(step.to.as_str())).execute(conn)? == 0 {
        return Ok(false);
    }
    diesel::delete(awaiting::table.find(filing.id)).execute(conn)?;
    let previous: Option<i64> = verdicts::table
        .filter(verdicts::submission_id.eq(filing.id))
        .select(diesel::dsl::max(verdicts::id))
        .first(conn)?;
    let row = (
        verdicts::submission_id.eq(filing.id),
        verdicts::kind.eq(step.to.as_str()),
        verdicts::decided_at.eq(at),
        verdicts::indication.eq(step.indication.as_str()),
        verdicts::sub_indication.eq(step.sub_indication.map(SubIndication::as_str)),
        verdicts::report.eq(&step.report),
        verdicts::previous_id.eq(previous),
        verdicts::statement_jws.eq(Some(&step.statement_jws)),
    );
    on_backend!(conn, c => diesel::insert_into(verdicts::table).values(row).execute(c))?;
    let kind = match step.to {
        RevocationState::Contested => {
            let open = crl_impact_filings::table
                .filter(crl_impact_filings::submission_id.eq(filing.id))
                .filter(crl_impact_filings::follows.is_null());
            diesel::update(open).set(crl_impact_filings::follows.eq(Follows::Contested.as_str())).execute(conn)?;
            notices::add(conn, filing.id, NoticeKind::Contested, at)?;
            feed::CONTESTED
        }
        _ => feed::CONFIRMED,
    };
    let recipient = filing.recipient.to_string();
    let entry = feed::Entry { submission_id: filing.id, recipient: &recipient, kind, created_at: at };
    feed::append(conn, &[entry])?;
    Ok(true)
}
