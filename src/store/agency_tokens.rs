//! The API tokens of agencies and operators: shown once when they are made, kept as hashes.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use super::desk_schema::agency_tokens;
use super::{Store, StoreError, from_database, to_database};
use crate::ids::AgencyCode;

/// Whom an API token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyToken {
    /// Its identifier (a UUID).
    pub id: String,
    /// Whose filings it sees.
    pub agency: AgencyCode,
    /// What it is for, in its maker's words.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is not taken any more.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl AgencyToken {
    /// How audit lines name it.
    pub fn actor(&self) -> String {
        format!("agency {} token {}", self.agency, self.id)
    }
}

/// An API token of the PKI operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorToken {
    /// Its identifier (a UUID).
    pub id: String,
    /// What it is for, in its maker's words.
    pub label: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is not taken any more.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl OperatorToken {
    /// How audit lines name it.
    pub fn actor(&self) -> String {
        format!("operator token {}", self.id)
    }
}

/// A new token: to be shown once.
pub struct IssuedToken<T = AgencyToken> {
    /// What is kept of it.
    pub token: T,
    /// The token: `mgat_` (an agency's) or `mgot_` (operators') and 43 characters of base64url.
    pub secret: zeroize::Zeroizing<String>,
}

/// Whose a token is, as the column holds it.
const AGENCY: &str = "agency";
const OPERATOR: &str = "operator";

type Row = (String, String, String, NaiveDateTime, Option<NaiveDateTime>);

fn token_of((id, agency, label, created_at, revoked_at): Row) -> Result<AgencyToken, StoreError> {
    let agency = agency.parse().map_err(|_| StoreError::Fault("a token's agency cannot be read".to_owned()))?;
    let revoked_at = revoked_at.map(from_database);
    Ok(AgencyToken { id, agency, label, created_at: from_database(created_at), revoked_at })
}

fn operator_token_of((id, _, label, created_at, revoked_at): Row) -> OperatorToken {
    OperatorToken { id, label, created_at: from_database(created_at), revoked_at: revoked_at.map(from_database) }
}

/// A new secret and its SHA-256. The prefix lets secret scanners find a token that slipped into a repository.
fn new_secret(prefix: &str) -> Result<(zeroize::Zeroizing<String>, Vec<u8>), StoreError> {
    let mut raw = [0_u8; 32];
    SystemRandom::new().fill(&mut raw).map_err(|_| StoreError::Fault("no randomness".to_owned()))?;
    let secret = zeroize::Zeroizing::new(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(raw)));
    let sha256 = digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec();
    Ok((secret, sha256))
}

const COLUMNS: (
    agency_tokens::id,
    agency_tokens::agency,
    agency_tokens::label,
    agency_tokens::created_at,
    agency_tokens::revoked_at,
) = (
    agency_tokens::id,
    agency_tokens::agency,
    agency_tokens::label,
    agency_tokens::created_at,
    agency_tokens::revoked_at,
);

impl Store {
    /// The agency token of that SHA-256 (of the token's text, `mgat_` included), where it is known and not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn agency_token(&self, token_sha256: [u8; 32]) -> Result<Option<AgencyToken>, StoreError> {
        let row = self.token_row(AGENCY, token_sha256).await?;
        row.map(token_of).transpose()
    }

    /// Makes a token for an agency's own systems.
    ///
    /// # Errors
    /// When the database does not answer, or the system has no randomness to give.
    pub async fn agency_token_add(
        &self,
        agency: AgencyCode,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken, StoreError> {
        let (secret, sha256) = new_secret("mgat")?;
        let (id, label) = (Uuid::new_v4().to_string(), label.to_owned());
        let token = AgencyToken { id, agency, label, created_at: now, revoked_at: None };
        let row = (token.id.clone(), token.agency.to_string(), token.label.clone(), to_database(now), None);
        self.token_add(AGENCY, row, sha256).await?;
        Ok(IssuedToken { token, secret })
    }

    /// The operators' token of that SHA-256, where it is known and not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operator_token(&self, token_sha256: [u8; 32]) -> Result<Option<OperatorToken>, StoreError> {
        Ok(self.token_row(OPERATOR, token_sha256).await?.map(operator_token_of))
    }

    /// Makes a token for a program of the PKI operators.
    ///
    /// # Errors
    /// When the database does not answer, or the system has no randomness to give.
    pub async fn operator_token_add(
        &self,
        label: &str,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken<OperatorToken>, StoreError> {
        let (secret, sha256) = new_secret("mgot")?;
        let (id, label) = (Uuid::new_v4().to_string(), label.to_owned());
        let token = OperatorToken { id, label, created_at: now, revoked_at: None };
        let row = (token.id.clone(), String::new(), token.label.clone(), to_database(now), None);
        self.token_add(OPERATOR, row, sha256).await?;
        Ok(IssuedToken { token, secret })
    }

    /// Every token of the operators, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operator_token_list(&self) -> Result<Vec<OperatorToken>, StoreError> {
        Ok(self.token_rows(OPERATOR).await?.into_iter().map(operator_token_of).collect())
    }

    async fn token_row(&self, role: &'static str, token_sha256: [u8; 32]) -> Result<Option<Row>, StoreError> {
        self.read(move |connection| {
            Ok(agency_tokens::table
                .filter(agency_tokens::token_sha256.eq(token_sha256.to_vec()))
                .filter(agency_tokens::role.eq(role))
                .filter(agency_tokens::revoked_at.is_null())
                .select(COLUMNS)
                .first(connection)
                .optional()?)
        })
        .await
    }

    async fn token_rows(&self, role: &'static str) -> Result<Vec<Row>, StoreError> {
        self.read(move |connection| {
            let of_role = agency_tokens::table.filter(agency_tokens::role.eq(role));
            Ok(of_role.order(agency_tokens::created_at.desc()).select(COLUMNS).load(connection)?)
        })
        .await
    }

    async fn token_add(&self, role: &'static str, row: Row, sha256: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let (id, agency, label, created_at, _) = row;
            diesel::insert_into(agency_tokens::table)
                .values((
                    agency_tokens::id.eq(&id),
                    agency_tokens::agency.eq(agency),
                    agency_tokens::label.eq(&label),
                    agency_tokens::token_sha256.eq(&sha256),
                    agency_tokens::created_at.eq(created_at),
                    agency_tokens::role.eq(role),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    /// Every token of the agencies, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn agency_token_list(&self) -> Result<Vec<AgencyToken>, StoreError> {
        let rows = self.token_rows(AGENCY).await?;
        rows.into_iter().map(token_of).collect()
    }

    /// Takes a token back; whether there was one that was still taken.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn agency_token_revoke(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.write(move |connection| {
            let token = agency_tokens::table.filter(agency_tokens::id.eq(&id));
            let open = token.filter(agency_tokens::revoked_at.is_null());
            let changed =
                diesel::update(open).set(agency_tokens::revoked_at.eq(to_database(now))).execute(connection)?;
            Ok(changed == 1)
        })
        .await
    }
}
