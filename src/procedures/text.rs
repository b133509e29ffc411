//! Texts that people read, in every language of the gateway.
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Japanese: the language of the law and the default.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: &[Self] = &[Self::Ja, Self::En];

    /// The BCP 47 tag: `ja`, `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

impl FromStr for Language {
    type Err = ();

    /// Reads a BCP 47 tag by its primary language: `en-GB` is English.
    fn from_str(tag: &str) -> Result<Self, ()> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.iter().copied().find(|language| primary.eq_ignore_ascii_case(language.tag())).ok_or(())
    }
}

/// One text in every language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }

    /// Whether there is no text in any language.
    pub fn is_empty(&self) -> bool {
        Language::ALL.iter().all(|language| self.get(*language).trim().is_empty())
    }

    /// The length of its longest language, in characters.
    pub(super) fn longest(&self) -> usize {
        Language::ALL.iter().map(|language| self.get(*language).chars().count()).max().unwrap_or(0)
    }

    /// Whether it has a control character, or one that cannot be seen.
    pub(super) fn has_hidden(&self) -> bool {
        let hidden = |c: char| c.is_control() || super::kinds::text::is_invisible(c);
        Language::ALL.iter().any(|language| self.get(*language).chars().any(hidden))
    }

    /// Whether a language lacks its text.
    pub(super) fn has_gap(&self) -> bool {
        Language::ALL.iter().any(|language| self.get(*language).trim().is_empty())
    }
}
