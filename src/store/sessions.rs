//! Signing in and the sessions that follow: random identifiers that are kept as hashes, an idle and an absolute
//! time-out, and a stop after repeated failures that treats unknown names like known ones.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;
use ring::digest;

use super::accounts::{Account, AccountRow, by_login, parse_login};
use super::connection::AnyConnection;
use super::desk_schema::{accounts, sessions, sign_in_failures};
use super::{Store, StoreError, from_database, password, to_database};
use crate::settings::SessionSettings;

/// The use of a session is noted when it is older than this, so that reading a page seldom writes.
const NOTED_EACH: Duration = Duration::seconds(60);

/// Who a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// The account.
    pub account: Account,
    /// When they signed in.
    pub signed_in_at: DateTime<Utc>,
}

/// What came of trying to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in; the session is recorded.
    Done(Account),
    /// Name or password is wrong, or the account is locked by hand: which of them is not told.
    Refused {
        /// What audit lines call the account, where there is one of that name.
        account: Option<String>,
    },
    /// Too many failures under this name, whether there is such an account or not.
    Stopped {
        /// When it may be tried again.
        until: DateTime<Utc>,
    },
}

fn login_sha256(login: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, login.as_bytes()).as_ref().to_vec()
}

impl Store {
    /// Signs in: on success the session `id_sha256` (of a fresh random identifier) is recorded. Takes as long for an
    /// unknown name as for a wrong password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_sign_in(
        &self,
        login: &str,
        given: zeroize::Zeroizing<String>,
        id_sha256: [u8; 32],
        rules: &SessionSettings,
        now: DateTime<Utc>,
    ) -> Result<SignIn, StoreError> {
        // What has not the form of a name is counted under its own digest, as any unknown name.
        let rules = rules.clone();
        let login = parse_login(login).unwrap_or_else(|_| format!("?{login}"));
        let name = login.clone();
        let (row, stopped) = self
            .read(move |connection| Ok((by_login(connection, &name)?, stopped_until(connection, &name, now)?)))
            .await?;
        let hash = row.as_ref().map(|row| row.password_hash().to_owned());
        // Hashed outside of the transaction: it takes 20 ms and must not hold the writer.
        let right = password::verify_aside(given, hash).await?;
        if let Some(until) = stopped {
            return Ok(SignIn::Stopped { until });
        }
        let account = row.map(AccountRow::account).transpose()?;
        let known = account.as_ref().map(Account::actor);
        let account = account.filter(|account| right && !account.locked);
        self.write(move |connection| {
            // Many may have been let in to the hashing before the first failure was counted.
            if let Some(until) = stopped_until(connection, &login, now)? {
                return Ok(SignIn::Stopped { until });
            }
            match account {
                Some(account) => {
                    forget_failures(connection, &login)?;
                    drop_ended(connection, &rules, now)?;
                    diesel::insert_into(sessions::table)
                        .values((
                            sessions::id_sha256.eq(id_sha256.to_vec()),
                            sessions::account_id.eq(&account.id),
                            sessions::signed_in_at.eq(to_database(now)),
                            sessions::used_at.eq(to_database(now)),
                        ))
                        .execute(connection)?;
                    Ok(SignIn::Done(account))
                }
                None => Ok(match note_failure(connection, &login, &rules, now)? {
                    Some(until) => SignIn::Stopped { until },
                    None => SignIn::Refused { account: known },
                }),
            }
        })
        .await
    }

    /// Whether `given` is the account's password: asked again before it is changed. A failure counts as one at sign-in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_confirm(
        &self,
        login: &str,
        given: zeroize::Zeroizing<String>,
        rules: &SessionSettings,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (login, name, rules) = (login.to_owned(), login.to_owned(), rules.clone());
        let (row, stopped) = self
            .read(move |connection| Ok((by_login(connection, &name)?, stopped_until(connection, &name, now)?)))
            .await?;
        let hash = row.as_ref().map(|row| row.password_hash().to_owned());
        let right = password::verify_aside(given, hash).await? && stopped.is_none();
        if !right {
            self.write(move |connection| Ok(note_failure(connection, &login, &rules, now)?)).await?;
        }
        Ok(right)
    }

    /// The session of that identifier's SHA-256, where it has neither ended nor timed out and its account may sign
    /// in; notes that it was used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_use(
        &self,
        id_sha256: [u8; 32],
        rules: &SessionSettings,
        now: DateTime<Utc>,
    ) -> Result<Option<SessionUser>, StoreError> {
        let (idle, at_most) = (rules.idle.chrono(), rules.at_most.chrono());
        let found = self
            .read(move |connection| {
                let found: Option<(AccountRow, NaiveDateTime, NaiveDateTime)> = sessions::table
                    .inner_join(accounts::table)
                    .filter(sessions::id_sha256.eq(id_sha256.to_vec()))
                    .filter(sessions::used_at.gt(to_database(now - idle)))
                    .filter(sessions::signed_in_at.gt(to_database(now - at_most)))
                    .filter(accounts::locked.eq(false))
                    .select((AccountRow::as_select(), sessions::signed_in_at, sessions::used_at))
                    .first(connection)
                    .optional()?;
                Ok(found)
            })
            .await?;
        let Some((row, signed_in_at, used_at)) = found else { return Ok(None) };
        if now - from_database(used_at) > NOTED_EACH {
            self.write(move |connection| {
                diesel::update(sessions::table.filter(sessions::id_sha256.eq(id_sha256.to_vec())))
                    .set(sessions::used_at.eq(to_database(now)))
                    .execute(connection)?;
                Ok(())
            })
            .await?;
        }
        Ok(Some(SessionUser { account: row.account()?, signed_in_at: from_database(signed_in_at) }))
    }

    /// Signs out: the session is no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_end(&self, id_sha256: [u8; 32]) -> Result<(), StoreError> {
        self.write(move |connection| {
            diesel::delete(sessions::table.filter(sessions::id_sha256.eq(id_sha256.to_vec()))).execute(connection)?;
            Ok(())
        })
        .await
    }
}

fn stopped_until(
    connection: &mut AnyConnection,
    login: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<DateTime<Utc>>> {
    let until: Option<Option<NaiveDateTime>> = sign_in_failures::table
        .filter(sign_in_failures::login_sha256.eq(login_sha256(login)))
        .select(sign_in_failures::stopped_until)
        .first(connection)
        .optional()?;
    Ok(until.flatten().map(from_database).filter(|until| *until > now))
}

/// Counts a failure; gives the end of the stop that it brings.
fn note_failure(
    connection: &mut AnyConnection,
    login: &str,
    rules: &SessionSettings,
    now: DateTime<Utc>,
) -> QueryResult<Option<DateTime<Utc>>> {
    let key = login_sha256(login);
    // Names that were tried once long ago are not kept for ever.
    let long_ago = to_database(now - Duration::hours(24));
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::last_at.lt(long_ago))).execute(connection)?;
    let row = sign_in_failures::table.filter(sign_in_failures::login_sha256.eq(&key));
    let before: Option<i32> = row.select(sign_in_failures::failures).first(connection).optional()?;
    let failures = before.unwrap_or(0) + 1;
    let until = (u32::try_from(failures).unwrap_or(0) >= rules.lock_after).then(|| now + rules.lock_for.chrono());
    // After the stop the counting starts anew.
    let kept = if until.is_some() { 0 } else { failures };
    let values = (
        sign_in_failures::failures.eq(kept),
        sign_in_failures::last_at.eq(to_database(now)),
        sign_in_failures::stopped_until.eq(until.map(to_database)),
    );
    match before {
        Some(_) => diesel::update(row).set(values).execute(connection)?,
        None => diesel::insert_into(sign_in_failures::table)
            .values((sign_in_failures::login_sha256.eq(&key), values.0, values.1, values.2))
            .execute(connection)?,
    };
    Ok(until)
}

pub(super) fn forget_failures(connection: &mut AnyConnection, login: &str) -> QueryResult<usize> {
    let row = sign_in_failures::table.filter(sign_in_failures::login_sha256.eq(login_sha256(login)));
    diesel::delete(row).execute(connection)
}

fn drop_ended(connection: &mut AnyConnection, rules: &SessionSettings, now: DateTime<Utc>) -> QueryResult<usize> {
    let idle = sessions::used_at.lt(to_database(now - rules.idle.chrono()));
    let old = sessions::signed_in_at.lt(to_database(now - rules.at_most.chrono()));
    diesel::delete(sessions::table.filter(idle.or(old))).execute(connection)
}
