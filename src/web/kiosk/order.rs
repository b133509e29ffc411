//! `/kiosk/orders/{order}`: paying, printing, and what became of it.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{address, document, frame, kind_name, offered, own_order};
use crate::gateway::Gateway;
use crate::registry::papers::till::{OrderEvent, OrderState, TAKEN};
use crate::store::papers::orders::{Order, OrderStep};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::resident::Resident;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::procedures::see_other;

#[derive(Template)]
#[template(path = "kiosk/order.html")]
struct OrderView {
    page: Page,
    href: String,
    state: &'static str,
    kind: String,
    fee: String,
    /// What is still to be paid, and what was given back, in words; empty for none.
    missing: String,
    returned: String,
    explanation: String,
    coins: Vec<(u32, String)>,
}

impl OrderView {
    fn new(page: Page, order: &Order) -> Self {
        let (till, state) = (order.till, order.till.state.as_str());
        let sum = |key: &str, yen: u32| if yen > 0 { page.with(key, "yen", yen) } else { String::new() };
        let waits = till.state == OrderState::Asked;
        let coins = TAKEN.iter().filter(|_| waits).map(|yen| (*yen, page.with("kiosk-insert", "yen", yen)));
        Self {
            href: address(&order.id),
            state,
            kind: kind_name(&page, &order.kind),
            fee: page.with("kiosk-fee", "yen", till.fee),
            missing: if waits { sum("kiosk-missing", till.missing()) } else { String::new() },
            returned: sum("kiosk-returned", till.returned),
            explanation: page.t(&format!("kiosk-text-{state}")).into_owned(),
            coins: coins.collect(),
            page: page.titled(&format!("kiosk-state-{state}")),
        }
    }
}

/// Where an order stands, and what can be done.
///
/// # Errors
/// The way to the sign-in; 404 where it is another's.
pub async fn get_order(
    page: Page,
    browser: Browser,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    offered(&gateway)?;
    let order = own_order(&gateway, &session, &path).await?;
    let view = OrderView::new(frame(page, &browser), &order);
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// What the person does at the till: puts in a coin or a note, gives up, or has the document made that was paid for.
#[derive(Deserialize)]
pub struct AtTill {
    #[serde(default)]
    inserted: Option<u32>,
    #[serde(default)]
    act: String,
}

/// Pays. Once it is enough, the document is made in the same breath; where it cannot be, the money comes back. A step that does not
/// fit the order any more (a second click) changes nothing, and the page shows where it stands.
///
/// # Errors
/// 401, 403, 404; 422 for money that the till does not take.
pub async fn post_till(
    Resident(session): Resident,
    form: CsrfForm<AtTill>,
    gateway: web::Data<Gateway>,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    offered(&gateway)?;
    let order = own_order(&gateway, &session, &path).await?;
    let event = match (form.0.inserted, form.0.act.as_str()) {
        (Some(yen), _) => Some(OrderEvent::Inserted(yen)),
        (None, "cancel") => Some(OrderEvent::Cancelled),
        _ => None,
    };
    let order = match event {
        Some(event) => match gateway.store.order_step(&order.id, event, None, gateway.clock.now()).await? {
            OrderStep::Done(order) | OrderStep::OutOfOrder(order) => order,
        },
        None => order,
    };
    if order.till.state == OrderState::Paid {
        document::make(&gateway, &order).await?;
    }
    Ok(see_other(&address(&order.id)))
}

/// What became of the printing.
#[derive(Deserialize)]
pub struct AtPrinter {
    #[serde(default)]
    outcome: String,
}

/// Says whether it was printed; where it was not, the document is withdrawn and the money given back.
///
/// # Errors
/// 401, 403, 404.
pub async fn post_printed(
    Resident(session): Resident,
    form: CsrfForm<AtPrinter>,
    gateway: web::Data<Gateway>,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    offered(&gateway)?;
    let order = own_order(&gateway, &session, &path).await?;
    let now = gateway.clock.now();
    // A second click finds the order further on, which its page shows.
    match form.0.outcome.as_str() {
        "printed" => drop(gateway.store.order_step(&order.id, OrderEvent::Printed, None, now).await?),
        "failed" => drop(gateway.store.order_not_printed(&order.id, now).await?),
        _ => {}
    }
    Ok(see_other(&address(&order.id)))
}
