//! GeneralName (RFC 5280 4.2.1.6), borrowed from the certificate or CRL it stands in.

use crate::asn1::{self, DerError, Reader, Tlv, context, context_constructed};

use super::name;

/// One GeneralName.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeneralName<'a> {
    /// otherName: the type's OID (content octets) and the DER inside `[0] EXPLICIT`.
    Other {
        /// Content octets of the type-id.
        oid: &'a [u8],
        /// The DER of the value.
        value: &'a [u8],
    },
    /// rfc822Name.
    Rfc822(&'a str),
    /// dNSName.
    Dns(&'a str),
    /// directoryName: the DER of the Name.
    Directory(&'a [u8]),
    /// uniformResourceIdentifier.
    Uri(&'a str),
    /// iPAddress: 4 or 16 octets; twice that in a name constraint.
    Ip(&'a [u8]),
    /// registeredID: content octets.
    RegisteredId(&'a [u8]),
    /// x400Address or ediPartyName, by its tag and content, not read further.
    Unread(u8, &'a [u8]),
}

impl<'a> GeneralName<'a> {
    /// Reads one GeneralName.
    pub fn from_tlv(tlv: Tlv<'a>) -> Result<Self, DerError> {
        const OTHER: u8 = context_constructed(0);
        const DIRECTORY: u8 = context_constructed(4);
        Ok(match tlv.tag {
            OTHER => {
                let mut reader = tlv.reader();
                let oid = reader.oid()?;
                let value = asn1::single(reader.expect(context_constructed(0))?.value)?.full;
                reader.finish()?;
                Self::Other { oid, value }
            }
            0x81 => Self::Rfc822(ia5(tlv.value)?),
            0x82 => Self::Dns(ia5(tlv.value)?),
            DIRECTORY => {
                let directory = asn1::single(tlv.value)?.full;
                name::check(directory)?;
                Self::Directory(directory)
            }
            0x86 => Self::Uri(ia5(tlv.value)?),
            0x87 => Self::Ip(tlv.value),
            0x88 => Self::RegisteredId(asn1::oid_octets(tlv.value)?),
            0xa3 | 0xa5 => Self::Unread(tlv.tag, tlv.value),
            other => return Err(DerError::UnexpectedTag(other)),
        })
    }

    /// A form in which two GeneralNames are equal, byte for byte, when they name the same distribution point.
    /// Directory names compare as RFC 5280 7.1 says, the others octet for octet.
    pub fn normal_form(&self) -> Box<[u8]> {
        let (tag, body): (u8, std::borrow::Cow<'_, [u8]>) = match self {
            Self::Directory(der) => (4, name::normal_form(der).into()),
            Self::Rfc822(text) => (1, text.as_bytes().into()),
            Self::Dns(text) => (2, text.as_bytes().into()),
            Self::Uri(text) => (6, text.as_bytes().into()),
            Self::Ip(octets) => (7, (*octets).into()),
            Self::RegisteredId(octets) => (8, (*octets).into()),
            Self::Other { oid, value } => (0, [*oid, *value].concat().into()),
            Self::Unread(tag, octets) => (*tag, (*octets).into()),
        };
        let mut out = Vec::with_capacity(body.len() + 1);
        out.push(tag);
        out.extend_from_slice(&body);
        out.into_boxed_slice()
    }

    /// For people: `directoryName: CN=...`, `URI: http://...`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Directory(der) => format!("directoryName: {}", name::to_rfc4514(der)),
            Self::Rfc822(text) => format!("rfc822Name: {text}"),
            Self::Dns(text) => format!("dNSName: {text}"),
            Self::Uri(text) => format!("URI: {text}"),
            Self::Ip(octets) => format!("iPAddress: {}", hex::encode(octets)),
            Self::RegisteredId(octets) => format!("registeredID: {}", asn1::oid_text(octets)),
            Self::Other { oid, .. } => format!("otherName: {}", asn1::oid_text(oid)),
            Self::Unread(tag, _) => format!("name of tag 0x{tag:02x}"),
        }
    }
}

fn ia5(octets: &[u8]) -> Result<&str, DerError> {
    if !octets.is_ascii() {
        return Err(DerError::BadValue);
    }
    std::str::from_utf8(octets).map_err(|_| DerError::BadValue)
}

/// The GeneralNames in the content of a SEQUENCE OF GeneralName.
pub fn read_all(content: &[u8]) -> impl Iterator<Item = Result<GeneralName<'_>, DerError>> {
    let mut reader = Reader::new(content);
    std::iter::from_fn(move || {
        if reader.is_empty() {
            return None;
        }
        let next = reader.any().and_then(GeneralName::from_tlv);
        if next.is_err() {
            reader = Reader::new(&[]);
        }
        Some(next)
    })
}

/// The DER of the first directoryName in the content of a SEQUENCE OF GeneralName, all of which must be readable.
pub fn first_directory_name(content: &[u8]) -> Result<Option<&[u8]>, DerError> {
    let mut found = None;
    for name in read_all(content) {
        if let (GeneralName::Directory(der), None) = (name?, found) {
            found = Some(der);
        }
    }
    Ok(found)
}

/// Reads a DistributionPointName (RFC 5280 4.2.1.13), the content of its `[0]`, into names; a name relative to the CRL
/// issuer is made whole with `issuer`, the DER of the CRL issuer's Name.
pub fn distribution_point_names(content: &[u8], issuer: &[u8]) -> Result<Vec<DistributionPointName>, DerError> {
    let choice = asn1::single(content)?;
    if choice.tag == context_constructed(1) {
        let whole = name::with_rdn(issuer, choice.value)?;
        name::check(&whole)?;
        return Ok(vec![DistributionPointName::of(&GeneralName::Directory(&whole))]);
    }
    if choice.tag != context_constructed(0) {
        return Err(DerError::UnexpectedTag(choice.tag));
    }
    comparable_names(choice.value)
}

/// The most names of one distribution point or issuer: each is compared with those of others.
const MAX_NAMES: usize = 256;

/// The names of a SEQUENCE OF GeneralName's content, at least one and at most 256, ready for comparison.
pub fn comparable_names(content: &[u8]) -> Result<Vec<DistributionPointName>, DerError> {
    let names: Result<Vec<_>, _> =
        read_all(content).take(MAX_NAMES + 1).map(|name| name.map(|name| DistributionPointName::of(&name))).collect();
    let names = names?;
    if names.is_empty() || names.len() > MAX_NAMES { Err(DerError::BadValue) } else { Ok(names) }
}

/// A distribution point's name, ready for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionPointName {
    /// [`GeneralName::normal_form`].
    pub normal: Box<[u8]>,
    /// [`GeneralName::to_text`], made when it is asked for: the name's DER choice.
    source: Box<[u8]>,
    tag: u8,
}

impl DistributionPointName {
    fn of(name: &GeneralName<'_>) -> Self {
        let (tag, source): (u8, &[u8]) = match name {
            GeneralName::Directory(der) => (4, der),
            GeneralName::Uri(text) => (6, text.as_bytes()),
            GeneralName::Dns(text) => (2, text.as_bytes()),
            GeneralName::Rfc822(text) => (1, text.as_bytes()),
            _ => (0xff, &[]),
        };
        Self { normal: name.normal_form(), source: source.into(), tag }
    }

    /// Of a directoryName, the Name in the form of [`name::normal_form`].
    pub fn directory_normal(&self) -> Option<&[u8]> {
        match self.tag {
            4 => self.normal.get(1..),
            _ => None,
        }
    }

    /// Of a uniformResourceIdentifier, the text.
    pub fn uri(&self) -> Option<&str> {
        if self.tag == 6 { std::str::from_utf8(&self.source).ok() } else { None }
    }

    /// Of a directoryName, the DER of the Name.
    pub fn directory(&self) -> Option<&[u8]> {
        (self.tag == 4).then_some(&*self.source)
    }

    /// For people.
    pub fn to_text(&self) -> String {
        match (self.tag, std::str::from_utf8(&self.source)) {
            (4, _) => GeneralName::Directory(&self.source).to_text(),
            (6, Ok(text)) => GeneralName::Uri(text).to_text(),
            (2, Ok(text)) => GeneralName::Dns(text).to_text(),
            (1, Ok(text)) => GeneralName::Rfc822(text).to_text(),
            _ => "a name of another form".to_owned(),
        }
    }
}

/// Reads a ReasonFlags BIT STRING's content into bits: bit n of the result is reason n of RFC 5280 4.2.1.13.
pub fn reason_flags(content: &[u8]) -> Result<u16, DerError> {
    let (_, octets) = asn1::bit_string_value(content)?;
    if octets.len() > 2 {
        return Err(DerError::BadValue);
    }
    let mut flags = 0u16;
    for (index, octet) in octets.iter().enumerate() {
        for bit in 0..8 {
            if octet & (0x80 >> bit) != 0 {
                flags |= 1 << (index * 8 + bit);
            }
        }
    }
    Ok(flags)
}

/// The tag of a primitive `[1]`, where ReasonFlags stand in a DistributionPoint.
pub(crate) const REASONS_TAG: u8 = context(1);
