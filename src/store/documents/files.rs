//! Large documents in a folder: a file each, named by its digest; written under another name, synced, renamed, folder
//! synced. They
//! are written before the transaction that speaks of them, so one that was refused leaves its file; [`FileObjects::sweep`]
//! takes such files away.
//!
//! Writing and sweeping meet in one lock file, which also holds between gateways: a writer's rename and the sweeper's
//! last look with its removal never mix. Whoever wrote first has made the file young, and it stays; whoever wrote after
//! the removal has put it there anew.
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::objects::{ASKED_AT_ONCE, Digest, IsKept, Swept};
use crate::store::error::StoreError;

/// Name of the folder.
pub const FOLDER: &str = "objects";
/// Name of the lock file in it.
const LOCK: &str = ".lock";
/// How a file ends that is being written.
const PART: &str = ".part";

/// The folder of large documents.
#[derive(Debug, Clone)]
pub struct FileObjects {
    folder: PathBuf,
    /// The shelves that this process knows to be on disk.
    shelves: Arc<Mutex<HashSet<PathBuf>>>,
}

impl FileObjects {
    /// The objects in `folder`, which is there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, shelves: Arc::default() }
    }

    /// Writes an object. Where it is there already, it is replaced by the same bytes: the caller takes the same time,
    /// and the file is young again.
    ///
    /// # Errors
    /// When the disk does not take it; nothing is left then but, after a crash, a file ending in `.part`.
    pub fn put(&self, sha256: &Digest, bytes: &[u8]) -> io::Result<()> {
        let target = self.path(sha256);
        let shelf = target.parent().unwrap_or(&self.folder);
        self.make_shelf(shelf)?;
        self.write(shelf, bytes, |part| {
            let lock = self.lock()?;
            lock.lock_shared()?;
            fs::rename(part, &target)
        })?;
        File::open(shelf)?.sync_all()
    }

    /// Writes and syncs a file, and takes it away: whether a document could be written now.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn probe(&self) -> io::Result<()> {
        self.write(&self.folder, b"can this be written?", |part| fs::remove_file(part))
    }

    /// Reads an object; the caller checks its digest.
    ///
    /// # Errors
    /// When it is not there.
    pub fn read(&self, sha256: &Digest) -> io::Result<Vec<u8>> {
        fs::read(self.path(sha256))
    }

    /// Takes away what is older than `grace` and is not kept, and what was being written longer ago. `grace` is longer
    /// than any filing takes from its documents to its commit.
    ///
    /// # Errors
    /// When folder or record cannot be read; what was taken away before that was rightly so.
    pub fn sweep(&self, grace: Duration, is_kept: &mut IsKept<'_>) -> Result<Swept, StoreError> {
        let now = self.time()?;
        let mut swept = Swept::default();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if is_shelf(&path) {
                self.sweep_shelf(&path, (now, grace), is_kept, &mut swept)?;
            } else if is_part(&path) && remove_old_part(&path, now, grace) {
                swept.parts += 1;
            }
        }
        Ok(swept)
    }

    fn sweep_shelf(
        &self,
        shelf: &Path,
        (now, grace): (SystemTime, Duration),
        is_kept: &mut IsKept<'_>,
        swept: &mut Swept,
    ) -> Result<(), StoreError> {
        let mut digests = Vec::new();
        for entry in fs::read_dir(shelf)? {
            let path = entry?.path();
            if is_part(&path) {
                swept.parts += usize::from(remove_old_part(&path, now, grace));
            } else if let Some(digest) = digest_of(&path) {
                digests.push(digest);
            }
        }
        for some in digests.chunks(ASKED_AT_ONCE) {
            let kept = is_kept(some)?;
            for digest in some.iter().filter(|digest| !kept.contains(*digest)) {
                swept.objects += usize::from(self.remove_orphan(digest, (now, grace), is_kept)?);
            }
        }
        Ok(())
    }

    /// Removes one object, if it is old and still nobody's now that nobody can write it.
    fn remove_orphan(
        &self,
        digest: &Digest,
        (now, grace): (SystemTime, Duration),
        is_kept: &mut IsKept<'_>,
    ) -> Result<bool, StoreError> {
        let path = self.path(digest);
        if !is_older(&path, now, grace) {
            return Ok(false);
        }
        let lock = self.lock()?;
        lock.lock()?;
        if !is_older(&path, now, grace) || is_kept(&[*digest])?.contains(digest) {
            return Ok(false);
        }
        fs::remove_file(&path)?;
        Ok(true)
    }

    /// What time it is by the clock that dates the files, which may be another machine's.
    fn time(&self) -> io::Result<SystemTime> {
        let lock = self.lock()?;
        lock.write_at(b".", 0)?;
        lock.metadata()?.modified()
    }

    /// The lock file; a lock on it ends with the handle.
    fn lock(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.folder.join(LOCK))
    }

    /// Makes a shelf and syncs the folder, once a process: that it is there does not tell that its name is on disk.
    fn make_shelf(&self, shelf: &Path) -> io::Result<()> {
        let mut known = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(shelf) {
            return Ok(());
        }
        fs::create_dir_all(shelf)?;
        File::open(&self.folder)?.sync_all()?;
        known.insert(shelf.to_owned());
        Ok(())
    }

    /// Writes a file under a name of its own, syncs it, and does with it what `then` does; it is removed when that fails.
    fn write(&self, folder: &Path, bytes: &[u8], then: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let part = folder.join(format!("{}{PART}", Uuid::new_v4()));
        let done = write_synced(&part, bytes).and_then(|()| then(&part));
        if done.is_err() {
            let _ = fs::remove_file(&part);
        }
        done
    }

    /// 256 shelves, so that no folder grows too long. The name is made of a digest alone, never of a file name.
    fn path(&self, sha256: &Digest) -> PathBuf {
        let name = hex::encode(sha256);
        let (shelf, rest) = name.split_at(2);
        self.folder.join(shelf).join(rest)
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn is_shelf(path: &Path) -> bool {
    let name = name_of(path);
    name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) && path.is_dir()
}

fn is_part(path: &Path) -> bool {
    name_of(path).ends_with(PART)
}

/// The digest that shelf and name make; anything else in the folder is not ours to judge.
fn digest_of(path: &Path) -> Option<Digest> {
    let mut digest = [0; 32];
    hex::decode_to_slice(format!("{}{}", name_of(path.parent()?), name_of(path)), &mut digest).ok()?;
    Some(digest)
}

/// Whether the file is there and was last written more than `grace` ago.
fn is_older(path: &Path, now: SystemTime, grace: Duration) -> bool {
    let written = fs::metadata(path).and_then(|file| file.modified());
    written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > grace))
}

/// Another sweeper, or the end of the writing, may be quicker.
fn remove_old_part(path: &Path, now: SystemTime, grace: Duration) -> bool {
    is_older(path, now, grace) && fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const DIGEST: Digest = [7; 32];

    fn old_orphan() -> (tempfile::TempDir, FileObjects) {
        let folder = tempfile::tempdir().unwrap();
        let objects = FileObjects::new(folder.path().to_owned());
        objects.put(&DIGEST, b"left by a refused filing").unwrap();
        File::options().write(true).open(objects.path(&DIGEST)).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        (folder, objects)
    }

    #[test]
    fn a_filing_that_writes_while_the_last_look_is_taken_comes_after_the_removal() {
        let (_folder, objects) = old_orphan();
        let (mut looks, mut writer) = (0, None);
        let swept = objects.sweep(HOUR, &mut |_| {
            looks += 1;
            if looks == 2 {
                // The record does not speak of it yet, and a filing of the same content writes its documents now.
                let objects = objects.clone();
                writer = Some(std::thread::spawn(move || objects.put(&DIGEST, b"of a filing").unwrap()));
                std::thread::sleep(Duration::from_millis(300));
            }
            Ok(HashSet::new())
        });
        assert_eq!(swept.unwrap(), Swept { objects: 1, parts: 0 });
        writer.unwrap().join().unwrap();
        assert_eq!(objects.read(&DIGEST).unwrap(), b"of a filing");
    }

    #[test]
    fn what_was_written_since_the_first_look_stays() {
        let (_folder, objects) = old_orphan();
        let swept = objects.sweep(HOUR, &mut |_| {
            objects.put(&DIGEST, b"of a filing")?;
            Ok(HashSet::new())
        });
        assert_eq!(swept.unwrap(), Swept::default());
        assert_eq!(objects.read(&DIGEST).unwrap(), b"of a filing");
    }
}
