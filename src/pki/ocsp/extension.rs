//! The extensions of requests and responses (RFC 6960 4.4).
use super::OcspError;
use crate::asn1::{self, Reader, write};

/// The most extensions of one list.
const MAX_EXTENSIONS: usize = 16;
/// The longest nonce (RFC 9654 2.1).
pub(super) const MAX_NONCE: usize = 128;

/// id-pkix-ocsp-nonce.
pub(super) const NONCE: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
/// id-pkix-ocsp-archive-cutoff.
pub(super) const ARCHIVE_CUTOFF: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x06];

/// What one list of extensions says.
#[derive(Debug, Default)]
pub(super) struct Extensions<'a> {
    /// The nonce, 1 to 128 octets.
    pub(super) nonce: Option<&'a [u8]>,
    /// Since when the responder keeps what it knows of certificates that expired.
    pub(super) archive_cutoff: Option<chrono::DateTime<chrono::Utc>>,
    /// Critical extensions that are not known, dotted.
    pub(super) unknown_critical: Vec<String>,
}

/// Reads a SEQUENCE OF Extension. Each stands once; a nonce is 1 to 128 octets.
pub(super) fn read<'a>(mut list: Reader<'a>) -> Result<Extensions<'a>, OcspError> {
    let mut found = Extensions::default();
    let mut seen: Vec<&[u8]> = Vec::new();
    if list.is_empty() {
        return Err(OcspError::new("a list of extensions is empty"));
    }
    while !list.is_empty() {
        let mut extension = list.sequence()?;
        let oid = extension.oid()?;
        let critical = match extension.optional(asn1::BOOLEAN)? {
            Some(flag) => asn1::boolean_value(flag.value)?,
            None => false,
        };
        let value = extension.octet_string()?;
        extension.finish()?;
        if seen.len() == MAX_EXTENSIONS {
            return Err(OcspError::new("more extensions than the 16 that are taken"));
        }
        if seen.contains(&oid) {
            return Err(OcspError(format!("the extension {} stands twice", asn1::oid_text(oid))));
        }
        seen.push(oid);
        match oid {
            NONCE => found.nonce = Some(nonce(value)?),
            ARCHIVE_CUTOFF => {
                let time = asn1::single(value)?.with_tag(asn1::GENERALIZED_TIME)?;
                found.archive_cutoff = Some(asn1::time_value(time)?);
            }
            other if critical => found.unknown_critical.push(asn1::oid_text(other)),
            _ => {}
        }
    }
    Ok(found)
}

/// An OCTET STRING inside the extension's own (RFC 9654 2.1).
fn nonce(value: &[u8]) -> Result<&[u8], OcspError> {
    let octets = asn1::single(value)?.with_tag(asn1::OCTET_STRING)?.value;
    match octets.len() {
        1..=MAX_NONCE => Ok(octets),
        _ => Err(OcspError::new("a nonce that is not 1 to 128 octets")),
    }
}

/// A list of extensions with the nonce alone.
pub(super) fn with_nonce(nonce: &[u8]) -> Vec<u8> {
    let value = write::octet_string(&write::octet_string(nonce));
    write::sequence(&[&write::sequence(&[&write::oid(NONCE), &value])])
}
