//! One procedure's definition: read from TOML, checked as a whole, its schema compiled once.
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::Text;
use crate::ids::{AgencyCode, ProcedureCode};

/// How a field is filled in on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    Line,
    /// Text with line breaks.
    Paragraph,
    /// A calendar date.
    Date,
    /// A whole number.
    Number,
    /// One of `choices`.
    Choice,
    /// Yes or no.
    Checkbox,
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

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// JSON pointer into the answers: `/title`.
    pub pointer: String,
    /// How it is filled in.
    pub kind: FieldKind,
    /// What people read beside it.
    pub label: Text,
    /// A sentence that helps.
    pub help: Text,
    /// For [`FieldKind::Choice`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Whether the schema requires it.
    #[serde(skip_deserializing)]
    pub required: bool,
    /// The schema's `maxLength`, in characters.
    #[serde(skip_deserializing)]
    pub max_length: Option<u64>,
}

impl Field {
    /// The member's name in the answers: the pointer without its slash.
    pub fn name(&self) -> &str {
        self.pointer.trim_start_matches('/')
    }
}

/// Which agencies take a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Recipients {
    /// Every municipality code.
    Every(EveryMunicipality),
    /// These alone.
    Listed(Vec<AgencyCode>),
}

/// The word for "every municipality" in a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EveryMunicipality {
    /// `every-municipality`
    #[serde(rename = "every-municipality")]
    EveryMunicipality,
}

/// What files may come with a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRule {
    /// How many at most; 0: none. The gateway's own limit holds besides.
    pub at_most: u32,
}

/// A procedure as it stands in the catalog. Serialized, it is what `GET /api/v1/procedures/{code}` answers.
#[derive(Debug, Serialize)]
pub struct Procedure {
    /// Its code.
    pub code: ProcedureCode,
    /// The version of its form that is taken now.
    pub form_version: u32,
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
    /// What files may come with it.
    pub attachments: AttachmentRule,
    /// The fields of the form, in order.
    pub fields: Vec<Field>,
    /// JSON Schema (2020-12) of the answers.
    pub schema: Value,
    #[serde(skip)]
    pub(super) validator: jsonschema::Validator,
}

/// The file's form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    code: ProcedureCode,
    form_version: u32,
    title: Text,
    summary: Text,
    agency: Text,
    recipients: Recipients,
    fee_yen: u32,
    attachments: AttachmentRule,
    field: Vec<Field>,
    schema: Value,
}

impl Procedure {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn from_toml(text: &str) -> Result<Self, String> {
        let definition: Definition = toml::from_str(text).map_err(|error| error.to_string())?;
        check_texts(&definition)?;
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&definition.schema)
            .map_err(|error| format!("schema: {error}"))?;
        let fields = fields_of_schema(definition.field, &definition.schema)?;
        Ok(Self {
            code: definition.code,
            form_version: definition.form_version,
            title: definition.title,
            summary: definition.summary,
            agency: definition.agency,
            recipients: definition.recipients,
            fee_yen: definition.fee_yen,
            attachments: definition.attachments,
            fields,
            schema: definition.schema,
            validator,
        })
    }

    /// Whether `agency` takes this procedure.
    pub fn is_taken_by(&self, agency: &AgencyCode) -> bool {
        match &self.recipients {
            Recipients::Every(_) => true,
            Recipients::Listed(agencies) => agencies.contains(agency),
        }
    }
}

fn check_texts(definition: &Definition) -> Result<(), String> {
    let of_fields = definition.field.iter().flat_map(|field| {
        [&field.label, &field.help].into_iter().chain(field.choices.iter().map(|choice| &choice.label))
    });
    let mut texts = [&definition.title, &definition.summary, &definition.agency].into_iter().chain(of_fields);
    match texts.find(|text| text.has_gap()) {
        Some(gap) => Err(format!("a text is empty in one language (its other one: {:?})", gap)),
        None => Ok(()),
    }
}

/// Ties the fields to the schema: the same members in both, and the schema closed to others.
fn fields_of_schema(mut fields: Vec<Field>, schema: &Value) -> Result<Vec<Field>, String> {
    let members = schema.get("properties").and_then(Value::as_object).ok_or("schema.properties is missing")?;
    if schema.get("type") != Some(&Value::from("object")) {
        return Err("schema.type must be \"object\"".to_owned());
    }
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Err("schema.additionalProperties must be false: what nobody is shown must not be signed".to_owned());
    }
    if let Some(name) = members.keys().find(|name| !fields.iter().any(|field| field.name() == *name)) {
        return Err(format!("schema.properties.{name} has no [[field]]"));
    }
    let required = schema.get("required").and_then(Value::as_array);
    for field in &mut fields {
        let name = field.pointer.strip_prefix('/').unwrap_or_default().to_owned();
        let member =
            members.get(&name).ok_or_else(|| format!("field {} is not in schema.properties", field.pointer))?;
        field.required = required.is_some_and(|names| names.iter().any(|required| *required == name));
        field.max_length = member.get("maxLength").and_then(Value::as_u64);
        if (field.kind == FieldKind::Choice) == field.choices.is_empty() {
            return Err(format!("field {}: choices belong to the kind \"choice\" and to no other", field.pointer));
        }
    }
    Ok(fields)
}
