//! The application document `madoguchi/application/1` (public contract section 4): I-JSON at every depth.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyCode, ApplicationId, ArrivalNumber, ProcedureCode};

/// The applicant as the document states them; compared with the signer's certificate byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Full name.
    pub name: String,
    /// As far as the certificate knows it.
    pub date_of_birth: Option<String>,
    /// `male`, `female` or `unknown`.
    pub sex: Option<String>,
    /// Address.
    pub address: Option<String>,
}

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

/// The parsed document; its exact bytes are kept beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationDocument {
    /// `madoguchi/application/1`.
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
    pub answers: serde_json::Value,
    /// The attachments.
    #[serde(default)]
    pub attachments: Vec<ListedAttachment>,
    /// Only in a correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Corrects>,
}
