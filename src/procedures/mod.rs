//! The procedures that residents can file: a catalog of definitions as data (TOML), loaded and validated at start,
//! and the judging of answers by a procedure's JSON Schema.
pub mod catalog;
mod definition;
pub mod form;
pub mod text;

pub use catalog::{Catalog, CatalogError};
pub use definition::{AttachmentRule, Choice, Field, FieldKind, Procedure, Recipients};
pub use form::AdmissibleForm;
pub use text::{Language, Text};
