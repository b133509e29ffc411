//! The signature engine: CMS SignedData / CAdES-B-B (RFC 5652, ETSI EN 319 122-1) verified to the table of the public
//! contract, by named checks.
mod algorithms;
mod checks;
pub mod cms;
pub mod container;
pub mod content;
mod ess;
mod judge;
pub mod policy;
pub mod report;
pub mod second_opinion;
pub mod trust_state;
pub mod verifier;
