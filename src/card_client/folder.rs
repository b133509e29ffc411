//! The client's own folder, and reading and writing files with bounds.
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ClientError;
use super::token::TokenError;

/// How long a file is waited for that another program changes.
const FILE_PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries to take a lock.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The client's folder, readable by its owner alone.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder at `path`, or the usual one: `$XDG_CONFIG_HOME/madoguchi-card`, else `~/.config/madoguchi-card`.
    ///
    /// # Errors
    /// When neither is known.
    pub fn new(path: Option<PathBuf>) -> Result<Self, ClientError> {
        let usual = || {
            let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
            let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
            config.filter(|path| path.is_absolute()).or_else(home).map(|base| base.join("madoguchi-card"))
        };
        path.or_else(usual).map(Self).ok_or_else(|| {
            ClientError::usage("there is no HOME: name a folder with --data")
                .in_japanese("HOME がありません。--data でフォルダーを指定してください")
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads one of its files; none when it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ClientError> {
        let path = self.0.join(name);
        match path.exists() {
            true => read_bounded(&path, 1 << 20).map(Some),
            false => Ok(None),
        }
    }

    /// Makes it where it is not there, for its owner alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(&self) -> Result<(), ClientError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(|error| ClientError::input(&self.0, error))
    }

    /// Holds one of its files while it is read and written anew, so that no other thread or program writes in between.
    ///
    /// # Errors
    /// `folder-busy` when another holds it for long; when the folder cannot be written.
    pub fn hold(&self, file: &str) -> Result<FolderLock, ClientError> {
        self.lock(&format!("{file}.lock"), FILE_PATIENCE).map_err(|error| match error.code {
            "card-busy" => {
                let detail = format!("{} is being written by another program; try again", self.0.join(file).display());
                ClientError::refused("folder-busy", "the card client's folder is in use", detail)
            }
            _ => error,
        })
    }

    /// Replaces one of its files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), ClientError> {
        self.make()?;
        write_new(&self.0.join(name), content, 0o600)
    }

    /// Holds one of its lock files for oneself, among threads and programs of this person; waits as long as `patience`.
    ///
    /// # Errors
    /// `card-busy` when another holds it longer; when the folder cannot be written.
    pub fn lock(&self, name: &str, patience: Duration) -> Result<FolderLock, ClientError> {
        self.make()?;
        let path = self.0.join(name);
        let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = opened.map_err(|error| ClientError::input(&path, error))?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(FolderLock(file)),
                Err(TryLockError::WouldBlock) if waited < patience => {
                    std::thread::sleep(BETWEEN_TRIES);
                    waited += BETWEEN_TRIES;
                }
                Err(TryLockError::WouldBlock) => return Err(TokenError::Busy.into()),
                Err(TryLockError::Error(error)) => return Err(ClientError::input(&path, error)),
            }
        }
    }
}

/// A lock file that is held; let go when this is dropped, and by the system when the program ends.
#[derive(Debug)]
pub struct FolderLock(#[allow(dead_code)] File);

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read or is longer.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ClientError> {
    let file = File::open(path).map_err(|error| ClientError::input(path, error))?;
    let mut content = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut content).map_err(|error| ClientError::input(path, error))?;
    match u64::try_from(content.len()) {
        Ok(length) if length <= limit => Ok(content),
        _ => Err(ClientError::input(path, format!("it is longer than {limit} bytes"))),
    }
}

/// Puts `content` at `path`, so that a reader sees the old file or the whole new one.
///
/// # Errors
/// When it cannot be written.
pub fn write_new(path: &Path, content: &[u8], mode: u32) -> Result<(), ClientError> {
    StagedFile::create(path, mode)?.finish(content)
}

/// A file that is about to be written: that it can be is found out before there is something to lose.
#[derive(Debug)]
pub struct StagedFile {
    path: PathBuf,
    temporary: PathBuf,
    file: File,
}

impl StagedFile {
    /// Prepares writing `path`; what is there stays until [`Self::finish`].
    ///
    /// # Errors
    /// When its folder cannot be written.
    pub fn create(path: &Path, mode: u32) -> Result<Self, ClientError> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // A name that nobody guesses, and never a file or a link that is there: the folder may be others' too.
        let temporary = path.with_file_name(format!(".{name}.{}.tmp", uuid::Uuid::new_v4().simple()));
        let file = OpenOptions::new().create_new(true).write(true).mode(mode).open(&temporary);
        let file = file.map_err(|error| ClientError::input(path, error))?;
        Ok(Self { path: path.to_owned(), temporary, file })
    }

    /// Writes it; on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, content: &[u8]) -> Result<(), ClientError> {
        let failed = |error: std::io::Error| ClientError::input(&self.path, error);
        self.file.write_all(content).and_then(|()| self.file.sync_all()).map_err(failed)?;
        fs::rename(&self.temporary, &self.path).map_err(failed)?;
        // The new name too is to outlive a loss of power.
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        // After it was finished nothing is there any more; before, what is left over helps nobody.
        let _ = fs::remove_file(&self.temporary);
    }
}
