//! The authority: a test and municipal CA that is declared as data (`pki/*.toml`). It issues certificates and PKCS#12
//! cards, revokes, and signs CRLs whose numbers only grow.
pub mod certificate;
pub mod check;
pub mod counter;
pub mod crl;
pub mod declaration;
pub mod der;
pub mod extensions;
pub mod folder;
pub mod issuing;
pub mod keys;
pub mod lists;
pub mod moment;
pub mod names;
pub mod resident;
pub mod responder;
pub mod state;

use std::fs::File;
use std::path::Path;

use check::Declarations;
use folder::{Folder, Readers, read, write_atomically};
use state::State;

/// Why the authority did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A declaration says what cannot be done; the sentence names the key, the value and what is allowed.
    #[error("{0}")]
    Declaration(String),
    /// The folder holds no authority.
    #[error("{0} holds no authority: make one with `madoguchi pki init --out {0}`")]
    NotThere(String),
    /// The folder holds one already.
    #[error(
        "{0} holds an authority already: refresh its CRLs with `madoguchi pki crl --dir {0}`, or choose another folder"
    )]
    AlreadyThere(String),
    /// No such card, CA, certificate or CRL.
    #[error("{0}")]
    Unknown(String),
    /// A file cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// A fault in making keys, certificates or signatures.
    #[error("{0}")]
    Fault(String),
}

impl AuthorityError {
    /// A file system's refusal.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), reason: error.to_string() }
    }
}

impl From<openssl::error::ErrorStack> for AuthorityError {
    fn from(error: openssl::error::ErrorStack) -> Self {
        Self::Fault(format!("OpenSSL: {error}"))
    }
}

/// An authority in its folder. While this lives, no other program issues from the folder.
#[derive(Debug)]
pub struct Authority {
    folder: Folder,
    declarations: Declarations,
    state: State,
    _lock: File,
}

impl Authority {
    /// Opens the authority in `dir`.
    ///
    /// # Errors
    /// When there is none, or its files cannot be read.
    pub fn open(dir: &Path) -> Result<Self, AuthorityError> {
        let folder = Folder::new(dir);
        if !folder.state().is_file() {
            return Err(AuthorityError::NotThere(dir.display().to_string()));
        }
        let lock = folder.lock()?;
        let path = folder.state();
        let state = serde_json::from_slice(&read(&path)?)
            .map_err(|error| AuthorityError::File { path: path.display().to_string(), reason: error.to_string() })?;
        let declarations = load_declarations(&folder)?;
        Ok(Self { folder, declarations, state, _lock: lock })
    }

    /// Its folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What it is declared to be.
    pub fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// What it has issued.
    pub fn state(&self) -> &State {
        &self.state
    }

    fn save(&self) -> Result<(), AuthorityError> {
        let mut json =
            serde_json::to_vec_pretty(&self.state).map_err(|error| AuthorityError::Fault(error.to_string()))?;
        json.push(b'\n');
        write_atomically(&self.folder.state(), &json, Readers::All)
    }
}

/// The declarations that the folder was made from, in the order in which they were given.
fn load_declarations(folder: &Folder) -> Result<Declarations, AuthorityError> {
    let path = folder.declarations();
    let mut files: Vec<_> = std::fs::read_dir(&path)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .map_err(|error| AuthorityError::io(&path, &error))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut families = Vec::new();
    for file in files {
        let origin = file.display().to_string();
        let text = String::from_utf8(read(&file)?)
            .map_err(|_| AuthorityError::File { path: origin.clone(), reason: "not UTF-8".to_owned() })?;
        families.push(check::parse(&origin, &text)?);
    }
    Declarations::gather(families)
}
