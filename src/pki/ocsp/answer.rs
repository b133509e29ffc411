//! Answering requests out of the index of revocation lists (RFC 6960 2.2). The signing is the caller's.
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::OCSP_SIGNING;
use super::cert_id::{CertId, key_hash};
use super::request::OcspRequest;
use super::response::CertStatus;
use super::write::Single;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::pki::certificate::Certificate;
use crate::pki::crl::{CrlSnapshot, SerialStanding};
use crate::pki::trust_store::TrustStore;

pub use crate::pki::crl::Shards;

/// Why a certificate cannot speak for a CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DelegateError {
    /// Without id-kp-OCSPSigning.
    #[error("the certificate is not for signing OCSP responses: it lacks the extended key usage id-kp-OCSPSigning")]
    NotForOcsp,
    /// Its issuer is not there.
    #[error("no CA of [trust] issued the certificate: a responder answers for the CA that issued its certificate")]
    NoIssuer,
}

/// How a CertID names the issuer: by which digest, that of the name, that of the key.
type IssuerHash = (DigestAlgorithm, Box<[u8]>, Box<[u8]>);

/// A certificate that may sign answers for the CA that issued it.
#[derive(Debug)]
pub struct Delegate {
    certificate: Arc<Certificate>,
    issuer: Arc<Certificate>,
    key_hash: Box<[u8]>,
    /// Of the issuer, by digest: CertIDs that name it.
    issuer_hashes: Vec<IssuerHash>,
}

impl Delegate {
    /// Takes `certificate` as the responder of its issuer, which is looked for among the CAs of `trust`.
    ///
    /// # Errors
    /// [`DelegateError`].
    pub fn new(certificate: Arc<Certificate>, trust: &TrustStore) -> Result<Self, DelegateError> {
        let purposes = certificate.extensions().extended_key_usage.as_deref().unwrap_or_default();
        if !purposes.iter().any(|purpose| purpose.octets() == OCSP_SIGNING) {
            return Err(DelegateError::NotForOcsp);
        }
        let algorithm = SignatureAlgorithm::from_der(certificate.signature_algorithm_der());
        let algorithm = algorithm.map_err(|_| DelegateError::NoIssuer)?;
        let signed_by = |ca: &Certificate| {
            ca.public_key()
                .is_ok_and(|key| key.verify(&algorithm, certificate.tbs_der(), certificate.signature()).is_ok())
        };
        let found = trust.possible_issuers(&certificate).iter().find(|one| signed_by(&one.certificate));
        let issuer = found.ok_or(DelegateError::NoIssuer)?.certificate.clone();
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        let hashes = |digest: DigestAlgorithm| {
            let name = digest.digest(issuer.subject_der()).as_ref().into();
            (digest, name, key_hash(digest, &issuer))
        };
        let issuer_hashes = [Sha1, Sha256, Sha384, Sha512].map(hashes).into();
        Ok(Self { key_hash: key_hash(Sha1, &certificate), certificate, issuer, issuer_hashes })
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    /// The CA for whose certificates it answers.
    pub fn issuer(&self) -> &Arc<Certificate> {
        &self.issuer
    }

    /// SHA-1 of its public key, which names it in responses.
    pub fn key_hash(&self) -> &[u8] {
        &self.key_hash
    }

    /// Whether its certificate is valid at `at`.
    pub fn is_valid_at(&self, at: DateTime<Utc>) -> bool {
        self.certificate.not_before() <= at && at <= self.certificate.not_after()
    }

    /// Whether a CertID means a certificate of its issuer.
    pub fn speaks_for(&self, id: &CertId) -> bool {
        self.issuer_hashes.iter().any(|(digest, name, key)| {
            *digest == id.digest && *key == id.issuer_key_hash && *name == id.issuer_name_hash
        })
    }
}

/// What there is to answer, without the signature.
#[derive(Debug)]
pub struct Answered {
    /// One answer a certificate asked for, in their order.
    pub singles: Vec<Single>,
    /// Until when the whole answer may be kept; none where a part of it has no end that is known.
    pub good_until: Option<DateTime<Utc>>,
}

/// Answers every certificate of a request as of `at`. Those of other issuers than the delegate's are unknown, and so are
/// those of which no fresh list says enough.
pub fn answer(
    request: &OcspRequest,
    delegate: &Delegate,
    snapshot: &CrlSnapshot,
    shards: Shards,
    at: DateTime<Utc>,
) -> Answered {
    let mut good_until = Some(delegate.certificate.not_after());
    let mut singles = Vec::with_capacity(request.ids.len());
    for id in &request.ids {
        let known = delegate.speaks_for(id).then(|| snapshot.of_serial(&delegate.issuer, &id.serial, shards, at));
        let unknown = || Single { id: id.clone(), status: CertStatus::Unknown, this_update: at, next_update: None };
        let single = match known.flatten() {
            None => unknown(),
            Some(SerialStanding { revoked, this_update, next_update }) => Single {
                id: id.clone(),
                status: revoked.map_or(CertStatus::Good, |(at, reason)| CertStatus::Revoked { at, reason }),
                this_update,
                next_update: Some(next_update),
            },
        };
        good_until = good_until.zip(single.next_update).map(|(until, next)| until.min(next));
        singles.push(single);
    }
    Answered { singles, good_until }
}
