//! Judging answers by a procedure's JSON Schema.
use std::borrow::Cow;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::Procedure;
use super::further::{self, Subject};
use crate::submission::rejection::FieldFault;

/// The most faults that one judging tells.
const MOST_FAULTS: usize = 50;

/// Proof that answers fit the form of a procedure.
#[derive(Debug)]
pub struct AdmissibleForm {
    procedure: Arc<Procedure>,
    answers: Arc<Value>,
}

impl AdmissibleForm {
    /// The procedure.
    pub fn procedure(&self) -> &Arc<Procedure> {
        &self.procedure
    }

    /// The answers.
    pub fn answers(&self) -> &Arc<Value> {
        &self.answers
    }
}

impl Procedure {
    /// Judges answers.
    ///
    /// # Errors
    /// Every fault found (at most 50).
    pub fn judge(
        self: &Arc<Self>,
        answers: Arc<Value>,
        subject: &Subject<'_>,
    ) -> Result<AdmissibleForm, Vec<FieldFault>> {
        let faults = self.faults(&answers, subject, MOST_FAULTS);
        if faults.is_empty() { Ok(AdmissibleForm { procedure: Arc::clone(self), answers }) } else { Err(faults) }
    }

    /// What is wrong with answers, at most `most` faults.
    pub fn faults(&self, answers: &Value, subject: &Subject<'_>, most: usize) -> Vec<FieldFault> {
        // Nearly all answers are right: the quick question first.
        if self.validator.is_valid(answers) {
            return match self.judged_further {
                true => self.judge_further(answers, subject, most),
                false => Vec::new(),
            };
        }
        let mut faults: Vec<_> = self.validator.iter_errors(answers).take(most).map(|error| fault(&error)).collect();
        // What the schema found fault with is told once.
        let more = self.judge_further(answers, subject, most);
        let told = |one: &FieldFault, faults: &[FieldFault]| faults.iter().any(|fault| fault.pointer == one.pointer);
        for one in more {
            if faults.len() < most && !told(&one, &faults) {
                faults.push(one);
            }
        }
        faults
    }

    /// What no schema can say, of single answers and of who files for whom.
    fn judge_further(&self, answers: &Value, subject: &Subject<'_>, most: usize) -> Vec<FieldFault> {
        let mut faults = further::judge(&self.fields, answers, subject, most);
        if let (Some(rule), Some(members)) = (&self.representation, answers.as_object()) {
            faults.extend(rule.judge(members, subject));
        }
        faults.truncate(most);
        faults
    }
}

fn fault(error: &jsonschema::ValidationError<'_>) -> FieldFault {
    let mut pointer = error.instance_path().as_str().to_owned();
    let (code, limit, message) = match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            ("required", None, Cow::Borrowed("must be filled in"))
        }
        Kind::MinLength { limit: 1 } => ("required", Some("1".to_owned()), Cow::Borrowed("must be filled in")),
        Kind::MinLength { limit } => limited("too-short", limit, "must have at least", "characters"),
        Kind::MaxLength { limit } => limited("too-long", limit, "must have at most", "characters"),
        Kind::Minimum { limit } => limited("too-small", limit, "must be at least", ""),
        Kind::Maximum { limit } => limited("too-large", limit, "must be at most", ""),
        Kind::ExclusiveMinimum { limit } => limited("too-small", limit, "must be more than", ""),
        Kind::ExclusiveMaximum { limit } => limited("too-large", limit, "must be less than", ""),
        Kind::MinItems { limit } => limited("too-few", limit, "must have at least", "entries"),
        Kind::MaxItems { limit } => limited("too-many", limit, "must have at most", "entries"),
        Kind::Enum { .. } | Kind::Constant { .. } => plain("not-offered", "must be one of the offered choices"),
        Kind::Type { .. } => plain("wrong-type", "is of the wrong type"),
        Kind::Pattern { .. } => plain("wrong-form", "has a character or a form that is not allowed here"),
        Kind::Format { format } => ("wrong-form", None, Cow::Owned(format!("must be a valid {format}"))),
        Kind::FalseSchema => plain("not-asked", "is not asked for with these answers: leave it out"),
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            plain("unknown-field", "has a field that the form does not know")
        }
        _ => plain("invalid", "does not fit the form"),
    };
    FieldFault { pointer, code, limit, message }
}

fn plain(code: &'static str, message: &'static str) -> (&'static str, Option<String>, Cow<'static, str>) {
    (code, None, Cow::Borrowed(message))
}

fn limited(
    code: &'static str,
    limit: &impl ToString,
    before: &str,
    after: &str,
) -> (&'static str, Option<String>, Cow<'static, str>) {
    let limit = limit.to_string();
    let message = format!("{before} {limit} {after}").trim_end().to_owned();
    (code, Some(limit), Cow::Owned(message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Catalog;
    use super::*;
    use crate::submission::applicant::Applicant;

    fn person() -> Applicant {
        let stated = |text: &str| Some(text.to_owned());
        Applicant {
            name: "山田　花子".to_owned(),
            date_of_birth: stated("1980-12-31"),
            sex: stated("female"),
            address: stated("東京都千代田区"),
        }
    }

    fn judged(code: &str, answers: Value) -> Result<AdmissibleForm, Vec<FieldFault>> {
        let (catalog, person) = (Catalog::builtin().unwrap(), person());
        let subject = Subject::on_the_day(&person, "2026-11-23".parse().unwrap());
        catalog.get(code).unwrap().judge(Arc::new(answers), &subject)
    }

    fn faults(code: &str, answers: Value) -> Vec<(String, &'static str)> {
        match judged(code, answers) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect(),
        }
    }

    fn general(title: &str, body: &str) -> Vec<(String, &'static str)> {
        faults("general-application", json!({"title": title, "body": body}))
    }

    #[test]
    fn the_lengths_of_a_general_application_count_characters() {
        assert_eq!(general("件", "本"), []);
        assert_eq!(general(&"件".repeat(200), &"文".repeat(20_000)), []);
        assert_eq!(general("😀", "one\nline\r\n\tanother"), []);
        assert_eq!(general(&"件".repeat(201), "b"), [("/title".to_owned(), "too-long")]);
        assert_eq!(general("t", &"文".repeat(20_001)), [("/body".to_owned(), "too-long")]);
        assert_eq!(general("", "b"), [("/title".to_owned(), "required")]);
        assert_eq!(general("t", ""), [("/body".to_owned(), "required")]);
        assert_eq!(general("two\nlines", "b"), [("/title".to_owned(), "wrong-form")]);
        assert_eq!(general("t", "nul \0"), [("/body".to_owned(), "wrong-form")]);
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        let found = faults("general-application", json!({"title": 1, "extra": true}));
        assert!(found.contains(&("/title".to_owned(), "wrong-type")), "{found:?}");
        assert!(found.contains(&("/body".to_owned(), "required")), "{found:?}");
        assert!(found.contains(&(String::new(), "unknown-field")), "{found:?}");
        for not_an_object in [json!(null), json!([]), json!("text"), json!(1)] {
            assert_eq!(faults("general-application", not_an_object), [(String::new(), "wrong-type")]);
        }
    }

    #[test]
    fn numbers_and_choices_are_judged() {
        let copy = |scope: &str, copies: Value| {
            faults(
                "resident-record-copy",
                json!({"filing_as": "self", "scope": scope, "copies": copies, "purpose": "銀行"}),
            )
        };
        assert_eq!(copy("household", json!(10)), []);
        assert_eq!(copy("nobody", json!(1)), [("/scope".to_owned(), "not-offered")]);
        assert_eq!(copy("household", json!(11)), [("/copies".to_owned(), "too-large")]);
        assert_eq!(copy("household", json!(0)), [("/copies".to_owned(), "too-small")]);
        assert_eq!(copy("household", json!(1.5)), [("/copies".to_owned(), "wrong-type")]);
    }

    #[test]
    fn a_fault_never_repeats_the_answer() {
        let secret = "山田\u{1}花子";
        let faults = judged("general-application", json!({"title": secret, "body": 3})).unwrap_err();
        assert_eq!(faults.len(), 2);
        for fault in faults {
            assert!(!serde_json::to_string(&fault).unwrap().contains("山田"));
        }
    }
}
