//! Second opinions on accepted filings. What is to be looked at is the agency's feed, which is in the order of commits: a
//! position says how far it was looked at, so that nothing is written on the path of a submission, and nothing where the
//! two opinions agree.
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use serde::Deserialize;

use super::connection::{AnyConnection, on_backend};
use super::documents::DocumentStore;
use super::error::StoreError;
use super::schema::{outbox, submission_documents, submissions};
use super::steps_schema::follow_up;
use super::verdicts::stored_verdicts;
use super::{Store, feed, from_database, parse_stored, stored_digest, to_database};
use crate::ids::ArrivalNumber;

/// The name under which the position stands in `follow_up`.
const NAME: &str = "second_opinion";

diesel::table! {
    /// Described in the migration.
    second_opinions (submission_id) {
        /// The filing.
        submission_id -> BigInt,
        /// `disagrees` or `failed`.
        kind -> Text,
        /// `signature` or `revocation`.
        subject -> Text,
        /// In words.
        detail -> Text,
        /// When.
        formed_at -> Timestamp,
    }
}

diesel::joinable!(second_opinions -> submissions (submission_id));
diesel::allow_tables_to_appear_in_same_query!(second_opinions, submissions);

/// Whether an opinion is another, or could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpinionKind {
    /// It says otherwise than the verdict.
    Disagrees,
    /// It could not be had.
    Failed,
}

impl OpinionKind {
    /// As it is stored and shown to programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disagrees => "disagrees",
            Self::Failed => "failed",
        }
    }
}

/// An opinion that is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The filing, in the record's own counting.
    pub submission_id: i64,
    /// Whether it disagrees.
    pub kind: OpinionKind,
    /// `signature` or `revocation`.
    pub subject: &'static str,
    /// In words; no personal data.
    pub detail: String,
}

/// An opinion as it was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOpinion {
    /// The filing.
    pub arrival_number: ArrivalNumber,
    /// `disagrees` or `failed`.
    pub kind: String,
    /// `signature` or `revocation`.
    pub subject: String,
    /// In words.
    pub detail: String,
    /// When.
    pub formed_at: DateTime<Utc>,
}

/// The next filings to look at.
#[derive(Debug, Default, Clone)]
pub struct OpinionBatch {
    /// The position before them, and that of the last entry of the feed among them.
    pub from: i64,
    /// See `from`.
    pub to: i64,
    /// The filings, in the record's own counting.
    pub filings: Vec<i64>,
    /// When the oldest entry that nobody looked at came.
    pub oldest: Option<DateTime<Utc>>,
}

/// What is looked at of a filing.
#[derive(Debug, Clone)]
pub struct OpinionSubject {
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// Digest of the signer's certificate.
    pub signer_sha256: [u8; 32],
    /// The document.
    pub application: Bytes,
    /// The signature file.
    pub signature: Bytes,
    /// Digests of the revocation lists that the accepting verdict rests on.
    pub lists: Vec<[u8; 32]>,
}

/// What is read of a report.
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
    crl: Option<ReportList>,
}

#[derive(Deserialize)]
struct ReportList {
    sha256: String,
}

impl Store {
    /// The filings that came after the last that was looked at, at most `limit` entries of the feed.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn second_opinion_batch(&self, limit: u32) -> Result<OpinionBatch, StoreError> {
        if !self.0.sqlite {
            self.feed_number().await?;
        }
        self.read(move |conn| {
            let from: i64 = follow_up::table.find(NAME).select(follow_up::position).first(conn)?;
            let entries: Vec<(Option<i64>, String, i64, NaiveDateTime)> = outbox::table
                .filter(outbox::position.gt(from))
                .order(outbox::position.asc())
                .limit(i64::from(limit))
                .select((outbox::position, outbox::kind, outbox::submission_id, outbox::created_at))
                .load(conn)?;
            let to = entries.last().and_then(|entry| entry.0).unwrap_or(from);
            let filed = || entries.iter().filter(|entry| entry.1 == feed::FILED);
            let oldest = filed().next().map(|entry| from_database(entry.3));
            Ok(OpinionBatch { from, to, filings: filed().map(|entry| entry.2).collect(), oldest })
        })
        .await
    }

    /// What is to be looked at of a filing.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a document is not the one that was recorded.
    pub async fn second_opinion_subject(&self, submission_id: i64) -> Result<OpinionSubject, StoreError> {
        let places = self.0.documents.clone();
        self.read(move |conn| subject(conn, &places, submission_id)).await
    }

    /// Notes how far the feed was looked at, with the opinions that are worth noting: a filing with one that disagrees gets
    /// an entry in its agency's feed. False where another gateway was quicker; nothing is noted then.
    ///
    /// # Errors
    /// [`StoreError`] when it is not on disk.
    pub async fn second_opinion_note(
        &self,
        (from, to): (i64, i64),
        opinions: Vec<Opinion>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let mine = follow_up::table.find(NAME).filter(follow_up::position.eq(from));
            if diesel::update(mine).set(follow_up::position.eq(to)).execute(conn)? == 0 {
                return Ok(false);
            }
            for opinion in opinions {
                note(conn, &opinion, at)?;
            }
            Ok(true)
        })
        .await
    }

    /// The opinion on a filing, where one was noted.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn second_opinion_of(&self, arrival_number: ArrivalNumber) -> Result<Option<StoredOpinion>, StoreError> {
        self.read(move |conn| {
            let row: Option<Row> = second_opinions::table
                .inner_join(submissions::table)
                .filter(submissions::arrival_number.eq(arrival_number.as_str()))
                .select(COLUMNS)
                .first(conn)
                .optional()?;
            row.map(stored).transpose()
        })
        .await
    }

    /// The newest that were noted, those that disagree first.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn second_opinion_list(&self, limit: i64) -> Result<Vec<StoredOpinion>, StoreError> {
        self.read(move |conn| {
            let rows: Vec<Row> = second_opinions::table
                .inner_join(submissions::table)
                .order((second_opinions::kind.asc(), second_opinions::formed_at.desc()))
                .limit(limit)
                .select(COLUMNS)
                .load(conn)?;
            rows.into_iter().map(stored).collect()
        })
        .await
    }
}

type Row = (String, String, String, String, NaiveDateTime);

const COLUMNS: (
    submissions::arrival_number,
    second_opinions::kind,
    second_opinions::subject,
    second_opinions::detail,
    second_opinions::formed_at,
) = (
    submissions::arrival_number,
    second_opinions::kind,
    second_opinions::subject,
    second_opinions::detail,
    second_opinions::formed_at,
);

fn stored((arrival_number, kind, subject, detail, formed_at): Row) -> Result<StoredOpinion, StoreError> {
    let (arrival_number, formed_at) = (parse_stored(&arrival_number)?, from_database(formed_at));
    Ok(StoredOpinion { arrival_number, kind, subject, detail, formed_at })
}

fn subject(conn: &mut AnyConnection, places: &DocumentStore, id: i64) -> Result<OpinionSubject, StoreError> {
    let (received_at, signer, signature): (NaiveDateTime, Vec<u8>, Vec<u8>) = submissions::table
        .find(id)
        .select((submissions::received_at, submissions::signer_sha256, submissions::signature_sha256))
        .first(conn)?;
    let application: Vec<u8> = submission_documents::table
        .filter(submission_documents::submission_id.eq(id))
        .filter(submission_documents::role.eq(super::DocumentRole::Application.as_str()))
        .select(submission_documents::sha256)
        .first(conn)?;
    Ok(OpinionSubject {
        received_at: from_database(received_at),
        signer_sha256: stored_digest(&signer)?,
        application: places.read(conn, stored_digest(&application)?)?,
        signature: places.read(conn, stored_digest(&signature)?)?,
        lists: lists(conn, places, id)?,
    })
}

/// The lists that the verdict by which the filing was accepted says the certificates were good by.
fn lists(conn: &mut AnyConnection, places: &DocumentStore, id: i64) -> Result<Vec<[u8; 32]>, StoreError> {
    let verdicts = stored_verdicts(conn, places, id)?;
    let accepting = verdicts.iter().find(|verdict| verdict.indication == "TOTAL_PASSED");
    let Some(verdict) = accepting else { return Ok(Vec::new()) };
    let report: Report =
        serde_json::from_str(&verdict.report).map_err(|_| StoreError::Damaged("a report cannot be read".to_owned()))?;
    let statuses = report.signatures.into_iter().flat_map(|signature| signature.revocation);
    let mut lists = Vec::new();
    for list in statuses.filter_map(|status| status.crl) {
        let mut sha256 = [0; 32];
        if hex::decode_to_slice(&list.sha256, &mut sha256).is_ok() && !lists.contains(&sha256) {
            lists.push(sha256);
        }
    }
    Ok(lists)
}

fn note(conn: &mut AnyConnection, opinion: &Opinion, at: DateTime<Utc>) -> Result<(), StoreError> {
    let row = (
        second_opinions::submission_id.eq(opinion.submission_id),
        second_opinions::kind.eq(opinion.kind.as_str()),
        second_opinions::subject.eq(opinion.subject),
        second_opinions::detail.eq(&opinion.detail),
        second_opinions::formed_at.eq(to_database(at)),
    );
    let new = on_backend!(conn, c => {
        diesel::insert_into(second_opinions::table).values(row).on_conflict_do_nothing().execute(c)?
    });
    if new == 0 || opinion.kind == OpinionKind::Failed {
        return Ok(());
    }
    let recipient: String =
        submissions::table.find(opinion.submission_id).select(submissions::recipient).first(conn)?;
    let (submission_id, created_at) = (opinion.submission_id, to_database(at));
    feed::append(conn, &[feed::Entry { submission_id, recipient: &recipient, kind: feed::QUESTIONED, created_at }])
}
