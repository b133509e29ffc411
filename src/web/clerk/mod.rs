//! The desk of a municipality's clerks.
pub mod matches;
pub mod words;
