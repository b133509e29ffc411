//! What the tests share.
pub mod mini_pki;
pub mod gateway;
pub mod http;
pub mod pki;
