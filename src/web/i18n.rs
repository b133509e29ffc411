//! The pages' two languages: texts in Fluent (`assets/locales/{ja,en}/*.ftl`), embedded in the binary, and the choice
//! between them. Every text exists in both languages and is used: `tests/suite/pages_i18n.rs` fails otherwise.
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
locale_files!["common", "resident", "verify", "problems", "agency", "operator", "steps", "after"];

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
    "agent-code-",
    "operator-dyn-",
    "steps-dyn-",
    "sign-in-dyn-",
    "after-dyn-",
    "form-change-",
    "form-aside-",
    "date-",
];

impl Language {
    /// Whether what programs say in English needs no translation.
    pub fn is_english(self) -> bool {
        self == Self::En
    }

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::En => "English",
        }
    }

    /// Reads a tag, `en-GB` as `en`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        tag.parse().ok()
    }

    /// The language an Accept-Language header asks for (RFC 9110 12.5.4), the most wanted first.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut wanted: Vec<(u16, Self)> = header
            .split(',')
            .take(32)
            .filter_map(|item| {
                let mut parts = item.trim().split(';');
                let language = Self::from_tag(parts.next()?.trim())?;
                let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, thousandths);
                (weight > 0).then_some((weight, language))
            })
            .collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.first().map(|(_, language)| *language)
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
        let bundle = self.bundle();
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        match args {
            None => Some(bundle.format_pattern(pattern, None, &mut errors)),
            Some(args) => Some(Cow::Owned(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())),
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 2] = [OnceLock::new(), OnceLock::new()];
        let [ja, en] = &BUNDLES;
        match self {
            Self::Ja => ja.get_or_init(|| load(self)),
            Self::En => en.get_or_init(|| load(self)),
        }
    }

    /// The text files of this language: name and Fluent source.
    pub fn sources(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Ja => JA,
            Self::En => EN,
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

/// A quality value of RFC 9110 12.4.2 in thousandths; what is not one counts as 0.
fn thousandths(text: &str) -> u16 {
    let value: f32 = text.trim().parse().unwrap_or(0.0);
    if (0.0..=1.0).contains(&value) { (value * 1000.0) as u16 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_takes_the_most_wanted_that_we_have() {
        assert_eq!(Language::from_accept_language("fr, en-GB;q=0.8, ja;q=0.9"), Some(Language::Ja));
        assert_eq!(Language::from_accept_language("en, ja"), Some(Language::En));
        assert_eq!(Language::from_accept_language("ja;q=0, en;q=0.1"), Some(Language::En));
        assert_eq!(Language::from_accept_language("fr, *;q=0.5"), None);
        assert_eq!(Language::from_accept_language(";;q=x,,"), None);
    }

    #[test]
    fn a_number_is_written_with_its_plural() {
        assert_eq!(Language::En.count("files-count", 1), "1 file");
        assert_eq!(Language::En.count("files-count", 3), "3 files");
    }
}
