//! The signing-certificate attributes (RFC 5035 sections 3 to 5): which certificate the signer says is theirs.
use crate::asn1::{self, DerError, Reader, context_constructed};
use crate::crypto::DigestAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::name;

/// The first ESSCertID or ESSCertIDv2: the signer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CertificateId<'a> {
    /// None: not an algorithm that we know.
    pub(super) digest: Option<DigestAlgorithm>,
    hash: &'a [u8],
    issuer_and_serial: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> CertificateId<'a> {
    /// From a SigningCertificateV2.
    pub(super) fn read_v2(der: &'a [u8]) -> Result<Self, DerError> {
        let mut first = first_id(der)?;
        let digest = match first.optional(asn1::SEQUENCE)? {
            // Absent: SHA-256 is the default (RFC 5035 section 4).
            None => Some(DigestAlgorithm::Sha256),
            Some(identifier) => DigestAlgorithm::from_oid(identifier.reader().oid()?),
        };
        Self::read_rest(digest, first)
    }

    /// From a SigningCertificate (RFC 2634 5.4), whose digest is SHA-1.
    pub(super) fn read_v1(der: &'a [u8]) -> Result<Self, DerError> {
        Self::read_rest(Some(DigestAlgorithm::Sha1), first_id(der)?)
    }

    fn read_rest(digest: Option<DigestAlgorithm>, mut id: Reader<'a>) -> Result<Self, DerError> {
        let hash = id.octet_string()?;
        let issuer_and_serial = match id.optional(asn1::SEQUENCE)? {
            None => None,
            Some(pair) => {
                let mut pair = pair.reader();
                let names = pair.sequence()?;
                let serial = pair.integer()?;
                pair.finish()?;
                directory_name(names)?.map(|issuer| (issuer, serial))
            }
        };
        id.finish()?;
        Ok(Self { digest, hash, issuer_and_serial })
    }

    /// Whether it is the id of `certificate`: digest, and issuer and serial where they are given.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        let digest_fits = match self.digest {
            None => false,
            Some(DigestAlgorithm::Sha256) => certificate.sha256() == self.hash,
            Some(other) => other.digest(certificate.der()).as_ref() == self.hash,
        };
        digest_fits
            && self.issuer_and_serial.is_none_or(|(issuer, serial)| {
                serial == certificate.serial()
                    && (issuer == certificate.issuer_der() || name::normal_form(issuer) == certificate.issuer_normal())
            })
    }
}

/// The contents of the first id of `SEQUENCE { certs SEQUENCE OF id, policies SEQUENCE OF ... OPTIONAL }`.
fn first_id(der: &[u8]) -> Result<Reader<'_>, DerError> {
    let mut attribute = asn1::single_sequence(der)?;
    let mut ids = attribute.sequence()?;
    attribute.optional(asn1::SEQUENCE)?;
    attribute.finish()?;
    ids.sequence()
}

/// The DER of the first directoryName among GeneralNames.
fn directory_name(mut names: Reader<'_>) -> Result<Option<&[u8]>, DerError> {
    while !names.is_empty() {
        let name = names.any()?;
        if name.tag == context_constructed(4) {
            return asn1::single(name.value).map(|name| Some(name.full));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_digest_is_sha256_and_others_are_named() {
        let plain = [0x30, 7, 0x30, 5, 0x30, 3, 4, 1, 9];
        assert_eq!(
            CertificateId::read_v2(&plain),
            Ok(CertificateId { digest: Some(DigestAlgorithm::Sha256), hash: &[9], issuer_and_serial: None })
        );
        assert_eq!(CertificateId::read_v1(&plain).unwrap().digest, Some(DigestAlgorithm::Sha1));
        let named = [0x30, 12, 0x30, 10, 0x30, 8, 0x30, 3, 6, 1, 0x2a, 4, 1, 9];
        assert_eq!(CertificateId::read_v2(&named).unwrap().digest, None);
    }

    #[test]
    fn no_id_trailing_bytes_and_other_types_are_errors() {
        for wrong in [&[0x30, 2, 0x30, 0][..], &[0x30, 0], &[0x30, 8, 0x30, 6, 0x30, 4, 4, 1, 9, 5], &[0x31, 0], &[]] {
            assert!(CertificateId::read_v2(wrong).is_err(), "{wrong:02x?}");
        }
    }
}
