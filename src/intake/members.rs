//! Reading a parsed JSON object member by member: every member is named, and every fault has its place.
use serde_json::{Map, Value};

use crate::submission::rejection::FieldFault;

/// The members of an object that are not read yet.
pub(super) struct Members {
    pointer: String,
    members: Map<String, Value>,
}

impl Members {
    /// The members of `value`, which stands at `pointer`.
    pub(super) fn of(pointer: impl Into<String>, value: Value) -> Result<Self, FieldFault> {
        let pointer = pointer.into();
        match value {
            Value::Object(members) => Ok(Self { pointer, members }),
            _ => Err(FieldFault::new(pointer, "wrong-type", "must be an object")),
        }
    }

    /// A fault at the member `name`.
    pub(super) fn fault(&self, name: &str, code: &'static str, message: &'static str) -> FieldFault {
        FieldFault::new(format!("{}/{name}", self.pointer), code, message)
    }

    /// The member `name`, where it is there.
    pub(super) fn take_optional(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// The member `name`.
    pub(super) fn take(&mut self, name: &str) -> Result<Value, FieldFault> {
        self.members.remove(name).ok_or_else(|| self.fault(name, "required", "is missing"))
    }

    /// The text `name`.
    pub(super) fn text(&mut self, name: &str) -> Result<String, FieldFault> {
        match self.take(name)? {
            Value::String(text) => Ok(text),
            _ => Err(self.fault(name, "wrong-type", "must be a text")),
        }
    }

    /// The text `name`; null or absent is none.
    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, FieldFault> {
        match self.take_optional(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.fault(name, "wrong-type", "must be a text or null")),
        }
    }

    /// The text `name`, read as what its own type says.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self, name: &str, form: &'static str) -> Result<T, FieldFault> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.fault(name, "wrong-form", form))
    }

    /// The whole number `name`, 0 or above.
    pub(super) fn number(&mut self, name: &str) -> Result<u64, FieldFault> {
        let value = self.take(name)?;
        value.as_u64().ok_or_else(|| self.fault(name, "wrong-type", "must be a whole number, 0 or above"))
    }

    /// The pointers of what nobody asked for.
    pub(super) fn left(&self) -> impl Iterator<Item = FieldFault> {
        self.members.keys().map(|name| {
            let name = name.replace('~', "~0").replace('/', "~1");
            FieldFault::new(format!("{}/{name}", self.pointer), "unknown-field", "is not a field of this document")
        })
    }
}
