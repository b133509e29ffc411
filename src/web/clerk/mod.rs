//! The pages of a municipality's clerk: residents found, looked at and entered, and who looked. Every look has a purpose and a
//! clause of the Act, and is noted before anything is shown. What somebody looks for is in no address.
pub mod accesses;
mod change;
pub mod enter;
pub mod event;
mod fields;
pub mod letters;
pub mod matches;
pub mod record;
pub mod search;
mod typed;
pub mod words;

use crate::gateway::Gateway;
use crate::gateway::registry::Registry;
use crate::gateway::registry::look::{Look, LookRefused};
use crate::registry::purpose::{Asker, Permit, PurposeFault, permit, purposes_of};
use crate::registry::record::{RecordId, ResidentRecord};
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::ClerkUser;
use crate::web::forms::{Choice, Field, FieldKind};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::frame;

/// The field, and the query's key, that says for what somebody looks: `move-within.bbra-23`.
pub const FOR: &str = "for";

/// The registry of a gateway that has one; the extractor of [`ClerkUser`] has asked already.
fn registry(gateway: &Gateway) -> Result<&Registry, Problem> {
    gateway.registry().ok_or_else(Problem::not_found)
}

fn titled(page: Page, browser: &Browser, user: &ClerkUser, title: &str) -> Page {
    frame(page, browser, &user.user.account).titled(title)
}

/// Reads a purpose with its clause.
fn permit_of(text: &str) -> Result<Permit, PurposeFault> {
    let (purpose, basis) = text.split_once('.').ok_or(PurposeFault::NoPurpose)?;
    permit(Asker::Clerk, purpose, basis, false)
}

/// The same of a form or an address that this gateway made: another is not found.
fn permit_or_404(text: &str) -> Result<Permit, Problem> {
    permit_of(text).map_err(|_| Problem::not_found())
}

fn for_text(permit: &Permit) -> String {
    format!("{}.{}", permit.purpose().code, permit.basis().code)
}

/// A purpose and its clause in the page's language.
fn words_of(page: &Page, purpose: &str, basis: &str) -> (String, String) {
    (words::purpose(page, purpose), words::basis(page, basis))
}

/// The list of purposes to choose from.
fn purpose_field(page: &Page, chosen: &str) -> Field {
    let choices = purposes_of(Asker::Clerk).flat_map(|purpose| purpose.bases.iter().map(move |basis| (purpose, basis)));
    let choices = choices.map(|(purpose, basis)| {
        let (words, clause) = words_of(page, purpose.code, basis.code);
        Choice { value: format!("{}.{}", purpose.code, basis.code), label: format!("{words} — {clause}") }
    });
    let field = Field::text(FOR, page.t("clerk-field-for")).kind(FieldKind::Select).choices(choices.collect());
    field.hint(page.t("clerk-field-for-hint")).value(chosen)
}

/// The record, where it is of the clerk's municipality. Another's is not found, whoever asks.
async fn own_record(gateway: &Gateway, user: &ClerkUser, id: &str) -> Result<ResidentRecord, Problem> {
    let id: RecordId = id.parse().map_err(|_| Problem::not_found())?;
    let found = gateway.store.registry_record(registry(gateway)?.vault(), id).await?;
    found.filter(|record| record.municipality == user.municipality).ok_or_else(Problem::not_found)
}

/// Notes a look.
async fn look(
    gateway: &Gateway,
    user: &ClerkUser,
    permit: Permit,
    action: &'static str,
    records: Vec<RecordId>,
) -> Result<(), Problem> {
    let viewer = user.user.account.actor();
    let look = Look { municipality: user.municipality, viewer, permit, action, records };
    gateway.registry_look(look).await.map_err(|refused| match refused {
        LookRefused::Store(error) => Problem::from(error),
        LookRefused::TooMany => Problem::new(
            RejectionCode::TooManyRequests,
            "Too many records were looked at within an hour. Data protection is told of it; go on later.",
        )
        .retry_after(3600),
    })
}
