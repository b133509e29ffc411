//! The checks that a CRL passes before it is taken in (RFC 5280 6.3.3 and 5.2), one function a check.
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Duration, Utc};

use super::archive::ListRank;
use super::bytes::ListBytes;
use super::index::{CrlIndex, IndexError, is_indirect};
use super::list_key::ListKey;
use super::parse::{IssuingDistributionPoint, ParsedCrl};
use super::refusal::{CrlRefusal, code};
use super::scope::{Reasons, Scope};
use super::shard::{CrlIdentity, CrlShard, decimal};
use super::signer;
use crate::asn1;
use crate::crypto;
use crate::pki::certificate::Certificate;
use crate::pki::name;
use crate::pki::trust_store::TrustStore;

/// How far a CA's clock may be ahead of ours.
const CLOCK_SKEW: Duration = Duration::minutes(10);

/// The times by which a list is taken in.
#[derive(Debug, Clone, Copy)]
pub struct IntakeTime {
    /// The time at which the issuer's path is judged.
    pub judged_at: DateTime<Utc>,
    /// The present: a list issued later than this is refused.
    pub now: DateTime<Utc>,
}

/// A list of so many octets is worth a second thread.
const LARGE: usize = 4 << 20;

/// Verifies the CRL in `der` on its own, without regard to what is held, and makes its index.
pub fn examine(
    der: Cow<'_, [u8]>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    time: IntakeTime,
    key: ListKey,
) -> Result<CrlShard, CrlRefusal> {
    let crl = ParsedCrl::from_der(&der).map_err(|error| CrlRefusal::new(code::NOT_A_CRL, error.to_string()))?;
    extensions_are_known(&crl)?;
    scope_is_supported(crl.extensions.distribution_point.as_ref())?;
    let next_update = dates_are_sane(&crl, time.now)?;
    numbers_are_sane(&crl)?;
    let digests = || (signer::path_of(&crl, trust, extra, time.judged_at), crypto::sha256_hex(&der));
    let ((signed, sha256), index) = beside(der.len() >= LARGE, digests, || index_of(key, &crl, &der));
    // What is not signed by whom it should be is refused for that, whatever its entries are.
    let (signer_path, issuer_key) = signed?;
    let index = index?;
    let scope = Scope::of(crl.extensions.distribution_point.as_ref());
    let mut shard = CrlShard {
        identity: Arc::new(CrlIdentity {
            issuer: name::to_rfc4514(crl.issuer),
            number: crl.extensions.number.map(decimal),
            this_update: crl.this_update,
            next_update: crl.next_update,
            sha256,
        }),
        index,
        scope_key: scope.key(),
        scope,
        issuer_key,
        issuer_name: name::normal_form(crl.issuer).into(),
        signer_path,
        delta_base: crl.extensions.delta_base.map(magnitude),
        names_deltas: !crl.extensions.freshest.is_empty(),
        next_update,
        number: crl.extensions.number.map(magnitude),
        taken_in_at: time.now,
        damage: OnceLock::new(),
        bytes: ListBytes::in_memory(Vec::new()),
    };
    shard.bytes = ListBytes::in_memory(der.into_owned());
    Ok(shard)
}

/// Runs both; with `apart`, on a thread each.
fn beside<A: Send, B>(apart: bool, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    if !apart {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let thread = scope.spawn(one);
        let other = other();
        match thread.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// RFC 5280 5.2: a list with a critical extension that is not known must not be used.
fn extensions_are_known(crl: &ParsedCrl<'_>) -> Result<(), CrlRefusal> {
    match crl.extensions.unknown_critical.first() {
        Some(oid) => Err(CrlRefusal::new(
            code::UNKNOWN_CRITICAL_EXTENSION,
            format!("the list has the critical extension {oid}, which is not known"),
        )),
        None => Ok(()),
    }
}

/// RFC 5280 5.2.5.
fn scope_is_supported(point: Option<&IssuingDistributionPoint>) -> Result<(), CrlRefusal> {
    let Some(point) = point else { return Ok(()) };
    let flags = [point.only_user, point.only_ca, point.only_attribute].into_iter().filter(|flag| *flag).count();
    if flags > 1 {
        let detail = "the issuing distribution point says that the list holds only two kinds of certificates at once";
        return Err(CrlRefusal::new(code::CONTRADICTORY_SCOPE, detail));
    }
    if Reasons::of(point.reasons) == Reasons::NONE {
        let detail = "the issuing distribution point limits the list to no revocation reason at all (onlySomeReasons)";
        return Err(CrlRefusal::new(code::CONTRADICTORY_SCOPE, detail));
    }
    if point.only_attribute {
        let detail = "the list holds attribute certificates only, which this gateway does not use";
        return Err(CrlRefusal::new(code::ATTRIBUTE_CERTIFICATES, detail));
    }
    Ok(())
}

/// RFC 5280 5.1.2.4, 5.1.2.5. Whether the list is stale is not asked here: a stale list is kept, shown, and decides
/// nothing.
fn dates_are_sane(crl: &ParsedCrl<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>, CrlRefusal> {
    let Some(next_update) = crl.next_update else {
        let detail =
            "the list does not say when the next one comes (nextUpdate), so it cannot be told when it is stale";
        return Err(CrlRefusal::new(code::NEXT_UPDATE_MISSING, detail));
    };
    if next_update <= crl.this_update {
        let detail = format!("nextUpdate {} is not after thisUpdate {}", next_update, crl.this_update);
        return Err(CrlRefusal::new(code::NEXT_UPDATE_NOT_AFTER, detail));
    }
    if crl.this_update > now + CLOCK_SKEW {
        let detail =
            format!("thisUpdate {} is in the future; check this machine's clock and the CA's", crl.this_update);
        return Err(CrlRefusal::new(code::THIS_UPDATE_IN_FUTURE, detail));
    }
    Ok(next_update)
}

/// RFC 5280 5.2.3, 5.2.4: a delta has a number, above that of its base.
fn numbers_are_sane(crl: &ParsedCrl<'_>) -> Result<(), CrlRefusal> {
    let Some(base) = crl.extensions.delta_base else { return Ok(()) };
    let Some(number) = crl.extensions.number else {
        let detail = "the list tells changes only (delta CRL) and has no CRL number, so it completes no other";
        return Err(CrlRefusal::new(code::NUMBER_MISSING, detail));
    };
    if is_negative(base) || is_negative(number) || size(&magnitude(base)) >= size(&magnitude(number)) {
        let (number, base) = (decimal(number), decimal(base));
        let detail = format!("the delta CRL's number {number} is not above that of its base, {base}");
        return Err(CrlRefusal::new(code::DELTA_NUMBERS, detail));
    }
    Ok(())
}

fn is_negative(number: &[u8]) -> bool {
    number.first().is_some_and(|first| *first >= 0x80)
}

fn index_of(key: ListKey, crl: &ParsedCrl<'_>, der: &[u8]) -> Result<CrlIndex, CrlRefusal> {
    let mut unknown = None;
    let indirect = is_indirect(crl);
    let built = CrlIndex::build(key, crl, der, |entry| {
        if let Some(oid) = entry.unknown_critical {
            unknown = Some(code::UNKNOWN_CRITICAL_ENTRY_EXTENSION);
            return Err(format!("an entry has the critical extension {}, which is not known", asn1::oid_text(oid)));
        }
        if entry.certificate_issuer.is_some() && !indirect {
            unknown = Some(code::ENTRY_OF_ANOTHER_ISSUER);
            return Err("an entry names another certificate issuer, in a list that is not indirect".to_owned());
        }
        Ok(())
    });
    built.map_err(|error| match error {
        IndexError::Unreadable(error) => CrlRefusal::new(code::NOT_A_CRL, error.to_string()),
        IndexError::DuplicateSerial(serial) => {
            CrlRefusal::new(code::DUPLICATE_SERIAL, format!("the serial {serial} stands twice"))
        }
        IndexError::Refused(detail) => CrlRefusal::new(unknown.unwrap_or(code::NOT_A_CRL), detail),
    })
}

/// By which two magnitudes compare.
pub(super) fn size(number: &[u8]) -> (usize, &[u8]) {
    (number.len(), number)
}

/// A CRL number's octets without leading zeros, so that longer is greater.
fn magnitude(number: &[u8]) -> Box<[u8]> {
    let first = number.iter().position(|octet| *octet != 0).unwrap_or(number.len());
    number.get(first..).unwrap_or_default().into()
}

/// Whether `new` may take the place of `held`: the number never falls, the date neither (boulder#6456).
pub fn succeeds(new: &ListRank, held: &ListRank) -> Result<(), CrlRefusal> {
    match (&new.number, &held.number) {
        (Some(new_number), Some(held_number)) if size(new_number) < size(held_number) => {
            let refusal = numbers(code::NUMBER_FALLS, new, held, "is lower than");
            return Err(if new.this_update < held.this_update { refusal.behind(&held.sha256) } else { refusal });
        }
        (Some(new_number), Some(held_number)) if new_number == held_number => {
            return Err(numbers(code::NUMBER_REUSED, new, held, "is also that of another list,"));
        }
        (None, Some(_)) => {
            let detail = "the list has no CRL number, and the one held for this issuer and scope has";
            return Err(CrlRefusal::new(code::NUMBER_MISSING, detail));
        }
        _ => {}
    }
    if new.this_update < held.this_update {
        let detail = format!("it was issued at {}, the one held at {}", new.this_update, held.this_update);
        let refusal = CrlRefusal::new(code::OLDER_THAN_HELD, detail);
        return Err(if new.number.is_none() { refusal.behind(&held.sha256) } else { refusal });
    }
    Ok(())
}

/// Complete lists and deltas of one scope count in one row of numbers (RFC 5280 5.2.3): the later of the two has the
/// higher number, or the same.
pub fn shares_numbers(new: &ListRank, other: &ListRank) -> Result<(), CrlRefusal> {
    match (&new.number, &other.number) {
        (Some(number), Some(others)) if new.this_update > other.this_update && size(number) < size(others) => {
            Err(numbers(code::NUMBER_FALLS, new, other, "is lower than"))
        }
        _ => Ok(()),
    }
}

fn numbers(code: &'static str, new: &ListRank, held: &ListRank, how: &str) -> CrlRefusal {
    let (number, others) = (new.number_text(), held.number_text());
    let detail = format!("the CRL number {number} {how} {others} of the list held for this issuer and scope");
    CrlRefusal::new(code, detail)
}
