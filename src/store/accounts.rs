//! Accounts of people who work with the gateway: agencies' staff and PKI operators.
use serde::{Deserialize, Serialize};

use crate::ids::AgencyCode;

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees and decides the filings of one agency.
    Agency(AgencyCode),
    /// Watches over trust anchors and revocation lists; sees no filing.
    Operator,
}

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identifier (a UUID), which audit lines carry.
    pub id: String,
    /// The name it signs in by.
    pub login: String,
    /// What it is for.
    pub role: Role,
}
