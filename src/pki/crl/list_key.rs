//! The secret key under which the entries of lists are hashed for the index. All lists of one store share it, so that two
//! lists' marks can be compared; who does not know it cannot choose serials that fall together.
use ring::rand::{SecureRandom as _, SystemRandom};
use siphasher::sip::SipHasher13;
use std::hash::Hasher as _;
use std::sync::OnceLock;

use crate::crypto;

/// Octets of a key.
pub const LIST_KEY_BYTES: usize = 32;

/// A key for fingerprints of serials, and one for what entries say.
#[derive(Clone, Copy)]
pub struct ListKey {
    serials: SipHasher13,
    statements: SipHasher13,
    id: [u8; 8],
}

impl PartialEq for ListKey {
    fn eq(&self, other: &Self) -> bool {
        self.serials.key() == other.serials.key() && self.statements.key() == other.statements.key()
    }
}

impl Eq for ListKey {}

impl std::fmt::Debug for ListKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListKey").field("id", &hex::encode(self.id)).finish_non_exhaustive()
    }
}

impl ListKey {
    /// The key of these octets.
    pub fn new(octets: &[u8; LIST_KEY_BYTES]) -> Self {
        let (mut serials, mut statements) = ([0; 16], [0; 16]);
        serials.copy_from_slice(octets.first_chunk::<16>().unwrap_or(&[0; 16]));
        statements.copy_from_slice(octets.last_chunk::<16>().unwrap_or(&[0; 16]));
        let mut id = [0; 8];
        let named = crypto::sha256(&[b"madoguchi list key".as_slice(), octets].concat());
        id.copy_from_slice(named.first_chunk::<8>().unwrap_or(&[0; 8]));
        Self { serials: SipHasher13::new_with_key(&serials), statements: SipHasher13::new_with_key(&statements), id }
    }

    /// The random key of this process, for everything that does not outlive it.
    pub fn of_process() -> Self {
        static KEY: OnceLock<ListKey> = OnceLock::new();
        *KEY.get_or_init(|| {
            let mut octets = [0; LIST_KEY_BYTES];
            // Without the system's randomness there are no keys, no tokens and no sessions either; look-ups stay right.
            let _ = SystemRandom::new().fill(&mut octets);
            Self::new(&octets)
        })
    }

    /// Tells keys apart without telling them.
    pub fn id(&self) -> [u8; 8] {
        self.id
    }

    /// Of a serial in a list that speaks of its own issuer's certificates only.
    pub(super) fn fingerprint(&self, serial: &[u8]) -> u64 {
        self.serials.hash(serial)
    }

    /// Of a serial and the certificate's issuer, in an indirect list.
    pub(super) fn fingerprint_under(&self, serial: &[u8], issuer: &[u8]) -> u64 {
        let mut hasher = self.serials;
        hasher.write(&(serial.len() as u64).to_le_bytes());
        hasher.write(serial);
        hasher.write(issuer);
        hasher.finish()
    }

    /// Of what an entry says: all of it after the serial.
    pub(super) fn statement(&self, statement: &[u8]) -> u32 {
        self.statements.hash(statement) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_hash_apart_and_do_not_show_themselves() {
        let (one, other) = (ListKey::new(&[1; 32]), ListKey::new(&[2; 32]));
        assert_ne!(one.fingerprint(b"serial"), other.fingerprint(b"serial"));
        assert_ne!(one.statement(b"said"), other.statement(b"said"));
        assert_ne!(one.id(), other.id());
        assert_eq!(one, ListKey::new(&[1; 32]));
        assert!(!format!("{one:?}").contains("0101"));
    }

    #[test]
    fn serial_and_issuer_do_not_run_into_each_other() {
        let key = ListKey::of_process();
        assert_ne!(key.fingerprint_under(b"ab", b"c"), key.fingerprint_under(b"a", b"bc"));
    }
}
