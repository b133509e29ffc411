//! The gateway's keys, in a folder that all gateways of one database share: ES256 keys for receipts and for signing
//! requests, the session key, and the public halves of retired keys, which stay in the key set for ever.
//!
//! ```text
//! keys/receipt.p8  request.p8    PKCS#8 DER, mode 0600
//! keys/session.key               64 random bytes, mode 0600
//! keys/lists.key                 64 random bytes, mode 0600: for the indexes of revocation lists
//! keys/registry.key              64 random bytes, mode 0600: for the resident registry, where there is one
//! keys/network.p8, network.key  of a gateway on a network only: what signs its messages, and what seals those that wait
//! keys/retired/<kid>.jwk         public keys that still verify what they signed, with the time at which they ended (`exp`)
//! ```
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::jws::{Jwk, JwkSet, JwsError, SigningKey};

const RECEIPT: &str = "receipt.p8";
const REQUEST: &str = "request.p8";
const SESSION: &str = "session.key";
const LISTS: &str = "lists.key";
const REGISTRY: &str = "registry.key";
const RETIRED: &str = "retired";

/// Length of the session key, in bytes.
pub const SESSION_KEY_BYTES: usize = 64;

/// Length of the key of lists' indexes, in bytes.
pub const LISTS_KEY_BYTES: usize = 64;

/// Length of the key of the resident registry, in bytes.
pub const REGISTRY_KEY_BYTES: usize = 64;

/// Why the keys cannot be used: told at start, with the file's name and never its content.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or a file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file holds something else than a key.
    #[error("{path}: {what}")]
    Invalid {
        /// Which.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// Everyone on the machine can read a private key.
    #[error("{path}: other users can read or write this key (mode {mode:03o}); run: chmod 600 {path}")]
    Exposed {
        /// Which.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Receipts and statements.
    Receipt,
    /// Signing requests for the card client.
    Request,
}

impl KeyUse {
    fn file(self) -> &'static str {
        match self {
            Self::Receipt => RECEIPT,
            Self::Request => REQUEST,
        }
    }
}

/// The keys.
pub struct Keys {
    receipt: SigningKey,
    request: SigningKey,
    session: Zeroizing<[u8; SESSION_KEY_BYTES]>,
    lists: Zeroizing<[u8; LISTS_KEY_BYTES]>,
    set: JwkSet,
    set_json: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("receipt", &self.receipt).field("request", &self.request).finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads the keys of `folder`, and makes what is not there. Two gateways that start at the same moment on one
    /// empty folder end with the same keys: a file appears whole or not at all, and the first one stays.
    ///
    /// # Errors
    /// A [`KeyError`] with the name of the file that is wrong.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let retired_folder = folder.join(RETIRED);
        fs::create_dir_all(&retired_folder).map_err(|error| io_error(&retired_folder, error))?;
        let receipt = signing_key(&folder.join(RECEIPT))?;
        let request = signing_key(&folder.join(REQUEST))?;
        let session = secret(&folder.join(SESSION), "a session key has 64 bytes")?;
        let lists = secret(&folder.join(LISTS), "a key of lists has 64 bytes")?;
        let mut set = JwkSet { keys: vec![receipt.jwk().clone(), request.jwk().clone()] };
        for jwk in retired_keys(&retired_folder)? {
            if set.find(&jwk.kid).is_none() {
                set.keys.push(jwk);
            }
        }
        let set_json = serde_json::to_string(&set)
            .map_err(|error| KeyError::Invalid { path: folder.display().to_string(), what: error.to_string() })?;
        Ok(Self { receipt, request, session, lists, set, set_json })
    }

    /// The key of the resident registry in `folder`; made where it is not there.
    ///
    /// # Errors
    /// A [`KeyError`] with the name of the file.
    pub fn registry(folder: &Path) -> Result<Zeroizing<[u8; REGISTRY_KEY_BYTES]>, KeyError> {
        secret(&folder.join(REGISTRY), "a key of the registry has 64 bytes")
    }

    /// Retires a key of `folder`: its public half stays in the set with `ends_at`, and the next [`Keys::open`] makes a new
    /// one. Gateways that run sign with the old one until they are started again: they have to be before `ends_at`.
    ///
    /// # Errors
    /// A [`KeyError`] with the name of the file that is wrong; also where there is no key to retire.
    pub fn retire(folder: &Path, key_use: KeyUse, ends_at: DateTime<Utc>) -> Result<String, KeyError> {
        let path = folder.join(key_use.file());
        fs::metadata(&path).map_err(|error| io_error(&path, error))?;
        let mut jwk = signing_key(&path)?.jwk().clone();
        jwk.exp = Some(ends_at.timestamp());
        let kept = folder.join(RETIRED).join(format!("{}.jwk", jwk.kid));
        let text = serde_json::to_vec(&jwk)
            .map_err(|error| KeyError::Invalid { path: kept.display().to_string(), what: error.to_string() })?;
        // The public half is on disk before the private one goes: what it signed can always be checked.
        create_once(&kept, &text)?;
        fs::remove_file(&path).map_err(|error| io_error(&path, error))?;
        Ok(jwk.kid)
    }

    /// The key that signs receipts and statements.
    pub fn receipt(&self) -> &SigningKey {
        &self.receipt
    }

    /// The key that signs requests for the card client.
    pub fn request(&self) -> &SigningKey {
        &self.request
    }

    /// The key of session cookies: 64 bytes.
    pub fn session(&self) -> &[u8; SESSION_KEY_BYTES] {
        &self.session
    }

    /// The key of the indexes of revocation lists: 64 bytes.
    pub fn lists(&self) -> &[u8; LISTS_KEY_BYTES] {
        &self.lists
    }

    /// The public keys, retired ones too.
    pub fn set(&self) -> &JwkSet {
        &self.set
    }

    /// The body of `/.well-known/jwks.json`.
    pub fn set_json(&self) -> &str {
        &self.set_json
    }
}

fn io_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::Io { path: path.display().to_string(), source }
}

/// Reads the ES256 key of a file, and makes it first where it is not there: as [`Keys::open`] does with its own.
///
/// # Errors
/// A [`KeyError`] with the name of the file.
pub fn signing_key(path: &Path) -> Result<SigningKey, KeyError> {
    let invalid = |error: JwsError| KeyError::Invalid { path: path.display().to_string(), what: error.to_string() };
    let der = read_or_create(path, || SigningKey::generate_pkcs8().map_err(invalid))?;
    SigningKey::from_pkcs8(&der).map_err(invalid)
}

/// Reads the secret of `N` octets of a file, and makes it at random first where it is not there. `wrong` is said of a file of
/// another length.
///
/// # Errors
/// A [`KeyError`] with the name of the file.
pub fn secret<const N: usize>(path: &Path, wrong: &str) -> Result<Zeroizing<[u8; N]>, KeyError> {
    let invalid = |what: &str| KeyError::Invalid { path: path.display().to_string(), what: what.to_owned() };
    let bytes = read_or_create(path, || {
        let mut bytes = Zeroizing::new(vec![0_u8; N]);
        SystemRandom::new().fill(&mut bytes).map_err(|_| invalid("the system's random source gave nothing"))?;
        Ok(bytes)
    })?;
    let mut key = Zeroizing::new([0_u8; N]);
    if bytes.len() != key.len() {
        return Err(invalid(wrong));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

fn retired_keys(folder: &Path) -> Result<Vec<Jwk>, KeyError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io_error(folder, error))? {
        let path = entry.map_err(|error| io_error(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "jwk") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| retired_key(path)).collect()
}

fn retired_key(path: &Path) -> Result<Jwk, KeyError> {
    let invalid = |what: &str| KeyError::Invalid { path: path.display().to_string(), what: what.to_owned() };
    let bytes = fs::read(path).map_err(|error| io_error(path, error))?;
    let mut jwk: Jwk = serde_json::from_slice(&bytes).map_err(|_| invalid("not a JSON Web Key"))?;
    if jwk.kid != jwk.thumbprint() {
        return Err(invalid("its kid is not its thumbprint"));
    }
    // A key that an earlier version retired ended when its file was written, at the latest.
    if jwk.exp.is_none() {
        let written = fs::metadata(path).and_then(|file| file.modified()).map_err(|error| io_error(path, error))?;
        jwk.exp = Some(DateTime::<Utc>::from(written).timestamp());
    }
    Ok(jwk)
}

/// Reads a private key, and makes it first where it is not there.
fn read_or_create(
    path: &Path,
    make: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, KeyError>,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if !path.exists() {
        create_once(path, &make()?)?;
    }
    let mode = fs::metadata(path).map_err(|error| io_error(path, error))?.permissions().mode() & 0o777;
    // A group may be let in on purpose (a secret mounted for a service); the rest of the machine may not.
    if mode & 0o007 != 0 {
        return Err(KeyError::Exposed { path: path.display().to_string(), mode });
    }
    fs::read(path).map(Zeroizing::new).map_err(|error| io_error(path, error))
}

/// Writes `bytes` to `path` unless there is something: whole, synced, mode 0600, and the first writer wins.
fn create_once(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let temporary = PathBuf::from(format!("{}.{}.new", path.display(), uuid::Uuid::new_v4()));
    let written = write_synced(&temporary, bytes).and_then(|()| match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&temporary);
    written.and(removed).map_err(|error| io_error(path, error))?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| io_error(folder, error))
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jws::RECEIPT_TYP;

    #[test]
    fn keys_are_made_once_with_mode_0600_and_come_back_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::open(folder.path()).unwrap();
        for file in [RECEIPT, REQUEST, SESSION, LISTS] {
            let mode = fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        let again = Keys::open(folder.path()).unwrap();
        assert_eq!(first.set_json(), again.set_json());
        assert_eq!(first.session(), again.session());
        assert_ne!(first.receipt().kid(), first.request().kid());
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 5, "{left:?}");
    }

    #[test]
    fn gateways_that_start_together_end_with_the_same_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let opened: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| Keys::open(path).unwrap().set_json().to_owned())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(opened.iter().all(|set| *set == opened[0]));
    }

    #[test]
    fn a_retired_key_still_verifies_what_it_signed() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::open(folder.path()).unwrap();
        let token = first.receipt().sign(RECEIPT_TYP, b"{}").unwrap();
        let ends_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let kid = Keys::retire(folder.path(), KeyUse::Receipt, ends_at).unwrap();
        assert!(matches!(Keys::retire(folder.path(), KeyUse::Receipt, ends_at), Err(KeyError::Io { .. })), "no key");
        let second = Keys::open(folder.path()).unwrap();
        assert_ne!(second.receipt().kid(), kid);
        assert_eq!(second.set().keys.len(), 3);
        let verified = second.set().verify(RECEIPT_TYP, &token).unwrap();
        assert_eq!((verified.kid.as_str(), verified.key_ended_at), (kid.as_str(), Some(1_800_000_000)));
        let published: serde_json::Value = serde_json::from_str(second.set_json()).unwrap();
        let ends: Vec<_> = published["keys"].as_array().unwrap().iter().map(|key| key["exp"].as_i64()).collect();
        assert_eq!(ends, [None, None, Some(1_800_000_000)], "keys in use have no end");
    }

    #[test]
    fn a_key_that_was_retired_without_its_end_ended_when_its_file_was_written() {
        let folder = tempfile::tempdir().unwrap();
        Keys::open(folder.path()).unwrap();
        let kid = Keys::retire(folder.path(), KeyUse::Request, DateTime::UNIX_EPOCH).unwrap();
        let path = folder.path().join(RETIRED).join(format!("{kid}.jwk"));
        let mut jwk: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        jwk.as_object_mut().unwrap().remove("exp").unwrap();
        fs::write(&path, jwk.to_string()).unwrap();
        let written = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(written.into()).unwrap();
        assert_eq!(Keys::open(folder.path()).unwrap().set().find(&kid).unwrap().exp, Some(1_700_000_000));
    }

    #[test]
    fn a_key_that_everyone_can_read_or_that_is_broken_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        Keys::open(folder.path()).unwrap();
        let path = folder.path().join(RECEIPT);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::open(folder.path()), Err(KeyError::Exposed { mode: 0o644, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, b"not a key").unwrap();
        assert!(matches!(Keys::open(folder.path()), Err(KeyError::Invalid { .. })));
    }
}
