//! The catalog: the procedures that come with the program, and those of a folder.
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::Procedure;

/// `general-application` and its like: always there.
const BUILTIN: &[(&str, &str)] = &[
    ("general-application.toml", include_str!("builtin/general-application.toml")),
    ("resident-record-copy.toml", include_str!("builtin/resident-record-copy.toml")),
];

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
    #[error("{file}: {what}")]
    Invalid {
        /// Which.
        file: String,
        /// What is wrong with it.
        what: String,
    },
}

/// Every procedure that is taken, by its code.
#[derive(Debug)]
pub struct Catalog {
    procedures: BTreeMap<String, Arc<Procedure>>,
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

    /// Those, and every `*.toml` of `folder`; a definition there replaces a built-in one of its code.
    ///
    /// # Errors
    /// A [`CatalogError`] with the name of the file that is wrong.
    pub fn load(folder: Option<&Path>) -> Result<Self, CatalogError> {
        let mut catalog = Self::builtin()?;
        let Some(folder) = folder else { return Ok(catalog) };
        let unreadable = |path: &Path, source| CatalogError::Unreadable { path: path.display().to_string(), source };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
        files.sort();
        let mut seen = BTreeMap::new();
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            let file = path.display().to_string();
            let code = catalog.add(&file, &text)?;
            if let Some(first) = seen.insert(code, file.clone()) {
                return Err(CatalogError::Invalid { file, what: format!("its code stands in {first} already") });
            }
        }
        Ok(catalog)
    }

    /// The procedure of that code.
    pub fn get(&self, code: &str) -> Option<&Arc<Procedure>> {
        self.procedures.get(code)
    }

    /// Every procedure, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.values()
    }

    fn add(&mut self, file: &str, text: &str) -> Result<String, CatalogError> {
        let procedure =
            Procedure::from_toml(text).map_err(|what| CatalogError::Invalid { file: file.to_owned(), what })?;
        let code = procedure.code.as_str().to_owned();
        self.procedures.insert(code.clone(), Arc::new(procedure));
        Ok(code)
    }
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

        std::fs::write(folder.path().join("b.toml"), GENERAL).unwrap();
        let twice = Catalog::load(Some(folder.path())).unwrap_err().to_string();
        assert!(twice.contains("b.toml") && twice.contains("a.toml"), "{twice}");
    }

    #[test]
    fn every_slip_in_a_definition_stops_the_start() {
        for (from, to) in [
            ("fee_yen = 0", "fee_yen = 0\nfee = 1"),
            ("en = \"General application\"", "en = \" \""),
            ("additionalProperties = false", "additionalProperties = true"),
            ("pointer = \"/title\"", "pointer = \"/subject\""),
            ("kind = \"line\"", "kind = \"choice\""),
            ("kind = \"line\"", "kind = \"colour\""),
            ("maxLength = 200\n", "maxLength = \"200\"\n"),
            ("recipients = \"every-municipality\"", "recipients = [\"131017\"]"),
        ] {
            assert!(GENERAL.contains(from), "{from}");
            assert!(Procedure::from_toml(&GENERAL.replacen(from, to, 1)).is_err(), "{to}");
        }
        let listed = GENERAL.replace("\"every-municipality\"", "[\"131016\"]");
        let listed = Procedure::from_toml(&listed).unwrap();
        assert!(listed.is_taken_by(&"131016".parse().unwrap()) && !listed.is_taken_by(&"011002".parse().unwrap()));
    }
}
