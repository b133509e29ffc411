//! The shelf: a folder of one gateway in which the lists in use lie, so that they need not be in memory, with an index
//! beside each, so that a restart need not read them. A cache: everything in it can be made again from the archive, and
//! whatever is wrong with it is noticed ([`super::index_file`], [`super::bytes`]).
//!
//! In crash order:
//! 1. `<digest>.der` is written under another name and renamed, not synced: nothing trusts it without its index. A crash
//!    leaves a file that the next start takes away.
//! 2. The list is in use.
//! 3. `<digest>.der` is synced, then `<digest>.idx` written, synced, renamed, the folder synced. A crash before the rename
//!    means that the next start takes the list from the archive.
//! 4. Files of lists that are in use no more are taken away, the index first.
//!
//! A process has its shelf for itself: of the folders `0` to `7` the first that nobody else has locked. With all of them
//! taken, lists stay in memory.
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ring::hmac;

use super::bytes::{ListBytes, ListFile};
use super::index_file::{self, IndexFile};
use super::list_key::{LIST_KEY_BYTES, ListKey};
use super::shard::CrlShard;

/// Octets of the secret of a shelf: for fingerprints, and for the seal of index files.
pub const SHELF_SECRET_BYTES: usize = 64;
/// Smaller lists stay in memory.
pub const SHELVED_FROM: usize = 64 << 10;
/// How many processes may each have a shelf in one folder.
const SHELVES: usize = 8;
/// Name of the lock file.
const LOCK: &str = ".lock";

/// A folder for lists in use and their indexes.
#[derive(Debug)]
pub struct ListShelf {
    folder: PathBuf,
    key: ListKey,
    seal: hmac::Key,
    /// Held as long as the shelf is.
    _lock: File,
    /// The files that somebody may still read.
    lent: Mutex<Vec<Weak<ListFile>>>,
}

impl ListShelf {
    /// A shelf in `folder`, which is made where it is not there.
    ///
    /// # Errors
    /// When the folder cannot be used, or eight others have a shelf there.
    pub fn open(folder: &Path, secret: &[u8; SHELF_SECRET_BYTES]) -> io::Result<Self> {
        let mut own = None;
        for name in 0..SHELVES {
            let shelf = folder.join(name.to_string());
            if own.is_some() && !shelf.exists() {
                continue;
            }
            fs::create_dir_all(&shelf)?;
            let lock = File::options().create(true).truncate(false).write(true).open(shelf.join(LOCK))?;
            match (lock.try_lock(), own.is_some()) {
                (Ok(()), false) => own = Some((shelf, lock)),
                // Left by a process that ended: its lists take room for nothing.
                (Ok(()), true) => remove_all_but(&shelf, |_| false),
                (Err(_), _) => {}
            }
        }
        let (folder, lock) = own.ok_or_else(|| io::Error::other("eight other processes have their lists there"))?;
        let (key, seal) = secret.split_at(LIST_KEY_BYTES);
        let key = ListKey::new(key.first_chunk().unwrap_or(&[0; LIST_KEY_BYTES]));
        let seal = hmac::Key::new(hmac::HMAC_SHA256, seal);
        Ok(Self { folder, key, seal, _lock: lock, lent: Mutex::default() })
    }

    /// The key under which entries are hashed.
    pub fn key(&self) -> ListKey {
        self.key
    }

    fn path(&self, sha256: &[u8; 32], kind: &str) -> PathBuf {
        self.folder.join(format!("{}.{kind}", hex::encode(sha256)))
    }

    /// Puts a list's DER there.
    ///
    /// # Errors
    /// When the disk does not take it; what was written is taken away.
    pub(super) fn place(&self, sha256: [u8; 32], der: &[u8]) -> io::Result<ListBytes> {
        let (target, part) = (self.path(&sha256, "der"), self.path(&sha256, "der.part"));
        // An index speaks of bytes that were on disk before it.
        remove(&self.path(&sha256, "idx"))?;
        let written =
            File::create(&part).and_then(|mut file| file.write_all(der)).and_then(|()| fs::rename(&part, &target));
        if let Err(error) = written {
            let _ = fs::remove_file(&part);
            return Err(error);
        }
        self.lend(target, der.len(), sha256)
    }

    fn lend(&self, path: PathBuf, len: usize, sha256: [u8; 32]) -> io::Result<ListBytes> {
        let file = Arc::new(ListFile::open(path, len, sha256)?);
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.retain(|file| file.strong_count() > 0);
        lent.push(Arc::downgrade(&file));
        Ok(ListBytes::File(file))
    }

    /// Writes the index of a list that lies here, unless it is there already.
    ///
    /// # Errors
    /// When the disk does not take it; the next start then takes the list from the archive.
    pub(super) fn keep_index(&self, shard: &CrlShard) -> io::Result<()> {
        let ListBytes::File(file) = &shard.bytes else { return Ok(()) };
        let Some(sha256) = shard.digest().filter(|_| shard.stub.is_some()) else { return Ok(()) };
        let (target, part) = (self.path(&sha256, "idx"), self.path(&sha256, "idx.part"));
        if target.exists() {
            return Ok(());
        }
        File::open(file.path())?.sync_all()?;
        let write = || {
            let file = File::create(&part)?;
            index_file::write(&file, shard, &sha256, &self.seal)?;
            file.sync_all()?;
            fs::rename(&part, &target)?;
            File::open(&self.folder)?.sync_all()
        };
        let written = write();
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        written
    }

    /// The index of a list, and its bytes; none where there is none.
    ///
    /// # Errors
    /// A sentence: why what is there cannot be used.
    pub(super) fn find(&self, sha256: [u8; 32]) -> Result<Option<(IndexFile, ListBytes)>, String> {
        let index = self.path(&sha256, "idx");
        if !index.exists() {
            return Ok(None);
        }
        let found = index_file::read(&index, &sha256, self.key, &self.seal)?;
        let bytes = self.lend(self.path(&found.sha256, "der"), found.len, sha256);
        Ok(Some((found, bytes.map_err(|error| format!("its list: {error}"))?)))
    }

    /// Takes away what is of no list in use, and that nobody may still read.
    pub(super) fn sweep(&self, is_in_use: impl Fn(&str) -> bool) {
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.retain(|file| file.strong_count() > 0);
        let read: Vec<PathBuf> =
            lent.iter().filter_map(Weak::upgrade).map(|file| file.path().with_extension("")).collect();
        remove_all_but(&self.folder, |name| {
            let digest = name.split('.').next().unwrap_or_default();
            let known = is_in_use(digest) || read.iter().any(|path| path.ends_with(digest));
            known && !name.ends_with(".part")
        });
    }
}

/// Takes away a folder's files but the lock and those that are kept; indexes before the lists that they speak of.
fn remove_all_but(folder: &Path, is_kept: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_by_key(|name| !name.ends_with(".idx"));
    for name in names.iter().filter(|name| *name != LOCK && !is_kept(name)) {
        if let Err(error) = remove(&folder.join(name)) {
            tracing::warn!(target: "madoguchi::crl", %name, %error, "a list that is not needed could not be removed");
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
