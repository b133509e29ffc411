//! The report of `verify --json` (public contract section 3).
use crate::pki::crl::RevocationStatus;
use crate::verdict::{Check, Indication, SubIndication};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::sync::Arc;

/// Name and version of what judges. Under one version, the same document, signature, trust state, policy and time give
/// the same report, byte for byte.
pub const ENGINE: &str = concat!("madoguchi/", env!("CARGO_PKG_VERSION"));

/// Which policy a verdict was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyReference {
    /// Its identifier.
    pub id: String,
    /// Hex SHA-256 of its text.
    pub sha256: String,
}

/// The four attributes (and whatever else) a signer's certificate states; null where it does not know them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignerAttributes {
    /// Full name as in the certificate.
    pub name: Option<String>,
    /// `1980-12-31`, `1980-12`, `1980` as far as it is known.
    pub date_of_birth: Option<String>,
    /// `male`, `female` or `unknown`.
    pub sex: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Substitute marks of the name, one digit a character.
    pub name_substitutes: Option<String>,
    /// Substitute marks of the address.
    pub address_substitutes: Option<String>,
}

/// Whose certificate signed.
#[derive(Debug, Clone, Serialize)]
pub struct SignerReport {
    /// RFC 4514.
    pub subject: Arc<str>,
    /// Hex.
    pub serial: String,
    /// Hex SHA-256 of the certificate.
    pub sha256: Arc<str>,
    /// What the certificate says of the person.
    pub attributes: SignerAttributes,
}

/// One certificate of the chain.
#[derive(Debug, Clone, Serialize)]
pub struct ChainEntry {
    /// RFC 4514.
    pub subject: Arc<str>,
    /// Hex SHA-256.
    pub sha256: Arc<str>,
}

/// One signer's part of the report.
#[derive(Debug, Clone, Serialize)]
pub struct SignatureReport {
    /// This signature's indication.
    pub indication: Indication,
    /// And sub-indication.
    pub sub_indication: Option<SubIndication>,
    /// The signer, where the certificate is there.
    pub signer: Option<SignerReport>,
    /// `SHA256`
    pub digest_algorithm: Option<&'static str>,
    /// `SHA256withRSA`
    pub signature_algorithm: Option<&'static str>,
    /// What the signer claims; proves nothing.
    pub claimed_signing_time: Option<DateTime<Utc>>,
    /// Signer first.
    pub chain: Vec<ChainEntry>,
    /// Revocation of each certificate.
    pub revocation: Vec<RevocationStatus>,
    /// Every check.
    pub checks: Vec<Check>,
}

impl SignatureReport {
    /// The report on what is not a signature at all, which failed `check`.
    pub(super) fn of_nothing(check: Check) -> Self {
        let (indication, sub_indication) = crate::verdict::conclude([&check]);
        Self {
            indication,
            sub_indication,
            signer: None,
            digest_algorithm: None,
            signature_algorithm: None,
            claimed_signing_time: None,
            chain: Vec::new(),
            revocation: Vec::new(),
            checks: vec![check],
        }
    }
}

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The whole's indication.
    pub indication: Indication,
    /// The whole's sub-indication.
    pub sub_indication: Option<SubIndication>,
    /// URN of the sub-indication.
    pub sub_indication_urn: Option<String>,
    /// The time it was judged for.
    pub validation_time: DateTime<Utc>,
    /// A time after which the signature was known to have been made, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_after: Option<DateTime<Utc>>,
    /// Under which policy.
    pub policy: Arc<PolicyReference>,
    /// Hex SHA-256 of the trust state that it was made in: anchors, intermediates, policy and revocation lists
    /// ([`super::trust_state::TrustState`]).
    pub trust_state: String,
    /// What judged: [`ENGINE`].
    pub engine: &'static str,
    /// One a signer.
    pub signatures: Vec<SignatureReport>,
}

impl Report {
    /// The report where the policy named `policy` cannot be read, for the reason in `detail`.
    pub fn of_unreadable_policy(policy: &str, detail: String, at: DateTime<Utc>) -> Self {
        let meaning = SubIndication::PolicyProcessingError;
        let check = Check::failed("policy_can_be_read", "EN 319 102-1 5.1.4.1", meaning, detail);
        Self {
            indication: meaning.indication(),
            sub_indication: Some(meaning),
            sub_indication_urn: Some(meaning.urn()),
            validation_time: at,
            signed_after: None,
            policy: Arc::new(PolicyReference { id: policy.to_owned(), sha256: String::new() }),
            trust_state: String::new(),
            engine: ENGINE,
            signatures: vec![SignatureReport::of_nothing(check)],
        }
    }
}
