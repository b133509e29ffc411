//! Every text of the pages is there in both languages, is used, and is readable Fluent; every text that is asked for is
//! there.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use madoguchi::web::i18n::{DYNAMIC_PREFIXES, Language};

/// The keys of one language with the file each stands in.
fn keys(language: Language) -> BTreeMap<&'static str, &'static str> {
    let mut keys = BTreeMap::new();
    for (file, source) in language.sources() {
        for line in source.lines() {
            let Some((key, _)) = line.split_once(" =") else { continue };
            if key.starts_with(|first: char| first.is_ascii_lowercase()) {
                let before = keys.insert(key, *file);
                assert_eq!(before, None, "{key} stands twice in {}", language.tag());
            }
        }
    }
    keys
}

/// Every string literal of sources and templates: what can be a key.
fn literals(folder: &Path, found: &mut BTreeSet<String>, asked: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            literals(&path, found, asked);
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let code = |line: &&str| !line.trim_start().starts_with("//");
        let text: String = text.lines().filter(code).flat_map(|line| [line, "\n"]).collect();
        found.extend(text.split('"').map(str::to_owned));
        for call in [".t(\"", ".with(\"", ".with_all(\"", ".count(\"", ".titled(\""] {
            for after in text.split(call).skip(1) {
                let key = after.split('"').next().unwrap_or_default();
                asked.insert(key.to_owned(), path.display().to_string());
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_texts() {
    let (ja, en) = (keys(Language::Ja), keys(Language::En));
    let differ: Vec<_> = ja.iter().filter(|(key, file)| en.get(*key) != Some(file)).collect();
    assert!(differ.is_empty(), "in ja, not in the same file of en: {differ:?}");
    let differ: Vec<_> = en.keys().filter(|key| !ja.contains_key(*key)).collect();
    assert!(differ.is_empty(), "in en, not in ja: {differ:?}");
}

#[test]
fn every_text_is_readable_and_not_empty() {
    for language in Language::ALL {
        for key in keys(*language).keys() {
            let text = language.find(key).unwrap_or_else(|| panic!("{key} cannot be read in {}", language.tag()));
            assert!(!text.trim().is_empty(), "{key} is empty in {}", language.tag());
        }
    }
}

#[test]
fn every_text_asked_for_is_there_and_every_text_there_is_asked_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut asked) = (BTreeSet::new(), BTreeMap::new());
    literals(&root.join("src"), &mut found, &mut asked);
    literals(&root.join("templates"), &mut found, &mut asked);
    let keys = keys(Language::En);
    let missing: Vec<_> = asked.iter().filter(|(key, _)| !keys.contains_key(key.as_str())).collect();
    assert!(missing.is_empty(), "asked for, but not there: {missing:?}");
    let is_dynamic = |key: &str| DYNAMIC_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
    let unused: Vec<_> = keys.keys().filter(|key| !found.contains(**key) && !is_dynamic(key)).collect();
    assert!(unused.is_empty(), "there, but never asked for: {unused:?}");
}
