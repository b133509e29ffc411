//! The checks that a CRL passes before it is taken in (RFC 5280 6.3.3 and 5.2), one function a check.
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::index::{CrlIndex, IndexError};
use super::parse::{CERTIFICATE_HOLD, IssuingDistributionPoint, ParsedCrl};
use super::refusal::{CrlRefusal, code};
use super::shard::{CrlIdentity, CrlShard, Scope, decimal};
use crate::asn1;
use crate::crypto::{self, SignatureAlgorithm};
use crate::pki::certificate::Certificate;
use crate::pki::name;
use crate::pki::path::{self, PathRequest, PolicyInputs, Purpose};
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

/// Verifies the CRL in `der` on its own, without regard to what is held, and makes its index.
pub fn examine(
    der: &[u8],
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    time: IntakeTime,
) -> Result<CrlShard, CrlRefusal> {
    let crl = ParsedCrl::from_der(der).map_err(|error| CrlRefusal::new(code::NOT_A_CRL, error.to_string()))?;
    extensions_are_known(&crl)?;
    scope_is_supported(crl.extensions.distribution_point.as_ref())?;
    let next_update = dates_are_sane(&crl, time.now)?;
    let issuer = issuer_of(&crl, trust, extra)?;
    issuer_may_sign(&issuer)?;
    algorithm_is_reliable(&crl, &issuer)?;
    issuer_is_trusted(&issuer, trust, extra, time.judged_at)?;
    let index = index_of(&crl, der)?;
    let scope = Scope::of(crl.extensions.distribution_point.as_ref());
    Ok(CrlShard {
        identity: Arc::new(CrlIdentity {
            issuer: name::to_rfc4514(crl.issuer),
            number: crl.extensions.number.map(decimal),
            this_update: crl.this_update,
            next_update: crl.next_update,
            sha256: crypto::sha256_hex(der),
        }),
        index,
        scope,
        issuer_key: issuer.spki_sha256(),
        next_update,
        number: crl.extensions.number.map(magnitude),
        taken_in_at: time.now,
        der: der.into(),
    })
}

/// RFC 5280 5.2: a list with a critical extension that is not known must not be used.
fn extensions_are_known(crl: &ParsedCrl<'_>) -> Result<(), CrlRefusal> {
    match crl.extensions.unknown_critical.first() {
        Some(oid) => Err(CrlRefusal::new(
            code::UNKNOWN_CRITICAL_EXTENSION,
            format!("the list has the critical extension {oid}, which is not known"),
        )),
        None if crl.extensions.delta_base.is_some() => Err(CrlRefusal::new(
            code::DELTA_NOT_SUPPORTED,
            "this is a delta CRL, which is not supported yet; offer the complete CRL",
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
    if point.indirect {
        let detail = "the list speaks for certificates of other issuers (indirect CRL), which is not supported yet";
        return Err(CrlRefusal::new(code::INDIRECT_NOT_SUPPORTED, detail));
    }
    if point.reasons.is_some() {
        let detail =
            "the list holds only some revocation reasons, which is not supported yet; offer one for all reasons";
        return Err(CrlRefusal::new(code::REASONS_NOT_SUPPORTED, detail));
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

/// The CA whose key verifies the signature, among those with the issuer's name (RFC 5280 6.3.3 (f), (g)).
fn issuer_of(
    crl: &ParsedCrl<'_>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
) -> Result<Arc<Certificate>, CrlRefusal> {
    let named = trust.named(crl.issuer).iter().map(|authority| authority.certificate.clone());
    let others = extra.iter().filter(|one| name::matches(one.subject_der(), crl.issuer)).cloned();
    let mut candidates: Vec<Arc<Certificate>> = named.chain(others).collect();
    if candidates.is_empty() {
        let detail = format!("no CA of the trust store is named {}", name::to_rfc4514(crl.issuer));
        return Err(CrlRefusal::new(code::UNKNOWN_ISSUER, detail));
    }
    // Those with the wanted key identifier first; the signature decides.
    let wanted = crl.extensions.authority_key_id;
    candidates.sort_by_key(|ca| wanted.is_some() && ca.subject_key_id() != wanted);
    let algorithm = SignatureAlgorithm::from_der(crl.signature_algorithm)
        .map_err(|error| CrlRefusal::new(code::WEAK_ALGORITHM, format!("the list's signature algorithm: {error}")))?;
    let verifies =
        |ca: &Arc<Certificate>| ca.public_key().is_ok_and(|key| key.verify(&algorithm, crl.tbs, crl.signature).is_ok());
    let mut tried = std::collections::HashSet::new();
    let found = candidates.into_iter().filter(|ca| tried.insert(ca.spki_sha256())).take(32).find(verifies);
    found.ok_or_else(|| {
        let detail = format!("the signature verifies with the key of no CA named {}", name::to_rfc4514(crl.issuer));
        CrlRefusal::new(code::WRONG_SIGNATURE, detail)
    })
}

/// RFC 5280 6.3.3 (f).
fn issuer_may_sign(issuer: &Certificate) -> Result<(), CrlRefusal> {
    if issuer.key_usage().is_some_and(|usage| !usage.crl_sign()) {
        let detail = "the issuer's certificate does not let its key sign CRLs (cRLSign)";
        return Err(CrlRefusal::new(code::ISSUER_MAY_NOT_SIGN_CRLS, detail));
    }
    Ok(())
}

fn algorithm_is_reliable(crl: &ParsedCrl<'_>, issuer: &Certificate) -> Result<(), CrlRefusal> {
    let algorithm = SignatureAlgorithm::from_der(crl.signature_algorithm);
    if let (Ok(algorithm), Ok(key)) = (algorithm, issuer.public_key())
        && let Some(weakness) = crypto::weakness(&algorithm, key)
    {
        return Err(CrlRefusal::new(code::WEAK_ALGORITHM, weakness.reason));
    }
    Ok(())
}

/// RFC 5280 6.3.3 (f): the issuer's path holds.
fn issuer_is_trusted(
    issuer: &Arc<Certificate>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    at: DateTime<Utc>,
) -> Result<(), CrlRefusal> {
    let policies = PolicyInputs::any();
    let request = PathRequest { at, extra, purpose: Purpose::Any, policies: &policies };
    let outcome = path::validate(trust, issuer, &request);
    let validity = path::target_validity(issuer, at);
    let failed: Vec<String> = outcome
        .checks
        .iter()
        .chain([&validity])
        .filter(|check| check.is_failed())
        .map(|check| format!("{}: {}", check.name, check.detail))
        .collect();
    if outcome.chain.is_some() && failed.is_empty() {
        return Ok(());
    }
    Err(CrlRefusal::new(
        code::ISSUER_NOT_TRUSTED,
        format!("the issuer's certificate does not stand: {}", failed.join("; ")),
    ))
}

fn index_of(crl: &ParsedCrl<'_>, der: &[u8]) -> Result<CrlIndex, CrlRefusal> {
    let mut unknown = None;
    let built = CrlIndex::build(crl, der, |entry| {
        if let Some(oid) = entry.unknown_critical {
            unknown = Some(code::UNKNOWN_CRITICAL_ENTRY_EXTENSION);
            return Err(format!("an entry has the critical extension {}, which is not known", asn1::oid_text(oid)));
        }
        if entry.names_issuer {
            unknown = Some(code::INDIRECT_NOT_SUPPORTED);
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

/// A CRL number's octets without leading zeros, so that longer is greater.
fn magnitude(number: &[u8]) -> Box<[u8]> {
    let first = number.iter().position(|octet| *octet != 0).unwrap_or(number.len());
    number.get(first..).unwrap_or_default().into()
}

/// Whether `new` may take the place of `held`: the number never falls, the date neither (boulder#6456).
pub fn succeeds(new: &CrlShard, held: &CrlShard) -> Result<(), CrlRefusal> {
    let size = |number: &[u8]| (number.len(), number.to_vec());
    match (&new.number, &held.number) {
        (Some(new_number), Some(held_number)) if size(new_number) < size(held_number) => {
            return Err(CrlRefusal::new(code::NUMBER_FALLS, numbers(new, held, "is lower than")));
        }
        (Some(new_number), Some(held_number)) if new_number == held_number => {
            return Err(CrlRefusal::new(code::NUMBER_REUSED, numbers(new, held, "is also that of another list,")));
        }
        (None, Some(_)) => {
            let detail = "the list has no CRL number, and the one held for this issuer and scope has";
            return Err(CrlRefusal::new(code::NUMBER_MISSING, detail));
        }
        _ => {}
    }
    if new.identity.this_update < held.identity.this_update {
        let (new, held) = (new.identity.this_update, held.identity.this_update);
        return Err(CrlRefusal::new(code::OLDER_THAN_HELD, format!("it was issued at {new}, the one held at {held}")));
    }
    Ok(())
}

fn numbers(new: &CrlShard, held: &CrlShard, how: &str) -> String {
    let number = |shard: &CrlShard| shard.identity.number.clone().unwrap_or_default();
    format!("the CRL number {} {how} {} of the list held for this issuer and scope", number(new), number(held))
}

/// Entries of `held` that are not in `new` although their certificates cannot have expired yet: an entry may go when
/// revocation date plus `longest_validity` has passed; holds may end, and removeFromCRL says so.
pub fn loses_no_entry(new: &CrlShard, held: &CrlShard, longest_validity: Duration) -> Result<(), CrlRefusal> {
    let Ok(crl) = ParsedCrl::from_der(&held.der) else { return Ok(()) };
    let mut lost = 0usize;
    let mut first = String::new();
    for entry in crl.entries().filter_map(Result::ok) {
        let may_go = entry.reason == Some(CERTIFICATE_HOLD)
            || entry
                .revocation_date
                .checked_add_signed(longest_validity)
                .is_some_and(|end| end < new.identity.this_update);
        if !may_go && new.find(entry.serial).is_none() {
            if lost == 0 {
                first = hex::encode(entry.serial);
            }
            lost += 1;
        }
    }
    if lost == 0 {
        return Ok(());
    }
    let detail = format!(
        "{lost} entries of the list held are missing (the first is serial {first}) although their certificates cannot \
         have expired; look at the difference (madoguchi crl diff) and ask the CA"
    );
    Err(CrlRefusal::new(code::ENTRIES_LOST, detail))
}
