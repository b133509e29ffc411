//! One CRL that was taken in, with its index: a shard of what is known about revocation.
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::index::CrlIndex;
use super::parse::{Entry, IssuingDistributionPoint};
use crate::pki::general_name::DistributionPointName;

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

/// Which certificates of its issuer a CRL speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The distribution point's names; empty: of every distribution point.
    pub names: Vec<DistributionPointName>,
    /// End-entity certificates, CA certificates, or both.
    pub kind: ScopeKind,
}

/// Which kinds of certificates a CRL speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// All of them.
    #[default]
    All,
    /// onlyContainsUserCerts.
    User,
    /// onlyContainsCACerts.
    Ca,
}

impl ScopeKind {
    /// Whether a certificate that is a CA or not is of this kind.
    pub fn covers(self, is_ca: bool) -> bool {
        match self {
            Self::All => true,
            Self::User => !is_ca,
            Self::Ca => is_ca,
        }
    }
}

impl Scope {
    /// From the CRL's issuing distribution point, where it has one.
    pub fn of(point: Option<&IssuingDistributionPoint>) -> Self {
        let Some(point) = point else { return Self::default() };
        let kind = match (point.only_user, point.only_ca) {
            (true, _) => ScopeKind::User,
            (_, true) => ScopeKind::Ca,
            _ => ScopeKind::All,
        };
        Self { names: point.names.clone(), kind }
    }

    /// Whether a list of this scope takes the place of one of the other: same kind, same names in any order.
    pub fn replaces(&self, other: &Self) -> bool {
        let has = |names: &[DistributionPointName], one: &DistributionPointName| {
            names.iter().any(|name| name.normal == one.normal)
        };
        self.kind == other.kind
            && self.names.iter().all(|one| has(&other.names, one))
            && other.names.iter().all(|one| has(&self.names, one))
    }

    /// For people: `all certificates`, `directoryName: CN=... (end-entity certificates)`.
    pub fn to_text(&self) -> String {
        let kind = match self.kind {
            ScopeKind::All => "all certificates",
            ScopeKind::User => "end-entity certificates",
            ScopeKind::Ca => "CA certificates",
        };
        if self.names.is_empty() {
            return kind.to_owned();
        }
        let names: Vec<String> = self.names.iter().map(DistributionPointName::to_text).collect();
        format!("{} ({kind})", names.join(", "))
    }
}

/// A verified CRL and its index.
#[derive(Debug)]
pub struct CrlShard {
    pub(super) identity: Arc<CrlIdentity>,
    pub(super) der: Arc<[u8]>,
    pub(super) index: CrlIndex,
    pub(super) scope: Scope,
    /// SHA-256 of the SubjectPublicKeyInfo of the CA that signed it.
    pub(super) issuer_key: [u8; 32],
    pub(super) next_update: DateTime<Utc>,
    /// Magnitude of the CRL number, without leading zeros.
    pub(super) number: Option<Box<[u8]>>,
    pub(super) taken_in_at: DateTime<Utc>,
}

impl CrlShard {
    /// Which list it is.
    pub fn identity(&self) -> &Arc<CrlIdentity> {
        &self.identity
    }
    /// Its DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
    /// Which certificates it speaks of.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
    /// How many entries it has.
    pub fn entries(&self) -> usize {
        self.index.len()
    }
    /// The entry for a serial (content octets), where there is one.
    pub fn find(&self, serial: &[u8]) -> Option<Entry<'_>> {
        self.index.find(&self.der, serial)
    }
    /// Whether it is not stale at `at`.
    pub fn is_fresh(&self, at: DateTime<Utc>) -> bool {
        at <= self.next_update
    }
    /// For operators.
    pub fn summary(&self) -> CrlSummary {
        CrlSummary {
            identity: self.identity.clone(),
            scope: self.scope.to_text(),
            entries: self.index.len(),
            bytes: self.der.len(),
            taken_in_at: self.taken_in_at,
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
