//! Requests a minute from one address: a token bucket each (the generic cell rate algorithm, one number an address).
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::Duration;

use crate::clock::Stopwatch;

/// How many addresses one shard remembers before it forgets those whose bucket is full again.
const SHARD_ROOM: usize = 4096;
const SHARDS: usize = 16;

/// Counts requests by address. An IPv6 client is its /64: it can take any address within at will.
pub struct RateLimiter {
    /// Microseconds that one request costs; 0: no limit.
    cost: u64,
    /// Microseconds that may be spent ahead: one minute's worth, all at once.
    burst: u64,
    since: Stopwatch,
    /// For each address, when its bucket is full again, in microseconds since the start.
    shards: Vec<Mutex<HashMap<u64, u64>>>,
}

impl RateLimiter {
    /// Allows `requests` a minute; 0: any number.
    pub fn new(requests: u32) -> Self {
        let cost = if requests == 0 { 0 } else { 60_000_000 / u64::from(requests) };
        let shards = (0..SHARDS).map(|_| Mutex::new(HashMap::new())).collect();
        Self { cost, burst: 60_000_000, since: Stopwatch::start(), shards }
    }

    /// Counts one request from `address`.
    ///
    /// # Errors
    /// The seconds to wait, where it has none left.
    pub fn check(&self, address: IpAddr) -> Result<(), u32> {
        if self.cost == 0 {
            return Ok(());
        }
        self.check_at(address, self.since.elapsed())
    }

    fn check_at(&self, address: IpAddr, now: Duration) -> Result<(), u32> {
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        let key = key_of(address);
        let shard = usize::try_from(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60).unwrap_or(0);
        let Some(shard) = self.shards.get(shard) else { return Ok(()) };
        let mut full_again = shard.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if full_again.len() >= SHARD_ROOM && !full_again.contains_key(&key) {
            full_again.retain(|_, at| *at > now);
            full_again.shrink_to(SHARD_ROOM);
        }
        let entry = full_again.entry(key).or_insert(now);
        let next = (*entry).max(now) + self.cost;
        if next > now + self.burst {
            let wait = (next - now - self.burst).div_ceil(1_000_000);
            return Err(u32::try_from(wait).unwrap_or(60));
        }
        *entry = next;
        Ok(())
    }
}

fn key_of(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(address) => prefix_64(address),
    }
}

fn prefix_64(address: Ipv6Addr) -> u64 {
    u64::try_from(address.to_bits() >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_may_come_at_once_and_then_one_at_a_time() {
        let limiter = RateLimiter::new(60);
        let address = "192.0.2.1".parse().unwrap();
        let start = Duration::from_secs(1);
        for _ in 0..60 {
            assert_eq!(limiter.check_at(address, start), Ok(()));
        }
        assert_eq!(limiter.check_at(address, start), Err(1));
        assert_eq!(limiter.check_at("192.0.2.2".parse().unwrap(), start), Ok(()));
        let later = start + Duration::from_secs(1);
        assert_eq!(limiter.check_at(address, later), Ok(()));
        assert_eq!(limiter.check_at(address, later), Err(1));
    }

    #[test]
    fn zero_is_no_limit_and_an_ipv6_network_counts_as_one() {
        let none = RateLimiter::new(0);
        assert!((0..10_000).all(|_| none.check("::1".parse().unwrap()).is_ok()));
        let one = RateLimiter::new(1);
        let now = Duration::from_secs(1);
        assert_eq!(one.check_at("2001:db8::1".parse().unwrap(), now), Ok(()));
        assert_eq!(one.check_at("2001:db8::2".parse().unwrap(), now), Err(60));
        assert_eq!(one.check_at("2001:db8:0:1::2".parse().unwrap(), now), Ok(()));
    }

    #[test]
    fn addresses_are_forgotten_when_their_bucket_is_full() {
        let limiter = RateLimiter::new(600);
        for address in 0..200_000_u32 {
            let now = Duration::from_millis(u64::from(address));
            assert!(limiter.check_at(IpAddr::V4(address.into()), now).is_ok());
        }
        let kept: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(kept <= SHARDS * SHARD_ROOM, "{kept}");
    }
}
