//! Policy qualifiers (RFC 5280 4.2.1.4): where the practice statement is found, and notices for whoever relies on the
//! certificate. They change no verdict but one: in a critical extension every qualifier must be understood.
use serde::Serialize;

use super::{Certificate, Oid};
use crate::asn1::{self, BMP_STRING, DerError, IA5_STRING, OID, Reader, SEQUENCE, Tlv, UTF8_STRING};

/// Content octets of id-qt-cps.
const CPS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 2, 1];
/// Content octets of id-qt-unotice.
const USER_NOTICE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 2, 2];
/// VisibleString.
const VISIBLE_STRING: u8 = 0x1a;
/// The most characters of a notice that are told; RFC 5280 allows 200, and some have more.
const MAX_NOTICE: usize = 1_000;

/// What a certificate says of one of its policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyQualifiers {
    /// The policy, dotted.
    pub policy: String,
    /// Where the certification practice statement is found.
    pub practice_statements: Vec<String>,
    /// The explicit texts of user notices.
    pub notices: Vec<String>,
}

impl Certificate {
    /// What certificatePolicies says of its policies, in their order; those without a qualifier that can be read are
    /// left out.
    pub fn policy_qualifiers(&self) -> Vec<PolicyQualifiers> {
        let value = self.extensions.policies_at.as_ref().map(|range| self.slice(range)).unwrap_or_default();
        let mut all = Vec::new();
        let _ = each(value, |policy, qualifier, content| {
            let policy = Oid::from_octets(policy).to_string();
            let (cps, notice) = match qualifier {
                CPS => (text(content), None),
                USER_NOTICE => (None, explicit_text(content)),
                _ => (None, None),
            };
            if cps.is_none() && notice.is_none() {
                return;
            }
            if all.last().is_none_or(|last: &PolicyQualifiers| last.policy != policy) {
                all.push(PolicyQualifiers { policy, practice_statements: Vec::new(), notices: Vec::new() });
            }
            if let Some(last) = all.last_mut() {
                last.practice_statements.extend(cps);
                last.notices.extend(notice);
            }
        });
        all
    }
}

/// The first qualifier of certificatePolicies' value that is neither a practice statement nor a notice, dotted; what
/// cannot be read as qualifiers is not understood either.
pub(super) fn first_unknown(value: &[u8]) -> Option<String> {
    let mut unknown = None;
    let read = each(value, |_, qualifier, _| {
        if qualifier != CPS && qualifier != USER_NOTICE && unknown.is_none() {
            unknown = Some(asn1::oid_text(qualifier));
        }
    });
    if read.is_err() { Some("that cannot be read".to_owned()) } else { unknown }
}

/// Calls `visit` with policy, qualifier (content octets of OIDs) and the qualifier's value.
fn each<'a>(value: &'a [u8], mut visit: impl FnMut(&'a [u8], &'a [u8], Tlv<'a>)) -> Result<(), DerError> {
    let mut policies = if value.is_empty() { Reader::new(value) } else { asn1::single_sequence(value)? };
    while !policies.is_empty() {
        let mut information = policies.sequence()?;
        let policy = information.oid()?;
        let Some(qualifiers) = information.optional(SEQUENCE)? else { continue };
        let mut qualifiers = qualifiers.reader();
        while !qualifiers.is_empty() {
            let mut qualifier = qualifiers.sequence()?;
            let id = asn1::oid_octets(qualifier.expect(OID)?.value)?;
            visit(policy, id, qualifier.any()?);
            qualifier.finish()?;
        }
    }
    Ok(())
}

/// UserNotice's explicitText.
fn explicit_text(notice: Tlv<'_>) -> Option<String> {
    let mut reader = notice.with_tag(SEQUENCE).ok()?.reader();
    reader.optional(SEQUENCE).ok()?;
    reader.any().ok().and_then(text)
}

/// DisplayText, or the IA5String of a practice statement.
fn text(value: Tlv<'_>) -> Option<String> {
    let whole = match value.tag {
        UTF8_STRING => std::str::from_utf8(value.value).ok()?.to_owned(),
        IA5_STRING | VISIBLE_STRING if value.value.is_ascii() => String::from_utf8(value.value.to_vec()).ok()?,
        BMP_STRING if value.value.len().is_multiple_of(2) => {
            let units = value
                .value
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)));
            String::from_utf16(&units.collect::<Vec<u16>>()).ok()?
        }
        _ => return None,
    };
    Some(whole.chars().filter(|character| !character.is_control()).take(MAX_NOTICE).collect())
}
