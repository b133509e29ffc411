//! The fields of a form as pages show them, out of the catalog's data, with what was typed and what is wrong; and what was
//! posted, as it was typed.
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::answering::{Answering, Faults};
use super::drafts::DraftInput;
use super::municipalities;
use crate::procedures::field::{Condition, Field as CatalogField, FieldKind as CatalogKind};
use crate::procedures::further::locked;
use crate::procedures::kinds::Era;
use crate::procedures::typed::{DATE_PARTS, Typed};
use crate::submission::rejection::RejectionCode;
use crate::web::forms::{Choice, DatePart, Field, FieldKind};
use crate::web::i18n::Language;
use crate::web::problem::Problem;

/// The longest text of one field that is kept, in characters; what is longer is no answer to any question.
pub const LONGEST_KEPT: usize = 100_000;

/// The most choices that are shown as buttons.
const MOST_BUTTONS: usize = 8;

/// The fields about the applicant.
pub fn applicant_fields(language: Language, input: &DraftInput, faults: &Faults) -> Vec<Field> {
    let sexes = ["female", "male", "unknown"]
        .map(|value| Choice { value: value.to_owned(), label: language.t(&format!("sex-{value}")).into_owned() });
    let mut fields = vec![
        Field::text("name", language.t("form-name"))
            .value(&input.name)
            .hint(language.t("form-name-hint"))
            .autocomplete("name"),
        Field::text("date_of_birth", language.t("form-birth"))
            .kind(FieldKind::Date)
            .value(&input.date_of_birth)
            .hint(language.t("form-birth-hint"))
            .optional()
            .autocomplete("bday"),
        Field::text("sex", language.t("form-sex")).kind(FieldKind::Radios).choices(sexes.to_vec()).value(&input.sex),
        Field::text("address", language.t("form-address")).value(&input.address).hint(language.t("form-address-hint")),
    ];
    for field in &mut fields {
        field.error = faults.get(&field.name).cloned();
        field.locked = input.certificate.is_some();
        if field.locked {
            field.hint.clear();
        }
    }
    fields
}

/// The field for where the application goes.
pub fn recipient_field(language: Language, input: &DraftInput, faults: &Faults) -> Field {
    let mut field = Field::text("recipient", language.t("form-recipient"))
        .kind(FieldKind::Municipality)
        .hint(language.t("form-recipient-hint"))
        .value(&input.recipient)
        .error(faults.get("recipient").cloned())
        .autocomplete("off");
    field.heading = true;
    // A correction is for the agency that has the filing.
    if input.corrects.is_some() {
        field.kind = FieldKind::Text;
        field.value = municipalities::describe(language, &input.recipient);
        field.hint = language.t("correction-same-recipient").into_owned();
        field.locked = true;
    }
    field
}

/// The fields of one page, or of one entry of its group (`members/0/`): those that are asked, and those that an answer on
/// the same page may yet ask for.
pub fn answer_fields(
    language: Language,
    answering: &Answering,
    fields: &[&CatalogField],
    at: &str,
    faults: &Faults,
) -> Vec<Field> {
    let beside = answers_beside(answering, at);
    let here = |condition: &Condition| fields.iter().any(|field| field.pointer == condition.field);
    let mut shown = Vec::new();
    for field in fields {
        let by_page = field.shown_if.iter().find(|condition| here(condition));
        if by_page.is_none() && !field.is_shown(&beside) {
            continue;
        }
        let mut one = answer_field(language, answering, field, at, faults);
        one.reveal = by_page.and_then(|condition| reveal(condition, at));
        shown.push(one);
    }
    let first_wrong = shown.iter_mut().find(|field| field.error.is_some());
    if let Some(field) = first_wrong {
        field.autofocus = true;
    }
    shown
}

/// The answers beside a field: of the form, or of one entry of a group.
fn answers_beside(answering: &Answering, at: &str) -> Map<String, Value> {
    let mut steps = at.trim_end_matches('/').split('/');
    match (steps.next(), steps.next().and_then(|index| index.parse::<usize>().ok())) {
        (Some(group), Some(index)) => {
            let entries = answering.read.answers.get(group);
            entries
                .and_then(|entries| entries.get(index))
                .and_then(|entry| entry.as_object())
                .cloned()
                .unwrap_or_default()
        }
        _ => answering.read.answers.clone(),
    }
}

/// How a script tells whether a field is asked: by an answer on the same page.
fn reveal(condition: &Condition, at: &str) -> Option<(String, String)> {
    if condition.is.is_empty() {
        return None;
    }
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values: Vec<String> = condition.is.iter().map(word).collect();
    Some((format!("answers.{at}{}", condition.field.trim_start_matches('/')), values.join("|")))
}

fn answer_field(language: Language, answering: &Answering, field: &CatalogField, at: &str, faults: &Faults) -> Field {
    let key = format!("{at}{}", field.name());
    let name = format!("answers.{key}");
    let typed = &answering.input.answers;
    let mut shown = Field::text(name.as_str(), field.label.get(language))
        .kind(kind(field))
        .choices(choices(language, field))
        .value(typed.get(&key).cloned().unwrap_or_default())
        .error(faults.get(&name).cloned())
        .autocomplete(autocomplete(field));
    shown.hint = field.help.get(language).to_owned();
    // The texts of a field are written in the same languages.
    shown.lang = field.label.mark(language);
    shown.choices_lang = field.choices.first().and_then(|choice| choice.label.mark(language));
    shown.required = field.required || field.is_required(&answers_beside(answering, at));
    shown.max_length = counted(field);
    if field.kind.is_date() {
        shown.parts = date_parts(language, field.kind == CatalogKind::EraDate, typed, &key);
        shown.value.clear();
    }
    if let Some(locked) = locked(&answering.applicant, field) {
        shown.value = field.shown_value(language, &Value::String(locked));
        shown.kind = FieldKind::Text;
        shown.locked = true;
        if answering.procedure.represented(language, &answering.answers()).is_some() {
            shown.hint = language.t("lives-locked-signer").into_owned();
            shown.lang = None;
        }
    } else if !answering.may_change(&key) {
        as_it_was_filed(language, answering, field, &key, &mut shown);
    }
    shown
}

/// A field that a partial correction leaves alone: what was filed, and why it cannot be changed.
fn as_it_was_filed(language: Language, answering: &Answering, field: &CatalogField, key: &str, shown: &mut Field) {
    shown.value = filed(language, answering, field, key);
    if shown.kind != FieldKind::Lines(10) {
        shown.kind = FieldKind::Text;
    }
    shown.hint = language.t("correction-not-marked").into_owned();
    shown.lang = None;
    shown.max_length = 0;
    shown.locked = true;
}

/// A change of something that a partial correction leaves alone, where no page shows it.
pub fn not_marked() -> Problem {
    let detail = "The agency asked for the marked fields to be corrected; this stays as it was filed.";
    Problem::new(RejectionCode::CorrectionBeyondMarked, detail)
}

/// What was filed in a field, in words.
fn filed(language: Language, answering: &Answering, field: &CatalogField, key: &str) -> String {
    answer_at(&answering.read.answers, key).map(|answer| field.shown_value(language, answer)).unwrap_or_default()
}

/// An answer by the name of its field: `members/1/name`.
fn answer_at<'a>(answers: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    let mut steps = key.split('/');
    let first = answers.get(steps.next()?)?;
    steps.try_fold(first, |answer, step| match answer {
        Value::Array(entries) => entries.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// Whether something else was sent for a field that is as it was filed.
fn is_other(
    language: Language,
    answering: &Answering,
    field: &CatalogField,
    key: &str,
    posted: &BTreeMap<String, String>,
) -> bool {
    let name = format!("answers.{key}");
    let was = [filed(language, answering, field, key), answering.input.answers.get(key).cloned().unwrap_or_default()];
    let whole = posted.get(&name).is_some_and(|given| !was.iter().any(|was| was.trim() == plain_lines(given).trim()));
    let part = |part: &&str| {
        let was = answering.input.answers.get(&format!("{key}.{part}")).map(String::as_str).unwrap_or_default();
        posted.get(&format!("{name}.{part}")).is_some_and(|given| given.trim() != was.trim())
    };
    whole || DATE_PARTS.iter().any(part)
}

/// Lengths are counted where people write sentences.
fn counted(field: &CatalogField) -> u32 {
    let is_counted =
        matches!(field.kind, CatalogKind::Line | CatalogKind::Paragraph) && field.from_certificate.is_none();
    field.max_length.filter(|_| is_counted).and_then(|most| u32::try_from(most).ok()).unwrap_or(0)
}

fn kind(field: &CatalogField) -> FieldKind {
    match field.kind {
        CatalogKind::Paragraph => FieldKind::Lines(10),
        CatalogKind::Date | CatalogKind::EraDate => FieldKind::DateParts,
        CatalogKind::Choice if field.choices.len() > MOST_BUTTONS => FieldKind::Select,
        CatalogKind::Choice | CatalogKind::Checkbox => FieldKind::Radios,
        CatalogKind::Municipality => FieldKind::Municipality,
        CatalogKind::Number | CatalogKind::Postcode | CatalogKind::Telephone | CatalogKind::Digits => FieldKind::Digits,
        _ => FieldKind::Text,
    }
}

fn autocomplete(field: &CatalogField) -> &'static str {
    match field.kind {
        CatalogKind::Telephone => "tel-national",
        CatalogKind::Municipality => "off",
        _ => "",
    }
}

fn choices(language: Language, field: &CatalogField) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    match field.kind {
        CatalogKind::Choice => field.choices.iter().map(|one| choice(&one.value, one.label.get(language))).collect(),
        CatalogKind::Checkbox => {
            vec![choice("true", &language.t("form-yes")), choice("false", &language.t("form-no"))]
        }
        _ => Vec::new(),
    }
}

/// Year, month and day, and the era before them where it may be typed in one.
fn date_parts(language: Language, eras: bool, typed: &Typed, key: &str) -> Vec<DatePart> {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let mut offered = vec![choice("western", &language.t("date-western"))];
    offered.extend(Era::ALL.iter().map(|era| choice(era.word(), era.name(language))));
    let part = |part: &'static str| {
        let is_era = part == "era";
        let value = typed.get(&format!("{key}.{part}")).cloned().unwrap_or_default();
        let otherwise = if is_era { first_era(language) } else { "" };
        DatePart {
            part,
            label: language.t(&format!("date-{part}")).into_owned(),
            value: if value.is_empty() { otherwise.to_owned() } else { value },
            choices: if is_era { offered.clone() } else { Vec::new() },
        }
    };
    DATE_PARTS.into_iter().filter(|name| eras || *name != "era").map(part).collect()
}

/// The calendar that is offered first.
fn first_era(language: Language) -> &'static str {
    if language == Language::Ja { "reiwa" } else { "western" }
}

/// What was posted about the applicant; the names of locked attributes that somebody tried to change.
pub fn read_applicant(input: &mut DraftInput, posted: &BTreeMap<String, String>) -> Vec<&'static str> {
    let take = |name: &str| posted.get(name).map(|value| plain_lines(value).trim().to_owned());
    let mut changed = Vec::new();
    let locked = input.certificate.is_some();
    let members = [
        ("name", &mut input.name),
        ("date_of_birth", &mut input.date_of_birth),
        ("sex", &mut input.sex),
        ("address", &mut input.address),
    ];
    for (name, kept) in members {
        match take(name) {
            Some(given) if locked && given != kept.trim() => changed.push(name),
            Some(given) if !locked => *kept = given,
            None if !locked => kept.clear(),
            _ => {}
        }
    }
    changed
}

/// What was posted as the agency; its name where a correction was to go to another one.
pub fn read_recipient(language: Language, input: &mut DraftInput, posted: &BTreeMap<String, String>) -> Vec<String> {
    let given = posted.get("recipient").map(|text| text.trim().to_owned()).unwrap_or_default();
    if input.corrects.is_none() {
        input.recipient = given;
        return Vec::new();
    }
    let is_same = given == input.recipient || given == municipalities::describe(language, &input.recipient).trim();
    if is_same { Vec::new() } else { vec!["recipient".to_owned()] }
}

/// What was posted into fields of a page, as it was typed, put in the place of what was there; the names of locked fields
/// that somebody tried to change.
pub fn read_answers(
    language: Language,
    answering: &mut Answering,
    fields: &[&CatalogField],
    at: &str,
    posted: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut changed = Vec::new();
    for field in fields {
        let key = format!("{at}{}", field.name());
        let name = format!("answers.{key}");
        if let Some(locked) = locked(&answering.applicant, field) {
            let shown = field.shown_value(language, &Value::String(locked));
            if posted.get(&name).is_some_and(|given| given.trim() != shown) {
                changed.push(name);
            }
            continue;
        }
        if !answering.may_change(&key) {
            if is_other(language, answering, field, &key, posted) {
                changed.push(name);
            }
            continue;
        }
        let take = |name: &str| posted.get(name).map(|value| plain_lines(value)).unwrap_or_default();
        let typed = &mut answering.input.answers;
        if field.kind.is_date() {
            typed.remove(&key);
            for part in DATE_PARTS {
                typed.insert(format!("{key}.{part}"), take(&format!("{name}.{part}")));
            }
        } else {
            typed.insert(key, take(&name));
        }
    }
    changed
}

/// Browsers send line ends as CRLF (WHATWG HTML 4.10.21.8); what is signed has LF, as it was typed.
fn plain_lines(value: &str) -> String {
    let lines = value.replace("\r\n", "\n").replace('\r', "\n");
    match lines.char_indices().nth(LONGEST_KEPT) {
        Some((end, _)) => lines.get(..end).unwrap_or_default().to_owned(),
        None => lines,
    }
}
