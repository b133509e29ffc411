//! Building CAdES-B-B signatures (RFC 5652, RFC 5035, ETSI EN 319 122-1).
use chrono::{DateTime, Utc};
use cms::cert::IssuerAndSerialNumber;
use cms::content_info::CmsVersion;
use cms::signed_data::{EncapsulatedContentInfo, SignedAttributes, SignerIdentifier, SignerInfo};
use der::asn1::{Any, ContextSpecific, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode, Sequence, Tag, TagMode, TagNumber};
use x509_cert::attr::Attribute;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use crate::crypto::DigestAlgorithm;

const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const ID_CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const ID_MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const ID_SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const ID_SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// What signs: given the bytes of the signed attributes' DER SET, returns the signature value.
pub trait SignerKey {
    /// The signer's certificate, DER.
    fn certificate(&self) -> &[u8];
    /// Digest to use.
    fn digest(&self) -> DigestAlgorithm;
    /// DER of the signatureAlgorithm AlgorithmIdentifier.
    fn signature_algorithm(&self) -> Vec<u8>;
    /// Signs `message` (digests it inside).
    ///
    /// # Errors
    /// A sentence, when the key or its token refuses.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String>;
}

/// Which signing-certificate-v2 attribute a signature gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningCertificate {
    /// The one that names the signer's certificate, as CAdES asks.
    Signer,
    /// One that names this certificate (DER) instead: for tests of refusals.
    Other(Vec<u8>),
    /// None: for tests of refusals.
    Absent,
}

/// How a signature is made. [`BuildOptions::cades`] is what a client signs with; every departure from it exists so that
/// a verifier can be tried with signatures that are wrong in one way.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The claimed signing time; none leaves the attribute out.
    pub signing_time: Option<DateTime<Utc>>,
    /// The signing-certificate-v2 attribute.
    pub signing_certificate: SigningCertificate,
    /// Whether the content is carried inside.
    pub attached: bool,
    /// Whether the signer's certificate is carried inside.
    pub include_certificate: bool,
    /// More certificates to carry, DER.
    pub extra_certificates: Vec<Vec<u8>>,
    /// False signs the content's digest itself, without signed attributes.
    pub signed_attributes: bool,
    /// The content type named by the attribute, where it is to differ from the real one (dotted decimal).
    pub content_type_attribute: Option<String>,
    /// More signed attributes, each the DER of an Attribute.
    pub extra_signed_attributes: Vec<Vec<u8>>,
}

impl BuildOptions {
    /// A detached CAdES-B-B signature that claims `signing_time`.
    pub fn cades(signing_time: DateTime<Utc>) -> Self {
        Self {
            signing_time: Some(signing_time),
            signing_certificate: SigningCertificate::Signer,
            attached: false,
            include_certificate: true,
            extra_certificates: Vec::new(),
            signed_attributes: true,
            content_type_attribute: None,
            extra_signed_attributes: Vec::new(),
        }
    }
}

/// ESSCertIDv2 with the default SHA-256 (RFC 5035 section 4), which DER leaves out.
#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

/// SigningCertificateV2 (RFC 5035 section 3).
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

/// SignedData with its certificates kept as the bytes they came in: re-encoding a certificate could break its own
/// signature. Field for field RFC 5652 section 5.1.
#[derive(Sequence)]
struct SignedData {
    version: CmsVersion,
    digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    encap_content_info: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    certificates: Option<SetOfVec<Any>>,
    signer_infos: SetOfVec<SignerInfo>,
}

#[derive(Sequence)]
struct ContentInfo {
    content_type: ObjectIdentifier,
    content: Any,
}

/// A detached CAdES-B-B signature over `content`, DER of the ContentInfo: contentType, messageDigest, signingTime and
/// signing-certificate-v2 signed, the signer's certificate and `extra_certificates` (DER) inside.
///
/// # Errors
/// A sentence, when the certificate cannot be read or the key refuses.
pub fn sign_detached(
    content: &[u8],
    key: &dyn SignerKey,
    extra_certificates: &[Vec<u8>],
    signing_time: DateTime<Utc>,
) -> Result<Vec<u8>, String> {
    let mut options = BuildOptions::cades(signing_time);
    options.extra_certificates = extra_certificates.to_vec();
    sign_with(content, key, &options)
}

/// As [`sign_detached`], made as `options` say.
///
/// # Errors
/// A sentence, when the certificate cannot be read, an option does not encode, or the key refuses.
pub fn sign_with(content: &[u8], key: &dyn SignerKey, options: &BuildOptions) -> Result<Vec<u8>, String> {
    sign_by_all(content, &[key], options)
}

/// As [`sign_with`] with one SignerInfo a key, in one SignedData.
///
/// # Errors
/// As [`sign_with`]; also when the signature cannot be encoded.
pub fn sign_by_all(content: &[u8], keys: &[&dyn SignerKey], options: &BuildOptions) -> Result<Vec<u8>, String> {
    let mut digest_algorithms = SetOfVec::new();
    let mut signer_infos = SetOfVec::new();
    let mut certificates = SetOfVec::new();
    for key in keys {
        let digest_algorithm = digest_identifier(key.digest());
        if !digest_algorithms.iter().any(|known| *known == digest_algorithm) {
            digest_algorithms.insert(digest_algorithm).map_err(encoding)?;
        }
        signer_infos.insert(signer_info(content, *key, options)?).map_err(encoding)?;
        if options.include_certificate {
            insert_certificate(&mut certificates, key.certificate())?;
        }
    }
    for certificate in &options.extra_certificates {
        insert_certificate(&mut certificates, certificate)?;
    }
    let econtent = if options.attached {
        let content = OctetString::new(content).map_err(encoding)?;
        Some(Any::encode_from(&content).map_err(encoding)?)
    } else {
        None
    };
    let signed_data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms,
        encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent },
        certificates: (!certificates.is_empty()).then_some(certificates),
        signer_infos,
    };
    content_info(&signed_data)
}

fn content_info(signed_data: &SignedData) -> Result<Vec<u8>, String> {
    let explicit = ContextSpecific {
        tag_number: TagNumber::N0,
        tag_mode: TagMode::Explicit,
        value: Any::encode_from(signed_data).map_err(encoding)?,
    };
    let content = Any::from_der(&explicit.to_der().map_err(encoding)?).map_err(encoding)?;
    ContentInfo { content_type: ID_SIGNED_DATA, content }.to_der().map_err(encoding)
}

fn insert_certificate(certificates: &mut SetOfVec<Any>, der: &[u8]) -> Result<(), String> {
    let any = Any::from_der(der).map_err(|_| "the certificate is not one DER object".to_owned())?;
    if certificates.iter().any(|known| *known == any) {
        return Ok(());
    }
    certificates.insert(any).map_err(encoding)
}

fn signer_info(content: &[u8], key: &dyn SignerKey, options: &BuildOptions) -> Result<SignerInfo, String> {
    let attributes = if options.signed_attributes { Some(signed_attributes(content, key, options)?) } else { None };
    let signature = match &attributes {
        // RFC 5652 section 5.4: signed as a DER SET OF, not under the [0] tag they are carried with.
        Some(attributes) => key.sign(&attributes.to_der().map_err(encoding)?)?,
        None => key.sign(content)?,
    };
    Ok(SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(issuer_and_serial(key.certificate())?),
        digest_alg: digest_identifier(key.digest()),
        signed_attrs: attributes,
        signature_algorithm: AlgorithmIdentifierOwned::from_der(&key.signature_algorithm()).map_err(encoding)?,
        signature: OctetString::new(signature).map_err(encoding)?,
        unsigned_attrs: None,
    })
}

fn signed_attributes(content: &[u8], key: &dyn SignerKey, options: &BuildOptions) -> Result<SignedAttributes, String> {
    let content_type = match &options.content_type_attribute {
        Some(oid) => ObjectIdentifier::new(oid).map_err(|error| format!("content type {oid}: {error}"))?,
        None => ID_DATA,
    };
    let digest = OctetString::new(digest(key.digest(), content)).map_err(encoding)?;
    let mut attributes = SetOfVec::new();
    let mut add = |attribute: Attribute| attributes.insert(attribute).map_err(encoding);
    add(attribute(ID_CONTENT_TYPE, &content_type)?)?;
    add(attribute(ID_MESSAGE_DIGEST, &digest)?)?;
    if let Some(at) = options.signing_time {
        add(attribute(ID_SIGNING_TIME, &time(at)?)?)?;
    }
    let named = match &options.signing_certificate {
        SigningCertificate::Signer => Some(key.certificate()),
        SigningCertificate::Other(certificate) => Some(certificate.as_slice()),
        SigningCertificate::Absent => None,
    };
    if let Some(certificate) = named {
        let hash = OctetString::new(digest_sha256(certificate)).map_err(encoding)?;
        let value = SigningCertificateV2 { certs: vec![EssCertIdV2 { cert_hash: hash }] };
        add(attribute(ID_SIGNING_CERTIFICATE_V2, &value)?)?;
    }
    for extra in &options.extra_signed_attributes {
        add(Attribute::from_der(extra).map_err(encoding)?)?;
    }
    Ok(attributes)
}

fn attribute<T>(oid: ObjectIdentifier, value: &T) -> Result<Attribute, String>
where
    T: der::EncodeValue + der::Tagged,
{
    let mut values = SetOfVec::new();
    values.insert(Any::encode_from(value).map_err(encoding)?).map_err(encoding)?;
    Ok(Attribute { oid, values })
}

/// Issuer and serial as they stand in the certificate, also where the rest of it is odd.
fn issuer_and_serial(certificate: &[u8]) -> Result<IssuerAndSerialNumber, String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|_| "the signer's certificate cannot be read".to_owned())?;
    let issuer = Name::from_der(parsed.tbs_certificate.issuer.as_raw()).map_err(encoding)?;
    let serial = Any::new(Tag::Integer, parsed.tbs_certificate.raw_serial()).map_err(encoding)?;
    let serial_number = SerialNumber::from_der(&serial.to_der().map_err(encoding)?).map_err(encoding)?;
    Ok(IssuerAndSerialNumber { issuer, serial_number })
}

/// signingTime is UTCTime up to 2049 and GeneralizedTime after (RFC 5652 section 11.3).
fn time(at: DateTime<Utc>) -> Result<Time, String> {
    let seconds = u64::try_from(at.timestamp()).map_err(|_| "the signing time lies before 1970".to_owned())?;
    let since_epoch = core::time::Duration::from_secs(seconds);
    match der::asn1::UtcTime::from_unix_duration(since_epoch) {
        Ok(time) => Ok(Time::UtcTime(time)),
        Err(_) => der::asn1::GeneralizedTime::from_unix_duration(since_epoch).map(Time::GeneralTime).map_err(encoding),
    }
}

fn digest_identifier(algorithm: DigestAlgorithm) -> AlgorithmIdentifierOwned {
    let oid = match algorithm {
        DigestAlgorithm::Sha1 => ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
        DigestAlgorithm::Sha256 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
        DigestAlgorithm::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
        DigestAlgorithm::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
    };
    // RFC 5754 section 2: parameters absent.
    AlgorithmIdentifierOwned { oid, parameters: None }
}

fn digest(algorithm: DigestAlgorithm, message: &[u8]) -> Vec<u8> {
    let algorithm = match algorithm {
        DigestAlgorithm::Sha1 => &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
        DigestAlgorithm::Sha256 => &ring::digest::SHA256,
        DigestAlgorithm::Sha384 => &ring::digest::SHA384,
        DigestAlgorithm::Sha512 => &ring::digest::SHA512,
    };
    ring::digest::digest(algorithm, message).as_ref().to_vec()
}

fn digest_sha256(message: &[u8]) -> Vec<u8> {
    digest(DigestAlgorithm::Sha256, message)
}

fn encoding(error: der::Error) -> String {
    format!("the signature cannot be encoded: {error}")
}
