//! The checks that a CRL passes on its own, without regard to what is held (RFC 5280 6.3.3 and 5.2), one function a check,
//! and the making of its index.
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Duration, Utc};

use super::bytes::ListBytes;
use super::index::{CrlIndex, IndexError, is_indirect};
use super::index_file::{IndexFile, MAX_STUB};
use super::list_key::ListKey;
use super::parse::{IssuingDistributionPoint, ParsedCrl};
use super::refusal::{CrlRefusal, code};
use super::scope::{Reasons, Scope};
use super::shard::{CrlIdentity, CrlShard, decimal, magnitude, size};
use super::shelf::{ListShelf, SHELVED_FROM};
use super::signer::{self, SignerPath};
use super::stub;
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

/// By what a list is examined, and where it goes.
#[derive(Debug, Clone, Copy)]
pub struct Intake<'a> {
    /// The anchors and CAs.
    pub trust: &'a TrustStore,
    /// Further certificates of issuers.
    pub extra: &'a [Arc<Certificate>],
    /// As of when.
    pub time: IntakeTime,
    /// Under which its entries are hashed.
    pub key: ListKey,
    /// Where a list is kept that is not small; none: in memory.
    pub shelf: Option<&'a ListShelf>,
    /// On how many threads.
    pub pace: Pace,
}

/// How a large list is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// On two threads, for somebody who waits.
    Swift,
    /// On one, beside requests that the other cores belong to.
    Patient,
}

/// Verifies the CRL in `der` on its own, without regard to what is held, and makes its index.
pub fn examine(der: Cow<'_, [u8]>, intake: &Intake<'_>) -> Result<CrlShard, CrlRefusal> {
    let crl = ParsedCrl::from_der(&der).map_err(|error| CrlRefusal::new(code::NOT_A_CRL, error.to_string()))?;
    let next_update = may_be_used(&crl, intake.time.now)?;
    let digests = || {
        let signed = signer::path_of(&crl, intake.trust, intake.extra, intake.time.judged_at);
        (signed, crypto::sha256(&der))
    };
    let ((signed, sha256), index) =
        beside(der.len() >= LARGE && intake.pace == Pace::Swift, digests, || index_of(intake.key, &crl, &der));
    // What is not signed by whom it should be is refused for that, whatever its entries are.
    let signed = signed?;
    let shard = shard_of(&crl, next_update, signed, hex::encode(sha256), index?, intake.time.now);
    let stub = stub::without_entries(&crl, &der).ok().filter(|stub| stub.len() <= MAX_STUB);
    if let (Some(shelf), Some(stub)) = (intake.shelf.filter(|_| der.len() >= SHELVED_FROM), stub) {
        match shelf.place(sha256, &der) {
            Ok(bytes) => return Ok(CrlShard { bytes, stub: Some(stub.into()), ..shard }),
            Err(error) => {
                let sha256 = &shard.identity.sha256;
                tracing::error!(target: "madoguchi::crl", %sha256, %error, "a list stays in memory: its file cannot be written");
            }
        }
    }
    let bytes = ListBytes::in_memory(der.into_owned());
    Ok(CrlShard { bytes, ..shard })
}

/// A list of the last run, which was verified when it came in, and its index: what can have changed since is judged
/// again. Its signer's certificates are looked for and their path is validated in the trust store of today; the key that
/// verified the signature is still the one that must be there.
pub fn examine_again(found: IndexFile, bytes: ListBytes, intake: &Intake<'_>) -> Result<CrlShard, CrlRefusal> {
    let IndexFile { sha256, issuer_key, stub, mut index, .. } = found;
    let crl = ParsedCrl::from_der(&stub).map_err(|error| CrlRefusal::new(code::NOT_A_CRL, error.to_string()))?;
    let next_update = may_be_used(&crl, intake.time.now)?;
    let path = signer::path_of_key(&crl, &issuer_key, intake.trust, intake.extra, intake.time.judged_at)?;
    index.issuer = name::normal_form(crl.issuer).into();
    let shard = shard_of(&crl, next_update, (path, issuer_key), hex::encode(sha256), index, intake.time.now);
    Ok(CrlShard { bytes, stub: Some(stub.into()), ..shard })
}

/// The checks of everything beside the entries and the signature; gives nextUpdate.
fn may_be_used(crl: &ParsedCrl<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>, CrlRefusal> {
    extensions_are_known(crl)?;
    scope_is_supported(crl.extensions.distribution_point.as_ref())?;
    let next_update = dates_are_sane(crl, now)?;
    numbers_are_sane(crl)?;
    Ok(next_update)
}

/// The shard of a list that passed, its bytes not there yet.
fn shard_of(
    crl: &ParsedCrl<'_>,
    next_update: DateTime<Utc>,
    (signer_path, issuer_key): (SignerPath, [u8; 32]),
    sha256: String,
    index: CrlIndex,
    taken_in_at: DateTime<Utc>,
) -> CrlShard {
    let scope = Scope::of(crl.extensions.distribution_point.as_ref());
    CrlShard {
        identity: Arc::new(CrlIdentity {
            issuer: name::to_rfc4514(crl.issuer),
            number: crl.extensions.number.map(decimal),
            this_update: crl.this_update,
            next_update: crl.next_update,
            sha256,
        }),
        index: Arc::new(index),
        scope_key: scope.key(),
        scope,
        issuer_key,
        issuer_name: name::normal_form(crl.issuer).into(),
        signer_path,
        delta_base: crl.extensions.delta_base.map(magnitude),
        names_deltas: !crl.extensions.freshest.is_empty(),
        next_update,
        number: crl.extensions.number.map(magnitude),
        taken_in_at,
        damage: OnceLock::new(),
        stub: None,
        bytes: ListBytes::in_memory(Vec::new()),
    }
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
