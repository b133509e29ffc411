//! Reading BER (X.690 clause 8) where RFC 5652 allows it: indefinite and overlong lengths and constructed strings,
//! within bounds on depth and on the number of values looked at, over borrowed bytes and without recursion.
use std::borrow::Cow;
use std::cell::Cell;

use super::CmsError;
use crate::asn1::{self, Tlv};

/// OCTET STRING in constructed form.
const CONSTRUCTED_OCTET_STRING: u8 = 0x24;
/// How deep indefinite lengths and constructed strings may be nested.
const MAX_DEPTH: usize = 32;
/// How many values may be looked at in one message: an attached document of 512 MiB in pieces of 1,000 octets, as
/// streaming signers make it, takes 5 million.
const MAX_VALUES: u32 = 12_000_000;
/// Longest value that is copied to bring it into DER or into one piece; everything but the content is far shorter.
const MAX_COPIED: usize = 1 << 20;

/// What one message may still cost. A spent budget is fatal.
#[derive(Debug)]
pub(super) struct Budget(Cell<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MAX_VALUES))
    }
}

impl Budget {
    fn spend(&self) -> Result<(), CmsError> {
        match self.0.get().checked_sub(1) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => Err(CmsError("it holds more values than a signature has")),
        }
    }
}

/// Reads values one after another.
#[derive(Debug, Clone)]
pub(super) struct BerReader<'a, 'b> {
    rest: &'a [u8],
    budget: &'b Budget,
}

impl<'a, 'b> BerReader<'a, 'b> {
    pub(super) fn new(bytes: &'a [u8], budget: &'b Budget) -> Self {
        Self { rest: bytes, budget }
    }

    /// A reader over the contents of `value`.
    pub(super) fn within(&self, value: Tlv<'a>) -> Self {
        Self { rest: value.value, budget: self.budget }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Succeeds when everything has been read.
    pub(super) fn finish(&self) -> Result<(), CmsError> {
        if self.is_empty() { Ok(()) } else { Err(CmsError("bytes follow where it should end")) }
    }

    /// The next value, whatever its tag; its `value` is without the end-of-contents octets of an indefinite length.
    pub(super) fn any(&mut self) -> Result<Tlv<'a>, CmsError> {
        self.budget.spend()?;
        let header = Header::read(self.rest)?;
        let (length, trailer) = match header.length {
            Some(length) => (length, 0),
            None => (self.indefinite_length(header.octets)?, 2),
        };
        let truncated = CmsError("it ends too early");
        let end = header.octets.checked_add(length).ok_or(truncated)?;
        let value = self.rest.get(header.octets..end).ok_or(truncated)?;
        let end = end.checked_add(trailer).ok_or(truncated)?;
        let (full, rest) = self.rest.split_at_checked(end).ok_or(truncated)?;
        self.rest = rest;
        Ok(Tlv { tag: header.tag, value, full })
    }

    /// The next value, which must have `tag`.
    pub(super) fn expect(&mut self, tag: u8) -> Result<Tlv<'a>, CmsError> {
        match self.rest.first() {
            Some(found) if *found == tag => self.any(),
            Some(_) => Err(CmsError("another value stands where one is asked for")),
            None => Err(CmsError("a value is missing at its end")),
        }
    }

    /// The next value when it has one of `tags`; otherwise nothing is read.
    pub(super) fn optional(&mut self, tags: &[u8]) -> Result<Option<Tlv<'a>>, CmsError> {
        match self.rest.first() {
            Some(found) if tags.contains(found) => self.any().map(Some),
            _ => Ok(None),
        }
    }

    /// The contents octets of an OBJECT IDENTIFIER.
    pub(super) fn oid(&mut self) -> Result<&'a [u8], CmsError> {
        let value = self.expect(asn1::OID)?.value;
        asn1::oid_octets(value).map_err(|_| CmsError("an object identifier is malformed"))
    }

    /// The octets of an OCTET STRING, primitive or constructed, that is small enough to be held twice.
    pub(super) fn octet_string(&mut self) -> Result<Cow<'a, [u8]>, CmsError> {
        let found = self
            .optional(&[asn1::OCTET_STRING, CONSTRUCTED_OCTET_STRING])?
            .ok_or(CmsError("an OCTET STRING is missing"))?;
        if found.full.len() > MAX_COPIED {
            return Err(CmsError("a value in it is longer than it can be in a signature"));
        }
        let string = Octets { string: found, constructed: found.tag == CONSTRUCTED_OCTET_STRING };
        string.joined(self.budget)
    }

    /// The octets of an EXPLICITly tagged OCTET STRING's value, left in their pieces.
    pub(super) fn octets(&mut self) -> Result<Octets<'a>, CmsError> {
        let found = self
            .optional(&[asn1::OCTET_STRING, CONSTRUCTED_OCTET_STRING])?
            .ok_or(CmsError("the content is not an OCTET STRING"))?;
        let octets = Octets { string: found, constructed: found.tag == CONSTRUCTED_OCTET_STRING };
        octets.for_each(self.budget, |_| ())?;
        Ok(octets)
    }

    /// Octets of contents of the indefinite-length value whose header takes `skip` octets. Definite values in it are
    /// stepped over whole, so that only open indefinite lengths need counting.
    fn indefinite_length(&self, skip: usize) -> Result<usize, CmsError> {
        let truncated = CmsError("it ends too early");
        let mut at = skip;
        let mut open = 1_usize;
        loop {
            self.budget.spend()?;
            let rest = self.rest.get(at..).ok_or(truncated)?;
            if rest.starts_with(&[0, 0]) {
                open -= 1;
                if open == 0 {
                    return Ok(at - skip);
                }
                at += 2;
                continue;
            }
            let header = Header::read(rest)?;
            at = at.checked_add(header.octets).ok_or(truncated)?;
            match header.length {
                Some(length) => at = at.checked_add(length).ok_or(truncated)?,
                None if open == MAX_DEPTH => return Err(CmsError("values are nested too deeply")),
                None => open += 1,
            }
        }
    }
}

/// Tag and length octets.
struct Header {
    tag: u8,
    octets: usize,
    /// None: indefinite.
    length: Option<usize>,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, CmsError> {
        let (tag, first) = match bytes {
            [0, ..] => return Err(CmsError("an end-of-contents mark stands where nothing is open")),
            [tag, ..] if tag & 0x1f == 0x1f => return Err(CmsError("a tag of several octets stands in it")),
            [tag, first, ..] => (*tag, *first),
            _ => return Err(CmsError("it ends too early")),
        };
        match first {
            0..=0x7f => Ok(Self { tag, octets: 2, length: Some(usize::from(first)) }),
            0x80 if tag & 0x20 == 0 => Err(CmsError("a primitive value has an indefinite length")),
            0x80 => Ok(Self { tag, octets: 2, length: None }),
            _ => {
                let count = usize::from(first & 0x7f);
                if count > size_of::<usize>() {
                    return Err(CmsError("a length is too long to be true"));
                }
                let octets = bytes.get(2..2 + count).ok_or(CmsError("it ends too early"))?;
                let length = octets.iter().fold(0_usize, |length, octet| (length << 8) | usize::from(*octet));
                Ok(Self { tag, octets: 2 + count, length: Some(length) })
            }
        }
    }
}

/// An OCTET STRING that may be long and in pieces (X.690 8.7.3): walked, never joined.
#[derive(Debug, Clone, Copy)]
pub struct Octets<'a> {
    string: Tlv<'a>,
    constructed: bool,
}

impl<'a> Octets<'a> {
    /// Calls `piece` with each piece in order.
    pub(super) fn for_each(&self, budget: &Budget, mut piece: impl FnMut(&'a [u8])) -> Result<(), CmsError> {
        if !self.constructed {
            piece(self.string.value);
            return Ok(());
        }
        let mut open = vec![BerReader::new(self.string.value, budget)];
        while let Some(level) = open.last_mut() {
            if level.is_empty() {
                open.pop();
                continue;
            }
            let next = level.any()?;
            match next.tag {
                asn1::OCTET_STRING => piece(next.value),
                CONSTRUCTED_OCTET_STRING if open.len() < MAX_DEPTH => open.push(BerReader::new(next.value, budget)),
                _ => return Err(CmsError("an OCTET STRING in pieces holds something else")),
            }
        }
        Ok(())
    }

    /// All octets, copied only where they are in pieces.
    fn joined(&self, budget: &Budget) -> Result<Cow<'a, [u8]>, CmsError> {
        if !self.constructed {
            return Ok(Cow::Borrowed(self.string.value));
        }
        let mut all = Vec::new();
        self.for_each(budget, |piece| all.extend_from_slice(piece))?;
        Ok(Cow::Owned(all))
    }

    /// The octets where they are in one piece.
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        (!self.constructed).then_some(self.string.value)
    }

    /// Feeds every piece to `piece`; the string was walked when it was read, so that nothing can be wrong with it now.
    pub fn walk(&self, piece: impl FnMut(&'a [u8])) {
        let _ = self.for_each(&Budget::default(), piece);
    }
}

/// The DER of `value`: itself where it is DER already, else with definite minimal lengths and joined strings. SETs are left
/// in their order.
pub(super) fn to_der<'a>(value: Tlv<'a>, budget: &Budget) -> Result<Cow<'a, [u8]>, CmsError> {
    if asn1::check_strict(value.full).is_ok() {
        return Ok(Cow::Borrowed(value.full));
    }
    if value.full.len() > MAX_COPIED {
        return Err(CmsError("a value in it is longer than it can be in a signature"));
    }
    let mut out = Vec::with_capacity(value.full.len());
    rewrite(value, budget, MAX_DEPTH / 2, &mut out)?;
    Ok(Cow::Owned(out))
}

fn rewrite(value: Tlv<'_>, budget: &Budget, depth: usize, out: &mut Vec<u8>) -> Result<(), CmsError> {
    let depth = depth.checked_sub(1).ok_or(CmsError("values are nested too deeply"))?;
    let mut contents = Vec::new();
    let tag = match value.tag {
        CONSTRUCTED_OCTET_STRING => {
            Octets { string: value, constructed: true }.for_each(budget, |piece| contents.extend_from_slice(piece))?;
            asn1::OCTET_STRING
        }
        constructed if constructed & 0x20 != 0 => {
            let mut inner = BerReader::new(value.value, budget);
            while !inner.is_empty() {
                rewrite(inner.any()?, budget, depth, &mut contents)?;
            }
            constructed
        }
        primitive => {
            contents.extend_from_slice(value.value);
            primitive
        }
    };
    out.push(tag);
    push_length(contents.len(), out);
    out.extend_from_slice(&contents);
    Ok(())
}

fn push_length(length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let significant = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len());
            out.push(0x80 | (octets.len() - significant) as u8);
            out.extend_from_slice(octets.get(significant..).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, CmsError> {
        let budget = Budget::default();
        let mut reader = BerReader::new(bytes, &budget);
        let value = reader.any()?;
        reader.finish()?;
        Ok(value.value.to_vec())
    }

    #[test]
    fn indefinite_lengths_end_where_their_own_mark_stands() {
        assert_eq!(
            read(&[0x30, 0x80, 0x04, 0x02, 0, 0, 0x30, 0x80, 0, 0, 0, 0]).unwrap(),
            [4, 2, 0, 0, 0x30, 0x80, 0, 0]
        );
        assert_eq!(read(&[0x30, 0x80, 0, 0, 5]), Err(CmsError("bytes follow where it should end")));
        assert_eq!(read(&[0x04, 0x80, 0, 0]), Err(CmsError("a primitive value has an indefinite length")));
        assert!(read(&[0x30, 0x80, 0]).is_err() && read(&[0x30, 0x80]).is_err() && read(&[]).is_err());
    }

    #[test]
    fn half_a_million_open_lengths_are_refused_at_once() {
        let deep = [0x30, 0x80].repeat(500_000);
        assert_eq!(read(&deep), Err(CmsError("values are nested too deeply")));
    }

    #[test]
    fn lengths_that_overflow_are_refused() {
        assert!(read(&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(read(&[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert_eq!(read(&[0x04, 0x82, 0, 1, 7]).unwrap(), [7], "BER allows a length in more octets than needed");
    }

    #[test]
    fn strings_in_pieces_are_joined_and_nothing_else_may_stand_in_them() {
        let budget = Budget::default();
        let joined = |bytes: &[u8]| BerReader::new(bytes, &budget).octet_string().map(Cow::into_owned);
        assert_eq!(joined(&[0x24, 0x80, 4, 1, 1, 0x24, 3, 4, 1, 2, 4, 1, 3, 0, 0]).unwrap(), [1, 2, 3]);
        assert!(joined(&[0x24, 3, 0x0c, 1, 1]).is_err());
        assert!(joined([0x24, 0x80].repeat(200).as_slice()).is_err());
    }

    #[test]
    fn a_rewritten_value_is_der() {
        let budget = Budget::default();
        let ber = [0x30, 0x80, 0x24, 4, 4, 0x81, 1, 9, 0x0c, 0, 0, 0];
        let value = BerReader::new(&ber, &budget).any().unwrap();
        assert_eq!(&*to_der(value, &budget).unwrap(), [0x30, 5, 4, 1, 9, 0x0c, 0]);
        let mut long = vec![0x30, 0x80, 0x04, 0x83, 0, 1, 0];
        long.extend([7; 256]);
        long.extend([0, 0]);
        let value = BerReader::new(&long, &budget).any().unwrap();
        assert_eq!(to_der(value, &budget).unwrap()[..8], [0x30, 0x82, 1, 4, 4, 0x82, 1, 0]);
    }
}
