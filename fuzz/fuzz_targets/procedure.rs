//! Definitions of procedures: each is right, with a schema that judges anything, or has faults that say what to do.
#![no_main]
use libfuzzer_sys::fuzz_target;
use madoguchi::procedures::{Procedure, Subject};
use madoguchi::procedures::typed::Typed;
use madoguchi::submission::applicant::Applicant;

fuzz_target!(|text: &str| {
    match Procedure::from_toml(text) {
        Err(faults) => assert!(faults.iter().all(|fault| !fault.what.is_empty() && !fault.todo.is_empty())),
        Ok(procedure) => {
            let applicant = Applicant { name: "x".to_owned(), date_of_birth: None, sex: None, address: None };
            let subject = Subject::on_the_day(&applicant, chrono::NaiveDate::MAX);
            let typed: Typed = procedure.fields.iter().map(|field| (field.name().to_owned(), text.to_owned())).collect();
            let read = procedure.read_typed(&typed, &subject);
            let _ = procedure.faults(&serde_json::Value::Object(read.answers), &subject, 50);
        }
    }
});
