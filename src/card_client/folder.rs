//! The client's own folder, and reading and writing files with bounds.
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::ClientError;

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
        path.or_else(usual).map(Self).ok_or_else(|| ClientError::usage("there is no HOME: name a folder with --data"))
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

    /// Replaces one of its files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), ClientError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(|error| ClientError::input(&self.0, error))?;
        write_new(&self.0.join(name), content, 0o600)
    }
}

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
    let failed = |error: std::io::Error| ClientError::input(path, error);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(mode).open(&temporary).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&temporary, path).map_err(failed)
}
