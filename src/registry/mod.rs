//! The resident registry: records as the Basic Resident Registration Act (Act No. 81 of 1967, called "the Act" in this room)
//! lists them, the events that they are derived from, who may ask what of them, and who a signer is.
//!
//! Pure: nothing here reads a file, a database or a clock.
pub mod answer;
pub mod code;
pub mod entry;
pub mod event;
pub mod history;
pub mod import;
pub mod key;
pub mod matching;
pub mod moving;
pub mod papers;
pub mod purpose;
pub mod query;
pub mod record;
pub mod values;
