//! /clerk/records/{id}/events/{kind}: what happened to a resident is noted.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::fields;
use super::typed::Typed;
use super::{change, own_record, permit_or_404, titled};
use crate::gateway::Gateway;
use crate::gateway::registry::note::{Happening, Noter};
use crate::registry::record::ResidentRecord;
use crate::store::registry::{RegistryOutcome, RegistryRefusal};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::ClerkUser;
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::sign_in::see_other;

/// `?for=`.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default, rename = "for")]
    purpose: String,
}

#[derive(Template)]
#[template(path = "clerk/form.html")]
pub(super) struct FormView {
    pub page: Page,
    pub action: String,
    /// Where the form came from, and where one goes without sending it.
    pub back: String,
    pub purpose: String,
    pub seen: u64,
    pub about: String,
    pub fields: Vec<Field>,
    pub errors: Vec<SummaryLine>,
}

/// The summary: a refusal of the whole first, then the fields.
pub(super) fn errors_of(page: &Page, fields: &[Field], refusal: Option<&RegistryRefusal>) -> Vec<SummaryLine> {
    let whole = refusal.filter(|refusal| !matches!(refusal, RegistryRefusal::Parts(_)));
    let text = |refusal: &RegistryRefusal| page.t(&format!("clerk-dyn-refused-{}", refusal.code())).into_owned();
    let line = |refusal| SummaryLine { id: String::new(), message: text(refusal) };
    whole.map(line).into_iter().chain(summary(fields)).collect()
}

fn view(
    page: Page,
    record: &ResidentRecord,
    (kind, purpose, seen): (&str, &str, u64),
    fields: Vec<Field>,
    refusal: Option<&RegistryRefusal>,
) -> FormView {
    let errors = errors_of(&page, &fields, refusal);
    let title = page.t(&format!("clerk-dyn-event-{kind}")).into_owned();
    FormView {
        action: format!("/clerk/records/{}/events/{kind}", record.id),
        back: format!("/clerk/records/{}?for={purpose}", record.id),
        purpose: purpose.to_owned(),
        seen,
        about: record.name.written.clone(),
        page: page.named(title).errors(!errors.is_empty()),
        fields,
        errors,
    }
}

/// GET /clerk/records/{id}/events/{kind}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_event(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    path: web::Path<(String, String)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (id, kind) = path.into_inner();
    let permit = permit_or_404(&asked.purpose)?;
    let record = own_record(&gateway, &user, &id).await?;
    if !fields::is_possible(&record, &kind) {
        return Err(Problem::not_found());
    }
    super::look(&gateway, &user, permit, "view", vec![record.id]).await?;
    let page = titled(page, &browser, &user, "clerk-record-title");
    let fields = fields::event(&page, &record, &kind);
    let view = view(page, &record, (&kind, &asked.purpose, record.revision), fields, None);
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// POST /clerk/records/{id}/events/{kind}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn post_event(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    path: web::Path<(String, String)>,
    form: CsrfForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (id, kind) = path.into_inner();
    let mut typed = Typed::new(form.0);
    let purpose = typed.text(super::FOR).to_owned();
    let permit = permit_or_404(&purpose)?;
    let record = own_record(&gateway, &user, &id).await?;
    if !fields::EVENTS.contains(&kind.as_str()) {
        return Err(Problem::not_found());
    }
    let seen = typed.text("seen").parse().unwrap_or_default();
    let noter = Noter { municipality: user.municipality, name: user.user.account.actor(), permit };
    let refusal = match noted(&gateway, noter, &record, (&kind, seen), &mut typed).await? {
        Some(Ok(after)) => return Ok(see_other(&format!("/clerk/records/{}?for={purpose}&done=1", after.id))),
        Some(Err(refusal)) => Some(refusal),
        None => None,
    };
    if let Some(RegistryRefusal::Parts(faults)) = &refusal {
        change::mark(&mut typed, faults);
    }
    let page = titled(page, &browser, &user, "clerk-record-title");
    let fields = typed.filled(&page, fields::event(&page, &record, &kind));
    let view = view(page, &record, (&kind, &purpose, seen), fields, refusal.as_ref());
    Ok(view.page.respond(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// None where what was typed cannot be read.
async fn noted(
    gateway: &Gateway,
    noter: Noter,
    record: &ResidentRecord,
    (kind, seen): (&str, u64),
    typed: &mut Typed,
) -> Result<Option<Result<ResidentRecord, RegistryRefusal>>, Problem> {
    let on = typed.day("on");
    let outcome: RegistryOutcome<ResidentRecord> = if kind == "code_changed" {
        let Some(on) = on else { return Ok(None) };
        gateway.registry_change_code(noter, record.id, seen, on).await
    } else {
        let change = change::event(typed, kind, gateway.clock.now());
        let (Some(on), Some(change)) = (on, change) else { return Ok(None) };
        gateway.registry_note_event(noter, Happening { record: record.id, seen, on, change }).await
    };
    Ok(Some(outcome?))
}
