//! Judging one signer: every check is made, whatever the ones before it found.
use std::collections::HashSet;
use std::sync::Arc;

use super::checks::signer::PathPolicy;
use super::checks::time::Revocation;
use super::checks::{Subject, algorithms, attributes, content, identity, signer, time};
use super::cms::{SignedData, SignerInfo};
use super::content::MessageDigests;
use super::policy::SignaturePolicy;
use super::report::{ChainEntry, SignatureReport, SignerAttributes, SignerReport};
use super::verifier::VerificationRequest;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, digest_name};
use crate::pki::certificate::Certificate;
use crate::pki::crl::{self, NotRevoked, RevocationData, RevocationOutcome, RevocationStatus};
use crate::pki::path::{PathOutcome, PathRequest, PathWork, PolicyInputs, Purpose};
use crate::pki::trust_store::TrustStore;
use crate::verdict::{self, Check, SubIndication};

/// The claim that the file is a CMS message that we read.
pub(super) const CONTAINER: &str = "signature_is_cms_signed_data";
/// A larger certificate in a message is not read: real ones are a few KiB.
const MAX_CERTIFICATE: usize = 64 * 1024;
/// Who makes it.
pub(super) const CONTAINER_CLAUSE: &str = "RFC 5652 3, 5.1";

/// What every signer of one message is judged by.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) policy: &'a SignaturePolicy,
    pub(super) trust: &'a TrustStore,
    pub(super) revocation: RevocationData<'a>,
    pub(super) request: &'a VerificationRequest<'a>,
    pub(super) message: &'a SignedData<'a>,
    pub(super) digests: &'a MessageDigests<'a>,
}

/// The certificates at hand: the message's, then the caller's; none of them is believed.
#[derive(Debug)]
pub(super) struct Certificates {
    all: Vec<Arc<Certificate>>,
    broken: Option<String>,
}

impl Certificates {
    /// Parses the certificates of the message.
    pub(super) fn read(message: &SignedData<'_>, given: &[Arc<Certificate>]) -> Self {
        let mut found = Self { all: Vec::with_capacity(message.certificates.len() + given.len()), broken: None };
        for der in once_each(&message.certificates) {
            if der.len() > MAX_CERTIFICATE {
                found.broken = Some("a certificate in the signature is larger than 64 KiB".to_owned());
                continue;
            }
            match Certificate::from_der(der) {
                Ok(certificate) => found.all.push(Arc::new(certificate)),
                Err(error) => found.broken = Some(format!("a certificate in the signature is {error}")),
            }
        }
        found.all.extend(given.iter().cloned());
        found
    }

    /// The certificates alone.
    pub(super) fn into_inner(self) -> Vec<Arc<Certificate>> {
        self.all
    }

    fn are_der(&self) -> Check {
        const NAME: &str = "certificates_are_der";
        const CLAUSE: &str = "RFC 5280 4.1";
        match &self.broken {
            None => Check::passed(NAME, CLAUSE),
            Some(detail) => Check::failed(NAME, CLAUSE, SubIndication::FormatFailure, detail.clone()),
        }
    }
}

/// Each of the slices once. A message carries two or three certificates; a hostile one up to 256, which are not
/// compared each with each.
fn once_each<'a>(all: &'a [&'a [u8]]) -> impl Iterator<Item = &'a [u8]> {
    const FEW: usize = 4;
    let mut seen = HashSet::new();
    all.iter().enumerate().filter_map(move |(index, der)| {
        let is_new = if all.len() <= FEW { !all.iter().take(index).any(|one| one == der) } else { seen.insert(*der) };
        is_new.then_some(*der)
    })
}

/// One signer's report and, where the certificate is there, what a proof rests on.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) report: SignatureReport,
    pub(super) signer: Option<Arc<Certificate>>,
    pub(super) not_revoked: Option<NotRevoked>,
    /// Those of the path whose revocation is not known, each with its issuer.
    pub(super) undecided: Vec<(Arc<Certificate>, Arc<Certificate>)>,
}

/// Judges one signer. `work` is what the paths of all signers of the message may cost together.
pub(super) fn judge(
    context: &Context<'_>,
    info: &SignerInfo<'_>,
    certificates: &Certificates,
    work: &mut PathWork,
) -> Judged {
    let digest = DigestAlgorithm::from_oid(&info.digest_oid);
    let certificate = identity::find_signer(info, certificates.all.iter());
    let subject = Subject {
        rules: &context.policy.rules,
        request: context.request,
        message: context.message,
        digests: context.digests,
        info,
        digest,
        algorithm: SignatureAlgorithm::from_signer_info(&info.signature_algorithm, digest).ok(),
        certificate,
    };
    let mut checks = Vec::with_capacity(48);
    checks.push(Check::passed(CONTAINER, CONTAINER_CLAUSE));
    checks.push(certificates.are_der());
    check_message(&subject, &mut checks);
    let signer_attributes = check_signer(&subject, &mut checks);
    let chain = check_chain(context, &subject, (certificates, work), &mut checks);
    let (indication, sub_indication) = verdict::conclude(&checks);
    Judged {
        report: SignatureReport {
            indication,
            sub_indication,
            signer: certificate.map(|certificate| signer_report(certificate, signer_attributes)),
            digest_algorithm: Some(digest_name(&info.digest_oid)),
            signature_algorithm: Some(subject.algorithm.map_or("unknown", |algorithm| algorithm.name())),
            claimed_signing_time: attributes::claimed_signing_time(&subject),
            chain: chain.entries,
            revocation: chain.statuses,
            checks,
        },
        signer: certificate.cloned(),
        not_revoked: chain.not_revoked,
        undecided: chain.undecided,
    }
}

/// What the message itself shows.
fn check_message(subject: &Subject<'_>, checks: &mut Vec<Check>) {
    checks.extend([
        attributes::signed_attributes_are_there(subject),
        attributes::signed_attributes_are_der(subject),
        attributes::each_attribute_is_there_once(subject),
        attributes::content_type_is_the_contents(subject),
        attributes::message_digest_is_there(subject),
        attributes::signing_time_is_stated(subject),
        attributes::algorithm_protection_agrees(subject),
        algorithms::digest_algorithms_agree(subject),
        content::content_is_at_hand(subject),
        content::attached_content_is_the_given_one(subject),
        content::message_digest_matches_content(subject),
        identity::signer_certificate_is_there(subject),
        identity::signing_certificate_is_stated(subject),
        identity::stated_certificate_is_the_signers(subject),
        content::signature_value_verifies(subject),
        algorithms::digest_algorithm_is_reliable(subject),
        algorithms::signature_algorithm_is_reliable(subject),
        algorithms::signer_key_is_reliable(subject),
        algorithms::signing_certificate_digest_is_reliable(subject),
    ]);
}

/// What the policy asks of the signer's certificate.
fn check_signer(subject: &Subject<'_>, checks: &mut Vec<Check>) -> SignerAttributes {
    let (attributes_fit, attributes) = signer::attributes_fit_the_profile(subject);
    checks.extend([
        signer::key_usage_is_for_signing(subject),
        signer::issuing_ca_is_for_signing(subject),
        attributes_fit,
    ]);
    attributes
}

/// What became of path and revocation.
#[derive(Debug, Default)]
struct Chain {
    entries: Vec<ChainEntry>,
    statuses: Vec<RevocationStatus>,
    not_revoked: Option<NotRevoked>,
    undecided: Vec<(Arc<Certificate>, Arc<Certificate>)>,
}

fn check_chain(
    context: &Context<'_>,
    subject: &Subject<'_>,
    (certificates, work): (&Certificates, &mut PathWork),
    checks: &mut Vec<Check>,
) -> Chain {
    let Some(certificate) = subject.certificate else { return Chain::default() };
    let (path_policy, path, outcome) = find_path(context, certificate, certificates, work);
    let PathOutcome { candidate, complete, checks: path_checks, .. } = path;
    let signer_is_good =
        outcome.as_ref().is_some_and(|outcome| outcome.statuses.first().is_some_and(|status| status.status == "good"));
    let revocation = if signer_is_good { Revocation::Good } else { Revocation::Other };
    let listed = &context.policy.path_policies.initial_policies;
    checks.push(signer::certificate_policy_is_for_signing(subject, listed, path_policy));
    checks.extend(path_checks);
    checks.push(time::certificate_had_begun(subject));
    checks.push(time::certificate_had_not_ended(subject, revocation));
    let mut found =
        Chain { entries: candidate.iter().map(|certificate| entry(certificate)).collect(), ..Chain::default() };
    // Of a path that breaks a rule it is still told what is revoked; it proves nothing.
    let (at, signed_after) = (context.request.at, context.request.signed_after);
    let broken = || crl::revocation_of_broken_path(context.revocation, &candidate, at, signed_after);
    match outcome.or_else(|| complete.then(broken)) {
        Some(RevocationOutcome { proof, statuses, checks: revocation_checks }) => {
            checks.extend(revocation_checks);
            let with_issuer = candidate.iter().cloned().zip(candidate.iter().skip(1).cloned());
            let unknown = with_issuer.zip(&statuses).filter(|(_, status)| status.status == "unknown");
            found.undecided = unknown.map(|(pair, _)| pair).collect();
            found.statuses = statuses;
            found.not_revoked = proof;
        }
        None => checks.push(Check::not_applicable("revocation_is_known", "RFC 5280 6.3")),
    }
    found
}

/// The path under the certificate policies that the signature policy lists. One that holds only without them is valid
/// all the same: that it is not for signing is a check of its own, with an indication of its own.
fn find_path(
    context: &Context<'_>,
    certificate: &Arc<Certificate>,
    certificates: &Certificates,
    work: &mut PathWork,
) -> (PathPolicy, PathOutcome, Option<RevocationOutcome>) {
    let mut under = |policies: &PolicyInputs| {
        // The signer's key usage is the signature policy's matter; it is checked apart.
        let request = PathRequest { at: context.request.at, extra: &certificates.all, purpose: Purpose::Any, policies };
        let known = (context.trust, context.revocation);
        crl::validate_with_revocation(known, certificate, &request, context.request.signed_after, work)
    };
    let listed = &context.policy.path_policies;
    let (path, revocation) = under(listed);
    if path.chain.is_some() {
        return (PathPolicy::Listed, path, revocation);
    }
    if listed.require_explicit_policy {
        let (without, revocation) = under(&PolicyInputs::any());
        let path_policy = if without.chain.is_some() { PathPolicy::NotListed } else { PathPolicy::NoPath };
        return (path_policy, without, revocation);
    }
    (PathPolicy::NoPath, path, revocation)
}

fn entry(certificate: &Certificate) -> ChainEntry {
    ChainEntry { subject: certificate.subject(), sha256: certificate.sha256_hex() }
}

fn signer_report(certificate: &Certificate, attributes: SignerAttributes) -> SignerReport {
    SignerReport {
        subject: certificate.subject(),
        serial: certificate.serial_hex(),
        sha256: certificate.sha256_hex(),
        attributes,
    }
}
