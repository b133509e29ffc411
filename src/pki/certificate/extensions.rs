//! The extensions of a certificate (RFC 5280 4.2). Which extension holds what is read with x509-parser; names and
//! distribution points by our own reader, because their bytes are compared.
use std::ops::Range;

use x509_parser::extensions as x509;
use x509_parser::prelude::FromDer;

use super::distribution_point::{self, DistributionPoint};
use super::qualifiers;
use super::{CertificateError, range_of};
use crate::asn1::{self, DerError, Reader, Tlv, context, context_constructed};
use crate::pki::general_name;

/// authorityInfoAccess (RFC 5280 4.2.2.1).
const AUTHORITY_ACCESS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
/// id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1).
const OCSP_NOCHECK: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05];

/// The most extensions of a certificate: what stands twice is looked for among those before it.
const MAX_EXTENSIONS: usize = 64;
/// The most policies, mappings, purposes, distribution points or names of one extension.
pub(super) const MAX_ITEMS: usize = 256;

/// Content octets of an OBJECT IDENTIFIER.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(Box<[u8]>);

impl Oid {
    /// From content octets.
    pub fn from_octets(octets: &[u8]) -> Self {
        Self(octets.into())
    }
    /// From dotted text; none where the text is not an OID.
    pub fn from_text(text: &str) -> Option<Self> {
        asn1::oid_from_text(text).map(|octets| Self(octets.into_boxed_slice()))
    }
    /// The content octets.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// Dotted.
impl std::fmt::Display for Oid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&asn1::oid_text(&self.0))
    }
}

/// basicConstraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// cA.
    pub ca: bool,
    /// pathLenConstraint.
    pub path_len: Option<u32>,
}

/// keyUsage (RFC 5280 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(x509::KeyUsage);

impl KeyUsage {
    /// digitalSignature.
    pub fn digital_signature(self) -> bool {
        self.0.digital_signature()
    }
    /// nonRepudiation (contentCommitment).
    pub fn non_repudiation(self) -> bool {
        self.0.non_repudiation()
    }
    /// keyCertSign.
    pub fn key_cert_sign(self) -> bool {
        self.0.key_cert_sign()
    }
    /// cRLSign.
    pub fn crl_sign(self) -> bool {
        self.0.crl_sign()
    }
}

/// authorityKeyIdentifier, as ranges of the certificate's DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityKeyId {
    pub(super) key_id: Option<Range<usize>>,
    pub(super) serial: Option<Range<usize>>,
    /// Content of authorityCertIssuer.
    pub(super) issuer: Option<Range<usize>>,
}

/// One subtree list of nameConstraints: ranges of the GeneralName that is each subtree's base.
pub type Subtrees = Vec<Range<usize>>;

/// nameConstraints (RFC 5280 4.2.1.10).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// permittedSubtrees.
    pub permitted: Subtrees,
    /// excludedSubtrees.
    pub excluded: Subtrees,
}

/// policyConstraints (RFC 5280 4.2.1.11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// requireExplicitPolicy.
    pub require_explicit: Option<u32>,
    /// inhibitPolicyMapping.
    pub inhibit_mapping: Option<u32>,
}

/// What the extensions say.
#[derive(Debug, Default)]
pub struct Extensions {
    /// basicConstraints.
    pub basic_constraints: Option<BasicConstraints>,
    /// keyUsage.
    pub key_usage: Option<KeyUsage>,
    /// The purposes of extKeyUsage.
    pub extended_key_usage: Option<Vec<Oid>>,
    /// The policy identifiers of certificatePolicies.
    pub policies: Option<Vec<Oid>>,
    /// Whether certificatePolicies is critical.
    pub policies_critical: bool,
    /// policyMappings: (issuerDomainPolicy, subjectDomainPolicy).
    pub policy_mappings: Vec<(Oid, Oid)>,
    /// policyConstraints.
    pub policy_constraints: PolicyConstraints,
    /// inhibitAnyPolicy: skipCerts.
    pub inhibit_any_policy: Option<u32>,
    /// nameConstraints.
    pub name_constraints: Option<NameConstraints>,
    /// The CRL distribution points.
    pub distribution_points: Vec<DistributionPoint>,
    /// freshestCRL: where delta CRLs are found (RFC 5280 4.2.1.15).
    pub freshest: Vec<DistributionPoint>,
    /// Whether id-pkix-ocsp-nocheck is there: an OCSP responder that need not be asked about (RFC 6960 4.2.2.2.1).
    pub ocsp_nocheck: bool,
    /// Critical extensions that this engine does not process (RFC 5280 4.2: refused in a path), dotted.
    pub unknown_critical: Vec<String>,
    /// The whole value of certificatePolicies.
    pub(super) policies_at: Option<Range<usize>>,
    pub(super) subject_alt_name: Option<Range<usize>>,
    pub(super) subject_key_id: Option<Range<usize>>,
    pub(super) authority_key_id: Option<AuthorityKeyId>,
    /// The value of authorityInfoAccess, not read yet.
    pub(super) authority_access: Option<Range<usize>>,
    /// Last arcs of the id-ce extensions seen, to find one that stands twice.
    seen: u64,
}

/// Reads the Extensions SEQUENCE's content. `issuer` is the DER of the issuer's Name.
pub(super) fn read(der: &[u8], mut list: Reader<'_>, issuer: &[u8]) -> Result<Extensions, CertificateError> {
    let mut extensions = Extensions::default();
    let mut others: Vec<&[u8]> = Vec::new();
    if list.is_empty() {
        return Err(CertificateError::new("its list of extensions is empty"));
    }
    let mut count = 0;
    while !list.is_empty() {
        count += 1;
        if count > MAX_EXTENSIONS {
            return Err(CertificateError::new("it has more extensions than the 64 that are taken"));
        }
        let mut extension = list.sequence()?;
        let oid = extension.oid()?;
        let critical = match extension.optional(asn1::BOOLEAN)? {
            Some(flag) => asn1::boolean_value(flag.value)?,
            None => false,
        };
        let value = extension.octet_string()?;
        extension.finish()?;
        let known = match oid {
            [0x55, 0x1d, arc @ 0..=63] => {
                let bit = 1u64 << arc;
                let twice = extensions.seen & bit != 0;
                extensions.seen |= bit;
                if twice {
                    return Err(stands_twice(oid));
                }
                read_one(&mut extensions, *arc, value, critical, der, issuer).map_err(|_| {
                    CertificateError::new(format!("its extension {} cannot be read", asn1::oid_text(oid)))
                })?
            }
            other if others.contains(&other) => return Err(stands_twice(oid)),
            other => {
                others.push(other);
                match other {
                    AUTHORITY_ACCESS => extensions.authority_access = Some(range_of(der, value)),
                    OCSP_NOCHECK => extensions.ocsp_nocheck = true,
                    _ => {}
                }
                false
            }
        };
        if critical && !known {
            extensions.unknown_critical.push(asn1::oid_text(oid));
        }
    }
    Ok(extensions)
}

fn stands_twice(oid: &[u8]) -> CertificateError {
    CertificateError::new(format!("its extension {} stands twice", asn1::oid_text(oid)))
}

/// Reads the id-ce extension 2.5.29.`arc`; tells whether it is one that the engine processes.
fn read_one(
    to: &mut Extensions,
    arc: u8,
    value: &[u8],
    critical: bool,
    der: &[u8],
    issuer: &[u8],
) -> Result<bool, DerError> {
    match arc {
        14 => to.subject_key_id = Some(range_of(der, asn1::single(value)?.with_tag(asn1::OCTET_STRING)?.value)),
        15 => to.key_usage = Some(KeyUsage(whole::<x509::KeyUsage>(value)?)),
        17 => to.subject_alt_name = Some(alt_names(value, der)?),
        19 => {
            let basic = whole::<x509::BasicConstraints>(value)?;
            to.basic_constraints = Some(BasicConstraints { ca: basic.ca, path_len: basic.path_len_constraint });
        }
        30 => to.name_constraints = Some(name_constraints(value, der)?),
        31 => to.distribution_points = distribution_point::read_all(value, issuer)?,
        32 => {
            to.policies = Some(policies(value)?);
            to.policies_critical = critical;
            to.policies_at = Some(range_of(der, value));
            if critical && let Some(qualifier) = qualifiers::first_unknown(value) {
                to.unknown_critical.push(format!("2.5.29.32 with the qualifier {qualifier}"));
            }
        }
        33 => {
            let mappings = whole::<x509::PolicyMappings<'_>>(value)?.mappings;
            bounded(mappings.len())?;
            let pair = |pair: &x509::PolicyMapping<'_>| {
                (oid_of(&pair.issuer_domain_policy), oid_of(&pair.subject_domain_policy))
            };
            to.policy_mappings = mappings.iter().map(pair).collect();
        }
        35 => to.authority_key_id = Some(authority_key_id(value, der)?),
        36 => {
            let constraints = whole::<x509::PolicyConstraints>(value)?;
            to.policy_constraints = PolicyConstraints {
                require_explicit: constraints.require_explicit_policy,
                inhibit_mapping: constraints.inhibit_policy_mapping,
            };
        }
        37 => to.extended_key_usage = Some(key_purposes(value)?),
        46 => to.freshest = distribution_point::read_all(value, issuer)?,
        54 => to.inhibit_any_policy = Some(skip_certs(value)?),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Reads a value with x509-parser; it must be all there is.
fn whole<'a, T: FromDer<'a, x509_parser::error::X509Error>>(value: &'a [u8]) -> Result<T, DerError> {
    match T::from_der(value) {
        Ok(([], read)) => Ok(read),
        Ok(_) => Err(DerError::TrailingBytes),
        Err(_) => Err(DerError::BadValue),
    }
}

/// Refuses to hold one more than [`MAX_ITEMS`].
fn bounded(count: usize) -> Result<(), DerError> {
    if count > MAX_ITEMS { Err(DerError::BadValue) } else { Ok(()) }
}

fn oid_of(oid: &x509_parser::der_parser::oid::Oid<'_>) -> Oid {
    Oid::from_octets(oid.as_bytes())
}

/// certificatePolicies; a policy identifier stands at most once (RFC 5280 4.2.1.4). Qualifiers are read
/// by [`qualifiers`].
fn policies(value: &[u8]) -> Result<Vec<Oid>, DerError> {
    let mut list = asn1::single_sequence(value)?;
    let mut policies = Vec::with_capacity(1);
    while !list.is_empty() {
        let mut policy = list.sequence()?;
        let oid = Oid::from_octets(policy.oid()?);
        policy.optional(asn1::SEQUENCE)?;
        policy.finish()?;
        if policies.contains(&oid) {
            return Err(DerError::BadValue);
        }
        policies.push(oid);
        bounded(policies.len())?;
    }
    if policies.is_empty() { Err(DerError::BadValue) } else { Ok(policies) }
}

fn key_purposes(value: &[u8]) -> Result<Vec<Oid>, DerError> {
    let mut list = asn1::single_sequence(value)?;
    let mut purposes = Vec::with_capacity(1);
    while !list.is_empty() {
        purposes.push(Oid::from_octets(list.oid()?));
        bounded(purposes.len())?;
    }
    if purposes.is_empty() { Err(DerError::BadValue) } else { Ok(purposes) }
}

fn skip_certs(value: &[u8]) -> Result<u32, DerError> {
    let mut reader = Reader::new(value);
    let skip = reader.small_unsigned()?;
    reader.finish()?;
    // More than any path is long means the same as the most that fits.
    Ok(u32::try_from(skip).unwrap_or(u32::MAX))
}

fn alt_names(value: &[u8], der: &[u8]) -> Result<Range<usize>, DerError> {
    let content = asn1::single(value)?.with_tag(asn1::SEQUENCE)?.value;
    for (number, name) in general_name::read_all(content).enumerate() {
        name?;
        bounded(number + 1)?;
    }
    if content.is_empty() { Err(DerError::BadValue) } else { Ok(range_of(der, content)) }
}

fn authority_key_id(value: &[u8], der: &[u8]) -> Result<AuthorityKeyId, DerError> {
    let mut reader = asn1::single_sequence(value)?;
    let range = |tlv: Option<Tlv<'_>>| tlv.map(|tlv| range_of(der, tlv.value));
    let found = AuthorityKeyId {
        key_id: range(reader.optional(context(0))?),
        issuer: range(reader.optional(context_constructed(1))?),
        serial: range(reader.optional(context(2))?),
    };
    reader.finish()?;
    Ok(found)
}

fn name_constraints(value: &[u8], der: &[u8]) -> Result<NameConstraints, DerError> {
    let mut reader = asn1::single_sequence(value)?;
    let permitted = reader.optional(context_constructed(0))?;
    let excluded = reader.optional(context_constructed(1))?;
    reader.finish()?;
    if permitted.is_none() && excluded.is_none() {
        return Err(DerError::BadValue);
    }
    let subtrees = |tlv: Option<Tlv<'_>>| tlv.map(|tlv| subtrees(tlv, der)).transpose();
    Ok(NameConstraints {
        permitted: subtrees(permitted)?.unwrap_or_default(),
        excluded: subtrees(excluded)?.unwrap_or_default(),
    })
}

/// GeneralSubtrees; minimum must be 0 and maximum absent (RFC 5280 4.2.1.10).
fn subtrees(tlv: Tlv<'_>, der: &[u8]) -> Result<Subtrees, DerError> {
    let mut list = tlv.reader();
    let mut bases = Vec::new();
    while !list.is_empty() {
        let mut subtree = list.sequence()?;
        let base = subtree.any()?;
        general_name::GeneralName::from_tlv(base)?;
        subtree.finish()?;
        bases.push(range_of(der, base.full));
    }
    if bases.is_empty() { Err(DerError::BadValue) } else { Ok(bases) }
}
