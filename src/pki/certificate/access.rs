//! authorityInfoAccess (RFC 5280 4.2.2.1): where a CA can be asked.
use crate::asn1::{self, DerError};
use crate::pki::general_name::GeneralName;

/// id-ad-ocsp.
const OCSP: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
/// The most URLs that are looked at.
const MAX_URLS: usize = 8;

/// The URLs of OCSP responders in the extension's value.
pub(super) fn ocsp_urls(value: &[u8]) -> Result<Vec<&str>, DerError> {
    let mut list = asn1::single_sequence(value)?;
    let mut found = Vec::new();
    while !list.is_empty() && found.len() < MAX_URLS {
        let mut description = list.sequence()?;
        let method = description.oid()?;
        let location = GeneralName::from_tlv(description.any()?)?;
        description.finish()?;
        if let (OCSP, GeneralName::Uri(url)) = (method, location) {
            found.push(url);
        }
    }
    Ok(found)
}
