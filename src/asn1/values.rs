//! The contents of simple values in their DER form.

use chrono::{DateTime, NaiveDate, Utc};

use super::{DerError, GENERALIZED_TIME, Tlv, UTC_TIME};

/// Checks an INTEGER's content: not empty, not padded (X.690 8.3.2).
pub fn integer_octets(value: &[u8]) -> Result<&[u8], DerError> {
    match value {
        [] => Err(DerError::BadValue),
        [0x00, next, ..] if *next < 0x80 => Err(DerError::BadValue),
        [0xff, next, ..] if *next >= 0x80 => Err(DerError::BadValue),
        _ => Ok(value),
    }
}

/// The value of a non-negative INTEGER's content octets, when it fits 64 bits.
pub fn unsigned_value(octets: &[u8]) -> Result<u64, DerError> {
    let magnitude = match integer_octets(octets)? {
        [0x00, rest @ ..] => rest,
        [first, ..] if *first >= 0x80 => return Err(DerError::BadValue),
        all => all,
    };
    if magnitude.len() > 8 {
        return Err(DerError::BadValue);
    }
    Ok(magnitude.iter().fold(0, |value, octet| (value << 8) | u64::from(*octet)))
}

/// A BOOLEAN's content (X.690 11.1).
pub fn boolean_value(value: &[u8]) -> Result<bool, DerError> {
    match value {
        [0x00] => Ok(false),
        [0xff] => Ok(true),
        _ => Err(DerError::BadValue),
    }
}

/// A BIT STRING's content as (unused bits of the last octet, octets) (X.690 11.2.1).
pub fn bit_string_value(value: &[u8]) -> Result<(u8, &[u8]), DerError> {
    let (&unused, octets) = value.split_first().ok_or(DerError::BadValue)?;
    let padding_is_zero = match (unused, octets.last()) {
        (0, _) => true,
        (1..=7, Some(last)) => last.trailing_zeros() >= u32::from(unused),
        _ => false,
    };
    if padding_is_zero { Ok((unused, octets)) } else { Err(DerError::BadValue) }
}

/// Checks an OBJECT IDENTIFIER's content: whole arcs in their shortest form (X.690 8.19.2).
pub fn oid_octets(value: &[u8]) -> Result<&[u8], DerError> {
    let ends_whole = value.last().is_some_and(|last| last & 0x80 == 0);
    let mut at_arc_start = true;
    for octet in value {
        if at_arc_start && *octet == 0x80 {
            return Err(DerError::BadValue);
        }
        at_arc_start = octet & 0x80 == 0;
    }
    if ends_whole { Ok(value) } else { Err(DerError::BadValue) }
}

/// An OBJECT IDENTIFIER's content octets in dotted form: `2.5.29.15`. Arcs beyond 64 bits are written in hex.
pub fn oid_text(octets: &[u8]) -> String {
    let mut text = String::new();
    for (index, arc) in octets.split_inclusive(|octet| octet & 0x80 == 0).enumerate() {
        if arc.len() > 9 {
            text.push_str(&format!(".x{}", hex::encode(arc)));
            continue;
        }
        let value = arc.iter().fold(0u64, |value, octet| (value << 7) | u64::from(octet & 0x7f));
        match (index, value) {
            (0, 0..=39) => text.push_str(&format!("0.{value}")),
            (0, 40..=79) => text.push_str(&format!("1.{}", value - 40)),
            (0, _) => text.push_str(&format!("2.{}", value - 80)),
            _ => text.push_str(&format!(".{value}")),
        }
    }
    text
}

/// The content octets of a dotted OBJECT IDENTIFIER; none where the text is not one.
pub fn oid_from_text(text: &str) -> Option<Vec<u8>> {
    let mut arcs = text.split('.').map(|arc| match arc.as_bytes() {
        [b'0', _, ..] | [b'+', ..] => None,
        _ => arc.parse::<u64>().ok(),
    });
    let (first, second) = (arcs.next()??, arcs.next()??);
    if first > 2 || (first < 2 && second > 39) {
        return None;
    }
    let mut octets = Vec::new();
    push_arc(&mut octets, second.checked_add(first * 40)?);
    for arc in arcs {
        push_arc(&mut octets, arc?);
    }
    Some(octets)
}

fn push_arc(octets: &mut Vec<u8>, arc: u64) {
    let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group == 0 { 0 } else { 0x80 };
        octets.push(((arc >> (7 * group)) & 0x7f) as u8 | more);
    }
}

/// A UTCTime or GeneralizedTime (RFC 5280 4.1.2.5: `YYMMDDHHMMSSZ`, `YYYYMMDDHHMMSSZ`, no fractions, no offsets).
pub fn time_value(tlv: Tlv<'_>) -> Result<DateTime<Utc>, DerError> {
    let digits = tlv.value.strip_suffix(b"Z").ok_or(DerError::BadValue)?;
    let (year, rest) = match (tlv.tag, digits.len()) {
        (UTC_TIME, 12) => {
            let short = two_digits(digits, 0)?;
            (if short >= 50 { 1900 + short } else { 2000 + short }, digits.get(2..))
        }
        (GENERALIZED_TIME, 14) => (two_digits(digits, 0)? * 100 + two_digits(digits, 2)?, digits.get(4..)),
        (UTC_TIME | GENERALIZED_TIME, _) => return Err(DerError::BadValue),
        (tag, _) => return Err(DerError::UnexpectedTag(tag)),
    };
    let rest = rest.ok_or(DerError::BadValue)?;
    let date = NaiveDate::from_ymd_opt(year as i32, two_digits(rest, 0)?, two_digits(rest, 2)?);
    date.and_then(|date| {
        let (hour, minute, second) = (two_digits(rest, 4).ok()?, two_digits(rest, 6).ok()?, two_digits(rest, 8).ok()?);
        date.and_hms_opt(hour, minute, second)
    })
    .map(|time| time.and_utc())
    .ok_or(DerError::BadValue)
}

fn two_digits(digits: &[u8], at: usize) -> Result<u32, DerError> {
    match digits.get(at..at + 2) {
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => Ok(u32::from(tens - b'0') * 10 + u32::from(ones - b'0')),
        _ => Err(DerError::BadValue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Reader;

    #[test]
    fn object_identifiers_go_both_ways() {
        for text in ["2.5.29.15", "1.2.392.200149.8.5.5.1", "0.9", "2.999.3"] {
            assert_eq!(oid_text(&oid_from_text(text).unwrap()), text);
        }
        for wrong in ["", "1", "3.1", "1.40", "1.2.", "1.2.03", "1.2.-1", "1.2.+1"] {
            assert_eq!(oid_from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_whole_seconds_in_zulu() {
        let time = |tag: u8, text: &str| {
            let mut der = vec![tag, text.len() as u8];
            der.extend_from_slice(text.as_bytes());
            Reader::new(&der).time()
        };
        assert_eq!(time(UTC_TIME, "491231235959Z").unwrap().to_rfc3339(), "2049-12-31T23:59:59+00:00");
        assert_eq!(time(UTC_TIME, "500101000000Z").unwrap().to_rfc3339(), "1950-01-01T00:00:00+00:00");
        assert_eq!(time(GENERALIZED_TIME, "20500101000000Z").unwrap().to_rfc3339(), "2050-01-01T00:00:00+00:00");
        for wrong in ["4912312359Z", "491231235959", "491331235959Z", "490230000000Z", "49123123595aZ"] {
            assert!(time(UTC_TIME, wrong).is_err(), "{wrong}");
        }
        assert!(time(GENERALIZED_TIME, "20500101000000.5Z").is_err());
    }
}
