//! The HTTP API, version 1 (public contract section 5): a file a noun.
pub mod health;
