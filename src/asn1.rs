//! Strict DER reading over borrowed bytes (X.690 clause 10), with nothing copied.
//! (The BER that RFC 5652 allows in the outer layers of a CMS message is read in `signature::cms`.)
//!
//! Only what PKI structures use is read: single-octet tags, definite minimal lengths. Every error is a plain
//! value; no input can make a reader panic or allocate.

use chrono::{DateTime, Utc};

pub mod pem;
mod values;
pub mod write;

pub use values::{
    bit_string_value, boolean_value, integer_octets, oid_from_text, oid_octets, oid_text, time_value, unsigned_value,
};

/// BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// INTEGER.
pub const INTEGER: u8 = 0x02;
/// BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// NULL.
pub const NULL: u8 = 0x05;
/// OBJECT IDENTIFIER.
pub const OID: u8 = 0x06;
/// ENUMERATED.
pub const ENUMERATED: u8 = 0x0a;
/// UTF8String.
pub const UTF8_STRING: u8 = 0x0c;
/// PrintableString.
pub const PRINTABLE_STRING: u8 = 0x13;
/// TeletexString.
pub const TELETEX_STRING: u8 = 0x14;
/// IA5String.
pub const IA5_STRING: u8 = 0x16;
/// UTCTime.
pub const UTC_TIME: u8 = 0x17;
/// GeneralizedTime.
pub const GENERALIZED_TIME: u8 = 0x18;
/// BMPString.
pub const BMP_STRING: u8 = 0x1e;
/// SEQUENCE and SEQUENCE OF.
pub const SEQUENCE: u8 = 0x30;
/// SET and SET OF.
pub const SET: u8 = 0x31;

/// The tag octet of a primitive (`IMPLICIT` over a primitive type) context-specific `[number]`; number below 31.
pub const fn context(number: u8) -> u8 {
    0x80 | (number & 0x1f)
}

/// The tag octet of a constructed context-specific `[number]` (`EXPLICIT`, or `IMPLICIT` over a SEQUENCE or SET).
pub const fn context_constructed(number: u8) -> u8 {
    0xa0 | (number & 0x1f)
}

/// Why bytes are not the DER that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DerError {
    /// The input ends inside a value.
    #[error("the input ends inside a value")]
    Truncated,
    /// Bytes follow where the value should have ended.
    #[error("bytes follow the end of the value")]
    TrailingBytes,
    /// Another tag stands here than the one asked for.
    #[error("unexpected tag 0x{0:02x}")]
    UnexpectedTag(u8),
    /// A tag of several octets, which no PKI structure uses.
    #[error("a tag of several octets")]
    LongTag,
    /// An indefinite length (BER).
    #[error("indefinite length, which DER does not allow")]
    IndefiniteLength,
    /// A length that is not written in its shortest form, or is too long to be true.
    #[error("a length that is not in its shortest form")]
    BadLength,
    /// A value that is not written as DER asks (a padded INTEGER, a BOOLEAN other than 00 or FF, unused bits set).
    #[error("a value that is not encoded as DER asks")]
    BadValue,
    /// Values nested deeper than the reader goes.
    #[error("values are nested too deeply")]
    TooDeep,
}

/// One tag-length-value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag octet.
    pub tag: u8,
    /// The content octets.
    pub value: &'a [u8],
    /// Tag, length and content as they stand in the input.
    pub full: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// A reader over the content.
    pub fn reader(&self) -> Reader<'a> {
        Reader::new(self.value)
    }

    /// This value when its tag is `tag`.
    pub fn with_tag(self, tag: u8) -> Result<Self, DerError> {
        if self.tag == tag { Ok(self) } else { Err(DerError::UnexpectedTag(self.tag)) }
    }
}

/// Reads values one after another from a slice.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next tag octet, left unread.
    pub fn peek_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Succeeds when everything has been read.
    pub fn finish(&self) -> Result<(), DerError> {
        if self.rest.is_empty() { Ok(()) } else { Err(DerError::TrailingBytes) }
    }

    /// The next value, whatever its tag.
    pub fn any(&mut self) -> Result<Tlv<'a>, DerError> {
        let (tag, header, length) = header(self.rest)?;
        let end = header.checked_add(length).ok_or(DerError::BadLength)?;
        let full = self.rest.get(..end).ok_or(DerError::Truncated)?;
        let value = full.get(header..).ok_or(DerError::Truncated)?;
        self.rest = self.rest.get(end..).ok_or(DerError::Truncated)?;
        Ok(Tlv { tag, value, full })
    }

    /// The next value, which must have `tag`.
    pub fn expect(&mut self, tag: u8) -> Result<Tlv<'a>, DerError> {
        match self.peek_tag() {
            Some(found) if found == tag => self.any(),
            Some(found) => Err(DerError::UnexpectedTag(found)),
            None => Err(DerError::Truncated),
        }
    }

    /// The next value when it has `tag`; otherwise nothing is read.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, DerError> {
        if self.peek_tag() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// A SEQUENCE's content.
    pub fn sequence(&mut self) -> Result<Reader<'a>, DerError> {
        Ok(self.expect(SEQUENCE)?.reader())
    }

    /// A SET's content.
    pub fn set(&mut self) -> Result<Reader<'a>, DerError> {
        Ok(self.expect(SET)?.reader())
    }

    /// The content octets of an INTEGER in its shortest form (two's complement, big-endian, never empty).
    pub fn integer(&mut self) -> Result<&'a [u8], DerError> {
        integer_octets(self.expect(INTEGER)?.value)
    }

    /// A non-negative INTEGER that fits 64 bits.
    pub fn small_unsigned(&mut self) -> Result<u64, DerError> {
        unsigned_value(self.integer()?)
    }

    /// The content octets of an OBJECT IDENTIFIER.
    pub fn oid(&mut self) -> Result<&'a [u8], DerError> {
        oid_octets(self.expect(OID)?.value)
    }

    /// A BOOLEAN.
    pub fn boolean(&mut self) -> Result<bool, DerError> {
        boolean_value(self.expect(BOOLEAN)?.value)
    }

    /// An OCTET STRING's content.
    pub fn octet_string(&mut self) -> Result<&'a [u8], DerError> {
        Ok(self.expect(OCTET_STRING)?.value)
    }

    /// A BIT STRING of whole octets.
    pub fn bit_string(&mut self) -> Result<&'a [u8], DerError> {
        match bit_string_value(self.expect(BIT_STRING)?.value)? {
            (0, octets) => Ok(octets),
            _ => Err(DerError::BadValue),
        }
    }

    /// A NULL.
    pub fn null(&mut self) -> Result<(), DerError> {
        if self.expect(NULL)?.value.is_empty() { Ok(()) } else { Err(DerError::BadValue) }
    }

    /// A UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 writes them: to the second, with `Z`.
    pub fn time(&mut self) -> Result<DateTime<Utc>, DerError> {
        time_value(self.any()?)
    }
}

/// The one value that `bytes` hold, and nothing after it.
pub fn single(bytes: &[u8]) -> Result<Tlv<'_>, DerError> {
    let mut reader = Reader::new(bytes);
    let tlv = reader.any()?;
    reader.finish()?;
    Ok(tlv)
}

/// How many octets the value at the head of `bytes` has, header included; they need not all be there.
pub fn extent(bytes: &[u8]) -> Result<usize, DerError> {
    let (_, header, length) = header(bytes)?;
    header.checked_add(length).ok_or(DerError::BadLength)
}

/// A reader over the content of the one SEQUENCE that `bytes` are.
pub fn single_sequence(bytes: &[u8]) -> Result<Reader<'_>, DerError> {
    Ok(single(bytes)?.with_tag(SEQUENCE)?.reader())
}

/// Tag, header length and content length at the head of `bytes` (X.690 8.1.2, 8.1.3, 10.1).
fn header(bytes: &[u8]) -> Result<(u8, usize, usize), DerError> {
    let (&tag, &first) = match (bytes.first(), bytes.get(1)) {
        (Some(tag), Some(first)) => (tag, first),
        _ => return Err(DerError::Truncated),
    };
    if tag & 0x1f == 0x1f {
        return Err(DerError::LongTag);
    }
    if first < 0x80 {
        return Ok((tag, 2, usize::from(first)));
    }
    if first == 0x80 {
        return Err(DerError::IndefiniteLength);
    }
    let count = usize::from(first & 0x7f);
    if count > 7 {
        return Err(DerError::BadLength);
    }
    let octets = bytes.get(2..2 + count).ok_or(DerError::Truncated)?;
    let length = octets.iter().fold(0usize, |length, octet| (length << 8) | usize::from(*octet));
    if length < 0x80 || octets.first() == Some(&0) {
        return Err(DerError::BadLength);
    }
    Ok((tag, 2 + count, length))
}

/// How deep [`check_strict`] follows constructed values.
const MAX_DEPTH: usize = 32;

/// Walks a whole value and every constructed value in it: definite, minimal lengths, single-octet tags, values of
/// the simple universal types in their DER form, nothing left over, no deeper than 32.
pub fn check_strict(der: &[u8]) -> Result<(), DerError> {
    single(der)?;
    let mut open: [&[u8]; MAX_DEPTH] = [&[]; MAX_DEPTH];
    open[0] = der;
    let mut depth = 0;
    loop {
        let Some(level) = open.get_mut(depth) else { return Err(DerError::TooDeep) };
        if level.is_empty() {
            if depth == 0 {
                return Ok(());
            }
            depth -= 1;
            continue;
        }
        let mut reader = Reader::new(level);
        let tlv = reader.any()?;
        *level = reader.rest();
        if tlv.tag & 0x20 != 0 {
            depth += 1;
            *open.get_mut(depth).ok_or(DerError::TooDeep)? = tlv.value;
        } else {
            check_primitive(tlv)?;
        }
    }
}

/// Checks the content of a primitive value of a universal type.
fn check_primitive(tlv: Tlv<'_>) -> Result<(), DerError> {
    match tlv.tag {
        BOOLEAN => boolean_value(tlv.value).map(drop),
        INTEGER | ENUMERATED => integer_octets(tlv.value).map(drop),
        BIT_STRING => bit_string_value(tlv.value).map(drop),
        NULL if !tlv.value.is_empty() => Err(DerError::BadValue),
        OID => oid_octets(tlv.value).map(drop),
        SEQUENCE | SET => Err(DerError::UnexpectedTag(tlv.tag)),
        0x10 | 0x11 => Err(DerError::UnexpectedTag(tlv.tag)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_be_definite_and_minimal() {
        assert_eq!(single(&[0x04, 0x80, 0, 0]), Err(DerError::IndefiniteLength));
        assert_eq!(single(&[0x04, 0x81, 0x01, 0]), Err(DerError::BadLength));
        assert_eq!(single(&[0x04, 0x82, 0x00, 0x81, 0]), Err(DerError::BadLength));
        assert_eq!(single(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff]), Err(DerError::Truncated));
        assert_eq!(single(&[0x04, 0x01, 0, 0]), Err(DerError::TrailingBytes));
        assert_eq!(single(&[0x1f, 0x01, 0]), Err(DerError::LongTag));
    }

    #[test]
    fn integers_and_booleans_have_one_form() {
        assert_eq!(Reader::new(&[2, 2, 0, 1]).integer(), Err(DerError::BadValue));
        assert_eq!(Reader::new(&[2, 2, 0xff, 0x80]).integer(), Err(DerError::BadValue));
        assert_eq!(Reader::new(&[2, 2, 0, 0x80]).small_unsigned(), Ok(128));
        assert_eq!(Reader::new(&[2, 1, 0x80]).small_unsigned(), Err(DerError::BadValue));
        assert_eq!(Reader::new(&[1, 1, 1]).boolean(), Err(DerError::BadValue));
    }

    #[test]
    fn nesting_is_bounded() {
        let mut der = vec![5, 0];
        for _ in 0..40 {
            let mut outer = vec![0x30, der.len() as u8];
            outer.extend_from_slice(&der);
            der = outer;
        }
        assert_eq!(check_strict(&der), Err(DerError::TooDeep));
    }
}
