//! What the trust states of recorded verdicts consist of, each object once, by its digest. Kept before a verdict that names
//! the state is recorded, and never changed or taken away: any verdict can be made again.
use diesel::prelude::*;

use super::connection::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::trust_objects;
use super::{Store, stored_digest};
use crate::signature::trust_state::Object;

impl Store {
    /// Keeps these objects; what is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when they are not on disk.
    pub async fn trust_objects_keep(&self, objects: Vec<Object>) -> Result<(), StoreError> {
        self.write(move |conn| keep(conn, objects.iter())).await
    }

    /// The object of that digest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]. Whether it is the one that was kept is for the reader to see, who has its digest.
    pub async fn trust_object(&self, sha256: [u8; 32]) -> Result<Vec<u8>, StoreError> {
        self.read(move |conn| {
            Ok(trust_objects::table.find(sha256.to_vec()).select(trust_objects::content).first(conn)?)
        })
        .await
    }
}

/// Keeps these objects within a transaction.
pub fn keep<'a>(conn: &mut AnyConnection, objects: impl Iterator<Item = &'a Object>) -> Result<(), StoreError> {
    // In one order everywhere, so that two gateways that wait for one another's rows cannot deadlock.
    let mut sorted: Vec<&Object> = objects.collect();
    sorted.sort_by_key(|(sha256, _)| sha256);
    sorted.dedup_by_key(|(sha256, _)| sha256);
    let known = known(conn, &sorted)?;
    for (sha256, content) in sorted.into_iter().filter(|(sha256, _)| !known.contains(sha256)) {
        let row = (trust_objects::sha256.eq(sha256.to_vec()), trust_objects::content.eq(content));
        on_backend!(conn, c => diesel::insert_into(trust_objects::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

fn known(conn: &mut AnyConnection, objects: &[&Object]) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut known = Vec::with_capacity(objects.len());
    // SQLite takes some thousands of binds a statement.
    for some in objects.chunks(500) {
        let names = some.iter().map(|(sha256, _)| sha256.to_vec());
        let found: Vec<Vec<u8>> = trust_objects::table
            .filter(trust_objects::sha256.eq_any(names))
            .select(trust_objects::sha256)
            .load(conn)?;
        for sha256 in found {
            known.push(stored_digest(&sha256)?);
        }
    }
    Ok(known)
}
