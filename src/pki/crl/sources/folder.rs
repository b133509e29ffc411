//! A watched folder, and uploads that are kept in it.
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use super::super::parse::{self, ParsedCrl};
use super::super::refusal::{CrlRefusal, code};
use super::super::shard::CrlIdentity;
use super::super::store::{CrlStore, MAX_CRL};
use crate::crypto;
use crate::pki::trust_store::TrustStore;

/// What tells that a file has not changed without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
}

/// A folder into which CRL files are dropped; hidden files and subfolders are passed over, and nothing is deleted.
#[derive(Debug)]
pub struct WatchedFolder {
    folder: PathBuf,
    /// What was seen at the last look, by file name, with the digest of the content.
    seen: HashMap<PathBuf, (Stamp, [u8; 32])>,
    /// Files whose refusal may pass without their changing.
    again: HashMap<PathBuf, Refused>,
    /// The hex digests of the lists that stood in each file at the last look.
    lists: HashMap<PathBuf, Vec<String>>,
    /// Whether it was looked at already.
    looked: bool,
    /// Whether the folder itself could not be read at the last look.
    unreadable: bool,
}

/// A refusal that depends on the time or on the trust state.
#[derive(Debug)]
struct Refused {
    /// What was told, so that it is told once.
    codes: Vec<&'static str>,
    /// The trust state it was made under.
    trust: String,
}

impl Refused {
    /// Whether another look may end otherwise: time has gone on, or the trust state is another.
    fn may_have_passed(&self, trust: &TrustStore) -> bool {
        let by_time = [code::THIS_UPDATE_IN_FUTURE, code::ISSUER_NOT_TRUSTED];
        self.codes.iter().any(|one| by_time.contains(one)) || self.trust != trust.digest()
    }
}

/// Refusals that may pass although the file stays as it is.
const MAY_PASS: [&str; 6] = [
    code::THIS_UPDATE_IN_FUTURE,
    code::ISSUER_NOT_TRUSTED,
    code::UNKNOWN_ISSUER,
    code::WRONG_SIGNATURE,
    code::ISSUER_MAY_NOT_SIGN_CRLS,
    code::WEAK_ALGORITHM,
];

/// What one look at the folder brought.
#[derive(Debug, Default)]
pub struct ScanReport {
    /// Lists that were taken in.
    pub taken_in: Vec<Arc<CrlIdentity>>,
    /// Files that were refused now (each is reported once, until it changes).
    pub refused: Vec<(String, CrlRefusal)>,
}

/// A file that is new or has changed.
struct Candidate {
    path: PathBuf,
    /// The codes of its refusals that were told already.
    told: Vec<&'static str>,
    source: String,
    bytes: Vec<u8>,
    /// What lists are put in order by: thisUpdate.
    issued: Option<DateTime<Utc>>,
}

impl WatchedFolder {
    /// Watches `folder`; the first [`WatchedFolder::scan`] reads all of it.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            seen: HashMap::new(),
            again: HashMap::new(),
            lists: HashMap::new(),
            looked: false,
            unreadable: false,
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the list of this hex digest stood in the folder at the last look.
    pub fn holds(&self, sha256: &str) -> bool {
        self.lists.values().flatten().any(|one| one == sha256)
    }

    /// Looks for new and changed files and offers each list to `store`, the oldest first. Of several files with one
    /// list, or with an older list than one that is in the folder too, nothing is reported. A file whose refusal
    /// depends on the time or on the trust state is tried again, and told again only when the reason is another.
    pub fn scan(&mut self, store: &CrlStore, trust: &TrustStore, at: DateTime<Utc>) -> ScanReport {
        let mut report = ScanReport::default();
        let mut candidates = self.changed(store, trust, at, &mut report);
        let mut behind = Vec::new();
        candidates.sort_by(|a, b| (a.issued, &a.source).cmp(&(b.issued, &b.source)));
        for candidate in candidates {
            let objects = match parse::objects(&candidate.bytes) {
                Ok(objects) => objects,
                Err(error) => {
                    let refusal = CrlRefusal::new(code::NOT_A_CRL, error.to_string());
                    refuse(store, &candidate.source, &candidate.bytes, refusal, at, &mut report);
                    continue;
                }
            };
            let mut codes = Vec::new();
            let digests = objects.iter().map(|der| crypto::sha256_hex(der)).collect();
            self.lists.insert(candidate.path.clone(), digests);
            for der in objects {
                let before = store.current();
                match store.offer_as(&candidate.source, &*der, trust, at) {
                    Ok(identity) if !Arc::ptr_eq(&before, &store.current()) => report.taken_in.push(identity),
                    Ok(_) => {}
                    // Which lists the folder holds is known when all of it is read.
                    Err(refusal) if !self.looked && refusal.behind.is_some() => {
                        behind.push((candidate.source.clone(), der.into_owned(), refusal));
                    }
                    Err(refusal) => {
                        codes.extend(MAY_PASS.contains(&refusal.code).then_some(refusal.code));
                        if !candidate.told.contains(&refusal.code) {
                            refuse(store, &candidate.source, &der, refusal, at, &mut report);
                        }
                    }
                }
            }
            if !codes.is_empty() {
                self.again.insert(candidate.path, Refused { codes, trust: trust.digest().to_owned() });
            }
        }
        for (source, der, refusal) in behind {
            if !refusal.behind.as_deref().is_some_and(|newer| self.holds(newer)) {
                refuse(store, &source, &der, refusal, at, &mut report);
            }
        }
        self.looked = true;
        report
    }

    /// Reads what is new or changed: by name, size and time of change, then by digest.
    fn changed(
        &mut self,
        store: &CrlStore,
        trust: &TrustStore,
        at: DateTime<Utc>,
        report: &mut ScanReport,
    ) -> Vec<Candidate> {
        let files = match list(&self.folder) {
            Ok(files) => files,
            Err(error) => {
                if !self.unreadable {
                    let refusal = CrlRefusal::new(code::UNREADABLE_FILE, format!("the folder cannot be read: {error}"));
                    refuse(store, &self.folder.display().to_string(), &[], refusal, at, report);
                }
                self.unreadable = true;
                return Vec::new();
            }
        };
        self.unreadable = false;
        self.seen.retain(|path, _| files.iter().any(|(file, _)| file == path));
        self.lists.retain(|path, _| files.iter().any(|(file, _)| file == path));
        self.again.retain(|path, _| files.iter().any(|(file, _)| file == path));
        let mut candidates = Vec::new();
        for (path, stamp) in files {
            let try_again = self.again.get(&path).is_some_and(|refused| refused.may_have_passed(trust));
            if !try_again && self.seen.get(&path).is_some_and(|(seen, _)| *seen == stamp) {
                continue;
            }
            let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = match read(&path, stamp) {
                Ok(bytes) => bytes,
                Err(refusal) => {
                    self.seen.insert(path, (stamp, [0; 32]));
                    refuse(store, &source, &[], refusal, at, report);
                    continue;
                }
            };
            let digest = crypto::sha256(&bytes);
            let known = self.seen.insert(path.clone(), (stamp, digest));
            let is_new = known.is_none_or(|(_, before)| before != digest);
            if is_new || try_again {
                let refused = self.again.remove(&path).filter(|_| !is_new);
                let told = refused.map(|refused| refused.codes).unwrap_or_default();
                candidates.push(Candidate { path, told, issued: issued(&bytes), source, bytes });
            }
        }
        candidates
    }
}

fn issued(bytes: &[u8]) -> Option<DateTime<Utc>> {
    let objects = parse::objects(bytes).ok()?;
    objects.iter().filter_map(|der| ParsedCrl::from_der(der).ok().map(|crl| crl.this_update)).min()
}

fn refuse(
    store: &CrlStore,
    source: &str,
    bytes: &[u8],
    refusal: CrlRefusal,
    at: DateTime<Utc>,
    report: &mut ScanReport,
) {
    store.note_refusal(source, bytes, &refusal, at);
    report.refused.push((source.to_owned(), refusal));
}

fn list(folder: &Path) -> std::io::Result<Vec<(PathBuf, Stamp)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // A file that went away since the folder was read is not there any more.
        let Ok(metadata) = fs::metadata(entry.path()) else { continue };
        if metadata.is_file() {
            files.push((entry.path(), Stamp { size: metadata.len(), modified: metadata.modified().ok() }));
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

fn read(path: &Path, stamp: Stamp) -> Result<Vec<u8>, CrlRefusal> {
    if stamp.size > MAX_CRL as u64 {
        return Err(CrlRefusal::new(code::TOO_LARGE, format!("the file is larger than {MAX_CRL} bytes")));
    }
    fs::read(path).map_err(|error| CrlRefusal::new(code::UNREADABLE_FILE, format!("the file cannot be read: {error}")))
}

/// Takes in a CRL that somebody sends: it is stored in `folder` only when it is accepted, whole or not at all, and
/// then taken in. A refusal is kept for the operators.
pub fn upload(
    store: &CrlStore,
    folder: &Path,
    crl: &[u8],
    trust: &TrustStore,
    at: DateTime<Utc>,
) -> Result<Arc<CrlIdentity>, CrlRefusal> {
    let taken = store.would_accept(crl, trust, at).and_then(|identity| {
        keep(folder, &identity, crl)?;
        store.offer(crl, trust, at)
    });
    if let Err(refusal) = &taken {
        store.note_refusal("upload", crl, refusal, at);
    }
    taken
}

/// Writes the file under a name made of its digest: temporary file, sync, rename, sync of the folder.
fn keep(folder: &Path, identity: &CrlIdentity, crl: &[u8]) -> Result<(), CrlRefusal> {
    let failed = |error: std::io::Error| {
        CrlRefusal::new(code::UNREADABLE_FILE, format!("the list could not be kept in {}: {error}", folder.display()))
    };
    let name = identity.sha256.get(..32).unwrap_or(&identity.sha256);
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = File::create(&temporary)?;
        file.write_all(crl)?;
        file.sync_all()?;
        fs::rename(&temporary, folder.join(format!("{name}.crl")))?;
        File::open(folder)?.sync_all()
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(failed)
}
