//! Definitions of procedures: the command that checks them, the reference in docs/procedures.md held against the code, and
//! definitions and answers of every kind of wrongness.
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use madoguchi::procedures::typed::Typed;
use madoguchi::procedures::{Catalog, FieldKind, Procedure, Subject};
use madoguchi::submission::applicant::Applicant;
use madoguchi::web::i18n::Language;
use proptest::prelude::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn builtin() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(root().join("src/procedures/builtin")).unwrap();
    let read = |path: std::path::PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    folder.map(|entry| read(entry.unwrap().path())).collect()
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_madoguchi")).arg("procedure").args(args).output().unwrap();
    (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn the_command_checks_definitions_and_names_line_key_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let files = builtin();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let (status, told, _) = run(&[&["check"], names.as_slice()].concat());
    assert_eq!((status, told.lines().count()), (Some(0), files.len()), "{told}");
    let (_, general) = files.iter().find(|(name, _)| name.ends_with("general-application.toml")).unwrap();
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, general.replace("kind = \"line\"", "kind = \"choice\"")).unwrap();
    let wrong = wrong.to_str().unwrap();
    let (status, told, _) = run(&["check", wrong]);
    assert_eq!(status, Some(1));
    assert!(told.contains("line ") && told.contains("field[0].choices: ") && told.contains(" - list 2 to"), "{told}");
    let (status, told, _) = run(&["check", "--json", wrong, names[0]]);
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &report["procedures"][0]["result"]), (Some(1), &"wrong".into()));
    assert_eq!(report["procedures"][1]["result"], "right");
    let missing = folder.path().join("none.toml");
    let (status, _, complaint) = run(&["check", missing.to_str().unwrap()]);
    assert!(status == Some(66) && complaint.contains("none.toml"), "{complaint}");
    let (status, told, _) = run(&["schema", names[0]]);
    let schema: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &schema["additionalProperties"]), (Some(0), &false.into()));
    assert_eq!(run(&["check"]).0, Some(64));
}

/// The keys that the reader names when it meets one that it does not know.
fn keys_of(definition: &str) -> BTreeSet<String> {
    let faults = Procedure::from_toml(definition).unwrap_err();
    let listed = faults[0].what.split_once("expected").map(|(_, listed)| listed.to_owned());
    let listed = listed.unwrap_or_else(|| panic!("{}", faults[0]));
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_reference_names_every_key_and_no_other() {
    let docs = std::fs::read_to_string(root().join("docs/procedures.md")).unwrap();
    let section = |heading: &str| {
        let rest = docs.split_once(&format!("### {heading}\n")).unwrap_or_else(|| panic!("no section {heading}")).1;
        let rest = rest.split("\n#").next().unwrap().to_owned();
        let key = |line: &str| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned());
        rest.lines().filter_map(key).collect::<BTreeSet<_>>()
    };
    let text = "{ ja = \"x\", en = \"x\" }";
    for (heading, definition) in [
        ("The file", "zzz = 1".to_owned()),
        ("[representation]", "[representation]\nzzz = 1".to_owned()),
        ("[representation.fields]", "[representation.fields]\nzzz = 1".to_owned()),
        ("[[deadline]]", "[[deadline]]\nzzz = 1".to_owned()),
        ("[[office]]", "[[office]]\nzzz = 1".to_owned()),
        ("[[page]]", "[[page]]\nzzz = 1".to_owned()),
        ("[[field]]", "[[field]]\nzzz = 1".to_owned()),
        ("choices", "[[field]]\nchoices = [{ zzz = 1 }]".to_owned()),
        ("Conditions", "[[field]]\nshown_if = [{ zzz = 1 }]".to_owned()),
        ("[attachments]", "[attachments]\nzzz = 1".to_owned()),
        ("[[attachments.document]]", "[[attachments.document]]\nzzz = 1".to_owned()),
        ("[[legal_basis]]", "[[legal_basis]]\nzzz = 1".to_owned()),
        ("Texts", format!("title = {}", text.replace("en", "zzz"))),
    ] {
        assert_eq!(section(heading), keys_of(&definition), "{heading}");
    }
    let kinds: BTreeSet<String> = FieldKind::ALL.iter().map(|kind| kind.word().to_owned()).collect();
    assert_eq!(section("Kinds"), kinds);
}

#[test]
fn every_example_of_the_guide_is_right() {
    let docs = std::fs::read_to_string(root().join("docs/procedures.md")).unwrap();
    let whole: Vec<&str> = docs.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let whole: Vec<&str> = whole.into_iter().filter(|text| text.contains("form_version")).collect();
    assert!(!whole.is_empty());
    for text in whole {
        if let Err(faults) = Procedure::from_toml(text) {
            panic!("{faults:?}\n{text}");
        }
    }
}

#[test]
fn words_that_are_put_together_are_all_there() {
    for language in Language::ALL {
        let changes =
            madoguchi::procedures::kinds::Change::ALL.iter().map(|change| format!("form-change-{}", change.word()));
        let reasons =
            madoguchi::procedures::carry::AsideReason::ALL.iter().map(|one| format!("form-aside-{}", one.word()));
        let parts = madoguchi::procedures::typed::DATE_PARTS.iter().map(|part| format!("date-{part}"));
        for key in changes.chain(reasons).chain(parts).chain(["date-western".to_owned()]) {
            assert!(language.find(&key).is_some(), "{key} is missing in {}", language.tag());
        }
    }
}

fn somebody() -> Applicant {
    let stated = |text: &str| Some(text.to_owned());
    let name = "山田　花子".to_owned();
    Applicant { name, date_of_birth: stated("1980-12-31"), sex: stated("female"), address: stated("東京都") }
}

#[test]
fn conditions_decide_what_is_asked_what_must_be_there_and_what_must_not() {
    let text = r#"
code = "x"
form_version = 1
recipients = "every-municipality"
fee_yen = 0
title = { ja = "x", en = "x" }
summary = { ja = "x", en = "x" }
agency = { ja = "x", en = "x" }
attachments = { at_most = 0 }
[[field]]
pointer = "/pets"
kind = "checkbox"
label = { ja = "x", en = "x" }
[[field]]
pointer = "/how_many"
kind = "number"
label = { ja = "x", en = "x" }
shown_if = [{ field = "/pets", is = [true] }]
[[field]]
pointer = "/why"
kind = "line"
label = { ja = "x", en = "x" }
required = false
required_if = [{ field = "/how_many", is_not = [1] }]
"#;
    let procedure = Procedure::from_toml(text).unwrap();
    let person = somebody();
    let subject = Subject::on_the_day(&person, "2026-11-23".parse().unwrap());
    let judged = |answers: serde_json::Value| -> Vec<(String, &str)> {
        procedure.faults(&answers, &subject, 50).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    };
    use serde_json::json;
    assert_eq!(judged(json!({"pets": false})), []);
    assert_eq!(judged(json!({"pets": true})), [("/how_many".to_owned(), "required")]);
    assert_eq!(judged(json!({"pets": false, "how_many": 1})), [("/how_many".to_owned(), "not-asked")]);
    assert_eq!(judged(json!({"pets": true, "how_many": 1})), []);
    assert_eq!(judged(json!({"pets": true, "how_many": 2})), [("/why".to_owned(), "required")]);
    assert_eq!(judged(json!({"pets": true, "how_many": 2, "why": "x"})), []);
    assert_eq!(judged(json!({"pets": false, "why": "x"})), []);
}

#[test]
fn what_is_locked_to_the_certificate_is_refused_in_a_document_too() {
    let catalog = Catalog::builtin().unwrap();
    let procedure = catalog.get("child-allowance").unwrap();
    let person = somebody();
    let subject = Subject::on_the_day(&person, "2026-11-23".parse().unwrap());
    let answers = serde_json::json!({"filed_by": "self", "own_name": "Somebody Else", "own_born": "1980-12-31"});
    let faults = procedure.faults(&answers, &subject, 100);
    assert!(faults.iter().any(|fault| fault.pointer == "/own_name" && fault.code == "locked"), "{faults:?}");
    assert!(!faults.iter().any(|fault| fault.pointer == "/own_born"), "{faults:?}");
}

/// Something typed into a field: what people type, and what they do not.
fn typed_value() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        Just("令和8年4月1日".to_owned()),
        Just("131016".to_owned()),
        Just("true".to_owned()),
        Just("1".to_owned()),
        Just("japan".to_owned()),
        Just("self".to_owned()),
        Just("\u{202e}\u{0}\u{200b}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A definition with lines taken out, doubled or spoiled is right or has faults that say what to do; never a panic.
    #[test]
    fn a_spoiled_definition_is_right_or_says_what_to_do(which in 0_usize..5, at in 0_usize..400, how in 0_u8..4, noise in "\\PC{0,20}") {
        let files = builtin();
        let mut lines: Vec<String> = files[which % files.len()].1.lines().map(str::to_owned).collect();
        let at = at % lines.len();
        match how {
            0 => { lines.remove(at); }
            1 => { let line = lines[at].clone(); lines.insert(at, line); }
            2 => lines[at].push_str(&noise),
            _ => lines[at] = noise,
        }
        if let Err(faults) = Procedure::from_toml(&lines.join("\n")) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(!fault.what.is_empty() && !fault.todo.is_empty() && fault.line <= lines.len() + 1, "{fault}");
            }
        }
    }

    /// Whatever is typed into a form: the answers made of it hold nothing that the form does not ask for, and what pages find
    /// nothing wrong with, the schema takes.
    #[test]
    fn whatever_is_typed_is_judged_alike_by_pages_and_schema(which in 0_usize..5, values in prop::collection::vec(typed_value(), 60)) {
        let catalog = Catalog::builtin().unwrap();
        let procedure = catalog.iter().nth(which).unwrap();
        let person = somebody();
        let subject = Subject::on_the_day(&person, "2026-11-23".parse().unwrap());
        let mut typed = Typed::new();
        let mut values = values.into_iter().cycle();
        for field in &procedure.fields {
            for (name, field) in [(field.name().to_owned(), field)].into_iter().chain(field.fields.iter().map(|inner| (format!("{}/0/{}", field.name(), inner.name()), inner))) {
                let choice = field.choices.first().map(|choice| choice.value.clone());
                let value = values.next().unwrap();
                typed.insert(name, choice.filter(|_| value.len() % 2 == 0).unwrap_or(value));
            }
        }
        let read = procedure.read_typed(&typed, &subject);
        let answers = serde_json::Value::Object(read.answers.clone());
        let faults = procedure.faults(&answers, &subject, 1000);
        prop_assert!(!faults.iter().any(|fault| ["unknown-field", "not-asked"].contains(&fault.code)), "{faults:?}");
        for shown in procedure.shown(Language::En, &answers) {
            let hides = shown.value.contains('\u{202e}');
            prop_assert!(!hides);
        }
    }
}

#[test]
fn the_seed_files_of_the_fuzz_targets_are_read() {
    let seeds = |name: &str| {
        let folder = std::fs::read_dir(root().join("fuzz/corpus").join(name)).unwrap();
        folder.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect::<Vec<_>>()
    };
    let right = |text: &Vec<u8>| std::str::from_utf8(text).is_ok_and(|text| Procedure::from_toml(text).is_ok());
    let procedures = seeds("procedure");
    assert!(procedures.iter().any(right) && procedures.iter().any(|text| !right(text)));
    let date =
        |text: &Vec<u8>| madoguchi::procedures::kinds::date::from_text(std::str::from_utf8(text).unwrap()).is_ok();
    let dates = seeds("era_date");
    assert!(dates.iter().any(date) && dates.iter().any(|text| !date(text)));
}
