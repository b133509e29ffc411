//! Names of municipalities, for choosing where an application goes. The list helps; any right code is taken.
use std::sync::OnceLock;

use super::text::Language;
use crate::ids::AgencyCode;

/// A municipality with its names.
#[derive(Debug, Clone, Copy)]
pub struct Municipality {
    /// Six digits.
    pub code: &'static str,
    /// In Japanese.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Municipality {
    /// Its name in Japanese for readers of Japanese, and in Latin letters for all others.
    pub fn name(&self, language: Language) -> &'static str {
        if language.is_japanese() { self.ja } else { self.en }
    }
}

/// Those that are known by name.
pub fn all() -> &'static [Municipality] {
    static ALL: OnceLock<Vec<Municipality>> = OnceLock::new();
    ALL.get_or_init(|| include_str!("../../assets/municipalities.csv").lines().filter_map(read).collect())
}

fn read(line: &'static str) -> Option<Municipality> {
    let mut columns = line.split(',');
    Some(Municipality { code: columns.next()?, ja: columns.next()?, en: columns.next()? })
}

/// The code that was typed, or the code of the name that was typed.
pub fn resolve(typed: &str) -> Option<AgencyCode> {
    let typed = typed.trim();
    let named = |place: &&Municipality| place.ja == typed || place.en.eq_ignore_ascii_case(typed);
    let code = all().iter().find(named).or_else(|| without_kind(typed)).map_or(typed, |place| place.code);
    let code: String = code.chars().map(half_width).collect();
    code.parse().ok()
}

/// The one place of that name when its kind is left out, as people say it: `Chiyoda`, `千代田`; none where several are meant.
fn without_kind(typed: &str) -> Option<&'static Municipality> {
    let said = |place: &Municipality| {
        let latin = place.en.rsplit_once(' ').is_some_and(|(name, _)| name.eq_ignore_ascii_case(typed));
        latin || place.ja.strip_suffix(['市', '区', '町', '村']).is_some_and(|name| name == typed)
    };
    let mut found = all().iter().filter(|place| said(place));
    found.next().filter(|_| found.next().is_none())
}

/// A full-width digit, as Japanese keyboards type it, as the plain one.
fn half_width(character: char) -> char {
    match character {
        '０'..='９' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    }
}

/// `千代田区（131016）`, or the code alone where the name is not known.
pub fn describe(language: Language, code: &str) -> String {
    match all().iter().find(|place| place.code == code) {
        Some(place) if language.is_japanese() => format!("{}（{code}）", place.ja),
        Some(place) => format!("{} ({code})", place.en),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_right_and_every_name_finds_it() {
        assert!(all().len() > 40);
        for place in all() {
            assert_eq!(resolve(place.code).map(|code| code.to_string()).as_deref(), Some(place.code));
            assert_eq!(resolve(place.ja).map(|code| code.to_string()).as_deref(), Some(place.code));
            assert_eq!(resolve(place.en).map(|code| code.to_string()).as_deref(), Some(place.code));
        }
        assert!(resolve(" １３１０１６ ").is_some());
        for said in ["Chiyoda", "chiyoda ", "千代田"] {
            assert_eq!(resolve(said).map(|code| code.to_string()).as_deref(), Some("131016"), "{said}");
        }
        assert!(resolve("131017").is_none() && resolve("").is_none());
    }
}
