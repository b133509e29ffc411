//! Answers as people read them: under their labels, in the form's order, with choices by their labels, days in both calendars,
//! and nothing that could hide.
use serde_json::{Map, Value};

use super::definition::Procedure;
use super::field::{Field, FieldKind};
use super::kinds::date::{Both, from_iso};
use super::kinds::text::visible;
use super::municipalities;
use super::text::Language;

/// One answer for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Pointer into the answers: `/members/0/name`.
    pub pointer: String,
    /// Pointer of the form's field that it belongs to: `/members`.
    pub field: String,
    /// Which entry of a group it is of, from 0.
    pub entry: Option<usize>,
    /// What it is.
    pub label: String,
    /// What was answered.
    pub value: String,
}

impl Procedure {
    /// The answers under the labels of this form, in its order; what is there without a field comes last, under its bare name.
    pub fn shown(&self, language: Language, answers: &Value) -> Vec<Shown> {
        let Some(members) = answers.as_object() else { return Vec::new() };
        let mut shown = Vec::new();
        for field in &self.fields {
            match (field.kind, members.get(field.name())) {
                (FieldKind::Group, Some(Value::Array(entries))) => show_group(language, field, entries, &mut shown),
                (_, Some(value)) => shown.push(one(language, field, value, None)),
                (_, None) => {}
            }
        }
        shown.extend(bare(members, |name| self.fields.iter().any(|field| field.name() == name)));
        shown
    }
}

/// Answers without a form, under their bare names.
pub fn bare_answers(answers: &Value) -> Vec<Shown> {
    answers.as_object().map(|members| bare(members, |_| false).collect()).unwrap_or_default()
}

fn bare(members: &Map<String, Value>, has_field: impl Fn(&str) -> bool) -> impl Iterator<Item = Shown> {
    members.iter().filter(move |(name, _)| !has_field(name)).map(|(name, value)| Shown {
        pointer: format!("/{name}"),
        field: format!("/{name}"),
        entry: None,
        label: visible(name),
        value: plain(value),
    })
}

fn show_group(language: Language, group: &Field, entries: &[Value], shown: &mut Vec<Shown>) {
    for (index, entry) in entries.iter().enumerate() {
        let Some(members) = entry.as_object() else { continue };
        for field in &group.fields {
            if let Some(value) = members.get(field.name()) {
                shown.push(one(language, field, value, Some((group, index))));
            }
        }
    }
}

fn one(language: Language, field: &Field, value: &Value, of: Option<(&Field, usize)>) -> Shown {
    let label = field.label.get(language);
    let (pointer, owner, label) = match of {
        None => (field.pointer.clone(), &field.pointer, label.to_owned()),
        Some((group, index)) => {
            let entry = group.entry.as_ref().map(|entry| entry.get(language)).unwrap_or_default();
            let label = format!("{entry} {}: {label}", index + 1);
            (format!("{}/{index}{}", group.pointer, field.pointer), &group.pointer, label)
        }
    };
    let entry = of.map(|(_, index)| index);
    Shown { pointer, field: owner.clone(), entry, label, value: field.shown_value(language, value) }
}

impl Field {
    /// One answer to this field for people.
    pub fn shown_value(&self, language: Language, value: &Value) -> String {
        match (self.kind, value) {
            (FieldKind::Choice, Value::String(chosen)) => {
                self.choice(chosen).map_or_else(|| visible(chosen), |label| label.get(language).to_owned())
            }
            (kind, Value::String(day)) if kind.is_date() => {
                from_iso(day).map_or_else(|| visible(day), |day| Both(language, day).to_string())
            }
            (FieldKind::Postcode, Value::String(code)) => match (code.get(..3), code.get(3..)) {
                (Some(first), Some(rest)) if code.len() == 7 => format!("〒{first}-{rest}"),
                _ => visible(code),
            },
            (FieldKind::Municipality, Value::String(code)) => visible(&municipalities::describe(language, code)),
            (_, Value::Bool(yes)) => yes_or_no(language, *yes).to_owned(),
            (_, value) => plain(value),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => visible(text),
        other => visible(&other.to_string()),
    }
}
/// A ticked box, or one that is not, in a word.
fn yes_or_no(language: Language, yes: bool) -> &'static str {
    let (affirmed, denied) = match language {
        Language::Ja | Language::Easy => ("はい", "いいえ"),
        Language::En => ("Yes", "No"),
        Language::Zh => ("是", "否"),
        Language::Ko => ("예", "아니요"),
        Language::Pt => ("Sim", "Não"),
        Language::Vi => ("Có", "Không"),
    };
    if yes { affirmed } else { denied }
}
