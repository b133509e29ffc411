//! The entries of a CRL (RFC 5280 5.1.2.6, 5.3), read one after another with nothing allocated.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::index::is_indirect;
use super::parse::{MAX_EXTENSIONS, ParsedCrl, extension};
use crate::asn1::{self, DerError, Reader};
use crate::pki::{general_name, name};

/// One entry of a CRL (RFC 5280 5.1.2.6, 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Content octets of the serial INTEGER.
    pub serial: &'a [u8],
    /// When the certificate was revoked.
    pub revocation_date: DateTime<Utc>,
    /// CRLReason; none where the extension is absent.
    pub reason: Option<u8>,
    /// The DER of the Name in certificateIssuer (RFC 5280 5.3.3), which holds from this entry on; indirect CRLs.
    pub certificate_issuer: Option<&'a [u8]>,
    /// Content octets of the OID of a critical extension that is not known.
    pub unknown_critical: Option<&'a [u8]>,
    /// The whole entry.
    pub der: &'a [u8],
}

impl Entry<'_> {
    /// What it says of its serial: every octet after that.
    pub(super) fn statement(&self) -> &[u8] {
        let end = (self.serial.as_ptr() as usize + self.serial.len()).saturating_sub(self.der.as_ptr() as usize);
        self.der.get(end..).unwrap_or_default()
    }
}

/// An entry that was read out of a list, whole and for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// Content octets of the serial INTEGER.
    pub serial: Box<[u8]>,
    /// Whose certificate it is, in the form of [`name::normal_form`]: the list's issuer's, in an indirect list that of
    /// the last certificateIssuer extension.
    pub issuer: Box<[u8]>,
    /// When the certificate was revoked.
    pub revocation_date: DateTime<Utc>,
    /// CRLReason; none where the extension is absent.
    pub reason: Option<u8>,
}

impl ListEntry {
    pub(super) fn of(entry: &Entry<'_>, issuer: &[u8]) -> Self {
        let Entry { serial, revocation_date, reason, .. } = *entry;
        Self { serial: serial.into(), issuer: issuer.into(), revocation_date, reason }
    }
}

/// CRLReason certificateHold.
pub const CERTIFICATE_HOLD: u8 = 6;
/// CRLReason removeFromCRL.
pub const REMOVE_FROM_CRL: u8 = 8;

/// The name of a CRLReason (RFC 5280 5.3.1).
pub fn reason_name(reason: u8) -> &'static str {
    match reason {
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unspecified",
    }
}

/// The entries of a CRL.
#[derive(Debug)]
pub struct Entries<'a> {
    reader: Reader<'a>,
    version: u8,
}

impl<'a> Entries<'a> {
    /// Those in the content of revokedCertificates.
    pub(super) fn new(content: &'a [u8], version: u8) -> Self {
        Self { reader: Reader::new(content), version }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, DerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let entry = read_entry(&mut self.reader, self.version);
        if entry.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(entry)
    }
}

/// The entries of a CRL, each with the issuer of the certificate that it speaks of, in the form of
/// [`name::normal_form`]: in an indirect list that of the last certificateIssuer extension up to there, otherwise the
/// list's own issuer (RFC 5280 5.3.3).
#[derive(Debug)]
pub struct EntriesByIssuer<'a> {
    entries: Entries<'a>,
    indirect: bool,
    issuer: Arc<[u8]>,
}

impl<'a> EntriesByIssuer<'a> {
    /// Those of `crl`.
    pub fn of(crl: &ParsedCrl<'a>) -> Self {
        Self { entries: crl.entries(), indirect: is_indirect(crl), issuer: name::normal_form(crl.issuer).into() }
    }
}

impl<'a> Iterator for EntriesByIssuer<'a> {
    type Item = Result<(Entry<'a>, Arc<[u8]>), DerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = match self.entries.next()? {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        if let (true, Some(issuer)) = (self.indirect, entry.certificate_issuer) {
            self.issuer = name::normal_form(issuer).into();
        }
        Some(Ok((entry, self.issuer.clone())))
    }
}

/// The entry at the head of `bytes`.
pub fn entry_at(bytes: &[u8]) -> Result<Entry<'_>, DerError> {
    read_entry(&mut Reader::new(bytes), 2)
}

fn read_entry<'a>(list: &mut Reader<'a>, version: u8) -> Result<Entry<'a>, DerError> {
    let whole = list.expect(asn1::SEQUENCE)?;
    let mut reader = whole.reader();
    let serial = reader.integer()?;
    let revocation_date = reader.time()?;
    let mut entry = Entry {
        serial,
        revocation_date,
        reason: None,
        certificate_issuer: None,
        unknown_critical: None,
        der: whole.full,
    };
    if !reader.is_empty() {
        if version == 1 {
            return Err(DerError::TrailingBytes);
        }
        let mut extensions = reader.sequence()?;
        let mut count = 0;
        while !extensions.is_empty() {
            count += 1;
            if count > MAX_EXTENSIONS {
                return Err(DerError::BadValue);
            }
            read_entry_extension(&mut entry, &mut extensions)?;
        }
        reader.finish()?;
    }
    Ok(entry)
}

fn read_entry_extension<'a>(entry: &mut Entry<'a>, list: &mut Reader<'a>) -> Result<(), DerError> {
    let (oid, critical, value) = extension(list)?;
    match oid {
        [0x55, 0x1d, 21] => match asn1::single(value)?.with_tag(asn1::ENUMERATED)?.value {
            [reason] if entry.reason.is_none() && *reason <= 10 && *reason != 7 => entry.reason = Some(*reason),
            _ => return Err(DerError::BadValue),
        },
        // invalidityDate says when the key was lost, not when the certificate was revoked.
        [0x55, 0x1d, 24] => asn1::single(value).and_then(asn1::time_value).map(drop)?,
        [0x55, 0x1d, 29] => {
            let names = asn1::single(value)?.with_tag(asn1::SEQUENCE)?.value;
            let issuer = general_name::first_directory_name(names)?.ok_or(DerError::BadValue)?;
            if entry.certificate_issuer.replace(issuer).is_some() {
                return Err(DerError::BadValue);
            }
        }
        _ if critical => entry.unknown_critical = Some(oid),
        _ => {}
    }
    Ok(())
}
