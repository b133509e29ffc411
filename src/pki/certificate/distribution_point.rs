//! CRL distribution points (RFC 5280 4.2.1.13), as they stand in certificates and, as freshestCRL, in CRLs.
use super::extensions::MAX_ITEMS;
use crate::asn1::{self, DerError, context_constructed};
use crate::pki::general_name::{self, DistributionPointName, REASONS_TAG};

/// One CRL distribution point (RFC 5280 4.2.1.13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionPoint {
    /// Its names, those relative to the issuer made whole; empty where it gives none.
    pub names: Vec<DistributionPointName>,
    /// The reasons it is limited to; none means all of them.
    pub reasons: Option<u16>,
    /// The names of the CRL's issuer where it is not the certificate's (an indirect CRL).
    pub crl_issuer: Option<Vec<DistributionPointName>>,
}

/// Reads CRLDistributionPoints, the value of cRLDistributionPoints and freshestCRL. `issuer` is the DER of the
/// certificate's (or list's) issuer Name, to which names are relative where the point names no cRLIssuer.
pub fn read_all(value: &[u8], issuer: &[u8]) -> Result<Vec<DistributionPoint>, DerError> {
    let mut list = asn1::single_sequence(value)?;
    let mut points = Vec::with_capacity(1);
    while !list.is_empty() {
        let mut reader = list.sequence()?;
        let name = reader.optional(context_constructed(0))?;
        let reasons = reader.optional(REASONS_TAG)?;
        let crl_issuer = reader.optional(context_constructed(2))?;
        reader.finish()?;
        let indirect_issuer = match crl_issuer {
            Some(tlv) => general_name::first_directory_name(tlv.value)?,
            None => None,
        };
        let names = match name {
            Some(tlv) => general_name::distribution_point_names(tlv.value, indirect_issuer.unwrap_or(issuer))?,
            None => Vec::new(),
        };
        let reasons = reasons.map(|tlv| general_name::reason_flags(tlv.value)).transpose()?;
        let crl_issuer = crl_issuer.map(|tlv| general_name::comparable_names(tlv.value)).transpose()?;
        points.push(DistributionPoint { names, reasons, crl_issuer });
        if points.len() > MAX_ITEMS {
            return Err(DerError::BadValue);
        }
    }
    if points.is_empty() { Err(DerError::BadValue) } else { Ok(points) }
}
