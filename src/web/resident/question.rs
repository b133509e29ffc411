//! `/apply/{draft}/form/{page}`: one question, or one group of them. What was typed stays, right or wrong; going back and on
//! loses nothing; a page that was opened from the review leads back there.
use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::answering::{APPLICANT, Answering, Faults, RECIPIENT};
use super::at_draft::AtDraft;
use super::municipalities::{self, Municipality};
use super::{agent, draft_parked, entries, fields, form};
use crate::procedures::Procedure;
use crate::procedures::field::Field as CatalogField;
use crate::store::drafts::Draft;
use crate::submission::rejection::RejectionCode;
use crate::web::extract::csrf::CsrfForm;
use crate::web::forms::{Field, SummaryLine, summary};
use crate::web::i18n::Language;
use crate::web::page::Page;
use crate::web::problem::Problem;

/// The most fields that a page's form is sent with; a page asks for far fewer.
const MOST_POSTED: usize = 1000;

/// Where a page was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// From the page before it.
    #[default]
    Form,
    /// From the review, to which it leads back.
    Review,
}

/// `?from=review`
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Asked {
    /// Where from.
    #[serde(default)]
    pub from: From,
}

impl From {
    /// What an address says of it.
    pub fn query(self) -> &'static str {
        match self {
            Self::Form => "",
            Self::Review => "?from=review",
        }
    }

    /// As a form sends it back.
    pub fn of_posted(posted: &BTreeMap<String, String>) -> Self {
        match posted.get("from").map(String::as_str) {
            Some("review") => Self::Review,
            _ => Self::Form,
        }
    }
}

/// What every page of a form has around its fields.
pub struct Around {
    /// The draft.
    pub id: String,
    /// Where back leads.
    pub back: String,
    /// `Question 2 of 5`.
    pub progress: String,
    /// Until when what was typed is kept.
    pub expires: String,
    /// Where its form is posted.
    pub action: String,
    /// `?seen=...`: which page the form stands on.
    pub seen: String,
    /// Whether it leads back to the review.
    pub from_review: bool,
    /// What was changed in what was typed on the page before: field and what was done.
    pub changes: Vec<(String, String)>,
    /// The version that what was typed was carried over from.
    pub carried_from: Option<u32>,
    /// How it stands to deadlines that rest on the page before, or on this one.
    pub deadlines: Vec<crate::web::filing_facts::Fact>,
    /// What could not be carried over: label, value, why not.
    pub aside: Vec<(String, String, String)>,
    /// The arrival number of what it corrects.
    pub corrects: Option<String>,
    /// Whether it is a partial correction.
    pub is_partial: bool,
}

impl Around {
    /// With what its form says of the page that it stands on.
    #[must_use]
    pub fn seen_at(mut self, at: &AtDraft, draft: &Draft) -> Self {
        self.seen = at.seen_of(draft);
        self
    }

    /// Of a page of a draft.
    pub fn of(language: Language, draft: &Draft, answering: &Answering, step: &str, from: From) -> Self {
        let id = &draft.key.id;
        let back = match (from, answering.neighbours(step).1) {
            (From::Review, _) => format!("/apply/{id}/review"),
            (From::Form, Some(before)) => format!("/apply/{id}/form/{before}"),
            (From::Form, None) => format!("/procedures/{}", draft.procedure),
        };
        let (at, of) = answering.progress(step);
        Self {
            id: id.clone(),
            back,
            progress: language.with_all("form-progress", &[("step", &at), ("of", &of)]),
            expires: super::dates::moment(language, draft.expires_at),
            action: format!("/apply/{id}/form/{step}"),
            seen: String::new(),
            from_review: from == From::Review,
            changes: answering.changes(language),
            carried_from: Some(answering.input.carried_from).filter(|version| *version > 0),
            deadlines: answering.deadlines_at(language, step),
            aside: aside(language, answering),
            corrects: answering.input.corrects.as_ref().map(super::drafts::Correcting::grouped),
            is_partial: answering.is_partial(),
        }
    }
}

/// What was kept aside, in words.
pub fn aside(language: Language, answering: &Answering) -> Vec<(String, String, String)> {
    let one = |aside: &crate::procedures::carry::Aside| {
        let label = aside.label.as_ref().map_or_else(|| aside.name.clone(), |label| label.get(language).to_owned());
        let refusal = answering.procedure.not_carried_over.as_ref().map(|text| text.get(language).to_owned());
        let nothing_taken = aside.reason == crate::procedures::carry::AsideReason::NothingTaken;
        let words = refusal.filter(|_| nothing_taken);
        let reason = words.unwrap_or_else(|| language.t(&format!("form-aside-{}", aside.reason.word())).into_owned());
        (label, crate::procedures::kinds::text::visible(&aside.value), reason)
    };
    answering.input.aside.iter().map(one).collect()
}

/// A page with fields.
#[derive(Template)]
#[template(path = "resident/question.html")]
pub struct QuestionView {
    /// The frame.
    pub page: Page,
    around: Around,
    errors: Vec<SummaryLine>,
    help: String,
    /// Whether the label of the one field is the heading.
    label_is_heading: bool,
    fields: Vec<Field>,
    places: &'static [Municipality],
    /// The number of this entry, where it can be removed.
    removable: Option<usize>,
}

impl QuestionView {
    fn place_name(&self, place: &Municipality) -> &'static str {
        place.name(self.page.language)
    }

    /// A page with these fields.
    pub fn new(page: Page, title: &str, help: &str, around: Around, mut fields: Vec<Field>) -> Self {
        let label_is_heading = title.is_empty() && fields.len() == 1;
        if let (true, Some(field)) = (label_is_heading, fields.first_mut()) {
            field.heading = true;
        }
        let heading = fields.first().map(|field| field.label.clone()).unwrap_or_default();
        let errors = summary(&fields);
        let page = page.named(if title.is_empty() { heading } else { title.to_owned() }).errors(!errors.is_empty());
        let needs_places = fields.iter().any(Field::is_municipality);
        let places = if needs_places { municipalities::all() } else { &[] };
        Self { page, around, errors, help: help.to_owned(), label_is_heading, fields, places, removable: None }
    }

    /// The same as an entry of a group that can be removed.
    #[must_use]
    pub fn removable(mut self, number: usize) -> Self {
        self.removable = Some(number);
        self
    }
}

/// The page about the applicant.
#[derive(Template)]
#[template(path = "resident/applicant.html")]
pub struct ApplicantView {
    /// The frame.
    pub page: Page,
    around: Around,
    errors: Vec<SummaryLine>,
    fields: Vec<Field>,
    locked: bool,
    /// Whether it may be filed for another person, who is not asked about here.
    for_others: bool,
    agent: Option<agent::AgentView>,
}

/// The page about the applicant, with what is wrong on it.
pub fn applicant_page(
    page: Page,
    at: &AtDraft,
    draft: &Draft,
    answering: &Answering,
    faults: &Faults,
    from: From,
) -> ApplicantView {
    let mut fields = fields::applicant_fields(page.language, &answering.input, faults);
    if let Some(field) = fields.iter_mut().find(|field| field.error.is_some()) {
        field.autofocus = true;
    }
    let mut errors = summary(&fields);
    let of_file = faults.get("certificate");
    errors.extend(of_file.map(|message| SummaryLine { id: "f-certificate".to_owned(), message: message.clone() }));
    let agent = agent::AgentView::of(&at.state);
    let around = Around::of(page.language, draft, answering, APPLICANT, from).seen_at(at, draft);
    let mut page = page.titled("form-applicant-title").errors(!errors.is_empty());
    page.connect_to = agent.as_ref().map(|agent| agent.origin.clone());
    let locked = answering.input.certificate.is_some();
    let for_others = answering.procedure.representation.is_some();
    ApplicantView { page, around, errors, fields, locked, for_others, agent }
}

/// The fields of a page of the procedure's form.
pub fn fields_of<'a>(procedure: &'a Procedure, step: &str) -> Result<Vec<&'a CatalogField>, Problem> {
    let page = procedure.page(step).ok_or_else(Problem::not_found)?;
    Ok(procedure.fields.iter().filter(|field| page.fields.contains(&field.pointer)).collect())
}

/// One page as it stands, with what is wrong on it where that is to be told.
fn show(
    page: Page,
    (at, draft): (&AtDraft, &Draft),
    answering: &Answering,
    step: &str,
    (from, faults): (From, &Faults),
) -> Result<HttpResponse, Problem> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (language, page) = (page.language, at.with_token(page));
    if step == APPLICANT {
        let view = applicant_page(page, at, draft, answering, faults, from);
        return Ok(view.page.respond(status, &view));
    }
    let around = Around::of(language, draft, answering, step, from).seen_at(at, draft);
    let view = if step == RECIPIENT {
        let mut field = fields::recipient_field(language, &answering.input, faults);
        field.autofocus = field.error.is_some();
        QuestionView::new(page, "", "", around, vec![field])
    } else {
        let asked = answering.procedure.page(step).ok_or_else(Problem::not_found)?;
        let fields = fields_of(&answering.procedure, step)?;
        let shown = fields::answer_fields(language, answering, &fields, "", faults);
        QuestionView::new(page, asked.title.get(language), asked.help.get(language), around, shown)
    };
    Ok(view.page.respond(status, &view))
}

/// A page of the form, as it was left.
///
/// # Errors
/// 404 for a draft that is not this browser's, or a page that its form has not.
pub async fn get_page(
    page: Page,
    at: AtDraft,
    path: web::Path<(String, String)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let (draft, answering) = form::open(&at, page.language).await?;
    if draft.filed.is_some() {
        return Ok(at.lead_to("receipt"));
    }
    if let Some(parked) = draft_parked::resume(&page, &at).await? {
        return Ok(parked);
    }
    let step = path.1.as_str();
    if !answering.steps().contains(&step) {
        // A page that is not asked with these answers; another address is none at all.
        return answering.procedure.page(step).map(|_| at.lead_to("form")).ok_or_else(Problem::not_found);
    }
    if let Some(group) = answering.procedure.page(step).and_then(|page| answering.procedure.group_of(page)) {
        return Ok(entries::show_list(page, &at, &draft, &answering, (step, group), (asked.from, &Faults::new())));
    }
    show(page, (&at, &draft), &answering, step, (asked.from, &Faults::new()))
}

/// Takes what was typed on a page: on to the next, or the page again with what is wrong.
///
/// # Errors
/// 404 for a draft that is not this browser's, or a page that its form has not; 503.
pub async fn post_page(
    page: Page,
    at: AtDraft,
    path: web::Path<(String, String)>,
    posted: CsrfForm<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let (draft, mut answering) = match form::open(&at, page.language).await {
        Ok(opened) => opened,
        Err(problem) => return draft_parked::park(page, &at, problem, bounded(&posted.0)?).await,
    };
    if draft.filed.is_some() {
        return Ok(at.lead_to("receipt"));
    }
    let (step, posted) = (path.1.as_str(), bounded(&posted.0)?);
    let (language, from) = (page.language, From::of_posted(posted));
    let changed: Vec<String> = match step {
        APPLICANT => fields::read_applicant(&mut answering.input, posted).into_iter().map(str::to_owned).collect(),
        RECIPIENT => fields::read_recipient(language, &mut answering.input, posted),
        _ => {
            let procedure = answering.procedure.clone();
            let asked = fields_of(&procedure, step)?;
            if let Some(group) = procedure.page(step).and_then(|page| procedure.group_of(page)) {
                return entries::post_list(page, &at, &draft, answering, (step, group), (posted, from)).await;
            }
            fields::read_answers(language, &mut answering, &asked, "", posted)
        }
    };
    let answering = judged_again(&at, language, answering, step);
    settle(page, (&at, &draft), answering, step, (from, changed)).await
}

/// A form with more fields than any page has is no page of ours.
pub fn bounded(posted: &BTreeMap<String, String>) -> Result<&BTreeMap<String, String>, Problem> {
    if posted.len() > MOST_POSTED {
        let detail = format!("The form has {} fields; a page asks for {MOST_POSTED} at most.", posted.len());
        return Err(Problem::new(RejectionCode::BadRequest, detail));
    }
    Ok(posted)
}

/// Judges the form with what was typed now; what was changed in it is told on the next page.
pub fn judged_again(at: &AtDraft, language: Language, answering: Answering, step: &str) -> Answering {
    let today = crate::procedures::definition::japan_day(at.gateway.clock.now());
    let mut answering = Answering::of(language, answering.procedure, answering.input, today);
    let fields: Vec<String> = answering.procedure.page(step).map(|page| page.fields.clone()).unwrap_or_default();
    let here = |pointer: &str| {
        let first = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        fields.iter().any(|field| field.trim_start_matches('/') == first)
    };
    answering.input.changes = answering.read.changes.clone();
    answering.input.changes.retain(|pointer, _| here(pointer));
    answering
}

/// Keeps what was typed; the page again with what is wrong, or on.
async fn settle(
    page: Page,
    (at, draft): (&AtDraft, &Draft),
    mut answering: Answering,
    step: &str,
    (from, changed): (From, Vec<String>),
) -> Result<HttpResponse, Problem> {
    if at.is_autosave {
        form::keep(at, draft, &mut answering).await?;
        return Ok(at.autosaved(&page));
    }
    let mut faults = answering.faults_of(step);
    for name in changed {
        let is_open = name.strip_prefix("answers.").is_none_or(|name| answering.may_change(name));
        let why = match (is_open, name == RECIPIENT) {
            (true, false) => "fault-locked",
            (true, true) => "correction-same-recipient",
            (false, _) => "fault-not-marked",
        };
        faults.insert(name, page.t(why).into_owned());
    }
    if faults.is_empty() {
        answering.input.done.insert(step.to_owned());
    } else {
        answering.input.done.remove(step);
    }
    form::keep(at, draft, &mut answering).await?;
    if !faults.is_empty() {
        return show(page, (at, draft), &answering, step, (from, &faults));
    }
    on(at, draft, &answering, (step, from), page.language).await
}

/// Where a page that is right leads: to the next; opened from the review, to what is open yet, or back there.
pub async fn on(
    at: &AtDraft,
    draft: &Draft,
    answering: &Answering,
    (step, from): (&str, From),
    language: Language,
) -> Result<HttpResponse, Problem> {
    let next = match from {
        // What a partial correction leaves alone is not asked again.
        From::Form if answering.is_partial() => answering.first_open(),
        From::Form => answering.neighbours(step).0.or_else(|| answering.first_open()),
        From::Review => answering.first_open(),
    };
    match next {
        Some(next) => Ok(at.lead_to(&format!("form/{next}{}", from.query()))),
        None => form::onward(at, draft, answering, language, from).await,
    }
}
