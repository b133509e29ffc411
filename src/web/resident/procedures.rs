//! `/procedures`: the catalog for people, and where an application begins.
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::draft_list::{self, DraftLine};
use super::drafts;
use crate::gateway::Gateway;
use crate::procedures::Procedure;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::resident::MaybeResident;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// A procedure as the list and its own page show it.
struct ProcedureView {
    code: String,
    title: String,
    summary: String,
    agency: String,
    /// The language of its texts where it is not the page's; a procedure's texts are written in the same languages.
    lang: Option<&'static str>,
    fee: String,
    attachments: u32,
    /// Labels and texts: who may file, what the agency gets, the law.
    about: Vec<(&'static str, Vec<String>)>,
    /// The documents that are asked for, each with whether it depends on the answers.
    documents: Vec<(String, String)>,
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
            lang: procedure.title.mark(page.language),
            fee,
            attachments: procedure.attachments.at_most,
            about: about(page, procedure),
            documents: documents(page, procedure),
        }
    }
}

/// What else people should know beforehand: keys of labels, and texts.
fn about(page: &Page, procedure: &Procedure) -> Vec<(&'static str, Vec<String>)> {
    let text = |text: &crate::procedures::Text| text.get(page.language).to_owned();
    let law = |basis: &crate::procedures::LegalBasis| format!("{} {}", text(&basis.law), text(&basis.clause));
    let deadline =
        |one: &crate::procedures::deadline::Deadline| format!("{} ({})", text(&one.label), text(&one.clause));
    let rows = [
        ("procedure-who", vec![text(&procedure.who)]),
        ("procedure-gets", vec![text(&procedure.agency_gets)]),
        ("procedure-law", procedure.legal_basis.iter().map(law).collect()),
        ("procedure-registry", replaced(page, procedure)),
        ("lives-deadline-title", procedure.deadlines.iter().map(deadline).collect()),
        (
            "lives-office-title",
            procedure.office(None).map(|office| super::office::lines(page.language, office)).unwrap_or_default(),
        ),
    ];
    let filled = |lines: &[String]| lines.iter().any(|line| !line.is_empty());
    rows.into_iter().filter(|(_, lines)| filled(lines)).collect()
}

/// What need not be attached, because the agency asks the resident registry.
fn replaced(page: &Page, procedure: &Procedure) -> Vec<String> {
    let checked = procedure.registry_check.iter().filter(|_| page.has_registry);
    checked.map(|check| check.replaces.get(page.language).to_owned()).collect()
}

fn documents(page: &Page, procedure: &Procedure) -> Vec<(String, String)> {
    let one = |document: &crate::procedures::WantedDocument| {
        let key = match (document.optional, document.needed_if.is_empty()) {
            (true, _) => "procedure-document-optional",
            (false, true) => "procedure-document-needed",
            (false, false) => "procedure-document-depends",
        };
        (document.label.get(page.language).to_owned(), page.t(key).into_owned())
    };
    procedure.attachments.documents.iter().map(one).collect()
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
    let taken = gateway.catalog.taken_at(gateway.clock.now());
    let procedures = taken.map(|procedure| ProcedureView::new(&page, procedure)).collect();
    let view = ListView { page, procedures };
    view.page.respond(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "resident/procedure.html")]
struct OneView {
    page: Page,
    procedure: ProcedureView,
    /// Drafts of it that can be gone on with.
    open: Vec<DraftLine>,
    /// How many can be restored.
    over: usize,
}

/// One procedure.
///
/// # Errors
/// 404 for a code that is none.
pub async fn get_procedure(
    page: Page,
    browser: Browser,
    resident: MaybeResident,
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let procedure = gateway.catalog.in_force(&code, gateway.clock.now()).ok_or_else(Problem::not_found)?;
    let all = draft_list::lines(&page, (&browser, &resident), (&gateway, &state), Some(&code)).await?;
    let (over, open): (Vec<_>, Vec<_>) = all.into_iter().partition(|draft| draft.is_over);
    let title = procedure.title.get(page.language);
    let page = page.named(title).csrf(browser.csrf_token());
    let procedure = ProcedureView::new(&page, procedure);
    let view = OneView { page, procedure, open, over: over.len() };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// Nothing but the token.
#[derive(serde::Deserialize)]
pub struct NoFields {}

/// What starting says.
#[derive(serde::Deserialize)]
pub struct StartForm {
    /// `yes`: a further draft beside the one that is there.
    #[serde(default)]
    anew: String,
}

/// Begins an application. Where one of the same procedure is open already, that one is offered instead, unless another is
/// asked for.
///
/// # Errors
/// 404 for a code that is none; 409 for too many drafts; 503.
pub async fn post_start(
    page: Page,
    (browser, resident): (Browser, MaybeResident),
    gateway: web::Data<Gateway>,
    state: web::Data<WebState>,
    code: web::Path<String>,
    form: CsrfForm<StartForm>,
) -> Result<HttpResponse, Problem> {
    let procedure = gateway.catalog.in_force(&code, gateway.clock.now()).ok_or_else(Problem::not_found)?;
    if form.0.anew != "yes" {
        let there = draft_list::lines(&page, (&browser, &resident), (&gateway, &state), Some(&code)).await?;
        if there.iter().any(|draft| !draft.is_over) {
            return Ok(see_other(&format!("/procedures/{}", procedure.code.as_str())));
        }
    }
    let id = drafts::begin(&gateway, &state, (&browser, &resident), procedure.code.as_str()).await?;
    Ok(see_other(&format!("/apply/{id}/form")))
}

/// 303: what was posted is done, and this is where to look.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
