//! OCSPResponse and BasicOCSPResponse (RFC 6960 4.2.1), borrowed from their DER; nothing in them is believed yet.
use chrono::{DateTime, Utc};

use super::cert_id::CertId;
use super::{OcspError, extension};
use crate::asn1::{self, DerError, Reader, context, context_constructed};
use crate::pki::name;

/// The largest response that is read, in octets.
pub const MAX_RESPONSE: usize = 256 * 1024;
/// The most certificates that one response speaks of.
const MAX_SINGLES: usize = 256;
/// The most certificates that a response brings along.
const MAX_CERTIFICATES: usize = 8;
/// id-pkix-ocsp-basic.
pub(super) const BASIC: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];

/// OCSPResponseStatus (RFC 6960 4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseStatus {
    /// There is an answer.
    Successful,
    /// The request cannot be read.
    MalformedRequest,
    /// A fault of the responder.
    InternalError,
    /// Not now.
    TryLater,
    /// The request has to be signed.
    SigRequired,
    /// The responder does not answer for these certificates.
    Unauthorized,
}

impl ResponseStatus {
    /// Every one, with its number.
    const ALL: [(Self, u8); 6] = [
        (Self::Successful, 0),
        (Self::MalformedRequest, 1),
        (Self::InternalError, 2),
        (Self::TryLater, 3),
        (Self::SigRequired, 5),
        (Self::Unauthorized, 6),
    ];

    /// Its number.
    pub fn number(self) -> u8 {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or(2, |(_, number)| *number)
    }

    /// As RFC 6960 names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }

    fn of(number: &[u8]) -> Option<Self> {
        let [number] = number else { return None };
        Self::ALL.iter().find(|(_, known)| known == number).map(|(status, _)| *status)
    }
}

/// A response.
#[derive(Debug)]
pub struct OcspResponse<'a> {
    /// What became of the request.
    pub status: ResponseStatus,
    /// The answer, of a successful one.
    pub basic: Option<BasicResponse<'a>>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponderId<'a> {
    /// DER of its Name.
    Name(&'a [u8]),
    /// SHA-1 of its public key.
    Key(&'a [u8]),
}

/// What is said of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked.
    Good,
    /// Revoked or on hold.
    Revoked {
        /// Since when.
        at: DateTime<Utc>,
        /// CRLReason; none where it is not said.
        reason: Option<u8>,
    },
    /// The responder does not know.
    Unknown,
}

/// The answer for one certificate.
#[derive(Debug)]
pub struct SingleResponse {
    /// Which.
    pub id: CertId,
    /// What is said.
    pub status: CertStatus,
    /// When it was known to be so.
    pub this_update: DateTime<Utc>,
    /// When newer information comes.
    pub next_update: Option<DateTime<Utc>>,
    /// Since when the responder keeps what it knows of expired certificates (RFC 6960 4.4.4).
    pub archive_cutoff: Option<DateTime<Utc>>,
    /// Critical extensions that are not known, dotted.
    pub unknown_critical: Vec<String>,
}

/// BasicOCSPResponse.
#[derive(Debug)]
pub struct BasicResponse<'a> {
    /// DER of the ResponseData: what the responder signed.
    pub tbs: &'a [u8],
    /// Who.
    pub responder: ResponderId<'a>,
    /// When it signed.
    pub produced_at: DateTime<Utc>,
    /// The answers, at least one.
    pub singles: Vec<SingleResponse>,
    /// What it repeats of the request.
    pub nonce: Option<&'a [u8]>,
    /// Critical extensions that are not known, dotted.
    pub unknown_critical: Vec<String>,
    /// DER of the signature's AlgorithmIdentifier.
    pub signature_algorithm: &'a [u8],
    /// The signature value.
    pub signature: &'a [u8],
    /// DER of the certificates that came along, at most 8.
    pub certificates: Vec<&'a [u8]>,
}

impl<'a> OcspResponse<'a> {
    /// Reads a response; the whole input must be it, in strict DER, at most 256 KiB.
    ///
    /// # Errors
    /// A sentence.
    pub fn from_der(der: &'a [u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_RESPONSE {
            return Err(OcspError::new("larger than 256 KiB"));
        }
        asn1::check_strict(der)?;
        let mut outer = asn1::single_sequence(der)?;
        let number = outer.expect(asn1::ENUMERATED)?.value;
        let status =
            ResponseStatus::of(number).ok_or_else(|| OcspError::new("its status is none that RFC 6960 knows"))?;
        let bytes = outer.optional(context_constructed(0))?;
        outer.finish()?;
        let basic = match (status, bytes) {
            (ResponseStatus::Successful, Some(tagged)) => {
                let mut bytes = asn1::single_sequence(tagged.value)?;
                let kind = bytes.oid()?;
                if kind != BASIC {
                    return Err(OcspError(format!("its type {} is not the basic one", asn1::oid_text(kind))));
                }
                let basic = bytes.octet_string()?;
                bytes.finish()?;
                Some(BasicResponse::from_der(basic)?)
            }
            (ResponseStatus::Successful, None) => {
                return Err(OcspError::new("it is successful and holds no answer"));
            }
            (_, Some(_)) => return Err(OcspError::new("it is not successful and holds an answer")),
            (_, None) => None,
        };
        Ok(Self { status, basic })
    }
}

impl<'a> BasicResponse<'a> {
    fn from_der(der: &'a [u8]) -> Result<Self, OcspError> {
        asn1::check_strict(der)?;
        let mut outer = asn1::single_sequence(der)?;
        let tbs = outer.expect(asn1::SEQUENCE)?;
        let signature_algorithm = outer.expect(asn1::SEQUENCE)?.full;
        let signature = outer.bit_string()?;
        let certificates = match outer.optional(context_constructed(0))? {
            Some(tagged) => certificates(asn1::single_sequence(tagged.value)?)?,
            None => Vec::new(),
        };
        outer.finish()?;
        let mut data = tbs.reader();
        if data.optional(context_constructed(0))?.is_some() {
            return Err(OcspError::new("its version is written out: it is not 1, or is not DER"));
        }
        let responder = responder(&mut data)?;
        let produced_at = generalized(&mut data)?;
        let singles = singles(data.sequence()?)?;
        let extensions = match data.optional(context_constructed(1))? {
            Some(tagged) => extension::read(asn1::single_sequence(tagged.value)?)?,
            None => extension::Extensions::default(),
        };
        data.finish()?;
        Ok(Self {
            tbs: tbs.full,
            responder,
            produced_at,
            singles,
            nonce: extensions.nonce,
            unknown_critical: extensions.unknown_critical,
            signature_algorithm,
            signature,
            certificates,
        })
    }
}

fn certificates<'a>(mut list: Reader<'a>) -> Result<Vec<&'a [u8]>, OcspError> {
    let mut found = Vec::new();
    while !list.is_empty() {
        if found.len() == MAX_CERTIFICATES {
            return Err(OcspError::new("it brings more certificates along than the 8 that are taken"));
        }
        found.push(list.expect(asn1::SEQUENCE)?.full);
    }
    Ok(found)
}

fn responder<'a>(data: &mut Reader<'a>) -> Result<ResponderId<'a>, OcspError> {
    let tagged = data.any()?;
    let inner = asn1::single(tagged.value)?;
    if tagged.tag == context_constructed(1) {
        let name = inner.with_tag(asn1::SEQUENCE)?.full;
        name::check(name)?;
        return Ok(ResponderId::Name(name));
    }
    if tagged.tag != context_constructed(2) {
        return Err(DerError::UnexpectedTag(tagged.tag).into());
    }
    match inner.with_tag(asn1::OCTET_STRING)?.value {
        hash if hash.len() == 20 => Ok(ResponderId::Key(hash)),
        _ => Err(OcspError::new("its responder's key hash is not 20 octets")),
    }
}

fn singles(mut list: Reader<'_>) -> Result<Vec<SingleResponse>, OcspError> {
    let mut found = Vec::new();
    while !list.is_empty() {
        if found.len() == MAX_SINGLES {
            return Err(OcspError::new("it answers for more certificates than the 256 that are read"));
        }
        found.push(single(list.sequence()?)?);
    }
    if found.is_empty() { Err(OcspError::new("it answers for no certificate")) } else { Ok(found) }
}

fn single(mut fields: Reader<'_>) -> Result<SingleResponse, OcspError> {
    let id = CertId::read(&mut fields)?;
    let status = cert_status(&mut fields)?;
    let this_update = generalized(&mut fields)?;
    let next_update = match fields.optional(context_constructed(0))? {
        Some(tagged) => {
            let mut inner = tagged.reader();
            let time = generalized(&mut inner)?;
            inner.finish()?;
            Some(time)
        }
        None => None,
    };
    let extensions = match fields.optional(context_constructed(1))? {
        Some(tagged) => extension::read(asn1::single_sequence(tagged.value)?)?,
        None => extension::Extensions::default(),
    };
    fields.finish()?;
    let (archive_cutoff, unknown_critical) = (extensions.archive_cutoff, extensions.unknown_critical);
    Ok(SingleResponse { id, status, this_update, next_update, archive_cutoff, unknown_critical })
}

fn cert_status(fields: &mut Reader<'_>) -> Result<CertStatus, OcspError> {
    const GOOD: u8 = context(0);
    const REVOKED: u8 = context_constructed(1);
    const UNKNOWN: u8 = context(2);
    let tagged = fields.any()?;
    match tagged.tag {
        GOOD if tagged.value.is_empty() => Ok(CertStatus::Good),
        UNKNOWN if tagged.value.is_empty() => Ok(CertStatus::Unknown),
        REVOKED => {
            let mut info = tagged.reader();
            let at = generalized(&mut info)?;
            let reason = match info.optional(context_constructed(0))? {
                Some(reason) => match asn1::single(reason.value)?.with_tag(asn1::ENUMERATED)?.value {
                    [reason] if *reason <= 10 && *reason != 7 => Some(*reason),
                    _ => return Err(OcspError::new("a revocation for a reason that RFC 5280 does not know")),
                },
                None => None,
            };
            info.finish()?;
            Ok(CertStatus::Revoked { at, reason })
        }
        _ => Err(OcspError::new("a certificate status that is none of RFC 6960's")),
    }
}

fn generalized(fields: &mut Reader<'_>) -> Result<DateTime<Utc>, DerError> {
    asn1::time_value(fields.expect(asn1::GENERALIZED_TIME)?)
}
