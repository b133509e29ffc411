//! What a handler takes in, validated before the handler sees it.
pub mod csrf;
pub mod request_id;
pub mod session;
