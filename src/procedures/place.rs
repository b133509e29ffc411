//! Where in a definition something stands: its line, so that an error leads there.
use std::fmt;

use toml::de::{DeTable, DeValue};

/// What is wrong with a definition: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionFault {
    /// The line, from 1; 0 where it has none.
    pub line: usize,
    /// The key: `field[2].label.en`; empty for the file as a whole.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub todo: String,
}

impl fmt::Display for DefinitionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}", self.what)?;
        if self.todo.is_empty() { Ok(()) } else { write!(f, " - {}", self.todo) }
    }
}

/// The faults of one definition, collected under the keys where they stand.
pub(super) struct Faults<'a> {
    text: &'a str,
    found: Vec<DefinitionFault>,
}

impl<'a> Faults<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Notes one under a key such as `field[2].label`.
    pub(super) fn note(&mut self, key: impl Into<String>, what: impl Into<String>, todo: impl Into<String>) {
        let key = key.into();
        // A file that is wrong everywhere is told of its beginning.
        if self.found.len() < 100 {
            let line = line_of(self.text, &key);
            self.found.push(DefinitionFault { line, key, what: what.into(), todo: todo.into() });
        }
    }

    /// Nothing, or every fault.
    pub(super) fn finish(self) -> Result<(), Vec<DefinitionFault>> {
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}

/// The fault that the TOML reader found.
pub(super) fn of_reader(text: &str, error: &toml::de::Error) -> DefinitionFault {
    let line = error.span().map_or(0, |span| line_at(text, span.start));
    let at = line.checked_sub(1).and_then(|index| text.lines().nth(index)).unwrap_or_default();
    let key = at.split_once('=').map(|(key, _)| key).unwrap_or(at).trim().trim_matches(['[', ']']).to_owned();
    let key: String = key.chars().take(80).collect();
    let what: String = error.message().replace('\n', " ").chars().take(1000).collect();
    DefinitionFault { line, key, what, todo: "see docs/procedures.md for what may stand here".to_owned() }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The line of a key, or of the nearest key above it that is there.
fn line_of(text: &str, key: &str) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 0 };
    let mut line = 0;
    let mut place: Option<&DeValue<'_>> = None;
    for step in key.split(['.', '[']).filter(|step| !step.is_empty()) {
        let found = match (place, step.strip_suffix(']').and_then(|index| index.parse::<usize>().ok())) {
            (Some(value), Some(index)) => value.as_array().and_then(|items| items.get(index)),
            (Some(value), None) => value.as_table().and_then(|table| table.get(step)),
            (None, _) => table.get_ref().get(step),
        };
        let Some(found) = found else { break };
        line = line_at(text, found.span().start);
        place = Some(found.get_ref());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_line_and_a_missing_one_that_of_its_table() {
        let text = "code = \"x\"\n\n[[field]]\npointer = \"/a\"\nlabel = { ja = \"あ\", en = \"\" }\n\n[[field]]\npointer = \"/b\"\n";
        assert_eq!(line_of(text, "code"), 1);
        assert_eq!(line_of(text, "field[0].label.en"), 5);
        assert_eq!(line_of(text, "field[1].pointer"), 8);
        assert_eq!(line_of(text, "field[1].kind"), 7);
        assert_eq!(line_of(text, "nothing"), 0);
    }
}
