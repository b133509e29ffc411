//! Who applies, as a document states it.
use serde::{Deserialize, Serialize};

/// The applicant as the document states them; compared with the signer's certificate byte for byte.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Full name.
    pub name: String,
    /// `1980-12-31`, `1980-12`, `1980` or null, as far as the certificate knows it.
    #[serde(default)]
    pub date_of_birth: Option<String>,
    /// `male`, `female` or `unknown`.
    #[serde(default)]
    pub sex: Option<String>,
    /// Address.
    #[serde(default)]
    pub address: Option<String>,
}

impl std::fmt::Debug for Applicant {
    /// Says nothing of the person: what is printed for debugging ends in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Applicant(..)")
    }
}
