//! What the HTTP side needs of the settings.
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

/// A certificate chain and its key, PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate first, then its intermediates.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// A network of addresses in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The addresses of this machine.
    pub const LOOPBACK: [Self; 2] = [
        Self { address: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), prefix: 8 },
        Self { address: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), prefix: 128 },
    ];

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address.
    ///
    /// # Errors
    /// A sentence that tells what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| format!("{text:?} is not an address or a network"))?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(prefix) => prefix.parse().map_err(|_| format!("{text:?}: the prefix is not a number"))?,
        };
        if prefix > longest {
            return Err(format!("{text:?}: the prefix is longer than {longest}"));
        }
        Ok(Self { address, prefix })
    }

    /// Whether `address` lies in it; an IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32 - u32::from(self.prefix);
                shift == 32 || (network.to_bits() ^ address.to_bits()) >> shift == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128 - u32::from(self.prefix);
                shift == 128 || (network.to_bits() ^ address.to_bits()) >> shift == 0
            }
            _ => false,
        }
    }
}

/// How much an upload may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Bytes of the whole body.
    pub body: u64,
    /// Bytes of the `application` part.
    pub application: u64,
    /// Bytes of the `signature` part.
    pub signature: u64,
    /// Bytes of one `attachment` part.
    pub attachment: u64,
    /// How many `attachment` parts.
    pub attachments: usize,
}

/// How long a client may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To send the header of a request.
    pub head: Duration,
    /// To send the next bytes of a body.
    pub next_bytes: Duration,
    /// To send a whole body.
    pub body: Duration,
    /// To send another request on an open connection.
    pub keep_alive: Duration,
    /// For requests under way when the server stops.
    pub shutdown: Duration,
}

/// What the HTTP side needs of the settings.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Where to listen: `127.0.0.1:8080`; port 0 takes a free one.
    pub listen: String,
    /// The origin under which clients reach the gateway, without a final slash.
    pub public_origin: String,
    /// TLS, where the gateway does it itself.
    pub tls: Option<TlsFiles>,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<Network>,
    /// Who may read /metrics; empty: anyone who can connect.
    pub metrics_from: Vec<Network>,
    /// Requests a minute from one address; 0: no limit.
    pub requests_per_minute: u32,
    /// Sizes of uploads.
    pub limits: UploadLimits,
    /// Time-outs.
    pub patience: Patience,
    /// Worker threads; 0: one a core.
    pub workers: usize,
}

const MIB: u64 = 1024 * 1024;

impl Default for UploadLimits {
    fn default() -> Self {
        Self { body: 50 * MIB, application: MIB, signature: MIB, attachment: 10 * MIB, attachments: 20 }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            next_bytes: Duration::from_secs(15),
            body: Duration::from_secs(300),
            keep_alive: Duration::from_secs(75),
            shutdown: Duration::from_secs(30),
        }
    }
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_origin: "http://127.0.0.1:8080".to_owned(),
            tls: None,
            trusted_proxies: Vec::new(),
            metrics_from: Vec::new(),
            requests_per_minute: 600,
            limits: UploadLimits::default(),
            patience: Patience::default(),
            workers: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_under_its_prefix() {
        let network = Network::parse("192.0.2.0/24").unwrap();
        assert!(network.contains("192.0.2.255".parse().unwrap()));
        assert!(network.contains("::ffff:192.0.2.7".parse().unwrap()));
        assert!(!network.contains("192.0.3.0".parse().unwrap()));
        assert!(!network.contains("2001:db8::1".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains("203.0.113.9".parse().unwrap()));
        assert!(Network::parse("2001:db8::/32").unwrap().contains("2001:db8:1::".parse().unwrap()));
        assert!(!Network::parse("2001:db8::/32").unwrap().contains("2001:db9::".parse().unwrap()));
        assert!(Network::parse("10.0.0.1").unwrap().contains("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.0/x"] {
            assert!(Network::parse(wrong).is_err(), "{wrong}");
        }
    }
}
