//! Asking OCSP responders (RFC 6960 4.1, RFC 9654): by POST with a fresh nonce, through the guarded way to URLs that
//! certificates name, a few at a time, and no longer than a filing may be kept waiting. What comes is not believed here.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::crypto::DigestAlgorithm;
use crate::fetch::{FetchError, FetchRules, Fetcher};
use crate::pki::certificate::Certificate;
use crate::pki::ocsp::{CertId, MAX_RESPONSE, OcspEvidence, OcspRequest, OcspResponse};
use crate::settings::OcspSettings;

/// The most answers that are remembered, and the most responders that did not answer.
const REMEMBERED: usize = 10_000;
/// How long a responder that did not answer is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(15);
/// Octets of a nonce (RFC 9654 2.1).
const NONCE: usize = 32;
/// The most responders that are asked about one certificate.
const URLS: usize = 2;

/// A certificate and its issuer.
pub type Pair = (Arc<Certificate>, Arc<Certificate>);

/// An answer, and until when it is used.
type KeptAnswer = (OcspEvidence, DateTime<Utc>);

/// The client.
#[derive(Debug)]
pub struct OcspClient {
    fetcher: Fetcher,
    responder: Option<String>,
    patience: Duration,
    at_once: Semaphore,
    /// Answers that verdicts rested on, by the certificate's SHA-256, each until newer information is due.
    answers: Mutex<HashMap<[u8; 32], KeptAnswer>>,
    /// Responders that did not answer, each with when it may be asked again.
    silent: Mutex<HashMap<String, DateTime<Utc>>>,
}

impl OcspClient {
    /// As `[ocsp]` says.
    pub fn new(settings: &OcspSettings) -> Self {
        let patience = settings.patience.duration();
        let rules = FetchRules {
            allow: settings.allow.clone(),
            connect_timeout: patience,
            timeout: patience,
            max_redirects: 0,
            max_bytes: MAX_RESPONSE,
        };
        Self {
            fetcher: Fetcher::new(rules),
            responder: settings.responder.clone(),
            patience,
            at_once: Semaphore::new(settings.at_once.max(1)),
            answers: Mutex::default(),
            silent: Mutex::default(),
        }
    }

    /// What responders answer about these certificates, as far as it comes in time; each certificate's path was
    /// verified before.
    pub async fn ask(self: &Arc<Self>, certificates: &[Pair], clock: &Arc<dyn Clock>) -> Vec<OcspEvidence> {
        let one = |pair: &Pair| {
            let (client, pair, clock) = (self.clone(), pair.clone(), clock.clone());
            async move { client.ask_one(pair, clock).await }
        };
        let all = futures_util::future::join_all(certificates.iter().map(one));
        all.await.into_iter().flatten().collect()
    }

    async fn ask_one(self: Arc<Self>, pair: Pair, clock: Arc<dyn Clock>) -> Option<OcspEvidence> {
        if let Some(known) = self.remembered(&pair.0, clock.now()) {
            return Some(known);
        }
        let patience = self.patience;
        let asked = async {
            let _place = self.at_once.acquire().await.ok()?;
            let client = self.clone();
            let answer = tokio::task::spawn_blocking(move || client.fetch(&pair, &*clock));
            answer.await.ok().flatten()
        };
        tokio::time::timeout(patience, asked).await.ok().flatten()
    }

    fn fetch(&self, (certificate, issuer): &Pair, clock: &dyn Clock) -> Option<OcspEvidence> {
        let id = CertId::of(DigestAlgorithm::Sha1, certificate, issuer);
        let mut nonce = [0; NONCE];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let request = OcspRequest { ids: vec![id], nonce: Some(nonce.as_slice().into()) }.to_der();
        let urls: Vec<&str> = match &self.responder {
            Some(responder) => vec![responder.as_str()],
            None => certificate.ocsp_urls().into_iter().take(URLS).collect(),
        };
        for url in urls {
            if self.is_silent(url, clock.now()) {
                continue;
            }
            match self.post(url, &request) {
                Ok(der) => {
                    let nonce = Some(nonce.as_slice().into());
                    return Some(OcspEvidence { der: der.into(), received_at: clock.now(), nonce });
                }
                Err(why) => {
                    tracing::warn!(target: "madoguchi::ocsp", %why, "an OCSP responder did not answer");
                    self.note_silent(url, clock.now());
                }
            }
        }
        None
    }

    fn post(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, String> {
        let told = |error: FetchError| error.to_string();
        let body = self.fetcher.post(url, "application/ocsp-request", request).map_err(told)?.body;
        match OcspResponse::from_der(&body) {
            Ok(_) => Ok(body),
            Err(error) => Err(format!("its answer cannot be read: {error}")),
        }
    }

    /// Remembers an answer that a verdict rests on.
    pub fn remember(&self, certificate: [u8; 32], answer: &OcspEvidence, until: DateTime<Utc>) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= REMEMBERED {
            let now = answer.received_at;
            answers.retain(|_, (_, until)| *until > now);
        }
        if answers.len() < REMEMBERED {
            answers.insert(certificate, (answer.clone(), until));
        }
    }

    fn remembered(&self, certificate: &Certificate, now: DateTime<Utc>) -> Option<OcspEvidence> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(&certificate.sha256()).filter(|(_, until)| now <= *until).map(|(answer, _)| answer.clone())
    }

    fn is_silent(&self, url: &str, now: DateTime<Utc>) -> bool {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.get(url).is_some_and(|until| now < *until)
    }

    fn note_silent(&self, url: &str, now: DateTime<Utc>) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.len() >= REMEMBERED {
            silent.clear();
        }
        silent.insert(url.to_owned(), now + LEFT_ALONE);
    }
}
