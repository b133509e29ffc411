//! Evidence that others can check: receipts, statements and signing requests, signed with the gateway's keys.
pub mod keys;
pub mod labels;
pub mod receipt;
pub mod registry_answer;
pub mod request;
pub mod statement;
