//! Large documents: a file each, named by its digest; written under another name, synced, renamed, folder synced.
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// Name of the folder.
pub const FOLDER: &str = "objects";

/// Writes an object. Where it is there already, it is replaced by the same bytes: the caller takes the same time.
///
/// # Errors
/// When the disk does not take it; nothing is left then but, after a crash, a file ending in `.part`.
pub fn put(folder: &Path, sha256: &[u8; 32], bytes: &[u8]) -> io::Result<()> {
    let target = path(folder, sha256);
    let shelf = target.parent().unwrap_or(folder);
    if !shelf.is_dir() {
        fs::create_dir_all(shelf)?;
        File::open(folder)?.sync_all()?;
    }
    let part = shelf.join(format!("{}.part", Uuid::new_v4()));
    let written = write_synced(&part, bytes).and_then(|()| fs::rename(&part, &target));
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    File::open(shelf)?.sync_all()
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Reads an object; the caller checks its digest.
///
/// # Errors
/// When it is not there.
pub fn read(folder: &Path, sha256: &[u8; 32]) -> io::Result<Vec<u8>> {
    fs::read(path(folder, sha256))
}

/// 256 shelves, so that no folder grows too long. The name is made of a digest alone, never of a file name.
fn path(folder: &Path, sha256: &[u8; 32]) -> PathBuf {
    let name = hex::encode(sha256);
    let (shelf, rest) = name.split_at(2);
    folder.join(shelf).join(rest)
}
