//! A list without its entries: what an index file keeps of it, so that scope, dates, numbers and extensions can be read
//! again without the whole list.
use super::parse::{CrlError, ParsedCrl};
use crate::asn1;

/// The DER of `crl` as it would be with no revokedCertificates: it reads as a list does, and its signature is that of the
/// whole one.
pub(super) fn without_entries(crl: &ParsedCrl<'_>, der: &[u8]) -> Result<Vec<u8>, CrlError> {
    let mut outer = asn1::single_sequence(der)?;
    let mut tbs = outer.sequence()?;
    let mut kept = Vec::new();
    while !tbs.is_empty() {
        let part = tbs.any()?;
        let is_entries = crl.entries_at.as_ref().is_some_and(|range| {
            part.value.as_ptr() as usize == (der.as_ptr() as usize).saturating_add(range.start)
                && part.value.len() == range.len()
                && part.tag == asn1::SEQUENCE
        });
        if !is_entries {
            kept.extend_from_slice(part.full);
        }
    }
    let content = [&*sequence(&kept), outer.rest()].concat();
    Ok(sequence(&content))
}

fn sequence(content: &[u8]) -> Vec<u8> {
    let mut out = vec![asn1::SEQUENCE];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let octets: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
            out.push(0x80 | octets.len() as u8);
            out.extend_from_slice(&octets);
        }
    }
    out.extend_from_slice(content);
    out
}
