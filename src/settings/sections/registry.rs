//! The resident registry: whose residents this gateway keeps. Without a municipality there is none, and nothing of it is shown.
use serde::Deserialize;

use super::super::read::Section;
use super::super::values::Period;

section! {
    /// The resident registry.
    RegistrySettings = "registry" {
        /// Whether the last digit of a Resident Record Code has to be its check digit.
        check_digit: bool = true, "true or false";
        /// For how long it is kept who looked at a record, where its purpose does not end it sooner.
        accesses_kept: Period = Period::seconds(5 * 366 * 86_400), "a length of time: \"1830d\"";
        /// How many questions about people's data one account or program of an agency may ask within an hour.
        queries_per_hour: u32 = 600, "a number; 0: off";
        /// How many records one account may look at within an hour.
        looks_per_hour: u32 = 1000, "a number; 0: off";
        /// The municipalities, each with keys of its own.
        #[serde(skip)]
        municipality: Vec<MunicipalitySettings> = Vec::new(), "tables: [[registry.municipality]]";
    }
}

section! {
    /// A municipality whose residents are kept here.
    MunicipalitySettings = "registry.municipality" {
        /// Its code.
        code: String = String::new(), "a municipality code of six digits: \"131016\"";
        /// Its name in Japanese; none: the name that is known of the code.
        name: Option<String> = None, "a name: \"千代田区\"";
        /// Its name in Latin letters; none: the name that is known of the code.
        name_latin: Option<String> = None, "a name: \"Chiyoda City\"";
    }
}

impl RegistrySettings {
    /// What is right alone and wrong together, or missing.
    pub(in crate::settings) fn wrong_together(&self) -> Vec<String> {
        let mut seen = std::collections::BTreeSet::new();
        let mut wrong = Vec::new();
        for (number, municipality) in self.municipality.iter().enumerate() {
            let (place, code) = (format!("registry.municipality[{}].code", number + 1), &municipality.code);
            if code.is_empty() {
                wrong.push(format!("{place}: is missing; allowed: a municipality code of six digits: \"131016\""));
            } else if !seen.insert(code) {
                wrong.push(format!("{place} = \"{code}\": allowed: each municipality once"));
            }
        }
        wrong
    }
}
