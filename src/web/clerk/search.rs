//! GET /clerk and POST /clerk/search: a resident is looked for. The form is posted, so that no name is in an address.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::typed::Typed;
use super::{for_text, look, purpose_field, registry, titled};
use crate::gateway::Gateway;
use crate::registry::code::ResidentRecordCode;
use crate::registry::purpose::{Asker, Permit, PurposeFault, permit};
use crate::registry::record::ResidentRecord;
use crate::store::registry::records::RecordSearch;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::ClerkUser;
use crate::web::forms::{Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The most that are shown: who finds more has to say more.
const MOST: i64 = 20;

struct Row {
    href: String,
    name: String,
    kana: String,
    date_of_birth: String,
    address: String,
    standing: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "clerk/search.html")]
struct SearchView {
    page: Page,
    municipality: String,
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
    found: Option<Vec<Row>>,
    more: bool,
}

fn fields(page: &Page) -> Vec<Field> {
    vec![
        purpose_field(page, ""),
        Field::text("name", page.t("clerk-search-name"))
            .hint(page.t("clerk-search-name-hint"))
            .max_length(100)
            .optional(),
        Field::text("date_of_birth", page.t("clerk-dyn-field-date_of_birth"))
            .kind(FieldKind::Date)
            .hint(page.t("clerk-field-date-hint"))
            .optional(),
        Field::text("code", page.t("clerk-dyn-field-code"))
            .kind(FieldKind::Digits)
            .hint(page.t("clerk-search-code-hint"))
            .autocomplete("off")
            .optional(),
    ]
}

/// What is looked for.
enum Wanted {
    Person(RecordSearch),
    Code(ResidentRecordCode),
}

/// What was typed, read; the fault of a purpose stands at its field.
fn read(typed: &mut Typed, gateway: &Gateway) -> Option<(Permit, Wanted)> {
    let code = typed.optional("code");
    let (purpose, basis) = typed.text(super::FOR).split_once('.').unwrap_or_default();
    let permit = match permit(Asker::Clerk, purpose, basis, code.is_some()) {
        Ok(permit) => Some(permit),
        Err(fault) => {
            let field = if fault == PurposeFault::CodeForbidden { "code" } else { super::FOR };
            typed.fault(field, fault.code());
            None
        }
    };
    let rule = gateway.registry()?.vault().rule();
    let wanted = match code {
        Some(text) => match ResidentRecordCode::parse(&text, rule) {
            Ok(code) => Wanted::Code(code),
            Err(fault) => {
                typed.fault("code", fault.code());
                return None;
            }
        },
        None => {
            let date_of_birth = match typed.optional("date_of_birth") {
                Some(_) => typed.read("date_of_birth", "date", |text| text.parse().ok()),
                None => None,
            };
            let name = typed.optional("name");
            if name.is_none() && date_of_birth.is_none() && !typed.is_wrong() {
                typed.fault("name", "name-or-birth");
            }
            Wanted::Person(RecordSearch { name, date_of_birth, all: true })
        }
    };
    permit.filter(|_| !typed.is_wrong()).map(|permit| (permit, wanted))
}

/// GET /clerk
///
/// # Errors
/// A store that does not answer.
pub async fn get_search(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
) -> Result<HttpResponse, Problem> {
    let page = titled(page, &browser, &user, "clerk-search-title");
    let fields = fields(&page);
    show(&gateway, &user, page, fields, None)
}

/// POST /clerk/search
///
/// # Errors
/// A store that does not answer; too many looks.
pub async fn post_search(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    form: CsrfForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page, &browser, &user, "clerk-search-title");
    let mut typed = Typed::new(form.0);
    let read = read(&mut typed, &gateway);
    let fields = typed.filled(&page, fields(&page));
    let Some((permit, wanted)) = read else { return show(&gateway, &user, page, fields, None) };
    let (store, vault) = (&gateway.store, registry(&gateway)?.vault());
    let mut found = match wanted {
        Wanted::Person(search) => store.registry_search(vault, user.municipality, search, MOST + 1).await?,
        Wanted::Code(code) => store.registry_by_code(vault, code).await?,
    };
    found.retain(|record| record.municipality == user.municipality);
    let more = found.len() > MOST as usize;
    found.truncate(MOST as usize);
    look(&gateway, &user, permit, "search", found.iter().map(|record| record.id).collect()).await?;
    let rows = found.iter().map(|record| row(&page, record, &for_text(&permit))).collect();
    show(&gateway, &user, page, fields, Some((rows, more)))
}

fn row(page: &Page, record: &ResidentRecord, purpose: &str) -> Row {
    Row {
        href: format!("/clerk/records/{}?for={purpose}", record.id),
        name: record.name.written.clone(),
        kana: record.name.kana.clone().or_else(|| record.name.alias.clone()).unwrap_or_default(),
        date_of_birth: record.date_of_birth.to_string(),
        address: record.address.text.clone(),
        standing: page.t(&format!("clerk-dyn-standing-{}", record.standing.as_str())).into_owned(),
        is_current: record.is_current(),
    }
}

fn show(
    gateway: &Gateway,
    user: &ClerkUser,
    page: Page,
    fields: Vec<Field>,
    found: Option<(Vec<Row>, bool)>,
) -> Result<HttpResponse, Problem> {
    let municipality = registry(gateway)?.municipality(user.municipality).ok_or_else(Problem::not_found)?;
    let name = if page.language.is_english() { &municipality.name_latin } else { &municipality.name };
    let (municipality, errors) = (name.clone(), summary(&fields));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (found, more) = found.map_or((None, false), |(rows, more)| (Some(rows), more));
    let page = page.errors(!errors.is_empty());
    let view = SearchView { page, municipality, fields, errors, found, more };
    Ok(view.page.respond(status, &view))
}
