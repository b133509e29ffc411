//! The form of an application: its fields out of the catalog's data, what was typed into them, and what is wrong.
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::drafts::DraftInput;
use super::municipalities;
use crate::intake::document::Applicant;
use crate::procedures::{FieldKind as CatalogKind, Procedure};
use crate::submission::rejection::FieldFault;
use crate::web::forms::{Choice, Field, FieldKind};
use crate::web::i18n::Language;

/// Faults by the names of fields, in words.
pub type Faults = BTreeMap<String, String>;

/// The fields about the applicant.
pub fn applicant_fields(language: Language, input: &DraftInput, faults: &Faults) -> Vec<Field> {
    let sexes = ["female", "male", "unknown"]
        .map(|value| Choice { value: value.to_owned(), label: language.t(&format!("sex-{value}")).into_owned() });
    let mut fields = vec![
        Field::text("name", language.t("form-name")).value(&input.name).hint(language.t("form-name-hint")),
        Field::text("date_of_birth", language.t("form-birth"))
            .kind(FieldKind::Date)
            .value(&input.date_of_birth)
            .hint(language.t("form-birth-hint"))
            .optional(),
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
    if let Some(name) = fields.first_mut() {
        name.autocomplete = "name";
    }
    fields
}

/// The field for where the application goes.
pub fn recipient_field(language: Language, input: &DraftInput, faults: &Faults) -> Field {
    Field::text("recipient", language.t("form-recipient"))
        .hint(language.t("form-recipient-hint"))
        .value(&input.recipient)
        .error(faults.get("recipient").cloned())
}

/// The fields of the procedure's own form.
pub fn answer_fields(language: Language, procedure: &Procedure, input: &DraftInput, faults: &Faults) -> Vec<Field> {
    procedure.fields.iter().map(|field| answer_field(language, field, input, faults)).collect()
}

fn answer_field(language: Language, field: &crate::procedures::Field, input: &DraftInput, faults: &Faults) -> Field {
    let name = format!("answers.{}", field.name());
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let (kind, choices) = match field.kind {
        CatalogKind::Line | CatalogKind::Number => (FieldKind::Text, Vec::new()),
        CatalogKind::Paragraph => (FieldKind::Lines(10), Vec::new()),
        CatalogKind::Date => (FieldKind::Date, Vec::new()),
        CatalogKind::Choice => {
            let offered = field.choices.iter().map(|one| choice(&one.value, one.label.get(language)));
            (FieldKind::Radios, offered.collect())
        }
        CatalogKind::Checkbox => {
            let (yes, no) = (language.t("form-yes"), language.t("form-no"));
            (FieldKind::Radios, vec![choice("true", &yes), choice("false", &no)])
        }
    };
    let error = faults.get(&name).cloned();
    let value = input.answers.get(field.name()).cloned().unwrap_or_default();
    let mut shown = Field::text(name, field.label.get(language)).kind(kind).choices(choices).value(value).error(error);
    shown.hint = field.help.get(language).to_owned();
    shown.required = field.required;
    shown.max_length = field.max_length.and_then(|most| u32::try_from(most).ok()).unwrap_or(0);
    shown
}

/// What was posted, as it was typed; what a certificate locked is not taken from the form.
pub fn read(procedure: &Procedure, before: DraftInput, posted: &BTreeMap<String, String>) -> DraftInput {
    let take = |name: &str| posted.get(name).map(|value| plain_lines(value)).unwrap_or_default();
    let mut input = DraftInput { recipient: take("recipient").trim().to_owned(), ..before };
    if input.certificate.is_none() {
        input.name = take("name").trim().to_owned();
        input.date_of_birth = take("date_of_birth").trim().to_owned();
        input.sex = take("sex");
        input.address = take("address").trim().to_owned();
    }
    let answer = |field: &crate::procedures::Field| {
        let value = take(&format!("answers.{}", field.name()));
        (field.name().to_owned(), if field.kind == CatalogKind::Paragraph { value } else { value.trim().to_owned() })
    };
    input.answers = procedure.fields.iter().map(answer).collect();
    input
}

/// Browsers send line ends as CRLF (WHATWG HTML 4.10.21.8); what is signed has LF, as it was typed.
fn plain_lines(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\r', "\n")
}

/// The answers as the procedure's schema wants them; what is empty is left out.
pub fn answers(procedure: &Procedure, input: &DraftInput) -> Value {
    let mut answers = Map::new();
    for field in &procedure.fields {
        let Some(text) = input.answers.get(field.name()).filter(|text| !text.is_empty()) else { continue };
        let value = match (field.kind, text.parse::<i64>(), text.as_str()) {
            (CatalogKind::Number, Ok(number), _) => Value::from(number),
            (CatalogKind::Checkbox, _, "true") => Value::from(true),
            (CatalogKind::Checkbox, _, "false") => Value::from(false),
            _ => Value::from(text.as_str()),
        };
        answers.insert(field.name().to_owned(), value);
    }
    Value::Object(answers)
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

/// Everything that is wrong with what was typed, by field and in words.
pub fn judge(language: Language, procedure: &std::sync::Arc<Procedure>, input: &DraftInput) -> Faults {
    let mut faults = Faults::new();
    let taken = |code: &crate::ids::AgencyCode| procedure.is_taken_by(code);
    if municipalities::resolve(&input.recipient).filter(taken).is_none() {
        let key = if input.recipient.is_empty() { "fault-required" } else { "fault-recipient" };
        faults.insert("recipient".to_owned(), language.t(key).into_owned());
    }
    if input.certificate.is_none() {
        for (name, value) in [("name", &input.name), ("sex", &input.sex), ("address", &input.address)] {
            if value.is_empty() {
                faults.insert(name.to_owned(), language.t("fault-required").into_owned());
            }
        }
        if let Err(fault) = crate::intake::document::check_applicant(&applicant(input)) {
            let name = fault.pointer.rsplit('/').next().unwrap_or_default().to_owned();
            let key = if name == "date_of_birth" { "fault-date" } else { "fault-invalid" };
            faults.entry(name).or_insert_with(|| language.t(key).into_owned());
        }
    }
    if let Err(found) = procedure.judge(std::sync::Arc::new(answers(procedure, input))) {
        for fault in found {
            let name = format!("answers.{}", fault.pointer.trim_start_matches('/'));
            faults.entry(name).or_insert_with(|| words(language, &fault));
        }
    }
    faults
}

/// A fault of the schema in words.
fn words(language: Language, fault: &FieldFault) -> String {
    let limit = fault.limit.as_deref().unwrap_or_default();
    match fault.code {
        "required" => language.t("fault-required").into_owned(),
        "too-long" => language.with("fault-too-long", "limit", limit),
        "too-short" => language.with("fault-too-short", "limit", limit),
        "too-small" => language.with("fault-too-small", "limit", limit),
        "too-large" => language.with("fault-too-large", "limit", limit),
        "not-offered" => language.t("fault-not-offered").into_owned(),
        "wrong-type" => language.t("fault-wrong-type").into_owned(),
        _ => language.t("fault-invalid").into_owned(),
    }
}
