//! What must hold in a definition beyond its form: texts in every language, fields that exist, conditions that can hold.
use std::collections::HashSet;

use super::definition::{Definition, Recipients};
use super::field::{Condition, Field, FieldKind};
use super::place::Faults;
use super::text::Text;

/// The most fields, those of groups included.
const MOST_FIELDS: usize = 200;
/// The most choices of one field.
const MOST_CHOICES: usize = 500;
/// The most entries of one group.
const MOST_ENTRIES: u64 = 100;
/// The longest text of one language, in characters.
const LONGEST_TEXT: usize = 2000;
/// Pages that every form has.
pub(super) const RESERVED_PAGES: [&str; 2] = ["applicant", "recipient"];

/// Checks a whole definition.
pub(super) fn definition(definition: &Definition, faults: &mut Faults<'_>) {
    check_texts(definition, faults);
    check_scope(definition, faults);
    let count: usize = definition.fields.iter().map(|field| 1 + field.fields.len()).sum();
    if count == 0 {
        faults.note("field", "there is no field", "add at least one [[field]]");
    }
    if count > MOST_FIELDS {
        faults.note("field", format!("there are {count} fields"), format!("at most {MOST_FIELDS} are taken"));
    }
    check_fields("field", &definition.fields, false, faults);
    check_pages(definition, faults);
    super::representation::check(definition, faults);
    super::deadline::check(definition, faults);
    super::office::check(definition, faults);
    if let Some(pointer) = &definition.fee_per {
        let number = definition.fields.iter().find(|field| field.pointer == *pointer);
        if number.is_none_or(|field| field.kind != FieldKind::Number) {
            faults.note("fee_per", "is not the pointer of a field of the kind \"number\"", "name such a field");
        }
    }
    for (index, document) in definition.attachments.documents.iter().enumerate() {
        let key = format!("attachments.document[{index}].needed_if");
        check_conditions(&key, &document.needed_if, &definition.fields, faults);
    }
    let most = usize::try_from(definition.attachments.at_most).unwrap_or(usize::MAX);
    if definition.attachments.documents.len() > most {
        let todo = "raise at_most to the number of [[attachments.document]] at least";
        faults.note("attachments.at_most", "is less than the documents that are asked for", todo);
    }
}

fn check_texts(definition: &Definition, faults: &mut Faults<'_>) {
    for (key, text) in [("title", &definition.title), ("summary", &definition.summary), ("agency", &definition.agency)]
    {
        required(key, text, faults);
    }
    optional("who", &definition.who, faults);
    optional("agency_gets", &definition.agency_gets, faults);
    if let Some(text) = &definition.not_carried_over {
        required("not_carried_over", text, faults);
    }
    if let Some(check) = &definition.registry_check {
        required("registry_check.replaces", &check.replaces, faults);
    }
    for (index, basis) in definition.legal_basis.iter().enumerate() {
        required(&format!("legal_basis[{index}].law"), &basis.law, faults);
        required(&format!("legal_basis[{index}].clause"), &basis.clause, faults);
    }
    for (index, document) in definition.attachments.documents.iter().enumerate() {
        required(&format!("attachments.document[{index}].label"), &document.label, faults);
        optional(&format!("attachments.document[{index}].help"), &document.help, faults);
    }
}

pub(super) fn required(key: &str, text: &Text, faults: &mut Faults<'_>) {
    if text.has_gap() {
        faults.note(
            key,
            "has no text in Japanese, or a blank one",
            "write it in ja; leave out a language that it is not written in",
        );
    }
    bounded(key, text, faults);
}

/// A text that may be left out, but not in Japanese alone.
pub(super) fn optional(key: &str, text: &Text, faults: &mut Faults<'_>) {
    if !text.is_empty() {
        required(key, text, faults);
    }
}

fn bounded(key: &str, text: &Text, faults: &mut Faults<'_>) {
    if text.longest() > LONGEST_TEXT {
        faults.note(key, "is too long", format!("at most {LONGEST_TEXT} characters are taken"));
    }
    if text.has_hidden() {
        faults.note(key, "has a character that cannot be seen", "type the text anew");
    }
}

fn check_scope(definition: &Definition, faults: &mut Faults<'_>) {
    match &definition.recipients {
        Recipients::Every(_) => {}
        Recipients::Listed(agencies) if agencies.is_empty() => {
            faults.note("recipients", "names no agency", "name some, or write \"every-municipality\"");
        }
        Recipients::Listed(_) => {}
        Recipients::Prefectures(listed) => {
            let is_code =
                |code: &String| code.len() == 2 && code.parse().is_ok_and(|code: u8| (1..=47).contains(&code));
            if listed.prefectures.is_empty() || !listed.prefectures.iter().all(is_code) {
                faults.note("recipients", "names something that is no prefecture", "write \"01\" to \"47\"");
            }
        }
    }
    if let (Some(from), Some(to)) = (definition.valid_from, definition.valid_to)
        && to < from
    {
        faults.note("valid_to", "lies before valid_from", "change one of the two");
    }
    if definition.form_version == 0 {
        faults.note("form_version", "is 0", "versions begin with 1");
    }
}

fn check_fields(key: &str, fields: &[Field], in_group: bool, faults: &mut Faults<'_>) {
    let mut seen = HashSet::new();
    for (index, field) in fields.iter().enumerate() {
        let key = format!("{key}[{index}]");
        let name = field.pointer.strip_prefix('/').unwrap_or_default();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || name.len() > 40 || !name.bytes().all(fits) {
            let todo = "write \"/name\" with a-z, 0-9 and _, 40 characters at most";
            faults.note(format!("{key}.pointer"), "is not the pointer of a member of the answers", todo);
        }
        if !seen.insert(name) {
            faults.note(format!("{key}.pointer"), "stands twice", "give each field a pointer of its own");
        }
        required(&format!("{key}.label"), &field.label, faults);
        optional(&format!("{key}.help"), &field.help, faults);
        // What comes later has no answer yet.
        let earlier = fields.get(..index).unwrap_or_default();
        check_conditions(&format!("{key}.shown_if"), &field.shown_if, earlier, faults);
        check_conditions(&format!("{key}.required_if"), &field.required_if, earlier, faults);
        check_keys(&key, field, faults);
        check_group(&key, field, in_group, faults);
    }
}

/// Keys that belong to some kinds only, and bounds the right way round.
fn check_keys(key: &str, field: &Field, faults: &mut Faults<'_>) {
    let kind = field.kind;
    let length = field.min_length.is_some() || field.max_length.is_some();
    for (name, there, belongs) in [
        ("choices", !field.choices.is_empty(), kind == FieldKind::Choice),
        ("must_be_true", field.must_be_true, kind == FieldKind::Checkbox),
        ("max_length", length, kind.has_length()),
        ("least", field.least.is_some() || field.most.is_some(), kind == FieldKind::Number),
        ("not_after", field.not_before.is_some() || field.not_after.is_some(), kind.is_date()),
        ("field", !field.fields.is_empty(), kind == FieldKind::Group),
        ("entry", field.entry.is_some(), kind == FieldKind::Group),
        ("at_most", field.at_least.is_some() || field.at_most.is_some(), kind == FieldKind::Group),
    ] {
        if there && !belongs {
            let what = format!("does not belong to the kind \"{}\"", kind.word());
            faults.note(format!("{key}.{name}"), what, "take it out, or change the kind");
        }
    }
    check_bounds(key, field, faults);
    check_choices(key, field, faults);
    if !field.required_if.is_empty() && field.required {
        faults.note(format!("{key}.required_if"), "is of no use: the field is required anyway", "add required = false");
    }
}

fn check_bounds(key: &str, field: &Field, faults: &mut Faults<'_>) {
    let crossed = |low: Option<u64>, high: Option<u64>| matches!((low, high), (Some(low), Some(high)) if high < low);
    if crossed(field.min_length, field.max_length) || field.max_length == Some(0) {
        faults.note(format!("{key}.max_length"), "is less than the least length", "change one of the two");
    }
    if field.max_length.is_some_and(|most| most > 100_000) {
        faults.note(format!("{key}.max_length"), "is too large", "at most 100000 characters are taken");
    }
    if matches!((field.least, field.most), (Some(least), Some(most)) if most < least) {
        faults.note(format!("{key}.most"), "is less than least", "change one of the two");
    }
    if crossed(field.at_least, field.at_most) || field.at_most == Some(0) {
        faults.note(format!("{key}.at_most"), "is less than at_least", "change one of the two");
    }
    if field.at_most.or(field.at_least).is_some_and(|most| most > MOST_ENTRIES) {
        faults.note(format!("{key}.at_most"), "is too large", format!("at most {MOST_ENTRIES} entries are taken"));
    }
}

fn check_choices(key: &str, field: &Field, faults: &mut Faults<'_>) {
    if field.kind != FieldKind::Choice {
        return;
    }
    if field.choices.len() < 2 || field.choices.len() > MOST_CHOICES {
        let todo = format!("list 2 to {MOST_CHOICES} of them");
        faults.note(format!("{key}.choices"), "a field of the kind \"choice\" needs choices", todo);
    }
    let mut seen = HashSet::new();
    for (index, choice) in field.choices.iter().enumerate() {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if choice.value.is_empty() || choice.value.len() > 64 || !choice.value.bytes().all(fits) {
            let todo = "write 1 to 64 letters, digits, - and _";
            faults.note(format!("{key}.choices[{index}].value"), "cannot be the value of a choice", todo);
        }
        if !seen.insert(&choice.value) {
            faults.note(format!("{key}.choices[{index}].value"), "stands twice", "give each choice its own value");
        }
        required(&format!("{key}.choices[{index}].label"), &choice.label, faults);
    }
}

fn check_group(key: &str, field: &Field, in_group: bool, faults: &mut Faults<'_>) {
    if field.kind == FieldKind::Group {
        if in_group {
            faults.note(format!("{key}.kind"), "a group cannot stand in a group", "ask for it on a page of its own");
            return;
        }
        if field.fields.is_empty() {
            faults.note(key, "a group needs fields", "add at least one [[field.field]]");
        }
        match &field.entry {
            Some(entry) => required(&format!("{key}.entry"), entry, faults),
            None => faults.note(key, "a group needs the key entry", "say what one entry is called, in ja and en"),
        }
        check_fields(&format!("{key}.field"), &field.fields, true, faults);
    }
    if in_group && field.from_certificate.is_some() {
        let what = "a certificate is of one person, a group of several";
        faults.note(format!("{key}.from_certificate"), what, "take it out of the group");
    }
    let fits = matches!(field.kind, FieldKind::Line)
        || (field.from_certificate == Some(super::CertificateData::DateOfBirth) && field.kind.is_date());
    if field.from_certificate.is_some() && !fits {
        let todo = "use the kind \"line\" (or a date for date_of_birth): it is taken as the certificate has it";
        faults.note(format!("{key}.from_certificate"), "does not fit the kind", todo);
    }
}

pub(super) fn check_conditions(key: &str, conditions: &[Condition], among: &[Field], faults: &mut Faults<'_>) {
    for (index, condition) in conditions.iter().enumerate() {
        let key = format!("{key}[{index}]");
        let Some(field) = among.iter().find(|field| field.pointer == condition.field) else {
            let todo = "name a field that stands before this one (within a group: of the same group)";
            faults.note(format!("{key}.field"), "is not the pointer of an earlier field", todo);
            continue;
        };
        if condition.is.is_empty() == condition.is_not.is_empty() {
            faults.note(key.as_str(), "needs either is or is_not", "give one list of values");
        }
        let offered = |value: &&serde_json::Value| match field.kind {
            FieldKind::Choice => value.as_str().is_some_and(|value| field.choice(value).is_some()),
            FieldKind::Checkbox => value.is_boolean(),
            FieldKind::Number => value.is_i64(),
            _ => false,
        };
        if !condition.is.iter().chain(&condition.is_not).all(|value| offered(&value)) {
            let todo = "use values that a choice, a checkbox (true, false) or a number can have";
            faults.note(key.as_str(), format!("names a value that {} never has", field.pointer), todo);
        }
    }
}

fn check_pages(definition: &Definition, faults: &mut Faults<'_>) {
    if definition.pages.is_empty() {
        return;
    }
    let mut ids = HashSet::new();
    let mut placed: Vec<&str> = Vec::new();
    for (index, page) in definition.pages.iter().enumerate() {
        let key = format!("page[{index}]");
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let wrong = page.id.is_empty() || page.id.len() > 40 || !page.id.bytes().all(fits);
        if wrong || RESERVED_PAGES.contains(&page.id.as_str()) || !ids.insert(page.id.as_str()) {
            let todo = "write a-z, 0-9 and -, each page another, and neither \"applicant\" nor \"recipient\"";
            faults.note(format!("{key}.id"), "cannot be the name of this page", todo);
        }
        optional(&format!("{key}.title"), &page.title, faults);
        optional(&format!("{key}.help"), &page.help, faults);
        if page.fields.len() != 1 && page.title.is_empty() {
            faults.note(format!("{key}.title"), "a page of several fields needs a title", "write it in ja and en");
        }
        let kind_of = |pointer: &String| definition.fields.iter().find(|f| f.pointer == *pointer).map(|f| f.kind);
        let has_group = page.fields.iter().any(|pointer| kind_of(pointer) == Some(FieldKind::Group));
        if has_group && page.fields.len() > 1 {
            faults.note(format!("{key}.fields"), "a group needs a page of its own", "move the others to another page");
        }
        placed.extend(page.fields.iter().map(String::as_str));
    }
    let fields: Vec<&str> = definition.fields.iter().map(|field| field.pointer.as_str()).collect();
    if placed != fields {
        let todo = "put every field on one page, in the order of the fields";
        faults.note("page", "the pages do not hold the fields one after the other", todo);
    }
}
