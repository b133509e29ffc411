//! What the authority has issued and revoked, and the numbers of its CRLs: one small JSON file, replaced atomically.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::crl::Reason;

/// The authority's memory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Everything issued, oldest first.
    pub certificates: Vec<Issued>,
    /// The newest CRL of each id.
    pub crls: BTreeMap<String, IssuedCrl>,
}

/// A certificate that was issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// The CA's or card's id.
    pub id: String,
    /// The CA that issued it; itself for a root.
    pub issuer: String,
    /// A card's profile; none for a CA.
    pub profile: Option<String>,
    /// The holder's municipality.
    pub municipality: Option<String>,
    /// Serial number, upper-case hex.
    pub serial: String,
    /// First moment.
    pub not_before: DateTime<Utc>,
    /// Last moment.
    pub not_after: DateTime<Utc>,
    /// Whether it was revoked.
    pub revoked: Option<Revoked>,
}

/// A revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Reason,
}

/// The newest CRL of an id.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedCrl {
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub this_update: DateTime<Utc>,
    /// When the next is due.
    pub next_update: DateTime<Utc>,
    /// How many certificates it lists.
    pub entries: usize,
}
