//! Which addresses may be connected to. A name is looked up once; what is checked here is what is connected to, so that a
//! second answer of DNS cannot lead elsewhere.
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ipnet::IpNet;

use super::FetchError;
use crate::clock::Stopwatch;

/// The most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 16;

/// Turns a name into addresses.
pub trait NameLookup: fmt::Debug + Send + Sync {
    /// The addresses of `host`, with `port`.
    ///
    /// # Errors
    /// When there are none, or they cannot be asked for.
    fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// As the machine looks names up.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl NameLookup for SystemLookup {
    fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        (host, port).to_socket_addrs().map(Iterator::collect)
    }
}

/// What may be connected to.
#[derive(Debug, Clone)]
pub struct Connectable {
    allow: Vec<IpNet>,
    lookup: Arc<dyn NameLookup>,
}

impl Connectable {
    /// Public addresses, and those of `allow`.
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self::with_lookup(allow, Arc::new(SystemLookup))
    }

    /// The same with another way to look names up.
    pub fn with_lookup(allow: Vec<IpNet>, lookup: Arc<dyn NameLookup>) -> Self {
        Self { allow, lookup }
    }

    /// Whether this address may be connected to.
    pub fn allows(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        let listed = self.allow.iter().any(|network| network.contains(&canonical) || network.contains(&address));
        listed || is_public(address)
    }

    /// The addresses of `host` that may be connected to; an address in brackets or dots is checked as names are.
    ///
    /// # Errors
    /// [`FetchError::HostNotFound`], [`FetchError::AddressRefused`] where none of them may, [`FetchError::TimedOut`].
    pub fn addresses(&self, host: &str, port: u16, timeout: Duration) -> Result<Vec<SocketAddr>, FetchError> {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let found = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => self.looked_up(host, port, timeout)?,
        };
        let (may, may_not): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| self.allows(one.ip()));
        match (may.is_empty(), may_not.first()) {
            (false, _) => Ok(may.into_iter().take(MAX_ADDRESSES).collect()),
            (true, Some(refused)) => Err(FetchError::AddressRefused(refused.ip().to_string())),
            (true, None) => Err(FetchError::HostNotFound),
        }
    }

    /// A connection to `host`, tried at each of its addresses that may be reached.
    ///
    /// # Errors
    /// As [`Connectable::addresses`], and [`FetchError::NotReached`].
    pub fn connect(&self, host: &str, port: u16, timeout: Duration) -> Result<TcpStream, FetchError> {
        let begun = Stopwatch::start();
        let mut last = FetchError::HostNotFound;
        for address in self.addresses(host, port, timeout)? {
            let left = timeout.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(FetchError::TimedOut("to connect"));
            }
            match TcpStream::connect_timeout(&address, left) {
                Ok(stream) => return Ok(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => last = FetchError::TimedOut("to connect"),
                Err(error) => last = FetchError::NotReached(error.kind().to_string()),
            }
        }
        Err(last)
    }

    /// The system's resolver cannot be told to hurry: it gets a thread, which outlives its asker where DNS is silent.
    fn looked_up(&self, host: String, port: u16, timeout: Duration) -> Result<Vec<SocketAddr>, FetchError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let lookup = self.lookup.clone();
        std::thread::Builder::new()
            .name("name-lookup".to_owned())
            .spawn(move || sender.send(lookup.lookup(&host, port)))
            .map_err(|error| FetchError::NotReached(error.kind().to_string()))?;
        match receiver.recv_timeout(timeout) {
            Ok(found) => found.map_err(|_| FetchError::HostNotFound),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(FetchError::TimedOut("to look the name up")),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(FetchError::HostNotFound),
        }
    }
}

/// Whether an address is one of the public internet's: not loopback, private, shared (RFC 6598), link-local, unique local,
/// multicast, documentation, benchmarking or reserved; an IPv4 address within IPv6 (mapped, compatible, NAT64, 6to4) counts
/// as itself.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => embedded_v4(address).map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

/// RFC 6890 and the registries it began.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let private = matches!((a, b), (10, _) | (172, 16..=31) | (192, 168) | (100, 64..=127));
    let of_this_machine_or_link = matches!((a, b), (0 | 127, _) | (169, 254));
    let for_tests_and_texts =
        matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113) | (198, 18..=19, _));
    let multicast_or_reserved = a >= 224;
    !(private || of_this_machine_or_link || for_tests_and_texts || multicast_or_reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out; within it Teredo and ORCHID (2001::/23), documentation and 3fff::/20 are not places.
    let given_out = first & 0xe000 == 0x2000;
    let special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8)) || (first == 0x3fff && second < 0x1000);
    given_out && !special
}

/// The IPv4 address that an IPv6 address stands for.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let at = |from: usize| <[u8; 4]>::try_from(octets.get(from..from + 4)?).ok().map(Ipv4Addr::from);
    match address.segments() {
        // ::ffff:a.b.c.d, ::a.b.c.d, 64:ff9b::a.b.c.d, 2002:ab.cd::
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0, 0, 0, 0, 0, 0, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => at(12),
        [0x2002, ..] => at(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
