//! GET /clerk/records/{id}: a record with its history and who looked at it. Without a purpose it asks for one and shows nothing.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::accesses::{AccessLine, line as access_line};
use super::{for_text, look, own_record, permit_of, purpose_field, registry, titled, words_of};
use crate::gateway::Gateway;
use crate::registry::event::Event;
use crate::registry::record::ResidentRecord;
use crate::web::extract::csrf::Browser;
use crate::web::extract::session::ClerkUser;
use crate::web::forms::Field;
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::staff::words_of_time;

/// `?for=` and what was just done.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default, rename = "for")]
    purpose: String,
    #[serde(default)]
    done: u8,
}

#[derive(Template)]
#[template(path = "clerk/purpose.html")]
struct PurposeView {
    page: Page,
    id: String,
    field: Field,
}

struct HistoryLine {
    number: u64,
    on: String,
    kind: String,
    noted_at: String,
    noted_by: String,
}

struct Member {
    href: String,
    name: String,
    relation: String,
}

#[derive(Template)]
#[template(path = "clerk/record.html")]
struct RecordView {
    page: Page,
    id: String,
    purpose: String,
    purpose_words: String,
    done: bool,
    standing: String,
    is_current: bool,
    rows: Vec<(String, String)>,
    events: Vec<(String, String)>,
    history: Vec<HistoryLine>,
    members: Vec<Member>,
    household: String,
    accesses: Vec<AccessLine>,
}

/// GET /clerk/records/{id}
///
/// # Errors
/// 404; a store that does not answer; too many looks.
pub async fn get_record(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page, &browser, &user, "clerk-record-title");
    let record = own_record(&gateway, &user, &id).await?;
    let Ok(permit) = permit_of(&asked.purpose) else {
        let (field, id) = (purpose_field(&page, ""), record.id.to_string());
        let view = PurposeView { page, id, field };
        return Ok(view.page.respond(StatusCode::OK, &view));
    };
    look(&gateway, &user, permit, "view", vec![record.id]).await?;
    let vault = registry(&gateway)?.vault();
    let history = gateway.store.registry_history(vault, record.id).await?;
    let household = gateway.store.registry_household(vault, record.household).await?;
    let accesses = gateway.store.registry_accesses_of(record.id, None, 50).await?;
    let purpose = for_text(&permit);
    let members = household.iter().filter(|member| member.id != record.id && member.municipality == user.municipality);
    let view = RecordView {
        id: record.id.to_string(),
        purpose_words: words_of(&page, permit.purpose().code, permit.basis().code).0,
        done: asked.done == 1,
        standing: page.t(&format!("clerk-dyn-standing-{}", record.standing.as_str())).into_owned(),
        is_current: record.is_current(),
        rows: rows(&page, &record),
        events: possible(&page, &record),
        history: history.iter().rev().map(|event| history_line(&page, event)).collect(),
        members: members.map(|member| member_line(member, &purpose)).collect(),
        household: record.household.to_string(),
        accesses: accesses.iter().map(|access| access_line(&page, access)).collect(),
        purpose,
        page,
    };
    Ok(view.page.respond(StatusCode::OK, &view))
}

fn member_line(member: &ResidentRecord, purpose: &str) -> Member {
    Member {
        href: format!("/clerk/records/{}?for={purpose}", member.id),
        name: member.name.written.clone(),
        relation: member.relation.clone(),
    }
}

fn possible(page: &Page, record: &ResidentRecord) -> Vec<(String, String)> {
    let kinds = super::fields::EVENTS.into_iter().filter(|kind| super::fields::is_possible(record, kind));
    kinds.map(|kind| (kind.to_owned(), page.t(&format!("clerk-dyn-event-{kind}")).into_owned())).collect()
}

fn history_line(page: &Page, event: &Event) -> HistoryLine {
    HistoryLine {
        number: event.number,
        on: event.on.to_string(),
        kind: page.t(&format!("clerk-dyn-event-{}", event.change.kind())).into_owned(),
        noted_at: words_of_time(event.noted_at),
        noted_by: event.noted_by.clone(),
    }
}

/// What article 7 lists; the code with all but its last digits masked.
fn rows(page: &Page, record: &ResidentRecord) -> Vec<(String, String)> {
    let mut rows: Vec<(&str, String)> = vec![("written", record.name.written.clone())];
    let mut some = |name: &'static str, text: Option<String>| rows.extend(text.map(|text| (name, text)));
    some("kana", record.name.kana.clone());
    some("alphabet", record.name.alphabet.clone());
    some("alias", record.name.alias.clone());
    some("date_of_birth", Some(record.date_of_birth.to_string()));
    some("sex", Some(page.t(&format!("clerk-dyn-choice-{}", record.sex.as_str())).into_owned()));
    some("address", Some(record.address.text.clone()));
    some("postcode", record.address.postcode.clone());
    some("since", Some(record.address.since.to_string()));
    for before in record.addresses.iter().rev() {
        some("former_address", Some(format!("{} ({}–)", before.text, before.since)));
    }
    some("relation", Some(record.relation.clone()));
    some("resident_since", Some(record.resident_since.to_string()));
    some("code", Some(record.code.masked()));
    if let Some(foreign) = &record.foreign {
        some("nationality", Some(foreign.nationality.clone()));
        some("status_of_residence", Some(foreign.status_of_residence.clone()));
        some("period_until", foreign.period_until.map(|day| day.to_string()));
        some("residence_card_number", Some(foreign.residence_card_number.clone()));
    }
    if let Some(leaving) = &record.leaving {
        some("to", leaving.to.map(|to| to.to_string()));
        some("intended", Some(leaving.intended.to_string()));
    }
    let label = |name: &str| page.t(&format!("clerk-dyn-field-{name}")).into_owned();
    rows.into_iter().map(|(name, text)| (label(name), text)).collect()
}
