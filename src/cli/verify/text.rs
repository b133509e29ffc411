//! The report for people: the verdict, what to do, and for each signature who signed and what failed.

use std::fmt::{self, Display, Formatter};

use crate::pki::crl::RevocationStatus;
use crate::signature::report::{Report, SignatureReport};
use crate::verdict::{Check, CheckStatus, Indication, SubIndication};

/// A report, displayed as text.
pub struct Text<'r>(pub &'r Report);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let report = self.0;
        writeln!(f, "{}", verdict(report.indication, report.sub_indication))?;
        writeln!(f, "  {}\n", meaning(report.sub_indication))?;
        line(f, "Judged for", report.validation_time.to_rfc3339())?;
        line(f, "Policy", format_args!("{} (sha256 {})", report.policy.id, report.policy.sha256))?;
        for (index, signature) in report.signatures.iter().enumerate() {
            let of = report.signatures.len();
            let verdict = verdict(signature.indication, signature.sub_indication);
            writeln!(f, "\nSignature {} of {of}: {verdict}", index + 1)?;
            show(f, signature)?;
        }
        Ok(())
    }
}

fn verdict(indication: Indication, sub_indication: Option<SubIndication>) -> String {
    match sub_indication {
        Some(sub_indication) => format!("{} / {}", indication.as_str(), sub_indication.as_str()),
        None => indication.as_str().to_owned(),
    }
}

fn show(f: &mut Formatter<'_>, signature: &SignatureReport) -> fmt::Result {
    if let Some(signer) = &signature.signer {
        line(f, "Signer", &signer.subject)?;
        line(f, "Serial", &signer.serial)?;
    }
    if let (Some(digest), Some(algorithm)) = (signature.digest_algorithm, signature.signature_algorithm) {
        line(f, "Algorithms", format_args!("{digest}, {algorithm}"))?;
    }
    if let Some(claimed) = signature.claimed_signing_time {
        line(f, "Claimed time", format_args!("{} (by the signer's word alone)", claimed.to_rfc3339()))?;
    }
    for (index, entry) in signature.chain.iter().enumerate() {
        line(f, if index == 0 { "Chain" } else { "" }, &entry.subject)?;
    }
    for (index, status) in signature.revocation.iter().enumerate() {
        line(f, if index == 0 { "Revocation" } else { "" }, revocation(status))?;
    }
    checks(f, &signature.checks)
}

fn revocation(status: &RevocationStatus) -> String {
    let Some(crl) = &status.crl else { return format!("{} (no list covers it)", status.status) };
    let number = crl.number.as_deref().unwrap_or("without a number");
    format!("{} (list {number} of {}, issued {})", status.status, crl.issuer, crl.this_update.to_rfc3339())
}

/// What failed and what is let pass, each with its reason; the rest is counted.
fn checks(f: &mut Formatter<'_>, checks: &[Check]) -> fmt::Result {
    for (wanted, word) in [(CheckStatus::Failed, "FAILED"), (CheckStatus::Warning, "warning")] {
        for check in checks.iter().filter(|check| check.status == wanted) {
            line(f, word, format_args!("{} ({})", check.name, check.clause))?;
            line(f, "", format_args!("  {}", check.detail))?;
        }
    }
    let count = |wanted| checks.iter().filter(|check| check.status == wanted).count();
    let (passed, not_applicable) = (count(CheckStatus::Passed), count(CheckStatus::NotApplicable));
    line(f, "Checks", format_args!("{passed} passed, {not_applicable} not applicable (--json lists each)"))
}

fn line(f: &mut Formatter<'_>, label: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "  {label:<13} {value}")
}

/// What a verdict means and what to do about it.
fn meaning(sub_indication: Option<SubIndication>) -> &'static str {
    use SubIndication as S;
    match sub_indication {
        None => "The signature is valid: the document is what this certificate's holder signed.",
        Some(S::FormatFailure) => "This is not a signature of the asked form. Get the signature file again, whole.",
        Some(S::HashFailure) => {
            "The document is not the one that was signed. Use the document exactly as it was signed."
        }
        Some(S::SigCryptoFailure) => "The signature was changed or was made with another key. Have it signed again.",
        Some(S::SignedDataNotFound) => "The signature is detached. Give the document that it signs with --content.",
        Some(S::SigConstraintsFailure) => "The signature lacks what CAdES asks for. Have it signed as CAdES-B-B.",
        Some(S::NoSigningCertificateFound) => {
            "The signer's certificate is not there or is not the one that the signature names. Give it with --certificate."
        }
        Some(S::CryptoConstraintsFailureNoPoe | S::CryptoConstraintsFailure) => {
            "An algorithm or key is too weak to rely on. Have it signed with a newer certificate and SHA-256 or better."
        }
        Some(S::PolicyProcessingError) => "The signature policy cannot be read. Correct the file given with --policy.",
        Some(S::NoCertificateChainFound) => {
            "No path leads to a trust anchor. Give the missing CA with --certificate, or its root with --anchor."
        }
        Some(S::CertificateChainGeneralFailure) => {
            "A certificate of the path breaks a rule. Ask the CA that issued it."
        }
        Some(S::ChainConstraintsFailure) => {
            "The certificate is not one for signing. Sign with the signature certificate, not that for authentication."
        }
        Some(S::NotYetValid) => "The certificate was not valid yet at this time.",
        Some(S::OutOfBoundsNotRevoked | S::OutOfBoundsNoPoe) => {
            "The certificate has expired. If the signature is known to be older, give that time with --at."
        }
        Some(S::Expired) => "The signature was made after the certificate had expired.",
        Some(S::RevokedNoPoe) => {
            "The certificate is revoked. If the signature is known to be older, give that time with --at."
        }
        Some(S::Revoked) => "The signature was made after the certificate had been revoked.",
        Some(S::RevokedCaNoPoe) => "A CA of the path is revoked.",
        Some(S::TryLater) => {
            "Whether the certificate is revoked cannot be decided. Give a current list of each CA with --crl, or try later."
        }
    }
}
