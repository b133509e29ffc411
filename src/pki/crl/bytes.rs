//! Where a list's DER lies, and reading single entries of it.
use std::borrow::Cow;
use std::sync::Arc;

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
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    ///
    /// # Errors
    /// [`ListFault`] where they cannot be read.
    pub fn read(&self) -> Result<Cow<'_, [u8]>, ListFault> {
        match self {
            Self::Memory(der) => Ok(Cow::Borrowed(der)),
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
        }
    }
    fn fault(&self, what: String) -> ListFault {
        ListFault { sha256: String::new(), what }
    }
}
