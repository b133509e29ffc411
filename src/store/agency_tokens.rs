//! The agencies' API tokens: shown once when they are made, kept as hashes.
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

/// A new token: to be shown once.
pub struct IssuedToken {
    /// What is kept of it.
    pub token: AgencyToken,
    /// The token: `mgat_` and 43 characters of base64url.
    pub secret: zeroize::Zeroizing<String>,
}

type Row = (String, String, String, NaiveDateTime, Option<NaiveDateTime>);

fn token_of((id, agency, label, created_at, revoked_at): Row) -> Result<AgencyToken, StoreError> {
    let agency = agency.parse().map_err(|_| StoreError::Fault("a token's agency cannot be read".to_owned()))?;
    let revoked_at = revoked_at.map(from_database);
    Ok(AgencyToken { id, agency, label, created_at: from_database(created_at), revoked_at })
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
        let row: Option<Row> = self
            .read(move |connection| {
                Ok(agency_tokens::table
                    .filter(agency_tokens::token_sha256.eq(token_sha256.to_vec()))
                    .filter(agency_tokens::revoked_at.is_null())
                    .select(COLUMNS)
                    .first(connection)
                    .optional()?)
            })
            .await?;
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
        let mut raw = [0_u8; 32];
        SystemRandom::new().fill(&mut raw).map_err(|_| StoreError::Fault("no randomness".to_owned()))?;
        // The prefix lets secret scanners find a token that slipped into a repository.
        let secret = zeroize::Zeroizing::new(format!("mgat_{}", URL_SAFE_NO_PAD.encode(raw)));
        let sha256 = digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec();
        let (id, label) = (Uuid::new_v4().to_string(), label.to_owned());
        let token = AgencyToken { id, agency, label, created_at: now, revoked_at: None };
        let row = token.clone();
        self.write(move |connection| {
            diesel::insert_into(agency_tokens::table)
                .values((
                    agency_tokens::id.eq(&row.id),
                    agency_tokens::agency.eq(row.agency.to_string()),
                    agency_tokens::label.eq(&row.label),
                    agency_tokens::token_sha256.eq(&sha256),
                    agency_tokens::created_at.eq(to_database(row.created_at)),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await?;
        Ok(IssuedToken { token, secret })
    }

    /// Every token, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn agency_token_list(&self) -> Result<Vec<AgencyToken>, StoreError> {
        let rows: Vec<Row> = self
            .read(|connection| {
                Ok(agency_tokens::table.order(agency_tokens::created_at.desc()).select(COLUMNS).load(connection)?)
            })
            .await?;
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
