//! /agency/procedures: an agency looks at the procedures that it takes, drafts among them, and goes through their pages as a
//! resident will. Nothing is kept and nothing can be filed: what was typed travels with the page.
use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use crate::gateway::Gateway;
use crate::procedures::definition::japan_day;
use crate::procedures::typed::Typed;
use crate::procedures::{Field as CatalogField, Procedure, State};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::AgencyUser;
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::answering::{Answering, Faults};
use crate::web::resident::drafts::DraftInput;
use crate::web::resident::municipalities::{self, Municipality};
use crate::web::resident::{fields, question};
use crate::web::staff::frame;

/// The most that travels with a page, in bytes.
const MOST_CARRIED: usize = 500_000;

/// A version of a procedure in the list.
struct Row {
    href: String,
    title: String,
    code: String,
    version: u32,
    state: String,
    colour: &'static str,
    dates: String,
}

#[derive(Template)]
#[template(path = "agency/procedures.html")]
struct ListView {
    page: Page,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "agency/procedure.html")]
struct OneView {
    page: Page,
    row: Row,
    is_draft: bool,
    about: Vec<(String, Vec<String>)>,
    questions: Vec<(String, Vec<String>)>,
    schema: String,
}

#[derive(Template)]
#[template(path = "agency/preview.html")]
struct PageView {
    page: Page,
    href: String,
    is_draft: bool,
    errors: Vec<SummaryLine>,
    progress: String,
    help: String,
    step: String,
    carried: String,
    fields: Vec<Field>,
    label_is_heading: bool,
    places: &'static [Municipality],
}

impl PageView {
    fn place_name(&self, place: &Municipality) -> &'static str {
        place.name(self.page.language)
    }
}

#[derive(Template)]
#[template(path = "agency/previewed.html")]
struct EndView {
    page: Page,
    href: String,
    is_draft: bool,
    lines: Vec<(String, String)>,
    documents: Vec<String>,
    answers: String,
    faults: Vec<String>,
}

fn row(page: &Page, gateway: &Gateway, procedure: &Procedure) -> Row {
    let today = japan_day(gateway.clock.now());
    let taken = gateway.catalog.in_force(procedure.code.as_str(), gateway.clock.now());
    let is_taken = taken.is_some_and(|taken| taken.form_version == procedure.form_version);
    let (key, colour) = match procedure.state {
        State::Draft => ("agency-procedure-draft", "yellow"),
        State::Published if is_taken => ("agency-procedure-taken", "green"),
        State::Published if procedure.valid_from.is_some_and(|from| today < from.0) => {
            ("agency-procedure-later", "blue")
        }
        State::Published => ("agency-procedure-over", "grey"),
    };
    let day = |day: Option<crate::procedures::definition::Day>| {
        day.map(|day| crate::procedures::kinds::date::Both(page.language, day.0).to_string()).unwrap_or_default()
    };
    let dates = match (procedure.valid_from, procedure.valid_to) {
        (None, None) => String::new(),
        (from, to) => format!("{} – {}", day(from), day(to)),
    };
    Row {
        href: format!("/agency/procedures/{}/{}", procedure.code, procedure.form_version),
        title: procedure.title.get(page.language).to_owned(),
        code: procedure.code.to_string(),
        version: procedure.form_version,
        state: page.t(key).into_owned(),
        colour,
        dates,
    }
}

/// GET /agency/procedures
///
/// # Errors
/// None but faults.
pub async fn list_procedures(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let page = frame(page, &browser, &user.user.account).titled("agency-procedures-title");
    let own = gateway.catalog.all().filter(|procedure| procedure.is_taken_by(&user.agency));
    let rows = own.map(|procedure| row(&page, &gateway, procedure)).collect();
    let view = ListView { page, rows };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// The version that an address names, where this agency takes it.
fn own_version(gateway: &Gateway, user: &AgencyUser, path: &(String, u32)) -> Result<Arc<Procedure>, Problem> {
    let found = gateway.catalog.version(&path.0, path.1);
    found.filter(|procedure| procedure.is_taken_by(&user.agency)).cloned().ok_or_else(Problem::not_found)
}

/// GET /agency/procedures/{code}/{version}
///
/// # Errors
/// 404 for a version that is not there, or that this agency does not take.
pub async fn get_procedure(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    path: web::Path<(String, u32)>,
) -> Result<HttpResponse, Problem> {
    let procedure = own_version(&gateway, &user, &path)?;
    let title = procedure.title.get(page.language);
    let page = frame(page, &browser, &user.user.account).named(title);
    let all = page.t("agency-procedures-title");
    let page = page.within(all);
    let view = OneView {
        row: row(&page, &gateway, &procedure),
        is_draft: procedure.state == State::Draft,
        about: about(&page, &procedure),
        questions: questions(&page, &procedure),
        schema: serde_json::to_string_pretty(&procedure.schema).unwrap_or_default(),
        page,
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn about(page: &Page, procedure: &Procedure) -> Vec<(String, Vec<String>)> {
    let text = |text: &crate::procedures::Text| text.get(page.language).to_owned();
    let law = |basis: &crate::procedures::LegalBasis| format!("{} {}", text(&basis.law), text(&basis.clause));
    let rows = [
        ("procedure-agency", vec![text(&procedure.agency)]),
        ("procedure-who", vec![text(&procedure.who)]),
        ("procedure-gets", vec![text(&procedure.agency_gets)]),
        ("procedure-law", procedure.legal_basis.iter().map(law).collect()),
        ("procedure-documents-title", procedure.attachments.documents.iter().map(|one| text(&one.label)).collect()),
    ];
    let filled = |lines: &[String]| lines.iter().any(|line| !line.is_empty());
    let shown = rows.into_iter().filter(|(_, lines)| filled(lines));
    shown.map(|(key, lines)| (page.t(key).into_owned(), lines)).collect()
}

/// Every page with the labels on it.
fn questions(page: &Page, procedure: &Procedure) -> Vec<(String, Vec<String>)> {
    let label = |field: &CatalogField| format!("{} ({})", field.label.get(page.language), field.kind.word());
    let one = |asked: &crate::procedures::QuestionPage| {
        let inner = procedure.fields_of(asked).flat_map(|field| &field.fields);
        let labels = procedure.fields_of(asked).map(label).chain(inner.map(label)).collect();
        let title = asked.title.get(page.language);
        (if title.is_empty() { asked.id.clone() } else { title.to_owned() }, labels)
    };
    procedure.pages.iter().map(one).collect()
}

/// POST /agency/procedures/{code}/{version}/preview: the first page, or the one after that which was posted.
///
/// # Errors
/// 404 as [`get_procedure`]; 400 for a form that is none of ours.
pub async fn post_preview(
    gateway: web::Data<Gateway>,
    user: AgencyUser,
    page: Page,
    browser: Browser,
    path: web::Path<(String, u32)>,
    posted: CsrfForm<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let procedure = own_version(&gateway, &user, &path)?;
    let posted = question::bounded(&posted.0)?;
    let page = frame(page, &browser, &user.user.account);
    let today = japan_day(gateway.clock.now());
    let mut input = example(&user);
    input.answers = carried(posted);
    let mut answering = Answering::of(page.language, procedure.clone(), input, today);
    let step = posted.get("step").map(String::as_str).unwrap_or_default();
    let mut faults = Faults::new();
    if procedure.page(step).is_some() {
        let (prefix, asked) = asked_on(&procedure, step)?;
        fields::read_answers(page.language, &mut answering, &asked, &prefix, posted);
        answering = Answering::of(page.language, procedure.clone(), answering.input, today);
        faults = answering.faults_of(step);
    }
    let next = if faults.is_empty() { after(&answering, step) } else { Some(step.to_owned()) };
    match next {
        Some(step) => show_page(page, &answering, &step, &faults),
        None => Ok(show_end(page, &answering)),
    }
}

/// The page after one; the first where none was posted.
fn after(answering: &Answering, step: &str) -> Option<String> {
    // The pages that every form begins with are those of residents; the example stands for them.
    let steps: Vec<&str> = answering.steps().into_iter().skip(2).collect();
    let at = steps.iter().position(|one| *one == step).map_or(0, |at| at + 1);
    steps.get(at).map(|step| (*step).to_owned())
}

/// The fields of a page; a group is asked for one entry.
fn asked_on<'a>(procedure: &'a Procedure, step: &str) -> Result<(String, Vec<&'a CatalogField>), Problem> {
    let fields = question::fields_of(procedure, step)?;
    match fields.iter().find(|field| !field.fields.is_empty()) {
        Some(group) => Ok((format!("{}/0/", group.name()), group.fields.iter().collect())),
        None => Ok((String::new(), fields)),
    }
}

/// Somebody who could file it.
fn example(user: &AgencyUser) -> DraftInput {
    DraftInput {
        recipient: user.agency.to_string(),
        name: "見本　花子".to_owned(),
        date_of_birth: "1980-12-31".to_owned(),
        sex: "female".to_owned(),
        address: "見本県見本市見本町1番地".to_owned(),
        ..DraftInput::default()
    }
}

/// What was typed on the pages before; what cannot be read is nothing.
fn carried(posted: &BTreeMap<String, String>) -> Typed {
    let text = posted.get("carried").filter(|text| text.len() <= MOST_CARRIED);
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn show_page(page: Page, answering: &Answering, step: &str, faults: &Faults) -> Result<HttpResponse, Problem> {
    let procedure = &answering.procedure;
    let asked = procedure.page(step).ok_or_else(Problem::not_found)?;
    let (prefix, inner) = asked_on(procedure, step)?;
    let mut fields = fields::answer_fields(page.language, answering, &inner, &prefix, faults);
    let title = asked.title.get(page.language);
    let label_is_heading = title.is_empty() && fields.len() == 1;
    if let (true, Some(field)) = (label_is_heading, fields.first_mut()) {
        field.heading = true;
    }
    let group = procedure.group_of(asked).map(|group| group.label.get(page.language));
    let heading = if title.is_empty() { group.unwrap_or_default() } else { title };
    let errors = summary(&fields);
    let (at, of) = answering.progress(step);
    let progress = page.language.with_all("form-progress", &[("step", &at), ("of", &of)]);
    let label = fields.first().map(|field| field.label.clone()).unwrap_or_default();
    let whole = procedure.title.get(page.language);
    let heading = if heading.is_empty() { label } else { heading.to_owned() };
    let view = PageView {
        href: format!("/agency/procedures/{}/{}", procedure.code, procedure.form_version),
        is_draft: procedure.state == State::Draft,
        progress,
        help: asked.help.get(page.language).to_owned(),
        step: step.to_owned(),
        carried: serde_json::to_string(&answering.input.answers).unwrap_or_default(),
        label_is_heading,
        places: if fields.iter().any(Field::is_municipality) { municipalities::all() } else { &[] },
        page: page.named(heading).within(whole).errors(!errors.is_empty()),
        fields,
        errors,
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(view.page.respond(status, &view))
}

fn show_end(page: Page, answering: &Answering) -> HttpResponse {
    let (procedure, answers) = (&answering.procedure, answering.answers());
    let shown = procedure.shown(page.language, &answers).into_iter();
    let documents = procedure.wanted_documents(&answers).into_iter();
    let view = EndView {
        href: format!("/agency/procedures/{}/{}", procedure.code, procedure.form_version),
        is_draft: procedure.state == State::Draft,
        lines: shown.map(|one| (one.label, one.value)).collect(),
        documents: documents.map(|one| one.label.get(page.language).to_owned()).collect(),
        answers: crate::procedures::kinds::text::visible(&serde_json::to_string_pretty(&answers).unwrap_or_default()),
        faults: answering.faults.values().cloned().collect(),
        page: page.titled("agency-preview-end-title"),
    };
    view.page.respond(StatusCode::OK, &view)
}
