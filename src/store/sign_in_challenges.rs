//! Challenges for signing in with a card: one a browser session, short-lived, taken once.
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::on_backend;
use super::resident_schema::sign_in_challenges;
use super::{Store, StoreError, from_database, to_database};

/// A challenge to be kept.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// SHA-256 of the browser's new pre-sign-in cookie.
    pub browser_sha256: [u8; 32],
    /// That of the cookie before it, whose challenge ends.
    pub before: Option<[u8; 32]>,
    /// 256 random bits, base64.
    pub nonce: String,
    /// Now.
    pub issued_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a challenge. `false` where as many as `most` are open already: nothing is kept then. Those older than `life`
    /// go first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn challenge_keep(&self, new: NewChallenge, life: Duration, most: u32) -> Result<bool, StoreError> {
        self.write(move |conn| {
            let old = sign_in_challenges::issued_at.le(to_database(new.issued_at - life));
            diesel::delete(sign_in_challenges::table.filter(old)).execute(conn)?;
            if let Some(before) = new.before {
                let mine = sign_in_challenges::table.filter(sign_in_challenges::browser_sha256.eq(before.to_vec()));
                diesel::delete(mine).execute(conn)?;
            }
            let open: i64 = sign_in_challenges::table.count().get_result(conn)?;
            if open >= i64::from(most) {
                return Ok(false);
            }
            let row = (
                sign_in_challenges::browser_sha256.eq(new.browser_sha256.to_vec()),
                sign_in_challenges::nonce.eq(new.nonce),
                sign_in_challenges::issued_at.eq(to_database(new.issued_at)),
            );
            diesel::insert_into(sign_in_challenges::table).values(row).execute(conn)?;
            Ok(true)
        })
        .await
    }

    /// Takes the challenge of a browser out, in one statement, so that of two answers one gets it. None where there is
    /// none, or it is older than `life`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn challenge_take(
        &self,
        browser_sha256: [u8; 32],
        life: Duration,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        self.write(move |conn| {
            let mine = sign_in_challenges::table.filter(sign_in_challenges::browser_sha256.eq(browser_sha256.to_vec()));
            let taken = diesel::delete(mine).returning((sign_in_challenges::nonce, sign_in_challenges::issued_at));
            let taken: Option<(String, NaiveDateTime)> = on_backend!(conn, c => taken.get_result(c).optional()?);
            Ok(taken.filter(|(_, issued_at)| now - from_database(*issued_at) < life).map(|(nonce, _)| nonce))
        })
        .await
    }

    /// How many challenges are open.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn challenge_count(&self) -> Result<i64, StoreError> {
        self.read(|conn| Ok(sign_in_challenges::table.count().get_result(conn)?)).await
    }
}
