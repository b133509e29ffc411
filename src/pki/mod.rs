//! The PKI engine: certificates, trust anchors, paths (RFC 5280 section 6) and revocation lists. It takes the time
//! and the revocation data as arguments and does no I/O but for `crl::sources`.
pub mod certificate;
pub mod crl;
pub mod general_name;
pub mod jpki;
pub mod name;
pub mod ocsp;
pub mod path;
pub mod trust_store;
