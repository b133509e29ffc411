//! Reading SignedData (RFC 5652 section 5): BER outside, what is signed byte for byte inside.
use std::borrow::Cow;

use super::CmsError;
use super::attributes::{SignedAttributes, read_unsigned};
use super::ber::{BerReader, Budget, Octets, to_der};
use crate::asn1::{self, context, context_constructed};

/// id-signedData.
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// Each signer costs a path and several signature checks: a message with more is refused as a whole.
pub const MAX_SIGNERS: usize = 64;
/// More certificates than the paths of that many signers need.
pub const MAX_CERTIFICATES: usize = 256;

/// A SignedData whose form is right; nothing in it is believed yet.
#[derive(Debug)]
pub struct SignedData<'a> {
    /// Contents octets of eContentType.
    pub content_type: &'a [u8],
    /// The attached content.
    pub content: Option<Octets<'a>>,
    /// Every X.509 certificate, as received.
    pub certificates: Vec<&'a [u8]>,
    /// The signers, in their order.
    pub signers: Vec<SignerInfo<'a>>,
}

/// One SignerInfo.
#[derive(Debug)]
pub struct SignerInfo<'a> {
    /// Which certificate signed, by its own word.
    pub identifier: SignerIdentifier<'a>,
    /// Contents octets of the digestAlgorithm's OBJECT IDENTIFIER.
    pub digest_oid: Cow<'a, [u8]>,
    /// DER of the digestAlgorithm.
    pub digest_algorithm: Cow<'a, [u8]>,
    /// The signed attributes, where there are any.
    pub signed_attributes: Option<SignedAttributes<'a>>,
    /// DER of the signatureAlgorithm.
    pub signature_algorithm: Cow<'a, [u8]>,
    /// The signature value.
    pub signature: Cow<'a, [u8]>,
}

/// How a SignerInfo names its certificate.
#[derive(Debug, PartialEq, Eq)]
pub enum SignerIdentifier<'a> {
    /// By issuer (DER of the Name) and serial number (contents octets).
    IssuerAndSerial(Cow<'a, [u8]>, &'a [u8]),
    /// By subject key identifier.
    KeyIdentifier(Cow<'a, [u8]>),
}

impl<'a> SignedData<'a> {
    /// Reads a whole ContentInfo; nothing may follow it.
    ///
    /// # Errors
    /// Why it is not a SignedData with at least one signer.
    pub fn read(content_info: &'a [u8]) -> Result<Self, CmsError> {
        let budget = Budget::default();
        let mut file = BerReader::new(content_info, &budget);
        let info = file.expect(asn1::SEQUENCE).map_err(|error| match content_info.first() {
            Some(&asn1::SEQUENCE) => error,
            _ => CmsError("it is neither DER nor PEM of a CMS message"),
        })?;
        file.finish()?;
        let mut info = file.within(info);
        if info.oid()? != SIGNED_DATA {
            return Err(CmsError("it is a CMS message of another type than SignedData"));
        }
        let wrapper = info.expect(context_constructed(0))?;
        info.finish()?;
        let mut wrapper = info.within(wrapper);
        let signed_data = wrapper.expect(asn1::SEQUENCE)?;
        wrapper.finish()?;
        Self::read_fields(wrapper.within(signed_data), &budget)
    }

    fn read_fields(mut fields: BerReader<'a, '_>, budget: &Budget) -> Result<Self, CmsError> {
        fields.expect(asn1::INTEGER)?;
        fields.expect(asn1::SET)?;
        let encapsulated = fields.expect(asn1::SEQUENCE)?;
        let (content_type, content) = read_content(fields.within(encapsulated))?;
        let certificates = match fields.optional(&[context_constructed(0)])? {
            Some(set) => read_certificates(fields.within(set))?,
            None => Vec::new(),
        };
        // Revocation lists that the signer brings along are not taken: the verifier has its own.
        fields.optional(&[context_constructed(1)])?;
        let set = fields.expect(asn1::SET)?;
        fields.finish()?;
        let mut infos = fields.within(set);
        let mut signers = Vec::with_capacity(1);
        while !infos.is_empty() {
            if signers.len() == MAX_SIGNERS {
                return Err(CmsError("it has more signers than the 64 that are taken"));
            }
            let info = infos.expect(asn1::SEQUENCE)?;
            signers.push(SignerInfo::read(infos.within(info), budget)?);
        }
        if signers.is_empty() {
            return Err(CmsError("it has no signer"));
        }
        Ok(Self { content_type, content, certificates, signers })
    }
}

fn read_content<'a>(mut encapsulated: BerReader<'a, '_>) -> Result<(&'a [u8], Option<Octets<'a>>), CmsError> {
    let content_type = encapsulated.oid()?;
    let wrapper = encapsulated.optional(&[context_constructed(0)])?;
    encapsulated.finish()?;
    let Some(wrapper) = wrapper else { return Ok((content_type, None)) };
    let mut wrapper = encapsulated.within(wrapper);
    let content = wrapper.octets()?;
    wrapper.finish()?;
    Ok((content_type, Some(content)))
}

/// CertificateSet: X.509 certificates; attribute certificates and other formats are passed over.
fn read_certificates<'a>(mut set: BerReader<'a, '_>) -> Result<Vec<&'a [u8]>, CmsError> {
    let mut certificates = Vec::with_capacity(2);
    while !set.is_empty() {
        let choice = set.any()?;
        match choice.tag {
            asn1::SEQUENCE if certificates.len() == MAX_CERTIFICATES => {
                return Err(CmsError("it has more certificates than the 256 that are taken"));
            }
            asn1::SEQUENCE => certificates.push(choice.full),
            tag if (context_constructed(0)..=context_constructed(3)).contains(&tag) => (),
            _ => return Err(CmsError("something else stands among its certificates")),
        }
    }
    Ok(certificates)
}

impl<'a> SignerInfo<'a> {
    fn read(mut fields: BerReader<'a, '_>, budget: &Budget) -> Result<Self, CmsError> {
        fields.expect(asn1::INTEGER)?;
        let identifier = SignerIdentifier::read(&mut fields, budget)?;
        let digest_algorithm = to_der(fields.expect(asn1::SEQUENCE)?, budget)?;
        let digest_oid = match &digest_algorithm {
            Cow::Borrowed(der) => Cow::Borrowed(algorithm_oid(der)?),
            Cow::Owned(der) => Cow::Owned(algorithm_oid(der)?.to_vec()),
        };
        let signed_attributes = match fields.optional(&[context_constructed(0)])? {
            Some(set) => Some(SignedAttributes::read(set, budget)?),
            None => None,
        };
        let signature_algorithm = to_der(fields.expect(asn1::SEQUENCE)?, budget)?;
        algorithm_oid(&signature_algorithm)?;
        let signature = fields.octet_string()?;
        if let Some(unsigned) = fields.optional(&[context_constructed(1)])? {
            read_unsigned(fields.within(unsigned))?;
        }
        fields.finish()?;
        Ok(Self { identifier, digest_oid, digest_algorithm, signed_attributes, signature_algorithm, signature })
    }
}

impl<'a> SignerIdentifier<'a> {
    fn read(fields: &mut BerReader<'a, '_>, budget: &Budget) -> Result<Self, CmsError> {
        if let Some(key_identifier) = fields.optional(&[context(0), context_constructed(0)])? {
            // IMPLICIT over OCTET STRING: constructed means that it is in pieces.
            let octets = if key_identifier.tag == context(0) {
                Cow::Borrowed(key_identifier.value)
            } else {
                let mut pieces = fields.within(key_identifier);
                let mut joined = Vec::new();
                while !pieces.is_empty() {
                    joined.extend_from_slice(&pieces.octet_string()?);
                }
                Cow::Owned(joined)
            };
            return Ok(Self::KeyIdentifier(octets));
        }
        let pair = fields.expect(asn1::SEQUENCE)?;
        let mut pair = fields.within(pair);
        let issuer = to_der(pair.expect(asn1::SEQUENCE)?, budget)?;
        let serial = pair.expect(asn1::INTEGER)?.value;
        pair.finish()?;
        Ok(Self::IssuerAndSerial(issuer, serial))
    }
}

/// The OBJECT IDENTIFIER's contents of an AlgorithmIdentifier in DER.
fn algorithm_oid(der: &[u8]) -> Result<&[u8], CmsError> {
    let malformed = CmsError("an algorithm identifier is malformed");
    let mut fields = asn1::single_sequence(der).map_err(|_| malformed)?;
    fields.oid().map_err(|_| malformed)
}
