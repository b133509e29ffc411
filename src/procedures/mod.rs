//! The procedures that residents can file: a catalog of definitions as data (TOML), loaded and validated at start; the JSON
//! Schema of each, and the judging of answers by it; what was typed on pages made into answers, and answers shown to people.
pub mod carry;
pub mod catalog;
mod check;
pub mod deadline;
pub mod definition;
pub mod field;
pub mod form;
pub mod further;
pub mod kinds;
pub mod language;
pub mod municipalities;
pub mod office;
pub mod opened;
mod place;
pub mod representation;
mod schema;
pub mod show;
pub mod text;
pub mod typed;
pub mod working_days;

pub use catalog::{Catalog, CatalogError};
pub use definition::{AttachmentRule, LegalBasis, Procedure, QuestionPage, Recipients, State, WantedDocument};
pub use field::{CertificateData, Choice, Condition, Field, FieldKind};
pub use form::AdmissibleForm;
pub use further::Subject;
pub use place::DefinitionFault;
pub use text::{Language, Text};
