//! What makes an OCSP response count for a certificate (RFC 6960 3.2), one function a named check. A response that
//! fails any of them says nothing.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::evidence::{NonceRule, OcspEvidence, OcspIdentity, OcspRule};
use super::response::{BasicResponse, CertStatus, OcspResponse, ResponderId, ResponseStatus, SingleResponse};
use super::{OCSP_SIGNING, key_hash};
use crate::crypto::{self, DigestAlgorithm, SignatureAlgorithm, to_hex};
use crate::pki::certificate::Certificate;
use crate::pki::name;
use crate::verdict::{Check, SubIndication};

/// How far a responder's clock may be ahead of ours.
const CLOCK_SKEW: Duration = Duration::minutes(10);

/// Which certificate is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its issuer's, in the path that is judged.
    pub issuer: &'a Arc<Certificate>,
    /// The time of judging: that at which a signature is known to exist.
    pub at: DateTime<Utc>,
}

/// What a response says of a certificate.
#[derive(Debug)]
pub struct Judged {
    /// Every check made.
    pub checks: Vec<Check>,
    /// What it says and which response it is, where every check passed. A revocation dated after the time of judging is
    /// given as it stands.
    pub answer: Option<(CertStatus, Arc<OcspIdentity>)>,
}

/// Whether a certificate of a response with this subject is to be trusted not to be revoked, as lists say.
pub type DelegateIsGood<'a> = &'a mut dyn FnMut(&Arc<Certificate>) -> bool;

/// Whether a response answers the question, believed or not.
pub fn relates_to(evidence: &OcspEvidence, question: &Question<'_>) -> bool {
    let read = OcspResponse::from_der(&evidence.der).ok().and_then(|response| response.basic);
    read.is_some_and(|basic| basic.singles.iter().any(|single| single.id.is_of(question.certificate, question.issuer)))
}

/// Judges a response as the answer to a question. `delegate_is_good` is asked about the responder's own certificate
/// where nothing in it says that it need not be (id-pkix-ocsp-nocheck).
pub fn judge(
    evidence: &OcspEvidence,
    question: &Question<'_>,
    rule: &OcspRule,
    delegate_is_good: DelegateIsGood<'_>,
) -> Judged {
    let response = match OcspResponse::from_der(&evidence.der) {
        Ok(response) => response,
        Err(error) => return refused(vec![can_be_read(Some(error.0))]),
    };
    let mut checks = vec![can_be_read(None), is_successful(&response)];
    let Some(basic) = &response.basic else { return refused(checks) };
    let single = single_of(basic, question);
    let signer = signer_of(basic, question.issuer);
    let subject = Subject { evidence, question, rule, basic, single, signer: signer.as_ref() };
    checks.extend([
        extensions_are_known(&subject),
        answers_the_certificate(&subject),
        nonce_agrees(&subject),
        signature_verifies(&subject),
        responder_id_agrees(&subject),
        responder_is_authorised(&subject),
        responder_is_valid_at_the_time(&subject),
        algorithms_are_reliable(&subject),
        answer_is_fresh(&subject),
        times_are_sane(&subject),
        still_knows_expired_certificates(&subject),
    ]);
    let so_far = checks.iter().all(|check| !check.is_failed());
    checks.push(responder_is_not_revoked(&subject, so_far, delegate_is_good));
    let answer = match (single, &signer) {
        (Some(single), Some(signer)) if checks.iter().all(|check| !check.is_failed()) => {
            let identity = OcspIdentity {
                responder: signer.certificate().subject(),
                produced_at: basic.produced_at,
                this_update: single.this_update,
                next_update: single.next_update,
                sha256: to_hex(&evidence.sha256()),
            };
            Some((single.status, Arc::new(identity)))
        }
        _ => None,
    };
    Judged { checks, answer }
}

fn refused(checks: Vec<Check>) -> Judged {
    Judged { checks, answer: None }
}

/// What the checks look at.
struct Subject<'a> {
    evidence: &'a OcspEvidence,
    question: &'a Question<'a>,
    rule: &'a OcspRule,
    basic: &'a BasicResponse<'a>,
    single: Option<&'a SingleResponse>,
    signer: Option<&'a Signer>,
}

/// Whose key signed.
enum Signer {
    /// The certificate's issuer itself.
    Issuer(Arc<Certificate>),
    /// The holder of a certificate that came along.
    Delegate(Arc<Certificate>),
}

impl Signer {
    fn certificate(&self) -> &Arc<Certificate> {
        match self {
            Self::Issuer(certificate) | Self::Delegate(certificate) => certificate,
        }
    }

    fn delegate(&self) -> Option<&Arc<Certificate>> {
        match self {
            Self::Issuer(_) => None,
            Self::Delegate(certificate) => Some(certificate),
        }
    }
}

/// The answer for the certificate; of several the one that says that it is revoked.
fn single_of<'a>(basic: &'a BasicResponse<'_>, question: &Question<'_>) -> Option<&'a SingleResponse> {
    let of = |single: &&SingleResponse| single.id.is_of(question.certificate, question.issuer);
    let revoked = basic.singles.iter().filter(of).find(|single| matches!(single.status, CertStatus::Revoked { .. }));
    revoked.or_else(|| basic.singles.iter().find(of))
}

/// The issuer, or the holder of a certificate that came along, by whose key the signature verifies.
fn signer_of(basic: &BasicResponse<'_>, issuer: &Arc<Certificate>) -> Option<Signer> {
    let algorithm = SignatureAlgorithm::from_der(basic.signature_algorithm).ok()?;
    let verifies = |certificate: &Certificate| {
        certificate.public_key().is_ok_and(|key| key.verify(&algorithm, basic.tbs, basic.signature).is_ok())
    };
    if verifies(issuer) {
        return Some(Signer::Issuer(issuer.clone()));
    }
    let along = basic.certificates.iter().filter_map(|der| Certificate::from_der(*der).ok());
    along.into_iter().find(|one| verifies(one)).map(|one| Signer::Delegate(Arc::new(one)))
}

/// A check out of what was found against its claim.
fn claim(name: &'static str, clause: &'static str, against: Option<String>) -> Check {
    match against {
        None => Check::passed(name, clause),
        Some(detail) => Check::failed(name, clause, SubIndication::TryLater, detail),
    }
}

fn can_be_read(error: Option<String>) -> Check {
    let against = error.map(|error| format!("the OCSP response cannot be read: {error}"));
    claim("ocsp_response_can_be_read", "RFC 6960 4.2.1", against)
}

fn is_successful(response: &OcspResponse<'_>) -> Check {
    let against = (response.status != ResponseStatus::Successful)
        .then(|| format!("the responder answered {}", response.status.as_str()));
    claim("ocsp_response_is_successful", "RFC 6960 2.3", against)
}

fn extensions_are_known(subject: &Subject<'_>) -> Check {
    let of_single = subject.single.into_iter().flat_map(|single| &single.unknown_critical);
    let unknown = subject.basic.unknown_critical.iter().chain(of_single).next();
    let against = unknown.map(|oid| format!("the response has the critical extension {oid}, which is not known"));
    claim("ocsp_extensions_are_known", "RFC 6960 4.4", against)
}

fn answers_the_certificate(subject: &Subject<'_>) -> Check {
    let against = subject.single.is_none().then(|| "the response speaks of other certificates".to_owned());
    claim("ocsp_response_answers_the_certificate", "RFC 6960 3.2 (1)", against)
}

/// A nonce where none was sent is another's, and means nothing: the answer may be one that was made for several.
fn nonce_agrees(subject: &Subject<'_>) -> Check {
    let against = match (subject.evidence.nonce.as_deref(), subject.basic.nonce, subject.rule.nonce) {
        (Some(sent), Some(found), _) if sent == found => None,
        (Some(_), Some(_), _) => {
            Some("the response repeats another nonce than the one sent: it answers another request")
        }
        (Some(_), None, NonceRule::Required) => {
            Some("the response does not repeat the nonce, which the policy asks for")
        }
        (None, _, NonceRule::Required) => Some("the response was not asked for by nonce, which the policy asks for"),
        (_, _, NonceRule::Optional) => None,
    };
    claim("ocsp_nonce_agrees", "RFC 9654 2.1", against.map(str::to_owned))
}

fn signature_verifies(subject: &Subject<'_>) -> Check {
    let against = subject.signer.is_none().then(|| {
        "the signature verifies neither with the issuer's key nor with that of a certificate that came along".to_owned()
    });
    claim("ocsp_signature_verifies", "RFC 6960 3.2 (2)", against)
}

fn responder_id_agrees(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_responder_id_agrees";
    const CLAUSE: &str = "RFC 6960 3.2 (3), 4.2.2.3";
    let Some(signer) = subject.signer else { return Check::not_applicable(NAME, CLAUSE) };
    let certificate = signer.certificate();
    let agrees = match subject.basic.responder {
        ResponderId::Name(name) => name::matches(name, certificate.subject_der()),
        ResponderId::Key(hash) => *key_hash(DigestAlgorithm::Sha1, certificate) == *hash,
    };
    claim(NAME, CLAUSE, (!agrees).then(|| "the response names another responder than the one that signed".to_owned()))
}

/// The issuer itself, or a delegate whose certificate the issuer's very key signed, for this purpose by name.
fn responder_is_authorised(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_responder_is_authorised";
    const CLAUSE: &str = "RFC 6960 3.2 (4), 4.2.2.2";
    let Some(signer) = subject.signer else { return Check::not_applicable(NAME, CLAUSE) };
    let against = signer.delegate().and_then(|delegate| not_authorised(delegate, subject.question.issuer));
    claim(NAME, CLAUSE, against.map(str::to_owned))
}

fn not_authorised(delegate: &Certificate, issuer: &Certificate) -> Option<&'static str> {
    if !is_issued_by(delegate, issuer) {
        return Some("the responder's certificate was not issued directly by the certificate's issuer");
    }
    let purposes = delegate.extensions().extended_key_usage.as_deref().unwrap_or_default();
    if !purposes.iter().any(|purpose| purpose.octets() == OCSP_SIGNING) {
        return Some("the responder's certificate is not for signing OCSP responses (id-kp-OCSPSigning)");
    }
    if delegate.key_usage().is_some_and(|usage| !usage.digital_signature() && !usage.non_repudiation()) {
        return Some("the responder's certificate has a key usage without signatures");
    }
    let unknown = !delegate.extensions().unknown_critical.is_empty();
    unknown.then_some("the responder's certificate has a critical extension that is not known")
}

fn is_issued_by(delegate: &Certificate, issuer: &Certificate) -> bool {
    let algorithm = SignatureAlgorithm::from_der(delegate.signature_algorithm_der());
    let (Ok(algorithm), Ok(key)) = (algorithm, issuer.public_key()) else { return false };
    delegate.issuer_normal() == issuer.subject_normal()
        && key.verify(&algorithm, delegate.tbs_der(), delegate.signature()).is_ok()
}

/// When it signed, and at the time of judging where that is later.
fn responder_is_valid_at_the_time(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_responder_certificate_is_valid_at_the_time";
    const CLAUSE: &str = "RFC 6960 4.2.2.2";
    let Some(signer) = subject.signer else { return Check::not_applicable(NAME, CLAUSE) };
    let Some(delegate) = signer.delegate() else { return Check::passed(NAME, CLAUSE) };
    let (signed, judged) = (subject.basic.produced_at, subject.basic.produced_at.max(subject.question.at));
    let against = if signed < delegate.not_before() {
        Some(format!("the responder's certificate is not valid before {}", delegate.not_before().to_rfc3339()))
    } else if judged > delegate.not_after() {
        Some(format!("the responder's certificate expired at {}", delegate.not_after().to_rfc3339()))
    } else {
        None
    };
    claim(NAME, CLAUSE, against)
}

fn algorithms_are_reliable(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_algorithms_are_reliable";
    const CLAUSE: &str = "ETSI TS 119 312";
    let Some(signer) = subject.signer else { return Check::not_applicable(NAME, CLAUSE) };
    let weak = |algorithm: &[u8], by: &Certificate| {
        let algorithm = SignatureAlgorithm::from_der(algorithm).ok()?;
        crypto::weakness(&algorithm, by.public_key().ok()?)
    };
    let of_delegate = |delegate: &Arc<Certificate>| weak(delegate.signature_algorithm_der(), subject.question.issuer);
    let found = weak(subject.basic.signature_algorithm, signer.certificate())
        .or_else(|| signer.delegate().and_then(of_delegate));
    claim(NAME, CLAUSE, found.map(|weakness| weakness.reason.to_owned()))
}

/// An answer is as good as one of the time of judging, and better where it is later; an older one is good until newer
/// information was due, and no longer than the policy says.
fn answer_is_fresh(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_answer_is_fresh";
    const CLAUSE: &str = "RFC 6960 3.2 (5), (6), 4.2.2.1";
    let Some(single) = subject.single else { return Check::not_applicable(NAME, CLAUSE) };
    let at = subject.question.at;
    let against = match single.next_update {
        Some(next) if next < at => Some(format!("newer information was due at {}", next.to_rfc3339())),
        _ if at.signed_duration_since(single.this_update) > subject.rule.max_age => {
            let age = subject.rule.max_age.num_seconds();
            Some(format!("the answer is of {}, older than the {age} s of the policy", single.this_update.to_rfc3339()))
        }
        _ => None,
    };
    claim(NAME, CLAUSE, against)
}

/// What is said was known when it was signed, and signed when it came.
fn times_are_sane(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_times_are_sane";
    const CLAUSE: &str = "RFC 6960 2.4, 4.2.2.1";
    let Some(single) = subject.single else { return Check::not_applicable(NAME, CLAUSE) };
    let (produced, came) = (subject.basic.produced_at, subject.evidence.received_at);
    let against = if produced > came + CLOCK_SKEW {
        Some("the response says that it was signed after it came")
    } else if single.this_update > produced + CLOCK_SKEW {
        Some("the response speaks of a time after it was signed")
    } else if single.next_update.is_some_and(|next| next < single.this_update) {
        Some("newer information is due before the time of which the response speaks")
    } else {
        None
    };
    claim(NAME, CLAUSE, against.map(str::to_owned))
}

/// A responder may forget what expired: of an answer from after the certificate's end that calls it good, the archive
/// cutoff has to reach back to that end (RFC 6960 4.4.4).
fn still_knows_expired_certificates(subject: &Subject<'_>) -> Check {
    const NAME: &str = "ocsp_answer_covers_the_certificates_life";
    const CLAUSE: &str = "RFC 6960 4.4.4";
    let (Some(single), end) = (subject.single, subject.question.certificate.not_after()) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    let forgotten = single.status == CertStatus::Good
        && single.this_update > end
        && single.archive_cutoff.is_none_or(|kept_since| kept_since > end);
    let why = "the answer is from after the certificate's end, when the responder may have forgotten a revocation";
    claim(NAME, CLAUSE, forgotten.then(|| why.to_owned()))
}

/// The responder's certificate says that it need not be asked about, or lists know it to be good.
fn responder_is_not_revoked(subject: &Subject<'_>, so_far: bool, is_good: DelegateIsGood<'_>) -> Check {
    const NAME: &str = "ocsp_responder_certificate_is_not_revoked";
    const CLAUSE: &str = "RFC 6960 4.2.2.2.1";
    let Some(delegate) = subject.signer.and_then(Signer::delegate) else {
        return Check::not_applicable(NAME, CLAUSE);
    };
    if delegate.extensions().ocsp_nocheck {
        return Check::passed(NAME, CLAUSE);
    }
    if !so_far {
        // Whose certificate it is, is not known: nobody is asked about it.
        return Check::not_applicable(NAME, CLAUSE);
    }
    let why = "the responder's certificate is not known to be good, and does not say that it need not be checked";
    claim(NAME, CLAUSE, (!is_good(delegate)).then(|| why.to_owned()))
}
