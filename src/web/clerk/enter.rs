//! /clerk/new: a person is entered: moved in, born, or registered by the municipality itself.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::event::{FormView, errors_of};
use super::fields;
use super::typed::Typed;
use super::{FOR, change, for_text, permit_of, purpose_field, registry, titled};
use crate::gateway::Gateway;
use crate::gateway::registry::note::{Beginning, Noter};
use crate::registry::event::Change;
use crate::registry::purpose::Permit;
use crate::registry::record::ResidentRecord;
use crate::store::registry::RegistryRefusal;
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::ClerkUser;
use crate::web::forms::Field;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::sign_in::see_other;

/// What a link to the form says beforehand.
#[derive(Debug, Deserialize)]
pub struct Beforehand {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    household: String,
}

fn all_fields(page: &Page) -> Vec<Field> {
    [vec![purpose_field(page, "")], fields::beginning(page)].concat()
}

fn view(page: Page, fields: Vec<Field>, refusal: Option<&RegistryRefusal>) -> FormView {
    let errors = errors_of(&page, &fields, refusal);
    let page = page.errors(!errors.is_empty());
    let (action, back) = ("/clerk/new".to_owned(), "/clerk".to_owned());
    FormView { page, action, back, purpose: String::new(), seen: 0, about: String::new(), fields, errors }
}

/// GET /clerk/new
///
/// # Errors
/// None; the extractors'.
pub async fn get_new(
    user: ClerkUser,
    page: Page,
    browser: Browser,
    before: web::Query<Beforehand>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page, &browser, &user, "nav-clerk-new");
    let Beforehand { kind, household } = before.into_inner();
    let typed = Typed::new(vec![("kind".to_owned(), kind), ("household".to_owned(), household)]);
    let fields = typed.filled(&page, all_fields(&page));
    let view = view(page, fields, None);
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// POST /clerk/new
///
/// # Errors
/// A store that does not answer.
pub async fn post_new(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    form: CsrfForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let mut typed = Typed::new(form.0);
    let permit = permit_of(typed.text(FOR));
    if let Err(fault) = &permit {
        typed.fault(FOR, fault.code());
    }
    let refusal = match entered(&gateway, &user, permit.ok(), &mut typed).await? {
        Some(Ok((record, permit))) => {
            let purpose = for_text(&permit);
            return Ok(see_other(&format!("/clerk/records/{}?for={purpose}&done=1", record.id)));
        }
        Some(Err(refusal)) => Some(refusal),
        None => None,
    };
    if let Some(RegistryRefusal::Parts(faults)) = &refusal {
        change::mark(&mut typed, faults);
    }
    let page = titled(page, &browser, &user, "nav-clerk-new");
    let fields = typed.filled(&page, all_fields(&page));
    let view = view(page, fields, refusal.as_ref());
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

type Entered = Result<(ResidentRecord, Permit), RegistryRefusal>;

/// None where what was typed cannot be read.
async fn entered(
    gateway: &Gateway,
    user: &ClerkUser,
    permit: Option<Permit>,
    typed: &mut Typed,
) -> Result<Option<Entered>, Problem> {
    let rule = registry(gateway)?.vault().rule();
    let kind = typed.read("kind", "required", |text| fields::BEGINNINGS.into_iter().find(|kind| *kind == text));
    let read = change::beginning(typed, rule, gateway.clock.now());
    let (Some(permit), Some(kind), Some((mut entry, code))) = (permit, kind, read) else { return Ok(None) };
    let on = entry.resident_since;
    let noter = Noter { municipality: user.municipality, name: user.user.account.actor(), permit };
    let beginning: Beginning = Box::new(move |code| {
        entry.code = code;
        let entry = Box::new(entry);
        match kind {
            "birth" => Change::Birth { entry },
            "move_in" => Change::MoveIn { entry },
            _ => Change::Registered { entry },
        }
    });
    let outcome = gateway.registry_enter(noter, on, code, beginning).await?;
    Ok(Some(outcome.map(|record| (record, permit))))
}
