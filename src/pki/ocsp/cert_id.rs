//! CertID (RFC 6960 4.1.1): which certificate is asked for, by digests of its issuer's name and key and its serial.
//! The digest only identifies: SHA-1, which most programs use here, does no harm.
use super::OcspError;
use crate::asn1::{self, Reader, write};
use crate::crypto::DigestAlgorithm;
use crate::pki::certificate::Certificate;

/// The longest serial that is asked for, in octets: RFC 5280 allows 20.
const MAX_SERIAL: usize = 128;

/// Which certificate is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertId {
    /// The digest that both hashes are made with.
    pub digest: DigestAlgorithm,
    /// Over the DER of the issuer's Name.
    pub issuer_name_hash: Box<[u8]>,
    /// Over the issuer's public key: the BIT STRING's octets.
    pub issuer_key_hash: Box<[u8]>,
    /// Content octets of the serial INTEGER.
    pub serial: Box<[u8]>,
}

impl CertId {
    /// That of `certificate`, which `issuer` issued.
    pub fn of(digest: DigestAlgorithm, certificate: &Certificate, issuer: &Certificate) -> Self {
        Self {
            digest,
            issuer_name_hash: digest.digest(certificate.issuer_der()).as_ref().into(),
            issuer_key_hash: key_hash(digest, issuer),
            serial: certificate.serial().into(),
        }
    }

    /// Whether it means `certificate`, which `issuer` issued.
    pub fn is_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        *self.serial == *certificate.serial() && *self == Self::of(self.digest, certificate, issuer)
    }

    /// Whether it means a certificate that `issuer` issued.
    pub fn is_under(&self, issuer: &Certificate) -> bool {
        self.issuer_key_hash == key_hash(self.digest, issuer)
            && *self.issuer_name_hash == *self.digest.digest(issuer.subject_der()).as_ref()
    }

    /// Reads the next one.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, OcspError> {
        let mut fields = reader.sequence()?;
        let mut algorithm = fields.sequence()?;
        let oid = algorithm.oid()?;
        let digest = DigestAlgorithm::from_oid(oid).ok_or_else(|| {
            OcspError(format!("a CertID with the digest {}, which is not known", asn1::oid_text(oid)))
        })?;
        if !algorithm.is_empty() {
            algorithm.null()?;
        }
        algorithm.finish()?;
        let issuer_name_hash = fields.octet_string()?;
        let issuer_key_hash = fields.octet_string()?;
        let serial = fields.integer()?;
        fields.finish()?;
        if issuer_name_hash.len() != digest.size() || issuer_key_hash.len() != digest.size() {
            return Err(OcspError::new("a CertID with a hash of another length than its digest's"));
        }
        if serial.len() > MAX_SERIAL {
            return Err(OcspError::new("a CertID with a serial of more than 128 octets"));
        }
        Ok(Self {
            digest,
            issuer_name_hash: issuer_name_hash.into(),
            issuer_key_hash: issuer_key_hash.into(),
            serial: serial.into(),
        })
    }

    /// Its DER.
    pub fn to_der(&self) -> Vec<u8> {
        write::sequence(&[
            &write::sequence(&[&write::oid(self.digest.oid()), &write::null()]),
            &write::octet_string(&self.issuer_name_hash),
            &write::octet_string(&self.issuer_key_hash),
            &write::integer(&self.serial),
        ])
    }
}

/// The digest of a certificate's public key: of the BIT STRING's octets, without tag, length and unused bits.
pub fn key_hash(digest: DigestAlgorithm, certificate: &Certificate) -> Box<[u8]> {
    let key = || -> Result<&[u8], asn1::DerError> {
        let mut spki = asn1::single_sequence(certificate.spki_der())?;
        spki.expect(asn1::SEQUENCE)?;
        spki.bit_string()
    };
    // A key that is no BIT STRING of octets has no key hash: the digest of nothing is nobody's.
    digest.digest(key().unwrap_or_default()).as_ref().into()
}
