//! The fields of the forms, by what happened.
use crate::registry::event::DeletionReason;
use crate::registry::record::ResidentRecord;
use crate::web::forms::{Choice, Field, FieldKind};
use crate::web::page::Page;

fn text(page: &Page, name: &str, most: u32) -> Field {
    Field::text(name, page.t(&format!("clerk-dyn-field-{name}"))).max_length(most)
}

fn date(page: &Page, name: &str) -> Field {
    let hint = page.t("clerk-field-date-hint");
    Field::text(name, page.t(&format!("clerk-dyn-field-{name}"))).kind(FieldKind::Date).hint(hint)
}

fn select(page: &Page, name: &str, values: &[&str]) -> Field {
    let label = |value: &&str| Choice {
        value: (*value).to_owned(),
        label: page.t(&format!("clerk-dyn-choice-{value}")).into_owned(),
    };
    let field = Field::text(name, page.t(&format!("clerk-dyn-field-{name}"))).kind(FieldKind::Select);
    field.choices(values.iter().map(label).collect())
}

fn hinted(page: &Page, field: Field) -> Field {
    let hint = page.t(&format!("clerk-dyn-hint-{}", field.name)).into_owned();
    field.hint(hint)
}

/// Names.
fn names(page: &Page) -> Vec<Field> {
    vec![
        hinted(page, text(page, "written", 100)),
        text(page, "kana", 100).optional(),
        text(page, "alphabet", 100).optional(),
        text(page, "alias", 100).optional(),
    ]
}

fn place(page: &Page) -> Vec<Field> {
    let postcode = text(page, "postcode", 8).kind(FieldKind::Digits).optional();
    vec![hinted(page, text(page, "address", 200)), postcode]
}

fn household(page: &Page) -> Vec<Field> {
    vec![hinted(page, text(page, "household", 36).optional()), hinted(page, text(page, "relation", 20))]
}

fn foreign(page: &Page) -> Vec<Field> {
    vec![
        hinted(page, text(page, "nationality", 3)),
        hinted(page, text(page, "status_of_residence", 50)),
        date(page, "period_until").optional(),
        text(page, "residence_card_number", 12),
    ]
}

/// The kinds of events that begin a record.
pub const BEGINNINGS: [&str; 3] = ["move_in", "birth", "registered"];

/// The form that enters a person.
pub fn beginning(page: &Page) -> Vec<Field> {
    let mut fields = vec![select(page, "kind", &BEGINNINGS), date(page, "on")];
    fields.extend(names(page));
    fields.push(hinted(page, date(page, "date_of_birth")));
    fields.push(select(page, "sex", &["male", "female", "unknown"]));
    fields.extend(place(page));
    fields.extend(household(page));
    let code = text(page, "code", 14).kind(FieldKind::Digits).autocomplete("off").optional();
    fields.push(hinted(page, code));
    fields.push(text(page, "from_municipality", 60).kind(FieldKind::Municipality).optional());
    fields.push(text(page, "from_address", 200).optional());
    fields.extend(foreign(page).into_iter().map(Field::optional));
    fields
}

/// The kinds of events of a record that is there, in the order in which they are offered.
pub const EVENTS: [&str; 9] = [
    "moved_within",
    "household_changed",
    "name_changed",
    "status_changed",
    "move_out",
    "move_out_withdrawn",
    "death",
    "code_changed",
    "deleted",
];

/// Whether an event can happen to a record as it stands.
pub fn is_possible(record: &ResidentRecord, kind: &str) -> bool {
    let fits = match kind {
        "status_changed" => record.foreign.is_some(),
        "move_out" => record.leaving.is_none(),
        "move_out_withdrawn" => record.leaving.is_some(),
        kind => EVENTS.contains(&kind),
    };
    record.is_current() && fits
}

/// The form of an event, with what the record says now.
pub fn event(page: &Page, record: &ResidentRecord, kind: &str) -> Vec<Field> {
    let mut fields = vec![date(page, "on")];
    fields.extend(match kind {
        "moved_within" => [place(page), household(page)].concat(),
        "household_changed" => household(page),
        "name_changed" => names(page),
        "status_changed" => foreign(page),
        "move_out" => {
            let to = text(page, "to", 60).kind(FieldKind::Municipality).optional();
            vec![to, text(page, "to_address", 200).optional(), date(page, "intended")]
        }
        "deleted" => vec![select(page, "reason", &DeletionReason::ALL.map(DeletionReason::as_str))],
        _ => Vec::new(),
    });
    fields.into_iter().map(|field| with_present(field, record)).collect()
}

/// What stays the same need not be typed again.
fn with_present(field: Field, record: &ResidentRecord) -> Field {
    let name = &record.name;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let foreign = record.foreign.as_ref();
    let value = match field.name.as_str() {
        "written" => name.written.clone(),
        "kana" => optional(&name.kana),
        "alphabet" => optional(&name.alphabet),
        "alias" => optional(&name.alias),
        "relation" => record.relation.clone(),
        "nationality" => foreign.map(|foreign| foreign.nationality.clone()).unwrap_or_default(),
        "status_of_residence" => foreign.map(|foreign| foreign.status_of_residence.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    if value.is_empty() { field } else { field.value(value) }
}
