//! Writing DER (X.690) for what OpenSSL's safe interface cannot build: otherName, directoryName distribution points,
//! issuing distribution points, CRLs.
use chrono::{DateTime, Datelike, Utc};

use super::AuthorityError;

/// One object: tag, length, content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = header(tag, content.len());
    out.extend_from_slice(content);
    out
}

/// Tag and length octets of an object whose content is `length` octets long.
pub fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
            out.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
            out.extend_from_slice(&octets);
        }
    }
    out
}

/// A SEQUENCE of encoded parts.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// A SET of one encoded part.
pub fn set_of_one(part: &[u8]) -> Vec<u8> {
    tlv(0x31, part)
}

/// A constructed context-specific object `[number]` (number under 31).
pub fn context(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

/// A primitive context-specific object `[number]` (number under 31).
pub fn context_primitive(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0x80 | number, content)
}

/// A UTF8String.
pub fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0c, text.as_bytes())
}

/// An IA5String.
pub fn ia5(text: &str) -> Vec<u8> {
    tlv(0x16, text.as_bytes())
}

/// An OCTET STRING.
pub fn octets(content: &[u8]) -> Vec<u8> {
    tlv(0x04, content)
}

/// TRUE.
pub fn boolean_true() -> Vec<u8> {
    vec![0x01, 0x01, 0xff]
}

/// A non-negative INTEGER from big-endian octets.
pub fn unsigned(big_endian: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = big_endian.iter().copied().skip_while(|octet| *octet == 0).collect();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    tlv(0x02, &content)
}

/// A BIT STRING of whole octets.
pub fn bit_string(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content].concat())
}

/// A BIT STRING of named bits (X.690 11.2.2: trailing zero bits left out).
pub fn named_bits(bits: &[u8]) -> Vec<u8> {
    let Some(highest) = bits.iter().copied().max() else { return tlv(0x03, &[0]) };
    let mut octets = vec![0u8; usize::from(highest / 8) + 1];
    for bit in bits {
        if let Some(octet) = octets.get_mut(usize::from(bit / 8)) {
            *octet |= 0x80 >> (bit % 8);
        }
    }
    let unused = 7 - highest % 8;
    octets.insert(0, unused);
    tlv(0x03, &octets)
}

/// An OBJECT IDENTIFIER from dotted decimal.
///
/// # Errors
/// When the text is not an object identifier.
pub fn oid(dotted: &str) -> Result<Vec<u8>, AuthorityError> {
    let parsed = der::asn1::ObjectIdentifier::new(dotted)
        .map_err(|_| AuthorityError::Declaration(format!("`{dotted}` is not an object identifier")))?;
    Ok(tlv(0x06, parsed.as_bytes()))
}

/// A Time: UTCTime up to 2049, GeneralizedTime after (RFC 5280 4.1.2.5), whole seconds.
pub fn time(at: DateTime<Utc>) -> Vec<u8> {
    if (1950..2050).contains(&at.year()) {
        tlv(0x17, at.format("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        tlv(0x18, at.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(header(0x30, 127), [0x30, 0x7f]);
        assert_eq!(header(0x30, 128), [0x30, 0x81, 0x80]);
        assert_eq!(header(0x30, 65_536), [0x30, 0x83, 0x01, 0x00, 0x00]);
    }

    #[test]
    fn integers_are_never_negative() {
        assert_eq!(unsigned(&[]), [2, 1, 0]);
        assert_eq!(unsigned(&[0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn key_usage_bits_are_cut_short() {
        assert_eq!(named_bits(&[0, 1]), [0x03, 0x02, 0x06, 0xc0]);
        assert_eq!(named_bits(&[5, 6]), [0x03, 0x02, 0x01, 0x06]);
    }

    #[test]
    fn object_identifiers_round_trip() {
        assert_eq!(oid("2.5.29.28").unwrap(), [0x06, 0x03, 0x55, 0x1d, 0x1c]);
        assert!(oid("1.x").is_err());
    }
}
