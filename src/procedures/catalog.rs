//! The catalog: the procedures that come with the program, and those of a folder.
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::definition::{LARGEST, japan_day};
use super::{DefinitionFault, Procedure, State};

/// `general-application` and its like: always there.
const BUILTIN: &[(&str, &str)] = &[
    ("general-application.toml", include_str!("builtin/general-application.toml")),
    ("resident-record-copy-1.toml", include_str!("builtin/resident-record-copy-1.toml")),
    ("resident-record-copy.toml", include_str!("builtin/resident-record-copy.toml")),
    ("moving-out-1.toml", include_str!("builtin/moving-out-1.toml")),
    ("moving-out.toml", include_str!("builtin/moving-out.toml")),
    ("child-allowance.toml", include_str!("builtin/child-allowance.toml")),
    ("alias.toml", include_str!("builtin/alias.toml")),
];

/// Those of gateways that keep a registry and are on a network.
const OF_THE_NETWORK: &[(&str, &str)] = &[("moving-in.toml", include_str!("registry/moving-in.toml"))];

/// Why the catalog cannot be used: told at start, with the file's name.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The folder or a file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A definition is wrong.
    #[error("{file}: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(&format!("\n{file}: ")))]
    Invalid {
        /// Which.
        file: String,
        /// What is wrong with it, where, and what to do.
        faults: Vec<DefinitionFault>,
    },
}

/// The most files of a folder.
const MOST_FILES: usize = 2000;

/// Every procedure, by its code, in all the versions that are known: filings keep the version they were signed under.
#[derive(Debug)]
pub struct Catalog {
    procedures: BTreeMap<String, BTreeMap<u32, Arc<Procedure>>>,
}

impl Catalog {
    /// The procedures that come with the program.
    ///
    /// # Errors
    /// Never for a program that passed its tests.
    pub fn builtin() -> Result<Self, CatalogError> {
        let mut catalog = Self { procedures: BTreeMap::new() };
        for (file, text) in BUILTIN {
            catalog.add(file, text)?;
        }
        Ok(catalog)
    }

    /// Those, and every `*.toml` of `folder`; a definition there replaces a built-in one of its code and version.
    ///
    /// # Errors
    /// A [`CatalogError`] with the name of the file that is wrong.
    pub fn load(folder: Option<&Path>) -> Result<Self, CatalogError> {
        let mut catalog = Self::builtin()?;
        let Some(folder) = folder else { return Ok(catalog) };
        let mut seen = BTreeMap::new();
        for path in files_of(folder)? {
            let file = path.display().to_string();
            let procedure = catalog.add(&file, &read_definition(&path)?)?;
            if let Some(first) = seen.insert((procedure.code.to_string(), procedure.form_version), file.clone()) {
                let what = format!("its code and version stand in {first} already");
                let todo = "raise form_version, or remove one of the two files".to_owned();
                let faults = vec![DefinitionFault { line: 0, key: "form_version".to_owned(), what, todo }];
                return Err(CatalogError::Invalid { file, faults });
            }
        }
        Ok(catalog)
    }

    /// With the procedures that need a registry and a network; a definition of the same code that is there stays.
    ///
    /// # Errors
    /// Never for a program that passed its tests.
    pub fn on_the_network(mut self) -> Result<Self, CatalogError> {
        for (file, text) in OF_THE_NETWORK {
            if !self.procedures.contains_key(file.trim_end_matches(".toml")) {
                self.add(file, text)?;
            }
        }
        Ok(self)
    }

    /// The newest published version of that code, whatever its dates: for its name. What is taken tells [`Catalog::in_force`].
    pub fn get(&self, code: &str) -> Option<&Arc<Procedure>> {
        let versions = self.procedures.get(code)?;
        versions.values().rev().find(|procedure| procedure.state == State::Published)
    }

    /// The version of that code that is taken at a moment: the newest one that is published and within its dates.
    pub fn in_force(&self, code: &str, at: DateTime<Utc>) -> Option<&Arc<Procedure>> {
        let day = japan_day(at);
        self.procedures.get(code)?.values().rev().find(|procedure| procedure.is_in_force(day))
    }

    /// That version of that code, also one that is not taken any more, or not yet.
    pub fn version(&self, code: &str, form_version: u32) -> Option<&Arc<Procedure>> {
        self.procedures.get(code)?.get(&form_version)
    }

    /// The newest published version of every procedure, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.keys().filter_map(|code| self.get(code))
    }

    /// What can be filed at a moment, by code.
    pub fn taken_at(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.keys().filter_map(move |code| self.in_force(code, at))
    }

    /// Every version of every procedure, drafts too: for agencies.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.values().flat_map(BTreeMap::values)
    }

    fn add(&mut self, file: &str, text: &str) -> Result<Arc<Procedure>, CatalogError> {
        let wrong = |faults| CatalogError::Invalid { file: file.to_owned(), faults };
        let procedure = Arc::new(Procedure::from_toml(text).map_err(wrong)?);
        let versions = self.procedures.entry(procedure.code.to_string()).or_default();
        versions.insert(procedure.form_version, Arc::clone(&procedure));
        Ok(procedure)
    }
}

/// The definitions of a folder, by name.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, CatalogError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
        if files.len() > MOST_FILES {
            let source = std::io::Error::other(format!("has more than {MOST_FILES} procedures"));
            return Err(CatalogError::Unreadable { path: folder.display().to_string(), source });
        }
    }
    files.sort();
    Ok(files)
}

/// The text of one definition, as long as it may be.
///
/// # Errors
/// [`CatalogError::Unreadable`], also for what is no text.
pub fn read_definition(path: &Path) -> Result<String, CatalogError> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, error))?;
    // One byte more than a definition may have: it is then told that it is too large.
    file.take(LARGEST as u64 + 1).read_to_string(&mut text).map_err(|error| unreadable(path, error))?;
    Ok(text)
}

fn unreadable(path: &Path, source: std::io::Error) -> CatalogError {
    CatalogError::Unreadable { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERAL: &str = BUILTIN[0].1;

    #[test]
    fn the_general_application_is_always_there_for_every_municipality() {
        let catalog = Catalog::load(None).unwrap();
        let general = catalog.get("general-application").unwrap();
        assert!(general.is_taken_by(&"131016".parse().unwrap()));
        assert_eq!(general.form_version, 1);
        assert!(general.fields.iter().all(|field| field.required));
        assert_eq!(general.fields.iter().map(|field| field.max_length).collect::<Vec<_>>(), [Some(200), Some(20_000)]);
    }

    #[test]
    fn a_folder_adds_and_replaces_and_a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), GENERAL.replace("form_version = 1", "form_version = 2")).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "not a definition").unwrap();
        let catalog = Catalog::load(Some(folder.path())).unwrap();
        assert_eq!(catalog.get("general-application").unwrap().form_version, 2);
        assert!(catalog.get("resident-record-copy").is_some());

        std::fs::write(folder.path().join("b.toml"), GENERAL.replace("form_version = 1", "form_version = 2")).unwrap();
        let twice = Catalog::load(Some(folder.path())).unwrap_err().to_string();
        assert!(twice.contains("b.toml") && twice.contains("a.toml"), "{twice}");
    }

    #[test]
    fn every_slip_in_a_definition_stops_the_start_with_its_line_and_what_to_do() {
        for (from, to, line, key) in [
            ("fee_yen = 0", "fee_yen = 0\nfee = 1", "fee = 1", "fee"),
            ("en = \"General application\"", "en = \" \"", "[title]", "title"),
            ("pointer = \"/title\"", "pointer = \"/Subject\"", "pointer = \"/Subject\"", "field[0].pointer"),
            ("kind = \"line\"", "kind = \"choice\"", "[[field]]", "field[0].choices"),
            ("kind = \"line\"", "kind = \"colour\"", "kind = \"colour\"", "kind"),
            ("max_length = 200\n", "max_length = \"200\"\n", "max_length = \"200\"", "max_length"),
            ("max_length = 200\n", "max_length = 200\nmost = 3\n", "[[field]]", "field[0].least"),
            ("recipients = \"every-municipality\"", "recipients = [\"131017\"]", "recipients = ", "recipients"),
            ("form_version = 1", "form_version = 0", "form_version = 0", "form_version"),
            ("fields = [\"/title\", \"/body\"]", "fields = [\"/body\"]", "[[page]]", "page"),
        ] {
            assert!(GENERAL.contains(from), "{from}");
            let wrong = GENERAL.replacen(from, to, 1);
            let faults = Procedure::from_toml(&wrong).unwrap_err();
            let at = wrong.lines().position(|found| found.contains(line)).unwrap() + 1;
            let told = faults.iter().find(|fault| fault.key == key).unwrap_or_else(|| panic!("{key}: {faults:?}"));
            assert!(!told.todo.is_empty() && told.line >= at.min(told.line), "{told}");
            assert!(told.line.abs_diff(at) <= 1, "{key}: line {} instead of {at}", told.line);
        }
    }

    #[test]
    fn agencies_are_listed_or_those_of_a_prefecture() {
        let with =
            |recipients: &str| Procedure::from_toml(&GENERAL.replace("\"every-municipality\"", recipients)).unwrap();
        let (chiyoda, sapporo) = ("131016".parse().unwrap(), "011002".parse().unwrap());
        for recipients in ["[\"131016\"]", "{ prefectures = [\"13\"] }"] {
            let procedure = with(recipients);
            assert!(procedure.is_taken_by(&chiyoda) && !procedure.is_taken_by(&sapporo), "{recipients}");
        }
    }

    #[test]
    fn the_newest_version_within_its_dates_is_taken_and_a_draft_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let version = |number: u32, more: &str| {
            let text = GENERAL.replace("form_version = 1", &format!("form_version = {number}\n{more}"));
            std::fs::write(folder.path().join(format!("{number}.toml")), text).unwrap();
        };
        version(2, "valid_from = \"2026-04-01\"");
        version(3, "valid_from = \"2027-04-01\"\nvalid_to = \"2027-04-30\"");
        version(4, "state = \"draft\"");
        let catalog = Catalog::load(Some(folder.path())).unwrap();
        let at = |time: &str| catalog.in_force("general-application", time.parse().unwrap()).unwrap().form_version;
        // A day begins in Japan nine hours before it does in Greenwich.
        assert_eq!(at("2026-03-31T14:59:59Z"), 1);
        assert_eq!(at("2026-03-31T15:00:00Z"), 2);
        assert_eq!([at("2027-04-15T00:00:00Z"), at("2027-04-30T15:00:00Z")], [3, 2]);
        assert_eq!(catalog.get("general-application").unwrap().form_version, 3);
        assert_eq!(catalog.version("general-application", 4).unwrap().state, State::Draft);
        assert_eq!(catalog.all().filter(|one| one.code.as_str() == "general-application").count(), 4);
    }
}
