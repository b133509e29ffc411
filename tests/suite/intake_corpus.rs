//! The seed corpus of the fuzz target `application`, as an ordinary test: every seed has its answer in the table.
use madoguchi::intake::document::ApplicationDocument;
use madoguchi::intake::withdrawal::WithdrawalDocument;
use madoguchi::submission::rejection::RejectionCode as Code;

const SEEDS: &[(&str, Option<Code>)] = &[
    ("byte-order-mark.json", Some(Code::DocumentNotJson)),
    ("deep.json", Some(Code::DocumentNotJson)),
    ("good-correction.json", None),
    ("good-escaped.json", None),
    ("good-indented.json", None),
    ("good.json", None),
    ("large-number.json", Some(Code::DocumentNotJson)),
    ("lone-surrogate.json", Some(Code::DocumentNotJson)),
    ("name-twice-escaped.json", Some(Code::DocumentDuplicateName)),
    ("name-twice.json", Some(Code::DocumentDuplicateName)),
    ("negative-size.json", Some(Code::DocumentFormat)),
    ("no-zone.json", Some(Code::DocumentFormat)),
    ("noncharacter.json", Some(Code::DocumentNotJson)),
    ("not-utf8.json", Some(Code::DocumentNotJson)),
    ("null-corrects.json", Some(Code::DocumentFormat)),
    ("path-name.json", Some(Code::DocumentFormat)),
    ("trailing.json", Some(Code::DocumentNotJson)),
    ("truncated.json", Some(Code::DocumentNotJson)),
    ("unknown-field.json", Some(Code::DocumentUnknownField)),
    ("uuid-4.json", Some(Code::DocumentFormat)),
    ("withdrawal.json", Some(Code::DocumentFormat)),
];

#[test]
fn every_seed_document_gets_its_answer() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/application");
    let mut names: Vec<_> =
        std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, SEEDS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, expected) in SEEDS {
        let bytes = std::fs::read(corpus.join(name)).unwrap();
        let read = ApplicationDocument::read(&bytes);
        assert_eq!(read.as_ref().err().map(|rejection| rejection.code), *expected, "{name}");
        if let Ok(document) = read {
            let written = serde_json::to_vec(&document).unwrap();
            let again = ApplicationDocument::read(&written).unwrap();
            assert_eq!(written, serde_json::to_vec(&again).unwrap(), "{name}");
        }
        assert_eq!(WithdrawalDocument::read(&bytes).is_ok(), *name == "withdrawal.json", "{name}");
    }
}
