//! Whose key signed a CRL, and whether that key may (RFC 5280 6.3.3 (f), (g)).
use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::parse::ParsedCrl;
use super::refusal::{CrlRefusal, code};
use crate::crypto::{self, SignatureAlgorithm};
use crate::pki::certificate::Certificate;
use crate::pki::name;
use crate::pki::path::{self, PathRequest, PolicyInputs, Purpose};
use crate::pki::trust_store::TrustStore;

/// The most keys of one name that are tried.
const MAX_KEYS: usize = 32;
/// The most certificates of the right key whose paths are looked for.
const MAX_PATHS: usize = 8;

/// A certificate first, the anchor last.
pub type SignerPath = Arc<[Arc<Certificate>]>;

/// The path of a certificate with the issuer's name whose key verifies the signature and may sign CRLs, and the
/// digest of that key. Where several certificates have the key, the first that stands; else why the first does not.
pub fn path_of(
    crl: &ParsedCrl<'_>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    at: DateTime<Utc>,
) -> Result<(SignerPath, [u8; 32]), CrlRefusal> {
    match first_that_stands(signers(crl, trust, extra)?.into_iter(), crl, trust, extra, at) {
        Some(Ok((signer, path))) => Ok((path, signer.spki_sha256())),
        Some(Err(why)) => Err(why),
        None => {
            let detail = format!("the signature verifies with the key of no CA named {}", name::to_rfc4514(crl.issuer));
            Err(CrlRefusal::new(code::WRONG_SIGNATURE, detail))
        }
    }
}

/// As [`path_of`] for a list whose signature the key of this digest was found to verify before: the path of a certificate
/// with the issuer's name and that key, which may sign CRLs today.
pub fn path_of_key(
    crl: &ParsedCrl<'_>,
    key: &[u8; 32],
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    at: DateTime<Utc>,
) -> Result<SignerPath, CrlRefusal> {
    let signers = named(crl, trust, extra).into_iter().filter(|one| one.spki_sha256() == *key);
    match first_that_stands(signers, crl, trust, extra, at) {
        Some(stands) => stands.map(|(_, path)| path),
        None => {
            let detail = format!("no CA of the trust store is named {} and has the key", name::to_rfc4514(crl.issuer));
            Err(CrlRefusal::new(code::UNKNOWN_ISSUER, detail))
        }
    }
}

/// The first that may sign and has a path, or why the first of all has none.
fn first_that_stands(
    signers: impl Iterator<Item = Arc<Certificate>>,
    crl: &ParsedCrl<'_>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    at: DateTime<Utc>,
) -> Option<Result<(Arc<Certificate>, SignerPath), CrlRefusal>> {
    let mut refusal = None;
    for signer in signers.take(MAX_PATHS) {
        let stands = may_sign(&signer, trust)
            .and_then(|()| algorithm_is_reliable(crl, &signer))
            .and_then(|()| trusted_path(&signer, trust, extra, at));
        match stands {
            Ok(path) => return Some(Ok((signer, path))),
            Err(why) => {
                refusal.get_or_insert(why);
            }
        }
    }
    refusal.map(Err)
}

/// The certificates with the issuer's name, those with the wanted key identifier first.
fn named(crl: &ParsedCrl<'_>, trust: &TrustStore, extra: &[Arc<Certificate>]) -> Vec<Arc<Certificate>> {
    let named = trust.named(crl.issuer).iter().map(|authority| authority.certificate.clone());
    let others = extra.iter().filter(|one| name::matches(one.subject_der(), crl.issuer)).cloned();
    let mut candidates: Vec<Arc<Certificate>> = named.chain(others).collect();
    let wanted = crl.extensions.authority_key_id;
    candidates.sort_by_key(|ca| wanted.is_some() && ca.subject_key_id() != wanted);
    candidates
}

/// The certificates with the issuer's name whose key verifies the signature, those with the wanted key identifier
/// first.
fn signers(
    crl: &ParsedCrl<'_>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
) -> Result<Vec<Arc<Certificate>>, CrlRefusal> {
    let mut candidates = named(crl, trust, extra);
    if candidates.is_empty() {
        let detail = format!("no CA of the trust store is named {}", name::to_rfc4514(crl.issuer));
        return Err(CrlRefusal::new(code::UNKNOWN_ISSUER, detail));
    }
    let algorithm = SignatureAlgorithm::from_der(crl.signature_algorithm)
        .map_err(|error| CrlRefusal::new(code::WEAK_ALGORITHM, format!("the list's signature algorithm: {error}")))?;
    // A signature is that of one key: when it is found, no other is tried over what may be a large list.
    let (mut tried, mut found) = (HashSet::new(), None);
    for one in &candidates {
        let spki = one.spki_sha256();
        if found.is_some() || tried.len() >= MAX_KEYS || !tried.insert(spki) {
            continue;
        }
        if one.public_key().is_ok_and(|key| key.verify(&algorithm, crl.tbs, crl.signature).is_ok()) {
            found = Some(spki);
        }
    }
    candidates.retain(|one| found == Some(one.spki_sha256()));
    Ok(candidates)
}

/// RFC 5280 6.3.3 (f). Beyond it, a certificate that is neither a CA's nor an anchor signs lists only where its key
/// usage says so: that nothing forbids it does not make somebody who has the CA's name the CA.
fn may_sign(signer: &Certificate, trust: &TrustStore) -> Result<(), CrlRefusal> {
    let may = match signer.key_usage() {
        Some(usage) => usage.crl_sign(),
        None => signer.is_ca() || trust.is_anchor(signer),
    };
    if may {
        return Ok(());
    }
    let detail = "the issuer's certificate does not let its key sign CRLs (cRLSign)";
    Err(CrlRefusal::new(code::ISSUER_MAY_NOT_SIGN_CRLS, detail))
}

fn algorithm_is_reliable(crl: &ParsedCrl<'_>, signer: &Certificate) -> Result<(), CrlRefusal> {
    let algorithm = SignatureAlgorithm::from_der(crl.signature_algorithm);
    if let (Ok(algorithm), Ok(key)) = (algorithm, signer.public_key())
        && let Some(weakness) = crypto::weakness(&algorithm, key)
    {
        return Err(CrlRefusal::new(code::WEAK_ALGORITHM, weakness.reason));
    }
    Ok(())
}

/// RFC 5280 6.3.3 (f): the signer's path, which must hold. Its revocation is asked when the list is used.
fn trusted_path(
    signer: &Arc<Certificate>,
    trust: &TrustStore,
    extra: &[Arc<Certificate>],
    at: DateTime<Utc>,
) -> Result<SignerPath, CrlRefusal> {
    let policies = PolicyInputs::any();
    let request = PathRequest { at, extra, purpose: Purpose::Any, policies: &policies };
    let outcome = path::validate(trust, signer, &request);
    let validity = path::target_validity(signer, at);
    let failed: Vec<String> = outcome
        .checks
        .iter()
        .chain([&validity])
        .filter(|check| check.is_failed())
        .map(|check| format!("{}: {}", check.name, check.detail))
        .collect();
    match outcome.chain {
        Some(chain) if failed.is_empty() => Ok(chain.certificates().into()),
        _ => Err(CrlRefusal::new(
            code::ISSUER_NOT_TRUSTED,
            format!("the issuer's certificate does not stand: {}", failed.join("; ")),
        )),
    }
}
