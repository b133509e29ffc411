//! What is worth keeping about the CAs of one trust store.
//!
//! Two facts are kept, and neither can turn false while the store lives:
//! - that a CA certificate, by its digest, carries a signature that verifies with a key, by its digest;
//! - that a path of the store's own certificates, from a CA to an anchor, holds under given policy inputs at any time
//!   inside a window, with the state in which RFC 5280 section 6.1 leaves it for the next certificate.
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use super::PolicyInputs;
use super::state::State;
use crate::pki::certificate::Certificate;

/// How many facts of each kind are kept; when there are more the store forgets them all and starts again.
const MAX_FACTS: usize = 4_096;

/// The CA part of a path, found to hold.
#[derive(Debug)]
pub struct CaPath {
    /// The target's issuer first, the anchor last.
    pub certificates: Vec<Arc<Certificate>>,
    /// The state for the certificate that follows.
    pub state: State,
    /// The first second at which all of them are valid.
    pub from: DateTime<Utc>,
    /// The last.
    pub until: DateTime<Utc>,
}

/// Certificate digest and key digest.
type SignatureFact = ([u8; 32], [u8; 32]);

/// The paths of one CA, each with the policy inputs that it holds under.
type PathFacts = Vec<(PolicyInputs, Arc<CaPath>)>;

/// The facts.
#[derive(Debug, Default)]
pub struct PathCache {
    signatures: RwLock<HashSet<SignatureFact>>,
    paths: RwLock<HashMap<[u8; 32], PathFacts>>,
}

impl PathCache {
    /// Whether `certificate` is known to be signed by `issuer`'s key.
    pub fn knows_signature(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let fact = (certificate.sha256(), issuer.spki_sha256());
        self.signatures.read().unwrap_or_else(PoisonError::into_inner).contains(&fact)
    }

    /// Keeps that the CA certificate is signed by the issuer's key.
    pub fn keep_signature(&self, certificate: &Certificate, issuer: &Certificate) {
        let mut facts = self.signatures.write().unwrap_or_else(PoisonError::into_inner);
        if facts.len() >= MAX_FACTS {
            facts.clear();
        }
        facts.insert((certificate.sha256(), issuer.spki_sha256()));
    }

    /// The path of `issuer` that holds at `at` under `inputs`, where it is known.
    pub fn path(&self, issuer: &Certificate, inputs: &PolicyInputs, at: DateTime<Utc>) -> Option<Arc<CaPath>> {
        let paths = self.paths.read().unwrap_or_else(PoisonError::into_inner);
        let mut known = paths.get(&issuer.sha256())?.iter();
        known.find(|(of, path)| of == inputs && path.from <= at && at <= path.until).map(|(_, path)| path.clone())
    }

    /// Keeps a path of the store's own certificates.
    pub fn keep_path(&self, inputs: &PolicyInputs, path: CaPath) {
        let Some(issuer) = path.certificates.first().map(|issuer| issuer.sha256()) else { return };
        let mut paths = self.paths.write().unwrap_or_else(PoisonError::into_inner);
        if paths.values().map(Vec::len).sum::<usize>() >= MAX_FACTS {
            paths.clear();
        }
        paths.entry(issuer).or_default().push((inputs.clone(), Arc::new(path)));
    }
}
