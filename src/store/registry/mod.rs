//! The resident registry in the record: events that are only ever added, the records that follow from them, who looked at them,
//! and the letters that tell of codes. What is sealed is sealed with the [`vault::Vault`] that the caller brings.
//!
//! `records` and `events` have functions that work on a connection too, for acts that do more in the same transaction.
pub mod accesses;
pub mod answers_schema;
pub mod codes;
pub mod events;
pub mod filings;
pub mod import;
pub mod notices;
pub mod questions;
pub mod records;
pub mod refusal;
pub mod schema;
pub mod vault;

pub use events::{NewEvent, NewRecord};
pub use refusal::{RegistryOutcome, RegistryRefusal};
pub use vault::Vault;
