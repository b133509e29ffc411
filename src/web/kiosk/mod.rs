//! The kiosk, which municipalities switch on each for itself: sign in with the card, choose a document, pay, print. What may follow
//! what is `registry::papers::till`; every page works without JavaScript and in every language of residents.
pub mod document;
pub mod order;
pub mod start;

use crate::gateway::Gateway;
use crate::registry::papers::kind::PaperKind;
use crate::store::papers::orders::Order;
use crate::store::resident_sessions::ResidentSession;
use crate::web::extract::csrf::Browser;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::account;

/// Whether any municipality offers kiosks; 404 otherwise.
///
/// # Errors
/// 404.
fn offered(gateway: &Gateway) -> Result<(), Problem> {
    let desk = gateway.papers().ok_or_else(Problem::not_found)?;
    if desk.with_kiosk().next().is_none() {
        return Err(Problem::not_found());
    }
    Ok(())
}

/// An order of who is signed in.
///
/// # Errors
/// 404 where it is another's or none.
async fn own_order(gateway: &Gateway, session: &ResidentSession, id: &str) -> Result<Order, Problem> {
    gateway.store.order_find(id, &session.account).await?.ok_or_else(Problem::not_found)
}

/// The frame of the kiosk's pages for who is signed in.
fn frame(page: Page, browser: &Browser) -> Page {
    account::frame(page, browser)
}

/// A document's kind in the page's words.
fn kind_name(page: &Page, kind: &str) -> String {
    page.t(&format!("paper-kind-{kind}")).into_owned()
}

/// Where an order's page is.
fn address(order: &str) -> String {
    format!("/kiosk/orders/{order}")
}

/// A kind as a kiosk gives it out.
///
/// # Errors
/// 404 for another word.
fn kind_of(text: &str) -> Result<PaperKind, Problem> {
    let kind: PaperKind = text.parse().map_err(|_| Problem::not_found())?;
    if PaperKind::AT_KIOSK.contains(&kind) { Ok(kind) } else { Err(Problem::not_found()) }
}
