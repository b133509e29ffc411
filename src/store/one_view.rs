//! Several questions in one view of the record. SQLite takes and gives back the locks of its log for each question that stands
//! alone; in a transaction it does so once, and what the questions see fits together.
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::StoreError;
use super::connection::AnyConnection;

/// Begins the view. A type of its own, so that the statement is compiled once a connection.
#[derive(QueryId)]
struct Begin;

/// Ends it. It has written nothing, so that there is nothing to take back either.
#[derive(QueryId)]
struct End;

impl QueryFragment<Sqlite> for Begin {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("BEGIN");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for End {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("COMMIT");
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Begin {}
impl RunQueryDsl<SqliteConnection> for End {}

/// Runs `work`, which only reads, in one view of the record; with PostgreSQL each question has its own.
///
/// # Errors
/// What `work` gives; when the view cannot be begun or ended.
pub(super) fn in_one_view<T>(
    conn: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    if let AnyConnection::Sqlite(sqlite) = conn {
        Begin.execute(sqlite)?;
    }
    let answer = work(conn);
    if let AnyConnection::Sqlite(sqlite) = conn {
        End.execute(sqlite)?;
    }
    answer
}
