//! The resident registry as a gateway keeps it: its keys, its municipalities, and the acts on it, a file each.
pub mod identity;
pub mod look;
pub mod note;
pub mod questions;
pub(super) mod signer;

use std::path::Path;

use crate::evidence::keys::Keys;
use crate::gateway::Gateway;
use crate::gateway::lists::wait;
use crate::ids::AgencyCode;
use crate::procedures::municipalities;
use crate::registry::code::CheckDigitRule;
use crate::settings::RegistrySettings;
use crate::store::registry::Vault;
use crate::store::{Store, StoreError};

/// A municipality whose residents are kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// Its code.
    pub code: AgencyCode,
    /// In Japanese.
    pub name: String,
    /// In Latin letters.
    pub name_latin: String,
}

/// The registry.
#[derive(Debug)]
pub struct Registry {
    vault: Vault,
    municipalities: Vec<Municipality>,
    accesses_kept: chrono::Duration,
    queries_per_hour: u32,
    looks_per_hour: u32,
}

impl Registry {
    /// As the settings say; none where no municipality is named. The key is made where it is not there.
    ///
    /// # Errors
    /// A code that is none, a key that cannot be used.
    pub fn from_settings(settings: &RegistrySettings, keys: &Path) -> Result<Option<Self>, String> {
        if settings.municipality.is_empty() {
            return Ok(None);
        }
        let mut municipalities = Vec::new();
        for municipality in &settings.municipality {
            let code: AgencyCode =
                municipality.code.parse().map_err(|error| format!("registry.municipality: {error}"))?;
            let known = municipalities::all().iter().find(|known| known.code == code.as_str());
            let named = |set: &Option<String>, known: Option<&str>| {
                set.clone().or_else(|| known.map(str::to_owned)).unwrap_or_else(|| code.to_string())
            };
            let name = named(&municipality.name, known.map(|known| known.ja));
            let name_latin = named(&municipality.name_latin, known.map(|known| known.en));
            municipalities.push(Municipality { code, name, name_latin });
        }
        let rule = if settings.check_digit { CheckDigitRule::Modulus11 } else { CheckDigitRule::Unchecked };
        let key = Keys::registry(keys).map_err(|error| error.to_string())?;
        let vault = Vault::new(&key, rule).map_err(|error| error.to_string())?;
        Ok(Some(Self {
            vault,
            municipalities,
            accesses_kept: settings.accesses_kept.chrono(),
            queries_per_hour: settings.queries_per_hour,
            looks_per_hour: settings.looks_per_hour,
        }))
    }

    /// Whether the records open with this key: one that is lost is not made up for by a new one.
    ///
    /// # Errors
    /// When they do not, or the database does not answer.
    pub fn fits(&self, store: &Store) -> Result<(), StoreError> {
        wait(store.registry_opens(&self.vault))
    }

    /// Its keys.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Its municipalities.
    pub fn municipalities(&self) -> &[Municipality] {
        &self.municipalities
    }

    /// The municipality of that code, where its residents are kept here.
    pub fn municipality(&self, code: AgencyCode) -> Option<&Municipality> {
        self.municipalities.iter().find(|municipality| municipality.code == code)
    }

    /// How many questions one asker may ask within an hour; 0: any number.
    pub fn queries_per_hour(&self) -> u32 {
        self.queries_per_hour
    }

    /// How many records one account may look at within an hour; 0: any number.
    pub fn looks_per_hour(&self) -> u32 {
        self.looks_per_hour
    }

    /// For how long notes of looks are kept at most.
    pub fn accesses_kept(&self) -> chrono::Duration {
        self.accesses_kept
    }
}

impl Gateway {
    /// The resident registry, where this gateway keeps one.
    pub fn registry(&self) -> Option<&Registry> {
        self.registry.as_ref()
    }

    /// With a resident registry, or without.
    #[must_use]
    pub fn with_registry(self, registry: Option<Registry>) -> Self {
        Self { registry, ..self }
    }
}
