//! What ended a command before it was done: an exit status and a sentence for who runs it.
use super::exit;
use crate::gateway::open::{OpenError, OpenFault};
use crate::settings::SettingsError;

/// The exit status (public contract section 3) and the sentence.
#[derive(Debug)]
pub struct Failure(pub u8, pub String);

impl Failure {
    /// An input cannot be read.
    pub fn input(sentence: impl Into<String>) -> Self {
        Self(exit::NO_INPUT, sentence.into())
    }

    /// Something that was set or asked for is not allowed.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self(exit::USAGE, sentence.into())
    }

    /// A fault of the program or of what it stands on.
    pub fn fault(error: impl ToString) -> Self {
        Self(exit::SOFTWARE, error.to_string())
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Unreadable(sentence) => Self::input(sentence),
            SettingsError::Wrong(_) => Self::usage(error.to_string()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let status = match error.fault {
            OpenFault::Setting => exit::USAGE,
            OpenFault::Input => exit::NO_INPUT,
            OpenFault::Record => exit::SOFTWARE,
        };
        Self(status, error.to_string())
    }
}
