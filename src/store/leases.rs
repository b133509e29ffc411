//! Work that one gateway at a time has in hand. A lease that ran out is another's: whoever does the work still writes its
//! outcome only where nobody else has.
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::on_backend;
use super::error::StoreError;
use super::steps_schema::work_leases;
use super::{Store, to_database};

impl Store {
    /// Takes (or keeps) the work `name` in hand until `until`; false where another worker has it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn lease_take(
        &self,
        name: String,
        worker: String,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (now, until) = (to_database(now), to_database(until));
        self.write(move |conn| {
            let row =
                (work_leases::name.eq(&name), work_leases::leased_until.eq(until), work_leases::leased_by.eq(&worker));
            let new = on_backend!(conn, c => {
                diesel::insert_into(work_leases::table).values(row).on_conflict_do_nothing().execute(c)?
            });
            if new == 1 {
                return Ok(true);
            }
            let free = work_leases::leased_until.lt(now).or(work_leases::leased_by.eq(&worker));
            let taken = diesel::update(work_leases::table.filter(work_leases::name.eq(&name)).filter(free))
                .set((work_leases::leased_until.eq(until), work_leases::leased_by.eq(&worker)))
                .execute(conn)?;
            Ok(taken == 1)
        })
        .await
    }

    /// Gives the work back, where this worker has it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written; the lease runs out by itself then.
    pub async fn lease_give_back(&self, name: String, worker: String) -> Result<(), StoreError> {
        self.write(move |conn| {
            let mine = work_leases::table.filter(work_leases::name.eq(name)).filter(work_leases::leased_by.eq(worker));
            diesel::delete(mine).execute(conn)?;
            Ok(())
        })
        .await
    }
}
