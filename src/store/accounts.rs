//! Accounts of people who work with the gateway: agencies' staff and PKI operators.
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::connection::AnyConnection;
use super::desk_schema::{accounts, sessions};
use super::password::{NewPassword, WeakPassword};
use super::{Store, StoreError, from_database, to_database};
use crate::ids::AgencyCode;

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees and decides the filings of one agency.
    Agency(AgencyCode),
    /// Watches over trust anchors and revocation lists; sees no filing.
    Operator,
    /// Keeps the resident registry of one municipality; sees no filing.
    Clerk(AgencyCode),
}

impl Role {
    /// `agency`, `operator` or `clerk`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agency(_) => "agency",
            Self::Operator => "operator",
            Self::Clerk(_) => "clerk",
        }
    }

    /// The agency or municipality, of an account that works for one.
    pub fn agency(self) -> Option<AgencyCode> {
        match self {
            Self::Agency(agency) | Self::Clerk(agency) => Some(agency),
            Self::Operator => None,
        }
    }
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identifier (a UUID).
    pub id: String,
    /// The name it signs in by, lower case.
    pub login: String,
    /// What it is for.
    pub role: Role,
    /// Whether its password was given by somebody else and must be changed first.
    pub must_change: bool,
    /// Whether somebody locked it by hand.
    pub locked: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its password was last set.
    pub password_set_at: DateTime<Utc>,
}

impl Account {
    /// How audit lines and histories name it: the role and the sign-in name, no personal data.
    pub fn actor(&self) -> String {
        match self.role {
            Role::Agency(agency) => format!("agency {agency} {}", self.login),
            Role::Operator => format!("operator {}", self.login),
            Role::Clerk(municipality) => format!("clerk {municipality} {}", self.login),
        }
    }
}

/// What cannot be done with an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A sign-in name has 3 to 64 of `a-z`, `0-9`, `.`, `_`, `@` and `-`.
    #[error("a sign-in name has 3 to 64 of a-z, 0-9, '.', '_', '@' and '-'")]
    Login,
    /// There is one of that name.
    #[error("there is an account of that name already")]
    Taken,
    /// There is none of that name.
    #[error("there is no account of that name")]
    Unknown,
    /// The password may not be set.
    #[error(transparent)]
    Password(#[from] WeakPassword),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub(super) struct AccountRow {
    id: String,
    login: String,
    password_hash: String,
    role: String,
    agency: Option<String>,
    must_change: bool,
    locked: bool,
    created_at: chrono::NaiveDateTime,
    password_set_at: chrono::NaiveDateTime,
}

impl AccountRow {
    pub(super) fn password_hash(&self) -> &str {
        &self.password_hash
    }

    pub(super) fn account(self) -> Result<Account, StoreError> {
        let agency = self.agency.as_deref().and_then(|code| code.parse().ok());
        let role = match (self.role.as_str(), agency) {
            ("agency", Some(agency)) => Role::Agency(agency),
            ("operator", None) => Role::Operator,
            ("clerk", Some(municipality)) => Role::Clerk(municipality),
            _ => return Err(StoreError::Fault("an account has a role that is not known".to_owned())),
        };
        Ok(Account {
            id: self.id,
            login: self.login,
            role,
            must_change: self.must_change,
            locked: self.locked,
            created_at: from_database(self.created_at),
            password_set_at: from_database(self.password_set_at),
        })
    }
}

/// Reads a sign-in name: lower case, so that there is one spelling.
///
/// # Errors
/// [`AccountError::Login`].
pub fn parse_login(text: &str) -> Result<String, AccountError> {
    let login = text.trim().to_ascii_lowercase();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._@-".contains(&byte);
    if (3..=64).contains(&login.len()) && login.bytes().all(fits) { Ok(login) } else { Err(AccountError::Login) }
}

pub(super) fn by_login(connection: &mut AnyConnection, login: &str) -> QueryResult<Option<AccountRow>> {
    accounts::table.filter(accounts::login.eq(login)).select(AccountRow::as_select()).first(connection).optional()
}

impl Store {
    /// Makes an account. `must_change` asks for a new password at the first sign-in.
    ///
    /// # Errors
    /// [`AccountError`]: the name has the wrong form or is taken; the store.
    pub async fn account_add(
        &self,
        login: &str,
        role: Role,
        password: NewPassword,
        must_change: bool,
        now: DateTime<Utc>,
    ) -> Result<Account, AccountError> {
        let login = parse_login(login)?;
        let row = AccountRow {
            id: Uuid::new_v4().to_string(),
            login,
            password_hash: password.hash_aside().await?,
            role: role.name().to_owned(),
            agency: role.agency().map(|agency| agency.to_string()),
            must_change,
            locked: false,
            created_at: to_database(now),
            password_set_at: to_database(now),
        };
        let made = self
            .write(move |connection| {
                if by_login(connection, &row.login)?.is_some() {
                    return Ok(None);
                }
                diesel::insert_into(accounts::table).values(&row).execute(connection)?;
                Ok(Some(row))
            })
            .await?;
        Ok(made.ok_or(AccountError::Taken)?.account()?)
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn account_list(&self) -> Result<Vec<Account>, StoreError> {
        let rows = self
            .read(|connection| {
                let rows: Vec<AccountRow> =
                    accounts::table.order(accounts::login).select(AccountRow::as_select()).load(connection)?;
                Ok(rows)
            })
            .await?;
        rows.into_iter().map(AccountRow::account).collect()
    }

    /// Sets a password and ends every session of the account but `keep` (the one that asked for it).
    ///
    /// # Errors
    /// [`AccountError::Unknown`]; the store.
    pub async fn account_set_password(
        &self,
        login: &str,
        password: NewPassword,
        must_change: bool,
        keep: Option<[u8; 32]>,
        now: DateTime<Utc>,
    ) -> Result<(), AccountError> {
        let login = parse_login(login)?;
        let hash = password.hash_aside().await?;
        let found = self
            .write(move |connection| {
                let Some(row) = by_login(connection, &login)? else { return Ok(false) };
                diesel::update(accounts::table.filter(accounts::id.eq(&row.id)))
                    .set((
                        accounts::password_hash.eq(hash),
                        accounts::must_change.eq(must_change),
                        accounts::password_set_at.eq(to_database(now)),
                    ))
                    .execute(connection)?;
                end_sessions(connection, &row.id, keep)?;
                Ok(true)
            })
            .await?;
        if found { Ok(()) } else { Err(AccountError::Unknown) }
    }

    /// Locks an account by hand, which ends its sessions, or unlocks it, which also forgets failed sign-ins.
    ///
    /// # Errors
    /// [`AccountError::Unknown`]; the store.
    pub async fn account_set_locked(&self, login: &str, locked: bool) -> Result<(), AccountError> {
        let login = parse_login(login)?;
        let found = self
            .write(move |connection| {
                let Some(row) = by_login(connection, &login)? else { return Ok(false) };
                diesel::update(accounts::table.filter(accounts::id.eq(&row.id)))
                    .set(accounts::locked.eq(locked))
                    .execute(connection)?;
                if locked {
                    end_sessions(connection, &row.id, None)?;
                } else {
                    super::sessions::forget_failures(connection, &login)?;
                }
                Ok(true)
            })
            .await?;
        if found { Ok(()) } else { Err(AccountError::Unknown) }
    }
}

fn end_sessions(connection: &mut AnyConnection, account_id: &str, keep: Option<[u8; 32]>) -> QueryResult<usize> {
    let all = sessions::table.filter(sessions::account_id.eq(account_id));
    match keep {
        Some(keep) => diesel::delete(all.filter(sessions::id_sha256.ne(keep.to_vec()))).execute(connection),
        None => diesel::delete(all).execute(connection),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_name_has_one_spelling() {
        assert_eq!(parse_login(" Tanaka.T ").unwrap(), "tanaka.t");
        for wrong in ["ab", "tana ka", "田中", "a\nb", &"x".repeat(65)] {
            assert!(matches!(parse_login(wrong), Err(AccountError::Login)), "{wrong}");
        }
    }
}
