//! Which address a request came from, seen through the proxies that are trusted.
use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::ServiceRequest;
use ipnet::IpNet;

/// The client's address: the peer's, or where the peer is a trusted proxy the last address of X-Forwarded-For that is
/// not one itself. What stands further left was written by the client and proves nothing.
pub fn client_address(request: &ServiceRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    if !is_trusted(peer) {
        return peer;
    }
    let mut client = peer;
    let headers: Vec<&str> =
        request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    for entry in headers.iter().rev().flat_map(|value| value.rsplit(',')) {
        let Ok(address) = entry.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let mut request = TestRequest::default().peer_addr(format!("{peer}:4711").parse().unwrap());
        for value in forwarded {
            request = request.append_header(("x-forwarded-for", *value));
        }
        client_address(&request.to_srv_request(), &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_a_client_writes_before_the_proxy_proves_nothing() {
        assert_eq!(seen("127.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.7"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["1.2.3.4", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["nonsense, 10.0.0.7"]), "10.0.0.7");
    }
}
