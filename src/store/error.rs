//! Why the store could not do its work. No message repeats a stored value.
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::submission::status::SubmissionStatus;

/// Why the store could not do its work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database or the disk does not take writes or reads now; nothing was recorded; try again.
    #[error("the record cannot be written or read now: {0}")]
    Unavailable(String),
    /// The filing is not in a status that allows the move.
    #[error("the filing is {}, which does not allow this", .found.as_str())]
    StatusConflict {
        /// Where it stands.
        found: SubmissionStatus,
    },
    /// The quarantined list is in a state that does not allow this, or was compared anew meanwhile.
    #[error("the list is {state} now, or what speaks against it is another by now: look at it again")]
    QuarantineConflict {
        /// Where it stands.
        state: &'static str,
    },
    /// What is to be changed is not there.
    #[error("there is no such thing in the record")]
    NotFound,
    /// A row of that key is there already.
    #[error("a row of that key is there already")]
    Duplicate,
    /// A stored document does not have its digest any more: the disk or somebody changed it.
    #[error("a stored document is damaged: {0}")]
    Damaged(String),
    /// A fault of the program or of the set-up.
    #[error("{0}")]
    Fault(String),
}

impl StoreError {
    /// Whether trying again later can help.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<DieselError> for StoreError {
    /// The kinds that only a mistake in the program can cause are faults; all else (a full disk, a connection gone, a
    /// lock not given) passes by itself or by an operator's hand.
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(kind, information) => match kind {
                DatabaseErrorKind::UniqueViolation => Self::Duplicate,
                DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation => Self::Fault(information.message().to_owned()),
                _ => Self::Unavailable(information.message().to_owned()),
            },
            DieselError::BrokenTransactionManager
            | DieselError::RollbackErrorOnCommit { .. }
            | DieselError::RollbackTransaction
            | DieselError::AlreadyInTransaction
            | DieselError::NotInTransaction => Self::Unavailable("the transaction was broken off".to_owned()),
            DieselError::DeserializationError(_) => Self::Fault("a stored value cannot be read".to_owned()),
            DieselError::SerializationError(_) => Self::Fault("a value cannot be stored".to_owned()),
            _ => Self::Fault("a database statement could not be built".to_owned()),
        }
    }
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        // libpq's text names host, port and the cause; it never holds the password.
        Self::Unavailable(format!("no connection to the database: {}", first_line(&error.to_string())))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(format!("the documents' disk: {error}"))
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
