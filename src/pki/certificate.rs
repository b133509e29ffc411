//! One X.509 certificate, parsed once.
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// A parsed certificate; nothing in it is believed yet.
#[derive(Debug)]
pub struct Certificate {}

impl Certificate {
    /// Parses one certificate from strict DER; the whole input must be it.
    pub fn from_der(_der: impl Into<Arc<[u8]>>) -> Result<Self, CertificateError> {
        unimplemented!()
    }
    /// Every certificate in a file of PEM (one or several objects) or DER (one).
    pub fn from_pem_or_der(_bytes: &[u8]) -> Result<Vec<Arc<Self>>, CertificateError> {
        unimplemented!()
    }
    /// The DER as received.
    pub fn der(&self) -> &[u8] {
        unimplemented!()
    }
    /// SHA-256 of the DER.
    pub fn sha256(&self) -> [u8; 32] {
        unimplemented!()
    }
    /// Content octets of the serial INTEGER.
    pub fn serial(&self) -> &[u8] {
        unimplemented!()
    }
    /// DER of the issuer Name.
    pub fn issuer_der(&self) -> &[u8] {
        unimplemented!()
    }
    /// DER of the subject Name.
    pub fn subject_der(&self) -> &[u8] {
        unimplemented!()
    }
    /// The subject in RFC 4514 form.
    pub fn subject(&self) -> String {
        unimplemented!()
    }
    /// The issuer in RFC 4514 form.
    pub fn issuer(&self) -> String {
        unimplemented!()
    }
    /// First second of validity.
    pub fn not_before(&self) -> DateTime<Utc> {
        unimplemented!()
    }
    /// Last second of validity.
    pub fn not_after(&self) -> DateTime<Utc> {
        unimplemented!()
    }
    /// The subject's public key.
    pub fn public_key(&self) -> &crate::crypto::PublicKey {
        unimplemented!()
    }
}

/// Why bytes are not a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate: {0}")]
pub struct CertificateError(pub String);
