//! Who signed: the signature's verdict, and the person behind it.
use super::document::Applicant;
use super::{IntakeContext, OnUndecided};
use crate::registry::answer::Found;
use crate::registry::matching::{self, IdentifiedSigner, SignerProof};
use crate::signature::content::Content;
use crate::signature::report::Report;
use crate::signature::verifier::{Proof, VerificationRequest, shape};
use crate::submission::received::ReceivedSubmission;
use crate::submission::rejection::{Rejection, RejectionCode};
use crate::verdict::{Check, SubIndication};

/// Far more than one signer's certificate and its paths need.
const MAX_CERTIFICATES: usize = 32;

/// Verifies the signature over the document's exact bytes as of the time of judging; where revocation is undecided, by
/// the gateway's setting.
pub(super) fn verify(
    received: &ReceivedSubmission,
    context: &IntakeContext<'_>,
) -> Result<(Report, SignerProof), Box<Rejection>> {
    verify_with(received, context, context.rules.on_undecided)
}

/// The same for what is never held.
pub(super) fn verify_decided(
    received: &ReceivedSubmission,
    context: &IntakeContext<'_>,
) -> Result<(Report, SignerProof), Box<Rejection>> {
    verify_with(received, context, OnUndecided::Refuse)
}

fn verify_with(
    received: &ReceivedSubmission,
    context: &IntakeContext<'_>,
    on_undecided: OnUndecided,
) -> Result<(Report, SignerProof), Box<Rejection>> {
    check_form(received)?;
    let request = VerificationRequest {
        signature: &received.signature,
        content: Some(Content::Hashed { bytes: &received.application, sha256: received.application_sha256 }),
        extra_certificates: &[],
        at: context.now,
        signed_after: context.signed_after,
    };
    let verification = context.verifier.verify_with(context.crls, context.ocsp, &request);
    let report = verification.report;
    match verification.proof {
        Proof::Verified(signature) => Ok((report, SignerProof::Verified(signature))),
        Proof::Undecided(signature) if on_undecided == OnUndecided::Hold => {
            Ok((report, SignerProof::Undecided(signature)))
        }
        Proof::Undecided(_) => {
            let detail =
                "Whether the certificate is revoked cannot be decided now. Nothing was kept: file it again later.";
            Err(refuse(RejectionCode::RevocationUndecided, detail, &report))
        }
        Proof::None => Err(refuse(RejectionCode::SignatureRefused, advice(report.sub_indication), &report)),
    }
}

/// What of a signature file costs little to see and spares judging it: it is detached, of one signer, and without more
/// certificates than one signer's paths can need. What cannot be read is left to the verifier, which says why.
fn check_form(received: &ReceivedSubmission) -> Result<(), Box<Rejection>> {
    let Ok(shape) = shape(&received.signature) else { return Ok(()) };
    if shape.signers > 1 {
        let detail = "The signature file holds several signers: a filing is signed by exactly one person.";
        return Err(Box::new(Rejection::new(RejectionCode::SeveralSigners, detail)));
    }
    let (name, detail) = if shape.is_attached {
        ("signature_is_detached", "The document is inside the signature file: sign it detached, without the content.")
    } else if shape.certificates > MAX_CERTIFICATES {
        (
            "certificates_are_few",
            "The signature file holds more than 32 certificates: send the signer's and those of its issuers alone.",
        )
    } else {
        return Ok(());
    };
    let wrong = SubIndication::FormatFailure;
    Err(Box::new(Rejection {
        indication: Some(wrong.indication()),
        sub_indication: Some(wrong),
        checks: vec![Check::failed(name, "RFC 5652 5.1", wrong, detail)],
        ..Rejection::new(RejectionCode::SignatureRefused, detail)
    }))
}

/// The digest of the certificate that signed the document's exact bytes, where the signature is good as of the time of
/// judging, or good but for what cannot be known of its revocation.
pub fn certificate_of(received: &ReceivedSubmission, context: &IntakeContext<'_>) -> Option<[u8; 32]> {
    verify_with(received, context, OnUndecided::Hold).ok().map(|(_, proof)| proof.signer().sha256())
}

/// The applicant is the signer, and the registry does not know that they have died. Whatever else it says goes with the filing:
/// a certificate that is good is not refused because somebody's record cannot be found.
pub(super) fn identify(
    proof: SignerProof,
    applicant: &Applicant,
    context: &IntakeContext<'_>,
) -> Result<IdentifiedSigner, Box<Rejection>> {
    let identified = matching::identify(proof, applicant, context.rules.applicant, context.registry);
    let signer = identified.map_err(|faults| {
        let detail = "The applicant in the document is not the holder of the certificate that signed it: \
                      read the certificate first and take name, date of birth, sex and address from it.";
        Box::new(Rejection::new(RejectionCode::ApplicantNotSigner, detail).with_faults(faults))
    })?;
    match signer.registry() {
        Some(answer) if answer.found == Found::Dead => {
            let detail = "By the resident registry the holder of this certificate has died: it signs nothing any more.";
            Err(Box::new(Rejection::new(RejectionCode::HolderDeceased, detail)))
        }
        _ => Ok(signer),
    }
}

/// Whether proof that the signature is younger than the gateway's own request could change the verdict.
pub fn depends_on_age(rejection: &Rejection) -> bool {
    any_depends_on_age(&rejection.checks, rejection.sub_indication)
}

/// The same of a report.
pub fn report_depends_on_age(report: &Report) -> bool {
    report.signatures.iter().any(|signature| any_depends_on_age(&signature.checks, signature.sub_indication))
}

/// Every failed check, not the outranking one alone: what an age decides may stand behind another failure.
fn any_depends_on_age(checks: &[Check], outranking: Option<SubIndication>) -> bool {
    use SubIndication::{CryptoConstraintsFailureNoPoe, OutOfBoundsNoPoe, OutOfBoundsNotRevoked, RevokedNoPoe};
    let failed = checks.iter().filter(|check| check.is_failed()).filter_map(|check| check.sub_indication);
    failed.chain(outranking).any(|found| {
        matches!(found, RevokedNoPoe | OutOfBoundsNotRevoked | OutOfBoundsNoPoe | CryptoConstraintsFailureNoPoe)
    })
}

fn refuse(code: RejectionCode, detail: &str, report: &Report) -> Box<Rejection> {
    let failed = |check: &&Check| check.is_failed();
    let checks = report.signatures.iter().flat_map(|signature| &signature.checks).filter(failed).cloned().collect();
    Box::new(Rejection {
        indication: Some(report.indication),
        sub_indication: report.sub_indication,
        checks,
        ..Rejection::new(code, detail)
    })
}

/// What the resident can do about it.
fn advice(sub_indication: Option<SubIndication>) -> &'static str {
    use SubIndication as S;
    match sub_indication {
        Some(S::HashFailure) => "The document is not the one that was signed: send the exact bytes that were signed.",
        Some(S::SigCryptoFailure) => "The signature does not verify: sign the document again.",
        Some(S::FormatFailure) => {
            "The signature file cannot be read as CMS SignedData: send what the signing program wrote."
        }
        Some(S::SigConstraintsFailure | S::NoSigningCertificateFound) => {
            "The signature lacks what CAdES-B-B asks for: sign with signed attributes, signing-certificate-v2 and the signer's certificate inside."
        }
        Some(S::ChainConstraintsFailure) => {
            "The certificate is not one for signing documents: use the signature certificate, not the one for user authentication."
        }
        Some(S::Revoked | S::RevokedNoPoe | S::RevokedCaNoPoe) => {
            "The certificate has ended before its time. This happens by itself after a change of name or address: \
             have a new signature certificate issued at your municipality."
        }
        Some(S::Expired | S::OutOfBoundsNotRevoked | S::OutOfBoundsNoPoe) => {
            "The certificate has expired: have a new signature certificate issued at your municipality."
        }
        Some(S::NotYetValid) => "The certificate is not valid yet.",
        Some(S::NoCertificateChainFound | S::CertificateChainGeneralFailure) => {
            "The certificate was not issued by an authority that this gateway relies on."
        }
        Some(S::CryptoConstraintsFailure | S::CryptoConstraintsFailureNoPoe) => {
            "The signature was made with an algorithm or key that is not relied on any more."
        }
        Some(S::TryLater) => "The certificate is suspended, or its revocation cannot be decided: try again later.",
        Some(S::SignedDataNotFound | S::PolicyProcessingError) | None => "The signature was not accepted.",
    }
}
