//! What the tests share.
pub mod gateway;
pub mod http;
pub mod mini_pki;
pub mod pki;
