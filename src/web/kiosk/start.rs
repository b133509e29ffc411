//! `/kiosk`, where it begins; `/kiosk/documents`, what can be asked for; and asking.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{address, frame, kind_name, kind_of, offered};
use crate::gateway::Gateway;
use crate::gateway::papers::holder::Holder;
use crate::registry::papers::kind::PaperKind;
use crate::store::papers::orders::NewOrder;
use crate::web::extract::csrf::{Browser, CsrfForm, random_id};
use crate::web::extract::resident::Resident;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::procedures::see_other;

#[derive(Template)]
#[template(path = "kiosk/start.html")]
struct StartView {
    page: Page,
    places: Vec<String>,
}

/// What the kiosk is, and where it is offered.
///
/// # Errors
/// 404 where no municipality offers one.
pub async fn get_start(page: Page, gateway: web::Data<Gateway>) -> Result<HttpResponse, Problem> {
    offered(&gateway)?;
    let desk = gateway.papers().ok_or_else(Problem::not_found)?;
    let places = desk.with_kiosk().map(|issuer| format!("{} ({})", issuer.name, issuer.name_en)).collect();
    let view = StartView { page: page.titled("kiosk-title"), places };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// A document that can be asked for.
struct Offer {
    kind: &'static str,
    name: String,
    fee: String,
}

#[derive(Template)]
#[template(path = "kiosk/documents.html")]
struct ChooseView {
    page: Page,
    /// Why nothing can be asked for: the end of a key; empty where it can.
    refused: String,
    offers: Vec<Offer>,
}

/// Why somebody gets nothing here: the end of a text's key.
fn refusal(holder: &Holder) -> Option<&'static str> {
    match holder {
        Holder::Found(_) => None,
        Holder::Unknown => Some("kiosk-no-record"),
        Holder::NotCurrent => Some("kiosk-not-current"),
        Holder::PeriodEnded => Some("kiosk-period-ended"),
        Holder::NotOffered => Some("kiosk-not-offered"),
    }
}

/// What who is signed in may ask for.
///
/// # Errors
/// The way to the sign-in; 404 where no municipality offers a kiosk.
pub async fn get_documents(
    page: Page,
    browser: Browser,
    Resident(session): Resident,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    offered(&gateway)?;
    let page = frame(page.titled("kiosk-choose-title"), &browser);
    let holder = gateway.kiosk_holder(session.certificate_sha256).await?;
    let offers = match &holder {
        Holder::Found(found) => PaperKind::AT_KIOSK
            .iter()
            .map(|kind| Offer {
                kind: kind.as_str(),
                name: kind_name(&page, kind.as_str()),
                fee: page.with("kiosk-fee", "yen", found.1.fee),
            })
            .collect(),
        _ => Vec::new(),
    };
    let refused = refusal(&holder).map(|key| page.t(key).into_owned()).unwrap_or_default();
    let status = if refused.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    let view = ChooseView { page, refused, offers };
    Ok(view.page.respond(status, &view))
}

/// What is asked for.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    kind: String,
}

/// Asks for a document.
///
/// # Errors
/// 401, 403; 404 for another kind; the way back to the choice where nothing can be asked for.
pub async fn post_order(
    Resident(session): Resident,
    form: CsrfForm<Wanted>,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    offered(&gateway)?;
    let kind = kind_of(&form.0.kind)?;
    let Holder::Found(found) = gateway.kiosk_holder(session.certificate_sha256).await? else {
        return Ok(see_other("/kiosk/documents"));
    };
    let (record, issuer) = *found;
    let new = NewOrder {
        id: random_id().map_err(Problem::internal)?,
        account: session.account,
        record_id: record.id.to_string(),
        municipality: record.municipality,
        kind: kind.as_str(),
        fee: issuer.fee,
        at: gateway.clock.now(),
    };
    let order = gateway.store.order_add(new).await?;
    Ok(see_other(&address(&order.id)))
}
