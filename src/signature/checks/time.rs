//! Claims about the time: the time of judging, and a time after which the signature is known to have been made.
use super::Subject;
use crate::verdict::{Check, SubIndication};

/// What is known of the revocation of the signer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::signature) enum Revocation {
    /// It is not revoked.
    Good,
    /// It is revoked, or it is not known.
    Other,
}

/// The certificate's validity had begun.
pub(in crate::signature) fn certificate_had_begun(subject: &Subject<'_>) -> Check {
    const NAME: &str = "certificate_had_begun";
    const CLAUSE: &str = "RFC 5280 4.1.2.5";
    match subject.certificate {
        None => Check::not_applicable(NAME, CLAUSE),
        Some(certificate) if subject.request.at < certificate.not_before() => {
            Check::failed(NAME, CLAUSE, SubIndication::NotYetValid, "the signer's certificate was not valid yet")
        }
        Some(_) => Check::passed(NAME, CLAUSE),
    }
}

/// The certificate's validity had not ended when the signature was made or, where that is not known, when it is judged.
pub(in crate::signature) fn certificate_had_not_ended(subject: &Subject<'_>, revocation: Revocation) -> Check {
    const NAME: &str = "certificate_had_not_ended";
    const CLAUSE: &str = "EN 319 102-1 5.5.4";
    let Some(certificate) = subject.certificate else { return Check::not_applicable(NAME, CLAUSE) };
    let end = certificate.not_after();
    let failed = |sub_indication, detail: &'static str| Check::failed(NAME, CLAUSE, sub_indication, detail);
    if subject.request.signed_after.is_some_and(|after| after > end) {
        return failed(SubIndication::Expired, "the signature was made after the end of the signer's certificate");
    }
    if subject.request.at <= end {
        return Check::passed(NAME, CLAUSE);
    }
    match revocation {
        Revocation::Good => failed(SubIndication::OutOfBoundsNotRevoked, "the signer's certificate has expired"),
        Revocation::Other => failed(
            SubIndication::OutOfBoundsNoPoe,
            "the signer's certificate has expired, and it is not known to have been free of revocation",
        ),
    }
}
