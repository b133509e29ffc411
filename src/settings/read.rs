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

    /// The tables `[[section.key]]`, to be read before the section. A variable `MADOGUCHI__SECTION__KEY` holds all of them
    /// as a list; `MADOGUCHI__SECTION__KEY__1__NAME` is one value of the first.
    fn tables<S: Section>(&mut self, section: &str, key: &str) -> Vec<S>;
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

    /// The tables of a list as they are written, with the environment's values over the file's.
    fn take_tables(&mut self, section: &str, key: &str) -> Vec<Table> {
        let written = self.file.get_mut(section).and_then(Value::as_table_mut).and_then(|table| table.remove(key));
        let (of_list, others) = std::mem::take(&mut self.variables).into_iter().partition(|(this, name, _)| {
            this == section && name.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        });
        self.variables = others;
        let of_list: Vec<(String, String, String)> = of_list;
        let whole = of_list.iter().find(|(_, name, _)| name == key);
        let whole = whole.map(|(.., text)| format!("value = {text}").parse::<Table>().ok()?.remove("value"));
        // What cannot be read is no list either.
        let nothing = || Value::Array(Vec::new());
        let value = whole.map_or_else(|| written.unwrap_or_else(nothing), |read| read.unwrap_or(Value::Boolean(false)));
        let tables = value.as_array().map(|list| list.iter().map(|one| one.as_table().cloned()).collect());
        let Some(Some(mut tables)) =
            tables.map(|found: Vec<Option<Table>>| found.into_iter().collect::<Option<Vec<_>>>())
        else {
            self.errors.push(format!("{section}.{key}: allowed: tables: [[{section}.{key}]]"));
            return Vec::new();
        };
        for (_, name, text) in of_list.into_iter().filter(|(_, name, _)| name != key) {
            let place =
                name.strip_prefix(key).and_then(|rest| rest.strip_prefix("__")).and_then(|rest| rest.split_once("__"));
            let place = place.and_then(|(number, name)| Some((number.parse::<usize>().ok()?.checked_sub(1)?, name)));
            match place.and_then(|(number, name)| Some((tables.get_mut(number)?, name))) {
                Some((table, name)) => drop(table.insert(name.to_owned(), Value::String(text))),
                None => self.errors.push(format!("{section}.{name}: no such table; there are {}", tables.len())),
            }
        }
        tables
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

    fn tables<S: Section>(&mut self, section: &str, key: &str) -> Vec<S> {
        let mut read = Vec::new();
        for (number, table) in self.take_tables(section, key).into_iter().enumerate() {
            let mut accepted = Table::new();
            for (name, value) in table {
                match read_key::<S>(&name, value) {
                    Ok(value) => drop(accepted.insert(name, value)),
                    Err(error) => {
                        let place = format!("{section}.{key}[{}]", number + 1);
                        self.errors.push(error.replacen(S::NAME, &place, 1));
                    }
                }
            }
            read.push(accepted.try_into().unwrap_or_default());
        }
        read
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
        _ if may_hold_a_secret(key, &value) => Err(format!("{}.{key}: allowed: {allowed}", S::NAME)),
        _ => Err(format!("{}.{key} = {value}: allowed: {allowed}", S::NAME)),
    }
}

fn may_hold_a_secret(key: &str, value: &Value) -> bool {
    let of_secrets = ["secret", "token", "password"].iter().any(|word| key.contains(word));
    of_secrets || (["url", "ldap_directory"].contains(&key) && value.as_str().is_some_and(|text| text.contains('@')))
}
