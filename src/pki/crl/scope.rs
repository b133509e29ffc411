//! Which certificates, and which revocations of them, a CRL speaks of (RFC 5280 5.2.5).
use super::parse::IssuingDistributionPoint;
use crate::pki::general_name::DistributionPointName;

/// A set of revocation reasons (ReasonFlags, RFC 5280 4.2.1.13), as the masks of 6.3.3 hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reasons(u16);

/// The names of the flags, from keyCompromise, bit 1, on; bit 0 is unused.
const FLAG_NAMES: [&str; 8] = [
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
];

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);
    /// all-reasons.
    pub const ALL: Self = Self(0x01fe);

    /// From a field with [`crate::pki::general_name::reason_flags`]; an absent field means all of them.
    pub fn of(flags: Option<u16>) -> Self {
        flags.map_or(Self::ALL, |flags| Self(flags & Self::ALL.0))
    }
    /// Those in both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Those in either.
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether it has one that `other` has not.
    pub fn adds_to(self, other: Self) -> bool {
        self.0 & !other.0 != 0
    }
    /// Their names: `keyCompromise, cACompromise`.
    pub fn to_text(self) -> String {
        let has = |bit: &usize| self.0 & (2 << bit) != 0;
        let names: Vec<&str> =
            (0..FLAG_NAMES.len()).filter(has).filter_map(|bit| FLAG_NAMES.get(bit).copied()).collect();
        names.join(", ")
    }
}

impl Default for Reasons {
    /// All of them.
    fn default() -> Self {
        Self::ALL
    }
}

/// Which certificates of its issuer a CRL speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The distribution point's names; empty: of every distribution point.
    pub names: Vec<DistributionPointName>,
    /// End-entity certificates, CA certificates, or both.
    pub kind: ScopeKind,
    /// onlySomeReasons.
    pub reasons: Reasons,
    /// indirectCRL: it speaks of certificates of other issuers too.
    pub indirect: bool,
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
        Self { names: point.names.clone(), kind, reasons: Reasons::of(point.reasons), indirect: point.indirect }
    }

    /// Octets that are equal for two scopes when a list of one takes the place of a list of the other: the same kind,
    /// reasons and names in any order.
    pub fn key(&self) -> Box<[u8]> {
        let mut names: Vec<&[u8]> = self.names.iter().map(|name| &*name.normal).collect();
        names.sort_unstable();
        names.dedup();
        let mut key = vec![self.kind as u8, u8::from(self.indirect)];
        key.extend(self.reasons.0.to_be_bytes());
        for name in names {
            key.extend((name.len() as u64).to_be_bytes());
            key.extend(name);
        }
        key.into_boxed_slice()
    }

    /// For people: `all certificates`, `directoryName: CN=... (end-entity certificates)`.
    pub fn to_text(&self) -> String {
        let mut kind = match self.kind {
            ScopeKind::All => "all certificates",
            ScopeKind::User => "end-entity certificates",
            ScopeKind::Ca => "CA certificates",
        }
        .to_owned();
        if self.indirect {
            kind.push_str(" of several issuers");
        }
        if self.reasons != Reasons::ALL {
            kind.push_str(&format!(", reasons {}", self.reasons.to_text()));
        }
        if self.names.is_empty() {
            return kind;
        }
        let names: Vec<String> = self.names.iter().map(DistributionPointName::to_text).collect();
        format!("{} ({kind})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_sets_in_which_the_unused_bit_does_not_count() {
        assert_eq!(Reasons::of(None), Reasons::ALL);
        assert_eq!(Reasons::of(Some(0xffff)), Reasons::ALL);
        assert_eq!(Reasons::of(Some(1)), Reasons::NONE);
        let (keys, others) = (Reasons::of(Some(0b110)), Reasons::of(Some(0x1fe & !0b110)));
        assert_eq!((keys.and(others), keys.or(others)), (Reasons::NONE, Reasons::ALL));
        assert!(keys.adds_to(others) && !keys.adds_to(Reasons::ALL) && !Reasons::NONE.adds_to(Reasons::NONE));
        assert_eq!(keys.to_text(), "keyCompromise, cACompromise");
        assert_eq!(Reasons::of(Some(1 << 8)).to_text(), "aACompromise");
    }
}
