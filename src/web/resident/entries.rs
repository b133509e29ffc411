//! `/apply/{draft}/form/{page}/{number}`: a group is asked for one entry at a time; its own page lists them, and asks for more.
use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::answering::{Answering, Faults, entries};
use super::at_draft::AtDraft;
use super::procedures::NoFields;
use super::question::{self, Around, Asked, From, QuestionView};
use super::{draft_parked, fields, form};
use crate::procedures::Field as CatalogField;
use crate::store::drafts::Draft;
use crate::web::extract::csrf::CsrfForm;
use crate::web::forms::{Choice, Field, FieldKind, SummaryLine, summary};
use crate::web::page::Page;
use crate::web::problem::Problem;

/// One entry as the list shows it.
pub struct EntryView {
    /// From 1.
    pub number: usize,
    /// `Member 1`.
    pub title: String,
    /// Labels and answers.
    pub lines: Vec<(String, String)>,
    /// Whether something is wrong with it.
    pub is_wrong: bool,
}

#[derive(Template)]
#[template(path = "resident/entries.html")]
struct ListView {
    page: Page,
    around: Around,
    errors: Vec<SummaryLine>,
    help: String,
    entries: Vec<EntryView>,
    more: Option<Field>,
    /// Whether a partial correction leaves it alone.
    locked: bool,
}

/// The entries of a group as people read them.
pub fn entry_views(page: &Page, answering: &Answering, group: &CatalogField) -> Vec<EntryView> {
    let shown = answering.procedure.shown(page.language, &answering.answers());
    let called = group.entry.as_ref().map(|entry| entry.get(page.language)).unwrap_or_default();
    let one = |index: usize| {
        let prefix = format!("{called} {}: ", index + 1);
        let here = shown.iter().filter(|one| one.field == group.pointer && one.entry == Some(index));
        let line = |one: &crate::procedures::show::Shown| {
            (one.label.strip_prefix(&prefix).unwrap_or(&one.label).to_owned(), one.value.clone())
        };
        let at = format!("answers.{}/{index}/", group.name());
        EntryView {
            number: index + 1,
            title: format!("{called} {}", index + 1),
            lines: here.map(line).collect(),
            is_wrong: answering.faults.keys().any(|name| name.starts_with(&at)),
        }
    };
    (0..entries(answering, group)).map(one).collect()
}

/// The list of a group's entries; the first entry at once where there has to be one and is none.
pub fn show_list(
    page: Page,
    at: &AtDraft,
    draft: &Draft,
    answering: &Answering,
    (step, group): (&str, &CatalogField),
    (from, faults): (From, &Faults),
) -> HttpResponse {
    let (least, most) = group.entries();
    let entries = entry_views(&page, answering, group);
    if entries.is_empty() && least > 0 && faults.is_empty() && answering.may_change(group.name()) {
        return at.lead_to(&format!("form/{step}/1{}", from.query()));
    }
    let yes_no = [("yes", "form-yes"), ("no", "form-no")]
        .map(|(value, key)| Choice { value: value.to_owned(), label: page.t(key).into_owned() });
    let mut more = Field::text("more", page.t(if entries.is_empty() { "entries-first" } else { "entries-more" }))
        .kind(FieldKind::Radios)
        .choices(yes_no.to_vec())
        .error(faults.get("more").cloned());
    more.autofocus = more.error.is_some();
    let locked = !answering.may_change(group.name());
    let more = (entries.len() < most && !locked).then_some(more);
    let mut errors: Vec<SummaryLine> = more.iter().flat_map(|more| summary(std::slice::from_ref(more))).collect();
    let wrong = entries.iter().filter(|entry| entry.is_wrong && !faults.is_empty());
    errors.extend(wrong.map(|entry| SummaryLine {
        id: format!("entry-{}", entry.number),
        message: page.with("entries-wrong", "entry", &entry.title),
    }));
    let of_group = faults.get(&format!("answers.{}", group.name()));
    errors.extend(of_group.map(|message| SummaryLine { id: String::new(), message: message.clone() }));
    let around = Around::of(page.language, draft, answering, step, from).seen_at(at, draft);
    let help = answering.procedure.page(step).map(|asked| asked.help.get(page.language).to_owned()).unwrap_or_default();
    let title = group.label.get(page.language);
    let page = at.with_token(page).named(title).errors(!errors.is_empty());
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = ListView { page, around, errors, help, entries, more, locked };
    view.page.respond(status, &view)
}

/// Takes whether there are more entries.
///
/// # Errors
/// 503.
pub async fn post_list(
    page: Page,
    at: &AtDraft,
    draft: &Draft,
    mut answering: Answering,
    (step, group): (&str, &CatalogField),
    (posted, from): (&BTreeMap<String, String>, From),
) -> Result<HttpResponse, Problem> {
    let (count, (_, most)) = (entries(&answering, group), group.entries());
    let most = if answering.may_change(group.name()) { most } else { count };
    let more = posted.get("more").map(String::as_str);
    if more == Some("yes") && count < most {
        return Ok(at.lead_to(&format!("form/{step}/{}{}", count + 1, from.query())));
    }
    let mut faults = answering.faults_of(step);
    if more != Some("no") && count < most {
        faults.insert("more".to_owned(), page.t("fault-choose").into_owned());
    }
    answering.input.changes.clear();
    if faults.is_empty() {
        answering.input.done.insert(step.to_owned());
    } else {
        answering.input.done.remove(step);
    }
    form::keep(at, draft, &mut answering).await?;
    if !faults.is_empty() {
        return Ok(show_list(page, at, draft, &answering, (step, group), (from, &faults)));
    }
    question::on(at, draft, &answering, (step, from), page.language).await
}

/// The group of a page, and the index of one of its entries or of the one after them.
fn entry_of<'a>(answering: &'a Answering, step: &str, number: usize) -> Result<(&'a CatalogField, usize), Problem> {
    let asked = answering.procedure.page(step).filter(|_| answering.steps().contains(&step));
    let group = asked.and_then(|page| answering.procedure.group_of(page)).ok_or_else(Problem::not_found)?;
    let (count, (_, most)) = (entries(answering, group), group.entries());
    if !answering.may_change(group.name()) {
        return Err(fields::not_marked());
    }
    let index =
        number.checked_sub(1).filter(|index| *index <= count && *index < most).ok_or_else(Problem::not_found)?;
    Ok((group, index))
}

fn show_entry(
    page: Page,
    (at, draft): (&AtDraft, &Draft),
    answering: &Answering,
    (step, group, index): (&str, &CatalogField, usize),
    (from, faults): (From, &Faults),
) -> HttpResponse {
    let language = page.language;
    let inner: Vec<&CatalogField> = group.fields.iter().collect();
    let prefix = format!("{}/{index}/", group.name());
    let shown = fields::answer_fields(language, answering, &inner, &prefix, faults);
    let mut around = Around::of(language, draft, answering, step, from).seen_at(at, draft);
    let count = entries(answering, group);
    if count > 0 {
        around.back = format!("/apply/{}/form/{step}{}", draft.key.id, from.query());
    }
    around.action = format!("{}/{}", around.action, index + 1);
    let called = group.entry.as_ref().map(|entry| entry.get(language)).unwrap_or_default();
    let title = format!("{called} {}", index + 1);
    let help = answering.procedure.page(step).map(|asked| asked.help.get(language)).unwrap_or_default();
    let mut view = QuestionView::new(at.with_token(page), &title, help, around, shown);
    if index < count {
        view = view.removable(index + 1);
    }
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    view.page.respond(status, &view)
}

/// One entry, or an empty one after the last.
///
/// # Errors
/// 404 for a draft that is not this browser's, or an entry that cannot be there.
pub async fn get_entry(
    page: Page,
    at: AtDraft,
    path: web::Path<(String, String, usize)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (draft, answering) = form::open(&at, page.language).await?;
    let (step, number) = (path.1.as_str(), path.2);
    if let Some(parked) = draft_parked::resume(&page, &at).await? {
        return Ok(parked);
    }
    let (group, index) = entry_of(&answering, step, number)?;
    Ok(show_entry(page, (&at, &draft), &answering, (step, group, index), (asked.from, &Faults::new())))
}

/// Takes what was typed into an entry: back to the list, or the entry again with what is wrong.
///
/// # Errors
/// As [`get_entry`]; 503.
pub async fn post_entry(
    page: Page,
    at: AtDraft,
    path: web::Path<(String, String, usize)>,
    posted: CsrfForm<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let (draft, mut answering) = match form::open(&at, page.language).await {
        Ok(opened) => opened,
        Err(problem) => return draft_parked::park(page, &at, problem, question::bounded(&posted.0)?).await,
    };
    let (step, posted) = (path.1.as_str(), question::bounded(&posted.0)?);
    let from = From::of_posted(posted);
    let procedure = answering.procedure.clone();
    let (_, index) = entry_of(&answering, step, path.2)?;
    let asked = procedure.page(step).ok_or_else(Problem::not_found)?;
    let group = procedure.group_of(asked).ok_or_else(Problem::not_found)?;
    let inner: Vec<&CatalogField> = group.fields.iter().collect();
    let prefix = format!("{}/{index}/", group.name());
    fields::read_answers(page.language, &mut answering, &inner, &prefix, posted);
    let mut answering = question::judged_again(&at, page.language, answering, step);
    answering.input.changes.retain(|pointer, _| pointer.trim_start_matches('/').starts_with(&prefix));
    let own = format!("answers.{prefix}");
    let faults: Faults = answering.faults.iter().filter(|(name, _)| name.starts_with(&own)).map(clone).collect();
    // The list asks whether that was all.
    answering.input.done.remove(step);
    form::keep(&at, &draft, &mut answering).await?;
    if at.is_autosave {
        return Ok(at.autosaved(&page));
    }
    if !faults.is_empty() {
        return Ok(show_entry(page, (&at, &draft), &answering, (step, group, index), (from, &faults)));
    }
    Ok(at.lead_to(&format!("form/{step}{}", from.query())))
}

fn clone((name, words): (&String, &String)) -> (String, String) {
    (name.clone(), words.clone())
}

/// Takes an entry out; those after it move up.
///
/// # Errors
/// As [`get_entry`]; 503.
pub async fn post_remove(
    page: Page,
    at: AtDraft,
    path: web::Path<(String, String, usize)>,
    _form: CsrfForm<NoFields>,
) -> Result<HttpResponse, Problem> {
    let (draft, mut answering) = form::open(&at, page.language).await?;
    let step = path.1.as_str();
    let (group, index) = entry_of(&answering, step, path.2)?;
    let prefix = format!("{}/", group.name());
    let mut kept = BTreeMap::new();
    for (name, value) in answering.input.answers.clone() {
        let entry = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('/'));
        match entry.and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest))) {
            Some((number, _)) if number == index => {}
            Some((number, rest)) if number > index => {
                kept.insert(format!("{prefix}{}/{rest}", number - 1), value);
            }
            _ => {
                kept.insert(name, value);
            }
        }
    }
    answering.input.answers = kept;
    answering.input.done.remove(step);
    let mut answering = question::judged_again(&at, page.language, answering, step);
    form::keep(&at, &draft, &mut answering).await?;
    Ok(at.lead_to(&format!("form/{step}")))
}
