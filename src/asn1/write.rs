//! Writing DER: what requests and responses of our own are made of.
use chrono::{DateTime, Utc};

use super::{ENUMERATED, GENERALIZED_TIME, INTEGER, NULL, OCTET_STRING, OID, SEQUENCE};

/// One value: tag octet, length, content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let octets = content.len().to_be_bytes();
            let significant = octets.iter().skip_while(|octet| **octet == 0);
            out.push(0x80 | u8::try_from(significant.clone().count()).unwrap_or(8));
            out.extend(significant);
        }
    }
    out.extend_from_slice(content);
    out
}

/// A SEQUENCE of encoded parts.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, &parts.concat())
}

/// An OCTET STRING.
pub fn octet_string(content: &[u8]) -> Vec<u8> {
    tlv(OCTET_STRING, content)
}

/// An OBJECT IDENTIFIER from its content octets.
pub fn oid(octets: &[u8]) -> Vec<u8> {
    tlv(OID, octets)
}

/// An INTEGER from its content octets, which are in their shortest form.
pub fn integer(octets: &[u8]) -> Vec<u8> {
    tlv(INTEGER, octets)
}

/// An ENUMERATED below 128.
pub fn enumerated(value: u8) -> Vec<u8> {
    tlv(ENUMERATED, &[value & 0x7f])
}

/// A BIT STRING of whole octets.
pub fn bit_string(octets: &[u8]) -> Vec<u8> {
    tlv(super::BIT_STRING, &[&[0], octets].concat())
}

/// A NULL.
pub fn null() -> Vec<u8> {
    vec![NULL, 0]
}

/// A GeneralizedTime to the second, in UTC (RFC 5280 4.1.2.5.2).
pub fn generalized_time(at: DateTime<Utc>) -> Vec<u8> {
    tlv(GENERALIZED_TIME, at.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{Reader, single};

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0usize, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let written = octet_string(&vec![7; length]);
            assert_eq!(single(&written).unwrap().value.len(), length);
        }
        let at = DateTime::from_timestamp(1_775_000_000, 0).unwrap();
        assert_eq!(Reader::new(&generalized_time(at)).time(), Ok(at));
        assert_eq!(Reader::new(&bit_string(&[1, 2])).bit_string(), Ok(&[1u8, 2][..]));
        assert_eq!(Reader::new(&null()).null(), Ok(()));
    }
}
