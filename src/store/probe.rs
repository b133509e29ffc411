//! Whether the record and the documents can be written now, and the sweep of documents that are nobody's.
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::documents::objects::Swept;
use super::error::StoreError;
use super::schema::write_probes;
use super::{Store, blocking, to_database};

/// How long a probe's row is left: as long as another probe may still be at its own.
const KEPT_SECONDS: i64 = 60;

impl Store {
    /// Whether the database takes a row now, for `/readyz`: one is written and committed, and those of before go.
    ///
    /// # Errors
    /// When it can not.
    pub async fn check_writable(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |conn| {
            let row = (write_probes::id.eq(Uuid::new_v4().to_string()), write_probes::written_at.eq(to_database(now)));
            on_backend!(conn, c => diesel::insert_into(write_probes::table).values(row).execute(c))?;
            let over = to_database(now - chrono::Duration::seconds(KEPT_SECONDS));
            diesel::delete(write_probes::table.filter(write_probes::written_at.lt(over))).execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Whether the folder or the bucket of documents takes one now: one is written, synced and taken away.
    ///
    /// # Errors
    /// When it can not.
    pub async fn check_documents_writable(&self) -> Result<(), StoreError> {
        let documents = self.0.documents.clone();
        blocking(move || documents.check_writable()).await
    }

    /// Takes away the large documents that were written for a filing which was not recorded, once they are older than
    /// `grace`, and the files whose writing was cut short.
    ///
    /// # Errors
    /// When folder, bucket or record cannot be read.
    pub async fn documents_sweep(&self, grace: Duration) -> Result<Swept, StoreError> {
        let documents = self.0.documents.clone();
        self.read(move |conn| documents.sweep(conn, grace)).await
    }
}
