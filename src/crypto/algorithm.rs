//! Signature algorithms as AlgorithmIdentifiers name them.
use super::der::{self, INTEGER, NULL, SEQUENCE};
use super::{CryptoError, DigestAlgorithm};

/// What an AlgorithmIdentifier means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS (RFC 8017 8.1) with the parameters of RFC 4055 3.1.
    RsaPss {
        /// Over the message.
        digest: DigestAlgorithm,
        /// Within MGF1.
        mgf_digest: DigestAlgorithm,
        /// Octets of salt, at most 512.
        salt: u16,
    },
    /// ECDSA (RFC 5758 3.2) with an ASN.1 signature value.
    Ecdsa(DigestAlgorithm),
    /// Well formed, and not an algorithm that is ever verified here; the name is for reports.
    Other(&'static str),
}

/// A parsed signature AlgorithmIdentifier (RFC 5280 4.1.1.2, RFC 4055, RFC 5758).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignatureAlgorithm {
    scheme: Scheme,
}

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// Longest salt that a key of 4,096 bits has room for.
const MAX_SALT: u32 = 512;

impl SignatureAlgorithm {
    /// The algorithm of that meaning: for formats that name it otherwise than by an AlgorithmIdentifier.
    pub fn of(scheme: Scheme) -> Self {
        Self { scheme }
    }

    /// Reads the DER of an AlgorithmIdentifier as certificates and CRLs carry it.
    ///
    /// An algorithm that is not known gives [`Scheme::Other`], so that it can be reported by name.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] where it is not one DER AlgorithmIdentifier.
    pub fn from_der(algorithm_identifier: &[u8]) -> Result<Self, CryptoError> {
        let (oid, parameters) = der::algorithm_identifier(algorithm_identifier)?;
        let no_parameters = parameters.is_empty() || parameters == NULL;
        let scheme = match oid {
            // 1.2.840.113549.1.1: PKCS #1
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last] => match (*last, no_parameters) {
                (0x05, true) => Scheme::RsaPkcs1(DigestAlgorithm::Sha1),
                (0x0b, true) => Scheme::RsaPkcs1(DigestAlgorithm::Sha256),
                (0x0c, true) => Scheme::RsaPkcs1(DigestAlgorithm::Sha384),
                (0x0d, true) => Scheme::RsaPkcs1(DigestAlgorithm::Sha512),
                (0x0a, _) => pss(parameters)?,
                (0x02, _) => Scheme::Other("MD2withRSA"),
                (0x04, _) => Scheme::Other("MD5withRSA"),
                (0x0e, _) => Scheme::Other("SHA224withRSA"),
                (0x01, _) => Scheme::Other("RSA without a digest"),
                _ => Scheme::Other("unknown"),
            },
            // 1.2.840.10045.4: ANSI X9.62; parameters must be absent (RFC 5758 3.2)
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, rest @ ..] => match (rest, parameters.is_empty()) {
                ([0x01], true) => Scheme::Ecdsa(DigestAlgorithm::Sha1),
                ([0x03, 0x02], true) => Scheme::Ecdsa(DigestAlgorithm::Sha256),
                ([0x03, 0x03], true) => Scheme::Ecdsa(DigestAlgorithm::Sha384),
                ([0x03, 0x04], true) => Scheme::Ecdsa(DigestAlgorithm::Sha512),
                ([0x03, 0x01], _) => Scheme::Other("SHA224withECDSA"),
                _ => Scheme::Other("unknown"),
            },
            [0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03] => Scheme::Other("SHA1withDSA"),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x02] => Scheme::Other("SHA256withDSA"),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, ..] => Scheme::Other("unknown"),
            [0x2b, 0x65, 0x70] => Scheme::Other("Ed25519"),
            [0x2b, 0x65, 0x71] => Scheme::Other("Ed448"),
            _ => Scheme::Other("unknown"),
        };
        Ok(Self { scheme })
    }

    /// Reads it as a CMS SignerInfo carries it, where `rsaEncryption` (RFC 3370 3.2) and `id-ecPublicKey` leave the digest
    /// to the SignerInfo's digestAlgorithm.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_signer_info(algorithm_identifier: &[u8], digest: Option<DigestAlgorithm>) -> Result<Self, CryptoError> {
        let (oid, parameters) = der::algorithm_identifier(algorithm_identifier)?;
        match (oid, digest) {
            (RSA_ENCRYPTION, Some(digest)) if parameters.is_empty() || parameters == NULL => {
                Ok(Self { scheme: Scheme::RsaPkcs1(digest) })
            }
            (EC_PUBLIC_KEY, Some(digest)) => Ok(Self { scheme: Scheme::Ecdsa(digest) }),
            _ => Self::from_der(algorithm_identifier),
        }
    }

    /// What it means.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// For reports: `SHA256withRSA`, `SHA256withRSAandMGF1`, `SHA256withECDSA`.
    pub fn name(&self) -> &'static str {
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        match self.scheme {
            Scheme::RsaPkcs1(Sha1) => "SHA1withRSA",
            Scheme::RsaPkcs1(Sha256) => "SHA256withRSA",
            Scheme::RsaPkcs1(Sha384) => "SHA384withRSA",
            Scheme::RsaPkcs1(Sha512) => "SHA512withRSA",
            Scheme::RsaPss { digest: Sha1, .. } => "SHA1withRSAandMGF1",
            Scheme::RsaPss { digest: Sha256, .. } => "SHA256withRSAandMGF1",
            Scheme::RsaPss { digest: Sha384, .. } => "SHA384withRSAandMGF1",
            Scheme::RsaPss { digest: Sha512, .. } => "SHA512withRSAandMGF1",
            Scheme::Ecdsa(Sha1) => "SHA1withECDSA",
            Scheme::Ecdsa(Sha256) => "SHA256withECDSA",
            Scheme::Ecdsa(Sha384) => "SHA384withECDSA",
            Scheme::Ecdsa(Sha512) => "SHA512withECDSA",
            Scheme::Other(name) => name,
        }
    }

    /// The digest within, where the algorithm is one that we verify.
    pub fn digest(&self) -> Option<DigestAlgorithm> {
        match self.scheme {
            Scheme::RsaPkcs1(digest) | Scheme::Ecdsa(digest) | Scheme::RsaPss { digest, .. } => Some(digest),
            Scheme::Other(_) => None,
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 3.1): each field is explicitly tagged and has a default.
pub(super) fn pss(parameters: &[u8]) -> Result<Scheme, CryptoError> {
    // In a signature AlgorithmIdentifier the parameters must be there (RFC 4055 3.1).
    let mut rest = der::only(parameters, SEQUENCE)?;
    let mut field = |number: u8| -> Result<Option<&[u8]>, CryptoError> {
        match rest.first() {
            Some(tag) if *tag == 0xa0 | number => {
                let (contents, after) = der::take(rest, *tag)?;
                rest = after;
                Ok(Some(contents))
            }
            _ => Ok(None),
        }
    };
    let (digest, mgf, salt, trailer) = (field(0)?, field(1)?, field(2)?, field(3)?);
    if !rest.is_empty() {
        return Err(CryptoError::Encoding);
    }
    let digest = digest.map_or(Ok(Some(DigestAlgorithm::Sha1)), digest_identifier)?;
    let mgf_digest = match mgf.map(der::algorithm_identifier).transpose()? {
        None => Some(DigestAlgorithm::Sha1),
        Some((MGF1, identifier)) => digest_identifier(identifier)?,
        Some(_) => None,
    };
    let salt = salt.map_or(Ok(20), small_integer)?;
    let trailer = trailer.map_or(Ok(1), small_integer)?;
    Ok(match (digest, mgf_digest, u16::try_from(salt)) {
        (Some(digest), Some(mgf_digest), Ok(salt)) if trailer == 1 && u32::from(salt) <= MAX_SALT => {
            Scheme::RsaPss { digest, mgf_digest, salt }
        }
        _ => Scheme::Other("RSASSA-PSS with unusual parameters"),
    })
}

fn digest_identifier(identifier: &[u8]) -> Result<Option<DigestAlgorithm>, CryptoError> {
    let (oid, parameters) = der::algorithm_identifier(identifier)?;
    let usual = parameters.is_empty() || parameters == NULL;
    Ok(DigestAlgorithm::from_oid(oid).filter(|_| usual))
}

fn small_integer(der: &[u8]) -> Result<u32, CryptoError> {
    match der::only(der, INTEGER)? {
        [small @ 0..=0x7f] => Ok(u32::from(*small)),
        [0, low @ 0x80..=0xff] => Ok(u32::from(*low)),
        [high @ 1..=0x7f, low] => Ok(u32::from(u16::from_be_bytes([*high, *low]))),
        _ => Err(CryptoError::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
        let mut body = vec![0x06, oid.len() as u8];
        body.extend_from_slice(oid);
        body.extend_from_slice(parameters);
        [&[0x30, body.len() as u8], body.as_slice()].concat()
    }

    #[test]
    fn rsa_takes_null_or_nothing_and_ecdsa_takes_nothing() {
        let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
        for parameters in [&[][..], NULL] {
            let read = SignatureAlgorithm::from_der(&identifier(&rsa, parameters)).unwrap();
            assert_eq!(read.name(), "SHA256withRSA");
        }
        let odd = SignatureAlgorithm::from_der(&identifier(&rsa, &[0x02, 0x01, 0x00])).unwrap();
        assert_eq!(odd.name(), "unknown");
        let ecdsa = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
        assert_eq!(SignatureAlgorithm::from_der(&identifier(&ecdsa, &[])).unwrap().name(), "SHA384withECDSA");
        assert_eq!(SignatureAlgorithm::from_der(&identifier(&ecdsa, NULL)).unwrap().digest(), None);
    }

    #[test]
    fn the_digest_of_a_bare_key_algorithm_is_the_signer_infos() {
        let bare = identifier(RSA_ENCRYPTION, NULL);
        let with = |digest| SignatureAlgorithm::from_signer_info(&bare, digest).unwrap().name();
        assert_eq!(with(Some(DigestAlgorithm::Sha384)), "SHA384withRSA");
        assert_eq!(with(None), "RSA without a digest");
        assert_eq!(SignatureAlgorithm::from_der(&bare).unwrap().digest(), None);
    }

    #[test]
    fn pss_defaults_are_sha1_and_twenty_octets() {
        let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
        let read = |parameters: &[u8]| SignatureAlgorithm::from_der(&identifier(&oid, parameters));
        let (sha1, salt) = (DigestAlgorithm::Sha1, 20);
        assert_eq!(read(&[0x30, 0x00]).unwrap().scheme(), Scheme::RsaPss { digest: sha1, mgf_digest: sha1, salt });
        let salt_222 = [0x30, 0x06, 0xa2, 0x04, 0x02, 0x02, 0x00, 0xde];
        assert!(matches!(read(&salt_222).unwrap().scheme(), Scheme::RsaPss { salt: 222, .. }));
        let trailer_2 = [0x30, 0x05, 0xa3, 0x03, 0x02, 0x01, 0x02];
        assert_eq!(read(&trailer_2).unwrap().digest(), None);
        assert_eq!(read(&[]), Err(CryptoError::Encoding), "parameters must be there");
        assert_eq!(read(&[0x30, 0x01, 0xa9]), Err(CryptoError::Encoding));
    }

    #[test]
    fn what_is_not_one_element_is_refused() {
        for wrong in [&[][..], &[0x30], &[0x30, 0x00], &[0x30, 0x03, 0x06, 0x01, 0x2a, 0x00], &[0x30, 0x80, 0x00, 0x00]]
        {
            assert_eq!(SignatureAlgorithm::from_der(wrong), Err(CryptoError::Encoding), "{wrong:02x?}");
        }
    }
}
