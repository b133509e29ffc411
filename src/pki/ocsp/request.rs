//! OCSPRequest (RFC 6960 4.1.1), written by the client and read by the responder.
use super::cert_id::CertId;
use super::{OcspError, extension};
use crate::asn1::{self, context_constructed, write};

/// The largest request that is read, in octets.
pub const MAX_REQUEST: usize = 64 * 1024;
/// The most certificates that one request asks for.
pub const MAX_REQUESTS: usize = 64;

/// Who asks for what. A signature over it (optionalSignature) and a name (requestorName) are read and mean nothing
/// here: everybody gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    /// The certificates, in their order; at least one.
    pub ids: Vec<CertId>,
    /// What the answer has to repeat, 1 to 128 octets.
    pub nonce: Option<Box<[u8]>>,
}

impl OcspRequest {
    /// Reads a request; the whole input must be it. Refused: none or more than 64 certificates, an extension that is
    /// critical and not known, a nonce that is not 1 to 128 octets.
    ///
    /// # Errors
    /// A sentence.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_REQUEST {
            return Err(OcspError::new("larger than 64 KiB"));
        }
        asn1::check_strict(der)?;
        let mut outer = asn1::single_sequence(der)?;
        let mut tbs = outer.sequence()?;
        outer.optional(context_constructed(0))?;
        outer.finish()?;
        tbs.optional(context_constructed(0))?
            .map_or(Ok(()), |_| Err(OcspError::new("its version is written out: it is not 1, or is not DER")))?;
        tbs.optional(context_constructed(1))?;
        let mut list = tbs.sequence()?;
        let mut ids = Vec::new();
        while !list.is_empty() {
            if ids.len() == MAX_REQUESTS {
                return Err(OcspError::new("more certificates than the 64 that are answered at once"));
            }
            let mut one = list.sequence()?;
            ids.push(CertId::read(&mut one)?);
            if let Some(tagged) = one.optional(context_constructed(0))? {
                refuse_critical(&extension::read(asn1::single_sequence(tagged.value)?)?)?;
            }
            one.finish()?;
        }
        let extensions = match tbs.optional(context_constructed(2))? {
            Some(tagged) => extension::read(asn1::single_sequence(tagged.value)?)?,
            None => extension::Extensions::default(),
        };
        tbs.finish()?;
        refuse_critical(&extensions)?;
        if ids.is_empty() {
            return Err(OcspError::new("it asks for no certificate"));
        }
        Ok(Self { ids, nonce: extensions.nonce.map(Into::into) })
    }

    /// Its DER.
    pub fn to_der(&self) -> Vec<u8> {
        let list: Vec<u8> = self.ids.iter().flat_map(|id| write::sequence(&[&id.to_der()])).collect();
        let mut tbs = write::tlv(asn1::SEQUENCE, &list);
        if let Some(nonce) = &self.nonce {
            tbs.extend(write::tlv(context_constructed(2), &extension::with_nonce(nonce)));
        }
        write::sequence(&[&write::tlv(asn1::SEQUENCE, &tbs)])
    }
}

fn refuse_critical(extensions: &extension::Extensions<'_>) -> Result<(), OcspError> {
    match extensions.unknown_critical.first() {
        Some(oid) => Err(OcspError(format!("the critical extension {oid} is not known"))),
        None => Ok(()),
    }
}
