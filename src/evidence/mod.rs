//! Evidence that others can check: receipts and statements, signed with the gateway's keys.
pub mod receipt;
