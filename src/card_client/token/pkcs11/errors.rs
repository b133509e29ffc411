//! What a module's return values mean to a person.
use std::time::Duration;

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::slot::Slot;

use crate::card_client::token::TokenError;
use crate::card_client::visible::neutralise;

const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

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
    match value(error) {
        _ if gone => TokenError::Removed,
        Some(RvError::PinLocked) => TokenError::Locked,
        _ if is_gone(context, slot) => TokenError::Removed,
        Some(RvError::TokenNotRecognized) => TokenError::WrongCard { reader: String::new() },
        _ => TokenError::Unusable(reason(error)),
    }
}

/// Whether the card of a slot was pulled out. The readers' service notices it a moment later than the call that failed by
/// it, so this looks for a little longer than a second.
pub fn is_gone(context: &Pkcs11, slot: Slot) -> bool {
    (0..6).any(|look| {
        if look > 0 {
            std::thread::sleep(BETWEEN_LOOKS);
        }
        !context.get_slot_info(slot).is_ok_and(|slot| slot.token_present())
    })
}
