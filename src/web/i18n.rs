//! The pages' languages: texts in Fluent (`assets/locales/<tag>/*.ftl`), embedded in the binary. Every text exists in
//! Japanese and English, every text that residents see in the other languages too, and every text is used:
//! `tests/suite/pages_i18n.rs` fails otherwise. `docs/languages.md` tells how a language is added.
use std::borrow::Cow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

pub use crate::procedures::Language;

/// The cookie that remembers a chosen language.
pub const LANGUAGE_COOKIE: &str = "lang";

/// Names of the text files; each is there once a language.
macro_rules! locale_files {
    ($($name:literal),* $(,)?) => {
        const JA: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/ja/", $name, ".ftl")))),*];
        const EN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/en/", $name, ".ftl")))),*];
    };
}
locale_files![
    "common", "resident", "verify", "problems", "agency", "operator", "clerk", "matching", "steps", "after", "drafts",
    "filing", "lives", "papers"
];

/// The files that residents see, in the languages that are for residents alone. What a language lacks is said in the one
/// that stands in for it ([`Language::preferred`]).
macro_rules! resident_files {
    ($($name:literal),* $(,)?) => {
        const EASY: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/ja-simple/", $name, ".ftl")))),*];
        const ZH: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/zh-Hans/", $name, ".ftl")))),*];
        const KO: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/ko/", $name, ".ftl")))),*];
        const PT: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/pt-BR/", $name, ".ftl")))),*];
        const VI: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/locales/vi/", $name, ".ftl")))),*];
    };
}
resident_files!["common", "resident", "verify", "problems", "steps", "after", "drafts", "filing", "lives", "papers"];

/// Beginnings of keys that are put together at run time; whoever adds one tests by enumeration that every key it can
/// make is there.
pub const DYNAMIC_PREFIXES: &[&str] = &[
    "problem-title-",
    "problem-what-",
    "problem-kept-",
    "problem-do-",
    "status-name-",
    "status-next-",
    "revocation-state-",
    "sex-",
    "verdict-",
    "check-",
    "sub-indication-",
    "agency-dyn-",
    "matching-dyn-",
    "clerk-dyn-",
    "registry-dyn-",
    "agent-code-",
    "operator-dyn-",
    "steps-dyn-",
    "sign-in-dyn-",
    "after-dyn-",
    "form-change-",
    "form-aside-",
    "date-",
    "paper-kind-",
    "paper-text-",
    "kiosk-state-",
    "kiosk-text-",
];

impl Language {
    /// Whether what programs say in English needs no translation.
    pub fn is_english(self) -> bool {
        self == Self::En
    }

    /// Reads a tag, `en-GB` as `en`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        tag.parse().ok()
    }

    /// The language an Accept-Language header asks for, the most wanted first.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        super::accept_language::most_wanted(header)
    }

    /// The text of `key`, or `None` where there is none.
    pub fn find(self, key: &str) -> Option<Cow<'static, str>> {
        self.format(key, None)
    }

    /// The text of `key`; the key itself where it is missing, which the tests keep from happening.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        self.find(key).unwrap_or_else(|| missing(key))
    }

    /// The text of `key` with `{ $name }` filled in.
    pub fn with(self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), value.to_string());
        self.format(key, Some(&args)).unwrap_or_else(|| missing(key)).into_owned()
    }

    /// The text of `key` with several placeables filled in.
    pub fn with_all(self, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set((*name).to_owned(), value.to_string());
        }
        self.format(key, Some(&args)).unwrap_or_else(|| missing(key)).into_owned()
    }

    /// The text of `key` with `{ $count }` as a number, so that the text can have a singular and a plural.
    pub fn count(self, key: &str, count: usize) -> String {
        let mut args = FluentArgs::new();
        args.set("count", count);
        self.format(key, Some(&args)).unwrap_or_else(|| missing(key)).into_owned()
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
        self.preferred().into_iter().find_map(|language| language.format_exactly(key, args))
    }

    fn format_exactly(self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        match args {
            None => Some(bundle.format_pattern(pattern, None, &mut errors)),
            Some(args) => Some(Cow::Owned(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())),
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 7] = [const { OnceLock::new() }; 7];
        let [ja, en, easy, zh, ko, pt, vi] = &BUNDLES;
        let bundle = match self {
            Self::Ja => ja,
            Self::En => en,
            Self::Easy => easy,
            Self::Zh => zh,
            Self::Ko => ko,
            Self::Pt => pt,
            Self::Vi => vi,
        };
        bundle.get_or_init(|| load(self))
    }

    /// The text files of this language: name and Fluent source.
    pub fn sources(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Ja => JA,
            Self::En => EN,
            Self::Easy => EASY,
            Self::Zh => ZH,
            Self::Ko => KO,
            Self::Pt => PT,
            Self::Vi => VI,
        }
    }
}

fn load(language: Language) -> FluentBundle<FluentResource> {
    let identifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // The isolation marks would be seen in titles and in copied text.
    bundle.set_use_isolating(false);
    for (name, source) in language.sources() {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(partial, errors)| {
            tracing::error!(file = name, errors = errors.len(), "a text file is not wholly readable");
            partial
        });
        if bundle.add_resource(resource).is_err() {
            tracing::error!(file = name, "a text file names a key that another has already");
        }
    }
    bundle
}

fn missing(key: &str) -> Cow<'static, str> {
    tracing::error!(key, "a page's text is missing");
    Cow::Owned(key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_language_lacks_is_said_in_the_one_that_stands_in() {
        // An operators' text, which exists in Japanese and English alone.
        assert_eq!(Language::Easy.t("nav-operator-crls"), Language::Ja.t("nav-operator-crls"));
        assert_eq!(Language::Vi.t("nav-operator-crls"), Language::En.t("nav-operator-crls"));
        assert_eq!(Language::Ko.find("no-such-text"), None);
    }

    #[test]
    fn a_number_is_written_with_its_plural() {
        assert_eq!(Language::En.count("files-count", 1), "1 file");
        assert_eq!(Language::En.count("files-count", 3), "3 files");
    }
}
