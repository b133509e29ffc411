//! From TOML and environment variables to sections, with every error named.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::SettingsError;

/// One section of the settings file.
pub(super) trait Section: Default + DeserializeOwned {
    /// Its name in the file.
    const NAME: &'static str;
    /// Its keys, each with what is allowed there.
    const KEYS: &'static [(&'static str, &'static str)];
}

/// The file and the variables, taken apart section by section.
pub(super) struct Source {
    file: Table,
    /// section, key and text of each `MADOGUCHI__SECTION__KEY`.
    variables: Vec<(String, String, String)>,
    known: Vec<&'static str>,
    errors: Vec<String>,
}

/// Reads one section out of a source.
pub(super) trait SectionReader {
    /// The section with its defaults, the file's keys and the environment's overrides.
    fn section<S: Section>(&mut self) -> S;
}

impl Source {
    pub(super) fn new(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let file = text.parse().map_err(|error: toml::de::Error| SettingsError::Wrong(vec![error.to_string()]))?;
        let variables = variables.into_iter().filter_map(|(name, value)| {
            let (section, key) = name.strip_prefix("MADOGUCHI__")?.split_once("__")?;
            Some((section.to_ascii_lowercase(), key.to_ascii_lowercase(), value))
        });
        Ok(Self { file, variables: variables.collect(), known: Vec::new(), errors: Vec::new() })
    }

    /// Refuses what no section has taken.
    pub(super) fn finish(mut self) -> Result<(), SettingsError> {
        let left = self.file.keys().cloned().chain(self.variables.iter().map(|(section, ..)| section.clone()));
        let allowed = self.known.join(", ");
        let unknown: Vec<_> = left.map(|section| format!("[{section}]: unknown section; allowed: {allowed}")).collect();
        self.errors.extend(unknown);
        if self.errors.is_empty() { Ok(()) } else { Err(SettingsError::Wrong(self.errors)) }
    }

    /// The section's own table, with the environment's values over the file's.
    fn take(&mut self, name: &str) -> Table {
        let mut table = match self.file.remove(name) {
            Some(Value::Table(table)) => table,
            Some(_) => {
                self.errors.push(format!("{name}: is a section: write [{name}]"));
                Table::new()
            }
            None => Table::new(),
        };
        for (section, key, text) in std::mem::take(&mut self.variables) {
            if section == name {
                table.insert(key, Value::String(text));
            } else {
                self.variables.push((section, key, text));
            }
        }
        table
    }
}

impl SectionReader for Source {
    fn section<S: Section>(&mut self) -> S {
        self.known.push(S::NAME);
        let mut accepted = Table::new();
        for (key, value) in self.take(S::NAME) {
            match read_key::<S>(&key, value) {
                Ok(value) => drop(accepted.insert(key, value)),
                Err(error) => self.errors.push(error),
            }
        }
        // Each key was accepted alone, so all of them are together.
        accepted.try_into().unwrap_or_default()
    }
}

/// One key is judged by reading a section that holds it alone. Text that does not fit may be a number, a list or a
/// truth value that came from the environment.
fn read_key<S: Section>(key: &str, value: Value) -> Result<Value, String> {
    let Some((_, allowed)) = S::KEYS.iter().find(|(name, _)| *name == key) else {
        let names: Vec<_> = S::KEYS.iter().map(|(name, _)| *name).collect();
        return Err(format!("{}.{key}: unknown key; allowed: {}", S::NAME, names.join(", ")));
    };
    let fits = |value: &Value| Table::from_iter([(key.to_owned(), value.clone())]).try_into::<S>().is_ok();
    if fits(&value) {
        return Ok(value);
    }
    let parsed = value
        .as_str()
        .and_then(|text| format!("value = {text}").parse::<Table>().ok())
        .and_then(|mut table| table.remove("value"));
    match parsed {
        Some(parsed) if fits(&parsed) => Ok(parsed),
        // A secret that is written wrongly is one all the same.
        _ if key.contains("secret") || key.contains("token") => Err(format!("{}.{key}: allowed: {allowed}", S::NAME)),
        _ => Err(format!("{}.{key} = {value}: allowed: {allowed}", S::NAME)),
    }
}
