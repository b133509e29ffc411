//! The receipt of a filing (public contract section 5): JSON, and the same bytes as a compact JWS (ES256).
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use super::keys::Keys;
use crate::ids::{AgencyCode, ApplicationId, ArrivalNumber, ProcedureCode};
use crate::jws::{JwsError, RECEIPT_TYP};
use crate::pki::crl::CrlIdentity;
use crate::signature::report::{PolicyReference, Report};
use crate::submission::status::RevocationState;
use crate::verdict::{Indication, SubIndication};

/// A receipt made and signed, ready to be recorded together with its filing. It never changes.
#[derive(Debug, Clone)]
pub struct IssuedReceipt {
    /// The filing's number.
    pub arrival_number: ArrivalNumber,
    /// When the filing arrived.
    pub received_at: DateTime<Utc>,
    /// The receipt, exact JSON text.
    pub json: String,
    /// The same as a compact JWS.
    pub jws: String,
}

/// Which CRL a verdict rests on, as receipts and statements name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrlReference {
    /// Issuer in RFC 4514 form.
    pub issuer: String,
    /// CRL number in decimal.
    pub number: Option<String>,
    /// Hex SHA-256 of its DER.
    pub sha256: String,
}

/// A verdict as receipts and statements tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictSummary<'a> {
    /// The indication.
    pub indication: Indication,
    /// The sub-indication.
    pub sub_indication: Option<SubIndication>,
    /// Under which policy.
    pub policy: &'a PolicyReference,
    /// The time it was judged for.
    #[serde(serialize_with = "rfc3339")]
    pub validation_time: DateTime<Utc>,
    /// How firm its revocation side is.
    pub revocation: RevocationState,
    /// The lists it rests on.
    pub crls: Vec<CrlReference>,
}

impl<'a> VerdictSummary<'a> {
    /// The summary of `report`.
    pub fn of(report: &'a Report, revocation: RevocationState) -> Self {
        let mut crls: Vec<CrlReference> = Vec::new();
        for identity in
            report.signatures.iter().flat_map(|signature| &signature.revocation).filter_map(|s| s.crl.as_deref())
        {
            // One list may cover several certificates of the chain: it is named once.
            if !crls.iter().any(|named| named.sha256 == identity.sha256) {
                crls.push(identity.into());
            }
        }
        Self {
            indication: report.indication,
            sub_indication: report.sub_indication,
            policy: &report.policy,
            validation_time: report.validation_time,
            revocation,
            crls,
        }
    }
}

impl From<&CrlIdentity> for CrlReference {
    fn from(identity: &CrlIdentity) -> Self {
        Self { issuer: identity.issuer.clone(), number: identity.number.clone(), sha256: identity.sha256.clone() }
    }
}

/// An attachment as the receipt lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptAttachment<'a> {
    /// File name.
    pub name: &'a str,
    /// Media type.
    pub media_type: &'a str,
    /// Bytes.
    pub size: u64,
    /// Hex SHA-256.
    pub sha256: &'a str,
}

/// What a receipt states.
#[derive(Debug, Serialize)]
pub struct ReceiptFacts<'a> {
    /// The filing's number.
    pub arrival_number: ArrivalNumber,
    /// When it arrived.
    #[serde(serialize_with = "rfc3339")]
    pub received_at: DateTime<Utc>,
    /// The identifier its maker gave it.
    pub application_id: ApplicationId,
    /// Which procedure.
    pub procedure: &'a ProcedureCode,
    /// To which agency.
    pub recipient: AgencyCode,
    /// Hex SHA-256 of the application's exact bytes.
    pub application_sha256: String,
    /// Hex SHA-256 of the signature file as received.
    pub signature_sha256: String,
    /// The attachments, in the application's order.
    pub attachments: Vec<ReceiptAttachment<'a>>,
    /// The verdict at receipt.
    pub verdict: VerdictSummary<'a>,
}

/// What the receipt of a withdrawal states.
#[derive(Debug, Serialize)]
pub struct WithdrawalFacts<'a> {
    /// The filing that was withdrawn.
    pub arrival_number: ArrivalNumber,
    /// When the withdrawal arrived.
    #[serde(serialize_with = "rfc3339")]
    pub received_at: DateTime<Utc>,
    /// The identifier its maker gave it.
    pub withdrawal_id: Uuid,
    /// Hex SHA-256 of the filing's application document.
    pub application_sha256: &'a str,
    /// Hex SHA-256 of the withdrawal's exact bytes.
    pub withdrawal_sha256: String,
    /// Hex SHA-256 of the signature file as received.
    pub signature_sha256: String,
    /// The verdict at receipt.
    pub verdict: VerdictSummary<'a>,
}

/// Writes and signs the receipt of a withdrawal.
///
/// # Errors
/// When the system has no randomness to give.
pub fn issue_withdrawal(keys: &Keys, facts: &WithdrawalFacts<'_>) -> Result<IssuedReceipt, JwsError> {
    let json = serde_json::to_string(facts).map_err(|_| JwsError::Form("the receipt cannot be written"))?;
    let jws = keys.receipt().sign(RECEIPT_TYP, json.as_bytes())?;
    Ok(IssuedReceipt { arrival_number: facts.arrival_number, received_at: facts.received_at, json, jws })
}

/// Times in evidence: RFC 3339 in UTC, to the millisecond.
pub(super) fn rfc3339<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Writes and signs a receipt.
///
/// # Errors
/// When the system has no randomness to give.
pub fn issue(keys: &Keys, facts: &ReceiptFacts<'_>) -> Result<IssuedReceipt, JwsError> {
    let json = serde_json::to_string(facts).map_err(|_| JwsError::Form("the receipt cannot be written"))?;
    let jws = keys.receipt().sign(RECEIPT_TYP, json.as_bytes())?;
    Ok(IssuedReceipt { arrival_number: facts.arrival_number, received_at: facts.received_at, json, jws })
}
