//! One procedure's definition: read from TOML, checked as a whole, its schema made and compiled once.
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deadline::Deadline;
use super::field::{Condition, Field, FieldKind};
use super::office::Office;
use super::place::{DefinitionFault, Faults, of_reader};
use super::representation::{self, Representation, Represented};
use super::text::{Language, Text};
use super::{check, schema};
use crate::ids::{AgencyCode, ProcedureCode};

/// The largest definition, in bytes.
pub const LARGEST: usize = 256 * 1024;

/// Which agencies take a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Recipients {
    /// Every municipality code.
    Every(EveryMunicipality),
    /// These alone.
    Listed(Vec<AgencyCode>),
    /// Every municipality of these prefectures.
    Prefectures(Prefectures),
}

/// The word for "every municipality" in a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EveryMunicipality {
    /// `every-municipality`
    #[serde(rename = "every-municipality")]
    EveryMunicipality,
}

/// Prefectures by the first two digits of their municipalities' codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefectures {
    /// `"13"`: Tokyo.
    pub prefectures: Vec<String>,
}

/// A document that a procedure asks for as an attachment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedDocument {
    /// What people call it.
    pub label: Text,
    /// A sentence that helps.
    #[serde(default)]
    pub help: Text,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
    /// It is asked for only where these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed_if: Vec<Condition>,
}

/// What files may come with a filing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRule {
    /// How many at most; 0: none. The gateway's own limit holds besides.
    pub at_most: u32,
    /// The documents that are asked for.
    #[serde(default, rename = "document", skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<WantedDocument>,
}

/// The law that a procedure stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// The act, with its number.
    pub law: Text,
    /// The clause.
    pub clause: Text,
}

/// What the agency asks the resident registry about the signer, where the gateway keeps one, in the place of a copy of the
/// Resident Record that would be attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryCheck {
    /// For what: a word of the registry's table of purposes.
    pub purpose: String,
    /// On which clause: a word of the same table.
    pub legal_basis: String,
    /// What need not be attached.
    pub replaces: Text,
}

/// A page of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionPage {
    /// Its name in addresses: a-z, 0-9 and -.
    pub id: String,
    /// Its heading; where it is empty, the label of its one field.
    #[serde(default)]
    pub title: Text,
    /// A sentence under the heading.
    #[serde(default)]
    pub help: Text,
    /// Pointers of the fields on it, in order.
    pub fields: Vec<String>,
}

/// Whether residents see a version of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Agencies can look at it; nobody can file it.
    Draft,
    /// It is taken, within its dates.
    #[default]
    Published,
}

/// A procedure as it stands in the catalog. Serialized, it is what `GET /api/v1/procedures/{code}` answers.
#[derive(Serialize)]
pub struct Procedure {
    /// What the file says.
    #[serde(flatten)]
    pub definition: Definition,
    /// JSON Schema (2020-12) of the answers.
    pub schema: Value,
    #[serde(skip)]
    pub(super) validator: jsonschema::Validator,
    /// Whether there is more to judge than a schema can say.
    #[serde(skip)]
    pub(super) judged_further: bool,
}

/// The file's form.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its code.
    pub code: ProcedureCode,
    /// The version of its form.
    pub form_version: u32,
    /// Whether residents see it.
    #[serde(default)]
    pub state: State,
    /// The first day on which it is taken, in Japan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day on which it is taken, in Japan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// Its name.
    pub title: Text,
    /// What it is for, in a sentence or two.
    pub summary: Text,
    /// Who handles it, for people.
    pub agency: Text,
    /// Who takes it.
    pub recipients: Recipients,
    /// The fee in yen; 0: none.
    pub fee_yen: u32,
    /// Pointer of a number by which the fee is multiplied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_per: Option<String>,
    /// Who may file it.
    #[serde(default)]
    pub who: Text,
    /// What the agency gets.
    #[serde(default)]
    pub agency_gets: Text,
    /// Who may file it for somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representation: Option<Representation>,
    /// What it stands on.
    #[serde(default)]
    pub legal_basis: Vec<LegalBasis>,
    /// By when it has to be filed.
    #[serde(default, rename(serialize = "deadlines", deserialize = "deadline"), skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<Deadline>,
    /// Where to ask: of single agencies, and of all others.
    #[serde(default, rename(serialize = "offices", deserialize = "office"), skip_serializing_if = "Vec::is_empty")]
    pub offices: Vec<Office>,
    /// What files may come with it.
    pub attachments: AttachmentRule,
    /// What is asked of the resident registry in the place of an attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_check: Option<RegistryCheck>,
    /// Where drafts of earlier versions are not carried over: why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_carried_over: Option<Text>,
    /// The pages of the form, in order; without any, each field is a page.
    #[serde(default, rename(serialize = "pages", deserialize = "page"))]
    pub pages: Vec<QuestionPage>,
    /// The fields of the form, in order.
    #[serde(rename(serialize = "fields", deserialize = "field"))]
    pub fields: Vec<Field>,
}

/// A day as a definition writes it: `"2026-04-01"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = super::kinds::date::from_iso(&text);
        day.map(Self).ok_or_else(|| serde::de::Error::custom("must be a day such as \"2026-04-01\""))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::kinds::date::iso(self.0))
    }
}

impl std::fmt::Debug for Procedure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Procedure({} version {})", self.definition.code, self.definition.form_version)
    }
}

impl std::ops::Deref for Procedure {
    type Target = Definition;

    fn deref(&self) -> &Definition {
        &self.definition
    }
}

/// The day in Japan (UTC+9, no summer time) at a moment.
pub fn japan_day(at: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(9 * 3600).map_or_else(|| at.date_naive(), |japan| at.with_timezone(&japan).date_naive())
}

impl Procedure {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn from_toml(text: &str) -> Result<Self, Vec<DefinitionFault>> {
        let whole = |what: String, todo: &str| {
            vec![DefinitionFault { line: 0, key: String::new(), what, todo: todo.to_owned() }]
        };
        if text.len() > LARGEST {
            return Err(whole(format!("the file is larger than {LARGEST} bytes"), "make texts shorter"));
        }
        let mut definition: Definition = toml::from_str(text).map_err(|error| vec![of_reader(text, &error)])?;
        let mut faults = Faults::of(text);
        check::definition(&definition, &mut faults);
        faults.finish()?;
        if definition.pages.is_empty() {
            definition.pages = definition.fields.iter().map(QuestionPage::of_field).collect();
        }
        let unread =
            |error: toml::de::Error| whole(format!("its standard pages cannot be read: {error}"), "report this");
        representation::expand(&mut definition).map_err(unread)?;
        schema::fill_in_bounds(&mut definition.fields);
        let schema = schema::of_fields(&definition.fields);
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| whole(format!("its JSON Schema cannot be made: {error}"), "report this"))?;
        let judged_further =
            definition.representation.is_some() || definition.fields.iter().any(super::further::judges);
        Ok(Self { definition, schema, validator, judged_further })
    }

    /// Whether `agency` takes this procedure.
    pub fn is_taken_by(&self, agency: &AgencyCode) -> bool {
        match &self.recipients {
            Recipients::Every(_) => true,
            Recipients::Listed(agencies) => agencies.contains(agency),
            Recipients::Prefectures(listed) => {
                listed.prefectures.iter().any(|prefecture| agency.as_str().starts_with(prefecture.as_str()))
            }
        }
    }

    /// Whether it is published and within its dates on a day in Japan.
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.state == State::Published
            && self.valid_from.is_none_or(|from| from.0 <= day)
            && self.valid_to.is_none_or(|to| day <= to.0)
    }

    /// The field of a pointer.
    pub fn field(&self, pointer: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.pointer == pointer)
    }

    /// The page of that name.
    pub fn page(&self, id: &str) -> Option<&QuestionPage> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The page on which a field is asked.
    pub fn page_of(&self, pointer: &str) -> Option<&QuestionPage> {
        self.pages.iter().find(|page| page.fields.iter().any(|field| field == pointer))
    }

    /// The fields of a page, in order.
    pub fn fields_of<'a>(&'a self, page: &'a QuestionPage) -> impl Iterator<Item = &'a Field> {
        page.fields.iter().filter_map(|pointer| self.field(pointer))
    }

    /// The group that a page asks for, where it asks for one.
    pub fn group_of<'a>(&'a self, page: &'a QuestionPage) -> Option<&'a Field> {
        self.fields_of(page).find(|field| field.kind == FieldKind::Group)
    }

    /// The documents that are asked for as attachments with these answers.
    pub fn wanted_documents(&self, answers: &Value) -> Vec<&WantedDocument> {
        let none = serde_json::Map::new();
        let answers = answers.as_object().unwrap_or(&none);
        let wanted = |document: &&WantedDocument| document.needed_if.iter().all(|condition| condition.holds(answers));
        self.attachments.documents.iter().filter(wanted).collect()
    }

    /// How many attachments there must be at least with these answers.
    pub fn least_attachments(&self, answers: &Value) -> usize {
        self.wanted_documents(answers).iter().filter(|document| !document.optional).count()
    }

    /// How many attachments there may be at most with these answers: more where somebody files for another person.
    pub fn most_attachments(&self, answers: &Value) -> u32 {
        let more =
            if self.represented(Language::default(), answers).is_some() { representation::MORE_ATTACHMENTS } else { 0 };
        self.attachments.at_most.saturating_add(more)
    }

    /// The person for whom it is filed with these answers, where it is for another than who signs.
    pub fn represented(&self, language: Language, answers: &Value) -> Option<Represented> {
        self.representation.as_ref()?.represented(&self.fields, language, answers)
    }

    /// The fee in yen with these answers.
    pub fn fee(&self, answers: &Value) -> u64 {
        let times = self.fee_per.as_deref().and_then(|pointer| answers.pointer(pointer)).and_then(Value::as_u64);
        u64::from(self.fee_yen).saturating_mul(times.unwrap_or(1))
    }
}

impl QuestionPage {
    fn of_field(field: &Field) -> Self {
        let id = field.name().replace('_', "-");
        Self {
            // Two names are those of pages that every form has.
            id: if check::RESERVED_PAGES.contains(&id.as_str()) { format!("the-{id}") } else { id },
            title: Text::default(),
            help: Text::default(),
            fields: vec![field.pointer.clone()],
        }
    }
}
