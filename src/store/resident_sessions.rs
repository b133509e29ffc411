//! Residents' accounts and the sessions in which they are signed in. An account is an authentication certificate.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::audit::{self, AuditEntry, RESIDENT};
use super::connection::{AnyConnection, on_backend};
use super::resident_schema::{resident_accounts, resident_links, resident_sessions};
use super::{Store, StoreError, from_database, to_database};

/// The use of a session is noted when it is older than this, so that reading a page seldom writes.
const NOTED_EACH: Duration = Duration::seconds(60);

/// The identifier of an account: random, and of no meaning outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResidentId(pub(super) String);

/// A resident who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResidentSession {
    /// The account.
    pub account: ResidentId,
    /// SHA-256 of the authentication certificate.
    pub certificate_sha256: [u8; 32],
    /// When they signed in.
    pub signed_in_at: DateTime<Utc>,
    /// When the certificate ends.
    pub not_after: DateTime<Utc>,
}

/// Who signs in.
#[derive(Debug, Clone)]
pub struct CardHolder {
    /// SHA-256 of the authentication certificate.
    pub certificate_sha256: [u8; 32],
    /// SHA-256 of its issuer's name in its normal form.
    pub issuer_sha256: [u8; 32],
    /// Content octets of its serial number.
    pub serial: Vec<u8>,
    /// When it ends.
    pub not_after: DateTime<Utc>,
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionLife {
    /// Without a request.
    pub idle: Duration,
    /// In any case.
    pub at_most: Duration,
}

impl Store {
    /// Signs the holder of a certificate in: the account is made at the first time, the session `id_sha256` is recorded,
    /// the session `before` of the same browser ends, and an audit line tells it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_sign_in(
        &self,
        holder: CardHolder,
        id_sha256: [u8; 32],
        before: Option<[u8; 32]>,
        life: SessionLife,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |conn| {
            drop_ended(conn, life, now)?;
            let account_id = account_made(conn, &holder, now)?;
            let row = (
                resident_sessions::id_sha256.eq(id_sha256.to_vec()),
                resident_sessions::account_id.eq(&account_id),
                resident_sessions::signed_in_at.eq(to_database(now)),
                resident_sessions::used_at.eq(to_database(now)),
            );
            diesel::insert_into(resident_sessions::table).values(row).execute(conn)?;
            // After the new one is there: an account without sessions may be forgotten.
            if let Some(before) = before {
                end(conn, before)?;
            }
            audit::append(conn, &line(now, "sign_in_card", String::new(), "done"))
        })
        .await
    }

    /// The session of that identifier's SHA-256, where it has neither ended nor timed out and the certificate has not
    /// expired; notes that it was used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_use(
        &self,
        id_sha256: [u8; 32],
        life: SessionLife,
        now: DateTime<Utc>,
    ) -> Result<Option<ResidentSession>, StoreError> {
        type Row = (String, Vec<u8>, NaiveDateTime, NaiveDateTime, NaiveDateTime);
        let found = self
            .look_up(move |conn| {
                let found: Option<Row> = on_backend!(&mut *conn, c => resident_sessions::table
                    .inner_join(resident_accounts::table)
                    .filter(resident_sessions::id_sha256.eq(id_sha256.to_vec()))
                    .filter(resident_sessions::used_at.gt(to_database(now - life.idle)))
                    .filter(resident_sessions::signed_in_at.gt(to_database(now - life.at_most)))
                    .filter(resident_accounts::not_after.ge(to_database(now)))
                    .select((
                        resident_accounts::id,
                        resident_accounts::certificate_sha256,
                        resident_sessions::signed_in_at,
                        resident_sessions::used_at,
                        resident_accounts::not_after,
                    )).first(c).optional())?;
                Ok(found)
            })
            .await?;
        let Some((id, certificate, signed_in_at, used_at, not_after)) = found else { return Ok(None) };
        if now - from_database(used_at) > NOTED_EACH {
            self.write(move |conn| {
                diesel::update(resident_sessions::table.find(id_sha256.to_vec()))
                    .set(resident_sessions::used_at.eq(to_database(now)))
                    .execute(conn)?;
                Ok(())
            })
            .await?;
        }
        Ok(Some(ResidentSession {
            account: ResidentId(id),
            certificate_sha256: super::stored_digest(&certificate)?,
            signed_in_at: from_database(signed_in_at),
            not_after: from_database(not_after),
        }))
    }

    /// Signs out: the session is no more, and neither is an account that never had to do with a filing. `false` where
    /// there was no such session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resident_sign_out(&self, id_sha256: [u8; 32], now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let ended = end(conn, id_sha256)?;
            if ended {
                audit::append(conn, &line(now, "sign_out_card", String::new(), "done"))?;
            }
            Ok(ended)
        })
        .await
    }
}

/// An audit line on what a resident did: the subject is an arrival number or nothing, never who they are.
pub(super) fn line(at: DateTime<Utc>, action: &'static str, subject: String, outcome: &str) -> AuditEntry {
    AuditEntry { at, actor: RESIDENT.to_owned(), action, subject, outcome: outcome.to_owned(), request_id: None }
}

/// The account of a certificate. Two sign-ins at the same moment get the same.
fn account_made(conn: &mut AnyConnection, holder: &CardHolder, now: DateTime<Utc>) -> Result<String, StoreError> {
    let row = (
        resident_accounts::id.eq(Uuid::new_v4().to_string()),
        resident_accounts::certificate_sha256.eq(holder.certificate_sha256.to_vec()),
        resident_accounts::issuer_sha256.eq(holder.issuer_sha256.to_vec()),
        resident_accounts::serial.eq(holder.serial.clone()),
        resident_accounts::not_after.eq(to_database(holder.not_after)),
        resident_accounts::created_at.eq(to_database(now)),
    );
    on_backend!(conn, c => {
        diesel::insert_into(resident_accounts::table).values(row).on_conflict_do_nothing().execute(c)?
    });
    let mine = resident_accounts::certificate_sha256.eq(holder.certificate_sha256.to_vec());
    Ok(resident_accounts::table.filter(mine).select(resident_accounts::id).first(conn)?)
}

/// Ends a session; says whether there was one.
fn end(conn: &mut AnyConnection, id_sha256: [u8; 32]) -> Result<bool, StoreError> {
    let account: Option<String> = resident_sessions::table
        .find(id_sha256.to_vec())
        .select(resident_sessions::account_id)
        .first(conn)
        .optional()?;
    let Some(account) = account else { return Ok(false) };
    diesel::delete(resident_sessions::table.find(id_sha256.to_vec())).execute(conn)?;
    forget_unused(conn, &account)?;
    Ok(true)
}

/// Forgets an account without sessions that never had to do with a filing.
fn forget_unused(conn: &mut AnyConnection, account: &str) -> Result<(), StoreError> {
    let sessions: i64 =
        resident_sessions::table.filter(resident_sessions::account_id.eq(account)).count().get_result(conn)?;
    let links: i64 = resident_links::table.filter(resident_links::account_id.eq(account)).count().get_result(conn)?;
    if sessions == 0 && links == 0 {
        diesel::delete(resident_accounts::table.find(account)).execute(conn)?;
    }
    Ok(())
}

fn drop_ended(conn: &mut AnyConnection, life: SessionLife, now: DateTime<Utc>) -> Result<(), StoreError> {
    let idle = resident_sessions::used_at.le(to_database(now - life.idle));
    let old = resident_sessions::signed_in_at.le(to_database(now - life.at_most));
    let ended: Vec<Vec<u8>> =
        resident_sessions::table.filter(idle.or(old)).select(resident_sessions::id_sha256).limit(1000).load(conn)?;
    for id in ended {
        end(conn, super::stored_digest(&id)?)?;
    }
    Ok(())
}
