//! A revocation list searched a second time, in another way: entry after entry from its first octet to its last, by
//! another reader (x509-parser) and without our parser, marks or index. Slow, and meant so: it is asked off the path.
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::RevokedCertificate;
use x509_parser::x509::X509Name;

use crate::pki::name;

/// CRLReason removeFromCRL, certificateIssuer's arc and issuingDistributionPoint's.
const REMOVE_FROM_CRL: u8 = 8;
const CERTIFICATE_ISSUER: &str = "2.5.29.29";

/// A certificate that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Its issuer's name, in the form of [`name::normal_form`].
    pub issuer: Vec<u8>,
    /// Content octets of its serial number.
    pub serial: Vec<u8>,
}

/// What a list says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawEntry {
    /// When it was revoked.
    pub revoked_at: DateTime<Utc>,
    /// Whether the entry only ends another (removeFromCRL).
    pub removed: bool,
}

/// Reads the list in `der` through once, and gives what it says of each of those that are wanted and on it.
///
/// # Errors
/// A sentence, where the reader does not understand the list.
pub fn search(der: &[u8], wanted: &HashSet<Wanted>) -> Result<HashMap<Wanted, RawEntry>, String> {
    let list = parts(der).map_err(|what| format!("the second reader does not understand the list: {what}"))?;
    let mut found = HashMap::new();
    let mut issuer = list.issuer;
    let mut left = list.entries;
    while !left.is_empty() {
        let (rest, entry) = RevokedCertificate::from_der(left).map_err(|error| format!("an entry: {error}"))?;
        left = rest;
        if let Some(other) = certificate_issuer(&entry)? {
            issuer = other;
        }
        let one = Wanted { issuer: issuer.clone(), serial: entry.raw_serial().to_vec() };
        if wanted.contains(&one) {
            let seconds = entry.revocation_date.timestamp();
            let revoked_at = DateTime::from_timestamp(seconds, 0).ok_or("an entry has no readable date")?;
            let removed = entry.reason_code().is_some_and(|(_, reason)| reason.0 == REMOVE_FROM_CRL);
            found.insert(one, RawEntry { revoked_at, removed });
        }
    }
    Ok(found)
}

/// What of a list is needed: its issuer's name in normal form, and the content of revokedCertificates.
struct Parts<'a> {
    issuer: Vec<u8>,
    entries: &'a [u8],
}

fn parts(der: &[u8]) -> Result<Parts<'_>, String> {
    let any = |bytes| Any::from_der(bytes).map_err(|error: x509_parser::nom::Err<_>| error.to_string());
    let (_, list) = any(der)?;
    let (_, tbs) = any(list.data)?;
    let (mut left, first) = any(tbs.data)?;
    if first.header.tag() == Tag::Integer {
        (left, _) = any(left)?;
    }
    let (left, issuer) = X509Name::from_der(left).map_err(|error| error.to_string())?;
    let issuer = name::normal_form(issuer.as_raw());
    let (mut left, _this_update) = any(left)?;
    while !left.is_empty() {
        let (rest, field) = any(left)?;
        match field.header.tag() {
            Tag::UtcTime | Tag::GeneralizedTime => left = rest,
            Tag::Sequence => return Ok(Parts { issuer, entries: field.data }),
            _ => break,
        }
    }
    Ok(Parts { issuer, entries: &[] })
}

/// The certificate issuer that holds from an entry on (RFC 5280 5.3.3).
fn certificate_issuer(entry: &RevokedCertificate<'_>) -> Result<Option<Vec<u8>>, String> {
    let mut extensions = entry.extensions().iter();
    let Some(found) = extensions.find(|one| one.oid.to_id_string() == CERTIFICATE_ISSUER) else { return Ok(None) };
    let unreadable = || "an entry's certificateIssuer cannot be read".to_owned();
    let (_, names) = Any::from_der(found.value).map_err(|_: x509_parser::nom::Err<_>| unreadable())?;
    let mut left = names.data;
    while !left.is_empty() {
        let (rest, name) = GeneralName::from_der(left).map_err(|_| unreadable())?;
        if let GeneralName::DirectoryName(name) = name {
            return Ok(Some(name::normal_form(name.as_raw())));
        }
        left = rest;
    }
    Err(unreadable())
}
