//! One field of a form: how it is asked for, what it takes, and when it is asked at all.
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::Text;

/// How a field is filled in on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    Line,
    /// Text with line breaks.
    Paragraph,
    /// A calendar date, by the Western calendar: `2026-04-01`.
    Date,
    /// A calendar date that may be typed in an era (元号); signed as `2026-04-01` all the same.
    EraDate,
    /// A whole number.
    Number,
    /// One of `choices`.
    Choice,
    /// Yes or no.
    Checkbox,
    /// A name as registers hold it: kanji, kana, or letters of the Latin alphabet.
    Name,
    /// A name in capital letters of the Latin alphabet, as on a residence card (在留カード).
    AlphabetName,
    /// A registered alias (通称): kanji and kana alone.
    Alias,
    /// Katakana; half-width kana and hiragana are taken.
    Kana,
    /// A postcode: seven digits.
    Postcode,
    /// A municipality: its code of six digits, by code or by name.
    Municipality,
    /// A telephone number of Japan: ten or eleven digits.
    Telephone,
    /// The number of a residence card (在留カード) or of a special permanent resident certificate: two letters, eight
    /// digits, two letters.
    ResidenceCardNumber,
    /// Digits alone, as many as `min_length` to `max_length`.
    Digits,
    /// Several times the same fields: the members of a household.
    Group,
}

impl FieldKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Line,
        Self::Paragraph,
        Self::Date,
        Self::EraDate,
        Self::Number,
        Self::Choice,
        Self::Checkbox,
        Self::Name,
        Self::AlphabetName,
        Self::Alias,
        Self::Kana,
        Self::Postcode,
        Self::Municipality,
        Self::Telephone,
        Self::ResidenceCardNumber,
        Self::Digits,
        Self::Group,
    ];

    /// The word of a definition: `era-date`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
            Self::Date => "date",
            Self::EraDate => "era-date",
            Self::Number => "number",
            Self::Choice => "choice",
            Self::Checkbox => "checkbox",
            Self::Name => "name",
            Self::AlphabetName => "alphabet-name",
            Self::Alias => "alias",
            Self::Kana => "kana",
            Self::Postcode => "postcode",
            Self::Municipality => "municipality",
            Self::Telephone => "telephone",
            Self::ResidenceCardNumber => "residence-card-number",
            Self::Digits => "digits",
            Self::Group => "group",
        }
    }

    /// Whether it is a date.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Date | Self::EraDate)
    }

    /// Whether its answer is text whose length a definition may bound.
    pub fn has_length(self) -> bool {
        matches!(
            self,
            Self::Line | Self::Paragraph | Self::Name | Self::AlphabetName | Self::Alias | Self::Kana | Self::Digits
        )
    }
}

/// One of the values that a [`FieldKind::Choice`] offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value in the answers.
    pub value: String,
    /// What people read.
    pub label: Text,
}

/// Something about another field that was answered before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Pointer of that field: a choice, a checkbox or a number.
    pub field: String,
    /// Holds where its answer is one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<Value>,
    /// Holds where it has an answer that is none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is_not: Vec<Value>,
}

impl Condition {
    /// Whether it holds for these answers (those of one entry, within a group).
    pub fn holds(&self, answers: &serde_json::Map<String, Value>) -> bool {
        let Some(answer) = answers.get(self.field.trim_start_matches('/')) else { return false };
        (self.is.is_empty() || self.is.contains(answer)) && !self.is_not.contains(answer)
    }
}

/// What of the signer's certificate an answer is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateData {
    /// The name.
    Name,
    /// The date of birth.
    DateOfBirth,
    /// `male`, `female` or `unknown`.
    Sex,
    /// The address.
    Address,
}

/// Which characters a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Characters {
    /// None that has no width or turns the direction of writing.
    #[default]
    Visible,
    /// Any but control characters.
    Any,
}

/// The bound of a date: a day, or the day on which it is filed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateBound {
    /// The day on which the application was made.
    Today,
    /// A day.
    Day(chrono::NaiveDate),
}

impl<'de> Deserialize<'de> for DateBound {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "today" => Ok(Self::Today),
            day => super::kinds::date::from_iso(day)
                .map(Self::Day)
                .ok_or_else(|| serde::de::Error::custom("must be \"today\" or a day such as \"2026-04-01\"")),
        }
    }
}

impl Serialize for DateBound {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Today => serializer.serialize_str("today"),
            Self::Day(day) => serializer.serialize_str(&super::kinds::date::iso(*day)),
        }
    }
}

impl DateBound {
    /// The day, where today is `today`.
    pub fn day(self, today: chrono::NaiveDate) -> chrono::NaiveDate {
        match self {
            Self::Today => today,
            Self::Day(day) => day,
        }
    }
}

fn yes() -> bool {
    true
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// JSON pointer into the answers: `/title`; within a group into its entry.
    pub pointer: String,
    /// How it is filled in.
    pub kind: FieldKind,
    /// What people read beside it.
    pub label: Text,
    /// A sentence that helps.
    #[serde(default)]
    pub help: Text,
    /// Whether it must be answered where it is asked.
    #[serde(default = "yes")]
    pub required: bool,
    /// Where these hold, it must be answered although it is not `required`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_if: Vec<Condition>,
    /// It is asked only where these hold, and has no answer elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown_if: Vec<Condition>,
    /// For [`FieldKind::Choice`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// For [`FieldKind::Checkbox`]: only yes is taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_be_true: bool,
    /// The least length, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// The greatest length, in characters.
    #[serde(default)]
    pub max_length: Option<u64>,
    /// The least number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    /// The first day that is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateBound>,
    /// The last day that is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateBound>,
    /// Which characters a line or a paragraph may have.
    #[serde(default)]
    pub characters: Characters,
    /// It is filled in out of the signer's certificate and cannot be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_certificate: Option<CertificateData>,
    /// Pointers that it had in earlier versions of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<String>,
    /// For [`FieldKind::Group`]: the fields of one entry.
    #[serde(default, rename = "field", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// For [`FieldKind::Group`]: what one entry is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Text>,
    /// For [`FieldKind::Group`]: the least number of entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// For [`FieldKind::Group`]: the greatest number of entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

impl Field {
    /// The member's name in the answers: the pointer without its slash.
    pub fn name(&self) -> &str {
        self.pointer.trim_start_matches('/')
    }

    /// Whether it is asked for, by the answers beside it.
    pub fn is_shown(&self, answers: &serde_json::Map<String, Value>) -> bool {
        self.shown_if.iter().all(|condition| condition.holds(answers))
    }

    /// Whether it must be answered, by the answers beside it.
    pub fn is_required(&self, answers: &serde_json::Map<String, Value>) -> bool {
        let asked_for = !self.required_if.is_empty() && self.required_if.iter().all(|one| one.holds(answers));
        self.is_shown(answers) && (self.required || asked_for)
    }

    /// The label of a choice's value.
    pub fn choice(&self, value: &str) -> Option<&Text> {
        self.choices.iter().find(|choice| choice.value == value).map(|choice| &choice.label)
    }

    /// How many entries a group may have: from, to.
    pub fn entries(&self) -> (usize, usize) {
        let number = |bound: Option<u64>, otherwise| usize::try_from(bound.unwrap_or(otherwise)).unwrap_or(0);
        (number(self.at_least, 0), number(self.at_most, 20))
    }
}
