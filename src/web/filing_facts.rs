//! What residents and agencies see of a filing beside its answers: for whom it was filed, and how it stands to its deadlines.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::i18n::Language;
use super::problem::Problem;
use crate::gateway::Gateway;
use crate::ids::ArrivalNumber;
use crate::intake::document::ApplicationDocument;
use crate::procedures::Procedure;
use crate::procedures::deadline::{Deadline, Reckoned, Timeliness};
use crate::procedures::definition::japan_day;
use crate::procedures::kinds::date::Both;
use crate::store::DocumentRole;

/// A label and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What there is to say.
    pub value: String,
    /// Whether people should notice.
    pub warns: bool,
}

impl Fact {
    /// The kind of the notice that says it.
    pub fn kind(&self) -> &'static str {
        if self.warns { "warning" } else { "info" }
    }
}

/// Everything that a document's answers tell, where they arrived (or would arrive) on a day in Japan.
pub fn of_answers(language: Language, procedure: &Procedure, answers: &Value, arrived: NaiveDate) -> Vec<Fact> {
    let mut facts: Vec<Fact> = for_whom(language, procedure, answers).into_iter().collect();
    facts.extend(deadlines(language, procedure, answers, arrived));
    facts
}

/// For whom it is, where it is for another person than who signs.
pub fn for_whom(language: Language, procedure: &Procedure, answers: &Value) -> Option<Fact> {
    let person = procedure.represented(language, answers)?;
    let value = language.with_all("lives-for-whom", &[("name", &person.name), ("capacity", &person.capacity)]);
    Some(Fact { label: language.t("lives-for-whom-label").into_owned(), value, warns: false })
}

/// How it stands to each deadline that applies to it.
pub fn deadlines(language: Language, procedure: &Procedure, answers: &Value, arrived: NaiveDate) -> Vec<Fact> {
    let one = |deadline: &Deadline| Some(deadline_fact(language, deadline, deadline.reckon_on(answers, arrived)?));
    procedure.deadlines.iter().filter_map(one).collect()
}

fn deadline_fact(language: Language, deadline: &Deadline, reckoned: Reckoned) -> Fact {
    let last = Both(language, reckoned.last_day).to_string();
    let mut said = vec![match reckoned.timeliness {
        Timeliness::InTime => language.with("lives-deadline-in-time", "day", &last),
        Timeliness::Late(days) => language.with_all("lives-deadline-late", &[("day", &last), ("days", &days)]),
        Timeliness::Undecided => language.with("lives-deadline-undecided", "day", &last),
    }];
    if let Some(from) = reckoned.moved_from {
        said.push(language.with("lives-deadline-moved", "day", Both(language, from)));
    }
    let warns = reckoned.timeliness != Timeliness::InTime;
    if warns && !deadline.late.is_empty() {
        said.push(deadline.late.get(language).to_owned());
    }
    let (name, clause) = (deadline.label.get(language), deadline.clause.get(language));
    let label = match language {
        Language::Ja | Language::Easy | Language::Zh => format!("{name}（{clause}）"),
        _ => format!("{name} ({clause})"),
    };
    Fact { label, value: said.join(" "), warns }
}

/// The same of a filing that is recorded: its own document, and the moment at which it arrived, also where it was held. A
/// correction has no deadline of its own: what arrived first counts.
///
/// # Errors
/// 503 where the record cannot be read.
pub async fn of_filing(
    gateway: &Gateway,
    language: Language,
    (number, arrived): (ArrivalNumber, DateTime<Utc>),
) -> Result<Vec<Fact>, Problem> {
    let stored = gateway.store.submission_document(number, DocumentRole::Application, 0).await?;
    let Some((_, bytes)) = stored else { return Ok(Vec::new()) };
    let document =
        ApplicationDocument::read(&bytes).map_err(|_| Problem::internal("a recorded document is unreadable"))?;
    Ok(of_document(gateway, language, &document, arrived))
}

/// The same of a document that was read already.
pub fn of_document(
    gateway: &Gateway,
    language: Language,
    document: &ApplicationDocument,
    arrived: DateTime<Utc>,
) -> Vec<Fact> {
    let procedure = gateway.catalog.version(document.procedure.as_str(), document.form_version);
    match (procedure, &document.corrects) {
        (None, _) => Vec::new(),
        (Some(procedure), None) => of_answers(language, procedure, &document.answers, japan_day(arrived)),
        (Some(procedure), Some(_)) => for_whom(language, procedure, &document.answers).into_iter().collect(),
    }
}
