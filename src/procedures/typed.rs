//! From what was typed to the answers that are signed: each field of a form as text, in the parts in which pages ask for it,
//! and what became of it on the way.
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::definition::Procedure;
use super::field::{Field, FieldKind};
use super::further::{Subject, locked};
use super::kinds::{Change, DateFault, date, text};
use super::municipalities;

/// What was typed, by the names of fields: `title`; of a group's second entry `members/1/name`; of a date's parts
/// `moved_on.era`, `.year`, `.month`, `.day`.
pub type Typed = BTreeMap<String, String>;

/// The parts of a date.
pub const DATE_PARTS: [&str; 4] = ["era", "year", "month", "day"];

/// Why something that was typed is no answer, where that is known better than a schema tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedFault {
    /// It is no date.
    Date(DateFault),
    /// It is no municipality's code or name.
    Municipality,
    /// It is no whole number.
    Number,
    /// A character that cannot stand there: the first one.
    Character(char),
}

/// The answers made of what was typed.
#[derive(Debug, Default)]
pub struct Read {
    /// The answers, without what was not asked for and what is empty.
    pub answers: Map<String, Value>,
    /// What is no answer, by the pointer of its field.
    pub faults: BTreeMap<String, TypedFault>,
    /// What was changed, by the pointer of its field.
    pub changes: BTreeMap<String, Change>,
}

impl Procedure {
    /// Reads what was typed. Fields that are not asked for with the answers before them are left out, whatever was typed
    /// into them; what the certificate says goes before what was typed.
    pub fn read_typed(&self, typed: &Typed, subject: &Subject<'_>) -> Read {
        let mut read = Read::default();
        read.answers = read_fields("", &self.fields, typed, subject, &mut read);
        read
    }
}

/// The number of entries that were typed into a group.
pub fn entries(typed: &Typed, group: &Field) -> usize {
    let prefix = format!("{}/", group.name());
    let index = |name: &String| name.strip_prefix(&prefix)?.split('/').next()?.parse::<usize>().ok();
    let (_, most) = group.entries();
    typed.keys().filter_map(index).max().map_or(0, |last| (last + 1).min(most))
}

fn read_fields(
    at: &str,
    fields: &[Field],
    typed: &Typed,
    subject: &Subject<'_>,
    read: &mut Read,
) -> Map<String, Value> {
    let mut answers = Map::new();
    for field in fields {
        if !field.is_shown(&answers) {
            continue;
        }
        let name = format!("{at}{}", field.name());
        if field.kind == FieldKind::Group {
            let count = entries(typed, field);
            let one =
                |index| Value::Object(read_fields(&format!("{name}/{index}/"), &field.fields, typed, subject, read));
            let list: Vec<Value> = (0..count).map(one).collect();
            if field.required || !list.is_empty() {
                answers.insert(field.name().to_owned(), Value::Array(list));
            }
            continue;
        }
        if let Some(stated) = locked(subject.applicant, field) {
            answers.insert(field.name().to_owned(), Value::String(stated));
            continue;
        }
        match read_one(&name, field, typed) {
            Ok(None) => {}
            Ok(Some((value, change))) => {
                if let Some(change) = change {
                    read.changes.insert(format!("/{name}"), change);
                }
                answers.insert(field.name().to_owned(), value);
            }
            Err(fault) => {
                read.faults.insert(format!("/{name}"), fault);
            }
        }
    }
    answers
}

type ReadOne = Result<Option<(Value, Option<Change>)>, TypedFault>;

fn read_one(name: &str, field: &Field, typed: &Typed) -> ReadOne {
    if field.kind.is_date() {
        return read_date(name, typed);
    }
    let Some(typed) = typed.get(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let (text, change) = normalised(field, typed);
    if text.is_empty() {
        return Ok(None);
    }
    let value = match field.kind {
        FieldKind::Number => Value::from(text.parse::<i64>().map_err(|_| TypedFault::Number)?),
        FieldKind::Checkbox => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::String(text),
        },
        FieldKind::Municipality => {
            let code = municipalities::resolve(&text).ok_or(TypedFault::Municipality)?;
            Value::String(code.to_string())
        }
        FieldKind::Name | FieldKind::AlphabetName | FieldKind::Alias | FieldKind::Kana => {
            match text.chars().find(|c| !may_stand(field.kind, *c)) {
                Some(character) => return Err(TypedFault::Character(character)),
                None => Value::String(text),
            }
        }
        _ => Value::String(text),
    };
    Ok(Some((value, change)))
}

/// Whether a character can stand in a name of that kind; the schema says the same of whole names.
fn may_stand(kind: FieldKind, c: char) -> bool {
    let kana = matches!(c, 'ァ'..='ヾ' | ' ' | '　');
    match kind {
        FieldKind::Kana => kana,
        FieldKind::AlphabetName => matches!(c, 'A'..='Z' | ' ' | ',' | '.' | '\'' | '-'),
        FieldKind::Alias => {
            kana || matches!(c, 'ぁ'..='ゖ' | 'ゝ' | 'ゞ' | '々' | '〆' | '〇' | '〻' | '㐀'..='䶿' | '一'..='鿿'
                | '豈'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '\u{e0100}'..='\u{e01ef}')
        }
        _ => {
            let symbol = matches!(c, '!'..='&' | '*' | '+' | '/'..='@' | '['..='`' | '{'..='~' | '\u{2190}'..='\u{2bff}'
                | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{ff01}'..='\u{ff0d}' | '\u{ff0f}'..='\u{ff20}'
                | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff9f}'
                | '\u{1f000}'..='\u{1faff}' | '\u{f0000}'..='\u{10ffff}');
            !symbol && !c.is_control() && !text::is_invisible(c)
        }
    }
}

/// What was typed, in the form in which it is signed, and what was changed for that.
fn normalised(field: &Field, typed: &str) -> (String, Option<Change>) {
    // What is free text is signed as it was typed, but for what nobody can see.
    let (seen, invisible) = match field.kind {
        FieldKind::Paragraph => text::without_invisible(typed),
        _ => text::without_invisible(typed.trim()),
    };
    let (text, change) = match field.kind {
        FieldKind::Kana => text::katakana(&seen),
        FieldKind::AlphabetName => text::plain(&seen, true),
        FieldKind::ResidenceCardNumber => text::plain(&seen.replace([' ', '-'], ""), true),
        FieldKind::Number => text::plain(&seen, false),
        FieldKind::Postcode | FieldKind::Telephone | FieldKind::Digits => text::digits(&seen),
        _ => (seen, None),
    };
    (text, change.or(invisible))
}

fn read_date(name: &str, typed: &Typed) -> ReadOne {
    let [era, year, month, day] =
        DATE_PARTS.map(|part| typed.get(&format!("{name}.{part}")).map_or("", String::as_str));
    let found = match typed.get(name).filter(|whole| !whole.trim().is_empty()) {
        Some(whole) => date::from_text(whole),
        // The era is chosen beforehand: alone it is no answer.
        None if [year, month, day].iter().all(|part| part.trim().is_empty()) => return Ok(None),
        None => date::from_parts(era, year, month, day),
    };
    let day = found.map_err(TypedFault::Date)?;
    Ok(Some((Value::String(date::iso(day)), None)))
}
