use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const REFUSED: &[&str] = &[
    "127.0.0.1",
    "127.255.0.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",
    "2001:db8::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "100::1",
    "3fff::1",
];

const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "198.17.0.1",
    "198.20.0.1",
    "223.255.255.1",
    "2606:4700::1111",
    "2001:200::1",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
];

#[test]
fn addresses_that_are_not_public_are_refused() {
    for text in REFUSED {
        assert!(!is_public(text.parse().unwrap()), "{text}");
    }
    for text in PUBLIC {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
}

#[test]
fn an_allowed_network_allows_its_mapped_addresses_and_no_others() {
    let connectable = Connectable::new(vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    for (text, allowed) in [
        ("10.1.2.3", true),
        ("::ffff:10.1.2.3", true),
        ("10.2.0.1", false),
        ("127.0.0.1", false),
        ("fd12::1", true),
        ("fe80::1", false),
    ] {
        assert_eq!(connectable.allows(text.parse().unwrap()), allowed, "{text}");
    }
}

/// DNS that answers otherwise the second time.
#[derive(Debug, Default)]
struct Rebinding(AtomicUsize);

impl NameLookup for Rebinding {
    fn lookup(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let asked = self.0.fetch_add(1, Ordering::SeqCst);
        let address = if asked == 0 { "8.8.8.8" } else { "127.0.0.1" };
        Ok(vec![SocketAddr::new(address.parse().unwrap(), port)])
    }
}

#[test]
fn a_name_is_looked_up_once_and_what_was_checked_is_used() {
    let lookup = Arc::new(Rebinding::default());
    let connectable = Connectable::with_lookup(Vec::new(), lookup.clone());
    let found = connectable.addresses("crl.example", 80, Duration::from_secs(5)).unwrap();
    assert_eq!(found, ["8.8.8.8:80".parse().unwrap()]);
    assert_eq!(lookup.0.load(Ordering::SeqCst), 1);
    let second = connectable.addresses("crl.example", 80, Duration::from_secs(5));
    assert_eq!(second, Err(FetchError::AddressRefused("127.0.0.1".to_owned())));
}

/// DNS that says nothing for a while.
#[derive(Debug)]
struct Silent;

impl NameLookup for Silent {
    fn lookup(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        std::thread::sleep(Duration::from_secs(2));
        Ok(Vec::new())
    }
}

#[test]
fn silent_dns_is_waited_for_no_longer_than_said() {
    let connectable = Connectable::with_lookup(Vec::new(), Arc::new(Silent));
    let answer = connectable.addresses("crl.example", 80, Duration::from_millis(50));
    assert_eq!(answer, Err(FetchError::TimedOut("to look the name up")));
}

#[test]
fn an_address_written_as_a_host_is_checked_too() {
    let connectable = Connectable::new(Vec::new());
    for host in ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost"] {
        let answer = connectable.addresses(host, 80, Duration::from_secs(5));
        assert!(matches!(answer, Err(FetchError::AddressRefused(_))), "{host}: {answer:?}");
    }
}
