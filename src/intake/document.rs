//! The application document `madoguchi/application/1` (public contract section 4): its form, and nothing of what it
//! says about gateway, time or procedure, which are steps of their own.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json;
use super::members::Members;
use super::terms::Terms;
use super::text;
use crate::ids::{AgencyCode, ApplicationId, ArrivalNumber, ProcedureCode};
pub use crate::submission::applicant::Applicant;
use crate::submission::rejection::{FieldFault, Rejection, RejectionCode};

/// The format's name.
pub const FORMAT: &str = "madoguchi/application/1";

/// An attachment as the document lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedAttachment {
    /// File name: a label, never a path.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Hex SHA-256.
    pub sha256: String,
}

/// Which filing a correction corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrects {
    /// Its arrival number.
    pub arrival_number: ArrivalNumber,
    /// Hex SHA-256 of its application document.
    pub application_sha256: String,
}

/// The parsed document; its exact bytes are kept beside it. There is one way to read it, [`ApplicationDocument::read`]:
/// two parsers that disagree would be a hole.
#[derive(Debug, Clone, Serialize)]
pub struct ApplicationDocument {
    /// [`FORMAT`].
    pub format: String,
    /// The gateway's origin.
    pub gateway: String,
    /// Which procedure.
    pub procedure: ProcedureCode,
    /// Version of its form.
    pub form_version: u32,
    /// What makes filing it exactly-once.
    pub application_id: ApplicationId,
    /// The agency.
    pub recipient: AgencyCode,
    /// When it was made, by its maker's clock.
    pub created_at: DateTime<Utc>,
    /// Until when it may be filed.
    pub expires_at: DateTime<Utc>,
    /// Who applies.
    pub applicant: Applicant,
    /// The answers, judged by the procedure's JSON Schema.
    pub answers: Arc<Value>,
    /// The attachments.
    pub attachments: Vec<ListedAttachment>,
    /// Only in a correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Corrects>,
}

impl ApplicationDocument {
    /// Reads the document's bytes: strict I-JSON of exactly this form.
    ///
    /// # Errors
    /// `document-not-json`, `document-duplicate-name`, `document-format` or `document-unknown-field`.
    pub fn read(bytes: &[u8]) -> Result<Self, Box<Rejection>> {
        let members = open(bytes, FORMAT, RejectionCode::DocumentFormat)?;
        read_members(members).map_err(|fault| refuse(RejectionCode::DocumentFormat, fault))?
    }

    /// Where and when it may be filed, by its own words.
    pub(super) fn terms(&self) -> Terms<'_> {
        Terms { gateway: &self.gateway, created_at: self.created_at, expires_at: self.expires_at }
    }
}

/// Parses a document and checks its `format`, before anything else is asked of it.
pub(super) fn open(bytes: &[u8], format: &str, wrong_format: RejectionCode) -> Result<Members, Box<Rejection>> {
    let value = json::parse(bytes).map_err(|fault| {
        let code = match fault {
            json::JsonFault::DuplicateName { .. } => RejectionCode::DocumentDuplicateName,
            _ => RejectionCode::DocumentNotJson,
        };
        Box::new(Rejection::new(code, format!("The document cannot be read: {fault}.")))
    })?;
    let mut members = Members::of("", value).map_err(|fault| refuse(wrong_format, fault))?;
    match members.text("format") {
        Ok(found) if found == format => Ok(members),
        Ok(_) => Err(refuse(
            wrong_format,
            members.fault("format", "wrong-form", "names another format than the one taken here"),
        )),
        Err(fault) => Err(refuse(wrong_format, fault)),
    }
}

/// A refusal of the document's form that names the place.
pub(super) fn refuse(code: RejectionCode, fault: FieldFault) -> Box<Rejection> {
    let place = if fault.pointer.is_empty() { "The document" } else { fault.pointer.as_str() };
    Box::new(Rejection::new(code, format!("{place} {}.", fault.message)).with_faults(vec![fault]))
}

/// A refusal of the fields that nobody asked for, where there are some. What is not shown must not be signed.
pub(super) fn refuse_unknown(faults: Vec<FieldFault>) -> Result<(), Box<Rejection>> {
    if faults.is_empty() {
        return Ok(());
    }
    let detail = match faults.len() {
        1 => "The document has a field that is not known here.".to_owned(),
        count => format!("The document has {count} fields that are not known here."),
    };
    Err(Box::new(Rejection::new(RejectionCode::DocumentUnknownField, detail).with_faults(faults)))
}

/// Two kinds of answer: a fault of form at once, unknown fields (all of them) once the form is known to be right.
fn read_members(mut members: Members) -> Result<Result<ApplicationDocument, Box<Rejection>>, FieldFault> {
    let mut unknown = Vec::new();
    let document = ApplicationDocument {
        format: FORMAT.to_owned(),
        gateway: members.text("gateway")?,
        procedure: members.parsed("procedure", "must be 1 to 64 of a-z, 0-9 and -")?,
        form_version: version(&mut members)?,
        application_id: members.parsed("application_id", "must be a UUID of version 7, in lower case")?,
        recipient: members.parsed("recipient", "must be a municipality code of 6 digits with its check digit")?,
        created_at: time(&mut members, "created_at")?,
        expires_at: time(&mut members, "expires_at")?,
        applicant: applicant(members.take("applicant")?, &mut unknown)?,
        answers: Arc::new(members.take("answers")?),
        attachments: attachments(members.take_optional("attachments"), &mut unknown)?,
        corrects: members.take_optional("corrects").map(|value| corrects(value, &mut unknown)).transpose()?,
    };
    unknown.extend(members.left());
    Ok(refuse_unknown(unknown).map(|()| document))
}

fn version(members: &mut Members) -> Result<u32, FieldFault> {
    let number = members.number("form_version")?;
    u32::try_from(number).map_err(|_| members.fault("form_version", "wrong-form", "is too large"))
}

/// An RFC 3339 time.
pub(super) fn time(members: &mut Members, name: &str) -> Result<DateTime<Utc>, FieldFault> {
    let given = members.text(name)?;
    text::rfc3339(&given)
        .ok_or_else(|| members.fault(name, "wrong-form", "must be an RFC 3339 time such as 2026-04-01T09:00:00Z"))
}

/// A SHA-256 digest in lower-case hex.
pub(super) fn sha256(members: &mut Members, name: &str) -> Result<String, FieldFault> {
    let given = members.text(name)?;
    if text::is_sha256(&given) {
        return Ok(given);
    }
    Err(members.fault(name, "wrong-form", "must be a SHA-256 digest in 64 lower-case hexadecimal digits"))
}

fn applicant(value: Value, unknown: &mut Vec<FieldFault>) -> Result<Applicant, FieldFault> {
    let mut members = Members::of("/applicant", value)?;
    let applicant = Applicant {
        name: members.text("name")?,
        date_of_birth: members.optional_text("date_of_birth")?,
        sex: members.optional_text("sex")?,
        address: members.optional_text("address")?,
    };
    unknown.extend(members.left());
    check_applicant(&applicant)?;
    Ok(applicant)
}

/// The form of the applicant's members, also for what a browser gave before the document is made.
///
/// # Errors
/// The first member that is not of its form.
pub fn check_applicant(applicant: &Applicant) -> Result<(), FieldFault> {
    let fault = |name: &str, message| FieldFault::new(format!("/applicant/{name}"), "wrong-form", message);
    let is_date = |date: &String| text::is_partial_date(date);
    if !text::is_line(&applicant.name, 400) {
        return Err(fault("name", "must be one line of 1 to 400 characters"));
    }
    if !applicant.date_of_birth.as_ref().is_none_or(is_date) {
        return Err(fault("date_of_birth", "must be a date such as 1980-12-31, 1980-12 or 1980, or null"));
    }
    if !applicant.sex.as_deref().is_none_or(|sex| matches!(sex, "male" | "female" | "unknown")) {
        return Err(fault("sex", "must be male, female or unknown"));
    }
    if !applicant.address.as_deref().is_none_or(|address| text::is_line(address, 1000)) {
        return Err(fault("address", "must be one line of 1 to 1000 characters, or null"));
    }
    Ok(())
}

fn attachments(value: Option<Value>, unknown: &mut Vec<FieldFault>) -> Result<Vec<ListedAttachment>, FieldFault> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => {
            values.into_iter().enumerate().map(|(index, value)| attachment(index, value, unknown)).collect()
        }
        Some(_) => Err(FieldFault::new("/attachments", "wrong-type", "must be an array")),
    }
}

fn attachment(index: usize, value: Value, unknown: &mut Vec<FieldFault>) -> Result<ListedAttachment, FieldFault> {
    let mut members = Members::of(format!("/attachments/{index}"), value)?;
    let attachment = ListedAttachment {
        name: members.text("name")?,
        media_type: members.text("media_type")?,
        size: members.number("size")?,
        sha256: sha256(&mut members, "sha256")?,
    };
    unknown.extend(members.left());
    check_attachment(index, &attachment)?;
    Ok(attachment)
}

/// The form of one listed attachment, also for what a browser gave before the document is made.
///
/// # Errors
/// The first member that is not of its form.
pub fn check_attachment(index: usize, attachment: &ListedAttachment) -> Result<(), FieldFault> {
    let fault = |name: &str, message| FieldFault::new(format!("/attachments/{index}/{name}"), "wrong-form", message);
    if !text::is_file_label(&attachment.name) {
        let message = "must be a plain file name of 1 to 255 bytes: no path, no control or direction characters";
        return Err(fault("name", message));
    }
    if !text::is_media_type(&attachment.media_type) {
        return Err(fault("media_type", "must be a media type such as application/pdf"));
    }
    if !text::is_sha256(&attachment.sha256) {
        return Err(fault("sha256", "must be a SHA-256 digest in 64 lower-case hexadecimal digits"));
    }
    Ok(())
}

fn corrects(value: Value, unknown: &mut Vec<FieldFault>) -> Result<Corrects, FieldFault> {
    let mut members = Members::of("/corrects", value)?;
    let corrects = Corrects {
        arrival_number: members.parsed("arrival_number", "must be an arrival number of 16 digits")?,
        application_sha256: sha256(&mut members, "application_sha256")?,
    };
    unknown.extend(members.left());
    Ok(corrects)
}
