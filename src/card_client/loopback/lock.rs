//! One request at a time on one machine: an agent and native messaging hosts of several browsers share a lock in the
//! client's folder.
use std::time::Duration;

use crate::card_client::ClientError;
use crate::card_client::folder::{DataFolder, FolderLock};

const FILE: &str = "operation.lock";

/// Takes the lock, which is held while a person is asked something.
///
/// # Errors
/// `busy` when another program of this client has it; when the file cannot be made.
pub fn take(folder: &DataFolder) -> Result<FolderLock, ClientError> {
    folder.lock(FILE, Duration::ZERO).map_err(|error| if error.code == "card-busy" { busy() } else { error })
}

/// The card is in use for somebody else.
pub fn busy() -> ClientError {
    ClientError::refused("busy", "the card is in use", "another window is open; answer or close that one first")
}
