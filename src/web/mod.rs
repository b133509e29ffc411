//! HTTP.
pub mod extract;
