//! The responder: answers for the CAs that gave it a certificate, out of the snapshot of revocation lists.
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use openssl::pkey::PKey;
use openssl::x509::X509;

use super::Gateway;
use crate::crypto::sha256;
use crate::pki::certificate::Certificate;
use crate::pki::crl::CrlSnapshot;
use crate::pki::ocsp::{self, Delegate, OcspRequest, ResponseData, ResponseStatus, Shards};
use crate::pki::trust_store::TrustStore;
use crate::settings::OcspSettings;
use crate::signature::cms::build::SignerKey as _;
use crate::signature::cms::software_key::SoftwareKey;

/// How long a signed answer without nonce is given again.
const GIVEN_AGAIN: i64 = 60;
/// The most signed answers that are kept.
const KEPT: usize = 4096;

/// What a request is answered with.
#[derive(Debug, Clone)]
pub struct OcspReply {
    /// DER of the OCSPResponse.
    pub der: Bytes,
    /// Until when caches may keep it; none: not at all.
    pub good_until: Option<DateTime<Utc>>,
    /// When it was signed.
    pub produced_at: DateTime<Utc>,
}

/// One CA's responder: its certificate and key.
#[derive(Debug)]
struct Responder {
    delegate: Delegate,
    key: SoftwareKey,
}

/// The responders of a gateway.
#[derive(Debug)]
pub struct OcspResponders {
    all: Vec<Responder>,
    shards: Shards,
    kept: Mutex<Kept>,
}

/// Signed answers without nonce, out of one snapshot.
#[derive(Debug, Default)]
struct Kept {
    snapshot: Weak<CrlSnapshot>,
    answers: HashMap<[u8; 32], (OcspReply, DateTime<Utc>)>,
}

impl OcspResponders {
    /// As `[ocsp]` says; none where no certificate is set.
    ///
    /// # Errors
    /// A sentence: a file cannot be read, the key is not the certificate's, the certificate is not for OCSP or not of a
    /// CA of `trust`.
    pub fn open(settings: &OcspSettings, trust: &TrustStore) -> Result<Option<Self>, String> {
        let one = match (&settings.certificate, &settings.key) {
            (Some(certificate), Some(key)) => Some((certificate.as_path(), key.as_path())),
            (None, None) => None,
            _ => return Err("ocsp.certificate and ocsp.key go together: set both or neither".to_owned()),
        };
        let more = settings.responders.iter().map(|files| (files.certificate.as_path(), files.key.as_path()));
        let all: Vec<Responder> = one
            .into_iter()
            .chain(more)
            .map(|(certificate, key)| responder(certificate, key, trust))
            .collect::<Result<_, _>>()?;
        let shards = if settings.all_shards { Shards::All } else { Shards::Some };
        Ok((!all.is_empty()).then(|| Self { all, shards, kept: Mutex::default() }))
    }

    /// Answers a request, DER, out of `snapshot` as of `now`.
    pub fn answer(&self, request: &[u8], snapshot: &Arc<CrlSnapshot>, now: DateTime<Utc>) -> OcspReply {
        let status_only =
            |status| OcspReply { der: ocsp::status_only(status).into(), good_until: None, produced_at: now };
        let digest = sha256(request);
        if let Some(kept) = self.kept(&digest, snapshot, now) {
            return kept;
        }
        let Ok(read) = OcspRequest::from_der(request) else { return status_only(ResponseStatus::MalformedRequest) };
        let speaks = |responder: &&Responder| read.ids.iter().any(|id| responder.delegate.speaks_for(id));
        // RFC 5019 2.2.3: who cannot answer with authority says so.
        let Some(responder) = self.all.iter().find(speaks) else { return status_only(ResponseStatus::Unauthorized) };
        // At a start no list is there yet; a certificate of our own that has ended comes to the same.
        if snapshot.is_empty() || !responder.delegate.is_valid_at(now) {
            return status_only(ResponseStatus::TryLater);
        }
        match self.sign(responder, &read, snapshot, now) {
            Ok(reply) => {
                if read.nonce.is_none() {
                    self.keep(digest, snapshot, &reply, now);
                }
                reply
            }
            Err(fault) => {
                tracing::error!(target: "madoguchi::ocsp", %fault, "an answer could not be signed");
                status_only(ResponseStatus::InternalError)
            }
        }
    }

    fn sign(
        &self,
        responder: &Responder,
        request: &OcspRequest,
        snapshot: &CrlSnapshot,
        now: DateTime<Utc>,
    ) -> Result<OcspReply, String> {
        let answered = ocsp::answer(request, &responder.delegate, snapshot, self.shards, now);
        let data = ResponseData {
            responder_key_hash: responder.delegate.key_hash(),
            produced_at: now,
            singles: answered.singles,
            nonce: request.nonce.as_deref(),
        };
        let (algorithm, certificate) = (responder.key.signature_algorithm(), responder.delegate.certificate());
        let der = ocsp::sign(&data, &algorithm, certificate.der(), |tbs| responder.key.sign(tbs))?;
        let good_until = answered.good_until.filter(|_| request.nonce.is_none());
        Ok(OcspReply { der: der.into(), good_until, produced_at: now })
    }

    fn kept(&self, digest: &[u8; 32], snapshot: &Arc<CrlSnapshot>, now: DateTime<Utc>) -> Option<OcspReply> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.snapshot.ptr_eq(&Arc::downgrade(snapshot)) {
            return None;
        }
        kept.answers.get(digest).filter(|(_, until)| now < *until).map(|(reply, _)| reply.clone())
    }

    fn keep(&self, digest: [u8; 32], snapshot: &Arc<CrlSnapshot>, reply: &OcspReply, now: DateTime<Utc>) {
        let until = now + Duration::seconds(GIVEN_AGAIN);
        let until = reply.good_until.map_or(until, |good| good.min(until));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = Arc::downgrade(snapshot);
        if !kept.snapshot.ptr_eq(&snapshot) || kept.answers.len() >= KEPT {
            *kept = Kept { snapshot, answers: HashMap::new() };
        }
        kept.answers.insert(digest, (reply.clone(), until));
    }
}

fn responder(certificate: &Path, key: &Path, trust: &TrustStore) -> Result<Responder, String> {
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let unusable = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let bytes = read(certificate)?;
    let mut found = Certificate::from_pem_or_der(&bytes).map_err(|error| unusable(certificate, &error))?;
    // What follows the responder's own certificate (its issuer's) is of no use here.
    let own = if found.is_empty() { None } else { Some(found.swap_remove(0)) };
    let own = own.ok_or_else(|| unusable(certificate, &"it holds no certificate"))?;
    let private = PKey::private_key_from_pem(&read(key)?).map_err(|_| unusable(key, &"it holds no PEM private key"))?;
    let of_certificate = X509::from_der(own.der()).and_then(|certificate| certificate.public_key());
    if !of_certificate.is_ok_and(|public| public.public_eq(&private)) {
        return Err(unusable(key, &format_args!("it is not the key of {}", certificate.display())));
    }
    let signer = SoftwareKey::new(own.der().to_vec(), private).map_err(|error| unusable(key, &error))?;
    let delegate = Delegate::new(own, trust).map_err(|error| unusable(certificate, &error))?;
    Ok(Responder { delegate, key: signer })
}

impl Gateway {
    /// Answers an OCSP request, DER; none where this gateway is no responder.
    pub fn answer_ocsp(&self, request: &[u8]) -> Option<OcspReply> {
        let responders = self.responders.as_ref()?;
        Some(responders.answer(request, &self.crls.current(), self.clock.now()))
    }
}
