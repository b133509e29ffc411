//! Questions whether a person's data are current, and their answers: no more than what article 30-9 and those after it let out.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::code::ResidentRecordCode;
use super::purpose::Permit;
use super::record::Sex;

/// The four attributes as somebody claims them.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimedPerson {
    /// Name.
    pub name: String,
    /// Date of birth: `1985-04-12`, or in part.
    pub date_of_birth: String,
    /// Sex.
    pub sex: Sex,
    /// Address, from the prefecture on.
    pub address: String,
}

impl std::fmt::Debug for ClaimedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClaimedPerson(not shown)")
    }
}

/// A question: are these data current? That it may be asked is what the [`Permit`] proves.
#[derive(Debug)]
pub struct IdentityQuery {
    /// The four attributes.
    pub person: ClaimedPerson,
    /// The Resident Record Code, of an asker that may use it.
    pub code: Option<ResidentRecordCode>,
    /// For what and on which legal basis.
    pub permit: Permit,
    /// Who asks, as audit lines name them.
    pub asked_by: String,
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityResult {
    /// The data are those of one current record.
    Match,
    /// No current record has these data.
    NoMatch,
    /// The person has moved out of the municipality, or within it.
    Moved,
    /// The person died.
    Dead,
}

impl IdentityResult {
    /// The word that stands in rows and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::NoMatch => "no_match",
            Self::Moved => "moved",
            Self::Dead => "dead",
        }
    }
}

/// The answer, and nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityAnswer {
    /// What holds.
    pub result: IdentityResult,
    /// When it was looked up.
    pub answered_at: DateTime<Utc>,
    /// The digest of the record's history at that moment, in hexadecimal: names the state that was looked at and tells nothing of
    /// it. None where there is no match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_digest: Option<String>,
}
