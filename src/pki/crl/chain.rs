//! A path and its revocation, found together: where a CA of the first path is revoked, or it is not known whether it
//! is, another path may go around it (RFC 4158 3.5).
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::revocation::{RevocationOutcome, check_revocation};
use super::second_source::RevocationData;
use super::snapshot::CrlSnapshot;
use super::standing::{Look, Said};
use crate::pki::certificate::Certificate;
use crate::pki::path::{self, PathOutcome, PathRequest, PathWork};
use crate::pki::trust_store::TrustStore;

/// The path for `target` and, where it holds, what `data` says of it (as [`check_revocation`]). A path whose CAs
/// are all known to be good goes before one that was found earlier; where there is none the first stays.
pub fn validate_with_revocation<'a>(
    (trust, data): (&TrustStore, impl Into<RevocationData<'a>>),
    target: &Arc<Certificate>,
    request: &PathRequest<'_>,
    signed_after: Option<DateTime<Utc>>,
    work: &mut PathWork,
) -> (PathOutcome, Option<RevocationOutcome>) {
    let data: RevocationData<'_> = data.into();
    let first = path::validate_within(trust, target, request, work);
    let Some(chain) = &first.chain else { return (first, None) };
    let revocation = check_revocation(data, chain, request.at, signed_after);
    if revocation.statuses.iter().skip(1).all(|status| status.status == "good") {
        return (first, Some(revocation));
    }
    let usable = |path: &[Arc<Certificate>]| cas_are_good(data.crls, path, request.at);
    let other = path::validate_usable(trust, target, request, work, &usable);
    match &other.chain {
        Some(chain) if usable(chain.certificates()) => {
            let revocation = check_revocation(data, chain, request.at, signed_after);
            (other, Some(revocation))
        }
        _ => (first, Some(revocation)),
    }
}

fn cas_are_good(snapshot: &CrlSnapshot, path: &[Arc<Certificate>], at: DateTime<Utc>) -> bool {
    let mut look = Look::new(snapshot, at);
    (1..path.len().saturating_sub(1)).all(|index| matches!(look.standing(path, index).said, Said::Good))
}
