//! Where CRLs come from: a watched folder, uploads that are kept in it, and servers that are asked over HTTP and LDAP when
//! it is time.
mod folder;
#[cfg(feature = "gateway")]
mod http;
#[cfg(feature = "gateway")]
mod ldap;
#[cfg(feature = "gateway")]
mod remote;
pub mod schedule;

pub use folder::{ScanReport, WatchedFolder, upload};
#[cfg(feature = "gateway")]
pub use ldap::url::LdapUrl;
#[cfg(feature = "gateway")]
pub use remote::{Obtained, Place, Source, SourceError, SourceRules};

/// Hex SHA-256 of a list's DER, as lists are told apart by.
pub fn digest(der: &[u8]) -> String {
    crate::crypto::sha256_hex(der)
}
