//! Public keys, parsed once from a SubjectPublicKeyInfo.
use std::sync::OnceLock;

use openssl::bn::BigNum;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;

use super::algorithm::{Scheme, pss};
use super::der::{self, BIT_STRING, INTEGER, NULL, OID, SEQUENCE};
use super::{CryptoError, SignatureAlgorithm};

/// A named curve (RFC 5480 2.1.1.1) that we verify on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// secp256r1
    P256,
    /// secp384r1
    P384,
    /// secp521r1
    P521,
}

/// A public key, parsed once from a SubjectPublicKeyInfo; cheap to use again and from several threads.
#[derive(Debug)]
pub struct PublicKey {
    pub(super) kind: Kind,
    bits: u32,
}

#[derive(Debug)]
pub(super) enum Kind {
    Rsa(RsaKey),
    Ec { curve: Curve, point: Box<[u8]>, openssl: LazyKey },
    Other(&'static str),
}

#[derive(Debug)]
pub(super) struct RsaKey {
    pub(super) components: ring::signature::RsaPublicKeyComponents<Box<[u8]>>,
    /// Whether exponent and modulus are of a shape that is computed with at all.
    pub(super) usable: bool,
    /// What an id-RSASSA-PSS key may be used with (RFC 4055 3.3).
    pub(super) only_with: Option<Scheme>,
    pub(super) openssl: LazyKey,
    /// Set up once for many verifications; see [`PublicKey::prepare`].
    pub(super) prepared: OnceLock<Rsa<Public>>,
}

/// The key in OpenSSL's form, made when it is first needed: most keys never need it.
#[derive(Debug, Default)]
pub(super) struct LazyKey(OnceLock<Option<PKey<Public>>>);

impl LazyKey {
    pub(super) fn get_or_make(
        &self,
        make: impl FnOnce() -> Option<PKey<Public>>,
    ) -> Result<&PKey<Public>, CryptoError> {
        self.0.get_or_init(make).as_ref().ok_or(CryptoError::Key)
    }
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const SECP384R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const SECP521R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// Largest modulus that is computed with; a longer one would be a way to burn time.
const MAX_RSA_BITS: u32 = 8192;

impl PublicKey {
    /// Parses the DER of a SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
    ///
    /// Keys that no policy accepts (small or odd RSA, DSA, other curves) parse too, so that they can be reported as
    /// what they are; [`Self::verify`] and [`super::weakness`] refuse them.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] where it is not the DER of a SubjectPublicKeyInfo.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, CryptoError> {
        let (algorithm, rest) = der::take(der::only(spki, SEQUENCE)?, SEQUENCE)?;
        let key = match der::only(rest, BIT_STRING)? {
            [0, key @ ..] => key,
            _ => return Err(CryptoError::Encoding),
        };
        let (oid, parameters) = der::take(algorithm, OID)?;
        match oid {
            RSA if parameters.is_empty() || parameters == NULL => rsa(key, None),
            RSA_PSS => rsa(key, (!parameters.is_empty()).then(|| pss(parameters)).transpose()?),
            EC => ec(key, parameters),
            DSA => Ok(Self { kind: Kind::Other("DSA"), bits: 0 }),
            ED25519 => Ok(Self { kind: Kind::Other("Ed25519"), bits: 256 }),
            _ => Ok(Self { kind: Kind::Other("unknown"), bits: 0 }),
        }
    }

    /// Key size in bits; 0 where the algorithm is not known.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// For reports: `RSA`, `EC P-256`, `DSA`.
    pub fn algorithm_name(&self) -> &'static str {
        match &self.kind {
            Kind::Rsa(_) => "RSA",
            Kind::Ec { curve: Curve::P256, .. } => "EC P-256",
            Kind::Ec { curve: Curve::P384, .. } => "EC P-384",
            Kind::Ec { curve: Curve::P521, .. } => "EC P-521",
            Kind::Other(name) => name,
        }
    }

    /// The curve of an EC key.
    pub fn curve(&self) -> Option<Curve> {
        if let Kind::Ec { curve, .. } = &self.kind { Some(*curve) } else { None }
    }

    /// Whether it is an RSA key.
    pub fn is_rsa(&self) -> bool {
        matches!(self.kind, Kind::Rsa(_))
    }

    /// Whether it is of a shape that is computed with at all (an RSA key with odd modulus and exponent, of bounded size).
    pub fn is_usable(&self) -> bool {
        match &self.kind {
            Kind::Rsa(rsa) => rsa.usable,
            Kind::Ec { .. } => true,
            Kind::Other(_) => false,
        }
    }

    /// Sets the key up for many verifications, which a CA's is for. `ring` sets an RSA key up anew at each one, which is
    /// a fifth of its cost and which it has no way to keep; OpenSSL keeps it. Without effect on a key of another type.
    pub fn prepare(&self) {
        let Kind::Rsa(rsa) = &self.kind else { return };
        if rsa.usable && (2048..=MAX_RSA_BITS).contains(&self.bits) && rsa.prepared.get().is_none() {
            // A key that OpenSSL does not take is verified with as any other.
            let _ = prepared(rsa).map(|key| rsa.prepared.set(key));
        }
    }

    /// Verifies `signature` over `message` (digested here).
    ///
    /// # Errors
    /// [`CryptoError::UnknownAlgorithm`] where the algorithm is one that is never verified, [`CryptoError::Key`] where the key
    /// is not of the algorithm's type or cannot be used, [`CryptoError::Signature`] where the value is wrong.
    pub fn verify(&self, algorithm: &SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        super::verify::verify(self, algorithm, message, signature)
    }
}

fn rsa(key: &[u8], only_with: Option<Scheme>) -> Result<PublicKey, CryptoError> {
    let (n, rest) = der::take(der::only(key, SEQUENCE)?, INTEGER)?;
    let (n, e) = (der::positive(n)?, der::positive(der::only(rest, INTEGER)?)?);
    let bits = n.len() as u32 * 8 - n.first().map_or(0, |byte| byte.leading_zeros());
    let odd = |number: &[u8]| number.last().is_some_and(|low| low & 1 == 1);
    // RFC 8017 3.1: both odd, e at least 3; an exponent over 33 bits is only ever a way to burn time.
    let usable = odd(n) && odd(e) && e != [1] && e.len() <= 5 && bits <= MAX_RSA_BITS;
    let components = ring::signature::RsaPublicKeyComponents { n: n.into(), e: e.into() };
    let (openssl, prepared) = (LazyKey::default(), OnceLock::new());
    Ok(PublicKey { kind: Kind::Rsa(RsaKey { components, usable, only_with, openssl, prepared }), bits })
}

fn prepared(rsa: &RsaKey) -> Result<Rsa<Public>, openssl::error::ErrorStack> {
    Rsa::from_public_components(BigNum::from_slice(&rsa.components.n)?, BigNum::from_slice(&rsa.components.e)?)
}

fn ec(point: &[u8], parameters: &[u8]) -> Result<PublicKey, CryptoError> {
    let (curve, bits) = match der::take(parameters, OID) {
        Ok((PRIME256V1, [])) => (Curve::P256, 256),
        Ok((SECP384R1, [])) => (Curve::P384, 384),
        Ok((SECP521R1, [])) => (Curve::P521, 521),
        _ => return Ok(PublicKey { kind: Kind::Other("EC on another curve"), bits: 0 }),
    };
    let octets = (bits as usize).div_ceil(8);
    let fits = match point {
        [0x04, coordinates @ ..] => coordinates.len() == 2 * octets,
        [0x02 | 0x03, coordinate @ ..] => coordinate.len() == octets,
        _ => false,
    };
    if !fits {
        return Err(CryptoError::Encoding);
    }
    Ok(PublicKey { kind: Kind::Ec { curve, point: point.into(), openssl: LazyKey::default() }, bits })
}
