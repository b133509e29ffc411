//! Signing in with a card: giving a browser a challenge, and judging the token that answers it.
//!
//! The challenge is bound to the browser by a cookie of its own, lives for a few minutes, and is taken out of the record
//! before the token is looked at: one try a challenge, good or bad. A token is never held: where revocation cannot be
//! decided, nobody is signed in and the person is told to come back.
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use ring::rand::SecureRandom as _;

use super::Gateway;
use super::outcome::sha256;
use crate::pki::certificate::Oid;
use crate::pki::crl::{CrlSnapshot, OcspSource, RevocationData};
use crate::pki::ocsp::{OcspEvidence, OcspUse};
use crate::settings::SignInSettings;
use crate::signature::verifier::Verifier;
use crate::store::StoreError;
use crate::store::audit::{AuditEntry, RESIDENT};
use crate::store::resident_sessions::{CardHolder, ResidentSession, SessionLife};
use crate::store::sign_in_challenges::NewChallenge;
use crate::submission::rejection::{Rejection, RejectionCode};
use crate::verdict::{Check, SubIndication};
use crate::web_eid::{
    Circumstances, HolderProof, Judgement, SignInRules, TokenFault, UnverifiedToken, VerifiedHolder, judge,
};

/// How this gateway lets residents sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    rules: SignInRules,
    challenge_life: Duration,
    challenges: u32,
    life: SessionLife,
}

impl SignIn {
    /// As the settings say, for a gateway of that origin.
    ///
    /// # Errors
    /// A sentence: a certificate policy is no OID.
    pub fn from_settings(settings: &SignInSettings, origin: &str) -> Result<Self, String> {
        let policy = |text: &String| Oid::from_text(text).ok_or(format!("certificate_policies: `{text}` is no OID"));
        let policies = settings.certificate_policies.iter().map(policy).collect::<Result<_, _>>()?;
        let refused_issuer_units = settings.refused_issuer_units.clone();
        Ok(Self {
            rules: SignInRules { origin: origin.to_owned(), policies, refused_issuer_units },
            challenge_life: settings.challenge_life.chrono(),
            challenges: settings.challenges.max(1),
            life: SessionLife { idle: settings.idle.chrono(), at_most: settings.at_most.chrono() },
        })
    }

    /// As the default settings say. Were they wrong, nobody would get in.
    pub(super) fn default_of(origin: &str) -> Self {
        Self::from_settings(&SignInSettings::default(), origin).unwrap_or_else(|_| Self {
            rules: SignInRules { origin: origin.to_owned(), ..SignInRules::default() },
            challenge_life: Duration::zero(),
            challenges: 1,
            life: SessionLife { idle: Duration::zero(), at_most: Duration::zero() },
        })
    }
}

/// What came of asking for a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// 256 random bits in base64.
    Given(String),
    /// As many as are allowed are open.
    TooMany,
}

/// Why nobody was signed in.
#[derive(Debug)]
pub enum SignInStop {
    /// A refusal, with what to do.
    Refused(Box<Rejection>),
    /// The record does not answer.
    Store(StoreError),
}

impl From<StoreError> for SignInStop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Box<Rejection>> for SignInStop {
    fn from(rejection: Box<Rejection>) -> Self {
        Self::Refused(rejection)
    }
}

/// The cookies of a browser that signs in, as their SHA-256.
#[derive(Debug, Clone, Copy)]
pub struct SignInBrowser {
    /// The pre-sign-in cookie that the challenge was bound to.
    pub challenge: Option<[u8; 32]>,
    /// The session cookie that it gets.
    pub session: [u8; 32],
    /// The session cookie that it has: that session ends.
    pub session_before: Option<[u8; 32]>,
}

/// What a token is judged by, kept from the beginning to the end of one sign-in.
struct View {
    verifier: Arc<Verifier>,
    crls: Arc<CrlSnapshot>,
    at: DateTime<Utc>,
}

impl View {
    fn judge(&self, token: &UnverifiedToken, rules: &SignInRules, nonce: &str, ocsp: &[OcspEvidence]) -> Judgement {
        let rule = self.verifier.policy().ocsp();
        let ocsp = Some(OcspSource { rule, evidence: ocsp });
        let revocation = RevocationData { crls: &self.crls, ocsp };
        let circumstances = Circumstances { trust: self.verifier.trust(), revocation, nonce, at: self.at };
        judge(token, rules, &circumstances)
    }
}

impl Gateway {
    /// A new challenge for the browser that gets the pre-sign-in cookie of that SHA-256; that of its cookie before ends.
    ///
    /// # Errors
    /// When the record does not answer, or there is no randomness.
    pub async fn sign_in_challenge(
        &self,
        browser_sha256: [u8; 32],
        before: Option<[u8; 32]>,
    ) -> Result<Challenge, StoreError> {
        let mut bits = [0_u8; 32];
        self.rng.fill(&mut bits).map_err(|_| StoreError::Fault("there is no randomness".to_owned()))?;
        let nonce = STANDARD.encode(bits);
        let new = NewChallenge { browser_sha256, before, nonce: nonce.clone(), issued_at: self.clock.now() };
        let kept = self.store.challenge_keep(new, self.sign_in.challenge_life, self.sign_in.challenges).await?;
        Ok(if kept { Challenge::Given(nonce) } else { Challenge::TooMany })
    }

    /// Signs the holder of a card in, whose token (JSON) answers the challenge of this browser.
    ///
    /// # Errors
    /// A refusal, of which an audit line tells; the record does not answer.
    pub async fn sign_in(&self, token: &[u8], browser: SignInBrowser) -> Result<(), SignInStop> {
        let holder = match self.prove_holder(token, browser.challenge).await {
            Ok(holder) => holder,
            Err(stop) => {
                if let SignInStop::Refused(rejection) = &stop {
                    self.note_sign_in(rejection.code).await?;
                }
                return Err(stop);
            }
        };
        let holder = card_holder(&holder);
        let (life, now) = (self.sign_in.life, self.clock.now());
        Ok(self.store.resident_sign_in(holder, browser.session, browser.session_before, life, now).await?)
    }

    /// The resident whose session cookie has that SHA-256.
    ///
    /// # Errors
    /// When the record does not answer.
    pub async fn resident(&self, session_sha256: [u8; 32]) -> Result<Option<ResidentSession>, StoreError> {
        self.store.resident_use(session_sha256, self.sign_in.life, self.clock.now()).await
    }

    async fn prove_holder(&self, token: &[u8], browser: Option<[u8; 32]>) -> Result<VerifiedHolder, SignInStop> {
        let now = self.clock.now();
        // Taken before anything is judged: whatever the token is, the challenge is spent.
        let nonce = match browser {
            Some(browser) => self.store.challenge_take(browser, self.sign_in.challenge_life, now).await?,
            None => None,
        };
        let token = UnverifiedToken::parse(token).map_err(unreadable)?;
        let nonce = nonce.ok_or_else(no_challenge)?;
        let view = View { verifier: self.verifier(), crls: self.crls.current(), at: now };
        let mut judged = view.judge(&token, &self.sign_in.rules, &nonce, &[]);
        if !judged.undecided.is_empty() && view.verifier.policy().ocsp().ask == OcspUse::WhenUndecided {
            let evidence = self.ocsp.ask(&judged.undecided, &self.clock).await;
            judged = view.judge(&token, &self.sign_in.rules, &nonce, &evidence);
        }
        match judged.proof {
            HolderProof::Verified(holder) => Ok(holder),
            HolderProof::Undecided | HolderProof::None => Err(refused(judged).into()),
        }
    }

    async fn note_sign_in(&self, code: RejectionCode) -> Result<(), StoreError> {
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: RESIDENT.to_owned(),
            action: "sign_in_card",
            subject: String::new(),
            outcome: code.as_str().to_owned(),
            request_id: None,
        };
        self.store.audit_append(entry).await
    }
}

fn card_holder(holder: &VerifiedHolder) -> CardHolder {
    let certificate = holder.certificate();
    CardHolder {
        certificate_sha256: certificate.sha256(),
        issuer_sha256: sha256(certificate.issuer_normal()),
        serial: certificate.serial().to_vec(),
        not_after: certificate.not_after(),
    }
}

fn unreadable(fault: TokenFault) -> Box<Rejection> {
    let code = if fault == TokenFault::Format { RejectionCode::SignInFormat } else { RejectionCode::SignInToken };
    let name = if fault == TokenFault::Format { "token_format_is_supported" } else { "token_can_be_read" };
    let wrong = SubIndication::FormatFailure;
    let detail = format!("The sign-in token is not taken: {fault}.");
    Box::new(Rejection {
        indication: Some(wrong.indication()),
        sub_indication: Some(wrong),
        checks: vec![Check::failed(name, "Web eID authentication token: format", wrong, fault.to_string())],
        ..Rejection::new(code, detail)
    })
}

fn no_challenge() -> Box<Rejection> {
    let detail = "This browser has no open challenge: it was never given one, answered it already, or took more than the \
                  time allowed. Ask for a new challenge and sign that.";
    Box::new(Rejection::new(RejectionCode::SignInChallenge, detail))
}

/// The refusal, by what outranks; every failed check goes along.
fn refused(judged: Judgement) -> Box<Rejection> {
    let (code, detail) = reason(&judged);
    Box::new(Rejection {
        indication: Some(judged.indication),
        sub_indication: judged.sub_indication,
        checks: judged.checks.into_iter().filter(Check::is_failed).collect(),
        ..Rejection::new(code, detail)
    })
}

fn reason(judged: &Judgement) -> (RejectionCode, &'static str) {
    use SubIndication as S;
    let fails = |sub: SubIndication| judged.checks.iter().any(|check| check.sub_indication == Some(sub));
    // That the certificate is of another kind is what the person can mend, whatever else is wrong with it.
    if fails(S::ChainConstraintsFailure) {
        let detail = "The certificate is not one for signing in: choose the certificate for user authentication, not the \
                      one for signing documents.";
        return (RejectionCode::SignInWrongCertificate, detail);
    }
    match judged.sub_indication {
        Some(S::NotYetValid | S::OutOfBoundsNoPoe | S::OutOfBoundsNotRevoked | S::Expired) => (
            RejectionCode::SignInCertificateEnded,
            "The authentication certificate is not within its period: have it renewed at your municipality.",
        ),
        Some(S::Revoked | S::RevokedNoPoe | S::RevokedCaNoPoe) => (
            RejectionCode::SignInCertificateEnded,
            "The authentication certificate has ended before its time: have a new one issued at your municipality.",
        ),
        Some(S::TryLater) => (
            RejectionCode::SignInUndecided,
            "Whether the authentication certificate is suspended or has ended cannot be decided now: try again later.",
        ),
        Some(
            S::NoCertificateChainFound
            | S::CertificateChainGeneralFailure
            | S::CryptoConstraintsFailure
            | S::CryptoConstraintsFailureNoPoe,
        ) => (
            RejectionCode::SignInNotTrusted,
            "The certificate was not issued by an authority, or not in a way, that this gateway relies on.",
        ),
        _ => (
            RejectionCode::SignInSignature,
            "The token is not signed over this site's origin and the challenge that this browser was given last: ask for \
             a new challenge and sign that.",
        ),
    }
}
