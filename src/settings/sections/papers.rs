//! Sealed documents out of the register.
use std::path::PathBuf;

use serde::Deserialize;

use super::super::read::Section;

/// A municipality that issues documents under its seal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperMunicipality {
    /// Its code, six digits.
    pub code: String,
    /// Its name, as documents name it.
    pub name: String,
    /// The same in letters of the alphabet.
    pub name_en: String,
    /// Who issues its documents: the title of its mayor.
    pub issuer: String,
    /// PEM certificate of its seal; those above it may follow, and are carried in each seal.
    pub seal_certificate: PathBuf,
    /// The seal's PEM key.
    pub seal_key: PathBuf,
    /// Whether residents get documents at kiosks.
    #[serde(default)]
    pub kiosk: bool,
    /// What a document costs at a kiosk, in yen.
    #[serde(default = "usual_fee")]
    pub fee: u32,
}

/// What many municipalities take.
fn usual_fee() -> u32 {
    300
}

section! {
    /// Documents that municipalities make out of the register and seal.
    PaperSettings = "papers" {
        /// The municipalities; none: no document is issued.
        municipality: Vec<PaperMunicipality> = Vec::new(), "a list of tables: [[papers.municipality]] with code, name, name_en, issuer, seal_certificate, seal_key, and kiosk and fee";
    }
}
