//! One CRL that was taken in, with its index: a shard of what is known about revocation.
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bytes::{ListBytes, ListFault};
use super::difference::Place;
use super::entry::ListEntry;
use super::index::CrlIndex;
use super::scope::Scope;
use crate::pki::certificate::Certificate;

/// Which CRL a verdict rests on.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct CrlIdentity {
    /// Issuer in RFC 4514 form.
    pub issuer: String,
    /// CRL number in decimal; null where the list has none.
    pub number: Option<String>,
    /// When it was issued.
    pub this_update: DateTime<Utc>,
    /// When the next one comes.
    pub next_update: Option<DateTime<Utc>>,
    /// Hex SHA-256 of its DER.
    pub sha256: String,
}

/// A verified CRL and its index.
#[derive(Debug, Clone)]
pub struct CrlShard {
    pub(super) identity: Arc<CrlIdentity>,
    pub(super) bytes: ListBytes,
    pub(super) index: Arc<CrlIndex>,
    /// [`super::stub::without_entries`], of a list whose bytes are in a file.
    pub(super) stub: Option<Box<[u8]>>,
    pub(super) scope: Scope,
    /// [`Scope::key`].
    pub(super) scope_key: Box<[u8]>,
    /// SHA-256 of the SubjectPublicKeyInfo of the CA that signed it.
    pub(super) issuer_key: [u8; 32],
    /// Its issuer's name, in the form of [`crate::pki::name::normal_form`].
    pub(super) issuer_name: Box<[u8]>,
    /// The certificate whose key signed it, first, and its path to an anchor, which held when the list came in.
    pub(super) signer_path: Arc<[Arc<Certificate>]>,
    /// Of a delta CRL, the magnitude of BaseCRLNumber: it completes lists of this number and later.
    pub(super) delta_base: Option<Box<[u8]>>,
    /// Whether it says where deltas to it are found (freshestCRL).
    pub(super) names_deltas: bool,
    pub(super) next_update: DateTime<Utc>,
    /// Magnitude of the CRL number, without leading zeros.
    pub(super) number: Option<Box<[u8]>>,
    pub(super) taken_in_at: DateTime<Utc>,
    /// The first entry that could not be read back.
    pub(super) damage: OnceLock<ListFault>,
}

impl CrlShard {
    /// Which list it is.
    pub fn identity(&self) -> &Arc<CrlIdentity> {
        &self.identity
    }
    /// Its DER; read from where it lies.
    ///
    /// # Errors
    /// [`ListFault`] where it cannot be read back.
    pub fn der(&self) -> Result<Cow<'_, [u8]>, ListFault> {
        self.bytes.read().map_err(|fault| self.fault(fault.what))
    }
    /// Its digest.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        let mut digest = [0; 32];
        hex::decode_to_slice(&self.identity.sha256, &mut digest).ok().map(|()| digest)
    }
    /// Octets of memory that index and bytes take.
    pub fn memory(&self) -> usize {
        self.index.memory() + self.bytes.memory() + self.stub.as_deref().map_or(0, <[u8]>::len)
    }
    /// A fault of this list.
    pub(super) fn fault(&self, what: String) -> ListFault {
        ListFault { sha256: self.identity.sha256.clone(), what }
    }
    /// Which certificates it speaks of.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
    /// How many entries it has.
    pub fn entries(&self) -> usize {
        self.index.len()
    }
    /// Whether it only tells what changed since a complete list (RFC 5280 5.2.4).
    pub fn is_delta(&self) -> bool {
        self.delta_base.is_some()
    }
    /// The entry for a serial (content octets) of its own issuer's, where there is one.
    ///
    /// # Errors
    /// As [`CrlShard::find_under`].
    pub fn find(&self, serial: &[u8]) -> Result<Option<ListEntry>, ListFault> {
        self.find_under(serial, &self.issuer_name)
    }
    /// The entry for a serial that `issuer` gave, its name in the form of [`crate::pki::name::normal_form`]. Only an
    /// indirect list tells issuers apart: of another the caller has made sure that its issuer is the certificate's.
    ///
    /// # Errors
    /// [`ListFault`] where the index says that there may be one, and the list cannot be read back as it was: then it is
    /// not known whether the certificate is on it.
    pub fn find_under(&self, serial: &[u8], issuer: &[u8]) -> Result<Option<ListEntry>, ListFault> {
        self.index.find_under(&self.bytes, serial, issuer).map_err(|fault| self.noted(fault))
    }
    /// The entry at a place that [`CrlShard::differences`] gave.
    ///
    /// # Errors
    /// [`ListFault`] where it cannot be read back as it was.
    pub fn entry_at(&self, place: Place) -> Result<ListEntry, ListFault> {
        self.index.entry(&self.bytes, place).map_err(|fault| self.noted(fault))
    }
    /// Keeps the first fault of an entry for the operators, and logs it.
    fn noted(&self, fault: ListFault) -> ListFault {
        let fault = self.fault(fault.what);
        if self.damage.set(fault.clone()).is_ok() {
            let ListFault { sha256, what } = &fault;
            tracing::error!(target: "madoguchi::crl", %sha256, %what, "a list in use cannot be read back");
        }
        fault
    }
    /// The first entry that could not be read back since it came into use.
    pub fn damage(&self) -> Option<&ListFault> {
        self.damage.get()
    }
    /// Its index.
    pub fn index(&self) -> &CrlIndex {
        &self.index
    }
    /// Whether a list of this issuer and scope takes the place of `other`, of the same key.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        self.is_delta() == other.is_delta()
            && self.scope_key == other.scope_key
            && self.issuer_name == other.issuer_name
    }
    /// Whether this delta brings `complete` up to date (RFC 5280 5.2.4 (a) to (d)): the same key signed both for the
    /// same scope, and the complete list is at least as new as the delta's base, and older than the delta.
    pub fn completes(&self, complete: &Self) -> bool {
        let (Some(base), Some(own), Some(number)) = (&self.delta_base, &self.number, &complete.number) else {
            return false;
        };
        !complete.is_delta()
            && self.issuer_key == complete.issuer_key
            && self.issuer_name == complete.issuer_name
            && self.scope_key == complete.scope_key
            && size(base) <= size(number)
            && size(number) < size(own)
    }
    /// Whether it is not stale at `at`.
    pub fn is_fresh(&self, at: DateTime<Utc>) -> bool {
        at <= self.next_update
    }
    /// For operators.
    pub fn summary(&self) -> CrlSummary {
        CrlSummary {
            identity: self.identity.clone(),
            scope: match &self.delta_base {
                None => self.scope.to_text(),
                Some(base) => format!("{}, changes since list {}", self.scope.to_text(), decimal(base)),
            },
            entries: self.index.len(),
            bytes: self.bytes.len(),
            taken_in_at: self.taken_in_at,
            archived_since: None,
        }
    }
}

/// A CRL as an operator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct CrlSummary {
    /// Issuer, number, dates, digest.
    #[serde(flatten)]
    pub identity: Arc<CrlIdentity>,
    /// Which certificates it speaks of.
    pub scope: String,
    /// How many entries it has.
    pub entries: usize,
    /// Octets of its DER.
    pub bytes: usize,
    /// When it was taken in.
    pub taken_in_at: DateTime<Utc>,
    /// Since when it is archived; null where it is not, or where no archive is asked.
    pub archived_since: Option<DateTime<Utc>>,
}

/// By which two magnitudes compare.
pub(super) fn size(number: &[u8]) -> (usize, &[u8]) {
    (number.len(), number)
}

/// A CRL number's octets without leading zeros, so that longer is greater.
pub(super) fn magnitude(number: &[u8]) -> Box<[u8]> {
    let first = number.iter().position(|octet| *octet != 0).unwrap_or(number.len());
    number.get(first..).unwrap_or_default().into()
}

/// A CRL number's content octets in decimal.
pub fn decimal(number: &[u8]) -> String {
    if number.first().is_some_and(|first| *first >= 0x80) {
        return format!("-0x{}", hex::encode(number));
    }
    let mut digits = vec![0u8];
    for octet in number {
        let mut carry = u32::from(*octet);
        for digit in &mut digits {
            let value = u32::from(*digit) * 256 + carry;
            *digit = (value % 10) as u8;
            carry = value / 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        assert_eq!(decimal(&[0]), "0");
        assert_eq!(decimal(&[0x01, 0x00]), "256");
        assert_eq!(decimal(&[0xff, 0xff]), "-0xffff");
        assert_eq!(decimal(&[0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), "18446744073709551615");
    }
}
