//! Documents that are asked for at kiosks: each step is one transaction that reads the order, asks the state machine, and
//! writes what it says together with a row that is never changed.
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::schema::{registry_order_steps as steps, registry_orders as orders};
use crate::ids::AgencyCode;
use crate::registry::papers::till::{OrderEvent, OrderState, Till};
use crate::store::connection::AnyConnection;
use crate::store::resident_sessions::ResidentId;
use crate::store::{Store, StoreError, from_database, parse_stored, to_database};

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its identifier, for addresses.
    pub id: String,
    /// The resident's record.
    pub record_id: String,
    /// Whose document it is.
    pub municipality: AgencyCode,
    /// `PaperKind::as_str`.
    pub kind: String,
    /// State and money.
    pub till: Till,
    /// The document, once it was issued.
    pub paper_id: Option<i64>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// A random identifier.
    pub id: String,
    /// Who asks.
    pub account: ResidentId,
    /// The resident's record.
    pub record_id: String,
    /// Whose document it is.
    pub municipality: AgencyCode,
    /// `PaperKind::as_str`.
    pub kind: &'static str,
    /// What it costs, in yen.
    pub fee: u32,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderStep {
    /// It is done.
    Done(Order),
    /// The order's state does not allow it; the order as it stands.
    OutOfOrder(Order),
}

#[derive(Queryable)]
struct Row {
    id: String,
    _account_id: String,
    record_id: String,
    municipality: String,
    kind: String,
    fee: i64,
    inserted: i64,
    returned: i64,
    state: String,
    paper_id: Option<i64>,
    _failure: Option<String>,
    asked_at: NaiveDateTime,
    _state_at: NaiveDateTime,
}

fn yen(stored: i64) -> Result<u32, StoreError> {
    u32::try_from(stored).map_err(|_| StoreError::Fault("a stored sum is not one".to_owned()))
}

impl TryFrom<Row> for Order {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let till = Till {
            fee: yen(row.fee)?,
            inserted: yen(row.inserted)?,
            returned: yen(row.returned)?,
            state: parse_stored(&row.state)?,
        };
        Ok(Self {
            id: row.id,
            record_id: row.record_id,
            municipality: parse_stored(&row.municipality)?,
            kind: row.kind,
            till,
            paper_id: row.paper_id,
            asked_at: from_database(row.asked_at),
        })
    }
}

impl Store {
    /// Records an order.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written.
    pub async fn order_add(&self, new: NewOrder) -> Result<Order, StoreError> {
        self.write(move |conn| {
            let till = Till::asked(new.fee);
            let at = to_database(new.at);
            let row = (
                orders::id.eq(&new.id),
                orders::account_id.eq(&new.account.0),
                orders::record_id.eq(&new.record_id),
                orders::municipality.eq(new.municipality.as_str()),
                orders::kind.eq(new.kind),
                orders::fee.eq(i64::from(new.fee)),
                orders::inserted.eq(0_i64),
                orders::returned.eq(0_i64),
                orders::state.eq(till.state.as_str()),
                orders::asked_at.eq(at),
                orders::state_at.eq(at),
            );
            diesel::insert_into(orders::table).values(row).execute(conn)?;
            note(conn, &new.id, till.state, 0, at)?;
            find(conn, &new.id)?.ok_or(StoreError::NotFound)
        })
        .await
    }

    /// An order of that account.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be read.
    pub async fn order_find(&self, id: &str, account: &ResidentId) -> Result<Option<Order>, StoreError> {
        let (id, account) = (id.to_owned(), account.0.clone());
        self.look_up(move |conn| {
            let row: Option<Row> =
                orders::table.find(id).filter(orders::account_id.eq(account)).first(conn).optional()?;
            row.map(Order::try_from).transpose()
        })
        .await
    }

    /// Takes a step of an order; `paper` is the document that was issued at it.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written; nothing has changed then.
    pub async fn order_step(
        &self,
        id: &str,
        event: OrderEvent,
        paper: Option<i64>,
        at: DateTime<Utc>,
    ) -> Result<OrderStep, StoreError> {
        let id = id.to_owned();
        self.write(move |conn| step(conn, &id, event, paper, at)).await
    }

    /// A printer's failure: the document is withdrawn, the money given back, in one transaction.
    ///
    /// # Errors
    /// As [`Self::order_step`].
    pub async fn order_not_printed(&self, id: &str, at: DateTime<Utc>) -> Result<OrderStep, StoreError> {
        let id = id.to_owned();
        self.write(move |conn| match step(conn, &id, OrderEvent::NotPrinted, None, at)? {
            OrderStep::Done(order) => {
                if let Some(paper) = order.paper_id {
                    super::void(conn, paper, "not-printed", "kiosk", at)?;
                }
                step(conn, &id, OrderEvent::Refunded, None, at)
            }
            refused @ OrderStep::OutOfOrder(_) => Ok(refused),
        })
        .await
    }

    /// Ends what was left: orders asked for and left before `before` are given up, paid ones without a document and failed
    /// ones are paid back. Gives how many.
    ///
    /// # Errors
    /// As [`Self::order_step`].
    pub async fn orders_left(&self, before: DateTime<Utc>, at: DateTime<Utc>) -> Result<usize, StoreError> {
        self.write(move |conn| {
            let open = orders::table
                .filter(orders::state.eq_any(["asked", "paid", "failed"]))
                .filter(orders::state_at.lt(to_database(before)))
                .order(orders::state_at)
                .limit(500);
            let left: Vec<Row> = crate::store::connection::on_backend!(&mut *conn, c => open.load(c))?;
            let count = left.len();
            for row in left {
                let state: OrderState = parse_stored(&row.state)?;
                let events: &[OrderEvent] = match state {
                    OrderState::Asked => &[OrderEvent::Cancelled],
                    OrderState::Paid => &[OrderEvent::NotMade, OrderEvent::Refunded],
                    _ => &[OrderEvent::Refunded],
                };
                for event in events {
                    step(conn, &row.id, *event, None, at)?;
                }
            }
            Ok(count)
        })
        .await
    }

    /// The steps of an order, oldest first: state and yen.
    ///
    /// # Errors
    /// [`StoreError`] when they could not be read.
    pub async fn order_steps(&self, id: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let id = id.to_owned();
        self.read(move |conn| {
            let of_order = steps::table.filter(steps::order_id.eq(id)).order(steps::id);
            Ok(of_order.select((steps::state, steps::yen)).load(conn)?)
        })
        .await
    }
}

fn find(conn: &mut AnyConnection, id: &str) -> Result<Option<Order>, StoreError> {
    let row: Option<Row> = orders::table.find(id.to_owned()).first(conn).optional()?;
    row.map(Order::try_from).transpose()
}

/// Reads, asks the machine, and writes only where nobody else has moved it meanwhile.
fn step(
    conn: &mut AnyConnection,
    id: &str,
    event: OrderEvent,
    paper: Option<i64>,
    at: DateTime<Utc>,
) -> Result<OrderStep, StoreError> {
    let order = find(conn, id)?.ok_or(StoreError::NotFound)?;
    let before = order.till;
    let Ok(after) = before.after(event) else { return Ok(OrderStep::OutOfOrder(order)) };
    let paper_id = paper.or(order.paper_id);
    let failure = match event {
        OrderEvent::NotMade => Some("not-made"),
        OrderEvent::NotPrinted => Some("not-printed"),
        _ => None,
    };
    let same = orders::table
        .find(id.to_owned())
        .filter(orders::state.eq(before.state.as_str()))
        .filter(orders::inserted.eq(i64::from(before.inserted)));
    let to = (
        orders::state.eq(after.state.as_str()),
        orders::inserted.eq(i64::from(after.inserted)),
        orders::returned.eq(i64::from(after.returned)),
        orders::paper_id.eq(paper_id),
        orders::state_at.eq(to_database(at)),
    );
    if diesel::update(same).set(to).execute(conn)? == 0 {
        let order = find(conn, id)?.ok_or(StoreError::NotFound)?;
        return Ok(OrderStep::OutOfOrder(order));
    }
    if failure.is_some() {
        diesel::update(orders::table.find(id.to_owned())).set(orders::failure.eq(failure)).execute(conn)?;
    }
    let yen =
        i64::from(after.inserted) - i64::from(before.inserted) - i64::from(after.returned) + i64::from(before.returned);
    note(conn, id, after.state, yen, to_database(at))?;
    Ok(OrderStep::Done(Order { till: after, paper_id, ..order }))
}

fn note(conn: &mut AnyConnection, id: &str, state: OrderState, yen: i64, at: NaiveDateTime) -> Result<(), StoreError> {
    let row = (steps::order_id.eq(id), steps::state.eq(state.as_str()), steps::yen.eq(yen), steps::at.eq(at));
    diesel::insert_into(steps::table).values(row).execute(conn)?;
    Ok(())
}
