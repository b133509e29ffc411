//! Certificate revocation lists (RFC 5280 section 5), encoded here and signed with OpenSSL: a list of a million entries
//! is made in about a second.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::certificate::Issuer;
use super::keys::{DigestName, key_identifier};
use super::{AuthorityError, der};
use crate::signature::cms::build::SignerKey;
use crate::signature::cms::software_key::SoftwareKey;

/// Why a certificate was revoked (RFC 5280 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "camelCase")]
#[value(rename_all = "camelCase")]
pub enum Reason {
    /// Not said.
    Unspecified,
    /// The card or its key fell into other hands.
    KeyCompromise,
    /// The CA's key did.
    #[serde(rename = "cACompromise")]
    #[value(name = "cACompromise")]
    CaCompromise,
    /// Name or address changed: the holder moved or married.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// The holder needs it no more: death, emigration.
    CessationOfOperation,
    /// For the time being.
    CertificateHold,
    /// What it allowed was withdrawn.
    PrivilegeWithdrawn,
}

impl Reason {
    /// The reason code; none where none is to be written (5.3.1: unspecified is left out).
    fn code(self) -> Option<u8> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(1),
            Self::CaCompromise => Some(2),
            Self::AffiliationChanged => Some(3),
            Self::Superseded => Some(4),
            Self::CessationOfOperation => Some(5),
            Self::CertificateHold => Some(6),
            Self::PrivilegeWithdrawn => Some(9),
        }
    }
}

/// One revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlEntry {
    /// The serial number, big-endian, non-negative.
    pub serial: Vec<u8>,
    /// Since when.
    pub revoked_at: DateTime<Utc>,
    /// Why.
    pub reason: Reason,
}

/// What a CRL says beside its entries.
#[derive(Debug, Clone)]
pub struct CrlHead {
    /// Its number (5.2.3).
    pub number: u64,
    /// When it was made.
    pub this_update: DateTime<Utc>,
    /// When the next one is due.
    pub next_update: DateTime<Utc>,
    /// Content of a critical issuingDistributionPoint (5.2.5); none: all of the issuer's certificates.
    pub issuing_distribution_point: Option<Vec<u8>>,
}

/// A signed CRL, DER.
///
/// # Errors
/// When the issuer's key does not sign.
pub fn build(
    issuer: &Issuer,
    head: &CrlHead,
    entries: impl IntoIterator<Item = CrlEntry>,
) -> Result<Vec<u8>, AuthorityError> {
    let digest = DigestName::usual_for(&issuer.key);
    let signer = SoftwareKey::new(issuer.certificate.to_der()?, issuer.key.clone())
        .map_err(AuthorityError::Fault)?
        .with_digest(digest.algorithm());
    let algorithm = signer.signature_algorithm();
    let tbs = to_be_signed(issuer, head, &algorithm, encode_entries(entries))?;
    let signature = der::bit_string(&signer.sign(&tbs).map_err(AuthorityError::Fault)?);
    let mut crl = der::header(0x30, tbs.len() + algorithm.len() + signature.len());
    crl.reserve_exact(tbs.len() + algorithm.len() + signature.len());
    crl.extend(tbs);
    crl.extend(algorithm);
    crl.extend(signature);
    Ok(crl)
}

fn to_be_signed(
    issuer: &Issuer,
    head: &CrlHead,
    algorithm: &[u8],
    entries: Vec<u8>,
) -> Result<Vec<u8>, AuthorityError> {
    let mut start = der::unsigned(&[1]);
    start.extend_from_slice(algorithm);
    start.extend(issuer.certificate.subject_name().to_der()?);
    start.extend(der::time(head.this_update));
    start.extend(der::time(head.next_update));
    if !entries.is_empty() {
        start.extend(der::header(0x30, entries.len()));
    }
    let extensions = der::context(0, &extensions(issuer, head)?);
    let mut tbs = der::header(0x30, start.len() + entries.len() + extensions.len());
    tbs.reserve_exact(start.len() + entries.len() + extensions.len());
    tbs.extend(start);
    tbs.extend(entries);
    tbs.extend(extensions);
    Ok(tbs)
}

fn extensions(issuer: &Issuer, head: &CrlHead) -> Result<Vec<u8>, AuthorityError> {
    let key_identifier = super::extensions::authority_key_identifier(&key_identifier(&issuer.key)?);
    let mut all = der::sequence(&[&der::oid("2.5.29.35")?, &der::octets(&key_identifier)]);
    let number = der::octets(&der::unsigned(&head.number.to_be_bytes()));
    all.extend(der::sequence(&[&der::oid("2.5.29.20")?, &number]));
    if let Some(point) = &head.issuing_distribution_point {
        all.extend(der::sequence(&[&der::oid("2.5.29.28")?, &der::boolean_true(), &der::octets(point)]));
    }
    Ok(der::tlv(0x30, &all))
}

/// The entries of revokedCertificates, one after the other.
fn encode_entries(entries: impl IntoIterator<Item = CrlEntry>) -> Vec<u8> {
    let entries = entries.into_iter();
    let mut out = Vec::with_capacity(entries.size_hint().0.saturating_mul(56));
    for entry in entries {
        let serial = der::unsigned(&entry.serial);
        let time = der::time(entry.revoked_at);
        let extensions = entry.reason.code().map_or_else(Vec::new, reason_extension);
        out.extend(der::header(0x30, serial.len() + time.len() + extensions.len()));
        out.extend(serial);
        out.extend(time);
        out.extend(extensions);
    }
    out
}

/// crlEntryExtensions with the reasonCode 2.5.29.21 alone.
fn reason_extension(code: u8) -> Vec<u8> {
    vec![0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01, code]
}
