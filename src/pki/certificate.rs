//! One X.509 certificate (RFC 5280 section 4), parsed once: fields are ranges of the DER, digests and the key are
//! made once and kept.
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};

use super::{general_name, name};
use crate::asn1::{self, DerError, Reader, context, context_constructed};
use crate::crypto::{CryptoError, PublicKey, sha256, to_hex};

mod access;
pub mod distribution_point;
pub mod extensions;
mod qualifiers;

pub use distribution_point::DistributionPoint;
pub use extensions::{AuthorityKeyId, BasicConstraints, Extensions, KeyUsage, Oid};
pub use qualifiers::PolicyQualifiers;

/// A parsed certificate; nothing in it is believed yet.
pub struct Certificate {
    der: Arc<[u8]>,
    sha256: [u8; 32],
    fields: Fields,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    extensions: Extensions,
    key: OnceLock<Result<PublicKey, CryptoError>>,
    spki_sha256: OnceLock<[u8; 32]>,
    subject_normal: OnceLock<Box<[u8]>>,
    issuer_normal: OnceLock<Box<[u8]>>,
    subject_text: OnceLock<Arc<str>>,
    sha256_text: OnceLock<Arc<str>>,
}

/// Where the fields stand in the DER.
#[derive(Debug, Default)]
struct Fields {
    version: u8,
    tbs: Range<usize>,
    signature_algorithm: Range<usize>,
    signature: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    spki: Range<usize>,
}

/// The labels under which PEM files hold certificates (RFC 7468 section 5, and OpenSSL's older one).
const PEM_LABELS: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];

impl Certificate {
    /// Parses one certificate from strict DER; the whole input must be it.
    ///
    /// Refused besides what is not DER: a version other than 1 to 3, extensions in a version before 3, an extension
    /// twice, an extension that cannot be read, and two different signature algorithms (RFC 5280 4.1.1.2).
    pub fn from_der(der: impl Into<Arc<[u8]>>) -> Result<Self, CertificateError> {
        let der: Arc<[u8]> = der.into();
        asn1::check_strict(&der)?;
        let mut fields = Fields::default();
        let mut outer = asn1::single_sequence(&der)?;
        let tbs = outer.expect(asn1::SEQUENCE)?;
        fields.tbs = range_of(&der, tbs.full);
        let algorithm = outer.expect(asn1::SEQUENCE)?.full;
        fields.signature_algorithm = range_of(&der, algorithm);
        fields.signature = range_of(&der, outer.bit_string()?);
        outer.finish()?;

        let mut tbs = tbs.reader();
        fields.version = version(&mut tbs)?;
        fields.serial = range_of(&der, tbs.integer()?);
        if tbs.expect(asn1::SEQUENCE)?.full != algorithm {
            return Err(CertificateError::new("its two signature algorithm fields differ"));
        }
        let issuer = tbs.expect(asn1::SEQUENCE)?.full;
        name::check(issuer)?;
        fields.issuer = range_of(&der, issuer);
        let mut validity = tbs.sequence()?;
        let (not_before, not_after) = (validity.time()?, validity.time()?);
        validity.finish()?;
        let subject = tbs.expect(asn1::SEQUENCE)?.full;
        name::check(subject)?;
        fields.subject = range_of(&der, subject);
        fields.spki = range_of(&der, tbs.expect(asn1::SEQUENCE)?.full);
        let extensions = read_extensions(&mut tbs, &der, issuer, fields.version)?;
        let sha256 = sha256(&der);
        Ok(Self {
            der,
            sha256,
            fields,
            not_before,
            not_after,
            extensions,
            key: OnceLock::new(),
            spki_sha256: OnceLock::new(),
            subject_normal: OnceLock::new(),
            issuer_normal: OnceLock::new(),
            subject_text: OnceLock::new(),
            sha256_text: OnceLock::new(),
        })
    }

    /// Every certificate in a file of PEM or DER, one object or several.
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Vec<Arc<Self>>, CertificateError> {
        let objects =
            asn1::pem::objects(bytes, PEM_LABELS).map_err(|error| CertificateError::new(error.to_string()))?;
        objects.into_iter().map(|der| Self::from_der(der.into_owned()).map(Arc::new)).collect()
    }

    /// As [`Certificate::from_pem_or_der`], but each object by itself: one that is not a certificate does not spoil the
    /// others, which is right for certificates that only help.
    pub fn each_from_pem_or_der(bytes: &[u8]) -> Vec<Result<Arc<Self>, CertificateError>> {
        match asn1::pem::objects(bytes, PEM_LABELS) {
            Ok(objects) => objects.into_iter().map(|der| Self::from_der(der.into_owned()).map(Arc::new)).collect(),
            Err(error) => vec![Err(CertificateError::new(error.to_string()))],
        }
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// The DER as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
    /// SHA-256 of the DER.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }
    /// Hex SHA-256 of the DER, made once: reports name a CA by it again and again.
    pub fn sha256_hex(&self) -> Arc<str> {
        self.sha256_text.get_or_init(|| to_hex(&self.sha256).into()).clone()
    }
    /// 1, 2 or 3.
    pub fn version(&self) -> u8 {
        self.fields.version
    }
    /// Content octets of the serial INTEGER.
    pub fn serial(&self) -> &[u8] {
        self.slice(&self.fields.serial)
    }
    /// The serial in hex.
    pub fn serial_hex(&self) -> String {
        to_hex(self.serial())
    }
    /// DER of the issuer Name.
    pub fn issuer_der(&self) -> &[u8] {
        self.slice(&self.fields.issuer)
    }
    /// DER of the subject Name.
    pub fn subject_der(&self) -> &[u8] {
        self.slice(&self.fields.subject)
    }
    /// The subject in the form of [`name::normal_form`].
    pub fn subject_normal(&self) -> &[u8] {
        self.subject_normal.get_or_init(|| name::normal_form(self.subject_der()).into_boxed_slice())
    }
    /// The issuer in the form of [`name::normal_form`].
    pub fn issuer_normal(&self) -> &[u8] {
        self.issuer_normal.get_or_init(|| name::normal_form(self.issuer_der()).into_boxed_slice())
    }
    /// The subject in RFC 4514 form, made once.
    pub fn subject(&self) -> Arc<str> {
        self.subject_text.get_or_init(|| name::to_rfc4514(self.subject_der()).into()).clone()
    }
    /// The issuer in RFC 4514 form.
    pub fn issuer(&self) -> String {
        name::to_rfc4514(self.issuer_der())
    }
    /// The subject's first commonName, where there is one.
    pub fn common_name(&self) -> Option<String> {
        name::common_name(self.subject_der())
    }
    /// Whether issuer and subject are the same name (RFC 5280 6.1: self-issued).
    pub fn is_self_issued(&self) -> bool {
        name::matches(self.issuer_der(), self.subject_der())
    }
    /// First second of validity.
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }
    /// Last second of validity.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }
    /// DER of the SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        self.slice(&self.fields.spki)
    }
    /// SHA-256 of the SubjectPublicKeyInfo: the identity of the key.
    pub fn spki_sha256(&self) -> [u8; 32] {
        *self.spki_sha256.get_or_init(|| sha256(self.spki_der()))
    }
    /// The subject's public key, parsed at the first call; an error where its type is not known or it is malformed.
    pub fn public_key(&self) -> Result<&PublicKey, CryptoError> {
        self.key.get_or_init(|| PublicKey::from_spki_der(self.spki_der())).as_ref().map_err(|error| *error)
    }
    /// DER of the TBSCertificate: what the issuer signed.
    pub fn tbs_der(&self) -> &[u8] {
        self.slice(&self.fields.tbs)
    }
    /// DER of the signature's AlgorithmIdentifier.
    pub fn signature_algorithm_der(&self) -> &[u8] {
        self.slice(&self.fields.signature_algorithm)
    }
    /// The signature value.
    pub fn signature(&self) -> &[u8] {
        self.slice(&self.fields.signature)
    }
    /// The extensions.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }
    /// The key usage extension, where there is one.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }
    /// Whether basicConstraints says that it is a CA.
    pub fn is_ca(&self) -> bool {
        self.extensions.basic_constraints.is_some_and(|basic| basic.ca)
    }
    /// The policy OIDs of certificatePolicies (content octets), in their order; empty without the extension.
    pub fn policies(&self) -> &[Oid] {
        self.extensions.policies.as_deref().unwrap_or_default()
    }
    /// The subject alternative names, in their order; nothing without the extension.
    pub fn subject_alt_names(&self) -> impl Iterator<Item = general_name::GeneralName<'_>> {
        // They were all read once when the certificate was parsed.
        let content = self.extensions.subject_alt_name.as_ref().map(|range| self.slice(range)).unwrap_or_default();
        general_name::read_all(content).filter_map(Result::ok)
    }
    /// The subject key identifier.
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key_id.as_ref().map(|range| self.slice(range))
    }
    /// The authority key identifier's key identifier.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_ref()?.key_id.as_ref().map(|range| self.slice(range))
    }
    /// The authority key identifier's serial (content octets), where it names the issuer's certificate.
    pub fn authority_serial(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_ref()?.serial.as_ref().map(|range| self.slice(range))
    }
    /// The URLs of OCSP responders in authorityInfoAccess (RFC 5280 4.2.2.1), in their order. An extension that cannot be
    /// read only helps nobody: it gives none.
    pub fn ocsp_urls(&self) -> Vec<&str> {
        let value = self.extensions.authority_access.as_ref().map(|range| self.slice(range)).unwrap_or_default();
        access::ocsp_urls(value).unwrap_or_default()
    }
    /// The CRL distribution points, in their order.
    pub fn distribution_points(&self) -> &[DistributionPoint] {
        &self.extensions.distribution_points
    }
}

/// Shows which certificate it is and nothing that it says of a person.
impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("sha256", &self.sha256_hex()).finish_non_exhaustive()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

/// Where `part`, a slice of `whole`, stands in it.
pub(crate) fn range_of(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start.saturating_add(part.len())
}

fn version(tbs: &mut Reader<'_>) -> Result<u8, CertificateError> {
    let Some(tagged) = tbs.optional(context_constructed(0))? else { return Ok(1) };
    let mut inner = tagged.reader();
    let version = inner.small_unsigned()?;
    inner.finish()?;
    match version {
        1 => Ok(2),
        2 => Ok(3),
        0 => Err(CertificateError::new("version 1 is written out, which DER does not allow")),
        _ => Err(CertificateError::new("its version is not 1, 2 or 3")),
    }
}

fn read_extensions(
    tbs: &mut Reader<'_>,
    der: &[u8],
    issuer: &[u8],
    version: u8,
) -> Result<Extensions, CertificateError> {
    for unique_id in [context(1), context(2)] {
        if tbs.optional(unique_id)?.is_some() && version < 2 {
            return Err(CertificateError::new("it has a unique identifier, which needs version 2 or 3"));
        }
    }
    let extensions = match tbs.optional(context_constructed(3))? {
        None => Extensions::default(),
        Some(_) if version != 3 => return Err(CertificateError::new("it has extensions, which need version 3")),
        Some(tagged) => extensions::read(der, asn1::single_sequence(tagged.value)?, issuer)?,
    };
    tbs.finish()?;
    Ok(extensions)
}

/// Why bytes are not a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate: {0}")]
pub struct CertificateError(pub String);

impl CertificateError {
    /// With what is wrong.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<DerError> for CertificateError {
    fn from(error: DerError) -> Self {
        Self(error.to_string())
    }
}
