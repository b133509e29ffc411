//! Signed attributes, kept byte for byte as they were received.
use std::borrow::Cow;

use super::CmsError;
use super::ber::{BerReader, Budget, to_der};
use crate::asn1::{self, Tlv};

/// content-type (RFC 5652 11.1).
pub(crate) const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
/// message-digest (RFC 5652 11.2).
pub(crate) const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
/// signing-time (RFC 5652 11.3).
pub(crate) const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05];
/// CMSAlgorithmProtection (RFC 6211).
pub(crate) const ALGORITHM_PROTECTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x34];
/// signing-certificate (RFC 2634 5.4), by SHA-1.
pub(crate) const SIGNING_CERTIFICATE_V1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0c];
/// signing-certificate-v2 (RFC 5035 3).
pub(crate) const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];

/// More signed attributes than any signature has; looking for one twice is quadratic in their number.
const MAX_ATTRIBUTES: usize = 64;

/// The signed attributes of one signer.
#[derive(Debug)]
pub struct SignedAttributes<'a> {
    received: &'a [u8],
    slip: Option<&'static str>,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Debug)]
struct Attribute<'a> {
    kind: &'a [u8],
    /// DER of the first value.
    value: Option<Cow<'a, [u8]>>,
    values: usize,
}

/// What an attribute's kind finds among the signed attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'s> {
    /// It is not there.
    Absent,
    /// It is there once with one value, whose DER this is.
    Once(&'s [u8]),
    /// It is there twice, or without a value, or with several.
    NotOnce,
}

impl<'a> SignedAttributes<'a> {
    /// Reads the `[0] IMPLICIT SET OF Attribute` of a SignerInfo.
    pub(super) fn read(set: Tlv<'a>, budget: &Budget) -> Result<Self, CmsError> {
        let is_der = asn1::check_strict(set.full).is_ok();
        let mut reader = BerReader::new(set.value, budget);
        let mut attributes = Vec::with_capacity(6);
        let mut sorted = true;
        let mut before: &[u8] = &[];
        while !reader.is_empty() {
            if attributes.len() == MAX_ATTRIBUTES {
                return Err(CmsError("it has more signed attributes than a signature has"));
            }
            let full = reader.expect(asn1::SEQUENCE)?;
            sorted &= before <= full.full;
            before = full.full;
            attributes.push(Attribute::read(reader.within(full), is_der, budget)?);
        }
        let slip = match (is_der, sorted) {
            (false, _) => Some("the signed attributes are not in DER; the signature covers them as they are"),
            (_, false) => Some("the signed attributes are not in DER's order; the signature covers them as they are"),
            _ => None,
        };
        Ok(Self { received: set.full, slip, attributes })
    }

    /// What the signature value covers: the bytes as received under the tag of a SET OF (RFC 5652 5.4).
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = self.received.to_vec();
        if let Some(tag) = bytes.first_mut() {
            *tag = asn1::SET;
        }
        bytes
    }

    /// How they depart from DER, if they do.
    pub fn slip(&self) -> Option<&'static str> {
        self.slip
    }

    /// Looks an attribute up by the contents octets of its kind's OBJECT IDENTIFIER.
    pub fn find(&self, kind: &[u8]) -> Found<'_> {
        let mut of_kind = self.attributes.iter().filter(|attribute| attribute.kind == kind);
        match (of_kind.next(), of_kind.next()) {
            (None, _) => Found::Absent,
            (Some(Attribute { value: Some(value), values: 1, .. }), None) => Found::Once(value),
            _ => Found::NotOnce,
        }
    }

    /// Whether no attribute is there twice and each has one value.
    pub fn each_is_there_once(&self) -> bool {
        self.attributes.iter().all(|attribute| matches!(self.find(attribute.kind), Found::Once(_)))
    }
}

impl<'a> Attribute<'a> {
    fn read(mut sequence: BerReader<'a, '_>, is_der: bool, budget: &Budget) -> Result<Self, CmsError> {
        let kind = sequence.oid()?;
        let set = sequence.expect(asn1::SET)?;
        sequence.finish()?;
        let mut values = sequence.within(set);
        let mut attribute = Self { kind, value: None, values: 0 };
        while !values.is_empty() {
            let value = values.any()?;
            attribute.values += 1;
            if attribute.values == 1 {
                attribute.value = Some(if is_der { Cow::Borrowed(value.full) } else { to_der(value, budget)? });
            }
        }
        Ok(attribute)
    }
}

/// Reads unsigned attributes for their form alone: nothing in them counts.
pub(super) fn read_unsigned(mut attributes: BerReader<'_, '_>) -> Result<(), CmsError> {
    while !attributes.is_empty() {
        let attribute = attributes.expect(asn1::SEQUENCE)?;
        let mut attribute = attributes.within(attribute);
        attribute.oid()?;
        attribute.expect(asn1::SET)?;
        attribute.finish()?;
    }
    Ok(())
}
