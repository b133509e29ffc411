//! What surrounds every request.
pub mod client_address;
pub mod envelope;
pub mod rate_limit;
pub mod security_headers;
