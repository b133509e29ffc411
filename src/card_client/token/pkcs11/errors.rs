//! What a module's return values mean to a person.
use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::slot::Slot;

use crate::card_client::confirm::neutralise;
use crate::card_client::token::TokenError;

/// A short reason for the help desk: `C_Sign: CKR_DEVICE_ERROR` rather than its chapter of the standard.
pub fn reason(error: &Error) -> String {
    match error {
        Error::Pkcs11(value, function) => format!("{function}: {value:?}"),
        Error::LibraryLoading(error) => neutralise(&error.to_string()),
        other => neutralise(&other.to_string()),
    }
}

/// The return value of a call that failed.
pub fn value(error: &Error) -> Option<RvError> {
    match error {
        Error::Pkcs11(value, _) => Some(*value),
        _ => None,
    }
}

/// Why a call on a card failed. Modules tell a pulled card in many ways; whether the slot still has a token decides.
pub fn of_card(context: &Pkcs11, slot: Slot, error: &Error) -> TokenError {
    let gone = matches!(
        value(error),
        Some(
            RvError::DeviceRemoved | RvError::TokenNotPresent | RvError::SessionHandleInvalid | RvError::SessionClosed
        )
    );
    let is_there = || context.get_slot_info(slot).is_ok_and(|slot| slot.token_present());
    match value(error) {
        _ if gone || !is_there() => TokenError::Removed,
        Some(RvError::PinLocked) => TokenError::Locked,
        Some(RvError::TokenNotRecognized) => TokenError::WrongCard { reader: String::new() },
        _ => TokenError::Unusable(reason(error)),
    }
}
