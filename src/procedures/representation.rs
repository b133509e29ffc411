//! Filing for somebody else: a parent or a guardian for a child who is too young for a signature certificate of their own
//! (公的個人認証法: none is issued under 15 without a statutory representative), an adult's guardian, a representative with a
//! mandate. Whoever signs is the document's applicant; the person for whom they file stands in the answers.
use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::definition::{Definition, QuestionPage, WantedDocument};
use super::field::Field;
use super::further::Subject;
use super::kinds::date;
use super::place::Faults;
use super::text::Language;
use crate::submission::rejection::FieldFault;

/// The pages, fields and documents that every such form has.
const STANDARD: &str = include_str!("standard/representation.toml");
/// How many more files a form takes where somebody files for another: proof may have several pages.
pub const MORE_ATTACHMENTS: u32 = 4;
/// The standard field that asks for whom it is.
const FILING_AS: &str = "/filing_as";

/// As what somebody files for another person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// A parent with custody (Civil Code, Article 824), for a child under the age limit.
    Parent,
    /// A guardian (Civil Code, Article 859), for a child under the age limit.
    Guardian,
    /// The guardian of an adult (Civil Code, Article 859).
    AdultGuardian,
    /// A representative with a mandate (Civil Code, Article 99).
    Representative,
}

impl Capacity {
    /// The word of a definition and of the answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Guardian => "guardian",
            Self::AdultGuardian => "adult-guardian",
            Self::Representative => "representative",
        }
    }
}

/// Which fields hold the person for whom somebody files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepresentedFields {
    /// Pointer of the field that says as what they file.
    pub capacity: String,
    /// Pointer of the person's name; where it has no answer, people file for themselves.
    pub name: String,
    /// Pointer of the person's date of birth.
    pub born: String,
    /// The values of `capacity` for which the person has to be under the age limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub under_age: Vec<String>,
}

/// Who may file for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representation {
    /// Those for which the form asks by pages of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacities: Vec<Capacity>,
    /// The age in years from which parents and guardians do not file for a child.
    #[serde(default = "fifteen")]
    pub age_limit: u32,
    /// Whether a parent attaches proof of custody.
    #[serde(default)]
    pub custody_proof: bool,
    /// The definition's own fields, where it asks by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<RepresentedFields>,
}

fn fifteen() -> u32 {
    15
}

/// Somebody for whom another person files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Represented {
    /// Their name.
    pub name: String,
    /// As what the signer files, in words.
    pub capacity: String,
}

#[derive(Deserialize)]
struct Standard {
    page: Vec<QuestionPage>,
    field: Vec<Field>,
    document: Vec<WantedDocument>,
}

/// What must hold of the key itself, before the standard's pages are put in.
pub(super) fn check(definition: &Definition, faults: &mut Faults<'_>) {
    let Some(rule) = &definition.representation else { return };
    if rule.capacities.is_empty() == rule.fields.is_none() {
        let todo = "name capacities, or the definition's own fields, and not both";
        faults.note("representation", "needs either capacities or fields", todo);
    }
    if !(1..=20).contains(&rule.age_limit) {
        faults.note("representation.age_limit", "is not between 1 and 20", "write 15 where no law says otherwise");
    }
    if let Some(fields) = &rule.fields {
        let names = [("capacity", &fields.capacity), ("name", &fields.name), ("born", &fields.born)];
        for (key, pointer) in names {
            let field = definition.fields.iter().find(|field| field.pointer == *pointer);
            if field.is_none_or(|field| key == "born" && !field.kind.is_date()) {
                let key = format!("representation.fields.{key}");
                faults.note(key, "is not the pointer of such a field", "name a field of this file; born a date");
            }
        }
        return;
    }
    let standard: HashSet<&str> = ["filing_as", "represented_name", "represented_born", "represented_address"].into();
    for (index, field) in definition.fields.iter().enumerate() {
        if standard.contains(field.name()) {
            let key = format!("field[{index}].pointer");
            faults.note(key, "is a field that [representation] asks for", "take another pointer");
        }
    }
    for (index, page) in definition.pages.iter().enumerate() {
        if ["filing-as", "represented"].contains(&page.id.as_str()) {
            let key = format!("page[{index}].id");
            faults.note(key, "is a page that [representation] asks by", "take another name");
        }
    }
}

/// Puts the standard's pages, fields and documents before the definition's own, where it names capacities.
///
/// # Errors
/// Never for a program that passed its tests.
pub(super) fn expand(definition: &mut Definition) -> Result<(), toml::de::Error> {
    let Some(rule) = definition.representation.as_mut().filter(|rule| !rule.capacities.is_empty()) else {
        return Ok(());
    };
    let mut standard: Standard = toml::from_str(&STANDARD.replace("{age}", &rule.age_limit.to_string()))?;
    let words: Vec<&str> = rule.capacities.iter().map(|capacity| capacity.word()).collect();
    for field in standard.field.iter_mut().filter(|field| field.pointer == FILING_AS) {
        field.choices.retain(|choice| choice.value == "self" || words.contains(&choice.value.as_str()));
    }
    let is_asked = |document: &WantedDocument| {
        let of = |word: &str| document.needed_if.iter().any(|one| one.is.iter().any(|value| value == word));
        words.iter().any(|word| of(word)) && (rule.custody_proof || !of(Capacity::Parent.word()))
    };
    standard.document.retain(is_asked);
    let under_age = [Capacity::Parent, Capacity::Guardian].map(|capacity| capacity.word().to_owned());
    rule.fields = Some(RepresentedFields {
        capacity: FILING_AS.to_owned(),
        name: "/represented_name".to_owned(),
        born: "/represented_born".to_owned(),
        under_age: under_age.to_vec(),
    });
    definition.pages.splice(0..0, standard.page);
    definition.fields.splice(0..0, standard.field);
    definition.attachments.documents.splice(0..0, standard.document);
    Ok(())
}

/// The day on which somebody who was born on `born` has reached an age: the birthday; in a year without 29 February the day
/// after 28 February (年齢計算ニ関スル法律, 民法第143条第2項).
pub fn reaches(born: NaiveDate, years: u32) -> Option<NaiveDate> {
    let year = born.year().checked_add(i32::try_from(years).ok()?)?;
    born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

impl Representation {
    /// The person for whom it was filed, where it was for somebody else.
    pub fn represented(&self, form: &[Field], language: Language, answers: &Value) -> Option<Represented> {
        let fields = self.fields.as_ref()?;
        let name = answers.pointer(&fields.name)?.as_str()?;
        let said = answers.pointer(&fields.capacity);
        let field = form.iter().find(|field| field.pointer == fields.capacity);
        let capacity = said.zip(field).map(|(said, field)| field.shown_value(language, said)).unwrap_or_default();
        Some(Represented { name: super::kinds::text::visible(name), capacity })
    }

    /// What no schema can say: the person is another one than the signer, and young enough for who files for them.
    pub(super) fn judge(&self, answers: &Map<String, Value>, subject: &Subject<'_>) -> Vec<FieldFault> {
        let Some(fields) = &self.fields else { return Vec::new() };
        let text = |pointer: &str| answers.get(pointer.trim_start_matches('/')).and_then(Value::as_str);
        let Some(name) = text(&fields.name) else { return Vec::new() };
        let born = text(&fields.born).unwrap_or_default();
        let mut faults = Vec::new();
        if is_signer(name, born, subject) {
            let message = "is the person who signs: file for yourself";
            faults.push(FieldFault::new(fields.name.clone(), "same-as-signer", message));
        }
        let capacity = text(&fields.capacity).unwrap_or_default();
        let comes_of_age = date::from_iso(born).and_then(|born| reaches(born, self.age_limit));
        let is_old_enough = comes_of_age.is_some_and(|day| day <= subject.filed_on);
        if fields.under_age.iter().any(|word| word == capacity) && is_old_enough {
            let message = "must be a birthday of somebody under the age limit on the day of filing";
            let limit = Some(self.age_limit.to_string());
            faults.push(FieldFault { limit, ..FieldFault::new(fields.born.clone(), "not-under-age", message) });
        }
        faults
    }
}

/// Whether name and date of birth are the signer's, as far as the certificate tells them.
fn is_signer(name: &str, born: &str, subject: &Subject<'_>) -> bool {
    let letters = |name: &str| name.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let known = subject.applicant.date_of_birth.as_deref().unwrap_or_default();
    letters(name) == letters(&subject.applicant.name) && born.starts_with(known)
}

#[cfg(test)]
mod tests {
    use super::super::text::Text;
    use super::*;

    /// Every text of the standard.
    fn texts(standard: &Standard) -> Vec<&Text> {
        let pages = standard.page.iter().map(|page| &page.title).filter(|text| !text.is_empty());
        let fields = standard
            .field
            .iter()
            .flat_map(|field| [&field.label].into_iter().chain(field.choices.iter().map(|choice| &choice.label)));
        pages.chain(fields).chain(standard.document.iter().flat_map(|one| [&one.label, &one.help])).collect()
    }

    fn day(text: &str) -> NaiveDate {
        date::from_iso(text).unwrap()
    }

    #[test]
    fn an_age_is_reached_on_the_birthday_and_of_a_leap_day_on_the_first_of_march() {
        assert_eq!(reaches(day("2011-11-23"), 15), Some(day("2026-11-23")));
        assert_eq!(reaches(day("2012-02-29"), 15), Some(day("2027-03-01")));
        assert_eq!(reaches(day("2012-02-29"), 16), Some(day("2028-02-29")));
        assert_eq!(reaches(day("2011-12-31"), 15), Some(day("2026-12-31")));
        assert_eq!(reaches(NaiveDate::MAX, u32::MAX), None);
    }

    #[test]
    fn the_standard_is_written_in_every_language() {
        let standard: Standard = toml::from_str(STANDARD).unwrap();
        for text in texts(&standard) {
            for language in Language::ALL {
                assert!(!text.exact(*language).is_empty(), "{} in {}", text.ja, language.tag());
            }
        }
    }
}
