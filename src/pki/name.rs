//! Distinguished names: their RFC 4514 text, and the comparison of RFC 5280 section 7.1.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::asn1::{
    self, BMP_STRING, DerError, IA5_STRING, PRINTABLE_STRING, Reader, SEQUENCE, TELETEX_STRING, Tlv, UTF8_STRING,
};
use crate::crypto::to_hex;

/// UniversalString: four octets a character.
const UNIVERSAL_STRING: u8 = 0x1c;

/// The short names of RFC 4514 section 3.
const SHORT_NAMES: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
];

/// Content octets of id-at-commonName.
const COMMON_NAME: &[u8] = &[0x55, 4, 3];

/// Content octets of id-at-organizationalUnitName.
const ORGANIZATIONAL_UNIT: &[u8] = &[0x55, 4, 11];

/// One attribute of a relative distinguished name.
struct Attribute<'a> {
    oid: &'a [u8],
    value: Tlv<'a>,
}

/// Calls `visit` for each relative distinguished name of the DER Name, with its attributes.
fn each_rdn<'a>(name: &'a [u8], mut visit: impl FnMut(Vec<Attribute<'a>>)) -> Result<(), DerError> {
    let mut rdns = asn1::single_sequence(name)?;
    while !rdns.is_empty() {
        visit(attributes(rdns.set()?)?);
    }
    Ok(())
}

fn attributes(mut set: Reader<'_>) -> Result<Vec<Attribute<'_>>, DerError> {
    let mut found = Vec::with_capacity(1);
    while !set.is_empty() {
        let mut pair = set.sequence()?;
        found.push(Attribute { oid: pair.oid()?, value: pair.any()? });
        pair.finish()?;
    }
    if found.is_empty() { Err(DerError::BadValue) } else { Ok(found) }
}

/// Checks that `name` is the DER of a Name; returns how many relative distinguished names it has.
pub fn check(name: &[u8]) -> Result<usize, DerError> {
    let mut rdns = asn1::single_sequence(name)?;
    let mut count = 0;
    while !rdns.is_empty() {
        let mut set = rdns.set()?;
        if set.is_empty() {
            return Err(DerError::BadValue);
        }
        while !set.is_empty() {
            let mut pair = set.sequence()?;
            pair.oid()?;
            pair.any()?;
            pair.finish()?;
        }
        count += 1;
    }
    Ok(count)
}

/// The text of a string value; none where it is not a string or not well formed.
fn text(value: Tlv<'_>) -> Option<Cow<'_, str>> {
    let owned = match value.tag {
        UTF8_STRING => return std::str::from_utf8(value.value).ok().map(Cow::Borrowed),
        PRINTABLE_STRING | IA5_STRING if value.value.is_ascii() => {
            return std::str::from_utf8(value.value).ok().map(Cow::Borrowed);
        }
        TELETEX_STRING => Some(value.value.iter().map(|octet| char::from(*octet)).collect()),
        BMP_STRING => {
            let units = value.value.chunks(2).map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            String::from_utf16(&units.collect::<Option<Vec<u16>>>()?).ok()
        }
        UNIVERSAL_STRING => {
            let chars = value.value.chunks(4).map(|four| match four {
                [a, b, c, d] => char::from_u32(u32::from_be_bytes([*a, *b, *c, *d])),
                _ => None,
            });
            chars.collect()
        }
        _ => None,
    };
    owned.map(Cow::Owned)
}

/// The name in RFC 4514 form (most specific first); `#` and hex where the bytes are not a Name at all.
pub fn to_rfc4514(name: &[u8]) -> String {
    let mut out = String::with_capacity(name.len());
    if write_rfc4514(name, &mut out).is_err() {
        out.clear();
        out.push('#');
        out.push_str(&to_hex(name));
    }
    out
}

fn write_rfc4514(name: &[u8], out: &mut String) -> Result<(), DerError> {
    let mut rdns = asn1::single_sequence(name)?;
    let mut sets = Vec::with_capacity(8);
    while !rdns.is_empty() {
        sets.push(rdns.set()?);
    }
    for (index, mut set) in sets.into_iter().rev().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let mut separator = "";
        loop {
            let mut pair = set.sequence()?;
            let attribute = Attribute { oid: pair.oid()?, value: pair.any()? };
            pair.finish()?;
            out.push_str(separator);
            write_attribute(&attribute, out);
            separator = "+";
            if set.is_empty() {
                break;
            }
        }
    }
    Ok(())
}

fn write_attribute(attribute: &Attribute<'_>, out: &mut String) {
    let short = SHORT_NAMES.iter().find(|(oid, _)| *oid == attribute.oid).map(|(_, short)| *short);
    match (short, text(attribute.value)) {
        (Some(short), Some(value)) => {
            out.push_str(short);
            out.push('=');
            return escape(&value, out);
        }
        // RFC 4514 2.4: a type without a short name is written dotted, with its value in hex.
        (Some(short), None) => out.push_str(short),
        (None, _) => out.push_str(&asn1::oid_text(attribute.oid)),
    }
    out.push_str("=#");
    out.push_str(&to_hex(attribute.value.full));
}

/// RFC 4514 2.4.
fn escape(value: &str, out: &mut String) {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b' ' || octet == b'-';
    if value.bytes().all(plain) && !value.starts_with(' ') && !value.ends_with(' ') {
        return out.push_str(value);
    }
    let last = value.chars().count().saturating_sub(1);
    for (index, character) in value.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '#' if index == 0 => out.push_str("\\#"),
            ' ' if index == 0 || index == last => out.push_str("\\ "),
            control if control.is_control() => {
                for octet in control.to_string().bytes() {
                    let _ = write!(out, "\\{octet:02X}");
                }
            }
            other => out.push(other),
        }
    }
}

/// The first commonName of a Name, where there is one that is text.
pub fn common_name(name: &[u8]) -> Option<String> {
    let mut found = None;
    each_rdn(name, |attributes| {
        for attribute in attributes {
            if attribute.oid == COMMON_NAME && found.is_none() {
                found = text(attribute.value).map(Cow::into_owned);
            }
        }
    })
    .ok()?;
    found
}

/// The e-mail addresses in a Name (the legacy attribute 1.2.840.113549.1.9.1, an IA5String).
pub fn email_addresses(name: &[u8]) -> Vec<&str> {
    const EMAIL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
    let mut found = Vec::new();
    let _ = each_rdn(name, |attributes| {
        for attribute in attributes.iter().filter(|attribute| attribute.oid == EMAIL) {
            found.extend(std::str::from_utf8(attribute.value.value).ok());
        }
    });
    found
}

/// Whether an organizationalUnitName of a Name is `unit`, without regard to case and spaces.
pub fn has_organizational_unit(name: &[u8], unit: &str) -> bool {
    let mut found = false;
    let read = each_rdn(name, |attributes| {
        found |= attributes.iter().any(|attribute| {
            attribute.oid == ORGANIZATIONAL_UNIT
                && text(attribute.value).is_some_and(|value| normal_text(&value) == normal_text(unit))
        });
    });
    read.is_ok() && found
}

/// A form in which two Names are equal, byte for byte, when RFC 5280 7.1 calls them a match: string types are read as
/// text without regard to case and to how many spaces stand between words; what is not text is compared as it stands.
/// Full-width and half-width stay different. Each relative distinguished name is one length-prefixed block, so that
/// a directoryName constraint matches when its form is a prefix.
pub fn normal_form(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let read = each_rdn(name, |attributes| {
        let mut parts: Vec<Vec<u8>> = attributes.iter().map(normal_attribute).collect();
        parts.sort_unstable();
        push_block(&mut out, &parts.concat());
    });
    if read.is_ok() { out } else { name.to_vec() }
}

fn normal_attribute(attribute: &Attribute<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(attribute.value.full.len() + 8);
    push_block(&mut out, attribute.oid);
    match text(attribute.value) {
        Some(text) => {
            out.push(UTF8_STRING);
            push_block(&mut out, normal_text(&text).as_bytes());
        }
        None => {
            out.push(attribute.value.tag);
            push_block(&mut out, attribute.value.value);
        }
    }
    out
}

fn push_block(out: &mut Vec<u8>, block: &[u8]) {
    out.extend_from_slice(&(block.len() as u64).to_be_bytes()[4..]);
    out.extend_from_slice(block);
}

/// Lower case, no space at the ends, one space between words.
fn normal_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

/// Whether two DER Names match (RFC 5280 7.1).
pub fn matches(one: &[u8], other: &[u8]) -> bool {
    one == other || normal_form(one) == normal_form(other)
}

/// The DER of `name` with one relative distinguished name (the content of its SET) added at the end, as
/// nameRelativeToCRLIssuer asks (RFC 5280 4.2.1.13).
pub fn with_rdn(name: &[u8], rdn: &[u8]) -> Result<Vec<u8>, DerError> {
    let rdns = asn1::single(name)?.with_tag(SEQUENCE)?.value;
    let mut content = rdns.to_vec();
    push_tlv(&mut content, asn1::SET, rdn);
    let mut out = Vec::with_capacity(content.len() + 4);
    push_tlv(&mut out, SEQUENCE, &content);
    Ok(out)
}

fn push_tlv(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    out.push(tag);
    if value.len() < 0x80 {
        out.push(value.len() as u8);
    } else {
        let octets = value.len().to_be_bytes();
        let first = octets.iter().position(|octet| *octet != 0).unwrap_or(0);
        let octets = octets.get(first..).unwrap_or_default();
        out.push(0x80 | octets.len() as u8);
        out.extend_from_slice(octets);
    }
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Name of one-attribute RDNs: (last octet of an id-at OID, string tag, text).
    fn name(parts: &[(u8, u8, &str)]) -> Vec<u8> {
        let mut rdns = Vec::new();
        for (oid, tag, text) in parts {
            let mut pair = vec![0x06, 3, 0x55, 4, *oid];
            push_tlv(&mut pair, *tag, text.as_bytes());
            let mut sequence = Vec::new();
            push_tlv(&mut sequence, SEQUENCE, &pair);
            push_tlv(&mut rdns, asn1::SET, &sequence);
        }
        let mut out = Vec::new();
        push_tlv(&mut out, SEQUENCE, &rdns);
        out
    }

    #[test]
    fn rfc4514_is_most_specific_first_and_escaped() {
        let der = name(&[(6, PRINTABLE_STRING, "JP"), (10, UTF8_STRING, " a,b "), (3, UTF8_STRING, "#1+\u{0}")]);
        assert_eq!(to_rfc4514(&der), "CN=\\#1\\+\\00,O=\\ a\\,b\\ ,C=JP");
        assert_eq!(to_rfc4514(&name(&[(5, PRINTABLE_STRING, "7")])), "2.5.4.5=#130137");
        assert_eq!(to_rfc4514(&[1, 2]), "#0102");
    }

    #[test]
    fn names_match_without_regard_to_case_spaces_and_string_type() {
        let one = name(&[(10, PRINTABLE_STRING, "Good  CA"), (3, UTF8_STRING, "x")]);
        let other = name(&[(10, UTF8_STRING, " good ca "), (3, PRINTABLE_STRING, "X")]);
        assert!(matches(&one, &other));
        let swapped = name(&[(3, UTF8_STRING, "x"), (10, UTF8_STRING, "good ca")]);
        assert!(!matches(&one, &swapped));
        assert!(!matches(&name(&[(3, UTF8_STRING, "\u{ff21}")]), &name(&[(3, UTF8_STRING, "A")])));
    }

    #[test]
    fn a_relative_name_is_added_at_the_end() {
        let base = name(&[(6, PRINTABLE_STRING, "JP")]);
        let whole = name(&[(6, PRINTABLE_STRING, "JP"), (3, UTF8_STRING, "a")]);
        let added = name(&[(3, UTF8_STRING, "a")]);
        let rdn = asn1::single_sequence(&added).unwrap().any().unwrap().value;
        assert_eq!(with_rdn(&base, rdn).unwrap(), whole);
        assert!(normal_form(&whole).starts_with(&normal_form(&base)));
    }
}
