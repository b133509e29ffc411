//! Texts that people read, in the languages of the gateway.
use serde::{Deserialize, Serialize};

pub use super::language::Language;

/// One text: in Japanese always, in the other languages where somebody wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Japanese.
    pub ja: String,
    /// English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// Easy Japanese.
    #[serde(default, rename = "ja-simple", skip_serializing_if = "String::is_empty")]
    pub easy: String,
    /// Chinese in simplified characters.
    #[serde(default, rename = "zh-Hans", skip_serializing_if = "String::is_empty")]
    pub zh: String,
    /// Korean.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ko: String,
    /// Portuguese of Brazil.
    #[serde(default, rename = "pt-BR", skip_serializing_if = "String::is_empty")]
    pub pt: String,
    /// Vietnamese.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vi: String,
}

impl Text {
    /// The text in `language`, or in the one that stands in for it.
    pub fn get(&self, language: Language) -> &str {
        self.said(language).0
    }

    /// The text for a reader of `language`, and the language that it is really in: what is not in the reader's own is
    /// marked with a `lang` attribute (WCAG 2.2, 3.1.2).
    pub fn said(&self, language: Language) -> (&str, Language) {
        let written = language.preferred().into_iter().find(|language| !self.exact(*language).trim().is_empty());
        let found = written.unwrap_or_default();
        (self.exact(found), found)
    }

    /// The value of a `lang` attribute for a reader of `language`; none where the text is in the reader's own.
    pub fn mark(&self, language: Language) -> Option<&'static str> {
        let said = self.said(language).1;
        (said != language).then(|| said.tag())
    }

    /// The text in that very language; empty where there is none.
    pub fn exact(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
            Language::Easy => &self.easy,
            Language::Zh => &self.zh,
            Language::Ko => &self.ko,
            Language::Pt => &self.pt,
            Language::Vi => &self.vi,
        }
    }

    /// Whether there is no text in any language.
    pub fn is_empty(&self) -> bool {
        Language::ALL.iter().all(|language| self.exact(*language).trim().is_empty())
    }

    /// The length of its longest language, in characters.
    pub(super) fn longest(&self) -> usize {
        Language::ALL.iter().map(|language| self.exact(*language).chars().count()).max().unwrap_or(0)
    }

    /// Whether it has a control character, or one that cannot be seen.
    pub(super) fn has_hidden(&self) -> bool {
        let hidden = |c: char| c.is_control() || super::kinds::text::is_invisible(c);
        Language::ALL.iter().any(|language| self.exact(*language).chars().any(hidden))
    }

    /// Whether the language that every text is in, Japanese, lacks it, or another one has nothing but blanks.
    pub(super) fn has_gap(&self) -> bool {
        let is_blank = |text: &str| !text.is_empty() && text.trim().is_empty();
        self.ja.is_empty() || Language::ALL.iter().any(|language| is_blank(self.exact(*language)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_not_there_is_said_in_the_language_that_stands_in() {
        let text: Text = toml::from_str("ja = \"件名\"\nen = \"Title\"\nvi = \"Tiêu đề\"\nzh-Hans = \" \"").unwrap();
        assert_eq!(text.said(Language::Vi), ("Tiêu đề", Language::Vi));
        assert_eq!(text.said(Language::Zh), ("Title", Language::En));
        assert_eq!(text.said(Language::Easy), ("件名", Language::Ja));
        let japanese_alone: Text = toml::from_str("ja = \"件名\"").unwrap();
        assert_eq!([text.mark(Language::Zh), text.mark(Language::Vi)], [Some("en"), None]);
        assert_eq!(japanese_alone.said(Language::Ko), ("件名", Language::Ja));
        assert!(toml::from_str::<Text>("ja = \"件名\"\nfr = \"Titre\"").is_err());
        assert_eq!(serde_json::to_string(&japanese_alone).unwrap(), "{\"ja\":\"件名\"}");
    }
}
