//! `/procedures`: the catalog for people, and where an application begins.
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::drafts;
use crate::gateway::Gateway;
use crate::procedures::Procedure;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// A procedure as the list and its own page show it.
struct ProcedureView {
    code: String,
    title: String,
    summary: String,
    agency: String,
    fee: String,
    attachments: u32,
}

impl ProcedureView {
    fn new(page: &Page, procedure: &Procedure) -> Self {
        let fee = match procedure.fee_yen {
            0 => page.t("procedure-free").into_owned(),
            yen => page.with("procedure-yen", "yen", yen),
        };
        Self {
            code: procedure.code.as_str().to_owned(),
            title: procedure.title.get(page.language).to_owned(),
            summary: procedure.summary.get(page.language).to_owned(),
            agency: procedure.agency.get(page.language).to_owned(),
            fee,
            attachments: procedure.attachments.at_most,
        }
    }
}

#[derive(Template)]
#[template(path = "resident/procedures.html")]
struct ListView {
    page: Page,
    procedures: Vec<ProcedureView>,
}

/// Every procedure.
pub async fn list_procedures(page: Page, gateway: web::Data<Gateway>) -> HttpResponse {
    let page = page.titled("procedures-title");
    let procedures = gateway.catalog.iter().map(|procedure| ProcedureView::new(&page, procedure)).collect();
    let view = ListView { page, procedures };
    view.page.respond(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "resident/procedure.html")]
struct OneView {
    page: Page,
    procedure: ProcedureView,
    /// Drafts of it that this browser has open: address and end.
    open: Vec<(String, String)>,
}

/// One procedure.
///
/// # Errors
/// 404 for a code that is none.
pub async fn get_procedure(
    page: Page,
    browser: Browser,
    gateway: web::Data<Gateway>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let procedure = gateway.catalog.get(&code).ok_or_else(Problem::not_found)?;
    let open = gateway.store.drafts_of(browser.id_sha256(), gateway.clock.now()).await?;
    let mine = open.into_iter().filter(|(_, of, _)| *of == *code);
    let open = mine.map(|(id, _, end)| (id, super::dates::moment(page.language, end))).collect();
    let title = procedure.title.get(page.language);
    let page = page.named(title).csrf(browser.csrf_token());
    let procedure = ProcedureView::new(&page, procedure);
    let view = OneView { page, procedure, open };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Nothing but the token.
#[derive(serde::Deserialize)]
pub struct NoFields {}

/// Begins an application.
///
/// # Errors
/// 404 for a code that is none; 409 for too many drafts; 503.
pub async fn post_start(
    browser: Browser,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    code: web::Path<String>,
    _form: CsrfForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let procedure = gateway.catalog.get(&code).ok_or_else(Problem::not_found)?;
    let id = drafts::begin(&gateway, &state, &browser, procedure.code.as_str()).await?;
    Ok(see_other(&format!("/apply/{id}/form")))
}

/// 303: what was posted is done, and this is where to look.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
