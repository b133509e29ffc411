//! Whose program is at the other end: the address of a window stands in the arguments of the browser that opens it, where
//! other users of this machine may read it. On Linux the kernel tells whose socket it is; other users' programs are not
//! answered.
use std::net::{SocketAddr, SocketAddrV4};

/// Where the kernel lists the sockets of IPv4.
const SOCKETS: &str = "/proc/net/tcp";

/// Whether the program at `peer` is this user's, as far as the system tells; `own` is the address that it connected to.
pub fn is_ours(peer: Option<SocketAddr>, own: SocketAddr) -> bool {
    let (Some(SocketAddr::V4(peer)), SocketAddr::V4(own)) = (peer, own) else { return false };
    match std::fs::read_to_string(SOCKETS) {
        Ok(table) => owner(&table, peer, own) == Some(rustix::process::getuid().as_raw()),
        // Not Linux, or no /proc: nothing is known of the other end.
        Err(_) => true,
    }
}

/// The user whose socket goes from `peer` to `own`.
fn owner(table: &str, peer: SocketAddrV4, own: SocketAddrV4) -> Option<u32> {
    let (from, to) = (written(peer), written(own));
    table.lines().skip(1).find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let here = (words.next()?, words.next()?);
        if here != (from.as_str(), to.as_str()) {
            return None;
        }
        words.nth(4)?.parse().ok()
    })
}

/// An address as the kernel writes it: the four bytes in the machine's order, then the port.
fn written(address: SocketAddrV4) -> String {
    format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_stands_in_the_kernels_table() {
        let (peer, own) = ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:8081".parse().unwrap());
        let table = format!(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
             0: {own} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 1\n   \
             1: {peer} {own} 01 00000000:00000000 00:00000000 00000000  1000        0 2\n",
            own = written(own),
            peer = written(peer),
        );
        assert_eq!(owner(&table, peer, own), Some(1000));
        assert_eq!(owner(&table, own, peer), None);
        assert_eq!(owner("", peer, own), None);
    }

    #[test]
    fn a_connection_of_this_program_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap();
        let client = std::net::TcpStream::connect(own).unwrap();
        assert!(is_ours(client.local_addr().ok(), own));
        assert!(!is_ours(None, own));
        assert!(!is_ours(Some("[::1]:1".parse().unwrap()), own));
    }
}
