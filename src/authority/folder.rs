//! The authority's folder: `anchors/`, `intermediates/` and `crls/` as `[trust]` and `[revocation]` expect them,
//! `certificates/`, `cards/`, `responders/`, and `private/`, which nobody but its owner may read.
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::AuthorityError;
use super::responder::ResponderFiles;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    All,
    /// Its owner.
    Owner,
}

/// The folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`, which need not be there.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// Makes it with its parts.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn create(&self) -> Result<(), AuthorityError> {
        for part in ["anchors", "intermediates", "crls", "certificates", "cards", "responders", "declarations"] {
            let path = self.root.join(part);
            fs::create_dir_all(&path).map_err(|error| AuthorityError::io(&path, &error))?;
        }
        let private = self.root.join("private");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&private)
            .map_err(|error| AuthorityError::io(&private, &error))
    }

    /// Its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The authority's memory.
    pub fn state(&self) -> PathBuf {
        self.root.join("state.json")
    }

    /// Where declarations are kept as they were when the folder was made.
    pub fn declarations(&self) -> PathBuf {
        self.root.join("declarations")
    }

    /// The private key of a CA or card, PEM.
    pub fn key(&self, id: &str) -> PathBuf {
        self.root.join("private").join(format!("{id}.key.pem"))
    }

    /// A trust anchor, PEM.
    pub fn anchor(&self, id: &str) -> PathBuf {
        self.root.join("anchors").join(format!("{id}.pem"))
    }

    /// An intermediate, PEM.
    pub fn intermediate(&self, id: &str) -> PathBuf {
        self.root.join("intermediates").join(format!("{id}.pem"))
    }

    /// A card's certificate, PEM.
    pub fn certificate(&self, id: &str) -> PathBuf {
        self.root.join("certificates").join(format!("{id}.pem"))
    }

    /// A card's PKCS#12 file.
    pub fn card(&self, id: &str) -> PathBuf {
        self.root.join("cards").join(format!("{id}.p12"))
    }

    /// Certificate and key of the OCSP responder of a CA, PEM.
    pub fn responder(&self, ca: &str) -> ResponderFiles {
        let folder = self.root.join("responders");
        ResponderFiles { certificate: folder.join(format!("{ca}.pem")), key: folder.join(format!("{ca}.key.pem")) }
    }

    /// A CRL, DER.
    pub fn crl(&self, id: &str) -> PathBuf {
        self.root.join("crls").join(format!("{id}.crl"))
    }

    /// Takes the folder's lock, so that two programs do not issue at once.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn lock(&self) -> Result<File, AuthorityError> {
        let path = self.root.join(".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| AuthorityError::io(&path, &error))?;
        file.lock().map_err(|error| AuthorityError::io(&path, &error))?;
        Ok(file)
    }
}

/// Puts `content` at `path` so that a reader sees the old file or the whole new one, also after a power cut.
///
/// # Errors
/// When the file system refuses.
pub fn write_atomically(path: &Path, content: &[u8], readers: Readers) -> Result<(), AuthorityError> {
    let failed = |error: std::io::Error| AuthorityError::io(path, &error);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // A leading dot keeps it out of folders that are watched for certificates and CRLs.
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mode = if readers == Readers::Owner { 0o600 } else { 0o644 };
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).mode(mode).open(&temporary).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&temporary, path).map_err(failed)?;
    match path.parent() {
        Some(parent) => File::open(parent).and_then(|folder| folder.sync_all()).map_err(failed),
        None => Ok(()),
    }
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, AuthorityError> {
    fs::read(path).map_err(|error| AuthorityError::io(path, &error))
}
