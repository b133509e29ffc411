//! What a clerk typed into a form: kept as it is, read into values, and every fault told beside its field.
use chrono::NaiveDate;

use crate::web::forms::Field;
use crate::web::page::Page;

/// A form's fields with what is wrong with them: the field and the end of the key of the sentence.
#[derive(Default)]
pub struct Typed {
    fields: Vec<(String, String)>,
    faults: Vec<(String, String)>,
}

impl Typed {
    /// What a form sent.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self { fields, faults: Vec::new() }
    }

    /// A field without the blanks around it; empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// A field that may be left out.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Notes a fault.
    pub fn fault(&mut self, name: &str, code: &str) {
        self.faults.push((name.to_owned(), code.to_owned()));
    }

    /// Whether anything is wrong.
    pub fn is_wrong(&self) -> bool {
        !self.faults.is_empty()
    }

    /// A day, `2026-11-23`.
    pub fn day(&mut self, name: &str) -> Option<NaiveDate> {
        self.read(name, "date", |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
    }

    /// A day that may be left out.
    pub fn optional_day(&mut self, name: &str) -> Option<NaiveDate> {
        if self.text(name).is_empty() { None } else { self.day(name) }
    }

    /// A value that has to be there.
    pub fn read<T>(&mut self, name: &str, code: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name);
        let (value, empty) = (read(text), text.is_empty());
        if value.is_none() {
            self.fault(name, if empty { "required" } else { code });
        }
        value
    }

    /// Fields with what was typed and what is wrong.
    pub fn filled(&self, page: &Page, fields: Vec<Field>) -> Vec<Field> {
        let error = |field: &Field| {
            let fault = self.faults.iter().find(|(name, _)| *name == field.name);
            fault.map(|(_, code)| page.t(&format!("clerk-dyn-fault-{code}")).into_owned())
        };
        let filled = fields.into_iter().map(|field| {
            let (error, typed) = (error(&field), self.optional(&field.name));
            let value = typed.unwrap_or_else(|| field.value.clone());
            field.value(value).error(error)
        });
        filled.collect()
    }
}
