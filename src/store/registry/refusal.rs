//! What the registry does not take, apart from faults of the store: expected, explained, and leaving nothing behind.
use crate::registry::entry::PartFault;
use crate::registry::history::EventFault;
use crate::store::StoreError;

/// Why an event was not noted. Nothing of the person is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryRefusal {
    /// The event cannot follow those before it.
    #[error(transparent)]
    Event(#[from] EventFault),
    /// Parts have not the form they need.
    #[error("parts of the record have not the form they need")]
    Parts(Vec<PartFault>),
    /// A current record has that Resident Record Code.
    #[error("a current record has this Resident Record Code already")]
    CodeInUse,
    /// The code was another person's, or was changed: it is never given again.
    #[error("this Resident Record Code was another person's or was changed: it is never given again")]
    CodeOfAnother,
    /// There is no record of that identifier.
    #[error("there is no such record")]
    Unknown,
    /// The record has changed since it was looked at.
    #[error("the record has changed since it was looked at: look at it again")]
    Changed,
}

impl RegistryRefusal {
    /// A stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Event(fault) => fault.code(),
            Self::Parts(_) => "parts",
            Self::CodeInUse => "code-in-use",
            Self::CodeOfAnother => "code-of-another",
            Self::Unknown => "unknown-record",
            Self::Changed => "changed-meanwhile",
        }
    }
}

/// What was done, or why not; or a fault of the store.
pub type RegistryOutcome<T> = Result<Result<T, RegistryRefusal>, StoreError>;
