//! The gateway's languages: one table, from which tags, names and fallbacks are read.
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// Japanese: the language of the law and the default.
    #[default]
    #[serde(rename = "ja")]
    Ja,
    /// English.
    #[serde(rename = "en")]
    En,
    /// Easy Japanese (やさしい日本語), for people who read some Japanese.
    #[serde(rename = "ja-simple")]
    Easy,
    /// Chinese in simplified characters.
    #[serde(rename = "zh-Hans")]
    Zh,
    /// Korean.
    #[serde(rename = "ko")]
    Ko,
    /// Portuguese of Brazil.
    #[serde(rename = "pt-BR")]
    Pt,
    /// Vietnamese.
    #[serde(rename = "vi")]
    Vi,
}

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left; no language of today's table.
    RightToLeft,
}

/// For whom pages exist in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Residents, agencies and operators.
    Everybody,
    /// Residents alone.
    Residents,
}

/// What the table says of a language.
struct Row {
    language: Language,
    /// The BCP 47 tag, and the value of `lang` attributes.
    tag: &'static str,
    own_name: &'static str,
    /// Primary subtags that ask for it.
    primaries: &'static [&'static str],
    /// Further subtags of which one must be there; empty where the primary one is enough.
    needs: &'static [&'static str],
    direction: Direction,
    reach: Reach,
    /// What is said in its stead where a text is only in the languages of everybody.
    instead: Language,
}

const fn row(language: Language, tag: &'static str, own_name: &'static str, primaries: &'static [&'static str]) -> Row {
    Row {
        language,
        tag,
        own_name,
        primaries,
        needs: &[],
        direction: Direction::LeftToRight,
        reach: Reach::Residents,
        instead: Language::En,
    }
}

/// In the order in which people are offered them. `simple` is the registered variant "simplified form": a program that
/// does not know it reads `ja-simple` as Japanese, which it is.
const TABLE: [Row; 7] = [
    Row { reach: Reach::Everybody, instead: Language::Ja, ..row(Language::Ja, "ja", "日本語", &["ja"]) },
    Row { reach: Reach::Everybody, ..row(Language::En, "en", "English", &["en"]) },
    Row {
        needs: &["simple", "easy"],
        instead: Language::Ja,
        ..row(Language::Easy, "ja-simple", "やさしい日本語", &["ja"])
    },
    row(Language::Zh, "zh-Hans", "简体中文", &["zh", "cmn"]),
    row(Language::Ko, "ko", "한국어", &["ko"]),
    row(Language::Pt, "pt-BR", "Português", &["pt"]),
    row(Language::Vi, "vi", "Tiếng Việt", &["vi"]),
];

/// The longest tag that is read, in bytes.
const LONGEST_TAG: usize = 64;

impl Language {
    /// Every language, in the order in which people are offered them.
    pub const ALL: &[Self] = &[Self::Ja, Self::En, Self::Easy, Self::Zh, Self::Ko, Self::Pt, Self::Vi];

    /// The languages in which everything is written, staff's pages too.
    pub const OF_EVERYBODY: &[Self] = &[Self::Ja, Self::En];

    fn row(self) -> &'static Row {
        let [ja, en, easy, zh, ko, pt, vi] = &TABLE;
        match self {
            Self::Ja => ja,
            Self::En => en,
            Self::Easy => easy,
            Self::Zh => zh,
            Self::Ko => ko,
            Self::Pt => pt,
            Self::Vi => vi,
        }
    }

    /// The BCP 47 tag, as `lang` attributes and Content-Language carry it: `ja`, `zh-Hans`.
    pub fn tag(self) -> &'static str {
        self.row().tag
    }

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        self.row().own_name
    }

    /// Whether it is written from right to left, which a page then says in its `dir` attribute.
    pub fn is_right_to_left(self) -> bool {
        self.row().direction == Direction::RightToLeft
    }

    /// Whether pages for agencies and operators are in it too.
    pub fn is_for_everybody(self) -> bool {
        self.row().reach == Reach::Everybody
    }

    /// The language for staff's pages and for texts that exist in those languages alone: itself, or Japanese for easy
    /// Japanese and English for the others.
    pub fn of_everybody(self) -> Self {
        if self.is_for_everybody() { self } else { self.row().instead }
    }

    /// Whether it is Japanese of either kind.
    pub fn is_japanese(self) -> bool {
        self.of_everybody() == Self::Ja
    }

    /// The languages in which a text is looked for, the best first; Japanese, in which every text exists, is the last.
    pub fn preferred(self) -> [Self; 3] {
        [self, self.of_everybody(), Self::Ja]
    }
}

impl FromStr for Language {
    type Err = ();

    /// Reads a BCP 47 tag by its primary language: `en-GB` is English. All of Chinese is the simplified kind, and all of
    /// Portuguese that of Brazil, because readers of the other kinds are nearer to these than to anything else here.
    fn from_str(tag: &str) -> Result<Self, ()> {
        if tag.len() > LONGEST_TAG || !tag.split('-').all(is_subtag) {
            return Err(());
        }
        let mut subtags = tag.split('-');
        let primary = subtags.next().unwrap_or_default();
        let is_named = |names: &[&str], subtag: &str| names.iter().any(|name| name.eq_ignore_ascii_case(subtag));
        let fits = |row: &&Row| {
            is_named(row.primaries, primary)
                && (row.needs.is_empty() || subtags.clone().any(|subtag| is_named(row.needs, subtag)))
        };
        // The rows that need more come first.
        let found = TABLE.iter().filter(|row| !row.needs.is_empty()).find(fits);
        found.or_else(|| TABLE.iter().find(fits)).map(|row| row.language).ok_or(())
    }
}

/// RFC 5646 2.1: one to eight letters or digits.
fn is_subtag(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_tag_is_read_back() {
        let rows: Vec<Language> = TABLE.iter().map(|row| row.language).collect();
        assert_eq!(rows, Language::ALL);
        for language in Language::ALL.iter().copied() {
            assert_eq!(language.row().language, language);
            assert_eq!(language.tag().parse(), Ok(language));
            let json = serde_json::to_string(&language).unwrap();
            assert_eq!(json, format!("\"{}\"", language.tag()));
            assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), language);
            assert_eq!(Language::OF_EVERYBODY.contains(&language), language.is_for_everybody());
            assert!(!language.is_right_to_left());
        }
    }

    #[test]
    fn tags_of_other_places_and_kinds_are_read() {
        for (tag, language) in [
            ("JA-jp", Some(Language::Ja)),
            ("ja-Hira", Some(Language::Ja)),
            ("ja-x-easy", Some(Language::Easy)),
            ("ja-Jpan-JP-simple", Some(Language::Easy)),
            ("en-GB-oxendict", Some(Language::En)),
            ("en-simple", Some(Language::En)),
            ("zh", Some(Language::Zh)),
            ("zh-CN", Some(Language::Zh)),
            ("zh-Hans-SG", Some(Language::Zh)),
            ("zh-TW", Some(Language::Zh)),
            ("zh-Hant-HK", Some(Language::Zh)),
            ("cmn-Hans", Some(Language::Zh)),
            ("ko-KR", Some(Language::Ko)),
            ("pt", Some(Language::Pt)),
            ("pt-PT", Some(Language::Pt)),
            ("vi-VN", Some(Language::Vi)),
            ("fr", None),
            ("jav", None),
            ("english", None),
            ("", None),
            ("ja-", None),
            ("ja_JP", None),
            ("ja-verylongsubtag", None),
        ] {
            assert_eq!(tag.parse().ok(), language, "{tag}");
        }
        assert!(format!("ja{}", "-a".repeat(40)).parse::<Language>().is_err());
    }

    #[test]
    fn what_is_not_said_in_a_language_is_said_in_a_fixed_other_one() {
        assert_eq!(Language::Easy.preferred(), [Language::Easy, Language::Ja, Language::Ja]);
        assert_eq!(Language::Ko.preferred(), [Language::Ko, Language::En, Language::Ja]);
        assert_eq!(Language::Ja.preferred(), [Language::Ja; 3]);
        assert_eq!(Language::En.preferred(), [Language::En, Language::En, Language::Ja]);
        assert!(Language::Easy.is_japanese() && Language::Ja.is_japanese() && !Language::Zh.is_japanese());
    }
}
