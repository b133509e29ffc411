//! What is held about a person who signs in, all of it in one reading; and deleting what is no filing.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::audit;
use super::connection::AnyConnection;
use super::draft_schema::drafts;
use super::resident_schema::{resident_accounts, resident_links, resident_sessions};
use super::resident_sessions::{ResidentId, line};
use super::{Store, StoreError, from_database, stored_digest, to_database};

/// The most drafts that are told.
const MOST_DRAFTS: i64 = 500;

/// An account as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldAccount {
    /// SHA-256 of the authentication certificate.
    pub certificate_sha256: [u8; 32],
    /// SHA-256 of its issuer's name.
    pub issuer_sha256: [u8; 32],
    /// Content octets of its serial number.
    pub serial: Vec<u8>,
    /// When it ends.
    pub not_after: DateTime<Utc>,
    /// The first sign-in.
    pub created_at: DateTime<Utc>,
    /// Each session that is recorded: since when, and when it was used last.
    pub sessions: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Drafts that the card holds: address, procedure, saved at, kept until.
    pub drafts: Vec<HeldDraft>,
}

/// A draft that a card holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDraft {
    /// Its address.
    pub id: String,
    /// Code of the procedure.
    pub procedure: String,
    /// What was typed, as it is kept.
    pub input: String,
    /// When it was saved last, or begun.
    pub saved_at: DateTime<Utc>,
    /// Until when it is kept.
    pub until: DateTime<Utc>,
}

impl Store {
    /// What is held of an account, its links excepted ([`Store::links_list`]); none where there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_data(&self, account: ResidentId) -> Result<Option<HeldAccount>, StoreError> {
        type Row = (Vec<u8>, Vec<u8>, Vec<u8>, NaiveDateTime, NaiveDateTime);
        self.read(move |conn| {
            let columns = (
                resident_accounts::certificate_sha256,
                resident_accounts::issuer_sha256,
                resident_accounts::serial,
                resident_accounts::not_after,
                resident_accounts::created_at,
            );
            let found: Option<Row> =
                resident_accounts::table.find(&account.0).select(columns).first(conn).optional()?;
            let Some((certificate, issuer, serial, not_after, created_at)) = found else { return Ok(None) };
            let sessions: Vec<(NaiveDateTime, NaiveDateTime)> = resident_sessions::table
                .filter(resident_sessions::account_id.eq(&account.0))
                .order(resident_sessions::signed_in_at.desc())
                .select((resident_sessions::signed_in_at, resident_sessions::used_at))
                .load(conn)?;
            Ok(Some(HeldAccount {
                certificate_sha256: stored_digest(&certificate)?,
                issuer_sha256: stored_digest(&issuer)?,
                serial,
                not_after: from_database(not_after),
                created_at: from_database(created_at),
                sessions: sessions
                    .into_iter()
                    .map(|(since, used)| (from_database(since), from_database(used)))
                    .collect(),
                drafts: drafts_held(conn, certificate)?,
            }))
        })
        .await
    }

    /// Discards every draft that the account's card holds; each can be restored for some days. How many there were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_drafts_discard(&self, account: ResidentId, now: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let certificate: Option<Vec<u8>> = resident_accounts::table
                .find(&account.0)
                .select(resident_accounts::certificate_sha256)
                .first(conn)
                .optional()?;
            let Some(certificate) = certificate else { return Ok(0) };
            let open = drafts::table
                .filter(drafts::holder_sha256.eq(Some(certificate)))
                .filter(drafts::arrival_number.is_null().and(drafts::removed_at.is_null()));
            let discarded = diesel::update(open).set(drafts::removed_at.eq(Some(to_database(now)))).execute(conn)?;
            if discarded > 0 {
                audit::append(conn, &line(now, "discard_drafts", String::new(), "done"))?;
            }
            Ok(discarded)
        })
        .await
    }

    /// Forgets an account: its links, the questions about links, its sessions and itself. The filings stay, and open by their
    /// access keys; the drafts that its card holds stay until their time is over, for whoever signs in with it again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_forget(&self, account: ResidentId, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            diesel::delete(resident_links::table.filter(resident_links::account_id.eq(&account.0))).execute(conn)?;
            diesel::delete(resident_sessions::table.filter(resident_sessions::account_id.eq(&account.0)))
                .execute(conn)?;
            if diesel::delete(resident_accounts::table.find(&account.0)).execute(conn)? == 1 {
                audit::append(conn, &line(now, "forget_account", String::new(), "done"))?;
            }
            Ok(())
        })
        .await
    }
}

/// The drafts of a card that can be gone on with, the newest first.
fn drafts_held(conn: &mut AnyConnection, certificate: Vec<u8>) -> Result<Vec<HeldDraft>, StoreError> {
    type Row = (String, String, String, NaiveDateTime, Option<NaiveDateTime>, NaiveDateTime);
    let rows: Vec<Row> = drafts::table
        .filter(drafts::holder_sha256.eq(Some(certificate)))
        .filter(drafts::arrival_number.is_null().and(drafts::removed_at.is_null()))
        .order(drafts::created_at.desc())
        .limit(MOST_DRAFTS)
        .select((
            drafts::id,
            drafts::procedure,
            drafts::input,
            drafts::created_at,
            drafts::saved_at,
            drafts::expires_at,
        ))
        .load(conn)?;
    let one = |(id, procedure, input, created_at, saved_at, until): Row| HeldDraft {
        id,
        procedure,
        input,
        saved_at: from_database(saved_at.unwrap_or(created_at)),
        until: from_database(until),
    };
    Ok(rows.into_iter().map(one).collect())
}
