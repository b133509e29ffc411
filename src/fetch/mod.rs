//! Asking machines that somebody else named: revocation lists and OCSP answers come from URLs that stand in certificates
//! and settings. Every request is guarded: addresses are checked before the connection, and the connection goes to the
//! address that was checked; time, size and redirects are bounded; nothing is unpacked; no proxy of the environment is
//! used, for it would connect to addresses that nobody checked.
mod addresses;
mod error;
mod http;

pub use addresses::{Connectable, NameLookup, SystemLookup, is_public};
pub use error::FetchError;
pub use http::{Conditions, Fetched, Fetcher};

use std::time::Duration;

use ipnet::IpNet;

/// What a request may do.
#[derive(Debug, Clone)]
pub struct FetchRules {
    /// Networks that may be reached although they are not public: loopback, private, link-local, shared, mapped.
    pub allow: Vec<IpNet>,
    /// The longest for a connection, its TLS handshake included.
    pub connect_timeout: Duration,
    /// The longest for everything: names, redirects, the last byte of the body.
    pub timeout: Duration,
    /// How many redirects are followed; each is checked as the first URL is.
    pub max_redirects: u32,
    /// The largest body, in bytes.
    pub max_bytes: usize,
}

impl Default for FetchRules {
    /// Public addresses only, 10 s to connect, 120 s in all, 5 redirects, 64 MiB.
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(120),
            max_redirects: 5,
            max_bytes: 64 << 20,
        }
    }
}
