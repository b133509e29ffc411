//! Where a list's DER lies, and reading it back: single entries, or all of it.
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::digest::{Context, SHA256};

use crate::asn1;

/// A list's bytes cannot be read back, or are not what they were when it came in. What the list says of a certificate is
/// not known then; that the certificate is good least of all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list of digest {sha256} cannot be read back: {what}")]
pub struct ListFault {
    /// Hex SHA-256 of the list's DER; empty where the bytes have no name.
    pub sha256: String,
    /// What is wrong.
    pub what: String,
}

/// Bytes of a list, of which single entries are read.
pub trait EntryBytes {
    /// The bytes from `offset` on, as many as the entry there has at least.
    ///
    /// # Errors
    /// [`ListFault`] where they cannot be read.
    fn entry(&self, offset: u32) -> Result<Cow<'_, [u8]>, ListFault>;

    /// A fault of these bytes.
    fn fault(&self, what: String) -> ListFault;
}

impl EntryBytes for &[u8] {
    fn entry(&self, offset: u32) -> Result<Cow<'_, [u8]>, ListFault> {
        let found = self.get(offset as usize..);
        found.map(Cow::Borrowed).ok_or_else(|| self.fault(format!("it ends before the entry at {offset}")))
    }
    fn fault(&self, what: String) -> ListFault {
        ListFault { sha256: String::new(), what }
    }
}

/// A list's bytes, shared by everyone who needs them.
#[derive(Debug, Clone)]
pub enum ListBytes {
    /// In memory.
    Memory(Arc<Box<[u8]>>),
    /// In a file, of which no more is read than is asked for.
    File(Arc<ListFile>),
}

impl ListBytes {
    /// Keeps them in memory; whole lists are given away, not copied: `Arc<[u8]>` would copy.
    pub fn in_memory(der: Vec<u8>) -> Self {
        Self::Memory(Arc::new(der.into_boxed_slice()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Memory(der) => der.len(),
            Self::File(file) => file.len,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Octets of memory that they take.
    pub fn memory(&self) -> usize {
        match self {
            Self::Memory(der) => der.len(),
            Self::File(file) => size_of::<ListFile>() + file.path.as_os_str().len(),
        }
    }

    /// All of them, and of a file only those that came in: its digest is compared.
    ///
    /// # Errors
    /// [`ListFault`] where they cannot be read, or are others.
    pub fn read(&self) -> Result<Cow<'_, [u8]>, ListFault> {
        match self {
            Self::Memory(der) => Ok(Cow::Borrowed(der)),
            Self::File(file) => {
                let mut der = Vec::with_capacity(file.len);
                file.copy_to(&mut der)?;
                Ok(Cow::Owned(der))
            }
        }
    }

    /// Writes all of them, as [`ListBytes::read`] gives them and without all of them being in memory at once. What was
    /// written before an error is good for nothing.
    ///
    /// # Errors
    /// [`ListFault`] where they cannot be read, are others, or cannot be written.
    pub fn copy_to(&self, out: &mut impl Write) -> Result<(), ListFault> {
        match self {
            Self::Memory(der) => out.write_all(der).map_err(|error| self.fault(format!("writing it out: {error}"))),
            Self::File(file) => file.copy_to(out),
        }
    }
}

impl EntryBytes for ListBytes {
    fn entry(&self, offset: u32) -> Result<Cow<'_, [u8]>, ListFault> {
        match self {
            Self::Memory(der) => match der.get(offset as usize..) {
                Some(found) => Ok(Cow::Borrowed(found)),
                None => Err(self.fault(format!("it ends before the entry at {offset}"))),
            },
            Self::File(file) => file.entry(offset).map(Cow::Owned),
        }
    }
    fn fault(&self, what: String) -> ListFault {
        match self {
            Self::Memory(_) => ListFault { sha256: String::new(), what },
            Self::File(file) => file.fault(what),
        }
    }
}

/// A larger file is kept open; smaller ones, of which there may be thousands, are opened when they are read.
const KEPT_OPEN: usize = 4 << 20;
/// What is read of an entry at first: nearly all end within it, and it is a line of a processor's cache, or two.
const FIRST_READ: usize = 64;
/// What is read at a time of a whole file.
const PIECE: usize = 256 << 10;

/// A list's DER in a file that nothing writes to.
#[derive(Debug)]
pub struct ListFile {
    path: PathBuf,
    opened: Option<File>,
    len: usize,
    sha256: [u8; 32],
}

impl ListFile {
    /// The list of `len` octets and this digest in the file at `path`.
    pub(super) fn open(path: PathBuf, len: usize, sha256: [u8; 32]) -> io::Result<Self> {
        let file = File::open(&path)?;
        if file.metadata()?.len() != len as u64 {
            return Err(io::Error::other("it has another size"));
        }
        Ok(Self { path, opened: (len >= KEPT_OPEN).then_some(file), len, sha256 })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn fault(&self, what: String) -> ListFault {
        ListFault { sha256: hex::encode(self.sha256), what }
    }

    /// Gives the file to `work`.
    fn with<T>(&self, work: impl FnOnce(&File) -> io::Result<T>) -> Result<T, ListFault> {
        let done = match &self.opened {
            Some(file) => work(file),
            None => File::open(&self.path).and_then(|file| work(&file)),
        };
        done.map_err(|error| self.fault(format!("its file: {error}")))
    }

    /// The entry at `offset`, no more.
    fn entry(&self, offset: u32) -> Result<Vec<u8>, ListFault> {
        let left = self.len.saturating_sub(offset as usize);
        let mut bytes = vec![0; left.min(FIRST_READ)];
        self.with(|file| {
            file.read_exact_at(&mut bytes, u64::from(offset))?;
            let extent = asn1::extent(&bytes).map_err(io::Error::other)?;
            if extent > left {
                return Err(io::Error::other("an entry goes beyond its end"));
            }
            if extent > bytes.len() {
                let read = bytes.len();
                bytes.resize(extent, 0);
                let rest = bytes.get_mut(read..).unwrap_or_default();
                file.read_exact_at(rest, u64::from(offset) + read as u64)?;
            }
            Ok(())
        })?;
        Ok(bytes)
    }

    fn copy_to(&self, out: &mut impl Write) -> Result<(), ListFault> {
        let mut context = Context::new(&SHA256);
        let mut piece = vec![0; self.len.min(PIECE)];
        self.with(|file| {
            let mut at = 0;
            while at < self.len {
                let size = (self.len - at).min(PIECE);
                let piece = piece.get_mut(..size).unwrap_or_default();
                file.read_exact_at(piece, at as u64)?;
                context.update(piece);
                out.write_all(piece)?;
                at += size;
            }
            Ok(())
        })?;
        if context.finish().as_ref() == self.sha256 {
            return Ok(());
        }
        Err(self.fault("its bytes are not those that came in".to_owned()))
    }
}
