//! Trust anchors and intermediates from folders of PEM or DER files.
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::certificate::Certificate;
use super::path::cache::PathCache;
use crate::crypto;

/// The anchors that verdicts rest on, and the intermediates that help to build paths to them.
///
/// It never changes once it is made: another trust state is another store. What was found out about its CAs (their
/// signatures and paths) is kept inside, so that it can never be used under another trust state.
#[derive(Debug)]
pub struct TrustStore {
    anchors: Vec<Arc<Certificate>>,
    intermediates: Vec<Arc<Certificate>>,
    /// Those with one subject, by the subject's normal form; several generations of a CA share one.
    by_subject: HashMap<Box<[u8]>, Vec<Authority>>,
    /// The normal forms by the subject's bytes, which spares making the normal form for most look-ups.
    normal_by_der: HashMap<Box<[u8]>, Box<[u8]>>,
    anchor_digests: std::collections::HashSet<[u8; 32]>,
    digest: String,
    text: String,
    cache: PathCache,
}

/// A certificate of the store that may have issued another.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The certificate.
    pub certificate: Arc<Certificate>,
    /// Whether it is an anchor.
    pub is_anchor: bool,
}

impl Default for TrustStore {
    /// One that trusts nobody.
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new())
    }
}

impl TrustStore {
    /// From certificates at hand. One that is given twice counts once; an anchor given as an intermediate is an anchor.
    pub fn new(anchors: Vec<Arc<Certificate>>, intermediates: Vec<Arc<Certificate>>) -> Self {
        let mut seen = std::collections::HashSet::new();
        let mut anchors: Vec<_> = anchors.into_iter().filter(|one| seen.insert(one.sha256())).collect();
        let anchor_digests = seen.clone();
        let mut intermediates: Vec<_> = intermediates.into_iter().filter(|one| seen.insert(one.sha256())).collect();
        // In one order, whatever files they came from: verdicts depend on the set alone.
        anchors.sort_by_key(|one| one.sha256());
        // Those that an anchor may have issued first: the shorter path.
        let names: std::collections::HashSet<&[u8]> = anchors.iter().map(|anchor| anchor.subject_normal()).collect();
        intermediates.sort_by_key(|one| (!names.contains(one.issuer_normal()), one.sha256()));
        let mut by_subject: HashMap<Box<[u8]>, Vec<Authority>> = HashMap::new();
        let mut normal_by_der = HashMap::new();
        let authorities = anchors.iter().map(|one| (one, true)).chain(intermediates.iter().map(|one| (one, false)));
        for (certificate, is_anchor) in authorities {
            // Most of what it signed is verified again and again with this one key.
            if let Ok(key) = certificate.public_key() {
                key.prepare();
            }
            let normal: Box<[u8]> = certificate.subject_normal().into();
            normal_by_der.insert(certificate.subject_der().into(), normal.clone());
            by_subject.entry(normal).or_default().push(Authority { certificate: certificate.clone(), is_anchor });
        }
        let text = text_of(&anchors, &intermediates);
        let digest = crypto::sha256_hex(text.as_bytes());
        let cache = PathCache::default();
        Self { anchors, intermediates, by_subject, normal_by_der, anchor_digests, digest, text, cache }
    }

    /// From two folders of PEM or DER files. Every file must hold certificates and nothing that cannot be read
    /// (hidden files and subfolders are passed over); there must be an anchor; the folder of intermediates may be
    /// missing. The error names the file.
    pub fn load(anchors: &Path, intermediates: &Path) -> Result<Self, String> {
        let anchors_found = read_folder(anchors)?;
        if anchors_found.is_empty() {
            return Err(format!("{}: the folder of trust anchors holds no certificate", anchors.display()));
        }
        let intermediates = if intermediates.as_os_str().is_empty() || !intermediates.exists() {
            Vec::new()
        } else {
            read_folder(intermediates)?
        };
        Ok(Self::new(anchors_found, intermediates))
    }

    /// The anchors.
    pub fn anchors(&self) -> &[Arc<Certificate>] {
        &self.anchors
    }
    /// The intermediates.
    pub fn intermediates(&self) -> &[Arc<Certificate>] {
        &self.intermediates
    }
    /// Whether `certificate` is an anchor, by its bytes.
    pub fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchor_digests.contains(&certificate.sha256())
    }
    /// Hex SHA-256 of [`TrustStore::text`].
    pub fn digest(&self) -> &str {
        &self.digest
    }
    /// Its certificates by their digests, one a line: `anchor <hex SHA-256>`, then `intermediate <hex SHA-256>`.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Those whose subject matches `name`, the DER of a Name (RFC 5280 7.1), whatever their key.
    pub fn named(&self, name: &[u8]) -> &[Authority] {
        let found = match self.normal_by_der.get(name) {
            Some(normal) => self.by_subject.get(normal),
            None => self.by_subject.get(super::name::normal_form(name).as_slice()),
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }
    /// Those whose subject matches the issuer of `certificate`, whatever their key.
    pub fn possible_issuers(&self, certificate: &Certificate) -> &[Authority] {
        let found = match self.normal_by_der.get(certificate.issuer_der()) {
            Some(normal) => self.by_subject.get(normal),
            None => self.by_subject.get(certificate.issuer_normal()),
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }
    /// What was found out about this store's CAs.
    pub(super) fn cache(&self) -> &PathCache {
        &self.cache
    }
}

fn text_of(anchors: &[Arc<Certificate>], intermediates: &[Arc<Certificate>]) -> String {
    let lines = |label: &'static str, certificates: &[Arc<Certificate>]| -> String {
        certificates.iter().map(|one| format!("{label} {}\n", one.sha256_hex())).collect()
    };
    lines("anchor", anchors) + &lines("intermediate", intermediates)
}

fn read_folder(folder: &Path) -> Result<Vec<Arc<Certificate>>, String> {
    let cannot = |error: std::io::Error| format!("{}: the folder cannot be read: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && !entry.path().is_dir() {
            files.push(entry.path());
        }
    }
    files.sort();
    let mut certificates = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let found = Certificate::from_pem_or_der(&bytes).map_err(|error| format!("{}: {error}", file.display()))?;
        certificates.extend(found);
    }
    Ok(certificates)
}
