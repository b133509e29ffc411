//! The JSON Schema (2020-12) of a procedure's answers, made out of its fields: what the API gives out is what filings are
//! judged by. What depends on other answers stands in `allOf`; what a schema cannot say is in `further`.
use serde_json::{Map, Value, json};

use super::field::{Characters, Condition, Field, FieldKind};

/// One line: no control characters.
const LINE: &str = r"^[^\u0000-\u001F\u007F]*$";
/// Line breaks and tabs, and no other control character.
const PARAGRAPH: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$";
/// What has no width or turns the direction of writing (`kinds::text::is_invisible`).
const INVISIBLE: &str = r"\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB";
/// Characters that no name has: digits, marks, symbols, emoji, half-width kana, private use (外字).
const NOT_IN_NAMES: &str = r##"\u0000-\u001F\u007F-\u009F!-&*+/-@\[-`{-~\u2190-\u2BFF\uE000-\uF8FF\uFE00-\uFE0F\uFF01-\uFF0D\uFF0F-\uFF20\uFF3B-\uFF40\uFF5B-\uFF9F\u{1F000}-\u{1FAFF}\u{F0000}-\u{10FFFF}"##;
/// Capitals, and between them what names are joined with.
const ALPHABET_NAME: &str = r"^[A-Z](?:[A-Z ,.'-]*[A-Z.])?$";
/// Kanji, hiragana, katakana and what joins them; a variation selector may follow a kanji.
const ALIAS: &str = r"^[\u3005-\u3007\u303B\u3041-\u3096\u309D\u309E\u30A1-\u30FE\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{3FFFF}\u{E0100}-\u{E01EF} \u3000]+$";
/// Katakana, the long vowel mark, the middle dot and spaces.
const KANA: &str = r"^[\u30A1-\u30FE \u3000]*[\u30A1-\u30FA][\u30A1-\u30FE \u3000]*$";

/// The schema of a form's answers.
pub(super) fn of_fields(fields: &[Field]) -> Value {
    let mut schema = object(fields);
    if let Some(members) = schema.as_object_mut() {
        members.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    }
    schema
}

/// Lengths that a kind has of itself, where a definition says nothing of them.
pub(super) fn fill_in_bounds(fields: &mut [Field]) {
    for field in fields {
        let longest = match field.kind {
            FieldKind::Line => Some(200),
            FieldKind::Paragraph => Some(20_000),
            FieldKind::Name | FieldKind::Alias | FieldKind::AlphabetName | FieldKind::Kana => Some(100),
            FieldKind::Digits => Some(20),
            _ => None,
        };
        field.max_length = field.max_length.or(longest);
        fill_in_bounds(&mut field.fields);
    }
}

/// Closed to members that nobody is asked for: what nobody is shown must not be signed.
fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name().to_owned(), value(field))).collect();
    let always = fields.iter().filter(|field| field.required && field.shown_if.is_empty());
    let required: Vec<Value> = always.map(|field| json!(field.name())).collect();
    let mut schema = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    });
    let dependent: Vec<Value> = fields.iter().flat_map(dependent).collect();
    if let (Some(members), false) = (schema.as_object_mut(), dependent.is_empty()) {
        members.insert("allOf".to_owned(), Value::Array(dependent));
    }
    schema
}

/// What the other answers decide about a field: whether it is there at all, whether it must be.
fn dependent(field: &Field) -> Vec<Value> {
    let mut rules = Vec::new();
    let name = field.name();
    if !field.shown_if.is_empty() {
        let mut rule = json!({ "if": all_hold(&field.shown_if), "else": { "properties": { name: false } } });
        if let (Some(members), true) = (rule.as_object_mut(), field.required) {
            members.insert("then".to_owned(), json!({ "required": [name] }));
        }
        rules.push(rule);
    }
    if !field.required_if.is_empty() {
        let conditions: Vec<Condition> = field.shown_if.iter().chain(&field.required_if).cloned().collect();
        rules.push(json!({ "if": all_hold(&conditions), "then": { "required": [name] } }));
    }
    rules
}

fn all_hold(conditions: &[Condition]) -> Value {
    let one = |condition: &Condition| {
        let name = condition.field.trim_start_matches('/');
        let allowed = if condition.is.is_empty() {
            json!({ "not": { "enum": condition.is_not } })
        } else {
            json!({ "enum": condition.is })
        };
        json!({ "properties": { name: allowed }, "required": [name] })
    };
    json!({ "allOf": conditions.iter().map(one).collect::<Vec<_>>() })
}

fn value(field: &Field) -> Value {
    match field.kind {
        FieldKind::Line => text(field, LINE),
        FieldKind::Paragraph => text(field, PARAGRAPH),
        FieldKind::Name => pattern(field, &format!("^[^{NOT_IN_NAMES}{INVISIBLE}]+$")),
        FieldKind::AlphabetName => pattern(field, ALPHABET_NAME),
        FieldKind::Alias => pattern(field, ALIAS),
        FieldKind::Kana => pattern(field, KANA),
        FieldKind::Digits => pattern(field, "^[0-9]+$"),
        FieldKind::Date | FieldKind::EraDate => {
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
        }
        FieldKind::Number => number(field),
        FieldKind::Choice => {
            json!({ "enum": field.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>() })
        }
        FieldKind::Checkbox if field.must_be_true => json!({ "const": true }),
        FieldKind::Checkbox => json!({ "type": "boolean" }),
        FieldKind::Postcode => json!({ "type": "string", "pattern": "^[0-9]{7}$" }),
        FieldKind::Municipality => json!({ "type": "string", "pattern": "^[0-9]{6}$" }),
        FieldKind::Telephone => json!({ "type": "string", "pattern": "^0[0-9]{9,10}$" }),
        FieldKind::ResidenceCardNumber => json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]{8}[A-Z]{2}$" }),
        FieldKind::Group => {
            let (least, most) = field.entries();
            json!({ "type": "array", "minItems": least, "maxItems": most, "items": object(&field.fields) })
        }
    }
}

fn text(field: &Field, controls: &str) -> Value {
    // What a certificate holds is taken as it is.
    if field.characters == Characters::Any || field.from_certificate.is_some() {
        return pattern(field, controls);
    }
    pattern(field, &controls.replacen("[^", &format!("[^{INVISIBLE}"), 1))
}

fn pattern(field: &Field, pattern: &str) -> Value {
    json!({
        "type": "string", "minLength": field.min_length.unwrap_or(1), "maxLength": field.max_length, "pattern": pattern,
    })
}

fn number(field: &Field) -> Value {
    let mut schema = json!({ "type": "integer" });
    if let Some(members) = schema.as_object_mut() {
        members.extend(field.least.map(|least| ("minimum".to_owned(), json!(least))));
        members.extend(field.most.map(|most| ("maximum".to_owned(), json!(most))));
    }
    schema
}
