//! The condition that a column has one of some values, for SQLite. diesel's own writes a place for each value, so that the statement
//! is another for each number of them and is compiled anew each time; here they are one value, a JSON array.
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

/// `column IN (values)`.
#[derive(Debug)]
pub(super) struct OneOf<C> {
    column: C,
    values: String,
}

/// Whether `column` has one of `values` (numbers or texts).
pub(super) fn one_of<C>(column: C, values: &[impl Serialize]) -> OneOf<C> {
    OneOf { column, values: serde_json::json!(values).to_string() }
}

impl<C: Expression> Expression for OneOf<C> {
    type SqlType = Bool;
}

impl<C> ValidGrouping<()> for OneOf<C> {
    type IsAggregate = is_aggregate::No;
}

impl<C: AppearsOnTable<Q>, Q: ?Sized> AppearsOnTable<Q> for OneOf<C> {}

impl<C: SelectableExpression<Q>, Q: ?Sized> SelectableExpression<Q> for OneOf<C> {}

impl<C: QueryId> QueryId for OneOf<C> {
    type QueryId = OneOf<C::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for OneOf<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.values)?;
        out.push_sql("))");
        Ok(())
    }
}
