//! Whether the person who signs now is the one who signed the filing.
use serde::Deserialize;

use crate::registry::matching::ApplicantRule;
use crate::signature::report::{Report, SignerAttributes};
use crate::store::submissions::SubmissionRecord;
use crate::submission::rejection::{Rejection, RejectionCode};

/// What a stored report says of the signer.
#[derive(Deserialize)]
struct StoredReport {
    signatures: Vec<StoredSignature>,
}

#[derive(Deserialize)]
struct StoredSignature {
    signer: Option<StoredSigner>,
    chain: Vec<StoredChainEntry>,
}

#[derive(Deserialize)]
struct StoredSigner {
    subject: String,
    attributes: StoredAttributes,
}

#[derive(Deserialize)]
struct StoredAttributes {
    name: Option<String>,
    date_of_birth: Option<String>,
    sex: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
struct StoredChainEntry {
    sha256: String,
}

/// The same certificate signed both; or another one of the same person: under `jpki` of the same four attributes (a
/// card that was issued anew), under `generic` of the same subject from the same authority.
pub(super) fn require_same(
    original: &SubmissionRecord,
    certificate_sha256: &[u8; 32],
    report: &Report,
    rule: ApplicantRule,
) -> Result<(), Box<Rejection>> {
    if original.submission.signer_sha256 == *certificate_sha256 || is_same_holder(original, report, rule) {
        return Ok(());
    }
    let detail =
        "This was signed by another person than the filing: sign with the card that the filing was signed with.";
    Err(Box::new(Rejection::new(RejectionCode::NotTheApplicant, detail)))
}

fn is_same_holder(original: &SubmissionRecord, report: &Report, rule: ApplicantRule) -> bool {
    let stored: Option<StoredReport> =
        original.verdicts.first().and_then(|verdict| serde_json::from_str(&verdict.report).ok());
    let (Some(stored), Some(now)) = (stored, report.signatures.first()) else { return false };
    let Some(first) = stored.signatures.first() else { return false };
    let (Some(then), Some(signer)) = (&first.signer, &now.signer) else { return false };
    match rule {
        ApplicantRule::FourAttributes => four(&signer.attributes).is_some_and(|four| then.attributes.are(four)),
        ApplicantRule::CommonName => {
            let issuer = now.chain.get(1).map(|entry| &*entry.sha256);
            *then.subject == *signer.subject
                && issuer.is_some()
                && first.chain.get(1).map(|entry| entry.sha256.as_str()) == issuer
        }
    }
}

/// The four attributes; none where the certificate does not know all of them, for then they name nobody.
fn four(attributes: &SignerAttributes) -> Option<[&str; 4]> {
    Some([
        attributes.name.as_deref()?,
        attributes.date_of_birth.as_deref()?,
        attributes.sex.as_deref()?,
        attributes.address.as_deref()?,
    ])
}

impl StoredAttributes {
    fn are(&self, four: [&str; 4]) -> bool {
        let stored = [&self.name, &self.date_of_birth, &self.sex, &self.address];
        stored.into_iter().zip(four).all(|(stored, now)| stored.as_deref() == Some(now))
    }
}
