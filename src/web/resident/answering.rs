//! A form that is being answered: its pages in order, which of them are asked with the answers so far, what is wrong on which,
//! and where to go next.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;

use super::drafts::DraftInput;
use super::fault_words;
use super::municipalities;
use crate::intake::document::Applicant;
use crate::procedures::opened::opened;
use crate::procedures::typed::{self, Read};
use crate::procedures::{Procedure, QuestionPage, Subject};
use crate::web::filing_facts::{self, Fact};
use crate::web::i18n::Language;

/// Faults by the names of fields, in words.
pub type Faults = BTreeMap<String, String>;

/// The pages that every form begins with.
pub const APPLICANT: &str = "applicant";
/// Where it goes.
pub const RECIPIENT: &str = "recipient";

/// The most faults that are looked for in one form.
const MOST_FAULTS: usize = 1000;

/// A form with what was typed into it.
pub struct Answering {
    /// The form.
    pub procedure: Arc<Procedure>,
    /// What was typed.
    pub input: DraftInput,
    /// What was made of it.
    pub read: Read,
    /// The applicant as typed, or as the certificate has it.
    pub applicant: Applicant,
    /// The day in Japan as of which it is judged.
    pub today: NaiveDate,
    /// Everything that is wrong, by the names of fields.
    pub faults: Faults,
    /// What a partial correction may change; none: everything may be changed.
    open: Option<BTreeSet<String>>,
}

impl Answering {
    /// Reads and judges what was typed, as of a day.
    pub fn of(language: Language, procedure: Arc<Procedure>, input: DraftInput, today: NaiveDate) -> Self {
        let applicant = applicant(&input);
        let subject = Subject::on_the_day(&applicant, today);
        let read = procedure.read_typed(&input.answers, &subject);
        let mut faults = common_faults(language, &procedure, &input, &applicant);
        for (pointer, fault) in &read.faults {
            let name = name_of(pointer);
            let field = crate::procedures::carry::field_of(&procedure.fields, name);
            faults.insert(format!("answers.{name}"), fault_words::of_typed(language, field, *fault));
        }
        let answers = Value::Object(read.answers.clone());
        for fault in procedure.faults(&answers, &subject, MOST_FAULTS) {
            let name = name_of(&fault.pointer);
            let field = crate::procedures::carry::field_of(&procedure.fields, name);
            let typed = input.answers.get(name).map_or("", String::as_str);
            let words = || fault_words::of_schema(language, field, &fault, typed);
            faults.entry(format!("answers.{name}")).or_insert_with(words);
        }
        let marked = input.corrects.as_ref().and_then(|corrects| corrects.marked.as_ref());
        let open = marked.map(|marked| opened(&procedure.fields, marked));
        Self { procedure, input, read, applicant, today, faults, open }
    }

    /// Whether it is a partial correction, which changes what the agency marked alone.
    pub fn is_partial(&self) -> bool {
        self.open.is_some()
    }

    /// Whether an answer, by its name, may be changed; the attachments by theirs.
    pub fn may_change(&self, name: &str) -> bool {
        let first = name.split(['/', '.']).next().unwrap_or_default();
        self.open.as_ref().is_none_or(|open| open.contains(first))
    }

    /// The answers that would be signed.
    pub fn answers(&self) -> Value {
        Value::Object(self.read.answers.clone())
    }

    /// The pages that are asked with the answers so far, by their names, in order.
    pub fn steps(&self) -> Vec<&str> {
        let asked = |page: &&QuestionPage| self.is_asked(page);
        let pages = self.procedure.pages.iter().filter(asked).map(|page| page.id.as_str());
        [APPLICANT, RECIPIENT].into_iter().chain(pages).collect()
    }

    fn is_asked(&self, page: &QuestionPage) -> bool {
        self.procedure.fields_of(page).any(|field| field.is_shown(&self.read.answers))
    }

    /// What is wrong on one page.
    pub fn faults_of(&self, step: &str) -> Faults {
        let is_here = |name: &str| match (self.procedure.page(step), name.strip_prefix("answers.")) {
            (Some(page), Some(name)) => {
                let first = name.split(['/', '.']).next().unwrap_or_default();
                page.fields.iter().any(|pointer| pointer.trim_start_matches('/') == first)
            }
            (None, None) => (name == RECIPIENT) == (step == RECIPIENT),
            _ => false,
        };
        self.faults
            .iter()
            .filter(|(name, _)| is_here(name))
            .map(|(name, words)| (name.clone(), words.clone()))
            .collect()
    }

    /// The first page that was not answered yet, or has something wrong on it; none: the form is complete.
    pub fn first_open(&self) -> Option<&str> {
        let is_open = |step: &&str| !self.input.done.contains(*step) || !self.faults_of(step).is_empty();
        self.steps().into_iter().find(is_open)
    }

    /// The page after one, and the one before it.
    pub fn neighbours(&self, step: &str) -> (Option<&str>, Option<&str>) {
        let steps = self.steps();
        let at = steps.iter().position(|one| *one == step);
        let after = at.and_then(|at| steps.get(at + 1).copied());
        let before = at.and_then(|at| at.checked_sub(1)).and_then(|at| steps.get(at).copied());
        (after, before)
    }

    /// How it stands to the deadlines that rest on an answer of a page, or of the page before it, if it is filed now.
    pub fn deadlines_at(&self, language: Language, step: &str) -> Vec<Fact> {
        let near = [Some(step), self.neighbours(step).1];
        let asks =
            |pointer: &str| self.procedure.page_of(pointer).is_some_and(|page| near.contains(&Some(page.id.as_str())));
        if !self.procedure.deadlines.iter().any(|deadline| asks(&deadline.from)) {
            return Vec::new();
        }
        filing_facts::deadlines(language, &self.procedure, &self.answers(), self.today)
    }

    /// Which page of how many.
    pub fn progress(&self, step: &str) -> (usize, usize) {
        let steps = self.steps();
        (steps.iter().position(|one| *one == step).map_or(1, |at| at + 1), steps.len())
    }

    /// The labels of fields in what was typed last that was changed, each with what was done.
    pub fn changes(&self, language: Language) -> Vec<(String, String)> {
        let one = |(pointer, change): (&String, &crate::procedures::kinds::Change)| {
            let field = crate::procedures::carry::field_of(&self.procedure.fields, name_of(pointer))?;
            let done = language.t(&format!("form-change-{}", change.word())).into_owned();
            Some((field.label.get(language).to_owned(), done))
        };
        self.input.changes.iter().filter_map(one).collect()
    }
}

fn name_of(pointer: &str) -> &str {
    pointer.trim_start_matches('/')
}

/// The applicant as typed.
pub fn applicant(input: &DraftInput) -> Applicant {
    let stated = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Applicant {
        name: input.name.clone(),
        date_of_birth: stated(&input.date_of_birth),
        sex: stated(&input.sex),
        address: stated(&input.address),
    }
}

/// What is wrong on the pages that every form begins with.
fn common_faults(language: Language, procedure: &Procedure, input: &DraftInput, applicant: &Applicant) -> Faults {
    let mut faults = Faults::new();
    let taken = |code: &crate::ids::AgencyCode| procedure.is_taken_by(code);
    match municipalities::resolve(&input.recipient) {
        Some(code) if taken(&code) => {}
        found => {
            let key = match (found, input.recipient.is_empty()) {
                (Some(_), _) => "fault-recipient-takes-not",
                (None, true) => "fault-required",
                (None, false) => "fault-recipient",
            };
            faults.insert(RECIPIENT.to_owned(), language.t(key).into_owned());
        }
    }
    if input.certificate.is_some() {
        return faults;
    }
    for (name, value) in [("name", &input.name), ("sex", &input.sex), ("address", &input.address)] {
        if value.is_empty() {
            let key = if name == "sex" { "fault-choose" } else { "fault-required" };
            faults.insert(name.to_owned(), language.t(key).into_owned());
        }
    }
    if let Err(fault) = crate::intake::document::check_applicant(applicant) {
        let name = fault.pointer.rsplit('/').next().unwrap_or_default().to_owned();
        let key = if name == "date_of_birth" { "fault-date" } else { "fault-invalid" };
        faults.entry(name).or_insert_with(|| language.t(key).into_owned());
    }
    faults
}

/// How many entries a group has so far.
pub fn entries(answering: &Answering, group: &crate::procedures::Field) -> usize {
    typed::entries(&answering.input.answers, group)
}
