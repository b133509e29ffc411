//! What the tests share.
pub mod mini_pki;
pub mod pki;
