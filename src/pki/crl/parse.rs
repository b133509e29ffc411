//! Reading a CRL's DER in a stream (RFC 5280 section 5): the header and extensions once, the entries one after another
//! with nothing allocated.
use std::ops::Range;

use chrono::{DateTime, Utc};

use super::entry::Entries;
use crate::asn1::{self, DerError, Reader, context, context_constructed};
use crate::pki::certificate::{DistributionPoint, distribution_point, range_of};
use crate::pki::general_name::{self, DistributionPointName};
use crate::pki::name;

/// The most extensions of a list, and of an entry.
pub(super) const MAX_EXTENSIONS: usize = 64;

/// Why bytes are not a CRL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a CRL: {0}")]
pub struct CrlError(pub String);

impl From<DerError> for CrlError {
    fn from(error: DerError) -> Self {
        Self(error.to_string())
    }
}

/// The labels under which PEM files hold CRLs.
const PEM_LABELS: &[&str] = &["X509 CRL", "CRL"];

/// The DER of every CRL in a file of PEM or DER, one object or several.
pub fn objects(bytes: &[u8]) -> Result<Vec<std::borrow::Cow<'_, [u8]>>, CrlError> {
    asn1::pem::objects(bytes, PEM_LABELS).map_err(|error| CrlError(error.to_string()))
}

/// A CRL's header, borrowed from its DER; the entries are read by [`ParsedCrl::entries`].
#[derive(Debug)]
pub struct ParsedCrl<'a> {
    /// 1 or 2.
    pub version: u8,
    /// DER of the TBSCertList: what the issuer signed.
    pub tbs: &'a [u8],
    /// DER of the signature's AlgorithmIdentifier.
    pub signature_algorithm: &'a [u8],
    /// The signature value.
    pub signature: &'a [u8],
    /// DER of the issuer's Name.
    pub issuer: &'a [u8],
    /// When it was issued.
    pub this_update: DateTime<Utc>,
    /// When the next one comes.
    pub next_update: Option<DateTime<Utc>>,
    /// Where the content of revokedCertificates stands in the DER; none where the field is absent.
    pub entries_at: Option<Range<usize>>,
    /// What the extensions say.
    pub extensions: CrlExtensions<'a>,
    der: &'a [u8],
}

/// The extensions of a CRL (RFC 5280 5.2).
#[derive(Debug, Default)]
pub struct CrlExtensions<'a> {
    /// Content octets of cRLNumber.
    pub number: Option<&'a [u8]>,
    /// Content octets of deltaCRLIndicator's BaseCRLNumber.
    pub delta_base: Option<&'a [u8]>,
    /// Whether deltaCRLIndicator is critical, as RFC 5280 5.2.4 asks.
    pub delta_base_is_critical: bool,
    /// freshestCRL: where deltas to this list are found (RFC 5280 5.2.6).
    pub freshest: Vec<DistributionPoint>,
    /// Whether freshestCRL is critical, which RFC 5280 5.2.6 forbids.
    pub freshest_is_critical: bool,
    /// The authority key identifier's key identifier.
    pub authority_key_id: Option<&'a [u8]>,
    /// issuingDistributionPoint.
    pub distribution_point: Option<IssuingDistributionPoint>,
    /// Whether issuingDistributionPoint is critical, as RFC 5280 5.2.5 asks.
    pub distribution_point_is_critical: bool,
    /// Critical extensions that are not known, dotted.
    pub unknown_critical: Vec<String>,
    /// Content octets of the OIDs of those that are critical.
    pub(super) critical: Vec<&'a [u8]>,
    seen: Vec<&'a [u8]>,
}

/// issuingDistributionPoint (RFC 5280 5.2.5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuingDistributionPoint {
    /// The distribution point's names; empty where it gives none.
    pub names: Vec<DistributionPointName>,
    /// onlyContainsUserCerts.
    pub only_user: bool,
    /// onlyContainsCACerts.
    pub only_ca: bool,
    /// onlySomeReasons.
    pub reasons: Option<u16>,
    /// indirectCRL.
    pub indirect: bool,
    /// onlyContainsAttributeCerts.
    pub only_attribute: bool,
}

impl<'a> ParsedCrl<'a> {
    /// Reads the header and the extensions; the whole input must be one CRL. Entries are only delimited here.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CrlError> {
        let mut outer = asn1::single_sequence(der)?;
        let tbs = outer.expect(asn1::SEQUENCE)?;
        let signature_algorithm = outer.expect(asn1::SEQUENCE)?.full;
        let signature = outer.bit_string()?;
        outer.finish()?;
        let mut reader = tbs.reader();
        let version = match reader.optional(asn1::INTEGER)?.map(|tlv| tlv.value) {
            None => 1,
            Some([1]) => 2,
            Some(_) => return Err(CrlError("its version is neither 1 nor 2".to_owned())),
        };
        if reader.expect(asn1::SEQUENCE)?.full != signature_algorithm {
            return Err(CrlError("its two signature algorithm fields differ".to_owned()));
        }
        let issuer = reader.expect(asn1::SEQUENCE)?.full;
        name::check(issuer)?;
        let this_update = reader.time()?;
        let next_update = match reader.peek_tag() {
            Some(asn1::UTC_TIME | asn1::GENERALIZED_TIME) => Some(reader.time()?),
            _ => None,
        };
        let entries = reader.optional(asn1::SEQUENCE)?;
        let extensions = match reader.optional(context_constructed(0))? {
            None => CrlExtensions::default(),
            Some(_) if version == 1 => return Err(CrlError("it has extensions, which need version 2".to_owned())),
            Some(tagged) => read_extensions(asn1::single_sequence(tagged.value)?, issuer)?,
        };
        reader.finish()?;
        Ok(Self {
            version,
            tbs: tbs.full,
            signature_algorithm,
            signature,
            issuer,
            this_update,
            next_update,
            entries_at: entries.map(|tlv| range_of(der, tlv.value)),
            extensions,
            der,
        })
    }

    /// The entries in their order; after the first that cannot be read there are no more.
    pub fn entries(&self) -> Entries<'a> {
        let content = self.entries_at.clone().and_then(|range| self.der.get(range)).unwrap_or_default();
        Entries::new(content, self.version)
    }
}

fn read_extensions<'a>(mut list: Reader<'a>, issuer: &[u8]) -> Result<CrlExtensions<'a>, CrlError> {
    let mut extensions = CrlExtensions::default();
    while !list.is_empty() {
        let (oid, critical, value) = extension(&mut list)?;
        if extensions.seen.len() == MAX_EXTENSIONS {
            return Err(CrlError("it has more extensions than the 64 that are taken".to_owned()));
        }
        if extensions.seen.contains(&oid) {
            return Err(CrlError(format!("its extension {} stands twice", asn1::oid_text(oid))));
        }
        extensions.seen.push(oid);
        let known = read_extension(&mut extensions, oid, critical, value, issuer)
            .map_err(|_| CrlError(format!("its extension {} cannot be read", asn1::oid_text(oid))))?;
        if critical {
            extensions.critical.push(oid);
        }
        if critical && !known {
            extensions.unknown_critical.push(asn1::oid_text(oid));
        }
    }
    Ok(extensions)
}

/// Reads one Extension: its OID, whether it is critical, its value.
pub(super) fn extension<'a>(list: &mut Reader<'a>) -> Result<(&'a [u8], bool, &'a [u8]), DerError> {
    let mut reader = list.sequence()?;
    let oid = reader.oid()?;
    let critical = match reader.optional(asn1::BOOLEAN)? {
        Some(flag) => asn1::boolean_value(flag.value)?,
        None => false,
    };
    let value = reader.octet_string()?;
    reader.finish()?;
    Ok((oid, critical, value))
}

fn read_extension<'a>(
    to: &mut CrlExtensions<'a>,
    oid: &[u8],
    critical: bool,
    value: &'a [u8],
    issuer: &[u8],
) -> Result<bool, DerError> {
    match oid {
        [0x55, 0x1d, 20] => to.number = Some(whole_integer(value)?),
        [0x55, 0x1d, 27] => {
            to.delta_base = Some(whole_integer(value)?);
            to.delta_base_is_critical = critical;
        }
        [0x55, 0x1d, 28] => {
            to.distribution_point = Some(issuing_distribution_point(value, issuer)?);
            to.distribution_point_is_critical = critical;
        }
        [0x55, 0x1d, 35] => {
            let mut reader = asn1::single_sequence(value)?;
            to.authority_key_id = reader.optional(context(0))?.map(|tlv| tlv.value);
        }
        [0x55, 0x1d, 46] => {
            to.freshest = distribution_point::read_all(value, issuer)?;
            to.freshest_is_critical = critical;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn whole_integer(value: &[u8]) -> Result<&[u8], DerError> {
    let mut reader = Reader::new(value);
    let octets = reader.integer()?;
    reader.finish()?;
    Ok(octets)
}

/// Reads issuingDistributionPoint's value; names relative to the issuer, whose Name's DER is `issuer`, are made whole.
pub(super) fn issuing_distribution_point(value: &[u8], issuer: &[u8]) -> Result<IssuingDistributionPoint, DerError> {
    let mut reader = asn1::single_sequence(value)?;
    let mut found = IssuingDistributionPoint::default();
    if let Some(tlv) = reader.optional(context_constructed(0))? {
        found.names = general_name::distribution_point_names(tlv.value, issuer)?;
    }
    let flag = |number: u8, reader: &mut Reader<'_>| match reader.optional(context(number))? {
        Some(tlv) => asn1::boolean_value(tlv.value),
        None => Ok(false),
    };
    found.only_user = flag(1, &mut reader)?;
    found.only_ca = flag(2, &mut reader)?;
    if let Some(tlv) = reader.optional(context(3))? {
        found.reasons = Some(general_name::reason_flags(tlv.value)?);
    }
    found.indirect = flag(4, &mut reader)?;
    found.only_attribute = flag(5, &mut reader)?;
    reader.finish()?;
    Ok(found)
}
