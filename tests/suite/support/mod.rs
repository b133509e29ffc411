//! What the tests share.
pub mod pki;
