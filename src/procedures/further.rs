//! What must hold of answers and no schema can say: check digits, days before or after another, and that what was taken from
//! the certificate is what the certificate says.
use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::field::{CertificateData, Field, FieldKind};
use super::kinds::date;
use crate::ids::AgencyCode;
use crate::submission::applicant::Applicant;
use crate::submission::rejection::FieldFault;

/// Whose answers are judged, and as of which day.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The applicant as the document states them; whether they are the signer is another step's.
    pub applicant: &'a Applicant,
    /// The day in Japan on which the application was made.
    pub today: NaiveDate,
    /// The day in Japan on which it arrives; until then, the present day.
    pub filed_on: NaiveDate,
}

impl<'a> Subject<'a> {
    /// Of an application that is made and filed on one day.
    pub fn on_the_day(applicant: &'a Applicant, day: NaiveDate) -> Self {
        Self { applicant, today: day, filed_on: day }
    }
}

/// What a field's answer is taken from and locked to: what the applicant's certificate says, where it says it whole.
pub fn locked(applicant: &Applicant, field: &Field) -> Option<String> {
    let found = match field.from_certificate? {
        CertificateData::Name => Some(applicant.name.clone()),
        CertificateData::DateOfBirth => applicant.date_of_birth.clone(),
        CertificateData::Sex => applicant.sex.clone(),
        CertificateData::Address => applicant.address.clone(),
    };
    let found = found.filter(|text| !text.is_empty());
    // A date of birth that is known in part is no answer to a question for a day.
    if field.kind.is_date() { found.filter(|text| date::from_iso(text).is_some()) } else { found }
}

/// Whether a field is judged here.
pub(super) fn judges(field: &Field) -> bool {
    field.kind.is_date()
        || field.kind == FieldKind::Municipality
        || field.from_certificate.is_some()
        || field.fields.iter().any(judges)
}

/// Judges answers that their schema takes; at most `most` faults.
pub(super) fn judge(fields: &[Field], answers: &Value, subject: &Subject<'_>, most: usize) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if let Some(members) = answers.as_object() {
        judge_members("", fields, members, subject, &mut faults);
    }
    faults.truncate(most);
    faults
}

fn judge_members(
    at: &str,
    fields: &[Field],
    answers: &Map<String, Value>,
    subject: &Subject<'_>,
    faults: &mut Vec<FieldFault>,
) {
    for field in fields.iter().filter(|field| judges(field)) {
        let pointer = format!("{at}{}", field.pointer);
        match (field.kind, answers.get(field.name())) {
            (FieldKind::Group, Some(Value::Array(entries))) => {
                for (index, entry) in entries.iter().enumerate() {
                    if let Some(members) = entry.as_object() {
                        judge_members(&format!("{pointer}/{index}"), &field.fields, members, subject, faults);
                    }
                }
            }
            (_, Some(Value::String(answer))) => faults.extend(judge_text(pointer, field, answer, subject)),
            _ => {}
        }
    }
}

fn judge_text(pointer: String, field: &Field, answer: &str, subject: &Subject<'_>) -> Option<FieldFault> {
    if locked(subject.applicant, field).is_some_and(|stated| stated != answer) {
        return Some(FieldFault::new(pointer, "locked", "must be what the signer's certificate says"));
    }
    if field.kind == FieldKind::Municipality && answer.parse::<AgencyCode>().is_err() {
        return Some(FieldFault::new(pointer, "check-digit", "must be a municipality code with its check digit"));
    }
    if !field.kind.is_date() {
        return None;
    }
    let Some(day) = date::from_iso(answer) else {
        return Some(FieldFault::new(pointer, "wrong-form", "must be a day such as 2026-04-01"));
    };
    let bounded = |code, bound: NaiveDate, message: &'static str| FieldFault {
        limit: Some(date::iso(bound)),
        ..FieldFault::new(pointer.clone(), code, message)
    };
    match (field.not_before.map(|bound| bound.day(subject.today)), field.not_after) {
        (Some(first), _) if day < first => Some(bounded("too-early", first, "is before the first day that is taken")),
        (_, Some(bound)) if bound.day(subject.today) < day => {
            let last = bound.day(subject.today);
            let code = if bound == super::field::DateBound::Today { "in-future" } else { "too-late" };
            Some(bounded(code, last, "is after the last day that is taken"))
        }
        _ => None,
    }
}
