//! Every text of the pages is there in Japanese and English, is used, and is readable Fluent; every text that is asked for
//! is there. What residents see is there in the other languages too, with the same placeables, and translated.
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

/// The texts of one language: key, file, and the whole of the pattern.
fn patterns(language: Language) -> BTreeMap<&'static str, (&'static str, String)> {
    let mut found: BTreeMap<&str, (&str, String)> = BTreeMap::new();
    for (file, source) in language.sources() {
        let mut key = "";
        for line in source.lines() {
            let begins = line.starts_with(|first: char| first.is_ascii_lowercase());
            match line.split_once(" =").filter(|_| begins) {
                Some((name, text)) => {
                    key = name;
                    found.insert(key, (file, text.trim().to_owned()));
                }
                None if line.is_empty() || line.starts_with('#') => key = "",
                None => {
                    if let Some((_, text)) = found.get_mut(key) {
                        text.push_str(line);
                    }
                }
            }
        }
    }
    found
}

/// The files that staff alone see.
const OF_STAFF: &[&str] = &["agency", "operator", "clerk", "matching"];

/// Beginnings of keys in residents' files that staff alone see.
const KEYS_OF_STAFF: &[&str] = &[
    "agency-",
    "operator-",
    "nav-agency-",
    "nav-operator-",
    "steps-dyn-agency-",
    "steps-dyn-follows-",
    "steps-dyn-reason-",
    "steps-dyn-state-",
    "steps-column-",
    "steps-impacts",
    "steps-contested",
    "steps-follows-",
    "after-agency-",
    "after-ask-",
    "after-asked",
    "after-official-document",
    "after-official-full",
    "after-official-lead",
    "after-official-missing",
    "after-official-no-anchors",
    "after-official-refused",
    "after-official-seal-file",
    "after-official-send",
    "after-official-withdrawn",
];

fn is_for_residents(key: &str, file: &str) -> bool {
    !OF_STAFF.contains(&file) && !KEYS_OF_STAFF.iter().any(|prefix| key.starts_with(prefix))
}

fn of_residents_alone() -> impl Iterator<Item = Language> {
    Language::ALL.iter().copied().filter(|language| !language.is_for_everybody())
}

#[test]
fn what_residents_see_is_there_in_every_language_and_nothing_more() {
    let english = keys(Language::En);
    let wanted: BTreeMap<_, _> = english.into_iter().filter(|(key, file)| is_for_residents(key, file)).collect();
    let mut faults = Vec::new();
    for language in of_residents_alone() {
        let there = keys(language);
        let missing = wanted.iter().filter(|(key, file)| there.get(*key) != Some(file));
        faults.extend(missing.map(|(key, file)| format!("{}: {key} is missing in {file}.ftl", language.tag())));
        let more = there.keys().filter(|key| !wanted.contains_key(*key));
        faults.extend(more.map(|key| format!("{}: {key} is there and is of no use", language.tag())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_text_has_the_same_placeables_in_every_language() {
    let of = |text: &str| -> BTreeSet<String> {
        let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>();
        text.split('$').skip(1).map(name).collect()
    };
    let japanese = patterns(Language::Ja);
    let mut faults = Vec::new();
    for language in Language::ALL.iter().copied() {
        for (key, (_, text)) in patterns(language) {
            let expected = japanese.get(key).map(|(_, text)| of(text)).unwrap_or_default();
            if of(&text) != expected {
                faults.push(format!("{}: {key}: {:?} instead of {expected:?}", language.tag(), of(&text)));
            }
            let marks = |text: &str| text.matches('#').count();
            let counted = japanese.get(key).map(|(_, text)| marks(text));
            if key.starts_with("field-") && counted != Some(marks(&text)) {
                faults.push(format!("{}: {key} loses the # that a script fills in", language.tag()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Texts that are the same in English and in another language: names, and words that the other language took over.
const SAME_AS_ENGLISH: &[(&str, &str)] = &[
    ("zh-Hans", "service-name"),
    ("ko", "service-name"),
    ("pt-BR", "service-name"),
    ("pt-BR", "lives-for-whom"),
    ("pt-BR", "privacy-cookies-title"),
    ("vi", "lives-for-whom"),
    ("vi", "service-name"),
];

#[test]
fn nothing_is_left_in_english() {
    let english = patterns(Language::En);
    let mut same = BTreeSet::new();
    for language in of_residents_alone() {
        for (key, (_, text)) in patterns(language) {
            if english.get(key).is_some_and(|(_, english)| *english == text) {
                same.insert((language.tag(), key));
            }
        }
    }
    let named: BTreeSet<_> = SAME_AS_ENGLISH.iter().copied().collect();
    assert_eq!(same, named, "left: what is in English; right: what may be");
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
