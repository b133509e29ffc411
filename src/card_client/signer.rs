//! Signing what was checked, shown and agreed to; and proving oneself when signing in.
use std::cell::RefCell;

use chrono::{DateTime, SecondsFormat, Utc};

use super::ClientError;
use super::folder::DataFolder;
use super::request::CheckedRequest;
use super::token::{Purpose, TokenError, TokenSession, algorithm};
use super::used::UsedRequests;
use crate::crypto::DigestAlgorithm;
use crate::signature::cms::build::{SignerKey, sign_detached};

/// A detached CAdES-B-B signature (DER) over the request's own document, which is hashed here. The request is used up by
/// it: it is recorded in `folder` before the signature is given out. A card that fails leaves the request unused.
///
/// # Errors
/// `certificate-purpose` (a certificate for signing in signs no document, whatever token holds it), `request-used`, `certificate-expired`, `certificate-not-yet-valid`, and what the card says.
pub fn sign(
    request: &CheckedRequest,
    session: &mut dyn TokenSession,
    folder: &DataFolder,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, ClientError> {
    algorithm::check_purpose(session.certificate(), Purpose::Signature)?;
    check_dates(session.certificate(), now)?;
    let mut used = UsedRequests::take(folder, now)?;
    used.check(request)?;
    let key = SessionKey::new(session);
    let signature = sign_detached(request.document(), &key, &[], now).map_err(|reason| key.error(reason))?;
    used.record(request)?;
    Ok(signature)
}

/// Signs `message` for signing in (Web eID: the hash of the origin, then that of the nonce), with a session of
/// [`Purpose::Authentication`]. Never with the key that signs documents.
///
/// # Errors
/// When the session's certificate is not one for signing in, or what the card says.
pub fn prove(session: &mut dyn TokenSession, message: &[u8], now: DateTime<Utc>) -> Result<Vec<u8>, ClientError> {
    algorithm::check_purpose(session.certificate(), Purpose::Authentication)?;
    check_dates(session.certificate(), now)?;
    Ok(session.sign(message)?)
}

/// That a certificate (DER) is within its dates.
///
/// # Errors
/// `certificate-expired`, `certificate-not-yet-valid`.
pub fn check_dates(certificate: &[u8], now: DateTime<Utc>) -> Result<(), TokenError> {
    let certificate = algorithm::read(certificate)?;
    let told = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    if now > certificate.not_after() {
        return Err(TokenError::Expired { at: told(certificate.not_after()) });
    }
    if now < certificate.not_before() {
        return Err(TokenError::NotYetValid { at: told(certificate.not_before()) });
    }
    Ok(())
}

/// A session as the maker of signatures sees it; keeps what the card said.
struct SessionKey<'a> {
    certificate: Vec<u8>,
    algorithm: algorithm::KeyAlgorithm,
    session: RefCell<&'a mut dyn TokenSession>,
    failed: RefCell<Option<TokenError>>,
}

impl<'a> SessionKey<'a> {
    fn new(session: &'a mut dyn TokenSession) -> Self {
        Self {
            certificate: session.certificate().to_vec(),
            algorithm: session.algorithm(),
            session: RefCell::new(session),
            failed: RefCell::new(None),
        }
    }

    fn error(&self, reason: String) -> ClientError {
        self.failed.take().unwrap_or(TokenError::Unusable(reason)).into()
    }
}

impl SignerKey for SessionKey<'_> {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn digest(&self) -> DigestAlgorithm {
        self.algorithm.digest()
    }

    fn signature_algorithm(&self) -> Vec<u8> {
        self.algorithm.identifier()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let signed = self.session.borrow_mut().sign(message);
        signed.map_err(|error| {
            let told = error.to_string();
            self.failed.replace(Some(error));
            told
        })
    }
}
