//! /clerk/matches: people whom no rule finds in the registry. Both sides are shown attribute by attribute, and the clerk
//! says whose record it is, or that it is nobody's.
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::words;
use crate::gateway::Gateway;
use crate::gateway::registry::questions::{Choice, Decided};
use crate::registry::answer::{Candidate, ClaimedAttributes};
use crate::registry::matching::{Agreement, Attribute, Finding};
use crate::registry::record::ResidentRecord;
use crate::store::registry::questions::{Question, WaitingQuestion};
use crate::web::extract::csrf::{Browser, CsrfForm};
use crate::web::extract::session::ClerkUser;
use crate::web::forms::{self, Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;
use crate::web::resident::dates::moment;
use crate::web::staff::frame;
use crate::web::staff::sign_in::see_other;

/// The most questions of a page.
const MOST: i64 = 200;

struct Row {
    href: String,
    opened: String,
    asked_by: String,
    purpose: String,
}

#[derive(Template)]
#[template(path = "clerk/matches.html")]
struct ListView {
    page: Page,
    rows: Vec<Row>,
    done: bool,
}

/// `?done=1` after a decision.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: u8,
}

/// GET /clerk/matches
///
/// # Errors
/// A store that does not answer.
pub async fn list_matches(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let questions = gateway.store.registry_questions(user.municipality, MOST).await?;
    let page = frame(page, &browser, &user.user.account).titled("matching-list-title");
    let row = |question: &WaitingQuestion| Row {
        href: format!("/clerk/matches/{}", question.id),
        opened: moment(page.language, question.opened_at),
        asked_by: question.asked_by.clone(),
        purpose: words::purpose(&page, &question.purpose),
    };
    let view = ListView { rows: questions.iter().map(row).collect(), done: query.done == 1, page };
    Ok(view.page.respond(StatusCode::OK, &view))
}

/// One attribute of both sides.
struct Line {
    label: String,
    claimed: String,
    recorded: String,
    verdict: String,
    colour: &'static str,
    reasons: Vec<String>,
}

/// A record that may be meant.
struct Side {
    name: String,
    standing: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "clerk/match.html")]
struct OneView {
    page: Page,
    href: String,
    about: Vec<(String, String)>,
    claimed: Vec<(String, String)>,
    sides: Vec<Side>,
    fields: Vec<Field>,
    errors: Vec<SummaryLine>,
    notice: Option<String>,
    is_decided: bool,
}

/// GET /clerk/matches/{id}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn get_match(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    show(&gateway, &user, (page, &browser), identifier(&id)?, StatusCode::OK, Said::default()).await
}

fn identifier(text: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::not_found())
}

/// What the page says beside the question.
#[derive(Default)]
struct Said {
    fault: Option<&'static str>,
    notice: Option<&'static str>,
}

async fn show(
    gateway: &Gateway,
    user: &ClerkUser,
    (page, browser): (Page, &Browser),
    id: Uuid,
    status: StatusCode,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let clerk = user.user.account.actor();
    let question = gateway.registry_question(user.municipality, id, &clerk).await?.ok_or_else(Problem::not_found)?;
    let page = frame(page, browser, &user.user.account).titled("matching-one-title");
    let field = choice(&page, &question, said.fault);
    let errors = summary(std::slice::from_ref(&field));
    let view = OneView {
        href: format!("/clerk/matches/{id}"),
        about: vec![
            (page.t("matching-column-opened").into_owned(), moment(page.language, question.about.opened_at)),
            (page.t("matching-column-by").into_owned(), question.about.asked_by.clone()),
            (page.t("matching-column-purpose").into_owned(), words::purpose(&page, &question.about.purpose)),
            (page.t("matching-column-basis").into_owned(), words::basis(&page, &question.about.basis)),
        ],
        claimed: claimed(&page, &question.body.claimed),
        sides: sides(&page, &question),
        notice: said.notice.map(|key| page.t(key).into_owned()),
        is_decided: question.is_decided,
        fields: vec![field],
        page: page.errors(!errors.is_empty()),
        errors,
    };
    Ok(view.page.respond(status, &view))
}

fn claimed(page: &Page, claimed: &ClaimedAttributes) -> Vec<(String, String)> {
    let row = |attribute| (words::attribute(page, attribute), value_of(page, claimed, attribute));
    Attribute::ALL.into_iter().map(row).collect()
}

fn value_of(page: &Page, claimed: &ClaimedAttributes, attribute: Attribute) -> String {
    let value = match attribute {
        Attribute::Name => claimed.name.clone(),
        Attribute::DateOfBirth => claimed.date_of_birth.clone(),
        Attribute::Sex => claimed.sex.as_deref().map(|sex| words::sex(page, sex)),
        Attribute::Address => claimed.address.clone(),
    };
    value.unwrap_or_else(|| "–".to_owned())
}

fn recorded(page: &Page, record: &ResidentRecord, attribute: Attribute) -> String {
    match attribute {
        Attribute::Name => {
            let name = &record.name;
            let others = [&name.kana, &name.alphabet, &name.alias];
            let others = others.into_iter().flatten().map(|other| format!(" / {other}"));
            others.fold(name.written.clone(), |all, other| all + &other)
        }
        Attribute::DateOfBirth => record.date_of_birth.to_string(),
        Attribute::Sex => words::sex(page, record.sex.as_str()),
        Attribute::Address => record.address.text.clone(),
    }
}

fn sides(page: &Page, question: &Question) -> Vec<Side> {
    let side = |candidate: &Candidate| {
        let record = question.records.iter().find(|record| record.id == candidate.record)?;
        let line = |finding: &Finding| Line {
            label: words::attribute(page, finding.attribute),
            claimed: value_of(page, &question.body.claimed, finding.attribute),
            recorded: recorded(page, record, finding.attribute),
            verdict: page.t(&format!("matching-dyn-agreement-{}", finding.agreement.as_str())).into_owned(),
            colour: match finding.agreement {
                Agreement::Same => "green",
                Agreement::Undecided => "yellow",
                Agreement::Different => "red",
            },
            reasons: finding.reasons.iter().map(|reason| words::reason(page, *reason)).collect(),
        };
        Some(Side {
            name: record.name.written.clone(),
            standing: page.t(&format!("matching-dyn-standing-{}", record.standing.as_str())).into_owned(),
            lines: candidate.findings.0.iter().map(line).collect(),
        })
    };
    question.body.candidates.iter().filter_map(side).collect()
}

/// Whose record it is: each with the state in which it was shown.
fn choice(page: &Page, question: &Question, fault: Option<&'static str>) -> Field {
    let one = |(number, record): (usize, &ResidentRecord)| forms::Choice {
        value: format!("{}.{}", record.id, record.digest_hex()),
        label: page.language.with_all(
            "matching-choose-record",
            &[("number", &(number + 1)), ("name", &record.name.written), ("address", &record.address.text)],
        ),
    };
    let mut choices: Vec<forms::Choice> = question.records.iter().enumerate().map(one).collect();
    choices.push(forms::Choice { value: "nobody".to_owned(), label: page.t("matching-choose-nobody").into_owned() });
    Field::text("choice", page.t("matching-choose"))
        .kind(FieldKind::Radios)
        .hint(page.t("matching-choose-hint"))
        .choices(choices)
        .error(fault.map(|key| page.t(key).into_owned()))
}

/// What a clerk sends.
#[derive(Debug, Deserialize)]
pub struct ChoiceForm {
    #[serde(default)]
    choice: String,
}

/// POST /clerk/matches/{id}
///
/// # Errors
/// 404; a store that does not answer.
pub async fn post_match(
    gateway: web::Data<Gateway>,
    user: ClerkUser,
    page: Page,
    browser: Browser,
    id: web::Path<String>,
    form: CsrfForm<ChoiceForm>,
) -> Result<HttpResponse, Problem> {
    let id = identifier(&id)?;
    let Some(choice) = chosen(&form.0.choice) else {
        let said = Said { fault: Some("matching-choose-missing"), notice: None };
        return show(&gateway, &user, (page, &browser), id, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    };
    let clerk = user.user.account.actor();
    let notice = match gateway.registry_decide(user.municipality, id, choice, &clerk).await? {
        Decided::Done(_) => return Ok(see_other("/clerk/matches?done=1")),
        Decided::Before => "matching-decided-before",
        Decided::Changed => "matching-changed",
        Decided::Unknown => return Err(Problem::not_found()),
    };
    let said = Said { fault: None, notice: Some(notice) };
    show(&gateway, &user, (page, &browser), id, StatusCode::CONFLICT, said).await
}

fn chosen(text: &str) -> Option<Choice> {
    if text == "nobody" {
        return Some(Choice::Nobody);
    }
    let (record, digest) = text.split_once('.')?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(digest, &mut bytes).ok()?;
    Some(Choice::Record(record.parse().ok()?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_names_a_record_in_one_state_or_nobody() {
        let id = crate::registry::record::RecordId::made_at(chrono::DateTime::UNIX_EPOCH);
        let good = format!("{id}.{}", "ab".repeat(32));
        assert_eq!(chosen(&good), Some(Choice::Record(id, [0xab; 32])));
        assert_eq!(chosen("nobody"), Some(Choice::Nobody));
        for bad in ["", "somebody", ".", &format!("{id}"), &format!("{id}.ab"), &good[1..]] {
            assert_eq!(chosen(bad), None, "{bad}");
        }
    }
}
